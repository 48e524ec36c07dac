/*
 * A report as a page: the tree, the places of its plots and the words of a
 * language, rendered by Inlay's own engine from report.html.
 */
#include <string.h>

#include "milter/liquid/liquid.h"
#include "tools/measure/report.h"
#include "tools/measure/report_plot.h"
#include "tools/measure/report_words.h"
#include "tools/measure/reporting.h"
#include "tools/measure/told.h"
#include "tools/out.h"

#define MEMORY ((size_t)64 << 20)
#define PAGE_MAX ((size_t)16 << 20)

/* tools/measure/report.html, line by line; the Makefile makes it. */
extern const char *const report_html[];

/* What turns JSON into the engine's values. */
struct turning {
	struct arena *arena;
	const struct told_locale *in;
	bool failed;
};

/* Recursion as deep as the tree, which report_tree.c makes: six or so. */
static struct value turn(struct turning *turning, const json_t *json);

static void
put(struct turning *turning, struct map *map, const char *key,
    struct value value)
{
	if (map_put(turning->arena, map, span_str(key), value) < 0)
		turning->failed = true;
}

static struct value
worded(struct turning *turning, double number, const char *unit)
{
	struct value value = value_nil();
	char text[TOLD_SIZE];

	told_value(number, unit, turning->in, text);
	if (value_string_copy(turning->arena, span_str(text), &value) < 0)
		turning->failed = true;
	return value;
}

/* A number that says its unit gets its words beside it. */
static void
put_words(struct turning *turning, const json_t *json, struct map *map)
{
	const json_t *ends = told_at(json, "interval");
	const char *unit = told_text(json, "unit");

	if (told_at(json, "amount"))
		put(turning, map, "amount_text",
		    worded(turning, told_number(json, "amount"), unit_money));
	if (!told_at(json, "method"))
		return;
	put(turning, map, "text",
	    worded(turning, told_number(json, "value"), unit));
	if (!ends)
		return;
	for (size_t i = 0; i < 2; i++)
		put(turning, map, i ? "high_text" : "low_text",
		    worded(turning, json_number_value(json_array_get(ends, i)),
			unit));
}

static struct value
turn_object(struct turning *turning, const json_t *json)
{
	struct map *map =
	    map_new(turning->arena, (uint32_t)json_object_size(json) + 4);
	void *at = json_object_iter((json_t *)(uintptr_t)json);

	if (!map) {
		turning->failed = true;
		return value_nil();
	}
	for (; at; at = json_object_iter_next((json_t *)(uintptr_t)json, at))
		put(turning, map, json_object_iter_key(at),
		    turn(turning, json_object_iter_value(at)));
	put_words(turning, json, map);
	return value_map(map);
}

static struct value
turn_array(struct turning *turning, const json_t *json)
{
	size_t count = json_array_size(json);
	struct value *items =
	    arena_calloc(turning->arena, count + 1, sizeof(*items));

	if (!items) {
		turning->failed = true;
		return value_nil();
	}
	for (size_t i = 0; i < count; i++)
		items[i] = turn(turning, json_array_get(json, i));
	return value_array(items, (uint32_t)count);
}

static struct value
turn(struct turning *turning, const json_t *json)
{
	if (json_is_object(json))
		return turn_object(turning, json);
	if (json_is_array(json))
		return turn_array(turning, json);
	if (json_is_string(json))
		return value_string(
		    span_of(json_string_value(json), json_string_length(json)));
	if (json_is_integer(json))
		return value_integer(json_integer_value(json));
	if (json_is_real(json))
		return value_float(json_real_value(json));
	if (json_is_boolean(json))
		return value_bool(json_is_true(json));
	return value_nil();
}

static int
render(const json_t *root, const char *language, const struct told_locale *in,
    struct arena *arena, struct buf *out, struct err *err)
{
	static const struct liquid_limits limits = { 50000000, PAGE_MAX, 20 };
	struct program_options options = { .name = "report.html",
		.place = PLACE_HTML };
	struct turning turning = { .arena = arena, .in = in };
	struct liquid_env env = { .limits = &limits,
		.locale = span_str(language) };
	struct program *program;
	struct buf source;
	int status;

	buf_init(&source, arena, PAGE_MAX);
	for (size_t i = 0; report_html[i]; i++)
		buf_str(&source, report_html[i]);
	env.root = turn(&turning, root);
	if (turning.failed || source.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (program_compile(buf_span(&source), &options, &program, err) < 0)
		return -1;
	status = program_render(program, &env, arena, out, err);
	program_free(&program);
	return status;
}

/* The goal, what else is measured and the guards as one list. */
static json_t *
effects_of(const json_t *tree)
{
	static const char *const kinds[] = { "goal", "also", "guard" };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		json_t *effects = json_object_get(tree, kinds[i]);
		size_t count = json_is_array(effects) ? json_array_size(effects)
						      : effects != NULL;

		for (size_t j = 0; j < count; j++) {
			json_t *one = json_object();

			out_set(one, "kind", json_string(kinds[i]));
			out_set(one, "effect",
			    json_incref(json_is_array(effects)
					    ? json_array_get(effects, j)
					    : effects));
			out_add(list, one);
		}
	}
	return list;
}

const char *
report_language(const json_t *tree)
{
	const char *locale = told_text(tree, "campaign.locale");

	return strncmp(locale, "fr", 2) == 0 ? "fr" : "en";
}

int
report_page(
    const json_t *tree, const char *language, FILE *out, struct err *err)
{
	bool french = strncmp(language, "fr", 2) == 0;
	const struct told_locale *in = french ? &told_french : &told_english;
	struct arena *arena = arena_new(MEMORY);
	json_t *root = json_object();
	struct buf page;
	int status = -1;

	out_set(root, "r", json_incref((json_t *)(uintptr_t)tree));
	out_set(root, "plots", report_plots(tree, in));
	out_set(root, "effects", effects_of(tree));
	out_set(root, "t", report_words(french));
	out_set(root, "language", json_string(language));
	if (arena) {
		buf_init(&page, arena, PAGE_MAX);
		status = render(root, language, in, arena, &page, err);
		if (status == 0)
			fwrite(page.at, 1, page.len, out);
	} else {
		err_set(err, ERR_MEMORY, "out of memory");
	}
	json_decref(root);
	arena_free(&arena);
	return status;
}
