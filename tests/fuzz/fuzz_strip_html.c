#include "milter/liquid/filter/filter.h"

#include <stdlib.h>

/* The filters that scan HTML and text: none grows past its limits, and
 * strip_html leaves no whole tag. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
apply(const char *name, struct value input, struct filter_env *env,
    struct value *out)
{
	struct value args[2] = { value_integer(3), value_string(SPAN("-")) };
	const struct filter *filter = filter_find(span_str(name));
	struct err err = ERR_INIT;
	struct filter_call call = { .env = env,
		.arena = env->arena,
		.args = args,
		.argc = filter->max < 2 ? filter->max : 2,
		.err = &err };

	if (filter->apply(&call, input, out) < 0 && err.code == ERR_NONE)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "strip_html", "escape_once",
		"escape", "newline_to_br", "truncatewords", "truncate",
		"squish", "split", "url_decode", "url_encode", "capitalize",
		"upcase", "downcase", "base64_decode", "json", "slice",
		"replace", "parameterize", "titlecase", "abs", "ceil",
		"number_with_delimiter", "strip_newlines", "size" };
	struct arena *arena = arena_new((size_t)1 << 24);
	struct work work = work_new(1000000, 0);
	struct filter_env env = { .arena = arena,
		.html = size % 2,
		.work = &work,
		.text_max = 1 << 20 };
	struct value text = value_string(span_of(data, size)), out;

	if (arena == NULL)
		return 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		out = value_nil();
		apply(names[i], text, &env, &out);
		if (i == 0 && out.kind == VALUE_STRING &&
		    work.end == WORK_GOING) {
			struct span left = value_span(out);
			size_t open = span_find(left, '<');

			if (memchr(left.at + open, '>', left.len - open))
				abort();
		}
	}
	arena_free(&arena);
	return 0;
}
