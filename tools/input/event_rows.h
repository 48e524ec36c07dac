/*
 * Events from the rows of a file: "email" or "token" (of an unsubscribe link,
 * or the mark of another) says whose one is; "type", "at", "value",
 * "currency", "id", "campaign" and "channel" what it was; "source" who says
 * so.
 */
#ifndef INLAY_TOOLS_EVENT_ROWS_H
#define INLAY_TOOLS_EVENT_ROWS_H

#include "milter/sign/token.h"
#include "store/catalog/catalog.h"
#include "tools/input/event.h"
#include "tools/input/row_value.h"

struct event_rows {
	const struct catalog *catalog;
	const struct token_keys *tokens;
	struct span tenant;
	struct span source;	     /* where a row names none */
	struct date_formats formats; /* of the file's dates */
	int64_t now;		     /* what lies behind it is no event */
	bool ignore_unknown;	     /* other columns are skipped */
	const int *columns;	     /* of a CSV file: what they mean */
};

/* Checks the header's names; file names the source in errors. The plan lives
 * in the arena. 0, or -1: unknown column (with a suggestion), no column that
 * says whose an event is, of what type, or when. */
int event_rows_plan(struct event_rows *reading, const struct rows *rows,
    const char *file, struct arena *arena, struct err *err);

/* Makes an event from a row, in the arena. 1; 0 the row is bad and says why;
 * -1 memory. */
int event_rows_read(const struct event_rows *reading, struct row *row,
    struct arena *arena, struct event *event, struct err *err);

#endif
