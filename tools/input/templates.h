/*
 * Checks of the Liquid in documents before they are stored, with places
 * that count in the document.
 */
#ifndef INLAY_TOOLS_TEMPLATES_H
#define INLAY_TOOLS_TEMPLATES_H

#include "milter/liquid/liquid.h"

/* A line of a document, and where it stands there; what it belongs to is told
 * where that is not known. */
struct document_line {
	struct span text;
	const char *file;
	struct span document; /* where it is looked for */
	struct span what;     /* the segment, field or header */
};

/* 0, or -1: the text is no condition, no expression, no template. */
int templates_check_condition(
    const struct document_line *line, struct err *err);
int templates_check_expression(
    const struct document_line *line, struct err *err);
int templates_check(struct span text, enum place place, const char *file,
    unsigned first_line, struct err *err);

/* A name of a document, and where it stands there. */
struct placed_name {
	struct span name; /* "" where the document has none */
	const char *file;
	unsigned line, column;
};

/* The names of a document's time zone and locale: 0, or -1 when there are
 * none of these names. */
int templates_check_zone(const struct placed_name *zone, struct err *err);
int templates_check_locale(const struct placed_name *locale, struct err *err);

#endif
