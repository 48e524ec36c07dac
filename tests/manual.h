/*
 * A manual page as tests walk it: its text, a section of it, the items of a
 * list. Every table of the product stands in a page, row by row.
 */
#ifndef INLAY_TESTS_MANUAL_H
#define INLAY_TESTS_MANUAL_H

#include <check.h>
#include <stdio.h>

#include "store/base/buf.h"

/* Reads the page; buf_deinit frees it. */
static inline void
manual_read(const char *path, struct buf *text)
{
	FILE *file = fopen(path, "r");
	int c;

	ck_assert_msg(file != NULL, "%s", path);
	buf_init_heap(text, 1 << 20);
	while ((c = getc(file)) != EOF)
		buf_byte(text, (char)c);
	fclose(file);
	ck_assert(!text->failed);
}

static inline bool
manual_says(struct span text, const char *words)
{
	return span_search(text, span_str(words)) < text.len;
}

/* What stands between ".Sh TITLE" or ".Ss TITLE" and the next such line. */
static inline struct span
manual_section(const struct buf *manual, const char *head)
{
	struct span text = buf_span(manual);
	char line[80], next[6];
	size_t at;

	snprintf(line, sizeof line, "\n%s\n", head);
	at = span_search(text, span_str(line));
	ck_assert_msg(at < text.len, "the manual lacks %s", head);
	text = span_from(text, at + strlen(line) - 1);
	snprintf(next, sizeof next, "\n%.4s", head);
	return span_first(text, span_search(text, span_str(next)));
}

/* What the list says of an item, whose line is ".It ITEM" and what may follow
 * a blank; "" where there is none. */
static inline struct span
manual_item(struct span list, const char *item)
{
	char head[160];

	snprintf(head, sizeof head, "\n.It %s", item);
	for (;;) {
		list = span_from(list, span_search(list, span_str(head)));
		if (list.len == 0)
			return list;
		list = span_from(list, strlen(head));
		if (list.len != 0 && (list.at[0] == '\n' || list.at[0] == ' '))
			break;
	}
	list = span_first(list, span_search(list, SPAN("\n.It ")));
	return span_first(list, span_search(list, SPAN("\n.El")));
}

/* How many items the list has whose lines begin with ".It START". */
static inline unsigned
manual_items(struct span list, const char *start)
{
	char head[160];
	unsigned count = 0;

	snprintf(head, sizeof head, "\n.It %s", start);
	for (;; count++) {
		list = span_from(list, span_search(list, span_str(head)));
		if (list.len == 0)
			return count;
		list = span_from(list, 1);
	}
}

#endif
