/*
 * Composing turns a template and a decision into one recipient's message:
 * fragments rendered and put back in their places, the campaign's headers,
 * and a last look that no raw tag of the template leaves.
 */
#ifndef INLAY_MILTER_COMPOSE_H
#define INLAY_MILTER_COMPOSE_H

#include "milter/template/data.h"
#include "milter/mail/rendering.h"

struct composed {
	struct rendering *rendering;
	struct span bytes; /* the whole final message, unsigned */
	size_t marked;	   /* links that carry a mark */
};

/* Renders everything; all of it lives in the arena. text_max bounds each
 * rendered text, the message as a whole may grow to message_max.
 * 0, or -1: ERR_TEMPLATE, ERR_MISSING, ERR_LIMIT, ERR_ABORT, ERR_GUARD,
 * ERR_SIZE, ERR_KEY, ERR_MEMORY. */
int compose(const struct template *template, struct data *data, size_t text_max,
    size_t message_max, struct arena *arena, struct composed *composed,
    struct err *err);

#endif
