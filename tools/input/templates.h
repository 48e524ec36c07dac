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

/* The names of a document's time zone and locale, where it has them: 0, or -1
 * when there are none of these names. */
int templates_check_zone(struct span zone, const char *file, struct err *err);
int templates_check_locale(
    struct span locale, const char *file, struct err *err);

#endif
