#include "store/record/profile.h"

#include "tests/store/golden.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new((size_t)64 * 1024 * 1024);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

static uint32_t
status_of(const char *text)
{
	uint32_t status;

	ck_assert_msg(
	    bounce_status_read(span_str(text), &status) == 1, "%s", text);
	return status;
}

static const struct {
	const char *status;
	enum bounce_kind kind;
} kinds[] = {
	{ "5.1.1", BOUNCE_HARD },
	{ "5.1.2", BOUNCE_HARD },
	{ "5.1.3", BOUNCE_HARD },
	{ "5.1.6", BOUNCE_HARD },
	{ "5.1.10", BOUNCE_HARD },
	{ "5.2.1", BOUNCE_HARD },
	{ "5.1.0", BOUNCE_SOFT },
	{ "5.2.2", BOUNCE_SOFT },
	{ "4.2.2", BOUNCE_SOFT },
	{ "4.4.1", BOUNCE_SOFT },
	{ "4.4.7", BOUNCE_SOFT },
	{ "5.4.4", BOUNCE_SOFT },
	{ "5.0.0", BOUNCE_SOFT },
	/* of the sender's address, of our policy, contents, route */
	{ "5.1.7", BOUNCE_NONE },
	{ "5.1.8", BOUNCE_NONE },
	{ "4.1.8", BOUNCE_NONE },
	{ "5.7.0", BOUNCE_NONE },
	{ "5.7.1", BOUNCE_NONE },
	{ "5.7.26", BOUNCE_NONE },
	{ "4.7.1", BOUNCE_NONE },
	{ "4.7.0", BOUNCE_NONE },
	{ "5.2.3", BOUNCE_NONE },
	{ "5.3.4", BOUNCE_NONE },
	{ "4.3.2", BOUNCE_NONE },
	{ "5.4.6", BOUNCE_NONE },
	{ "4.4.3", BOUNCE_NONE },
	{ "5.5.1", BOUNCE_NONE },
	{ "5.6.0", BOUNCE_NONE },
	{ "2.1.5", BOUNCE_NONE },
};

START_TEST(tells_the_address_from_everything_else)
{
	char text[BOUNCE_STATUS_SIZE];

	ck_assert_int_eq(
	    bounce_kind(status_of(kinds[_i].status)), kinds[_i].kind);
	ck_assert_str_eq(bounce_status_print(status_of(kinds[_i].status), text),
	    kinds[_i].status);
}
END_TEST

START_TEST(every_status_has_a_kind_and_policy_never_suppresses)
{
	for (unsigned subject = 0; subject < 1000; subject++)
		for (unsigned detail = 0; detail < 1000; detail += 7) {
			uint32_t five = bounce_status(5, subject, detail);
			uint32_t four = bounce_status(4, subject, detail);

			ck_assert_int_ne(bounce_kind(four), BOUNCE_HARD);
			if (subject == 7)
				ck_assert_int_eq(
				    bounce_kind(five), BOUNCE_NONE);
			ck_assert_int_eq(
			    bounce_kind(bounce_status(2, subject, detail)),
			    BOUNCE_NONE);
		}
}
END_TEST

START_TEST(reads_no_status_that_is_none)
{
	static const char *const others[] = { "", "5", "5.1", "5.1.", "5..1",
		"x.1.1", "5.1.1x", "5.1.1.1", "3.1.1", "5.1000.1", "550" };
	uint32_t status;

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		ck_assert_msg(!bounce_status_read(span_str(others[i]), &status),
		    "%s", others[i]);
	ck_assert_uint_eq(
	    status_of("5.1.1 (no such user)"), bounce_status(5, 1, 1));
}
END_TEST

static struct span
encode(const struct profile *profile)
{
	struct buf out;

	buf_init(&out, arena, 100000);
	ck_assert_int_eq(profile_encode(profile, arena, &out, NULL), 0);
	return buf_span(&out);
}

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

#define EVENTS 90

static void
shuffle(struct bounce *events, size_t count, uint32_t *seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t j = draw(seed, (uint32_t)i);
		struct bounce kept = events[i - 1];

		events[i - 1] = events[j];
		events[j] = kept;
	}
}

/* In any order, any of them twice, one by one or merged from two profiles. */
static struct span
told(struct bounce *events, uint32_t *seed)
{
	struct profile parts[2] = { { .address = SPAN("a@b.c") } };

	shuffle(events, EVENTS, seed);
	for (size_t i = 0; i < EVENTS; i++)
		for (uint32_t n = draw(seed, 3) + 1; n > 0; n--)
			ck_assert_int_ge(profile_bounce(&parts[draw(seed, 2)],
					     &events[i], arena, NULL),
			    0);
	ck_assert_int_ge(profile_merge(&parts[0], &parts[1], arena, NULL), 0);
	ck_assert_int_eq(profile_merge(&parts[0], &parts[1], arena, NULL), 0);
	return encode(&parts[0]);
}

START_TEST(the_same_events_in_any_order_give_the_same_record)
{
	uint32_t seed = (uint32_t)_i;
	struct bounce events[EVENTS];
	struct span first;

	for (size_t i = 0; i < EVENTS; i++)
		events[i] = (struct bounce){ 20000 + draw(&seed, 100),
			status_of(
			    kinds[draw(&seed, sizeof kinds / sizeof *kinds)]
				.status) };
	first = told(events, &seed);
	for (unsigned again = 0; again < 5; again++)
		ck_assert(span_eq(told(events, &seed), first));
}
END_TEST

START_TEST(keeps_one_a_day_the_worst)
{
	const struct bounce soft = { 20000, status_of("5.2.2") };
	const struct bounce hard = { 20000, status_of("5.1.1") };
	const struct bounce none = { 20001, status_of("5.7.1") };
	struct profile who = { .changed_at = 0 };

	ck_assert_int_eq(profile_bounce(&who, &soft, arena, NULL), 1);
	ck_assert_int_eq(profile_bounce(&who, &hard, arena, NULL), 1);
	ck_assert_int_eq(profile_bounce(&who, &soft, arena, NULL), 0);
	ck_assert_int_eq(profile_bounce(&who, &none, arena, NULL), 0);
	ck_assert_uint_eq(who.bounce_count, 1);
	ck_assert_uint_eq(who.bounces[0].status, hard.status);
}
END_TEST

START_TEST(what_was_forgiven_does_not_come_back)
{
	const struct bounce then = { 20000, status_of("5.1.1") };
	const struct bounce later = { 20002, status_of("5.1.1") };
	struct profile who = { .changed_at = 0 }, old;

	profile_bounce(&who, &then, arena, NULL);
	old = who;
	profile_forgive(&who, 20001);
	ck_assert_uint_eq(who.bounce_count, 0);
	ck_assert_int_eq(profile_bounce(&who, &then, arena, NULL), 0);
	ck_assert_int_eq(profile_merge(&who, &old, arena, NULL), 0);
	ck_assert_int_eq(profile_bounce(&who, &later, arena, NULL), 1);
	ck_assert_int_eq(profile_merge(&old, &who, arena, NULL), 1);
	ck_assert_uint_eq(old.bounce_count, 1);
	ck_assert_int_eq(old.bounces[0].day, 20002);
}
END_TEST

START_TEST(keeps_the_newest_of_very_many)
{
	struct profile who = { .changed_at = 0 };

	for (int64_t day = 20000; day < 20200; day++) {
		struct bounce bounce = { day, status_of("5.2.2") };

		profile_bounce(&who, &bounce, arena, NULL);
	}
	ck_assert_uint_eq(who.bounce_count, BOUNCES_MAX);
	ck_assert_int_eq(who.bounces[BOUNCES_MAX - 1].day, 20199);
}
END_TEST

#define GOLDEN "tests/data/store/profile.2"

static struct profile
example(void)
{
	struct profile who = { .address = SPAN("zoe@example.org"),
		.forgiven = 20001,
		.changed_at = 1760000000 };
	const struct bounce list[] = { { 20002, status_of("5.2.2") },
		{ 20100, status_of("5.1.1") }, { 20101, status_of("4.4.7") } };

	for (size_t i = 0; i < 3; i++)
		profile_bounce(&who, &list[i], arena, NULL);
	return who;
}

START_TEST(what_is_on_disk_is_read_for_ever)
{
	struct profile was = example(), is;

	golden_is(GOLDEN, encode(&was), arena);
	ck_assert_int_eq(
	    profile_decode(golden_bytes(GOLDEN, arena), arena, &is, NULL), 0);
	ck_assert_int_eq(is.forgiven, 20001);
	ck_assert_uint_eq(is.bounce_count, 3);
	ck_assert_int_eq(is.bounces[1].day, 20100);
	ck_assert_uint_eq(is.bounces[1].status, bounce_status(5, 1, 1));
}
END_TEST

START_TEST(a_profile_without_bounces_is_of_the_first_format)
{
	struct profile who = { .address = SPAN("zoe@example.org") };

	ck_assert_int_eq(encode(&who).at[0], 1);
	profile_forgive(&who, 20001);
	ck_assert_int_eq(encode(&who).at[0], 2);
}
END_TEST

START_TEST(every_byte_changed_is_read_or_refused)
{
	struct profile was = example(), is;
	struct span whole = encode(&was);
	char copy[256];

	for (size_t at = 0; at < whole.len; at++) {
		ck_assert_int_eq(
		    profile_decode(span_first(whole, at), arena, &is, NULL),
		    -1);
		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(copy, whole.at, whole.len);
			copy[at] = (char)byte;
			if (profile_decode(
				span_of(copy, whole.len), arena, &is, NULL) < 0)
				continue;
			for (size_t i = 1; i < is.bounce_count; i++)
				ck_assert_int_lt(
				    is.bounces[i - 1].day, is.bounces[i].day);
		}
	}
}
END_TEST

START_TEST(reads_what_it_prints)
{
	struct profile was = example();
	struct bounce *list;
	struct buf text;
	size_t count;

	buf_init(&text, arena, 1000);
	bounces_print(was.bounces, was.bounce_count, &text);
	ck_assert_str_eq(buf_cstr(&text),
	    "2024-10-06 5.2.2; 2025-01-12 5.1.1; 2025-01-13 4.4.7");
	ck_assert_int_eq(
	    bounces_read(buf_span(&text), arena, &list, &count, NULL), 1);
	ck_assert_uint_eq(count, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert_int_eq(list[i].day, was.bounces[i].day);
		ck_assert_uint_eq(list[i].status, was.bounces[i].status);
	}
	ck_assert_int_eq(
	    bounces_read(SPAN("2024-13-06 5.1.1"), arena, &list, &count, NULL),
	    0);
	ck_assert_int_eq(
	    bounces_read(SPAN("5.1.1"), arena, &list, &count, NULL), 0);
	ck_assert_int_eq(bounces_read(SPAN("2024-01-06 5.1.1\0"), arena, &list,
			     &count, NULL),
	    0);
	/* a day that could not be read again */
	ck_assert_int_eq(bounces_read(SPAN("@1448509435093 5.1.1"), arena,
			     &list, &count, NULL),
	    0);
	ck_assert_int_eq(
	    bounces_read(SPAN(" ; "), arena, &list, &count, NULL), 1);
	ck_assert_uint_eq(count, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bounce");
	TCase *tests = tcase_create("bounce");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, tells_the_address_from_everything_else, 0,
	    sizeof kinds / sizeof *kinds);
	tcase_add_test(
	    tests, every_status_has_a_kind_and_policy_never_suppresses);
	tcase_add_test(tests, reads_no_status_that_is_none);
	tcase_add_loop_test(
	    tests, the_same_events_in_any_order_give_the_same_record, 0, 100);
	tcase_add_test(tests, keeps_one_a_day_the_worst);
	tcase_add_test(tests, what_was_forgiven_does_not_come_back);
	tcase_add_test(tests, keeps_the_newest_of_very_many);
	tcase_add_test(tests, what_is_on_disk_is_read_for_ever);
	tcase_add_test(tests, a_profile_without_bounces_is_of_the_first_format);
	tcase_add_test(tests, every_byte_changed_is_read_or_refused);
	tcase_add_test(tests, reads_what_it_prints);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
