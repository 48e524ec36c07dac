/* What Inlay adds: slot, variant, abort_message, why. */
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/tag.h"

/* A name in quotes at the lexer; names are known without data. */
static int
literal_name(struct compiler *c, const char *what, struct span *name)
{
	*name = c->lex.now.text;
	if (c->lex.now.kind != LEX_STRING || name->len == 0)
		return compile_expected(c, what);
	lex_next(&c->lex);
	return 0;
}

/* ", key: 'name'" at the lexer, if it is there: 1 or 0. */
static int
literal_keyword(struct compiler *c, const char *key, struct span *name)
{
	*name = SPAN_NONE;
	lex_take(&c->lex, LEX_COMMA);
	if (!lex_is(&c->lex, key) || c->lex.ahead.kind != LEX_COLON)
		return 0;
	lex_next(&c->lex);
	lex_next(&c->lex);
	return literal_name(c, "a name in quotes", name) < 0 ? -1 : 1;
}

/* The branch that ends here is followed by one more, which is the target of
 * the choice's number. Targets are collected until the block closes. */
static int
begin_branch(struct compiler *c, struct open_block *block)
{
	struct targets *targets = block->targets;
	uint32_t count = targets->count, *more;

	/* Room for the next power of two. */
	if ((count & (count - 1)) == 0) {
		more = compile_new(c, (count ? count * 2 : 1) * sizeof *more);
		if (more == NULL)
			return -1;
		if (count != 0)
			memcpy(more, targets->at, count * sizeof *more);
		targets->at = more;
	}
	if (emit_jump(c, OP_JUMP, &block->ends) < 0)
		return -1;
	targets->at[targets->count++] = (uint32_t)c->count;
	return 0;
}

/* Once the last branch is closed, the else's target is known: its own, or the
 * end of the block. */
static int
finish_targets(struct compiler *c, struct open_block *block)
{
	struct targets *targets = block->targets;

	if (!block->done && begin_branch(c, block) < 0)
		return -1;
	targets->count--; /* the else is at[count] */
	targets->end = (uint32_t)c->count;
	return 0;
}

/* ---- slot ---- */

/* An option's condition is code of its own, asked before any rendering; the
 * rendering jumps over it. */
static int
option_condition(struct compiler *c, int option)
{
	struct patches over = { 0 };
	uint32_t entry;

	if (emit_jump(c, OP_JUMP, &over) < 0)
		return -1;
	entry = (uint32_t)c->count;
	if (compile_condition(c) < 0 || emit(c, OP_END, 0) == NULL)
		return -1;
	patch_here(c, &over);
	note_option_test(c, option, entry);
	return 0;
}

static int
slot_option(struct compiler *c, struct open_block *block, struct span markup)
{
	struct span name, stored = SPAN_NONE;
	int option;

	if (block->done)
		return compile_fail(c, "an option must stand before the else");
	lex_begin(&c->lex, markup);
	note_guards_cut(c, block->guards);
	if (literal_name(c, "the option's name in quotes", &name) < 0 ||
	    literal_keyword(c, "block", &stored) < 0)
		return -1;
	note_inside(c, block->index, MANIFEST_NONE);
	option = note_option(c, block->index, name, stored);
	if (option < 0)
		return -1;
	note_inside(c, block->index, option);
	if (lex_is(&c->lex, "if")) {
		lex_next(&c->lex);
		if (option_condition(c, option) < 0 || note_guards_hold(c) < 0)
			return -1;
	}
	if (literal_keyword(c, "block", &stored) != 0)
		return compile_fail(c, "'block:' must stand before 'if'");
	return compile_condition_end(c);
}

static int
slot_clause(struct compiler *c, struct open_block *block, struct span name,
    struct span markup)
{
	int done = 0;

	if (span_eq(name, SPAN("option"))) {
		clause_begin(c, block);
		done = slot_option(c, block, markup);
	} else if (span_eq(name, SPAN("else"))) {
		clause_begin(c, block);
		if (block->done)
			return compile_fail(c, "a slot has one else");
		block->done = true;
		note_guards_cut(c, block->guards);
		note_inside(c, block->index, MANIFEST_NONE);
		note_slot_else(c, block->index);
	} else {
		return 0;
	}
	if (done == 0)
		done = begin_branch(c, block);
	clause_end(c, block);
	return done < 0 ? -1 : 1;
}

static int
slot_close(struct compiler *c, struct open_block *block)
{
	note_guards_cut(c, block->guards);
	note_inside(c, MANIFEST_NONE, MANIFEST_NONE);
	return finish_targets(c, block);
}

static const struct block_type block_slot = {
	"slot",
	"endslot",
	slot_clause,
	slot_close,
	false,
};

static struct open_block *
open_choice(
    struct compiler *c, const struct block_type *type, enum op op, int index)
{
	struct targets *targets = compile_new(c, sizeof *targets);
	struct code *code;
	struct open_block *block;

	if (targets == NULL || (code = emit(c, op, 0)) == NULL)
		return NULL;
	code->targets = targets;
	targets->index = (uint32_t)index;
	block = block_open(c, type);
	if (block == NULL)
		return NULL;
	block->targets = targets;
	block->index = index;
	block->guards = note_guards(c);
	block->blank = false;
	return block;
}

int
tag_slot(struct compiler *c, struct span markup)
{
	struct span name, pool;
	struct open_block *block;
	int index;

	if (block_find(c, &block_slot) != NULL)
		return compile_fail(c, "a slot cannot stand within a slot");
	if (block_find(c, &block_for) != NULL ||
	    block_find(c, &block_tablerow) != NULL)
		return compile_fail(c, "a slot cannot stand within a loop");
	lex_begin(&c->lex, markup);
	if (literal_name(c, "the slot's name in quotes", &name) < 0 ||
	    literal_keyword(c, "pool", &pool) < 0 || compile_end(c) < 0)
		return -1;
	index = note_slot(c, name, pool);
	if (index < 0)
		return -1;
	block = open_choice(c, &block_slot, OP_SLOT, index);
	if (block == NULL)
		return -1;
	block->targets->first = note_option_first(c, index);
	note_inside(c, index, MANIFEST_NONE);
	return 0;
}

/* ---- variant ---- */

static int
variant_clause(struct compiler *c, struct open_block *block, struct span name,
    struct span markup)
{
	struct span when;

	if (span_eq(name, SPAN("when"))) {
		clause_begin(c, block);
		if (block->done)
			return compile_fail(
			    c, "a when must stand before the else");
		lex_begin(&c->lex, markup);
		if (literal_name(c, "the arm's name in quotes", &when) < 0 ||
		    compile_end(c) < 0 || note_when(c, block->index, when) < 0)
			return -1;
	} else if (span_eq(name, SPAN("else"))) {
		clause_begin(c, block);
		if (block->done)
			return compile_fail(c, "a variant has one else");
		block->done = true;
	} else {
		return 0;
	}
	if (begin_branch(c, block) < 0)
		return -1;
	clause_end(c, block);
	return 1;
}

/* Somebody is always in no arm: control and holdout see the else. */
static int
variant_close(struct compiler *c, struct open_block *block)
{
	if (!block->done)
		return compile_fail(c, "a variant needs an else, which the "
				       "control group and the holdout see");
	return finish_targets(c, block);
}

static const struct block_type block_variant = {
	"variant",
	"endvariant",
	variant_clause,
	variant_close,
	false,
};

int
tag_variant(struct compiler *c, struct span markup)
{
	struct span name;
	int index;

	lex_begin(&c->lex, markup);
	if (literal_name(c, "the variant's name in quotes", &name) < 0 ||
	    compile_end(c) < 0)
		return -1;
	index = note_variant(c, name);
	if (index < 0)
		return -1;
	return open_choice(c, &block_variant, OP_VARIANT, index) != NULL ? 0
									 : -1;
}

/* ---- abort_message, why ---- */

/* {% abort_message "reason" %}, and Braze's abort_message('reason'). */
int
tag_abort(struct compiler *c, struct span markup)
{
	struct span text = span_trim(markup);
	size_t before = c->count;
	struct code *code;
	bool literal;

	if (text.len > 1 && text.at[0] == '(' && text.at[text.len - 1] == ')')
		text = span_of(text.at + 1, text.len - 2);
	if (markup_filtered(c, text) < 0)
		return -1;
	literal = c->count == before + 1 &&
		  code_at(c, (uint32_t)before)->op == OP_CONST;
	note_abort(c);
	code = emit(c, OP_ABORT, -1);
	if (code == NULL)
		return -1;
	code->flags = literal;
	return 0;
}

int
tag_why(struct compiler *c, struct span markup)
{
	if (span_trim(markup).len != 0)
		return compile_fail(c, "'why' takes no arguments");
	note_why(c);
	/* The sentence passes through the stack on its way to be printed. */
	if (emit(c, OP_WHY, 1) == NULL)
		return -1;
	c->height--;
	return 0;
}
