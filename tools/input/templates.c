#include "tools/input/templates.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/base/suggest.h"
#include "tools/input/document.h"

/* The failure of a line, told where it stands. */
static int
retell(
    struct err *err, const struct err *inner, const struct document_line *line)
{
	unsigned at, column;

	document_find(line->document, line->text, &at, &column);
	if (at == 0)
		return err_at(err, inner->code, line->file, 0, 0,
		    "%.*s: %s (column %u)", SPAN_ARG(line->what), inner->text,
		    inner->column);
	return err_at(err, inner->code, line->file, at,
	    column + inner->column - 1, "%s", inner->text);
}

int
templates_check_condition(const struct document_line *line, struct err *err)
{
	struct condition *condition;
	struct err inner = ERR_INIT;

	if (condition_compile(line->text, line->file, &condition, &inner) < 0)
		return retell(err, &inner, line);
	condition_free(&condition);
	return 0;
}

int
templates_check_expression(const struct document_line *line, struct err *err)
{
	struct expression *expression;
	struct err inner = ERR_INIT;

	if (expression_compile(line->text, line->file, &expression, &inner) < 0)
		return retell(err, &inner, line);
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

#define ZONES "/usr/share/zoneinfo"

enum { ZONE_MEMORY = 256 * 1024 };

/* The names of a directory of zones. */
struct zone_names {
	struct dirent **list;
	int count;
};

static bool
zone_name(const void *from, size_t index, struct span *name)
{
	const struct zone_names *names = from;

	if (index >= (size_t)names->count)
		return false;
	*name = span_str(names->list[index]->d_name);
	return true;
}

/* The zone of the same region that was probably meant, after its words; an
 * empty text where there is none. */
static void
suggest_zone(struct span name, char *text, size_t size)
{
	size_t slash = span_find(name, '/');
	struct span region =
	    slash < name.len ? span_first(name, slash) : SPAN_NONE;
	struct span city = slash < name.len ? span_from(name, slash + 1) : name;
	struct zone_names names;
	struct span nearest;
	char path[sizeof ZONES + 64];

	*text = '\0';
	snprintf(
	    path, sizeof path, ZONES "/%.*s", SPAN_ARG(span_first(region, 60)));
	names.count = scandir(path, &names.list, NULL, alphasort);
	if (names.count < 0)
		return;
	nearest = suggest_nearest(city, zone_name, &names);
	if (nearest.len != 0)
		snprintf(text, size, "; did you mean `%.*s%s%.*s`?",
		    SPAN_ARG(region), region.len ? "/" : "", SPAN_ARG(nearest));
	for (int i = 0; i < names.count; i++)
		free(names.list[i]);
	free(names.list);
}

int
templates_check_zone(const struct placed_name *placed, struct err *err)
{
	struct span name = placed->name;
	struct arena *arena = arena_new(ZONE_MEMORY);
	const struct zone *zone;
	char meant[160];
	int found = 1;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (name.len != 0)
		found = zone_read(NULL, name, arena, &zone, err);
	arena_free(&arena);
	if (found != 0)
		return found < 0 ? -1 : 0;
	suggest_zone(name, meant, sizeof meant);
	return err_at(err, ERR_INPUT, placed->file, placed->line,
	    placed->column, "there is no time zone `%.*s`%s", SPAN_ARG(name),
	    *meant ? meant : "; they are called as in Europe/Berlin");
}

int
templates_check_locale(const struct placed_name *placed, struct err *err)
{
	if (placed->name.len == 0 || locale_known(placed->name))
		return 0;
	return err_at(err, ERR_INPUT, placed->file, placed->line,
	    placed->column,
	    "the locale `%.*s` is not known; they are called as in de or de-CH",
	    SPAN_ARG(placed->name));
}
