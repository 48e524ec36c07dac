/*
 * The outline of a message is what its templates ask for, merged over all
 * parts: profile fields, slots with their options, variants. It says nothing
 * about a recipient, so one outline serves every copy of a message. It keeps
 * its own names; of the catalog it keeps pointers.
 */
#ifndef INLAY_MILTER_OUTLINE_H
#define INLAY_MILTER_OUTLINE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct block;
struct catalog;
struct field;
struct manifest;

/* One place's need of a profile field. */
struct outline_use {
	unsigned field; /* index into outline.fields */
	bool needed;	/* at least once without a default */
	bool tested;	/* at least once by a condition */
	unsigned line;	/* of that place, or of the first use */
	unsigned column;
	struct span where; /* the part's name */
};

struct outline_uses {
	struct outline_use *at;
	unsigned count;
	unsigned room;
};

/* A profile field somebody asks for. */
struct outline_field {
	struct span name;	   /* without "profile." */
	const struct field *field; /* NULL: the schema has no such field */
};

struct outline_option {
	struct span name;
	const struct block *stored; /* NULL: written inline */
	struct span missing;	    /* block named that is not stored, or "" */
	bool conditional;	    /* some part gives it an `if` */
	struct outline_uses uses;   /* body and condition, of all parts */
};

struct outline_slot {
	struct span name;
	struct span pool; /* "" for none */
	struct outline_option *options;
	unsigned count;
	unsigned room;
};

struct outline_variant {
	struct span name;
	struct span *arms; /* the names of the `when`s; `else` is not one */
	unsigned count;
	unsigned room;
};

struct outline {
	struct arena *arena;
	const struct catalog *catalog;
	struct outline_field *fields;
	unsigned field_count, field_room;
	struct outline_slot *slots;
	unsigned slot_count, slot_room;
	struct outline_variant *variants;
	unsigned variant_count, variant_room;
	struct outline_uses outside; /* beyond any option, `else` included */
	struct outline_uses asked;   /* by what no copy shows: segments */
	bool any; /* a field whose name only the data tells: all of them */
	struct span where; /* for the caller to set: of the uses added next */
};

#define OUTLINE_NONE 0xffffffffu

/* An empty outline in the arena; NULL when that is full. The catalog must
 * outlive it. */
struct outline *outline_new(struct arena *arena, const struct catalog *catalog);

/* Merges one part's manifest: slots and options of one name are one; a pool
 * brings all its stored blocks, by id. 0, or -1: ERR_MEMORY, or ERR_TEMPLATE
 * where two parts contradict each other about a slot's pool or an option's
 * block. */
int outline_add(
    struct outline *outline, const struct manifest *manifest, struct err *err);

/* Adds what a stored block's body (text or HTML) asks for to every option
 * that shows the block. Call it for each block of outline.slots[].options[]
 * and each of its compiled bodies. 0, or -1 ERR_MEMORY. */
int outline_add_block(struct outline *outline, const struct block *block,
    const struct manifest *manifest, struct err *err);

/* Adds what a partial or content block asks for outside of any slot. */
int outline_add_outside(
    struct outline *outline, const struct manifest *manifest, struct err *err);

/* Adds what a condition asks for that decides nothing a reader sees. */
int outline_add_asked(
    struct outline *outline, const struct manifest *manifest, struct err *err);

/* The index of that slot, of that option within the slot, or
 * OUTLINE_NONE. */
unsigned outline_slot(const struct outline *outline, struct span name);
unsigned outline_option(const struct outline_slot *slot, struct span name);

#endif
