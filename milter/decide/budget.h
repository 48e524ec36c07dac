/*
 * The intrusion budget bounds how much a message shows that it knows: each
 * distinct field costs by its class, and the pieces of least use go neutral
 * first until the rest fits.
 */
#ifndef INLAY_MILTER_BUDGET_H
#define INLAY_MILTER_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "store/catalog/schema.h"

/* A part of the message that can go neutral by itself. */
struct budget_piece {
	const unsigned *fields; /* indexes into the classes */
	size_t field_count;
	double utility;
	bool neutral; /* set by budget_fit; may be set before */
};

struct budget {
	unsigned points;
	unsigned identifying; /* distinct fields of that class and up */
};

/* What a field of the class costs: 0, 1, 2, 4. */
unsigned budget_weight(enum field_class class);

/* Turns pieces neutral: those with a special field, then the least useful,
 * the later first, until points and identifying fit. counted holds one byte for
 * each of class_count fields and is overwritten. Returns what is left. */
struct budget budget_fit(struct budget_piece *pieces, size_t count,
    const enum field_class *classes, size_t class_count, double points,
    double identifying, unsigned char *counted);

#endif
