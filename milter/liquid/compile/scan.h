/*
 * The source as Liquid cuts it: text, {{ output }}, {% tag %}, and the lines
 * of a {% liquid %} tag. Only spans of the source come out; each byte is
 * looked at a bounded number of times.
 */
#ifndef INLAY_LIQUID_SCAN_H
#define INLAY_LIQUID_SCAN_H

#include "store/base/err.h"
#include "store/base/span.h"

enum piece_kind {
	PIECE_END,	 /* of the source */
	PIECE_LINES_END, /* of the innermost {% liquid %} */
	PIECE_TEXT,	 /* already trimmed by its neighbours' dashes */
	PIECE_OUTPUT,
	PIECE_TAG,
	PIECE_BROKEN, /* no end; text is the opening */
};

struct piece {
	enum piece_kind kind;
	struct span whole; /* with the braces */
	struct span name;  /* of a tag; "#" for a comment; may be empty */
	struct span text;  /* text, or the markup inside */
	bool trim_left;	   /* {{- */
	bool trim_right;   /* -}} */
};

enum { SCAN_LEVELS = 32 };

struct scanner {
	struct span source;
	size_t at;
	bool trim;	/* the next text loses its leading blanks */
	unsigned level; /* of {% liquid %} we are inside */
	struct span lines[SCAN_LEVELS]; /* what is left of each */
	size_t line_at; /* offset that line and column count to */
	unsigned line;
	size_t line_start;
};

void scan_begin(struct scanner *scan, struct span source);

/* The next piece. Empty texts are not given. */
struct piece scan_next(struct scanner *scan);

/* Goes on inside the markup of a {% liquid %} tag. 0, or -1 too deep. */
int scan_lines(struct scanner *scan, struct span markup);

/* All up to {% NAME … %}, which is stepped over. 1 and *body, verbatim, or 0
 * when it never comes. */
int scan_until(struct scanner *scan, struct span name, struct span *body);

/* Whether {% NAME stands anywhere in the text. */
bool scan_find_tag(struct span text, struct span name);

/* Line and column of a place in the source; places only move forward. */
void scan_place(
    struct scanner *scan, const char *at, unsigned *line, unsigned *column);

#endif
