/*
 * Expressions as today's strictest Liquid reads them. Brackets and ranges nest
 * on an explicit stack, so that no input makes the compiler recurse.
 */
#include "milter/liquid/compile/compile.h"
#include "milter/liquid/value/integer.h"
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/value/number.h"

enum { NESTED = 64, STEPS = 65536 };

enum nest {
	NEST_INDEX,	  /* value[ … ] */
	NEST_FIND,	  /* [ … ] */
	NEST_RANGE_FIRST, /* ( … .. */
	NEST_RANGE_LAST,  /* .. … ) */
};

struct nesting {
	enum nest at[NESTED];
	unsigned count;
};

static int
push(struct compiler *c, struct nesting *nesting, enum nest nest)
{
	if (nesting->count == NESTED)
		return compile_fail(
		    c, "brackets are nested deeper than %d", NESTED);
	nesting->at[nesting->count++] = nest;
	return 0;
}

static int
emit_number(struct compiler *c, struct token token)
{
	struct value value;
	double real;

	if (token.kind == LEX_FLOAT) {
		if (!number_parse_float(token.text, &real))
			return compile_fail(c, "a number is too long");
		return emit_const(c, value_float(real));
	}
	if (token.text.len > 1000)
		return compile_fail(c, "a number is too long");
	if (value_parse_integer(c->arena, token.text, &value) <= 0)
		return compile_full(c);
	return emit_const(c, value);
}

int
emit_string(struct compiler *c, struct span text)
{
	struct span kept;

	if (text.len >= UINT32_MAX || compile_keep(c, text, &kept) < 0)
		return compile_full(c);
	return emit_const(c, value_string(kept));
}

static struct value
word(const struct compiler *c, enum value_kind kind)
{
	struct value value = { .kind = kind };

	return c->condition || c->when ? value : value_string(SPAN(""));
}

int
literal_value(const struct compiler *c, struct span name, struct value *value)
{
	if (span_eq(name, SPAN("true")))
		*value = value_bool(true);
	else if (span_eq(name, SPAN("false")))
		*value = value_bool(false);
	else if (span_eq(name, SPAN("nil")) || span_eq(name, SPAN("null")))
		*value = value_nil();
	else if (span_eq(name, SPAN("blank")))
		*value = word(c, VALUE_BLANK);
	else if (span_eq(name, SPAN("empty")))
		*value = word(c, VALUE_EMPTY);
	else
		return 0;
	return 1;
}

/* In brackets these are keys only, after a dot commands too. */
static bool
is_command(struct span name)
{
	return span_eq(name, SPAN("size")) || span_eq(name, SPAN("first")) ||
	       span_eq(name, SPAN("last"));
}

/* What can follow a name at the lexer as a step known now: .name ["name"]
 * Returns the step's name, or 0. */
static int
static_step(struct lexer *lex, struct span *name)
{
	struct lexer look = *lex;

	if (look.now.kind == LEX_DOT && look.ahead.kind == LEX_NAME) {
		*name = look.ahead.text;
		lex_next(lex);
		lex_next(lex);
		return 1;
	}
	if (look.now.kind != LEX_OPEN_SQUARE || look.ahead.kind != LEX_STRING)
		return 0;
	*name = look.ahead.text;
	if (is_command(*name))
		return 0;
	lex_next(&look);
	lex_next(&look);
	if (look.now.kind != LEX_CLOSE_SQUARE)
		return 0;
	lex_next(&look);
	*lex = look;
	return 1;
}

int
emit_path(struct compiler *c, struct span root, const struct span *steps,
    uint32_t count, bool open)
{
	struct path *path =
	    compile_new(c, sizeof *path + count * sizeof path->steps[0]);
	struct code *code;

	if (path == NULL || compile_key(c, root, &path->root) < 0)
		return -1;
	path->count = count;
	for (uint32_t i = 0; i < count; i++)
		if (compile_key(c, steps[i], &path->steps[i]) < 0)
			return -1;
	code = emit(c, OP_PATH, 1);
	if (code == NULL)
		return -1;
	code->path = path;
	c->last_path = path;
	if (c->root == NULL)
		c->root = path;
	return note_path(c, path, open);
}

/* A name and the steps after it that are known now. */
static int
parse_path(struct compiler *c)
{
	struct lexer *lex = &c->lex;
	struct span root = lex->now.text, step;
	struct span few[8], *steps = few;
	uint32_t count = 0, size = 8;
	struct value literal;

	lex_next(lex);
	if (lex->now.kind != LEX_DOT && lex->now.kind != LEX_OPEN_SQUARE &&
	    literal_value(c, root, &literal))
		return emit_const(c, literal);
	while (static_step(lex, &step)) {
		if (count == size) {
			struct span *more =
			    compile_new(c, 2 * size * sizeof *more);

			if (more == NULL)
				return -1;
			memcpy(more, steps, count * sizeof *more);
			steps = more;
			size *= 2;
		}
		if (count == STEPS)
			return compile_fail(c, "a path is too long");
		steps[count++] = step;
	}
	return emit_path(
	    c, root, steps, count, lex->now.kind == LEX_OPEN_SQUARE);
}

/* The end of a range written out, as Ruby's to_i: 1 and *out, or 0. */
static int
literal_end(const struct code *code, int64_t *out)
{
	struct value value;

	if (code->op != OP_CONST)
		return 0;
	value = *code->constant;
	if (value.kind == VALUE_FLOAT && value.real > -9e18 &&
	    value.real < 9e18) {
		*out = (int64_t)value.real;
		return 1;
	}
	return loose_integer(value, out);
}

int
emit_range(struct compiler *c)
{
	struct code *last = code_at(c, (uint32_t)c->count - 1);
	struct code *first = last - 1;
	int64_t from, to;
	struct value *range;

	if (c->count < 2 || !literal_end(last, &to) ||
	    !literal_end(first, &from))
		return emit(c, OP_RANGE, -1) != NULL ? 0 : -1;
	range = compile_new(c, sizeof *range);
	if (range == NULL)
		return -1;
	if (value_range(c->arena, from, to, range) < 0)
		return compile_full(c);
	first->constant = range;
	last->op = OP_NOP;
	c->height--;
	return 0;
}

/* An operand at the lexer. 1 when a value was pushed, 0 when a bracket was
 * opened and an operand must follow. */
static int
parse_operand(struct compiler *c, struct nesting *nesting)
{
	struct token token = c->lex.now;

	if (token.kind == LEX_NAME)
		return parse_path(c) < 0 ? -1 : 1;
	if (token.kind == LEX_OPEN_SQUARE &&
	    c->options->syntax == SYNTAX_STRICT)
		return compile_fail(c, "a bracket must follow a name");
	if (token.kind == LEX_OPEN_SQUARE || token.kind == LEX_OPEN_ROUND) {
		lex_next(&c->lex);
		return push(c, nesting,
		    token.kind == LEX_OPEN_SQUARE ? NEST_FIND
						  : NEST_RANGE_FIRST);
	}
	if (token.kind != LEX_STRING && token.kind != LEX_INTEGER &&
	    token.kind != LEX_FLOAT)
		return compile_expected(c, "a value");
	lex_next(&c->lex);
	if (token.kind == LEX_STRING)
		return emit_string(c, token.text) < 0 ? -1 : 1;
	return emit_number(c, token) < 0 ? -1 : 1;
}

/* Further steps of the lookup just pushed. 1 when there are no more, 0 when a
 * bracket was opened. */
static int
parse_steps(struct compiler *c, struct nesting *nesting)
{
	struct span step;

	for (;;) {
		if (static_step(&c->lex, &step)) {
			if (emit_key(c, OP_GET, 0, step) < 0)
				return -1;
		} else if (lex_take(&c->lex, LEX_OPEN_SQUARE)) {
			return push(c, nesting, NEST_INDEX);
		} else if (c->lex.now.kind == LEX_DOT) {
			lex_next(&c->lex);
			return compile_expected(c, "a name");
		} else {
			return 1;
		}
	}
}

/* The bracket that the value just pushed stands in. 1 when it closed around a
 * lookup that may go on, 2 when it closed, 0 when an operand must follow. */
static int
parse_closing(struct compiler *c, struct nesting *nesting)
{
	enum nest *top = &nesting->at[nesting->count - 1];

	switch (*top) {
	case NEST_RANGE_FIRST:
		if (!lex_take(&c->lex, LEX_DOTDOT))
			return compile_expected(c, "'..'");
		*top = NEST_RANGE_LAST;
		return 0;
	case NEST_RANGE_LAST:
		if (!lex_take(&c->lex, LEX_CLOSE_ROUND))
			return compile_expected(c, "')'");
		nesting->count--;
		return emit_range(c) < 0 ? -1 : 2;
	case NEST_INDEX:
	case NEST_FIND:
		if (!lex_take(&c->lex, LEX_CLOSE_SQUARE))
			return compile_expected(c, "']'");
		nesting->count--;
		if (*top == NEST_FIND)
			return emit(c, OP_FIND, 0) != NULL ? 1 : -1;
		return emit(c, OP_INDEX, -1) != NULL ? 1 : -1;
	}
	return -1;
}

int
compile_expression(struct compiler *c)
{
	struct nesting nesting = { .count = 0 };
	int step = 0;

	c->root = NULL;
	for (;;) {
		bool lookup = c->lex.now.kind == LEX_NAME;

		c->last_path = NULL;
		step = parse_operand(c, &nesting);
		if (step == 0)
			continue;
		while (step > 0) {
			if (lookup) {
				const struct path *path = c->last_path;

				step = parse_steps(c, &nesting);
				if (step <= 0)
					break;
				c->last_path = path;
			}
			if (nesting.count == 0)
				return 0;
			step = parse_closing(c, &nesting);
			lookup = step == 1;
			c->last_path = NULL;
		}
		if (step < 0)
			return -1;
	}
}

int
compile_end(struct compiler *c)
{
	return c->lex.now.kind == LEX_END ? 0 : compile_expected(c, "the end");
}
