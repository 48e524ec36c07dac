#include "milter/liquid/compile/compile.h"

#include <stdio.h>
#include <stdlib.h>

#include "milter/liquid/compile/hint.h"

int
compile_fail(struct compiler *c, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return err_at(c->err, ERR_TEMPLATE, c->options->name, c->line,
	    c->column, "%s", text);
}

int
compile_charge(struct compiler *c, uint64_t steps)
{
	if (work_take(c->work, steps))
		return 0;
	work_fail(c->work, c->err);
	if (c->err->line == 0) {
		c->err->line = c->line;
		c->err->column = c->column;
	}
	return err_in(c->err, c->options->name ? c->options->name : "");
}

int
compile_fault(struct compiler *c, const char *format, ...)
{
	char text[300];
	struct span kept;
	struct code *code;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!c->options->errors_inline)
		return compile_fail(c, "%s", text);
	if (compile_keep(c, span_str(text), &kept) < 0 ||
	    (code = emit(c, OP_FAIL, 0)) == NULL)
		return -1;
	code->text = kept.at;
	code->arg = (uint32_t)kept.len;
	return 0;
}

int
compile_full(struct compiler *c)
{
	return err_at(c->err, ERR_LIMIT, c->options->name, c->line, c->column,
	    "the template needs too much memory");
}

int
compile_expected(struct compiler *c, const char *what)
{
	const struct token *now = &c->lex.now;
	char hint[HINT_SIZE];

	if (now->kind == LEX_END)
		return compile_fail(c, "expected %s at the end", what);
	if (now->kind == LEX_BAD && now->text.len == 0)
		return compile_fail(
		    c, "expected %s but a quote opens and is not closed", what);
	return compile_fail(c, "expected %s but found %s: %.*s%s", what,
	    lex_name(now->kind), SPAN_ARG(lex_shown(&c->lex)),
	    hint_token(c, hint));
}

void *
compile_new(struct compiler *c, size_t size)
{
	void *at = arena_calloc(c->arena, 1, size);

	if (at == NULL)
		compile_full(c);
	return at;
}

int
compile_keep(struct compiler *c, struct span text, struct span *kept)
{
	if (arena_dup(c->arena, text, kept) < 0)
		return compile_full(c);
	return 0;
}

int
compile_key(struct compiler *c, struct span name, struct key *key)
{
	struct span kept;

	if (name.len >= UINT32_MAX || compile_keep(c, name, &kept) < 0)
		return compile_full(c);
	*key = (struct key){ kept.at, (uint32_t)kept.len, value_hash(kept) };
	return 0;
}

/* Doubles an array on the heap when it is full: up to half of what the program
 * may hold, where it is copied to at the end. */
static int
make_room(
    struct compiler *c, void **at, size_t *size, size_t count, size_t width)
{
	size_t more = *size ? *size * 2 : 64;
	void *grown;

	if (count < *size)
		return 0;
	if (more > UINT32_MAX / 2 || more > c->memory_max / 2 / width ||
	    (grown = realloc(*at, more * width)) == NULL)
		return compile_full(c);
	*at = grown;
	*size = more;
	return 0;
}

struct code *
emit(struct compiler *c, enum op op, int change)
{
	uint32_t pc = (uint32_t)c->count;
	void *code = c->code, *sites = c->sites;

	if (make_room(c, &code, &c->code_size, pc, sizeof *c->code) < 0)
		return NULL;
	c->code = code;
	if (make_room(c, &sites, &c->site_size, pc, sizeof *c->sites) < 0)
		return NULL;
	c->sites = sites;
	if (change > 0 && c->height > UINT16_MAX - change) {
		compile_fail(c, "the expression is too long");
		return NULL;
	}
	c->height = (uint16_t)(c->height + change);
	if (c->height > c->height_max)
		c->height_max = c->height;
	memset(&c->code[pc], 0, sizeof c->code[pc]);
	c->code[pc].op = (uint8_t)op;
	c->sites[pc] = (struct site){
		.line = c->line, .column = c->column, .resume = c->chain
	};
	c->chain = pc + 1;
	c->count++;
	return &c->code[pc];
}

struct code *
code_at(struct compiler *c, uint32_t pc)
{
	return &c->code[pc];
}

int
emit_jump(struct compiler *c, enum op op, struct patches *patches)
{
	struct code *code = emit(c, op, 0);

	if (code == NULL)
		return -1;
	code->arg = patches->last;
	patches->last = (uint32_t)c->count;
	return 0;
}

void
patch_here(struct compiler *c, struct patches *patches)
{
	uint32_t at = patches->last;

	while (at != 0) {
		struct code *code = &c->code[at - 1];

		at = code->arg;
		code->arg = (uint32_t)c->count;
	}
	patches->last = 0;
}

int
emit_text(struct compiler *c, struct span text)
{
	void *texts = c->texts;
	struct code *code;
	struct span kept;

	if (text.len == 0)
		return 0;
	if (text.len > UINT32_MAX || compile_keep(c, text, &kept) < 0 ||
	    (code = emit(c, OP_TEXT, 0)) == NULL)
		return compile_full(c);
	code->text = kept.at;
	code->arg = (uint32_t)kept.len;
	if (make_room(
		c, &texts, &c->text_size, c->text_count, sizeof *c->texts) < 0)
		return -1;
	c->texts = texts;
	c->texts[c->text_count++] = c->count - 1;
	return 0;
}

int
emit_const(struct compiler *c, struct value value)
{
	struct value *constant = compile_new(c, sizeof *constant);
	struct code *code;

	if (constant == NULL || (code = emit(c, OP_CONST, 1)) == NULL)
		return -1;
	*constant = value;
	code->constant = constant;
	return 0;
}

void
drop_const(struct compiler *c)
{
	c->count--;
	c->height--;
	c->chain = c->sites[c->count].resume;
}

int
emit_key(struct compiler *c, enum op op, int change, struct span name)
{
	struct key *key = compile_new(c, sizeof *key);
	struct code *code;

	if (key == NULL || compile_key(c, name, key) < 0 ||
	    (code = emit(c, op, change)) == NULL)
		return -1;
	code->key = key;
	return 0;
}

uint32_t
statement_begin(struct compiler *c)
{
	uint32_t outer = c->chain;

	c->chain = 0;
	return outer;
}

/* Tells the chained instructions where their statement ends. */
static void
resolve(struct compiler *c, uint32_t chain, uint16_t height, bool quiet)
{
	while (chain != 0) {
		struct site *site = &c->sites[chain - 1];

		chain = site->resume;
		site->resume = (uint32_t)c->count;
		site->height = height;
		site->quiet = quiet;
	}
}

void
statement_end(struct compiler *c, uint32_t outer, bool quiet)
{
	resolve(c, c->chain, c->height, quiet);
	c->chain = outer;
}

struct open_block *
block_open(struct compiler *c, const struct block_type *type)
{
	unsigned most = c->options->nesting ? c->options->nesting : 100;
	struct open_block *block;

	if (c->depth >= most) {
		compile_fail(c, "blocks are nested deeper than %u", most);
		return NULL;
	}
	block = compile_new(c, sizeof *block);
	if (block == NULL)
		return NULL;
	block->type = type;
	block->outer = c->block;
	block->level = c->scan.level;
	block->line = c->line;
	block->column = c->column;
	block->chain = c->chain;
	block->outer_chain = c->outer;
	block->texts = c->text_count;
	block->height = c->height;
	block->blank = true;
	block->index = MANIFEST_NONE;
	c->chain = 0;
	c->block = block;
	c->depth++;
	return block;
}

void
clause_begin(struct compiler *c, struct open_block *block)
{
	c->chain = block->chain;
}

void
clause_end(struct compiler *c, struct open_block *block)
{
	block->chain = c->chain;
	c->chain = 0;
}

void
compile_prints(struct compiler *c)
{
	if (c->block != NULL)
		c->block->blank = false;
}

struct open_block *
block_find(struct compiler *c, const struct block_type *type)
{
	struct open_block *block = c->block;

	while (block != NULL && block->type != type)
		block = block->outer;
	return block;
}

/* A block that prints nothing loses the blanks between its tags. */
static void
drop_texts(struct compiler *c, const struct open_block *block)
{
	for (size_t i = block->texts; i < c->text_count; i++)
		c->code[c->texts[i]].op = OP_NOP;
}

/* Ruby blames the opening tag for what fails in an elsif. */
static void
blame(struct compiler *c, uint32_t chain, const struct open_block *block)
{
	for (; chain != 0; chain = c->sites[chain - 1].resume)
		c->sites[chain - 1].line = block->line;
}

int
block_close(struct compiler *c, bool captured)
{
	struct open_block *block = c->block;
	bool blank = block->blank;

	c->chain = block->chain;
	if (block->type->close(c, block) < 0)
		return -1;
	if (blank && !captured && !block->type->keeps)
		drop_texts(c, block);
	c->text_count = block->texts;
	patch_here(c, &block->ends);
	if (c->options->errors_inline)
		blame(c, c->chain, block);
	resolve(c, c->chain, c->height, blank || captured);
	c->chain = block->outer_chain;
	c->block = block->outer;
	c->depth--;
	if (!blank && !captured)
		compile_prints(c);
	return 0;
}
