/*
 * Checks of the Liquid in documents before they are stored, with places
 * that count in the document.
 */
#ifndef INLAY_TOOLS_TEMPLATES_H
#define INLAY_TOOLS_TEMPLATES_H

#include "milter/liquid/liquid.h"

/* 0, or -1: the text is no condition, no expression, no template; what is
 * the name of the segment, field or header it belongs to. */
int templates_check_condition(
    struct span text, const char *file, struct span what, struct err *err);
int templates_check_expression(
    struct span text, const char *file, struct span what, struct err *err);
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
