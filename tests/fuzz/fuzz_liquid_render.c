/*
 * Any template over fixed data, under small limits, rendered twice: both times
 * the same, whatever the first left in memory.
 */
#include "milter/liquid/liquid.h"
#include "tests/milter/liquid/kit_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char json[] =
    "{\"s\":\"text <b>\",\"n\":3,\"f\":2.5,\"t\":true,\"z\":null,"
    "\"l\":[1,\"a\",[2],{\"k\":\"v\"}],\"m\":{\"k\":\"v\",\"size\":1},"
    "\"p\":[{\"n\":\"A\",\"q\":2},{\"n\":\"B\",\"q\":1}],\"e\":[],"
    "\"d\":\"2024-02-29 12:00:00 +0100\",\"u\":\"https://a/?b=c&d\"}";

static struct program *partial;

static int
find_partial(void *host, enum partial_kind kind, struct span name,
    const struct program **program, struct err *err)
{
	(void)kind, (void)err;
	if (span_eq(name, SPAN("self")))
		*program = host;
	else
		*program = partial;
	return 1;
}

static int
choose(void *host, const struct program *program, unsigned slot,
    struct slot_choice *choice, struct err *err)
{
	(void)host, (void)err;
	choice->option =
	    (int)program_manifest(program)->slots[slot].first_option;
	return program_manifest(program)->slots[slot].option_count != 0;
}

static int
render(struct program *program, struct value root, struct buf *out)
{
	struct liquid_limits limits = { 20000, 1 << 16, 20 };
	struct liquid_env env = { .root = root,
		.now = 1704067318,
		.limits = &limits,
		.host = program,
		.partial = find_partial,
		.slot = choose };
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	int done = program_render(program, &env, arena, out, &err);

	if (done < 0 && (err.code == ERR_NONE || err.line == 0) &&
	    err.code != ERR_LIMIT)
		abort();
	arena_free(&arena);
	return done;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct arena *arena;
	static struct value root;
	struct program_options options = { .name = "fuzz" };
	struct program *program;
	struct buf first, again;
	int done;

	if (arena == NULL) {
		arena = arena_new(1 << 20);
		kit_json_parse(span_str(json), arena, &root);
		program_compile(
		    SPAN("{{ s }}{{ x }}{% assign y = 1 %}{% break %}"),
		    &options, &partial, NULL);
	}
	if (size == 0)
		return 0;
	options.place = (enum place)(data[0] % 4);
	options.syntax = data[0] & 4 ? SYNTAX_LAX : SYNTAX_STRICT;
	options.errors_inline = data[0] & 8;
	if (program_compile(
		span_of(data + 1, size - 1), &options, &program, NULL) < 0)
		return 0;
	buf_init_heap(&first, 1 << 20);
	buf_init_heap(&again, 1 << 20);
	done = render(program, root, &first);
	if (render(program, root, &again) != done ||
	    (done == 0 && !span_eq(buf_span(&first), buf_span(&again))))
		abort();
	buf_deinit(&first);
	buf_deinit(&again);
	program_free(&program);
	return 0;
}
