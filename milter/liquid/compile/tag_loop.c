/* for, tablerow, break, continue. */
#include "milter/liquid/compile/lax.h"
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/tag.h"

/* What a loop's header says, as spans to be compiled in the right order. */
struct loop_header {
	struct span name;
	uint8_t flags;
	uint8_t allowed;
	struct span values[3]; /* limit, offset, cols */
	struct span collection;
};

enum { LIMIT, OFFSET, COLS };

/* ---- the header, strictly ---- */

/* Compiles the value at the lexer aside: the order on the stack is fixed, the
 * order in the source is not. Gives the source of it. */
static int
skip_value(struct compiler *c, struct span *source)
{
	const char *from = c->lex.now.text.at;
	uint32_t chain = c->chain;
	size_t count = c->count, fields = note_mark(c);
	uint16_t height = c->height;
	const char *to;

	if (c->lex.now.kind == LEX_STRING)
		from--;
	if (compile_expression(c) < 0)
		return -1;
	to = c->lex.now.kind == LEX_END
		 ? c->lex.rest.at + c->lex.rest.len
		 : c->lex.now.text.at - (c->lex.now.kind == LEX_STRING);
	c->count = count;
	c->chain = chain;
	c->height = height;
	note_rewind(c, fields);
	*source = span_of(from, (size_t)(to - from));
	return 0;
}

static int
header_attribute(struct compiler *c, struct loop_header *header)
{
	struct span name = c->lex.now.text, ignored;

	if (c->lex.now.kind != LEX_NAME)
		return compile_expected(c, "an attribute");
	lex_next(&c->lex);
	if (!lex_take(&c->lex, LEX_COLON))
		return compile_expected(c, "':'");
	if (span_eq(name, SPAN("limit"))) {
		header->flags |= LOOP_LIMIT;
		return skip_value(c, &header->values[LIMIT]);
	}
	if (span_eq(name, SPAN("offset"))) {
		header->flags &= (uint8_t) ~(LOOP_OFFSET | LOOP_CONTINUE);
		if ((header->allowed & LOOP_CONTINUE) &&
		    lex_is(&c->lex, "continue") &&
		    c->lex.ahead.kind != LEX_DOT) {
			header->flags |= LOOP_CONTINUE;
			lex_next(&c->lex);
			return 0;
		}
		header->flags |= LOOP_OFFSET;
		return skip_value(c, &header->values[OFFSET]);
	}
	if (span_eq(name, SPAN("cols")) && (header->allowed & LOOP_COLS)) {
		header->flags |= LOOP_COLS;
		return skip_value(c, &header->values[COLS]);
	}
	if (span_eq(name, SPAN("range")) && (header->allowed & LOOP_COLS))
		return skip_value(c, &ignored);
	return compile_fail(c, "unknown attribute '%.*s'", SPAN_ARG(name));
}

static int
parse_header(struct compiler *c, struct span markup, struct loop_header *header)
{
	lex_begin(&c->lex, markup);
	header->name = c->lex.now.text;
	if (!lex_take(&c->lex, LEX_NAME))
		return compile_expected(c, "a variable");
	if (!lex_is(&c->lex, "in"))
		return compile_expected(c, "'in'");
	lex_next(&c->lex);
	if (skip_value(c, &header->collection) < 0)
		return -1;
	if ((header->allowed & LOOP_REVERSED) && lex_is(&c->lex, "reversed")) {
		header->flags |= LOOP_REVERSED;
		lex_next(&c->lex);
	}
	if (lex_take(&c->lex, LEX_COMMA) && c->lex.now.kind == LEX_END &&
	    !(header->allowed & LOOP_COLS))
		return compile_expected(c, "an attribute");
	while (c->lex.now.kind != LEX_END) {
		if (header_attribute(c, header) < 0)
			return -1;
		if (lex_take(&c->lex, LEX_COMMA) &&
		    c->lex.now.kind == LEX_END &&
		    !(header->allowed & LOOP_COLS))
			return compile_expected(c, "an attribute");
	}
	return 0;
}

static int
emit_strict(struct compiler *c, struct span source)
{
	lex_begin(&c->lex, source);
	return compile_expression(c);
}

static int
emit_header(struct compiler *c, const struct loop_header *header,
    int (*value)(struct compiler *c, struct span source))
{
	if (value(c, header->collection) < 0)
		return -1;
	if ((header->flags & LOOP_LIMIT) && value(c, header->values[LIMIT]) < 0)
		return -1;
	if ((header->flags & LOOP_OFFSET) &&
	    value(c, header->values[OFFSET]) < 0)
		return -1;
	if ((header->flags & LOOP_COLS) && value(c, header->values[COLS]) < 0)
		return -1;
	return 0;
}

/* ---- the header, lax ---- */

static int
lax_header(struct compiler *c, struct span markup, struct loop_header *header)
{
	struct span rest = span_trim(markup), name, value;
	size_t len = 0;

	while (len < rest.len && (rest.at[len] > ' ' && rest.at[len] != ','))
		len++;
	header->name = span_first(rest, len);
	rest = span_trim(span_from(rest, len));
	if (len == 0 || !span_starts(rest, SPAN("in")) ||
	    !lax_fragment(span_from(rest, 2), &header->collection, &rest))
		return compile_fail(c, "expected 'item in collection'");
	rest = span_trim(rest);
	if ((header->allowed & LOOP_REVERSED) &&
	    span_starts(rest, SPAN("reversed")))
		header->flags |= LOOP_REVERSED;
	while (lax_attribute(&rest, &name, &value)) {
		if (span_eq(name, SPAN("limit"))) {
			header->flags |= LOOP_LIMIT;
			header->values[LIMIT] = value;
		} else if (span_eq(name, SPAN("offset"))) {
			bool go_on = (header->allowed & LOOP_CONTINUE) &&
				     span_eq(value, SPAN("continue"));

			header->flags |= go_on ? LOOP_CONTINUE : LOOP_OFFSET;
			header->values[OFFSET] = value;
		} else if (span_eq(name, SPAN("cols")) &&
			   (header->allowed & LOOP_COLS)) {
			header->flags |= LOOP_COLS;
			header->values[COLS] = value;
		}
	}
	return 0;
}

/* ---- opening ---- */

/* "item-collection", under which offset: continue remembers. */
static int
make_head(struct compiler *c, const struct loop_header *header,
    const struct loop_head **head)
{
	struct loop_head *made = compile_new(c, sizeof *made);
	struct span source = span_trim(header->collection);
	struct buf memo;

	if (made == NULL)
		return -1;
	buf_init(&memo, c->arena, 1 << 20);
	buf_add(&memo, header->name);
	buf_byte(&memo, '-');
	buf_add(&memo, source);
	if (memo.failed)
		return compile_full(c);
	if (compile_key(c, buf_span(&memo), &made->memo) < 0 ||
	    compile_key(c, header->name, &made->name) < 0 ||
	    compile_key(c,
		header->allowed & LOOP_COLS ? SPAN("tablerowloop")
					    : SPAN("forloop"),
		&made->drop) < 0)
		return -1;
	made->flags = header->flags;
	*head = made;
	return 0;
}

static int
count_values(uint8_t flags)
{
	return 1 + !!(flags & LOOP_LIMIT) + !!(flags & LOOP_OFFSET) +
	       !!(flags & LOOP_COLS);
}

static int
open_header(struct compiler *c, const struct loop_header *header, enum op op)
{
	const struct loop_head *head = NULL;
	struct code *code;

	if (make_head(c, header, &head) < 0)
		return -1;
	code = emit(c, op, -count_values(header->flags));
	if (code == NULL)
		return -1;
	code->loop = head;
	return 0;
}

static int
strict_for(struct compiler *c, struct span markup)
{
	struct loop_header header = { .allowed =
					  LOOP_CONTINUE | LOOP_REVERSED };

	if (parse_header(c, markup, &header) < 0 ||
	    emit_header(c, &header, emit_strict) < 0)
		return -1;
	return open_header(c, &header, OP_FOR);
}

static int
lax_for(struct compiler *c, struct span markup)
{
	struct loop_header header = { .allowed =
					  LOOP_CONTINUE | LOOP_REVERSED };

	if (lax_header(c, markup, &header) < 0 ||
	    emit_header(c, &header, lax_expression) < 0)
		return -1;
	return open_header(c, &header, OP_FOR);
}

static int
strict_tablerow(struct compiler *c, struct span markup)
{
	struct loop_header header = { .allowed = LOOP_COLS };

	if (parse_header(c, markup, &header) < 0 ||
	    emit_header(c, &header, emit_strict) < 0)
		return -1;
	return open_header(c, &header, OP_ROW);
}

static int
lax_tablerow(struct compiler *c, struct span markup)
{
	struct loop_header header = { .allowed = LOOP_COLS };

	if (lax_header(c, markup, &header) < 0 ||
	    emit_header(c, &header, lax_expression) < 0)
		return -1;
	return open_header(c, &header, OP_ROW);
}

/* ---- the blocks ---- */

/* The turn ends here; the loop goes back to its top. */
static int
end_turns(struct compiler *c, struct open_block *block, enum op next)
{
	struct code *code;

	patch_here(c, &block->turns);
	code = emit(c, next, 0);
	if (code == NULL)
		return -1;
	code->arg = block->top;
	note_unbound(c, span_of(block->loop->name.at, block->loop->name.len));
	return 0;
}

static int
for_clause(struct compiler *c, struct open_block *block, struct span name,
    struct span markup)
{
	(void)markup;
	if (!span_eq(name, SPAN("else")))
		return 0;
	clause_begin(c, block);
	if (block->done) { /* a second else never shows */
		if (emit_jump(c, OP_JUMP, &block->ends) < 0)
			return -1;
	} else {
		if (end_turns(c, block, OP_FOR_NEXT) < 0 ||
		    emit_jump(c, OP_JUMP, &block->ends) < 0)
			return -1;
		patch_here(c, &block->next);
	}
	block->done = true;
	clause_end(c, block);
	return 1;
}

static int
for_close(struct compiler *c, struct open_block *block)
{
	if (block->done)
		return 0;
	if (end_turns(c, block, OP_FOR_NEXT) < 0)
		return -1;
	patch_here(c, &block->next);
	return 0;
}

const struct block_type block_for = {
	"for",
	"endfor",
	for_clause,
	for_close,
	false,
};

static int
row_clause(struct compiler *c, struct open_block *block, struct span name,
    struct span markup)
{
	(void)c, (void)block, (void)name, (void)markup;
	return 0;
}

static int
row_close(struct compiler *c, struct open_block *block)
{
	if (end_turns(c, block, OP_ROW_NEXT) < 0)
		return -1;
	patch_here(c, &block->next);
	return 0;
}

const struct block_type block_tablerow = {
	"tablerow",
	"endtablerow",
	row_clause,
	row_close,
	false,
};

static int
open_loop(struct compiler *c, const struct block_type *type)
{
	uint32_t pc = (uint32_t)c->count - 1;
	struct open_block *block = block_open(c, type);

	if (block == NULL)
		return -1;
	/* The header's arg is the jump when there is nothing to walk. */
	block->next.last = pc + 1;
	block->top = (uint32_t)c->count;
	block->loop = code_at(c, pc)->loop;
	if (type == &block_tablerow)
		block->blank = false;
	return note_bound(
	    c, span_of(block->loop->name.at, block->loop->name.len));
}

int
tag_for(struct compiler *c, struct span markup)
{
	if (compile_either(c, markup, strict_for, lax_for) < 0)
		return -1;
	return open_loop(c, &block_for);
}

int
tag_tablerow(struct compiler *c, struct span markup)
{
	if (compile_lenient(c, markup, strict_tablerow, lax_tablerow) < 0)
		return -1;
	return open_loop(c, &block_tablerow);
}

/* ---- break, continue ---- */

static bool
is_loop(const struct open_block *block)
{
	return (block->type == &block_for && !block->done) ||
	       block->type == &block_tablerow;
}

/* Leaves one block on the way out to the loop. */
static int
unwind(struct compiler *c, const struct open_block *block)
{
	struct code *code;

	if (block->type == &block_capture) {
		code = emit(c, OP_CAPTURE_END, 0);
		if (code != NULL)
			code->key = block->key;
	} else if (block->type == &block_ifchanged) {
		code = emit(c, OP_CHANGED_END, 0);
	} else if (block->type == &block_case) {
		code = emit(c, OP_POP, -3);
		if (code != NULL)
			code->arg = 3;
	} else {
		return 0;
	}
	return code != NULL ? 0 : -1;
}

static int
emit_interrupt(struct compiler *c, bool is_break)
{
	uint16_t height = c->height;
	struct open_block *block = c->block;
	struct code *code;

	for (; block != NULL && !is_loop(block); block = block->outer)
		if (unwind(c, block) < 0)
			return -1;
	if (block == NULL) {
		code = emit(c, OP_INTERRUPT, 0);
		if (code == NULL)
			return -1;
		code->flags = is_break;
	} else if (!is_break) {
		if (emit_jump(c, OP_JUMP, &block->turns) < 0)
			return -1;
	} else if (emit(c,
		       block->type == &block_for ? OP_FOR_LEAVE : OP_ROW_LEAVE,
		       0) == NULL ||
		   emit_jump(c, OP_JUMP, &block->ends) < 0) {
		return -1;
	}
	c->height = height; /* what follows is reached another way */
	return 0;
}

static int
no_markup(struct compiler *c, struct span markup)
{
	if (span_trim(markup).len != 0 && c->options->syntax != SYNTAX_LAX &&
	    !c->options->errors_inline)
		return compile_fail(c, "the tag takes no arguments");
	return 0;
}

int
tag_break(struct compiler *c, struct span markup)
{
	if (no_markup(c, markup) < 0)
		return -1;
	return emit_interrupt(c, true);
}

int
tag_continue(struct compiler *c, struct span markup)
{
	if (no_markup(c, markup) < 0)
		return -1;
	return emit_interrupt(c, false);
}

/* After a partial: its break or continue is ours. */
int
emit_interrupt_check(struct compiler *c)
{
	struct patches out = { 0 }, other = { 0 };

	if (emit_jump(c, OP_INTERRUPTED, &out) < 0 ||
	    emit(c, OP_IS_BREAK, 0) == NULL ||
	    emit_jump(c, OP_JUMP_FALSE, &other) < 0 ||
	    emit_interrupt(c, true) < 0)
		return -1;
	patch_here(c, &other);
	if (emit_interrupt(c, false) < 0)
		return -1;
	patch_here(c, &out);
	return 0;
}
