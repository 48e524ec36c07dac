#include "tools/input/document_edit.h"

#include <string.h>

void
document_quote(struct buf *out, struct span text)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, text.at[i]);
	}
	buf_byte(out, '"');
}

/* Whether the line begins with that key. */
static bool
line_is(struct span line, const char *key)
{
	size_t len = strlen(key);

	return line.len > len && memcmp(line.at, key, len) == 0 &&
	       line.at[len] == ':';
}

/* Whether the line goes on with the value of the key above it. */
static bool
line_goes_on(struct span line)
{
	return line.len != 0 &&
	       (line.at[0] == ' ' || line.at[0] == '\t' || line.at[0] == '-');
}

/* Takes the next line off the text, its end included. */
static struct span
line_take(struct span *text)
{
	const char *end = memchr(text->at, '\n', text->len);
	size_t len = end ? (size_t)(end - text->at) + 1 : text->len;
	struct span line = span_first(*text, len);

	*text = span_from(*text, len);
	return line;
}

static size_t
key_of(struct span line, const struct document_key *keys, size_t count)
{
	size_t i = 0;

	while (i < count && !line_is(line, keys[i].key))
		i++;
	return i;
}

void
document_edit(struct span text, const struct document_key *keys, size_t count,
    struct buf *out)
{
	struct span rest = text, line = SPAN("");
	bool dropped = false;

	while (rest.len != 0) {
		size_t at;

		line = line_take(&rest);
		if (dropped && line_goes_on(line))
			continue;
		at = key_of(line, keys, count);
		dropped = at < count;
		buf_add(out, dropped ? keys[at].lines : line);
	}
	if (line.len != 0 && line.at[line.len - 1] != '\n' && !dropped)
		buf_byte(out, '\n');
	for (size_t i = 0; i < count; i++) {
		bool there = false;

		for (rest = text; rest.len != 0 && !there;)
			there = line_is(line_take(&rest), keys[i].key);
		if (!there)
			buf_add(out, keys[i].lines);
	}
}
