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

enum { ZONE_MEMORY = 256 * 1024 };

int
templates_check_zone(struct span name, const char *file, struct err *err)
{
	struct arena *arena = arena_new(ZONE_MEMORY);
	const struct zone *zone;
	int found = 1;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (name.len != 0)
		found = zone_read(NULL, name, arena, &zone, err);
	arena_free(&arena);
	if (found == 0)
		return err_at(err, ERR_INPUT, file, 0, 0,
		    "there is no time zone `%.*s`; they are called as in "
		    "Europe/Berlin",
		    SPAN_ARG(name));
	return found < 0 ? -1 : 0;
}

int
templates_check_locale(struct span name, const char *file, struct err *err)
{
	if (name.len == 0 || locale_known(name))
		return 0;
	return err_at(err, ERR_INPUT, file, 0, 0,
	    "the locale `%.*s` is not known; they are called as in de or de-CH",
	    SPAN_ARG(name));
}
