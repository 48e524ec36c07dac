/*
 * One escaper per place a value can stand in. Each is linear, copies clean
 * runs whole, and keeps the value from ending the place it stands in.
 */
#ifndef INLAY_LIQUID_ESCAPE_H
#define INLAY_LIQUID_ESCAPE_H

#include "milter/liquid/value/value.h"

enum escape {
	ESCAPE_NONE,	  /* as it is: the suites */
	ESCAPE_PLAIN,	  /* text/plain: no control bytes but blanks */
	ESCAPE_CARD,	  /* RFC 5545 section 3.3.11, RFC 6350 section 3.4 */
	ESCAPE_HEADER,	  /* NUL dropped, line ends become one blank */
	ESCAPE_HTML,	  /* text between tags */
	ESCAPE_RCDATA,	  /* title, textarea: entities but no tags */
	ESCAPE_ATTRIBUTE, /* a quoted attribute */
	ESCAPE_UNQUOTED,  /* an attribute without quotes */
	/* A URL from its beginning: a scheme that is not allowed makes it
	 * "#"; bytes that no URL holds are percent-encoded. */
	ESCAPE_URL,
	/* The same behind what may be a scheme: a colon is encoded while it
	 * would make one. */
	ESCAPE_URL_REST,
	ESCAPE_URL_PART,      /* behind literal text: no scheme */
	ESCAPE_URL_COMPONENT, /* after '?' or '#': all but letters, digits and
				 -._~ percent-encoded */
	ESCAPE_URL_ADDRESS,   /* after mailto: and the like: keeps @ too */
	ESCAPE_CSS_URL,	      /* url(...) in a style element: no entities */
	ESCAPE_CSS_URL_REST,
	ESCAPE_CSS_URL_PART,
	ESCAPE_CSS,	/* in a style; anything with a meaning is \-escaped */
	ESCAPE_STRING,	/* in a string of a script or of JSON */
	ESCAPE_JSON,	/* in a script outside strings: a JSON value */
	ESCAPE_CODE,	/* the same in an attribute: on...= */
	ESCAPE_COMMENT, /* without - and > */
	/* Added to one of an attribute: in double quotes, for the template has
	 * none. */
	ESCAPE_QUOTED = 64,
};

/*
 * Adds what {{ value }} prints in that place. VALUE_HTML keeps its entities
 * where entities mean something and loses them elsewhere, so that an explicit
 * escape never doubles; what is percent-encoded or JSON already is not so again
 * in the place it was made for; VALUE_RAW passes everywhere but in a header.
 * Arrays and maps are spelled out in the arena first. 0, or -1 when the arena
 * is full; no room in out shows there, and that the work has ended there.
 */
int escape_value(enum escape escape, struct value value, struct arena *arena,
    struct work *work, struct buf *out);

/* The same for text that is known to be a plain string. */
void escape_text(enum escape escape, struct span text, struct buf *out);

/* What `escape` and `h` do: & < > " ' as entities. */
void escape_html(struct span text, struct buf *out);

/* What `url_encode` does, with a blank as "+" or as "%20". */
void escape_form(struct span text, struct buf *out);
void escape_component(struct span text, struct buf *out);

#endif
