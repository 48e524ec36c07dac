#include "milter/liquid/filter/filter.h"

#include "milter/liquid/html/escape.h"
#include "milter/liquid/filter/filter_input.h"
#include "milter/liquid/filter/filter_replace.h"
#include "milter/liquid/value/letters.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* ---- joining two texts ---- */

/*
 * Where escaping is on, text joined to HTML becomes HTML itself: so that
 * `x | escape | append: y` is escaped once, all of it.
 */
static int
as_html(const struct filter_call *call, struct value value, struct span *text)
{
	struct buf escaped;
	struct value made;

	if (value.flags & VALUE_HTML)
		return 0;
	if (filter_charge(call, text->len / 2) < 0)
		return -1;
	filter_begin(call, &escaped);
	escape_html(*text, &escaped);
	if (filter_finish(call, &escaped, &made) < 0)
		return -1;
	*text = value_span(made);
	return 0;
}

static int
join_texts(const struct filter_call *call, struct value a, struct value b,
    struct value *out)
{
	bool html = call->env->html && ((a.flags | b.flags) & VALUE_HTML);
	struct span left, right;
	char *joined;

	if (filter_text(call, a, &left) < 0 || filter_text(call, b, &right) < 0)
		return -1;
	if (html &&
	    (as_html(call, a, &left) < 0 || as_html(call, b, &right) < 0))
		return -1;
	if (left.len > SIZE_MAX - right.len)
		return filter_full(call);
	joined = filter_alloc(call, left.len + right.len);
	if (joined == NULL)
		return -1;
	if (left.len != 0)
		memcpy(joined, left.at, left.len);
	if (right.len != 0)
		memcpy(joined + left.len, right.at, right.len);
	*out = filter_string(
	    span_of(joined, left.len + right.len), html ? VALUE_HTML : 0);
	return 0;
}

static int
append(const struct filter_call *call, struct value input, struct value *out)
{
	return join_texts(call, input, call->args[0], out);
}

static int
prepend(const struct filter_call *call, struct value input, struct value *out)
{
	return join_texts(call, call->args[0], input, out);
}

/* ---- case ---- */

static int
recase(const struct filter_call *call, struct value input,
    void (*change)(struct span text, struct buf *out), struct value *out)
{
	struct span text;
	struct buf changed;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len * 2) < 0)
		return -1;
	filter_begin(call, &changed);
	change(text, &changed);
	return filter_finish(call, &changed, out);
}

static int
upcase(const struct filter_call *call, struct value input, struct value *out)
{
	return recase(call, input, letters_upper, out);
}

static int
downcase(const struct filter_call *call, struct value input, struct value *out)
{
	return recase(call, input, letters_lower, out);
}

static int
capitalize(
    const struct filter_call *call, struct value input, struct value *out)
{
	return recase(call, input, letters_capital, out);
}

/* Every word like capitalize. */
static void
title(struct span text, struct buf *out)
{
	while (text.len != 0 && !out->failed) {
		size_t word = 0, blanks = 0;

		while (blanks < text.len && is_blank(text.at[blanks]))
			blanks++;
		buf_add(out, span_first(text, blanks));
		text = span_from(text, blanks);
		while (word < text.len && !is_blank(text.at[word]))
			word++;
		letters_capital(span_first(text, word), out);
		text = span_from(text, word);
	}
}

static int
titlecase(const struct filter_call *call, struct value input, struct value *out)
{
	return recase(call, input, title, out);
}

/* ---- blanks ---- */

/* Ruby's strip takes NUL for a blank. */
static struct span
strip_left(struct span text)
{
	while (text.len && (is_blank(*text.at) || *text.at == '\0'))
		text = span_from(text, 1);
	return text;
}

static struct span
strip_right(struct span text)
{
	while (text.len && (is_blank(text.at[text.len - 1]) ||
			       text.at[text.len - 1] == '\0'))
		text.len--;
	return text;
}

static int
strip(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text;

	if (filter_text(call, input, &text) < 0)
		return -1;
	*out = filter_string(strip_left(strip_right(text)), input.flags);
	return 0;
}

static int
lstrip(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text;

	if (filter_text(call, input, &text) < 0)
		return -1;
	*out = filter_string(strip_left(text), input.flags);
	return 0;
}

static int
rstrip(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text;

	if (filter_text(call, input, &text) < 0)
		return -1;
	*out = filter_string(strip_right(text), input.flags);
	return 0;
}

/* Blanks at both ends go, runs of them become one. */
static int
squish(const struct filter_call *call, struct value input, struct value *out)
{
	struct buf squished;
	struct span text;
	int done;

	*out = value_nil();
	if (value_is_nil(input))
		return 0;
	if (filter_text(call, input, &text) < 0)
		return -1;
	text = strip_left(strip_right(text));
	if (filter_charge(call, text.len) < 0)
		return -1;
	filter_begin(call, &squished);
	while (text.len != 0) {
		size_t word = 0, blanks = 0;

		while (word < text.len && !is_blank(text.at[word]))
			word++;
		buf_add(&squished, span_first(text, word));
		text = span_from(text, word);
		while (blanks < text.len && is_blank(text.at[blanks]))
			blanks++;
		if (blanks != 0)
			buf_byte(&squished, ' ');
		text = span_from(text, blanks);
	}
	done = filter_finish(call, &squished, out);
	out->flags = input.flags;
	return done;
}

/* Copies the text with each line end replaced. */
static void
replace_lines(struct span text, struct span with, struct buf *out)
{
	for (;;) {
		size_t line = span_find(text, '\n');
		size_t end = line;

		if (line == text.len) {
			buf_add(out, text);
			return;
		}
		if (end > 0 && text.at[end - 1] == '\r')
			end--;
		buf_add(out, span_first(text, end));
		buf_add(out, with);
		text = span_from(text, line + 1);
	}
}

static int
strip_newlines(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct buf joined;
	struct span text;
	int done;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len) < 0)
		return -1;
	filter_begin(call, &joined);
	replace_lines(text, SPAN_NONE, &joined);
	done = filter_finish(call, &joined, out);
	out->flags = input.flags;
	return done;
}

/* The breaks are HTML: where escaping is on the rest must become so too. */
static int
newline_to_br(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct buf broken;
	struct span text;
	int done;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len) < 0 ||
	    (call->env->html && as_html(call, input, &text) < 0))
		return -1;
	filter_begin(call, &broken);
	replace_lines(text, SPAN("<br />\n"), &broken);
	done = filter_finish(call, &broken, out);
	out->flags = call->env->html ? VALUE_HTML : 0;
	return done;
}

/* ---- parts ---- */

static int
slice_array(const struct filter_call *call, struct value array, int64_t offset,
    int64_t length, struct value *out)
{
	int64_t count = array.len;

	(void)call;
	*out = value_array(NULL, 0);
	if (offset < 0)
		offset += count;
	if (offset < 0 || offset > count || length < 0)
		return 0;
	if (length > count - offset)
		length = count - offset;
	*out = value_array(array.items + offset, (uint32_t)length);
	return 0;
}

static int
slice(const struct filter_call *call, struct value input, struct value *out)
{
	int64_t offset, length = 1;
	struct span text;
	size_t at;

	if (filter_integer(call, call->args[0], &offset) < 0)
		return -1;
	if (call->argc > 1 && value_truthy(call->args[1]) &&
	    filter_integer(call, call->args[1], &length) < 0)
		return -1;
	if (input.kind == VALUE_ARRAY)
		return slice_array(call, input, offset, length, out);
	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 2) < 0)
		return -1;
	*out = value_string(SPAN(""));
	if (offset < 0)
		offset += (int64_t)letters_count(text);
	if (offset < 0 || length < 0)
		return 0;
	at = letters_bytes(text, (size_t)offset);
	text = span_from(text, at);
	*out =
	    value_string(span_first(text, letters_bytes(text, (size_t)length)));
	return 0;
}

static int
truncate(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text, tail = SPAN("..."), kept;
	int64_t length = 50, left;
	struct buf cut;

	*out = value_nil();
	if (value_is_nil(input))
		return 0;
	if (filter_text(call, input, &text) < 0)
		return -1;
	if (call->argc > 0 && filter_integer(call, call->args[0], &length) < 0)
		return -1;
	if (call->argc > 1 && filter_text(call, call->args[1], &tail) < 0)
		return -1;
	if (filter_charge(call, (text.len + tail.len) / 2) < 0)
		return -1;
	*out = filter_string(text, input.flags);
	if (length >= 0 && letters_bytes(text, (size_t)length) == text.len)
		return 0;
	left = length > 0 ? length - (int64_t)letters_count(tail) : 0;
	kept =
	    span_first(text, letters_bytes(text, left > 0 ? (size_t)left : 0));
	filter_begin(call, &cut);
	buf_add(&cut, kept);
	buf_add(&cut, tail);
	return filter_finish(call, &cut, out);
}

/* Moves over blanks and one word. false where no word is left. */
static bool
next_word(struct span *text, struct span *word)
{
	size_t len = 0;

	while (text->len && is_blank(*text->at))
		*text = span_from(*text, 1);
	while (len < text->len && !is_blank(text->at[len]))
		len++;
	*word = span_first(*text, len);
	*text = span_from(*text, len);
	return len != 0;
}

static int
truncatewords(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct span text, tail = SPAN("..."), word;
	int64_t words = 15;
	struct buf cut;

	*out = value_nil();
	if (value_is_nil(input))
		return 0;
	if (filter_text(call, input, &text) < 0)
		return -1;
	*out = filter_string(text, input.flags);
	if (call->argc > 0 && filter_integer(call, call->args[0], &words) < 0)
		return -1;
	if (call->argc > 1 && filter_text(call, call->args[1], &tail) < 0)
		return -1;
	if (words >= INT32_MAX)
		return 0;
	if (filter_charge(call, text.len) < 0)
		return -1;
	filter_begin(call, &cut);
	for (int64_t i = 0; i == 0 || i < words; i++) {
		/* A blank behind the last word wanted makes it one of more. */
		if (!next_word(&text, &word) || text.len == 0)
			return 0;
		if (i != 0)
			buf_byte(&cut, ' ');
		buf_add(&cut, word);
	}
	buf_add(&cut, tail);
	return filter_finish(call, &cut, out);
}

/* ---- splitting ---- */

/* The next piece before the separator: one blank means words, "" letters.
 * false at the end. */
static bool
next_piece(struct span *text, struct span separator, struct span *piece)
{
	size_t at;

	if (span_eq(separator, SPAN(" ")))
		return next_word(text, piece);
	if (text->at == NULL || (separator.len == 0 && text->len == 0))
		return false;
	if (separator.len == 0) {
		at = letters_bytes(*text, 1);
		*piece = span_first(*text, at);
		*text = span_from(*text, at);
		return true;
	}
	at = span_search(*text, separator);
	*piece = span_first(*text, at);
	*text =
	    at == text->len ? SPAN_NONE : span_from(*text, at + separator.len);
	return true;
}

/* Steps to find a piece, twice. */
enum { PIECE = 4 };

static int
split(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text, rest, separator, piece;
	struct value *pieces;
	uint64_t count = 0, full = 0;

	if (filter_text(call, input, &text) < 0 ||
	    filter_text(call, call->args[0], &separator) < 0 ||
	    filter_charge(call, text.len / 4) < 0)
		return -1;
	*out = value_array(NULL, 0);
	if (text.len == 0)
		return 0;
	for (rest = text; next_piece(&rest, separator, &piece);) {
		if (filter_charge(call, PIECE) < 0)
			return -1;
		count++;
		if (piece.len != 0)
			full = count;
	}
	/* Empty pieces at the end do not count. */
	pieces = filter_array(call, full);
	if (pieces == NULL)
		return -1;
	rest = text;
	for (uint64_t i = 0; i < full; i++) {
		next_piece(&rest, separator, &piece);
		pieces[i] = value_string(piece);
	}
	*out = value_array(pieces, (uint32_t)full);
	return 0;
}

/* ---- others ---- */

static int
default_to(
    const struct filter_call *call, struct value input, struct value *out)
{
	const struct value *allow = filter_keyword(call, SPAN("allow_false"));
	bool allowed = allow != NULL && value_truthy(*allow);
	bool absent = allowed ? value_is_nil(input) : !value_truthy(input);

	/* The words empty and blank stand for an empty text. */
	if (input.kind == VALUE_EMPTY || input.kind == VALUE_BLANK)
		absent = true;
	else
		absent = absent || value_is_empty(input);
	*out = input;
	if (absent)
		*out = call->argc ? call->args[0] : value_string(SPAN(""));
	return 0;
}

/* The author knows what he does: no escaping, but in headers. */
static int
raw(const struct filter_call *call, struct value input, struct value *out)
{
	struct span text;

	if (value_text(input, call->arena, call->env->work, &text) < 0)
		return filter_full(call);
	*out = filter_string(text, VALUE_RAW);
	return 0;
}

/* "2 items": the number decides between two words. */
static int
pluralize(const struct filter_call *call, struct value input, struct value *out)
{
	bool one = value_equal(input, value_integer(1), call->env->work) ||
		   span_eq(value_span(input), SPAN("1"));
	struct span word;

	if (filter_text(call, call->args[one ? 0 : 1], &word) < 0)
		return -1;
	*out = value_string(word);
	return 0;
}

static int
property_accessor(
    const struct filter_call *call, struct value input, struct value *out)
{
	int has = filter_property(call, input, call->args[0], out);

	if (has == 0)
		*out = value_nil();
	return has < 0 ? -1 : 0;
}

static const struct filter rows[] = {
	{ "append", append, 1, 1, FILTER_PURE },
	{ "capitalize", capitalize, 0, 0, FILTER_PURE },
	{ "default", default_to, 0, 2,
	    FILTER_PURE | FILTER_KEYWORDS | FILTER_DEFAULT },
	{ "downcase", downcase, 0, 0, FILTER_PURE },
	{ "lstrip", lstrip, 0, 0, FILTER_PURE },
	{ "newline_to_br", newline_to_br, 0, 0, FILTER_PURE },
	{ "pluralize", pluralize, 2, 2, FILTER_PURE },
	{ "prepend", prepend, 1, 1, FILTER_PURE },
	{ "property_accessor", property_accessor, 1, 1, FILTER_PURE },
	{ "raw", raw, 0, 0, FILTER_PURE },
	{ "remove", filter_remove, 1, 1, FILTER_PURE },
	{ "remove_first", filter_remove_first, 1, 1, FILTER_PURE },
	{ "remove_last", filter_remove_last, 1, 1, FILTER_PURE },
	{ "replace", filter_replace, 1, 2, FILTER_PURE },
	{ "replace_first", filter_replace_first, 1, 2, FILTER_PURE },
	{ "replace_last", filter_replace_last, 2, 2, FILTER_PURE },
	{ "rstrip", rstrip, 0, 0, FILTER_PURE },
	{ "slice", slice, 1, 2, FILTER_PURE },
	{ "split", split, 1, 1, FILTER_PURE },
	{ "squish", squish, 0, 0, FILTER_PURE },
	{ "strip", strip, 0, 0, FILTER_PURE },
	{ "strip_newlines", strip_newlines, 0, 0, FILTER_PURE },
	{ "titlecase", titlecase, 0, 0, FILTER_PURE },
	{ "truncate", truncate, 0, 2, FILTER_PURE },
	{ "truncatewords", truncatewords, 0, 2, FILTER_PURE },
	{ "upcase", upcase, 0, 0, FILTER_PURE },
};

const struct filter_set filters_text = { rows, sizeof rows / sizeof rows[0] };
