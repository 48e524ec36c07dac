/*
 * The notice is what {% why %} says in the mail itself: which fields from
 * which sources this copy shows, honestly, in the language of the campaign.
 * It names neither values nor what fields and sources are called inside:
 * what has no label in that language is told in a word that fits all.
 */
#ifndef INLAY_MILTER_NOTICE_H
#define INLAY_MILTER_NOTICE_H

#include "milter/decide/decide.h"

/* One line of plain text. 0, or -1 ERR_MEMORY. */
int notice_write(const struct decision *decision, struct arena *arena,
    struct span *text, struct err *err);

#endif
