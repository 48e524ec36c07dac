/*
 * An exposure as a line for people: when, campaign, arm, channel, state, and
 * what each slot showed.
 */
#ifndef INLAY_TOOLS_EXPOSURE_TEXT_H
#define INLAY_TOOLS_EXPOSURE_TEXT_H

#include <stdio.h>

#include "store/catalog/catalog.h"
#include "store/record/history.h"

/* Prints it with the clocks of its campaign, where the catalog has that. */
void exposure_print(
    FILE *out, const struct catalog *catalog, const struct exposure *exposure);

#endif
