/*
 * A view is a message as a person reads it: its header fields and its text
 * parts decoded, in UTF-8, with lines ended by LF.
 */
#ifndef INLAY_TOOLS_VIEW_H
#define INLAY_TOOLS_VIEW_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

enum view_kind { VIEW_HEADERS, VIEW_TEXT, VIEW_HTML, VIEW_OTHER };

struct view_section {
	enum view_kind kind;
	struct span title; /* "headers", "part 1.2 text/html" */
	struct span text;
};

struct view {
	struct view_section *sections; /* the headers come first */
	size_t count;
};

/* Reads the message (lines ended by CRLF). A part that cannot be decoded is
 * shown as it stands. 0, or -1 when the arena is full. */
int view_read(struct span message, struct arena *arena, struct view *view,
    struct err *err);

#endif
