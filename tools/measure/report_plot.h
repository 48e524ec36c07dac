/*
 * Where the marks of a report's plots stand: JSON of coordinates in a box of
 * PLOT_WIDTH units, from the tree. The page's template draws them.
 */
#ifndef INLAY_TOOLS_REPORT_PLOT_H
#define INLAY_TOOLS_REPORT_PLOT_H

#include <jansson.h>

#include "tools/measure/told.h"

#define PLOT_WIDTH 360

/* An object: series, forest, funnel, money, showings, heat; those without
 * anything to draw are missing. */
json_t *report_plots(const json_t *tree, const struct told_locale *in);

#endif
