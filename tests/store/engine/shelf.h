/*
 * A shelf holds sealed values by name, in order, in memory: what a file is
 * to the LMDB engine, a shelf is to the one in memory.
 */
#ifndef INLAY_STORE_SHELF_H
#define INLAY_STORE_SHELF_H

#include "store/base/span.h"

struct cell {
	char *name;
	size_t name_len;
	char *sealed; /* see store/record/record.h */
	size_t sealed_len;
};

struct shelf {
	struct cell *cells; /* by name */
	size_t count;
	size_t room;
};

static inline struct span
cell_name(const struct cell *cell)
{
	return span_of(cell->name, cell->name_len);
}

static inline struct span
cell_sealed(const struct cell *cell)
{
	return span_of(cell->sealed, cell->sealed_len);
}

/* Where the name is, or would be. */
size_t shelf_find(const struct shelf *shelf, struct span name);

/* The cell of that name, or NULL. */
struct cell *shelf_get(const struct shelf *shelf, struct span name);

/* Seals the bytes as the value of name. 0, or -1: memory. */
int shelf_put(struct shelf *shelf, struct span name, unsigned kind,
    uint64_t version, struct span bytes);

void shelf_drop(struct shelf *shelf, struct span name);

void shelf_deinit(struct shelf *shelf);

#endif
