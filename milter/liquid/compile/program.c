#include "milter/liquid/compile/program.h"

#include "milter/liquid/compile/compile.h"
#include "milter/liquid/compile/flow.h"
#include "milter/liquid/compile/mend.h"
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/tag.h"

#include <stdlib.h>

enum { SOURCE_MAX = 8 << 20, MEMORY_MAX = 8 << 20 };

/* ---- compiling ---- */

static int
finish(struct compiler *c, struct program *program)
{
	struct code *code;
	struct site *sites;

	if (emit(c, OP_END, 0) == NULL || manifest_move(c, program) < 0 ||
	    compile_tidy(c, program) < 0)
		return -1;
	if (c->options->place != PLACE_NONE && flow_escapes(c, program) < 0)
		return -1;
	code = arena_alloc(c->arena, c->count * sizeof *code);
	sites = arena_alloc(c->arena, c->count * sizeof *sites);
	if (code == NULL || sites == NULL)
		return compile_full(c);
	memcpy(code, c->code, c->count * sizeof *code);
	memcpy(sites, c->sites, c->count * sizeof *sites);
	program->code = code;
	program->sites = sites;
	for (size_t pc = 0; pc < c->count; pc++)
		program->text_size += code[pc].op == OP_TEXT ? code[pc].arg : 0;
	program->count = (uint32_t)c->count;
	program->stack_max = c->height_max;
	program->place = c->options->place;
	return 0;
}

/* The statements of a source, of a condition or of an expression. */
enum grammar { GRAMMAR_TEMPLATE, GRAMMAR_CONDITION, GRAMMAR_EXPRESSION };

static int
compile_grammar(struct compiler *c, struct span source, enum grammar grammar)
{
	uint32_t outer;
	int done;

	scan_begin(&c->scan, source);
	c->line = c->column = 1;
	if (grammar == GRAMMAR_TEMPLATE)
		return compile_pieces(c);
	outer = statement_begin(c);
	done = grammar == GRAMMAR_CONDITION ? markup_condition(c, source)
					    : markup_filtered(c, source);
	statement_end(c, outer, false);
	return done;
}

static int
repair(struct compiler *c, struct span *source)
{
	unsigned what = (c->options->mend ? MEND_DAMAGE : 0) |
			(c->options->braze ? MEND_BRAZE : 0);

	if (mend_tags(*source, what, c->arena, source) < 0)
		return compile_full(c);
	return 0;
}

static int
compile_source(struct compiler *c, struct span source, enum grammar grammar,
    struct program *program)
{
	size_t most =
	    c->options->source_max ? c->options->source_max : SOURCE_MAX;

	if (source.len > most)
		return err_at(c->err, ERR_LIMIT, c->options->name, 1, 1,
		    "the template is longer than %zu bytes", most);
	if (compile_charge(c, source.len / 8) < 0 ||
	    compile_keep(c, source, &source) < 0 || repair(c, &source) < 0 ||
	    manifest_begin(c) < 0 || compile_grammar(c, source, grammar) < 0)
		return -1;
	return finish(c, program);
}

static int
compile_program(struct span source, const struct program_options *options,
    enum grammar grammar, struct program **out, struct err *err)
{
	size_t most = options->memory_max ? options->memory_max
					  : MEMORY_MAX + 2 * source.len;
	struct err first = ERR_INIT;
	struct work own = work_new(UINT64_MAX, 0);
	struct compiler c = { .options = options,
		.err = &first,
		.memory_max = most,
		.work = options->work != NULL ? options->work : &own };
	uint64_t before = work_steps(c.work);
	struct program *program;
	struct span name;
	int done = -1;

	*out = NULL;
	c.arena = arena_new(most);
	program = c.arena ? ARENA_NEW(c.arena, struct program) : NULL;
	if (program != NULL &&
	    arena_dup(c.arena, span_str(options->name), &name) == 0) {
		program->name = name.at;
		program->arena = c.arena;
		done = compile_source(&c, source, grammar, program);
	} else {
		compile_full(&c);
	}
	manifest_end(&c);
	free(c.code);
	free(c.sites);
	free(c.texts);
	if (done == 0) {
		program->work = before - work_steps(c.work);
		*out = program;
		return 0;
	}
	arena_free(&c.arena);
	if (err != NULL && err->code == ERR_NONE)
		*err = first;
	return -1;
}

int
program_compile(struct span source, const struct program_options *options,
    struct program **program, struct err *err)
{
	return compile_program(source, options, GRAMMAR_TEMPLATE, program, err);
}

void
program_free(struct program **program)
{
	struct arena *arena;

	if (*program == NULL)
		return;
	arena = (*program)->arena; /* the program itself lies in it */
	*program = NULL;
	arena_free(&arena);
}

uint64_t
program_work(const struct program *program)
{
	return program->work;
}

size_t
program_size(const struct program *program)
{
	return arena_held(program->arena);
}

const struct manifest *
program_manifest(const struct program *program)
{
	return &program->manifest;
}

/* ---- conditions and expressions by themselves ---- */

static const struct program_options alone = { .place = PLACE_NONE };

int
condition_compile(struct span text, const char *name,
    struct condition **condition, struct err *err)
{
	struct program_options options = alone;
	struct program *program;

	options.name = name;
	*condition = NULL;
	if (compile_program(text, &options, GRAMMAR_CONDITION, &program, err) <
	    0)
		return -1;
	*condition = (struct condition *)program;
	return 0;
}

void
condition_free(struct condition **condition)
{
	struct program *program = (struct program *)*condition;

	program_free(&program);
	*condition = NULL;
}

const struct manifest *
condition_manifest(const struct condition *condition)
{
	return program_manifest((const struct program *)condition);
}

int
expression_compile(struct span text, const char *name,
    struct expression **expression, struct err *err)
{
	struct program_options options = alone;
	struct program *program;

	options.name = name;
	*expression = NULL;
	if (compile_program(text, &options, GRAMMAR_EXPRESSION, &program, err) <
	    0)
		return -1;
	*expression = (struct expression *)program;
	return 0;
}

void
expression_free(struct expression **expression)
{
	struct program *program = (struct program *)*expression;

	program_free(&program);
	*expression = NULL;
}

const struct manifest *
expression_manifest(const struct expression *expression)
{
	return program_manifest((const struct program *)expression);
}
