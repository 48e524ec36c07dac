#include "milter/liquid/filter/filter_replace.h"

#include "milter/liquid/value/letters.h"

/* The three texts of a replacement. */
struct text_change {
	struct span text;
	struct span old;
	struct span new;
};

static int
change_read(const struct filter_call *call, struct value input,
    struct text_change *change)
{
	if (filter_text(call, input, &change->text) < 0 ||
	    filter_text(call, call->args[0], &change->old) < 0)
		return -1;
	change->new = SPAN_NONE;
	if (call->argc > 1)
		return filter_text(call, call->args[1], &change->new);
	return 0;
}

/* Backslash escapes of a replacement: \0 and \& the match, \` what is before
 * it, \' what is behind, \\ a backslash, \1..\9 and \+ groups that are not
 * there. */
static void
put_escape(const struct text_change *change, char c, size_t at, struct buf *out)
{
	if (c == '0' || c == '&')
		buf_add(out, change->old);
	else if (c == '`')
		buf_add(out, span_first(change->text, at));
	else if (c == '\'')
		buf_add(out, span_from(change->text, at + change->old.len));
	else if (c == '\\')
		buf_byte(out, '\\');
	else if (c != '+' && (c < '1' || c > '9')) {
		buf_byte(out, '\\');
		buf_byte(out, c);
	}
}

static void
put_new(const struct text_change *change, size_t at, struct buf *out)
{
	struct span rest = change->new;

	for (;;) {
		size_t slash = span_find(rest, '\\');

		buf_add(out, span_first(rest, slash));
		rest = span_from(rest, slash);
		if (rest.len < 2) {
			buf_add(out, rest);
			return;
		}
		put_escape(change, rest.at[1], at, out);
		rest = span_from(rest, 2);
	}
}

/* \k<name> asks for a group that no text has: Ruby fails. */
static bool
names_group(struct span text)
{
	for (;;) {
		size_t slash = span_find(text, '\\');

		text = span_from(text, slash);
		if (text.len < 3)
			return false;
		if (text.at[1] == 'k' && text.at[2] == '<')
			return true;
		text = span_from(text, 2);
	}
}

/* An empty text stands before each letter and at the end. */
static void
put_between(const struct text_change *change, bool all, struct buf *out)
{
	size_t at = 0;

	put_new(change, 0, out);
	while (all && at < change->text.len && !out->failed) {
		size_t letter = letters_bytes(span_from(change->text, at), 1);

		buf_add(out, span_of(change->text.at + at, letter));
		at += letter;
		put_new(change, at, out);
	}
	buf_add(out, span_from(change->text, at));
}

/* Steps to find an occurrence and put something else. */
enum { HIT = 6 };

static int
substitute(const struct filter_call *call, struct value input, bool all,
    bool remove, struct value *out)
{
	struct text_change change;
	struct buf made;
	size_t at = 0;

	if (change_read(call, input, &change) < 0 ||
	    filter_charge(call, change.old.len == 0
				    ? (uint64_t)change.text.len * 8
				    : change.text.len / 8 + change.old.len) < 0)
		return -1;
	if (remove)
		change.new = SPAN_NONE;
	filter_begin(call, &made);
	if (names_group(change.new) &&
	    (change.old.len == 0 ||
		span_search(change.text, change.old) < change.text.len))
		return filter_fail(call, "internal");
	if (change.old.len == 0) {
		put_between(&change, all, &made);
		return filter_finish(call, &made, out);
	}
	while (!made.failed) {
		struct span rest = span_from(change.text, at);
		size_t hit = span_search(rest, change.old);

		buf_add(&made, span_first(rest, hit));
		if (hit == rest.len)
			break;
		if (filter_charge(call, HIT + change.new.len / 4) < 0)
			return -1;
		put_new(&change, at + hit, &made);
		at += hit + change.old.len;
		if (!all) {
			buf_add(&made, span_from(change.text, at));
			break;
		}
	}
	return filter_finish(call, &made, out);
}

/* The byte of a text read backwards. */
static char
back(struct span text, size_t i)
{
	return text.at[text.len - 1 - i];
}

/* For each length of the beginning of old that matches, the next shorter one
 * that also does. */
static void
find_shorter(struct span old, uint32_t *shorter)
{
	size_t same = 0;

	shorter[0] = shorter[1] = 0;
	for (size_t i = 1; i < old.len; i++) {
		while (same > 0 && back(old, i) != back(old, same))
			same = shorter[same];
		same += back(old, i) == back(old, same);
		shorter[i + 1] = (uint32_t)same;
	}
}

/* Where the last occurrence begins: both are read backwards (Knuth, Morris and
 * Pratt), so that any takes time in its length only. 1, 0 none, -1. */
static int
find_last(const struct filter_call *call, struct span text, struct span old,
    size_t *at)
{
	struct arena_mark mark = arena_mark(call->arena);
	uint32_t *shorter;
	size_t same = 0, i = 0;

	*at = text.len;
	if (old.len == 0 || old.len > text.len)
		return old.len == 0;
	shorter = arena_alloc(call->arena, (old.len + 1) * sizeof *shorter);
	if (shorter == NULL)
		return filter_full(call);
	find_shorter(old, shorter);
	for (; i < text.len && same < old.len; i++) {
		while (same > 0 && back(text, i) != back(old, same))
			same = shorter[same];
		same += back(text, i) == back(old, same);
	}
	arena_rewind(call->arena, mark);
	*at = text.len - i;
	return same == old.len;
}

static int
substitute_last(const struct filter_call *call, struct value input, bool remove,
    struct value *out)
{
	struct text_change change;
	struct buf made;
	int found;
	size_t at;

	if (change_read(call, input, &change) < 0)
		return -1;
	if (filter_charge(
		call, ((uint64_t)change.text.len + change.old.len) / 2) < 0)
		return -1;
	if (remove)
		change.new = SPAN_NONE;
	found = find_last(call, change.text, change.old, &at);
	if (found < 0)
		return -1;
	filter_begin(call, &made);
	buf_add(&made, span_first(change.text, found ? at : change.text.len));
	if (found) {
		buf_add(&made, change.new);
		buf_add(&made, span_from(change.text, at + change.old.len));
	}
	return filter_finish(call, &made, out);
}

int
filter_replace(
    const struct filter_call *call, struct value input, struct value *out)
{
	return substitute(call, input, true, false, out);
}

int
filter_replace_first(
    const struct filter_call *call, struct value input, struct value *out)
{
	return substitute(call, input, false, false, out);
}

int
filter_replace_last(
    const struct filter_call *call, struct value input, struct value *out)
{
	return substitute_last(call, input, false, out);
}

int
filter_remove(
    const struct filter_call *call, struct value input, struct value *out)
{
	return substitute(call, input, true, true, out);
}

int
filter_remove_first(
    const struct filter_call *call, struct value input, struct value *out)
{
	return substitute(call, input, false, true, out);
}

int
filter_remove_last(
    const struct filter_call *call, struct value input, struct value *out)
{
	return substitute_last(call, input, true, out);
}
