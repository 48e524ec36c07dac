/* Filter chains, printed values and conditions: what is made of expressions. */
#include "milter/liquid/compile/compile.h"
#include "milter/liquid/html/escape.h"
#include "milter/liquid/compile/lax.h"
#include "milter/liquid/compile/manifest.h"

static int
parse_argument(struct compiler *c, struct arguments *arguments)
{
	if (arguments->count == ARGUMENTS)
		return compile_fail(c, "a filter has too many arguments");
	arguments->names[arguments->count] = SPAN_NONE;
	if (c->lex.now.kind == LEX_NAME && c->lex.ahead.kind == LEX_COLON) {
		arguments->names[arguments->count] = c->lex.now.text;
		arguments->keywords++;
		lex_next(&c->lex);
		lex_next(&c->lex);
	}
	arguments->count++;
	return compile_expression(c);
}

static int
parse_filter(struct compiler *c)
{
	struct span name = c->lex.now.text;
	struct arguments arguments;

	arguments.count = arguments.keywords = 0;
	if (c->lex.now.kind != LEX_NAME)
		return compile_expected(c, "a filter");
	lex_next(&c->lex);
	if (lex_take(&c->lex, LEX_COLON))
		while (
		    c->lex.now.kind != LEX_END && c->lex.now.kind != LEX_PIPE) {
			if (parse_argument(c, &arguments) < 0)
				return -1;
			if (!lex_take(&c->lex, LEX_COMMA))
				break;
		}
	return emit_filter(c, name, &arguments);
}

/* expression | filter: args … at the lexer, one value pushed. */
static int
compile_filtered(struct compiler *c)
{
	size_t fields = note_mark(c);
	size_t after;
	uint32_t begun;

	if (compile_expression(c) < 0)
		return -1;
	if (c->lex.now.kind != LEX_PIPE)
		return 0;
	after = note_mark(c);
	begun = filters_begin(c);
	c->last_path = NULL;
	while (lex_take(&c->lex, LEX_PIPE))
		if (parse_filter(c) < 0)
			return -1;
	if (c->has_default)
		note_defaults(c, fields, after);
	return filters_end(c, begun);
}

/* Makes one instruction of a last filter `escape` and the printing. */
static bool
join_escape(struct compiler *c)
{
	struct code *code = code_at(c, (uint32_t)c->count - 1);
	struct span name;

	if (c->count == 0 || code->op != OP_FILTER || code->call->count != 0)
		return false;
	name = span_str(code->call->filter->name);
	if (!span_eq(name, SPAN("escape")) && !span_eq(name, SPAN("h")))
		return false;
	code->op = OP_EMIT_HTML;
	code->flags = ESCAPE_HTML; /* unless flow.c knows better */
	c->height--;
	return true;
}

int
emit_output(struct compiler *c)
{
	struct code *code;

	compile_prints(c);
	if (join_escape(c))
		return 0;
	if (c->last_path != NULL && c->count != 0) {
		code = code_at(c, (uint32_t)c->count - 1);
		if (code->op == OP_PATH && code->path == c->last_path) {
			code->op = OP_EMIT_PATH;
			c->height--;
			return 0;
		}
	}
	if (c->chained == 0 && c->root != NULL) {
		/* A lookup with brackets: it may be missing as any other. */
		code = emit(c, OP_REQUIRE, 0);
		if (code == NULL)
			return -1;
		code->path = c->root;
	}
	code = emit(c, OP_EMIT, -1);
	if (code == NULL)
		return -1;
	code->extra = c->escaped;
	return 0;
}

/* ---- conditions ---- */

static int
emit_truth(struct compiler *c)
{
	struct code *code = code_at(c, (uint32_t)c->count - 1);

	if (c->last_path != NULL && code->op == OP_PATH &&
	    code->path == c->last_path) {
		code->op = OP_TEST_PATH;
		c->height--;
		return 0;
	}
	return emit(c, OP_TRUTHY, -1) != NULL ? 0 : -1;
}

/* Whether a true comparison with the value on the right says that there is
 * something on the left. */
static bool
guards(struct compiler *c, struct span operator, const struct code * right)
{
	bool nothing = right->op == OP_CONST &&
		       (value_is_blank(*right->constant, c->work) ||
			   right->constant->kind == VALUE_BLANK ||
			   right->constant->kind == VALUE_EMPTY);

	if (span_eq(operator, SPAN("!=")) || span_eq(operator, SPAN("<>")))
		return nothing;
	if (span_eq(operator, SPAN("==")))
		return right->op == OP_CONST && !nothing;
	return true;
}

/* Notes that the field is compared with a text, in either order. 0 or -1. */
static int
note_equality(struct compiler *c, size_t mark, struct span operator)
{
	const struct code *left = code_at(c, (uint32_t)c->count - 2);
	const struct code *right = left + 1;

	if (!span_eq(operator, SPAN("==")))
		return 0;
	if (left->op == OP_CONST) {
		const struct code *other = left;

		left = right;
		right = other;
	}
	if (left->op != OP_PATH || right->op != OP_CONST ||
	    right->constant->kind != VALUE_STRING)
		return 0;
	return note_comparison(c, mark, value_span(*right->constant));
}

static int
parse_comparison(struct compiler *c)
{
	size_t fields = note_mark(c);
	struct span operator;

	if (compile_expression(c) < 0)
		return -1;
	if (c->lex.now.kind != LEX_COMPARE) {
		note_guard(c, fields);
		return emit_truth(c);
	}
	operator= c->lex.now.text;
	lex_next(&c->lex);
	if (compile_expression(c) < 0)
		return -1;
	if (guards(c, operator, code_at(c, (uint32_t)c->count - 1)))
		note_guard(c, fields);
	if (note_equality(c, fields, operator) < 0)
		return -1;
	return emit_compare(c, operator);
}

/* and and or bind to the right and equally, so that the first that decides
 * leaves the whole chain. */
int
compile_condition(struct compiler *c)
{
	struct patches out = { 0 };

	c->condition = true;
	note_guard_begin(c);
	for (;;) {
		enum op leave;

		if (parse_comparison(c) < 0)
			return -1;
		if (lex_is(&c->lex, "and"))
			leave = OP_JUMP_FALSE;
		else if (lex_is(&c->lex, "or"))
			leave = OP_JUMP_TRUE;
		else
			break;
		if (leave == OP_JUMP_TRUE)
			note_no_guard(c);
		lex_next(&c->lex);
		if (emit_jump(c, leave, &out) < 0)
			return -1;
	}
	patch_here(c, &out);
	c->condition = false;
	return 0;
}

int
compile_condition_end(struct compiler *c)
{
	int done;

	c->condition = true;
	done = compile_end(c);
	c->condition = false;
	return done;
}

/* ---- strict, or lax where the options allow ---- */

int
compile_lenient(struct compiler *c, struct span markup,
    int (*strict)(struct compiler *c, struct span markup),
    int (*lax)(struct compiler *c, struct span markup))
{
	struct compiler before = *c;
	size_t fields = note_mark(c);
	struct err *err = c->err, strict_err = ERR_INIT;
	int done;

	if (c->options->syntax == SYNTAX_STRICT)
		return strict(c, markup);
	c->err = &strict_err;
	done = strict(c, markup);
	c->err = err;
	if (done >= 0)
		return done;
	/* Back to where the markup began; arrays may have moved. */
	c->count = before.count;
	c->height = before.height;
	c->chain = before.chain;
	c->condition = before.condition;
	c->last_path = before.last_path;
	note_rewind(c, fields);
	if (strict_err.code != ERR_TEMPLATE) {
		*err = strict_err;
		return -1;
	}
	return lax(c, markup);
}

int
compile_either(struct compiler *c, struct span markup,
    int (*strict)(struct compiler *c, struct span markup),
    int (*lax)(struct compiler *c, struct span markup))
{
	if (c->options->syntax != SYNTAX_LAX)
		return strict(c, markup);
	return compile_lenient(c, markup, strict, lax);
}

static int
strict_filtered(struct compiler *c, struct span markup)
{
	lex_begin(&c->lex, markup);
	if (c->lex.now.kind == LEX_END) /* {{ }} prints nothing */
		return emit_const(c, value_nil());
	if (compile_filtered(c) < 0)
		return -1;
	return compile_end(c);
}

static int
strict_condition(struct compiler *c, struct span markup)
{
	lex_begin(&c->lex, markup);
	if (compile_condition(c) < 0)
		return -1;
	return compile_condition_end(c);
}

int
markup_filtered(struct compiler *c, struct span markup)
{
	c->chained = 0;
	c->escaped = false;
	return compile_either(c, markup, strict_filtered, lax_filtered);
}

int
markup_condition(struct compiler *c, struct span markup)
{
	return compile_either(c, markup, strict_condition, lax_condition);
}
