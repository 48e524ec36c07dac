/*
 * The tags of an HTML text, one after another, as a mail reader sees them:
 * comments, style and script are passed over. For looking, not for trusting.
 */
#ifndef INLAY_MAIL_HTML_TAG_H
#define INLAY_MAIL_HTML_TAG_H

#include "store/base/span.h"

struct html_tag {
	struct span name; /* "div", as it is spelled */
	struct span attributes;
	bool closes;	  /* </div> */
	size_t at;	  /* where its '<' stands */
	struct span text; /* between the tag before and this one */
};

/* The next tag at or behind *from, which moves behind it. At the end a tag
 * without name comes with the last text. false: nothing is left. */
bool html_tag_next(struct span html, size_t *from, struct html_tag *tag);

/* The same with what only Outlook shows, in <!--[if ...]> comments. */
bool html_tag_next_of_all(struct span html, size_t *from, struct html_tag *tag);

/* The value of that attribute, unquoted; SPAN("") for one without. */
bool html_tag_attribute(
    const struct html_tag *tag, struct span name, struct span *value);

/* The line, from 1, and the column, in bytes from 1, of a place in a text. */
void html_place(struct span text, size_t at, unsigned *line, unsigned *column);

#endif
