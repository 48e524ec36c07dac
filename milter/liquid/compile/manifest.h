/*
 * What a compilation notes down for the manifest while it runs, and which
 * names the template binds itself. Internal to milter/liquid.
 */
#ifndef INLAY_LIQUID_MANIFEST_H
#define INLAY_LIQUID_MANIFEST_H

#include "milter/liquid/compile/compile.h"

/* 0 or -1. */
int manifest_begin(struct compiler *c);
void manifest_end(struct compiler *c);

/* A path is used at the current place; open: more steps follow that are known
 * only while rendering. 0 or -1. */
int note_path(struct compiler *c, const struct path *path, bool open);
/* How many were noted so far; note_rewind forgets the later ones. */
size_t note_mark(const struct compiler *c);
void note_rewind(struct compiler *c, size_t mark);
/* Those from the one mark to the other have a default. */
void note_defaults(struct compiler *c, size_t from, size_t to);

/* The template binds the name itself: its paths are not the host's. */
int note_bound(struct compiler *c, struct span name);
void note_unbound(struct compiler *c, struct span name);

/* A condition begins; the paths since the mark are there when it is true; its
 * `or` makes that void. */
void note_guard_begin(struct compiler *c);
void note_guard(struct compiler *c, size_t mark);
void note_no_guard(struct compiler *c);
/* The branch of the last condition begins: its guards hold until they are
 * cut back to the count before. */
int note_guards_hold(struct compiler *c);
size_t note_guards(const struct compiler *c);
void note_guards_cut(struct compiler *c, size_t count);

int note_partial(struct compiler *c, struct span name);
int note_block(struct compiler *c, struct span name);
int note_raw(struct compiler *c, struct span text);
void note_now(struct compiler *c);
void note_abort(struct compiler *c);
void note_why(struct compiler *c);

/* The one path noted since the mark, if it is a field of the host's, is
 * compared with the text. 0 or -1. */
int note_comparison(struct compiler *c, size_t mark, struct span text);
/* How many were noted so far. */
size_t note_comparisons(const struct compiler *c);

/* A chain of clauses begins whose first path was noted at the mark. The index,
 * or MANIFEST_NONE where that is no path of the host's, or memory is out, which
 * err then says. What follows takes MANIFEST_NONE for a chain, too. */
int note_chain(struct compiler *c, size_t mark);
/* A clause asks for what was compared since `from`: so many comparisons, if it
 * asks nothing else. */
void note_clause(
    struct compiler *c, int chain, size_t from, size_t comparisons);
/* A when of the chain names a text. */
void note_when_text(struct compiler *c, int chain, struct span text);
void note_chain_else(struct compiler *c, int chain);
/* The paths since the mark are only asked, not printed. */
void note_asked(struct compiler *c, size_t mark);

/* Where what is noted from now on stands; MANIFEST_NONE: outside. */
void note_inside(struct compiler *c, int slot, int option);

/* Each returns the index, or -1. The condition's code is at entry. */
int note_slot(struct compiler *c, struct span name, struct span pool);
int note_option(
    struct compiler *c, int slot, struct span name, struct span block);
void note_option_test(struct compiler *c, int option, uint32_t entry);
unsigned note_option_first(const struct compiler *c, int slot);
void note_slot_else(struct compiler *c, int slot);
int note_variant(struct compiler *c, struct span name);
int note_when(struct compiler *c, int variant, struct span name);

/* Moves all into the program's memory. 0 or -1. */
int manifest_move(struct compiler *c, struct program *program);

#endif
