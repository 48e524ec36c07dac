/*
 * The tags: one row each. A tag's function compiles its markup; the piece is
 * already scanned, line and column are set. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_TAG_H
#define INLAY_LIQUID_TAG_H

#include "milter/liquid/compile/compile.h"

struct tag {
	const char *name;
	/* 0 or -1. name is the tag's own, for tags that share a function. */
	int (*compile)(struct compiler *c, struct span markup);
	bool quiet; /* a blank statement: prints nothing, not even errors */
	bool opens; /* opens a block, which ends the statement */
	bool inlay; /* not one of Shopify's */
};

/* Row number n, or NULL past the end; for the manual's test. */
const struct tag *tag_nth(size_t n);

/* Compiles all pieces up to the end of the source. 0 or -1. */
int compile_pieces(struct compiler *c);

/* tag_flow.c */
int tag_if(struct compiler *c, struct span markup);
int tag_unless(struct compiler *c, struct span markup);
int tag_case(struct compiler *c, struct span markup);
int tag_ifchanged(struct compiler *c, struct span markup);
/* tag_loop.c */
int tag_for(struct compiler *c, struct span markup);
int tag_tablerow(struct compiler *c, struct span markup);
int tag_break(struct compiler *c, struct span markup);
int tag_continue(struct compiler *c, struct span markup);
int emit_interrupt_check(struct compiler *c);
/* tag_data.c */
int tag_assign(struct compiler *c, struct span markup);
int tag_capture(struct compiler *c, struct span markup);
int tag_increment(struct compiler *c, struct span markup);
int tag_decrement(struct compiler *c, struct span markup);
int tag_cycle(struct compiler *c, struct span markup);
/* tag_partial.c */
int tag_render(struct compiler *c, struct span markup);
int tag_include(struct compiler *c, struct span markup);
int emit_content_block(struct compiler *c, struct span name);
/* tag_slot.c */
int tag_slot(struct compiler *c, struct span markup);
int tag_variant(struct compiler *c, struct span markup);
int tag_abort(struct compiler *c, struct span markup);
int tag_why(struct compiler *c, struct span markup);

/* What unwinding to a loop must undo for a block in between. */
extern const struct block_type block_capture;
extern const struct block_type block_ifchanged;
extern const struct block_type block_case;
extern const struct block_type block_for;
extern const struct block_type block_tablerow;

#endif
