/*
 * What the compiler hands to the renderer: a flat array of instructions for a
 * small stack machine, and beside it, touched only when something fails, the
 * source place of each instruction. Internal to milter/liquid.
 *
 * 1. A program is never written to after program_compile returned.
 * 2. Jumps stay inside the program; every path ends at OP_END.
 * 3. The value stack's height at an instruction does not depend on the path
 *    that led there, and never passes stack_max.
 */
#ifndef INLAY_LIQUID_PROGRAM_H
#define INLAY_LIQUID_PROGRAM_H

#include "milter/liquid/filter/filter.h"
#include "milter/liquid/liquid.h"

enum op {
	OP_END,
	OP_NOP,
	OP_TEXT,      /* print text[arg] */
	OP_MARK,      /* values from here on die with the next OP_EMIT */
	OP_CONST,     /* push *constant */
	OP_PATH,      /* push the value of *path */
	OP_INPUT,     /* OP_MARK, OP_PATH and OP_REQUIRE, unless flags say
			 that it may be missing, in one: what filters take */
	OP_GET,	      /* pop; push it[*key] */
	OP_INDEX,     /* pop key, value; push value[key] */
	OP_FIND,      /* pop a name; push the variable so called */
	OP_RANGE,     /* pop last, first; push (first..last) */
	OP_FILTER,    /* pop what *call takes; push its result */
	OP_REQUIRE,   /* complain when the top is missing; *path names it */
	OP_EMIT,      /* pop and print, escaped by flags */
	OP_EMIT_HTML, /* OP_FILTER *call, which is `escape`, and OP_EMIT */
	OP_EMIT_PATH, /* print *path: OP_PATH and OP_EMIT in one */
	OP_TRUTHY,    /* pop into the flag */
	OP_TEST_PATH, /* the truth of *path into the flag */
	OP_COMPARE,   /* pop right, left; compare by flags into the flag */
	OP_FAIL,      /* fail with the message *text[arg] */
	OP_JUMP,
	OP_JUMP_FALSE, /* by the flag */
	OP_JUMP_TRUE,
	OP_POP,		/* arg values */
	OP_ASSIGN,	/* pop into the local *key */
	OP_CAPTURE,	/* begin */
	OP_CAPTURE_END, /* into the local *key */
	OP_INCREMENT,	/* print the counter *key, then count */
	OP_DECREMENT,	/* count, then print */
	OP_CASE,	/* top of stack begins a case: push two counters */
	OP_WHEN,	/* pop; count it when it equals the case's value */
	OP_WHEN_ENTER,	/* jump to arg when nothing is counted, else take one */
	OP_CASE_ELSE,	/* jump to arg when any when matched */
	OP_CYCLE,	/* pop the values of *cycle; print one */
	OP_CHANGED,	/* begin */
	OP_CHANGED_END, /* print when it differs from the last time */
	OP_FOR,		/* pop what *loop takes; jump to arg when empty */
	OP_FOR_NEXT,	/* jump to arg for the next turn, else leave the loop */
	OP_FOR_LEAVE,	/* break */
	OP_ROW,		/* tablerow's OP_FOR; arg: when there is no table */
	OP_ROW_NEXT,
	OP_ROW_LEAVE,
	OP_INTERRUPT,	/* break or continue (flags) outside any loop here */
	OP_INTERRUPTED, /* jump to arg unless a partial was interrupted */
	OP_IS_BREAK,	/* whether it was a break into the flag; forget it */
	OP_BIND,	/* pop into a name for the partial that follows */
	OP_PARTIAL,	/* pop what *partial takes; render it */
	OP_SLOT,	/* ask the host; jump by *targets */
	OP_VARIANT,	/* likewise */
	OP_ABORT,	/* pop the reason */
	OP_WHY,
	OP_COUNT,
};

/* Where an instruction may lead. */
enum op_shape {
	SHAPE_NEXT,   /* to the next */
	SHAPE_JUMP,   /* to arg */
	SHAPE_BRANCH, /* to the next or arg */
	SHAPE_ELSE,   /* likewise; to arg only when nothing is left to show */
	SHAPE_CHOICE, /* to one of *targets */
	SHAPE_STOP,   /* nowhere */
};

extern const uint8_t op_shapes[OP_COUNT]; /* enum op_shape */

enum compare {
	COMPARE_EQ,
	COMPARE_NE,
	COMPARE_LT,
	COMPARE_GT,
	COMPARE_LE,
	COMPARE_GE,
	COMPARE_CONTAINS,
};

struct key {
	const char *at;
	uint32_t len;
	uint32_t hash;
};

struct path {
	struct key root;
	uint32_t count;
	struct key steps[];
};

struct call {
	const struct filter *filter;
	uint32_t count; /* values on the stack beside the input */
	uint32_t keyword_count;
	struct span names[]; /* one per value; empty: positional */
};

enum loop_flag {
	LOOP_LIMIT = 1,
	LOOP_OFFSET = 2,
	LOOP_CONTINUE = 4, /* offset: continue */
	LOOP_REVERSED = 8,
	LOOP_COLS = 16,
};

struct loop_head {
	struct key name; /* the variable */
	struct key drop; /* forloop or tablerowloop */
	struct key memo; /* "item-collection", for offset: continue */
	uint8_t flags;	 /* which values are on the stack, in that order */
};

struct cycle {
	uint32_t count;
	bool named; /* the group's name is on the stack below the values */
	struct key group;
};

enum partial_flag {
	PARTIAL_WITH = 1,    /* a value for the variable is on the stack */
	PARTIAL_FOR = 2,     /* ... and is walked through */
	PARTIAL_DYNAMIC = 4, /* the name is on the stack, first */
};

struct partial_head {
	enum partial_kind kind;
	uint8_t flags;
	struct span name;    /* where not dynamic */
	struct key variable; /* empty: from the name */
	uint32_t bound;	     /* arguments bound by OP_BIND before */
	uint32_t count;	     /* arguments on the stack, last */
	const struct key *names;
};

/* Where a slot or variant goes on: one target per choice, then the else. */
struct targets {
	uint32_t index; /* in the manifest */
	uint32_t first; /* slots: index of the first option of all */
	uint32_t count;
	uint32_t end;
	uint32_t *at; /* count + 1 */
};

struct code {
	uint8_t op;
	uint8_t flags;	/* compare, escape, what */
	uint16_t extra; /* OP_EMIT: the value was escaped on the way */
	uint32_t arg;	/* a length or a target */
	union {
		const char *text;
		const struct value *constant;
		const struct path *path;
		const struct key *key;
		const struct call *call;
		const struct loop_head *loop;
		const struct cycle *cycle;
		const struct partial_head *partial;
		struct targets *targets;
		uintptr_t end; /* OP_JUMP back to a when (flags 1): the
				  case's end */
	};
};

/* Read only when an instruction fails. */
struct site {
	uint32_t line;
	uint32_t column;
	uint32_t resume; /* where the statement ends, for inline errors */
	uint16_t height; /* of the value stack there */
	bool quiet;	 /* a blank statement: its error prints nothing */
};

struct option_test {
	uint32_t entry; /* pc of the condition's code; ends with OP_END */
	bool present;
};

struct program {
	const struct code *code;
	const struct site *sites;
	uint32_t count;
	uint32_t stack_max;
	size_t text_size; /* of all its OP_TEXT */
	const char *name; /* "" where unknown */
	enum place place;
	bool plain;
	struct option_test *tests; /* one per option */
	struct manifest manifest;
	uint64_t work; /* steps that compiling took */
	struct arena *arena;
};

#endif
