/* What both grammars, strict and lax, make of a filter and a comparison. */
#include "milter/liquid/compile/compile.h"
#include "milter/liquid/compile/hint.h"
#include "milter/liquid/compile/manifest.h"

#include <stdio.h>

/* After so many filters in a row what they left behind is cleared away. */
enum { LONG_CHAIN = 32 };

/* As Ruby counts: the input too, and keywords where none are taken as one
 * argument more. */
static int
check_count(struct compiler *c, const struct filter *filter,
    const struct arguments *arguments)
{
	bool takes = filter->flags & FILTER_KEYWORDS;
	unsigned given = arguments->count - arguments->keywords +
			 (arguments->keywords != 0 && !takes);
	char most[24] = "";

	if (given >= filter->min &&
	    (filter->max == FILTER_ANY || given <= filter->max))
		return 0;
	if (filter->max == FILTER_ANY)
		snprintf(most, sizeof most, "+");
	else if (filter->max != filter->min)
		snprintf(most, sizeof most, "..%d", filter->max + 1);
	return compile_fault(c,
	    "wrong number of arguments (given %u, expected %d%s)", given + 1,
	    filter->min + 1, most);
}

static int
note_filter(struct compiler *c, const struct filter *filter)
{
	if (filter->flags & FILTER_DEFAULT)
		c->has_default = true;
	if (!(filter->flags & FILTER_PURE))
		note_now(c);
	c->escaped |= span_starts(span_str(filter->name), SPAN("escape")) ||
		      span_eq(span_str(filter->name), SPAN("h"));
	if (span_eq(span_str(filter->name), SPAN("raw")))
		return note_raw(c, SPAN("raw"));
	return 0;
}

int
emit_filter(
    struct compiler *c, struct span name, const struct arguments *arguments)
{
	const struct filter *filter = filter_find(name);
	struct call *call;
	struct code *code;
	char hint[HINT_SIZE];

	if (filter == NULL && !c->options->errors_inline)
		return compile_fail(c, "Unknown filter '%.*s'%s",
		    SPAN_ARG(name), hint_filter(name, hint));
	if (filter == NULL) { /* as Ruby does: the input passes through */
		if (arguments->count == 0)
			return 0;
		code = emit(c, OP_POP, -(int)arguments->count);
		if (code != NULL)
			code->arg = arguments->count;
		return code != NULL ? 0 : -1;
	}
	call = compile_new(
	    c, sizeof *call + arguments->count * sizeof call->names[0]);
	if (call == NULL || check_count(c, filter, arguments) < 0)
		return -1;
	call->filter = filter;
	call->count = arguments->count;
	call->keyword_count = arguments->keywords;
	for (uint32_t i = 0; i < call->count; i++)
		if (compile_keep(c, arguments->names[i], &call->names[i]) < 0)
			return -1;
	code = emit(c, OP_FILTER, -(int)call->count);
	if (code == NULL)
		return -1;
	code->call = call;
	code->flags = ++c->chained % LONG_CHAIN == 0;
	return note_filter(c, filter);
}

uint32_t
filters_begin(struct compiler *c)
{
	struct code *code;

	c->has_default = false;
	if (emit(c, OP_MARK, 0) == NULL || c->root == NULL)
		return 0;
	code = emit(c, OP_NOP, 0);
	if (code == NULL)
		return 0;
	code->path = c->root;
	return (uint32_t)c->count;
}

/* Most filters take a path: makes one instruction of the three before. */
static bool
join_input(struct compiler *c, uint32_t begun)
{
	struct code *path = begun > 2 ? code_at(c, begun - 3) : NULL;

	if (path == NULL || path->op != OP_PATH || path->path != c->root)
		return false;
	path->op = OP_INPUT;
	path->flags = c->has_default;
	code_at(c, begun - 2)->op = OP_NOP;
	return true;
}

int
filters_end(struct compiler *c, uint32_t begun)
{
	if (begun != 0 && !join_input(c, begun) && !c->has_default)
		code_at(c, begun - 1)->op = OP_REQUIRE;
	return c->err->code == ERR_NONE ? 0 : -1;
}

int
emit_compare(struct compiler *c, struct span operator)
{
	static const struct {
		const char *name;
		enum compare compare;
	} operators[] = {
		{ "==", COMPARE_EQ },
		{ "!=", COMPARE_NE },
		{ "<>", COMPARE_NE },
		{ "<", COMPARE_LT },
		{ ">", COMPARE_GT },
		{ "<=", COMPARE_LE },
		{ ">=", COMPARE_GE },
		{ "contains", COMPARE_CONTAINS },
	};
	struct code *code;

	for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
		if (!span_eq(operator, span_str(operators[i].name)))
			continue;
		code = emit(c, OP_COMPARE, -2);
		if (code == NULL)
			return -1;
		code->flags = (uint8_t)operators[i].compare;
		return 0;
	}
	if (compile_fault(c, "Unknown operator %.*s", SPAN_ARG(operator)) < 0)
		return -1;
	code = emit(c, OP_POP, -2);
	if (code != NULL)
		code->arg = 2;
	return code != NULL ? 0 : -1;
}
