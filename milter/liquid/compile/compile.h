/*
 * The compiler's state and the small verbs that tags are written in. Internal
 * to milter/liquid: a tag is one row in tag.h's table and a function or two
 * that call these.
 */
#ifndef INLAY_LIQUID_COMPILE_H
#define INLAY_LIQUID_COMPILE_H

#include "milter/liquid/compile/lex.h"
#include "milter/liquid/compile/program.h"
#include "milter/liquid/compile/scan.h"

struct compiler;
struct open_block;

struct block_type {
	const char *name; /* the tag that opens it */
	const char *end;
	/* else, elsif, when, option …: 1 taken, 0 not mine, -1 failed. NULL:
	 * it has none. */
	int (*clause)(struct compiler *c, struct open_block *block,
	    struct span name, struct span markup);
	/* 0 or -1. Everything is emitted before; block->blank is known. */
	int (*close)(struct compiler *c, struct open_block *block);
	bool keeps; /* its blanks, even where it prints nothing else */
};

/* A list of jumps waiting for their target, chained through code.arg. */
struct patches {
	uint32_t last; /* pc + 1, 0 for none */
};

struct open_block {
	const struct block_type *type;
	struct open_block *outer;
	unsigned level; /* of nested {% liquid %} tags it was opened in */
	unsigned line, column;
	uint32_t chain;	      /* its own instructions without a resume yet */
	uint32_t outer_chain; /* what c->chain was before the tag */
	size_t texts;	      /* how many direct texts there were before it */
	uint16_t height;      /* of the value stack inside */
	bool blank;	      /* nothing in it prints */
	bool done;	      /* its else has been seen */
	struct patches next;  /* jumps to the next clause */
	struct patches ends;  /* jumps to the end */
	uint32_t top;	      /* where a loop's body or a when begins */
	struct patches turns; /* loops: continue */
	const struct key *key;
	const struct loop_head *loop;
	struct targets *targets;
	int index;     /* slot, variant or chain in the manifest */
	size_t guards; /* how many there were before it */
};

struct compiler {
	const struct program_options *options;
	struct arena *arena; /* the program's */
	struct err *err;
	struct work *work;
	size_t memory_max; /* bytes that the program may hold */
	struct scanner scan;
	struct lexer lex;
	struct code *code;
	struct site *sites;
	size_t count, code_size, site_size;
	size_t *texts; /* pcs of OP_TEXT directly in open blocks */
	size_t text_count, text_size;
	uint16_t height, height_max;
	uint32_t chain;
	struct open_block *block;
	unsigned depth;		      /* open blocks */
	const struct path *last_path; /* the expression was just this path */
	const struct path *root;      /* the first path of the expression */
	struct notes *notes;	      /* what the manifest is made of */
	unsigned line, column;	      /* of the tag being compiled */
	bool condition;		      /* paths are being asked, not printed */
	bool when;		      /* values of a `when` are compared */
	bool escaped;		      /* `escape` is one of that chain */
	unsigned chained;	      /* filters so far in that chain */
	bool has_default;	      /* of the filter chain being compiled */
	uint32_t outer; /* c->chain before the tag being compiled */
};

/* ---- failing ---- */

/* ERR_TEMPLATE at the current tag. Always -1. */
int compile_fail(struct compiler *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Out of the program's memory. Always -1. */
int compile_full(struct compiler *c);
/* Leaves out the instructions that do nothing. 0 or -1. */
int compile_tidy(struct compiler *c, struct program *program);
/* "expected X but found Y" at the lexer's token. Always -1. */
int compile_expected(struct compiler *c, const char *what);

/* A mistake that Ruby finds only while rendering: an error now, or with
 * errors_inline an instruction that fails when it is reached. */
int compile_fault(struct compiler *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Takes steps off the compiler's work. 0, or -1 and work_fail's error at the
 * current tag. */
int compile_charge(struct compiler *c, uint64_t steps);

/* ---- emitting ---- */

/* One instruction; the stack grows by change. Returns it, valid until the
 * next, or NULL. */
struct code *emit(struct compiler *c, enum op op, int change);
/* A jump whose target is not known yet. 0 or -1. */
int emit_jump(struct compiler *c, enum op op, struct patches *patches);
/* All of the list jump to here; the list is empty then. */
void patch_here(struct compiler *c, struct patches *patches);
/* The instruction emitted at pc. */
struct code *code_at(struct compiler *c, uint32_t pc);

int emit_text(struct compiler *c, struct span text);
int emit_const(struct compiler *c, struct value value);
/* Takes the constant back, the last instruction. */
void drop_const(struct compiler *c);
int emit_key(struct compiler *c, enum op op, int change, struct span name);

/* A key in the program's memory. 0 or -1. */
int compile_key(struct compiler *c, struct span name, struct key *key);
/* Bytes in the program's memory. 0 or -1. */
int compile_keep(struct compiler *c, struct span text, struct span *kept);
/* Zeroed memory of the program's, or NULL with err set. */
void *compile_new(struct compiler *c, size_t size);

/* ---- statements ---- */

/* A statement's instructions lie between begin and end, which tells them
 * where to go on after an error. quiet: the error is not printed. */
uint32_t statement_begin(struct compiler *c);
void statement_end(struct compiler *c, uint32_t outer, bool quiet);

/* ---- blocks ---- */

/* Opens a block whose header was emitted by the tag. NULL on failure. */
struct open_block *block_open(
    struct compiler *c, const struct block_type *type);
/* Closes the innermost block: its type's close, then the end of its jumps and
 * instructions. captured: its text is not printed here, so that it is blank
 * to what is around it and keeps its own blanks. */
int block_close(struct compiler *c, bool captured);
/* Around a clause's own expression. */
void clause_begin(struct compiler *c, struct open_block *block);
void clause_end(struct compiler *c, struct open_block *block);
/* Something that prints stands in the innermost block. */
void compile_prints(struct compiler *c);
/* The innermost open block of the type, or NULL. */
struct open_block *block_find(
    struct compiler *c, const struct block_type *type);

/* ---- expressions (expression.c, strict; lax.c) ---- */

/* The expression at the lexer; one value is pushed. */
int compile_expression(struct compiler *c);
/* The pieces of the above that the lax parser shares. */
int emit_string(struct compiler *c, struct span text);
int emit_path(struct compiler *c, struct span root, const struct span *steps,
    uint32_t count, bool open);
int emit_range(struct compiler *c);
/* true, nil, blank …: 1 and *value, or 0. Only where values are compared are
 * empty and blank more than an empty text. */
int literal_value(
    const struct compiler *c, struct span name, struct value *value);

enum { ARGUMENTS = 64 };

struct arguments {
	uint32_t count;
	uint32_t keywords;
	struct span names[ARGUMENTS]; /* empty: positional */
};

/* The filter called with the arguments pushed. */
int emit_filter(
    struct compiler *c, struct span name, const struct arguments *arguments);
int emit_compare(struct compiler *c, struct span operator);
/* Around a chain of filters: a missing input matters unless one of them
 * supplies a default. */
uint32_t filters_begin(struct compiler *c);
int filters_end(struct compiler *c, uint32_t begun);

/* comparison and/or comparison … at the lexer, into the flag. */
int compile_condition(struct compiler *c);
/* Checks that the lexer is at its end, behind a condition. 0 or -1. */
int compile_condition_end(struct compiler *c);
/* The same behind anything else. */
int compile_end(struct compiler *c);

/* The whole markup, strictly or else as lax as the options allow. */
int markup_filtered(struct compiler *c, struct span markup);
int markup_condition(struct compiler *c, struct span markup);
/* Pops and prints the value, after a filtered expression. */
int emit_output(struct compiler *c);

/* Runs the strict parser and, when that fails and the options are lax, takes
 * back what it emitted and runs the lax one. */
int compile_either(struct compiler *c, struct span markup,
    int (*strict)(struct compiler *c, struct span markup),
    int (*lax)(struct compiler *c, struct span markup));
/* The same for tags that the former strict syntax read laxly too. */
int compile_lenient(struct compiler *c, struct span markup,
    int (*strict)(struct compiler *c, struct span markup),
    int (*lax)(struct compiler *c, struct span markup));

#endif
