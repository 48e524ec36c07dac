/* render, include and stored blocks by name. */
#include "milter/liquid/compile/lax.h"
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/tag.h"

enum { PASSED = 256 };

struct partial {
	struct partial_head *head;
	struct key *names;
	uint32_t count;
};

static int
partial_begin(
    struct compiler *c, enum partial_kind kind, struct partial *partial)
{
	partial->head = compile_new(c, sizeof *partial->head);
	partial->names = NULL;
	partial->count = 0;
	if (partial->head == NULL)
		return -1;
	partial->head->kind = kind;
	return 0;
}

/* Another argument, its value already pushed. The names grow by copying:
 * there are few. */
static int
add_argument(struct compiler *c, struct partial *partial, struct span name)
{
	struct key *more;

	if (partial->count + partial->head->bound == PASSED)
		return compile_fail(c, "too many arguments");
	if (partial->head->kind == PARTIAL_INCLUDE) {
		/* The next argument sees this one. */
		partial->head->bound++;
		return emit_key(c, OP_BIND, -1, name);
	}
	more = compile_new(c, (partial->count + 1) * sizeof *more);
	if (more == NULL || compile_key(c, name, &more[partial->count]) < 0)
		return -1;
	if (partial->count != 0)
		memcpy(more, partial->names, partial->count * sizeof *more);
	partial->names = more;
	partial->count++;
	return 0;
}

static int
partial_end(struct compiler *c, struct partial *partial)
{
	struct partial_head *head = partial->head;
	struct code *code;
	int taken = (int)partial->count + !!(head->flags & PARTIAL_WITH) +
		    !!(head->flags & PARTIAL_DYNAMIC);

	head->count = partial->count;
	head->names = partial->names;
	code = emit(c, OP_PARTIAL, -taken);
	if (code == NULL)
		return -1;
	code->partial = head;
	if (!(head->flags & PARTIAL_DYNAMIC) && note_partial(c, head->name) < 0)
		return -1;
	return head->kind == PARTIAL_INCLUDE ? emit_interrupt_check(c) : 0;
}

/* ---- strictly ---- */

static int
partial_name(struct compiler *c, struct partial *partial)
{
	if (c->lex.now.kind == LEX_STRING) {
		struct span name = c->lex.now.text;

		lex_next(&c->lex);
		return compile_keep(c, name, &partial->head->name);
	}
	if (partial->head->kind == PARTIAL_RENDER)
		return compile_expected(c, "a name in quotes");
	partial->head->flags |= PARTIAL_DYNAMIC;
	return compile_expression(c);
}

static int
partial_arguments(struct compiler *c, struct partial *partial)
{
	lex_take(&c->lex, LEX_COMMA);
	while (c->lex.now.kind != LEX_END) {
		struct span name = c->lex.now.text;

		if (!lex_take(&c->lex, LEX_NAME))
			return compile_expected(c, "an argument");
		if (!lex_take(&c->lex, LEX_COLON))
			return compile_expected(c, "':'");
		if (compile_expression(c) < 0 ||
		    add_argument(c, partial, name) < 0)
			return -1;
		if (!lex_take(&c->lex, LEX_COMMA) &&
		    c->lex.now.kind != LEX_NAME)
			break;
	}
	return compile_end(c);
}

/* What stands after `with`. The word false or nil there passes nothing, as if
 * it were not written. */
static int
bound_value(struct compiler *c, struct partial *partial)
{
	uint32_t since = (uint32_t)c->count;
	const struct code *code;

	if (compile_expression(c) < 0)
		return -1;
	code = code_at(c, since);
	if (c->count == since + 1 && code->op == OP_CONST &&
	    !value_truthy(*code->constant)) {
		drop_const(c);
		partial->head->flags &= ~(PARTIAL_WITH | PARTIAL_FOR);
	}
	return 0;
}

static int
strict_partial(struct compiler *c, struct span markup, enum partial_kind kind)
{
	struct partial partial;

	lex_begin(&c->lex, markup);
	if (partial_begin(c, kind, &partial) < 0 ||
	    partial_name(c, &partial) < 0)
		return -1;
	if (lex_is(&c->lex, "with") || lex_is(&c->lex, "for")) {
		partial.head->flags |= lex_is(&c->lex, "for")
					   ? PARTIAL_WITH | PARTIAL_FOR
					   : PARTIAL_WITH;
		lex_next(&c->lex);
		if (bound_value(c, &partial) < 0)
			return -1;
	}
	if (lex_is(&c->lex, "as")) {
		lex_next(&c->lex);
		if (c->lex.now.kind != LEX_NAME)
			return compile_expected(c, "a name");
		if (compile_key(c, c->lex.now.text, &partial.head->variable) <
		    0)
			return -1;
		lex_next(&c->lex);
	}
	if (partial_arguments(c, &partial) < 0)
		return -1;
	return partial_end(c, &partial);
}

/* ---- lax ---- */

static int
lax_word(struct span *text, const char *word)
{
	struct span s = span_trim(*text), name = span_str(word);

	if (!span_starts(s, name) || s.len == name.len ||
	    (s.at[name.len] != ' ' && s.at[name.len] != '\n'))
		return 0;
	*text = span_from(s, name.len);
	return 1;
}

static int
lax_name(struct compiler *c, struct partial *partial, struct span name)
{
	if (name.len > 1 && (name.at[0] == '"' || name.at[0] == '\'')) {
		name = span_of(name.at + 1, name.len - 2);
		return compile_keep(c, name, &partial->head->name);
	}
	if (partial->head->kind == PARTIAL_RENDER)
		return compile_fail(c, "expected a name in quotes");
	partial->head->flags |= PARTIAL_DYNAMIC;
	return lax_expression(c, name);
}

static int
lax_partial(struct compiler *c, struct span markup, enum partial_kind kind)
{
	struct span name, rest, value, text;
	struct partial partial;

	if (!lax_fragment(markup, &name, &rest))
		return compile_fail(c, "expected the name of a partial");
	if (partial_begin(c, kind, &partial) < 0 ||
	    lax_name(c, &partial, name) < 0)
		return -1;
	text = rest;
	if (lax_word(&text, "with"))
		partial.head->flags |= PARTIAL_WITH;
	else if (lax_word(&text, "for"))
		partial.head->flags |= PARTIAL_WITH | PARTIAL_FOR;
	if ((partial.head->flags & PARTIAL_WITH) &&
	    (!lax_fragment(text, &value, &text) ||
		lax_expression(c, value) < 0))
		return compile_fail(c, "expected a value");
	if (lax_word(&text, "as") && lax_fragment(text, &value, &text) &&
	    compile_key(c, value, &partial.head->variable) < 0)
		return -1;
	while (lax_attribute(&rest, &name, &value))
		if (lax_expression(c, value) < 0 ||
		    add_argument(c, &partial, name) < 0)
			return -1;
	return partial_end(c, &partial);
}

static int
strict_render(struct compiler *c, struct span markup)
{
	return strict_partial(c, markup, PARTIAL_RENDER);
}

static int
lax_render(struct compiler *c, struct span markup)
{
	return lax_partial(c, markup, PARTIAL_RENDER);
}

static int
strict_include(struct compiler *c, struct span markup)
{
	return strict_partial(c, markup, PARTIAL_INCLUDE);
}

static int
lax_include(struct compiler *c, struct span markup)
{
	return lax_partial(c, markup, PARTIAL_INCLUDE);
}

int
tag_render(struct compiler *c, struct span markup)
{
	return compile_lenient(c, markup, strict_render, lax_render);
}

int
tag_include(struct compiler *c, struct span markup)
{
	return compile_lenient(c, markup, strict_include, lax_include);
}

int
emit_content_block(struct compiler *c, struct span name)
{
	struct partial_head *head = compile_new(c, sizeof *head);
	struct code *code;

	compile_prints(c);
	if (head == NULL || compile_keep(c, name, &head->name) < 0 ||
	    (code = emit(c, OP_PARTIAL, 0)) == NULL)
		return -1;
	head->kind = PARTIAL_BLOCK;
	code->partial = head;
	return note_block(c, name);
}
