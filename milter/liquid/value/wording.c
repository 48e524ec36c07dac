#include "milter/liquid/value/wording.h"

#include "milter/liquid/value/wording_table.h"

static const struct wording_row *
find(struct span name)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (span_eq(name, span_str(rows[i].name)))
			return &rows[i];
	return NULL;
}

/* Where a row's locale takes what it does not word itself; NULL: nowhere. */
static const struct wording_row *
parent(struct span name, const struct wording_row *row)
{
	size_t language = span_find(name, '-');

	if (row != NULL && row->as != NULL)
		return find(span_str(row->as));
	return language < name.len ? find(span_first(name, language)) : NULL;
}

struct span
wording_text(const struct locale *locale, enum wording what)
{
	struct span name = span_str(locale->name);
	const struct wording_row *row = find(name);

	if (row == NULL || row->texts[what] == NULL)
		row = parent(name, row);
	return row != NULL && row->texts[what] != NULL
		   ? span_str(row->texts[what])
		   : SPAN_NONE;
}

struct span
wording_item(const struct locale *locale, enum wording what, size_t n)
{
	struct span text = wording_text(locale, what);
	size_t end = span_find(text, '|');

	for (; n > 0 && end < text.len; n--) {
		text = span_from(text, end + 1);
		end = span_find(text, '|');
	}
	return span_first(text, end);
}

/* The locale's "and" with the comma and the blanks around it, and that word
 * in its place. */
static void
put_word(struct span join, struct span word, struct buf *out)
{
	size_t from = 0, to = join.len;

	while (from < to && (join.at[from] == ',' || join.at[from] == ' '))
		from++;
	while (to > from && join.at[to - 1] == ' ')
		to--;
	buf_add(out, span_first(join, from));
	buf_add(out, word);
	buf_add(out, span_from(join, to));
}

void
wording_join(const struct locale *locale, size_t i, size_t count,
    struct span word, struct buf *out)
{
	size_t kind = i + 1 < count ? 0 : count == 2 ? 1 : 2;
	struct span join = wording_item(locale, WORDING_JOINS, kind);

	if (i == 0)
		return;
	if (kind != 0 && word.len != 0)
		put_word(join, word, out);
	else
		buf_add(out, join);
}
