/*
 * Marks on links: every https link of a text that leads to the campaign's own
 * domains gets the parameter that says which copy it was followed from. What
 * a link says otherwise stays as it is.
 */
#ifndef INLAY_MILTER_LINK_MARK_H
#define INLAY_MILTER_LINK_MARK_H

#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/catalog/campaign.h"

/* Whether the text may hold a link that takes a mark. */
bool link_mark_sniff(const struct campaign *campaign, struct span text);

/* The text with its links marked, in the arena, and how many they are. A mark
 * that a link has already gives way, as that of a mailing before this one;
 * another value of that name stays, and so does the link of the campaign's
 * `unsubscribe`: who leaves is no success. 0, or -1 with ERR_MEMORY. */
int link_mark_text(const struct campaign *campaign, struct span text, bool html,
    struct span mark, struct arena *arena, struct span *marked, size_t *count,
    struct err *err);

#endif
