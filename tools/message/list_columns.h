/*
 * The columns of a list for a printer or a call centre, and the message that
 * fills them: what is personal about a row is decided and rendered as in a
 * mail; what the channel reaches people by stands there as it is known.
 */
#ifndef INLAY_TOOLS_LIST_COLUMNS_H
#define INLAY_TOOLS_LIST_COLUMNS_H

#include "milter/personalise.h"
#include "store/catalog/catalog.h"
#include "tools/cli.h"

#define LIST_COLUMNS_MAX 64

struct list_row;

struct list_column {
	struct span name; /* as typed */
	/* The value of one row. 0 or -1. */
	int (*value)(const struct list_column *column,
	    const struct list_row *row, struct span *value, struct err *err);
	struct span of; /* the slot, variant or field that it names */
	unsigned part;	/* that renders it, from 0 */
	unsigned need;	/* index into the channel's needs */
};

struct list_columns {
	struct list_column list[LIST_COLUMNS_MAX];
	size_t count;
	struct span message; /* that renders them all */
};

/* Reads --columns, "email,name,slot.hero.text", to which "control" is added
 * where it is not among them: whoever is compared with is marked. 0 or -1. */
int list_columns_read(struct cli *cli, const struct catalog *catalog,
    const struct campaign *campaign, struct list_columns *columns,
    struct err *err);

/* What a row is made of. */
struct list_row {
	struct span address;
	const struct personalised *made;
	const struct message *rendered;
	struct arena *arena;
};

#endif
