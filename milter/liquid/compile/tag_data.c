/* assign, capture, increment, decrement, cycle. */
#include "milter/liquid/compile/lax.h"
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/tag.h"
#include "store/base/ascii.h"

/* ---- assign ---- */

/* Letters, digits, _ and inner dashes; a digit begins a name only in templates
 * of the former syntax. */
static int
check_name(struct compiler *c, struct span name)
{
	bool digits = c->options->syntax != SYNTAX_STRICT;

	for (size_t i = 0; i < name.len; i++) {
		char ch = name.at[i];

		if (ascii_is_letter(ch) || ch == '_' || (ch == '-' && i != 0) ||
		    (ascii_is_digit(ch) && (digits || i != 0)))
			continue;
		return compile_fail(
		    c, "'%.*s' is not a name", SPAN_ARG(span_first(name, 40)));
	}
	return 0;
}

/* "name = value": Liquid takes the name as it comes, digits too. */
static int
split_assign(struct compiler *c, struct span markup, struct span *name,
    struct span *from)
{
	size_t equals = span_find(markup, '=');

	*name = span_trim(span_first(markup, equals));
	*from = span_from(markup, equals + 1);
	if (equals == markup.len || name->len == 0)
		return compile_fail(c, "expected 'name = value'");
	return check_name(c, *name);
}

/* In lax templates the last run of name characters before = counts. */
static int
lax_split(struct compiler *c, struct span markup, struct span *name,
    struct span *from)
{
	size_t equals = span_find(markup, '=');
	struct span left = span_trim(span_first(markup, equals));
	size_t at = left.len;

	while (at > 0 && left.at[at - 1] > ' ' && left.at[at - 1] != ',')
		at--;
	*name = span_from(left, at);
	*from = span_from(markup, equals + 1);
	if (equals == markup.len || name->len == 0)
		return compile_fail(c, "expected 'name = value'");
	return 0;
}

int
tag_assign(struct compiler *c, struct span markup)
{
	struct span name, from;

	if ((c->options->syntax == SYNTAX_LAX
		    ? lax_split(c, markup, &name, &from)
		    : split_assign(c, markup, &name, &from)) < 0)
		return -1;
	if (markup_filtered(c, from) < 0)
		return -1;
	if (emit_key(c, OP_ASSIGN, -1, name) < 0)
		return -1;
	return note_bound(c, name);
}

/* ---- capture ---- */

static int
capture_close(struct compiler *c, struct open_block *block)
{
	struct code *code = emit(c, OP_CAPTURE_END, 0);

	if (code == NULL)
		return -1;
	code->key = block->key;
	return 0;
}

const struct block_type block_capture = {
	"capture",
	"endcapture",
	NULL,
	capture_close,
	false,
};

/* The name, with or without quotes. */
static int
capture_name(struct compiler *c, struct span markup, struct span *name)
{
	struct span text = span_trim(markup);
	size_t len = 0;

	if (text.len > 1 && (text.at[0] == '\'' || text.at[0] == '"')) {
		struct span inner = span_from(text, 1);

		len = span_find(inner, text.at[0]);
		if (len == inner.len)
			return compile_fail(c, "a quote is not closed");
		*name = span_first(inner, len);
		text = span_from(inner, len + 1);
	} else {
		while (len < text.len && text.at[len] > ' ' &&
		       text.at[len] != ',' && text.at[len] != '|')
			len++;
		*name = span_first(text, len);
		text = span_from(text, len);
	}
	if (check_name(c, *name) < 0)
		return -1;
	if (name->len == 0 ||
	    (span_trim(text).len != 0 && c->options->syntax != SYNTAX_LAX))
		return compile_fail(c, "expected one name");
	return 0;
}

int
tag_capture(struct compiler *c, struct span markup)
{
	struct key *key = compile_new(c, sizeof *key);
	struct open_block *block;
	struct span name;

	if (key == NULL || capture_name(c, markup, &name) < 0 ||
	    compile_key(c, name, key) < 0 || emit(c, OP_CAPTURE, 0) == NULL)
		return -1;
	block = block_open(c, &block_capture);
	if (block == NULL)
		return -1;
	block->key = key;
	return note_bound(c, name);
}

/* ---- increment, decrement ---- */

static int
counter(struct compiler *c, enum op op, struct span markup)
{
	struct span name = span_trim(markup);

	if (c->options->syntax != SYNTAX_LAX) {
		lex_begin(&c->lex, markup);
		if (!lex_take(&c->lex, LEX_NAME))
			return compile_expected(c, "a name");
		if (compile_end(c) < 0)
			return -1;
	}
	if (emit_key(c, op, 0, name) < 0)
		return -1;
	return note_bound(c, name);
}

int
tag_increment(struct compiler *c, struct span markup)
{
	return counter(c, OP_INCREMENT, markup);
}

int
tag_decrement(struct compiler *c, struct span markup)
{
	return counter(c, OP_DECREMENT, markup);
}

/* ---- cycle ---- */

enum { CYCLED = 1000 };

/* The group of a nameless cycle is what it cycles: literals by their text, and
 * anything looked up makes the cycle its own. */
static int
finish_cycle(struct compiler *c, struct span markup, uint32_t from, bool named,
    uint32_t count)
{
	struct cycle *cycle = compile_new(c, sizeof *cycle);
	struct code *code;
	struct buf group;

	if (cycle == NULL)
		return -1;
	buf_init(&group, c->arena, 1 << 20);
	for (uint32_t pc = from; pc < c->count; pc++) {
		code = code_at(c, pc);
		if (code->op == OP_CONST)
			value_inspect(&group, *code->constant, c->work);
		else if (code->op != OP_NOP)
			buf_printf(&group, "@%u", (unsigned)c->count);
		buf_byte(&group, ',');
	}
	(void)markup;
	if (group.failed)
		return compile_full(c);
	if (compile_key(c, buf_span(&group), &cycle->group) < 0)
		return -1;
	cycle->named = named;
	cycle->count = count;
	code = emit(c, OP_CYCLE, -(int)(count + named));
	if (code == NULL)
		return -1;
	code->cycle = cycle;
	return 0;
}

/* Whether the code since then is but the word nil, which the strict grammar
 * alone counts as a value; it is taken back. */
static bool
drop_nil(struct compiler *c, uint32_t since)
{
	const struct code *code = code_at(c, since);

	if (c->options->syntax == SYNTAX_STRICT || c->count != since + 1 ||
	    code->op != OP_CONST || !value_is_nil(*code->constant))
		return false;
	drop_const(c);
	return true;
}

static int
strict_cycle(struct compiler *c, struct span markup)
{
	uint32_t from = (uint32_t)c->count, since = from, count = 0;
	bool named = false;

	lex_begin(&c->lex, markup);
	if (compile_expression(c) < 0)
		return -1;
	if (lex_take(&c->lex, LEX_COLON)) {
		named = true;
		since = (uint32_t)c->count;
		if (compile_expression(c) < 0)
			return -1;
	}
	count = !drop_nil(c, since);
	while (lex_take(&c->lex, LEX_COMMA)) {
		if (c->lex.now.kind == LEX_END)
			break;
		if (count == CYCLED)
			return compile_fail(c, "too many values to cycle");
		since = (uint32_t)c->count;
		if (compile_expression(c) < 0)
			return -1;
		count += !drop_nil(c, since);
	}
	if (count == 0) {
		if (emit_const(c, value_nil()) < 0)
			return -1;
		count = 1;
	}
	if (compile_end(c) < 0)
		return -1;
	return finish_cycle(c, markup, from, named, count);
}

static int
lax_cycle(struct compiler *c, struct span markup)
{
	uint32_t from = (uint32_t)c->count, count = 0;
	struct span value, rest;
	bool named = false;

	if (!lax_fragment(markup, &value, &rest))
		return compile_fail(c, "expected a value to cycle");
	/* A fragment with a colon at its end or after it is the group. */
	if (value.at[value.len - 1] == ':' ||
	    (span_trim(rest).len != 0 && span_trim(rest).at[0] == ':')) {
		named = true;
		if (value.at[value.len - 1] == ':')
			value.len--;
		else
			rest = span_from(span_trim(rest), 1);
		if (lax_expression(c, value) < 0)
			return -1;
		markup = rest;
	}
	while (markup.len != 0 && count < CYCLED) {
		size_t len = span_find(markup, ',');
		struct span part = span_first(markup, len);

		markup = span_from(markup, len + 1);
		if (!lax_fragment(part, &value, &rest))
			continue;
		if (lax_expression(c, value) < 0)
			return -1;
		count++;
	}
	return finish_cycle(c, markup, from, named, count);
}

int
tag_cycle(struct compiler *c, struct span markup)
{
	return compile_lenient(c, markup, strict_cycle, lax_cycle);
}
