/*
 * What the tests of filters share: a template and what it must print, with a
 * frozen clock.
 */
#ifndef INLAY_TESTS_KIT_RENDER_H
#define INLAY_TESTS_KIT_RENDER_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/liquid/liquid.h"
#include "tests/milter/liquid/kit_json.h"

#define KIT_NOW 1704067318 /* 2024-01-01 00:01:58 UTC, a Monday */

struct kit_case {
	const char *template;
	const char *printed; /* NULL: fails */
	const char *text;    /* of the failure, or NULL */
};

/* Renders in a place with data from a JSON text. 0, or -1 and err. */
static inline int
kit_render(const char *template, enum place place, const char *json,
    const char *zone, size_t memory, struct buf *out, struct err *err)
{
	struct program_options options = { .name = "test", .place = place };
	struct arena *arena = arena_new(memory);
	struct arena *data = arena_new(1 << 24);
	struct liquid_env env = { .now = KIT_NOW, .zone = span_str(zone) };
	struct program *program = NULL;
	int done;

	ck_assert(kit_json_parse(span_str(json), data, &env.root));
	done = program_compile(span_str(template), &options, &program, err);
	if (done == 0)
		done = program_render(program, &env, arena, out, err);
	program_free(&program);
	arena_free(&arena);
	arena_free(&data);
	return done;
}

static inline void
kit_check(const struct kit_case *row, enum place place, const char *json)
{
	struct err err = ERR_INIT;
	struct buf out;
	int done;

	buf_init_heap(&out, 1 << 24);
	done = kit_render(row->template, place, json, "", 1 << 24, &out, &err);
	ck_assert_msg((done == 0) == (row->printed != NULL), "%s: %s",
	    row->template, err.text);
	if (done == 0)
		ck_assert_msg(span_eq(buf_span(&out), span_str(row->printed)),
		    "%s: \"%s\", not \"%s\"", row->template, buf_cstr(&out),
		    row->printed);
	else
		ck_assert_msg(
		    row->text == NULL || strstr(err.text, row->text) != NULL,
		    "%s: %s", row->template, err.text);
	buf_deinit(&out);
}

/* Every memory limit up to success: no failure may be unclean. */
static inline void
kit_starve(const char *template, const char *json)
{
	int done = -1;

	for (size_t memory = 512; done < 0; memory += 1536) {
		struct err err = ERR_INIT;
		struct buf out;

		ck_assert_uint_lt(memory, 1 << 22);
		buf_init_heap(&out, 1 << 24);
		done = kit_render(
		    template, PLACE_NONE, json, "", memory, &out, &err);
		ck_assert(done == 0 || err.code == ERR_LIMIT ||
			  err.code == ERR_MEMORY);
		buf_deinit(&out);
	}
}

#endif
