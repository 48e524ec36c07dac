#include "milter/template/raw_tags.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/template/compose.h"
#include "milter/mail/reencode.h"
#include "milter/personalise.h"
#include "store/base/buf.h"
#include "tests/store/engine/memory.h"
#include "tests/suite.h"

static struct arena *arena;
static struct err err;

static void
set_up(void)
{
	err_clear(&err);
	arena = arena_new((size_t)256 << 20);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

/* The first raw tag of the source in the text. */
static struct span
find(struct span source, struct span text)
{
	struct cached *some = (struct cached *)arena; /* only not NULL */
	struct fragment fragment = { .source = source, .cached = some };
	struct template template = { .fragments = &fragment,
		.fragment_count = 1 };
	struct raw_tags tags;

	ck_assert_int_eq(raw_tags_gather(&template, arena, &tags, &err), 0);
	return raw_tags_find(&tags, text);
}

static const struct {
	const char *source, *text, *found;
} cases[] = {
	{ "Hi {{ name }}", "Hi Anna", "" },
	{ "Hi {{ name }}", "Hi {{ name }}", "{{ name }}" },
	{ "Hi {{ name }}", "Hi {{name}}", "" }, /* somebody's data */
	{ "{% if a %}x{% endif %}", "x{% endif %}", "{% endif %}" },
	{ "{% raw %}{{ a }}{% endraw %}{{ b }}", "{{ a }}", "" },
	{ "{%- raw -%}{{ a }}{%- endraw -%}{{ b }}", "{{ a }}{{ b }}",
	    "{{ b }}" },
	{ "{% rawish %}{{ a }}", "{{ a }}", "{{ a }}" },
	{ "<a href='?%7B%7B a %7d%7d'>", "?%7B%7B a %7d%7d",
	    "%7B%7B a %7d%7d" },
	{ "<a href='?%7B%25 a %25%7D'>", "%7B%25 a %25%7D", "%7B%25 a %25%7D" },
	{ "{{ a", "{{ a", "" },
	{ "{{{ a }}", "{{ a }}", "{{ a }}" },
	{ "", "", "" },
};

START_TEST(finds_the_templates_tags_and_no_others)
{
	struct span found =
	    find(span_str(cases[_i].source), span_str(cases[_i].text));

	ck_assert_msg(
	    span_eq(found, span_str(cases[_i].found)), "%.*s", SPAN_ARG(found));
}
END_TEST

/* Beginnings without end, and one tag very often: a search that looked at
 * every pair of them would not end before Check loses its patience. */
START_TEST(takes_time_in_proportion)
{
	static const char *const texts[] = { "{{", "%7B%7B", "{% ", "{{a}}" };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf text;

		buf_init(&text, arena, (size_t)4 << 20);
		while (text.len < (size_t)2 << 20)
			buf_str(&text, texts[i]);
		find(SPAN("{{ x }}"), buf_span(&text));
		find(buf_span(&text), SPAN("{{ x }}"));
	}
}
END_TEST

/* ---- an encoder that does nothing ---- */

int __real_part_reencode(const struct part *part, struct span utf8,
    struct arena *arena, struct reencoded *result, struct err *err);
int __wrap_part_reencode(const struct part *part, struct span utf8,
    struct arena *arena, struct reencoded *result, struct err *err);

static bool broken;

int
__wrap_part_reencode(const struct part *part, struct span utf8,
    struct arena *memory, struct reencoded *result, struct err *why)
{
	return __real_part_reencode(
	    part, broken ? part->decoded->text : utf8, memory, result, why);
}

START_TEST(a_broken_encoder_lets_no_raw_tag_out)
{
	static const struct personalise_options options = {
		.tenant = { "default", 7 },
		.cache_bytes = 1 << 20,
		.part_max = 1 << 20,
		.steps_max = 100000,
	};
	struct personalise_request request = {
		.message = SPAN("From: a@b.example\r\nMessage-ID: <m@x>\r\n"
				"X-Inlay-Campaign: c\r\n\r\n"
				"Hi {{ recipient.address }}\r\n"),
		.recipient = SPAN("anna@example.com"),
		.now = 1790000000,
	};
	struct entry entries[] = {
		{ SPAN("schema"), SPAN("fields:\n  n: {class: contextual}\n"
				       "sources: {s: {weight: 9}}\n") },
		{ SPAN("campaign/c"),
		    SPAN("id: c\nunknown_recipient: neutral\narms:\n"
			 "  - {name: a, weight: 1, intensity: individual}\n") },
	};
	struct personaliser *personaliser;
	struct personalised made;
	struct engine *engine;

	ck_assert_int_eq(memory_open(&engine, &err), 0);
	ck_assert_int_eq(engine_catalog_change(engine, entries, 2, &err), 0);
	ck_assert_msg(
	    personaliser_open(&options, engine, &personaliser, &err) == 0, "%s",
	    err.text);
	broken = false;
	ck_assert_msg(personalise_preview(personaliser, &request, NULL, arena,
			  &made, &err) == 0,
	    "%s", err.text);
	personalised_release(personaliser, &made);
	broken = true;
	ck_assert_int_eq(personalise_preview(
			     personaliser, &request, NULL, arena, &made, &err),
	    -1);
	ck_assert_int_eq(err.code, ERR_GUARD);
	ck_assert_str_eq(err.where, "text/plain");
	ck_assert_str_eq(
	    err.text, "a raw tag would have left: {{ recipient.address }}");
	personaliser_close(&personaliser);
	engine_close(&engine);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("raw_tags");
	TCase *tests = tcase_create("raw_tags");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, finds_the_templates_tags_and_no_others, 0,
	    sizeof cases / sizeof cases[0]);
	tcase_add_test(tests, takes_time_in_proportion);
	tcase_add_test(tests, a_broken_encoder_lets_no_raw_tag_out);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
