#include "milter/decide/bounced.h"

#include "milter/reply.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

#define HARD 5001001
#define SOFT 5002002

static const struct {
	struct bounce list[5];
	size_t count;
	struct bounce_rules rules;
	bool suppressed;
	struct bounced bounced;
} rows[] = {
#define ONE { { 100, HARD } }, 1
#define MIXED \
	{ { 100, SOFT }, { 120, HARD }, { 131, SOFT }, { 140, SOFT }, \
		{ 400, SOFT } }, \
	    5
	{ ONE, { { 0, 0 }, { 0, 0 } }, false, { 0 } },
	{ ONE, { { 1, 0 }, { 0, 0 } }, true, { true, 1, 100 } },
	{ ONE, { { 2, 0 }, { 0, 0 } }, false, { 0 } },
	/* a hard one is no less than a soft one */
	{ ONE, { { 0, 0 }, { 1, 0 } }, true, { false, 1, 100 } },
	{ { { 100, SOFT } }, 1, { { 1, 0 }, { 2, 0 } }, false, { 0 } },
	{ MIXED, { { 2, 0 }, { 0, 0 } }, false, { 0 } },
	{ MIXED, { { 0, 0 }, { 5, 0 } }, true, { false, 5, 400 } },
	{ MIXED, { { 0, 0 }, { 3, 30 } }, true, { false, 3, 140 } },
	{ MIXED, { { 0, 0 }, { 3, 40 } }, true, { false, 4, 140 } },
	{ MIXED, { { 0, 0 }, { 3, 19 } }, false, { 0 } },
	{ MIXED, { { 0, 0 }, { 3, 20 } }, true, { false, 3, 140 } },
	{ MIXED, { { 1, 1 }, { 3, 30 } }, true, { true, 1, 120 } },
	{ { { 0 } }, 0, { { 1, 0 }, { 1, 0 } }, false, { 0 } },
};

START_TEST(the_rule_finds_the_latest_that_are_enough)
{
	struct bounce list[5];
	const struct profile who = { .bounces = list,
		.bounce_count = rows[_i].count };
	struct bounced is;

	memcpy(list, rows[_i].list, sizeof list);
	ck_assert(
	    bounced_find(&who, &rows[_i].rules, &is) == rows[_i].suppressed);
	ck_assert(
	    bounced_find(&who, &rows[_i].rules, NULL) == rows[_i].suppressed);
	if (!rows[_i].suppressed)
		return;
	ck_assert(is.hard == rows[_i].bounced.hard);
	ck_assert_uint_eq(is.count, rows[_i].bounced.count);
	ck_assert_int_eq(is.last, rows[_i].bounced.last);
}
END_TEST

/* What inlayd refuses must not make dead addresses of living people. */
START_TEST(no_reply_of_our_own_is_a_bounce)
{
	for (unsigned i = 0; i < REPLIES; i++) {
		uint32_t status;

		ck_assert_int_eq(bounce_status_read(
				     span_str(reply_for(i)->enhanced), &status),
		    1);
		ck_assert_int_eq(bounce_kind(status), BOUNCE_NONE);
	}
}
END_TEST

START_TEST(tells_how_many_and_when)
{
	static const struct {
		struct bounced bounced;
		const char *text;
	} told[] = {
		{ { true, 1, 20760 }, "1 hard bounce on 2026-11-03" },
		{ { false, 1, 20760 }, "1 bounce on 2026-11-03" },
		{ { true, 2, 20760 },
		    "2 hard bounces up to the one on 2026-11-03" },
	};

	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		struct buf text;

		buf_init_heap(&text, 200);
		bounced_tell(&told[i].bounced, &text);
		ck_assert_str_eq(buf_cstr(&text), told[i].text);
		buf_deinit(&text);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bounced");
	TCase *tests = tcase_create("bounced");

	tcase_add_loop_test(tests, the_rule_finds_the_latest_that_are_enough, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_test(tests, no_reply_of_our_own_is_a_bounce);
	tcase_add_test(tests, tells_how_many_and_when);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
