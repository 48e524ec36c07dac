/*
 * A campaign that no allow rule reaches sends nothing: its tenant is missing in
 * the rules, or a name in one of them is misspelt. Better seen before a mailing
 * than in its replies.
 */
#ifndef INLAY_MILTER_UNREACHED_H
#define INLAY_MILTER_UNREACHED_H

#include <stdio.h>

#include "milter/settings.h"

struct engine;

/* Writes one line for each campaign of the store that no rule reaches. 0, or
 * -1 as the engine failed, or a document does not parse. */
int unreached_tell(const struct settings *settings, struct engine *engine,
    FILE *out, struct err *err);

#endif
