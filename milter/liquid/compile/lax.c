#include "milter/liquid/compile/lax.h"

#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/value/number.h"
#include "store/base/ascii.h"

/* The length of a quoted string at the start, or 0. */
static size_t
quoted_length(struct span s)
{
	size_t end;

	if (s.len == 0 || (s.at[0] != '"' && s.at[0] != '\''))
		return 0;
	end = 1 + span_find(span_from(s, 1), s.at[0]);
	return end < s.len ? end + 1 : 0;
}

/* The length of the fragment at the start, or 0. */
static size_t
fragment_length(struct span s)
{
	size_t len = quoted_length(s);

	if (len != 0)
		return len;
	while (len < s.len && !ascii_is_space(s.at[len]) && s.at[len] != ',' &&
	       s.at[len] != '|') {
		if (s.at[len] == '"' || s.at[len] == '\'') {
			size_t inner = quoted_length(span_from(s, len));

			if (inner == 0)
				break;
			len += inner;
		} else {
			len++;
		}
	}
	return len;
}

int
lax_fragment(struct span text, struct span *fragment, struct span *rest)
{
	for (; text.len != 0; text = span_from(text, 1)) {
		size_t len = fragment_length(text);

		if (len == 0)
			continue;
		*fragment = span_first(text, len);
		*rest = span_from(text, len);
		return 1;
	}
	return 0;
}

static struct span
skip_blanks(struct span s)
{
	while (s.len != 0 && ascii_is_space(s.at[0]))
		s = span_from(s, 1);
	return s;
}

int
lax_attribute(struct span *text, struct span *name, struct span *value)
{
	struct span s = *text;

	while (s.len != 0) {
		size_t len = 0;
		struct span after;

		while (len < s.len && (ascii_is_word(s.at[len]) ||
					  (len != 0 && s.at[len] == '-')))
			len++;
		after = skip_blanks(span_from(s, len));
		if (len != 0 && after.len != 0 && after.at[0] == ':') {
			struct span at = skip_blanks(span_from(after, 1));
			size_t size = fragment_length(at);

			if (size != 0) {
				*name = span_first(s, len);
				*value = span_first(at, size);
				*text = span_from(at, size);
				return 1;
			}
		}
		s = span_from(s, len ? len : 1);
	}
	return 0;
}

/* ---- expressions ---- */

/* Brackets and ranges nest by recursion, 64 deep at most. */
static int expression(struct compiler *c, struct span text, unsigned depth);

/* The length of a balanced [ … ] at the start, or 0. */
static size_t
bracket_length(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '[')
			depth++;
		else if (s.at[i] == ']' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* The next [ … ] or word of a lookup, skipping all else. */
static int
next_segment(struct span *text, struct span *segment)
{
	while (text->len != 0) {
		size_t len = 0;

		if (text->at[0] == '[')
			len = bracket_length(*text);
		else
			while (
			    len < text->len && (ascii_is_word(text->at[len]) ||
						   text->at[len] == '-'))
				len++;
		if (len != 0 && text->at[0] != '[' && len < text->len &&
		    text->at[len] == '?')
			len++;
		if (len != 0) {
			*segment = span_first(*text, len);
			*text = span_from(*text, len);
			return 1;
		}
		*text = span_from(*text, 1);
	}
	return 0;
}

static struct span
inside(struct span bracketed)
{
	return span_of(bracketed.at + 1, bracketed.len - 2);
}

static int
lookup(struct compiler *c, struct span text, unsigned depth)
{
	struct span segment;

	if (text.len > 4096)
		return compile_fail(c, "a lookup is too long");
	if (!next_segment(&text, &segment))
		return emit_const(c, value_nil());
	if (segment.at[0] == '[') {
		if (expression(c, inside(segment), depth + 1) < 0 ||
		    emit(c, OP_FIND, 0) == NULL)
			return -1;
	} else if (emit_path(c, segment, NULL, 0, false) < 0) {
		return -1;
	}
	while (next_segment(&text, &segment)) {
		c->last_path = NULL;
		if (segment.at[0] != '[') {
			if (emit_key(c, OP_GET, 0, segment) < 0)
				return -1;
		} else if (expression(c, inside(segment), depth + 1) < 0 ||
			   emit(c, OP_INDEX, -1) == NULL) {
			return -1;
		}
	}
	return 0;
}

/* "1", "1.5", and as Liquid reads it "1." and "1.2.3", a float each. */
static int
number(struct compiler *c, struct span text)
{
	size_t at = text.len != 0 && text.at[0] == '-', end = 0, dots = 0;
	struct value value;
	double real = 0;

	if (at == text.len || text.at[at] < '0' || text.at[at] > '9')
		return 0;
	for (; at < text.len; at++) {
		if (text.at[at] == '.' && ++dots == 2)
			end = at;
		else if (text.at[at] != '.' &&
			 (text.at[at] < '0' || text.at[at] > '9'))
			return 0;
	}
	if (dots == 0 && text.len <= 1000) {
		if (value_parse_integer(c->arena, text, &value) <= 0)
			return compile_full(c);
		return emit_const(c, value) < 0 ? -1 : 1;
	}
	text = span_first(text, end ? end : text.len);
	if (text.at[text.len - 1] == '.')
		text.len--;
	number_parse_float(text, &real);
	return emit_const(c, value_float(real)) < 0 ? -1 : 1;
}

/* (first..last), split at the last .. of the run without blanks. */
static int
range(struct compiler *c, struct span text, unsigned depth)
{
	struct span in = span_trim(inside(text)), first, last;
	size_t run = 0, at;

	while (run < in.len && !ascii_is_space(in.at[run]))
		run++;
	for (at = run; at >= 2; at--)
		if (in.at[at - 1] == '.' && in.at[at - 2] == '.')
			break;
	if (at > 2) {
		first = span_first(in, at - 2);
		last = span_from(in, at);
	} else {
		struct span after = skip_blanks(span_from(in, run));

		if (!span_starts(after, SPAN("..")))
			return 0;
		first = span_first(in, run);
		last = span_from(after, 2);
	}
	if (first.len == 0 || span_trim(last).len == 0)
		return 0;
	if (expression(c, first, depth + 1) < 0 ||
	    expression(c, last, depth + 1) < 0)
		return -1;
	return emit_range(c) < 0 ? -1 : 1;
}

static int
expression(struct compiler *c, struct span text, unsigned depth)
{
	struct value literal;
	int done = 0;

	c->last_path = NULL;
	text = span_trim(text);
	if (depth > 64)
		return compile_fail(c, "brackets are nested too deeply");
	if (text.len == 0)
		return emit_const(c, value_nil());
	if (text.len > 1 && (text.at[0] == '"' || text.at[0] == '\'') &&
	    text.at[text.len - 1] == text.at[0])
		return emit_string(c, inside(text));
	if (literal_value(c, text, &literal))
		return emit_const(c, literal);
	if (text.at[0] == '(' && text.at[text.len - 1] == ')')
		done = range(c, text, depth);
	if (done == 0)
		done = number(c, text);
	if (done != 0)
		return done < 0 ? -1 : 0;
	return lookup(c, text, depth);
}

int
lax_expression(struct compiler *c, struct span fragment)
{
	c->root = NULL;
	return expression(c, fragment, 0);
}

/* ---- filters ---- */

/* The next stretch of blanks, fragments and commas: one filter. */
static int
next_filter(struct span *text, struct span *filter)
{
	size_t start = 0, end;

	for (; start < text->len; start++) {
		for (end = start; end < text->len;) {
			size_t len = fragment_length(span_from(*text, end));

			if (len == 0 && !ascii_is_space(text->at[end]) &&
			    text->at[end] != ',')
				break;
			end += len ? len : 1;
		}
		if (end != start) {
			*filter = span_of(text->at + start, end - start);
			*text = span_from(*text, end);
			return 1;
		}
	}
	return 0;
}

/* The next ": value" or ", name: value" of a filter. */
static int
next_argument(struct span *text, struct span *name, struct span *value)
{
	while (text->len != 0) {
		struct span at = *text;
		size_t word = 0, len;
		struct span after;

		*text = span_from(*text, 1);
		if (at.at[0] != ':' && at.at[0] != ',')
			continue;
		at = skip_blanks(span_from(at, 1));
		while (word < at.len && ascii_is_word(at.at[word]))
			word++;
		*name = SPAN_NONE;
		after = skip_blanks(span_from(at, word));
		if (word != 0 && after.len != 0 && after.at[0] == ':' &&
		    fragment_length(skip_blanks(span_from(after, 1))) != 0) {
			*name = span_first(at, word);
			at = skip_blanks(span_from(after, 1));
		}
		len = fragment_length(at);
		if (len == 0)
			continue;
		*value = span_first(at, len);
		*text = span_from(at, len);
		return 1;
	}
	return 0;
}

static int
filter(struct compiler *c, struct span text)
{
	struct arguments arguments;
	struct span name, value;
	size_t start = 0, len = 0;

	arguments.count = arguments.keywords = 0;
	while (start < text.len && !ascii_is_word(text.at[start]))
		start++;
	while (start + len < text.len && ascii_is_word(text.at[start + len]))
		len++;
	if (len == 0)
		return 0;
	name = span_of(text.at + start, len);
	text = span_from(text, start + len);
	while (
	    next_argument(&text, &arguments.names[arguments.count], &value)) {
		if (arguments.names[arguments.count].len != 0)
			arguments.keywords++;
		if (++arguments.count == ARGUMENTS)
			return compile_fail(
			    c, "a filter has too many arguments");
		if (expression(c, value, 0) < 0)
			return -1;
	}
	c->last_path = NULL;
	return emit_filter(c, name, &arguments);
}

int
lax_filtered(struct compiler *c, struct span markup)
{
	size_t fields = note_mark(c), after;
	struct span fragment, rest;
	uint32_t begun;

	if (!lax_fragment(markup, &fragment, &rest))
		return emit_const(c, value_nil());
	if (lax_expression(c, fragment) < 0)
		return -1;
	rest = span_from(rest, span_find(rest, '|') + 1);
	if (rest.len == 0)
		return 0;
	after = note_mark(c);
	begun = filters_begin(c);
	c->last_path = NULL;
	while (next_filter(&rest, &fragment))
		if (filter(c, fragment) < 0)
			return -1;
	if (c->has_default)
		note_defaults(c, fields, after);
	return filters_end(c, begun);
}

/* ---- conditions ---- */

static size_t
operator_length(struct span s)
{
	size_t len = 0;

	while (len < s.len &&
	       (s.at[len] == '=' || s.at[len] == '!' || s.at[len] == '<' ||
		   s.at[len] == '>' || s.at[len] == '_' ||
		   (s.at[len] >= 'a' && s.at[len] <= 'z')))
		len++;
	return len;
}

/* The length of "and" or "or" as a word at the start, or 0. */
static size_t
connective_length(struct span s)
{
	size_t len = span_starts(s, SPAN("and"))  ? 3
		     : span_starts(s, SPAN("or")) ? 2
						  : 0;

	return len != 0 && (s.len == len || !ascii_is_word(s.at[len])) ? len
								       : 0;
}

/* One comparison up to the next and/or; *text moves behind it. */
static struct span
next_comparison(struct span *text)
{
	struct span all = skip_blanks(*text);
	struct span rest = all;
	size_t len;

	while (rest.len != 0 && connective_length(rest) == 0) {
		len = fragment_length(rest);
		if (len == 0)
			while (len < rest.len && !ascii_is_space(rest.at[len]))
				len++;
		rest = skip_blanks(span_from(rest, len));
	}
	*text = rest;
	return span_first(all, all.len - rest.len);
}

static int
comparison(struct compiler *c, struct span text)
{
	struct span left, rest, right = SPAN_NONE, operator;

	if (!lax_fragment(text, &left, &rest))
		return compile_fail(c, "expected a condition");
	rest = skip_blanks(rest);
	operator= span_first(rest, operator_length(rest));
	if (lax_expression(c, left) < 0)
		return -1;
	if (operator.len == 0)
		return emit(c, OP_TRUTHY, -1) != NULL ? 0 : -1;
	rest = skip_blanks(span_from(rest, operator.len));
	right = span_first(rest, fragment_length(rest));
	if (lax_expression(c, right) < 0)
		return -1;
	return emit_compare(c, operator);
}

int
lax_condition(struct compiler *c, struct span markup)
{
	struct patches out = { 0 };

	c->condition = true;
	note_guard_begin(c);
	for (;;) {
		struct span text = next_comparison(&markup);
		size_t word = connective_length(markup);

		if (comparison(c, text) < 0)
			return -1;
		if (word == 0)
			break;
		if (emit_jump(
			c, word == 3 ? OP_JUMP_FALSE : OP_JUMP_TRUE, &out) < 0)
			return -1;
		markup = span_from(markup, word);
	}
	patch_here(c, &out);
	c->condition = false;
	return 0;
}
