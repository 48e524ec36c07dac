/*
 * What the tests of the engine share: compiling and rendering with every
 * option and callback at hand.
 */
#ifndef INLAY_TESTS_KIT_LIQUID_H
#define INLAY_TESTS_KIT_LIQUID_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/liquid/liquid.h"
#include "tests/milter/liquid/kit_json.h"
#include "tests/suite.h"

/* A rendering and all that goes into it; kit_begin fills the plain case. */
struct kit {
	struct program_options options;
	struct liquid_env env;
	struct arena *data;
	size_t memory; /* of one rendering */
	size_t output;
	struct program *program;
	struct buf out;
	struct err err;
};

static inline void
kit_begin(struct kit *kit)
{
	*kit = (struct kit){ .options = { .name = "part" },
		.env = { .now = 1704067318 },
		.data = arena_new(1 << 24),
		.memory = 1 << 24,
		.output = 1 << 24,
		.err = ERR_INIT };
	buf_init_heap(&kit->out, 1 << 24);
}

static inline void
kit_data(struct kit *kit, const char *json)
{
	ck_assert_msg(kit_json_parse(span_str(json), kit->data, &kit->env.root),
	    "%s", json);
}

/* 0 or -1 and kit->err. */
static inline int
kit_compile(struct kit *kit, const char *source)
{
	program_free(&kit->program);
	err_clear(&kit->err);
	return program_compile(
	    span_str(source), &kit->options, &kit->program, &kit->err);
}

static inline int
kit_run(struct kit *kit)
{
	struct arena *arena = arena_new(kit->memory);
	int done;

	err_clear(&kit->err);
	buf_clear(&kit->out);
	kit->out.max = kit->output;
	done = program_render(
	    kit->program, &kit->env, arena, &kit->out, &kit->err);
	arena_free(&arena);
	return done;
}

static inline void
kit_end(struct kit *kit)
{
	program_free(&kit->program);
	arena_free(&kit->data);
	buf_deinit(&kit->out);
}

/* The source prints the text. */
static inline void
kit_prints(struct kit *kit, const char *source, const char *text)
{
	int done = kit_compile(kit, source);

	if (done == 0)
		done = kit_run(kit);
	ck_assert_msg(done == 0, "%s: %u:%u: %s", source, kit->err.line,
	    kit->err.column, kit->err.text);
	ck_assert_msg(span_eq(buf_span(&kit->out), span_str(text)),
	    "%s\n  gives \"%s\"\n  not   \"%s\"", source, buf_cstr(&kit->out),
	    text);
}

/* The source fails, in compiling or rendering, at that place with that code
 * and with the text somewhere in its message. */
static inline void
kit_fails(struct kit *kit, const char *source, enum err_code code,
    unsigned line, unsigned column, const char *text)
{
	int done = kit_compile(kit, source);

	if (done == 0)
		done = kit_run(kit);
	ck_assert_msg(done < 0, "%s: does not fail but gives \"%s\"", source,
	    buf_cstr(&kit->out));
	ck_assert_msg(kit->err.code == code, "%s: %s: %s", source,
	    err_word(kit->err.code), kit->err.text);
	ck_assert_msg(kit->err.line == line && kit->err.column == column,
	    "%s: at %u:%u: %s", source, kit->err.line, kit->err.column,
	    kit->err.text);
	ck_assert_msg(strstr(kit->err.text, text) != NULL, "%s: %s", source,
	    kit->err.text);
}

/* One suite with one case of the tests given, NULL at the end. */
static inline int
kit_main(const char *name, const TTest *const *tests)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);

	for (; *tests != NULL; tests++)
		tcase_add_test(tcase, *tests);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}

#endif
