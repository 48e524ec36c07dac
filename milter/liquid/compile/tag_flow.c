/* if, unless, case, ifchanged. */
#include "milter/liquid/compile/lax.h"
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/tag.h"

/* ---- if, unless ---- */

/* How many comparisons the code from there has that an `or` joins; 0 where it
 * does something else. */
static size_t
joined_comparisons(struct compiler *c, size_t from)
{
	size_t count = 0;

	for (; from < c->count; from++)
		switch (code_at(c, (uint32_t)from)->op) {
		case OP_COMPARE:
			count++;
			break;
		case OP_PATH:
		case OP_CONST:
		case OP_JUMP_TRUE:
			break;
		default:
			return 0;
		}
	return count;
}

/* The branch before is left for the end, its guards fall, and the next clause
 * begins here. */
static int
next_branch(struct compiler *c, struct open_block *block)
{
	note_guards_cut(c, block->guards);
	if (emit_jump(c, OP_JUMP, &block->ends) < 0)
		return -1;
	patch_here(c, &block->next);
	return 0;
}

static int
if_clause(struct compiler *c, struct open_block *block, struct span name,
    struct span markup)
{
	bool elsif = span_eq(name, SPAN("elsif"));
	size_t from, compared = note_comparisons(c);
	int done = 0;

	if (!elsif && !span_eq(name, SPAN("else")))
		return 0;
	clause_begin(c, block);
	done = next_branch(c, block);
	from = c->count;
	if (done == 0 && elsif) {
		if (markup_condition(c, markup) < 0)
			return -1;
		note_clause(
		    c, block->index, compared, joined_comparisons(c, from));
		if (emit_jump(c, OP_JUMP_FALSE, &block->next) < 0 ||
		    note_guards_hold(c) < 0)
			return -1;
	} else if (done == 0 && block->done) {
		/* A second else never shows. */
		done = emit_jump(c, OP_JUMP, &block->next);
	}
	if (!elsif)
		note_chain_else(c, block->index);
	block->done |= !elsif;
	clause_end(c, block);
	return done < 0 ? -1 : 1;
}

static int
if_close(struct compiler *c, struct open_block *block)
{
	note_guards_cut(c, block->guards);
	patch_here(c, &block->next);
	return 0;
}

static const struct block_type block_if = {
	"if",
	"endif",
	if_clause,
	if_close,
	false,
};

static const struct block_type block_unless = {
	"unless",
	"endunless",
	if_clause,
	if_close,
	false,
};

static int
open_if(struct compiler *c, const struct block_type *type, enum op leave,
    struct span markup)
{
	struct patches next = { 0 };
	struct open_block *block;
	size_t guards = note_guards(c), mark = note_mark(c), from = c->count;
	size_t compared = note_comparisons(c), comparisons;
	int chain = MANIFEST_NONE;

	if (markup_condition(c, markup) < 0)
		return -1;
	comparisons = joined_comparisons(c, from);
	if (leave == OP_JUMP_FALSE && comparisons != 0)
		chain = note_chain(c, mark);
	note_clause(c, chain, compared, comparisons);
	if (emit_jump(c, leave, &next) < 0)
		return -1;
	if (leave == OP_JUMP_TRUE)
		note_no_guard(c);
	if (note_guards_hold(c) < 0)
		return -1;
	block = block_open(c, type);
	if (block == NULL)
		return -1;
	block->next = next;
	block->guards = guards;
	block->index = chain;
	return 0;
}

int
tag_if(struct compiler *c, struct span markup)
{
	return open_if(c, &block_if, OP_JUMP_FALSE, markup);
}

int
tag_unless(struct compiler *c, struct span markup)
{
	return open_if(c, &block_unless, OP_JUMP_TRUE, markup);
}

/* ---- case ---- */

/* Every when whose value is equal shows, once for each equal value; else
 * shows when none has so far. The whens' bodies jump back to their own
 * OP_WHEN_ENTER, which counts them off. */
static int
end_when(struct compiler *c, struct open_block *block)
{
	struct code *code;

	if (block->top == 0)
		return 0;
	code = emit(c, OP_JUMP, 0);
	if (code == NULL)
		return -1;
	code->arg = block->top - 1;
	code->flags = 1;
	code->end = block->turns.last; /* a chain until the case's end */
	block->turns.last = (uint32_t)c->count;
	block->top = 0;
	return 0;
}

static int
when_values(struct compiler *c, struct span markup)
{
	lex_begin(&c->lex, markup);
	do {
		if (compile_expression(c) < 0 || emit(c, OP_WHEN, -1) == NULL)
			return -1;
	} while (lex_take(&c->lex, LEX_COMMA) ||
		 (lex_is(&c->lex, "or") && lex_take(&c->lex, LEX_NAME)));
	return compile_end(c);
}

static int
lax_when_values(struct compiler *c, struct span markup)
{
	struct span value;

	if (!lax_fragment(markup, &value, &markup))
		return compile_fail(c, "expected a value after 'when'");
	for (;;) {
		struct span rest = span_trim(markup);

		if (lax_expression(c, value) < 0 ||
		    emit(c, OP_WHEN, -1) == NULL)
			return -1;
		if (rest.len != 0 && rest.at[0] == ',')
			rest = span_from(rest, 1);
		else if (span_starts(rest, SPAN("or ")))
			rest = span_from(rest, 2);
		else
			return 0;
		if (!lax_fragment(rest, &value, &markup))
			return 0;
	}
}

/* The texts among the values of a when, and whether there are others. */
static void
note_texts(struct compiler *c, int chain, size_t from)
{
	for (; from < c->count; from++) {
		const struct code *code = code_at(c, (uint32_t)from);

		if (code->op == OP_CONST &&
		    code->constant->kind == VALUE_STRING)
			note_when_text(c, chain, value_span(*code->constant));
		else if (code->op != OP_WHEN)
			note_chain_else(c, chain);
	}
}

static int
case_clause(struct compiler *c, struct open_block *block, struct span name,
    struct span markup)
{
	bool when = span_eq(name, SPAN("when"));
	int done = 0;

	if (!when && !span_eq(name, SPAN("else")))
		return 0;
	clause_begin(c, block);
	if (end_when(c, block) < 0)
		return -1;
	patch_here(c, &block->next);
	if (when) {
		size_t from = c->count;

		c->when = true;
		done = compile_lenient(c, markup, when_values, lax_when_values);
		c->when = false;
		if (done < 0)
			return -1;
		note_texts(c, block->index, from);
		block->top = (uint32_t)c->count + 1;
		done = emit_jump(c, OP_WHEN_ENTER, &block->next);
	} else {
		note_chain_else(c, block->index);
		done = emit_jump(c, OP_CASE_ELSE, &block->next);
	}
	clause_end(c, block);
	block->done = true;
	return done < 0 ? -1 : 1;
}

/* Where a when's body goes in the end: what flow.c must know. */
static void
tell_end(struct compiler *c, struct open_block *block)
{
	uint32_t at = block->turns.last;

	while (at != 0) {
		struct code *code = code_at(c, at - 1);

		at = (uint32_t)code->end;
		code->end = c->count;
	}
}

static int
case_close(struct compiler *c, struct open_block *block)
{
	struct code *code;

	if (end_when(c, block) < 0)
		return -1;
	patch_here(c, &block->next);
	tell_end(c, block);
	code = emit(c, OP_POP, -3);
	if (code == NULL)
		return -1;
	code->arg = 3;
	return 0;
}

const struct block_type block_case = {
	"case",
	"endcase",
	case_clause,
	case_close,
	false,
};

static int
case_value(struct compiler *c, struct span markup)
{
	lex_begin(&c->lex, markup);
	if (compile_expression(c) < 0)
		return -1;
	return compile_end(c);
}

static int
lax_case_value(struct compiler *c, struct span markup)
{
	struct span value, rest;

	if (!lax_fragment(markup, &value, &rest))
		return compile_fail(c, "expected a value after 'case'");
	return lax_expression(c, value);
}

int
tag_case(struct compiler *c, struct span markup)
{
	struct open_block *block;
	size_t mark = note_mark(c);
	int chain = MANIFEST_NONE;

	if (compile_lenient(c, markup, case_value, lax_case_value) < 0)
		return -1;
	note_asked(c, mark);
	if (code_at(c, (uint32_t)c->count - 1)->op == OP_PATH)
		chain = note_chain(c, mark);
	if (emit(c, OP_CASE, 2) == NULL)
		return -1;
	block = block_open(c, &block_case);
	if (block == NULL)
		return -1;
	block->index = chain;
	/* What stands before the first when is not shown. */
	return emit_jump(c, OP_JUMP, &block->next);
}

/* ---- ifchanged ---- */

static int
ifchanged_close(struct compiler *c, struct open_block *block)
{
	(void)block;
	return emit(c, OP_CHANGED_END, 0) != NULL ? 0 : -1;
}

const struct block_type block_ifchanged = {
	"ifchanged",
	"endifchanged",
	NULL,
	ifchanged_close,
	true,
};

int
tag_ifchanged(struct compiler *c, struct span markup)
{
	(void)markup; /* as Shopify's: whatever it says */
	if (emit(c, OP_CHANGED, 0) == NULL)
		return -1;
	return block_open(c, &block_ifchanged) != NULL ? 0 : -1;
}
