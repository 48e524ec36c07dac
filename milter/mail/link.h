/*
 * The links of a text, in HTML or plain, as a reader would follow them. For
 * HTML those are the href of a and area, and of the shapes that Outlook makes
 * buttons of; what stands in a conditional comment is markup like any other.
 */
#ifndef INLAY_MAIL_LINK_H
#define INLAY_MAIL_LINK_H

#include "milter/mail/html_tag.h"

#define LINK_MAX 4096 /* a longer one is nobody's */

/* A link as a browser reads it: without blanks around it, character
 * references undone. */
struct link {
	struct span text;	    /* points into the link itself */
	size_t begin[LINK_MAX + 1]; /* where each byte came from in the source,
				     * and the end */
	char bytes[LINK_MAX];
};

/* The next link in source at or behind *from, which moves behind it. */
bool link_next_html(struct span source, size_t *from, struct link *link);
bool link_next_plain(struct span source, size_t *from, struct link *link);

/* What a link says. */
struct link_pieces {
	struct span host; /* as it is spelled; without user and port */
	size_t path;	  /* offset in text; where the path begins */
	size_t query,
	    fragment; /* of '?' and '#'; the end where there is none */
};

/* Takes an https link apart. false: another scheme, or a host that two
 * readers need not agree on. */
bool link_split(const struct link *link, struct link_pieces *pieces);

#endif
