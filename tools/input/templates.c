#include "tools/input/templates.h"

/* The failure of a one-line text, told with whose it is. */
static int
retell(struct err *err, const struct err *inner, const char *file,
    struct span what)
{
	return err_at(err, inner->code, file, 0, 0, "%.*s: %s (column %u)",
	    SPAN_ARG(what), inner->text, inner->column);
}

int
templates_check_condition(
    struct span text, const char *file, struct span what, struct err *err)
{
	struct condition *condition;
	struct err inner = ERR_INIT;

	if (condition_compile(text, file, &condition, &inner) < 0)
		return retell(err, &inner, file, what);
	condition_free(&condition);
	return 0;
}

int
templates_check_expression(
    struct span text, const char *file, struct span what, struct err *err)
{
	struct expression *expression;
	struct err inner = ERR_INIT;

	if (expression_compile(text, file, &expression, &inner) < 0)
		return retell(err, &inner, file, what);
	expression_free(&expression);
	return 0;
}

int
templates_check(struct span text, enum place place, const char *file,
    unsigned first_line, struct err *err)
{
	struct program_options options = {
		.name = file, .place = place, .braze = true, .mend = true
	};
	struct program *program;
	struct err inner = ERR_INIT;

	if (program_compile(text, &options, &program, &inner) < 0) {
		unsigned line = inner.line ? inner.line : 1;

		return err_at(err, inner.code, file, line + first_line - 1,
		    inner.column, "%s", inner.text);
	}
	program_free(&program);
	return 0;
}
