/*
 * The state of one rendering, shared by the files that carry instructions
 * out. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_RENDER_H
#define INLAY_LIQUID_RENDER_H

#include "milter/liquid/value/integer.h"
#include "milter/liquid/compile/program.h"

struct binding {
	struct key name;
	struct value value;
};

/* One isolated set of names: the program's own, or a {% render %}'s. */
struct frame {
	struct object self; /* the frame is its own {{ self }} */
	struct render *render;
	struct frame *outer;
	size_t base;	      /* its bindings begin here */
	struct map *locals;   /* assign, capture */
	struct map *counters; /* increment, decrement */
	struct map *cycles;
	struct map *offsets; /* offset: continue */
	struct span changed; /* the last ifchanged */
	bool any_changed;
	bool no_include;   /* within {% render %} */
	struct loop *loop; /* innermost, for parentloop */
};

/* A for or tablerow under way; itself the forloop or tablerowloop object. */
struct loop {
	struct object object;
	struct loop *outer;  /* the dynamic one, to return to */
	struct loop *parent; /* forloop.parentloop, or NULL */
	const struct loop_head *head;
	const struct value *items; /* an array's */
	const struct map *map;	   /* or a map's pairs */
	int64_t first;		   /* or a range's */
	uint64_t count, index;
	uint64_t cols;	/* tablerow */
	size_t binding; /* of the variable; the loop object's is the next */
	struct span name;
	bool reversed;
	bool escaped; /* somebody may hold it beyond its end */
};

struct capture {
	struct capture *outer;
	struct buf *out; /* what was printed to before */
	struct buf buf;
};

enum { SPARE_MAPS = 8 };

enum interrupt { INTERRUPT_NONE, INTERRUPT_BREAK, INTERRUPT_CONTINUE };

struct render {
	const struct program *program;
	const struct code *code;
	uint32_t pc;
	bool flag;
	struct value *top;   /* one past the last value */
	struct value *stack; /* of the running program */
	struct value *limit;
	struct buf *out;
	struct frame *frame;
	struct loop *loop;
	struct loop *spare; /* loops to be used again */
	struct capture *capture;
	struct capture *spare_capture;
	struct map *spare_maps[SPARE_MAPS]; /* small, empty, of past frames */
	unsigned spare_map_count;
	size_t binding_base; /* of the running program */
	struct binding *bindings;
	size_t binding_count, binding_size;
	struct arena *arena;
	const struct liquid_env *env;
	const struct liquid_limits *limits;
	struct filter_env filter;
	struct work own; /* where the host brings none */
	struct err *err;
	struct arena_mark mark; /* where the statement's values begin */
	unsigned depth;		/* of partials */
	enum interrupt interrupt;
	bool partial; /* names in inline errors */
};

/* ---- render.c ---- */

/* Runs the program's code from pc to its OP_END. 0 or -1. */
int render_run(struct render *r, const struct program *program, uint32_t pc);

/* ---- limits (render_limit.c) ---- */

/* ERR_LIMIT about memory. Always -1. */
int render_full(struct render *r);
/* Takes steps. 0, or -1 and work_fail. */
static inline int
render_charge(struct render *r, uint64_t steps)
{
	return work_take(r->filter.work, steps)
		   ? 0
		   : work_fail(r->filter.work, r->err);
}
/* After what takes steps itself and cannot fail. 0, or -1 and work_fail. */
static inline int
render_check(struct render *r)
{
	return work_ended(r->filter.work) ? work_fail(r->filter.work, r->err)
					  : 0;
}

/* The path has no value: tells the host, or fails as it asked. 0 or -1. */
int render_missing(struct render *r, const struct path *path);
/* The same where the top of the stack is what the path found. */
static inline int
render_require(struct render *r, const struct path *path)
{
	return r->top[-1].kind != VALUE_MISSING ||
		       r->env->missing == MISSING_EMPTY
		   ? 0
		   : render_missing(r, path);
}

/* For reading the text of the value byte by byte. 0, or -1. */
int render_charge_text(struct render *r, struct value value);

/* ---- names (scope.c) ---- */

/* 1 found, 0 not and *out is missing, -1 failed. */
int scope_find(struct render *r, const struct key *key, struct value *out);
int scope_path(struct render *r, const struct path *path, struct value *out);
/* Whether it is a frame's {{ self }}, which must not outlive the rendering. */
bool scope_is_self(struct value value);
/* What a {% render %} or the program itself begins with. */
void frame_begin(struct render *r, struct frame *frame);
void frame_end(struct render *r, struct frame *frame);
/* Names that live until they are dropped again. 0 or -1. */
int scope_push(struct render *r, const struct key *name, struct value value);
void scope_drop(struct render *r, size_t count);
/* The frame's local of that name, made or changed. 0 or -1. */
int scope_set(struct render *r, const struct key *name, struct value value);
/* frame->locals and the like, made when first needed. NULL: full. */
struct map *scope_map(struct render *r, struct map **map);
/* ---- loops (render_loop.c) ---- */

/* Items of a collection as {% for %} sees them, into a loop taken from the
 * spare ones. Ends with loop_drop. NULL when the arena is full. */
struct loop *loop_take(struct render *r);
void loop_drop(struct render *r, struct loop *loop);
/* Points the loop at the collection; 0 when it has no items. */
void loop_over(struct loop *loop, struct value collection);
int loop_item(struct render *r, const struct loop *loop, struct value *out);
struct value loop_value(struct loop *loop);
/* The loop behind a forloop value must not be used again. */
void loop_keep(struct value value);

/* ---- one function per instruction ---- */

#define RENDER_OP(name) int name(struct render *r, const struct code *code)

RENDER_OP(op_get);
RENDER_OP(op_index);
RENDER_OP(op_find);
RENDER_OP(op_range);
RENDER_OP(op_filter);
RENDER_OP(op_require);
RENDER_OP(op_input);
RENDER_OP(op_compare);
RENDER_OP(op_fail);
RENDER_OP(op_emit);
RENDER_OP(op_emit_html);
RENDER_OP(op_emit_path);
RENDER_OP(op_assign);
RENDER_OP(op_capture);
RENDER_OP(op_capture_end);
RENDER_OP(op_increment);
RENDER_OP(op_decrement);
RENDER_OP(op_cycle);
RENDER_OP(op_changed);
RENDER_OP(op_changed_end);
RENDER_OP(op_for);
RENDER_OP(op_for_next);
RENDER_OP(op_for_leave);
RENDER_OP(op_row);
RENDER_OP(op_row_next);
RENDER_OP(op_row_leave);
RENDER_OP(op_bind);
RENDER_OP(op_partial);
RENDER_OP(op_slot);
RENDER_OP(op_variant);
RENDER_OP(op_abort);
RENDER_OP(op_why);

#endif
