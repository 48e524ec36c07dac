#include "milter/liquid/compile/tag.h"

#include <stdio.h>

#include "milter/liquid/compile/hint.h"
#include "milter/liquid/compile/manifest.h"
#include "store/base/suggest.h"

/* ---- tags that are only text ---- */

static int
tag_echo(struct compiler *c, struct span markup)
{
	uint32_t mark = (uint32_t)c->count;

	if (emit(c, OP_NOP, 0) == NULL || markup_filtered(c, markup) < 0 ||
	    emit_output(c) < 0)
		return -1;
	if (c->chained == 0 &&
	    code_at(c, (uint32_t)c->count - 1)->op == OP_EMIT)
		code_at(c, mark)->op = OP_MARK;
	return 0;
}

static int
tag_liquid(struct compiler *c, struct span markup)
{
	if (scan_lines(&c->scan, markup) < 0)
		return compile_fail(c, "liquid tags are nested too deeply");
	return 0;
}

static int
tag_inline_comment(struct compiler *c, struct span markup)
{
	struct span rest = markup;

	/* Every further line must begin with # too. */
	while (rest.len != 0) {
		rest = span_from(rest, span_find(rest, '\n') + 1);
		rest = span_trim(rest);
		if (rest.len != 0 && rest.at[0] != '#')
			return compile_fail(
			    c, "each line of an inline comment begins with #");
	}
	return 0;
}

static int
never_closed(struct compiler *c, const char *name)
{
	return compile_fail(c, "'%s' tag was never closed", name);
}

/* Comments nest, and hide raw; nothing else in them is looked at. */
static int
tag_comment(struct compiler *c, struct span markup)
{
	unsigned level = c->scan.level;
	size_t depth = 1;
	struct span body;

	(void)markup;
	while (depth != 0) {
		struct piece piece = scan_next(&c->scan);

		if (piece.kind == PIECE_END || piece.kind == PIECE_BROKEN ||
		    c->scan.level < level)
			return never_closed(c, "comment");
		if (piece.kind != PIECE_TAG)
			continue;
		if (span_eq(piece.name, SPAN("comment")))
			depth++;
		else if (span_eq(piece.name, SPAN("endcomment")))
			depth--;
		else if (span_eq(piece.name, SPAN("raw")) &&
			 !scan_until(&c->scan, SPAN("endraw"), &body))
			return never_closed(c, "raw");
	}
	return 0;
}

static int
tag_doc(struct compiler *c, struct span markup)
{
	struct span body;

	if (span_trim(markup).len != 0)
		return compile_fail(c, "'doc' takes no arguments");
	if (c->scan.level != 0)
		return tag_comment(c, markup);
	if (!scan_until(&c->scan, SPAN("enddoc"), &body))
		return never_closed(c, "doc");
	if (scan_find_tag(body, SPAN("doc")))
		return compile_fail(c, "'doc' tags do not nest");
	return 0;
}

static int
tag_raw(struct compiler *c, struct span markup)
{
	struct span body;

	if (span_trim(markup).len != 0)
		return compile_fail(c, "'raw' takes no arguments");
	if (!scan_until(&c->scan, SPAN("endraw"), &body))
		return never_closed(c, "raw");
	if (body.len != 0)
		compile_prints(c);
	return emit_text(c, body);
}

/* ---- the table ---- */

static const struct tag tags[] = {
	{ "#", tag_inline_comment, true, false, false },
	{ "abort_message", tag_abort, false, false, true },
	{ "assign", tag_assign, true, false, false },
	{ "break", tag_break, false, false, false },
	{ "capture", tag_capture, true, true, false },
	{ "case", tag_case, false, true, false },
	{ "comment", tag_comment, true, false, false },
	{ "continue", tag_continue, false, false, false },
	{ "cycle", tag_cycle, false, false, false },
	{ "decrement", tag_decrement, false, false, false },
	{ "doc", tag_doc, true, false, false },
	{ "echo", tag_echo, false, false, false },
	{ "for", tag_for, false, true, false },
	{ "if", tag_if, false, true, false },
	{ "ifchanged", tag_ifchanged, false, true, false },
	{ "include", tag_include, false, false, false },
	{ "increment", tag_increment, false, false, false },
	{ "liquid", tag_liquid, true, false, false },
	{ "raw", tag_raw, true, false, false },
	{ "render", tag_render, false, false, false },
	{ "slot", tag_slot, false, true, true },
	{ "tablerow", tag_tablerow, false, true, false },
	{ "unless", tag_unless, false, true, false },
	{ "variant", tag_variant, false, true, true },
	{ "why", tag_why, false, false, true },
};

enum { TAGS = sizeof tags / sizeof tags[0] };

/* The row of that name, or NULL. */
static const struct tag *
tag_find(struct span name)
{
	for (size_t i = 0; i < TAGS; i++)
		if (name.len != 0 && *tags[i].name == *name.at &&
		    span_eq(name, span_str(tags[i].name)))
			return &tags[i];
	return NULL;
}

const struct tag *
tag_nth(size_t n)
{
	return n < TAGS ? &tags[n] : NULL;
}

/* ---- the pieces ---- */

static bool
is_text_blank(struct span text)
{
	return span_trim(text).len == 0;
}

static int
compile_text(struct compiler *c, struct span text)
{
	uint32_t outer = statement_begin(c);

	if (!is_text_blank(text))
		compile_prints(c);
	if (emit_text(c, text) < 0)
		return -1;
	statement_end(c, outer, false);
	return 0;
}

/* {{ content_blocks.NAME }} is the stored block itself, not a value. */
static int
content_block(struct compiler *c, struct span markup)
{
	struct lexer lex;
	struct span name;

	if (c->options->plain)
		return 0;
	lex_begin(&lex, markup);
	if (!lex_is(&lex, "content_blocks") || lex.ahead.kind != LEX_DOT)
		return 0;
	lex_next(&lex);
	name = lex.ahead.text;
	if (lex.ahead.kind != LEX_NAME)
		return 0;
	lex_next(&lex);
	if (lex.ahead.kind != LEX_END)
		return 0;
	return emit_content_block(c, name) < 0 ? -1 : 1;
}

static int
compile_output(struct compiler *c, struct span markup)
{
	uint32_t outer = statement_begin(c);
	int done = content_block(c, markup);

	if (done == 0)
		done = tag_echo(c, markup);
	if (done < 0)
		return -1;
	statement_end(c, outer, false);
	return 0;
}

/* ---- names that are no tag here ---- */

/* The clauses of blocks, and the end of the one that is open, before tags. */
static bool
next_tag(const void *names, size_t index, struct span *name)
{
	static const char *const clauses[] = { "elsif", "else", "when",
		"option" };
	enum { CLAUSES = sizeof clauses / sizeof *clauses };
	const struct block_type *open = names;
	const struct tag *tag;

	if (index < CLAUSES) {
		*name = span_str(clauses[index]);
		return true;
	}
	if (index == CLAUSES) {
		*name = span_str(open != NULL ? open->end : "");
		return true;
	}
	tag = tag_nth(index - CLAUSES - 1);
	*name = tag != NULL ? span_str(tag->name) : SPAN_NONE;
	return tag != NULL;
}

static const char *
hint_tag(const struct compiler *c, struct span name, char out[HINT_SIZE])
{
	const struct open_block *block = c->block;
	struct span nearest =
	    suggest_nearest(name, next_tag, block ? block->type : NULL);

	if (c->options->errors_inline)
		return "";
	if (block == NULL &&
	    (span_starts(name, SPAN("end")) || span_eq(nearest, name)))
		return "; no block is open here";
	if (!span_starts(name, SPAN("end")) ||
	    span_eq(nearest, span_str(block->type->end)))
		return hint_name(nearest, out);
	snprintf(out, HINT_SIZE,
	    "; {%% %s %%} closes the {%% %s %%} of line %u", block->type->end,
	    block->type->name, block->line);
	return out;
}

static int
compile_clause(struct compiler *c, const struct piece *piece)
{
	struct open_block *block = c->block;
	char hint[HINT_SIZE];
	int done = 0;

	if (block != NULL && block->level == c->scan.level) {
		if (span_eq(piece->name, span_str(block->type->end)))
			return block_close(c, block->type == &block_capture);
		if (block->type->clause != NULL)
			done = block->type->clause(
			    c, block, piece->name, piece->text);
	}
	if (done != 0)
		return done < 0 ? -1 : 0;
	if (piece->name.len == 0)
		return compile_fail(c, "a tag has no name");
	if (block != NULL)
		return compile_fail(c, "'%.*s' is not expected in '%s'%s",
		    SPAN_ARG(piece->name), block->type->name,
		    hint_tag(c, piece->name, hint));
	return compile_fail(c, "Unknown tag '%.*s'%s", SPAN_ARG(piece->name),
	    hint_tag(c, piece->name, hint));
}

static int
compile_tag(struct compiler *c, const struct piece *piece)
{
	const struct tag *tag = tag_find(piece->name);
	uint32_t outer;

	if (tag == NULL || (tag->inlay && c->options->plain))
		return compile_clause(c, piece);
	outer = statement_begin(c);
	c->outer = outer;
	if (!tag->quiet && !tag->opens)
		compile_prints(c);
	if (tag->compile(c, piece->text) < 0)
		return -1;
	if (!tag->opens)
		statement_end(c, outer, tag->quiet);
	return 0;
}

static int
lines_end(struct compiler *c)
{
	if (c->block != NULL && c->block->level > c->scan.level)
		return never_closed(c, c->block->type->name);
	return 0;
}

/* Errors that are printed have the words that Ruby's have. */
static int
fail_broken(struct compiler *c, struct span text)
{
	char end = text.at[1] == '{' ? '}' : '%';

	if (c->options->errors_inline)
		return compile_fail(c,
		    "%s '%.*s' was not properly terminated with regexp: "
		    "/\\%c\\}/",
		    end == '}' ? "Variable" : "Tag", SPAN_ARG(text), end);
	return compile_fail(
	    c, "'%.*s' is not closed by '%c}'", SPAN_ARG(text), end);
}

static int
compile_piece(struct compiler *c, const struct piece *piece)
{
	const char *at = piece->kind == PIECE_TAG && piece->name.len != 0
			     ? piece->name.at
			     : piece->whole.at;

	if (piece->kind != PIECE_LINES_END)
		scan_place(&c->scan, at, &c->line, &c->column);
	switch (piece->kind) {
	case PIECE_TEXT:
		return compile_text(c, piece->text);
	case PIECE_OUTPUT:
		return compile_output(c, piece->text);
	case PIECE_TAG:
		return compile_tag(c, piece);
	case PIECE_LINES_END:
		return lines_end(c);
	case PIECE_BROKEN:
		return fail_broken(c, span_first(piece->whole, 80));
	case PIECE_END:
		return 0;
	}
	return 0;
}

/* Text is kept and read as HTML, a tag is parsed and made instructions. */
static uint64_t
piece_price(const struct piece *piece)
{
	return piece->kind == PIECE_TEXT ? 4 + piece->whole.len / 4
					 : 32 + piece->whole.len * 2;
}

int
compile_pieces(struct compiler *c)
{
	for (;;) {
		struct piece piece = scan_next(&c->scan);

		if (piece.kind == PIECE_END)
			break;
		if (compile_charge(c, piece_price(&piece)) < 0 ||
		    compile_piece(c, &piece) < 0)
			return -1;
	}
	if (c->block != NULL) {
		c->line = c->block->line;
		c->column = c->block->column;
		return never_closed(c, c->block->type->name);
	}
	return 0;
}
