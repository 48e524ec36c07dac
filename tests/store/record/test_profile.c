#include "store/record/profile.h"

#include "tests/store/golden.h"
#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static struct arena *arena;

static void
set_up(void)
{
	arena = arena_new((size_t)16 * 1024 * 1024);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

/* fixture: set_up tear_down */

static struct observation
seen(const char *field, const char *source, int64_t at, const char *value)
{
	return (struct observation){ .field = span_str(field),
		.source = span_str(source),
		.value = span_str(value),
		.observed_at = at };
}

static struct profile
example(void)
{
	static struct consent consents[2];
	static struct observation list[4];

	consents[0] = (struct consent){ .type = SPAN("personalisation"),
		.status = CONSENT_GRANTED,
		.at = 1700000000,
		.has_revoke_at = true,
		.revoke_at = 1800000000,
		.source = SPAN("form") };
	consents[1] = (struct consent){
		.type = SPAN("email"), .status = CONSENT_REVOKED, .at = -5
	};
	list[0] = seen("first_name", "form", 1700000000, "Zo\xc3\xab");
	list[1] = seen("city", "crm", 1600000000, "");
	list[2] = seen("city", "form", INT64_MIN, "K\0ln");
	list[2].value.len = 4;
	list[3] = seen("tags", "crm", INT64_MAX, "[1,\"a\"]");
	list[3].type = OBSERVED_JSON;
	list[3].retracted = true;
	return (struct profile){ .address = SPAN("zoe@example.org"),
		.object_profiling = true,
		.suppressed = true,
		.consents = consents,
		.consent_count = 2,
		.observations = list,
		.observation_count = 4,
		.changed_at = 1700000100 };
}

static struct span
encode(const struct profile *profile)
{
	struct buf out;
	struct err err = ERR_INIT;

	buf_init(&out, arena, 1000000);
	ck_assert_msg(
	    profile_encode(profile, arena, &out, &err) == 0, "%s", err.text);
	return buf_span(&out);
}

static struct profile
decode(struct span bytes)
{
	struct profile profile;
	struct err err = ERR_INIT;

	ck_assert_msg(
	    profile_decode(bytes, arena, &profile, &err) == 0, "%s", err.text);
	return profile;
}

START_TEST(a_profile_comes_back_sorted)
{
	struct profile was = example();
	struct profile is = decode(encode(&was));

	ck_assert(span_eq(is.address, was.address));
	ck_assert(is.object_profiling && is.suppressed);
	ck_assert(!is.object_marketing && !is.restricted);
	ck_assert_int_eq(is.changed_at, was.changed_at);
	ck_assert_uint_eq(is.consent_count, 2);
	ck_assert(span_eq(is.consents[0].type, SPAN("email")));
	ck_assert_int_eq(is.consents[0].status, CONSENT_REVOKED);
	ck_assert_int_eq(is.consents[0].at, -5);
	ck_assert(!is.consents[0].has_revoke_at);
	ck_assert_int_eq(is.consents[1].revoke_at, 1800000000);
	ck_assert(span_eq(is.consents[1].source, SPAN("form")));
	ck_assert_uint_eq(is.observation_count, 4);
	ck_assert(span_eq(is.observations[0].field, SPAN("city")));
	ck_assert(span_eq(is.observations[0].source, SPAN("crm")));
	ck_assert_uint_eq(is.observations[0].value.len, 0);
	ck_assert_int_eq(is.observations[1].observed_at, INT64_MIN);
	ck_assert(span_eq(is.observations[1].value, span_of("K\0ln", 4)));
	ck_assert_int_eq(is.observations[3].type, OBSERVED_JSON);
	ck_assert_int_eq(is.observations[3].observed_at, INT64_MAX);
	ck_assert(is.observations[3].retracted);
}
END_TEST

/* Everything that format 1 can say: each status, each type. */
static struct profile
everything(void)
{
	static struct consent consents[5];
	static struct observation list[9];
	struct profile profile = example();

	memcpy(consents, profile.consents, 2 * sizeof *consents);
	consents[2] = consents[0];
	consents[2].type = SPAN("profiling");
	consents[2].status = CONSENT_DENIED;
	consents[3] = consents[1];
	consents[3].at = 1700000000;
	consents[3].status = CONSENT_GRANTED;
	consents[4] = consents[0];
	consents[4].type = SPAN("email");
	consents[4].status = CONSENT_REVOKED;
	consents[4].at = 1700000050;
	memcpy(list, profile.observations, 4 * sizeof *list);
	for (unsigned i = 0; i < 5; i++) {
		static const char *const fields[] = { "f0", "f1", "f2", "f3",
			"f4" };
		static const enum observed_type types[] = { OBSERVED_STRING,
			OBSERVED_NUMBER, OBSERVED_BOOLEAN, OBSERVED_DATE,
			OBSERVED_JSON };

		list[4 + i] = seen(fields[i], "form", 1700000000 + i, "1");
		list[4 + i].type = types[i];
	}
	profile.object_marketing = true;
	profile.restricted = true;
	profile.consents = consents;
	profile.consent_count = 5;
	profile.observations = list;
	profile.observation_count = 9;
	return profile;
}

#define GOLDEN "tests/data/store/profile.1"

START_TEST(what_is_on_disk_is_read_for_ever)
{
	struct profile was = everything();
	struct profile is = decode(golden_bytes(GOLDEN, arena));

	ck_assert_uint_eq(is.consent_count, 5);
	ck_assert_uint_eq(is.observation_count, 9);
	ck_assert_int_eq(is.consents[1].status, CONSENT_GRANTED);
	ck_assert_int_eq(is.consents[4].status, CONSENT_DENIED);
	ck_assert(span_eq(encode(&is), encode(&was)));
}
END_TEST

/* Each flag has a bit of its own that no other program may give away. */
START_TEST(what_is_written_is_what_is_on_disk)
{
	static const struct {
		struct profile profile;
		char flags;
	} flags[] = {
		{ { .object_profiling = true }, 1 },
		{ { .object_marketing = true }, 2 },
		{ { .suppressed = true }, 4 },
		{ { .restricted = true }, 8 },
	};
	struct profile profile = everything();

	golden_is(GOLDEN, encode(&profile), arena);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		ck_assert_int_eq(
		    encode(&flags[i].profile).at[1], flags[i].flags);
}
END_TEST

START_TEST(an_observation_of_no_known_type_is_malformed)
{
	struct observation one = seen("f", "s", 0, "v");
	struct profile was = { .observations = &one, .observation_count = 1 };
	struct span whole = encode(&was);
	char copy[64];
	struct profile is;

	/* The flags come before a time of one byte and the value. */
	memcpy(copy, whole.at, whole.len);
	ck_assert_int_eq(copy[whole.len - 4], OBSERVED_STRING);
	for (unsigned flags = 0; flags < 256; flags++) {
		bool known = (flags & ~8u) <= OBSERVED_JSON;

		copy[whole.len - 4] = (char)flags;
		ck_assert_int_eq(
		    profile_decode(span_of(copy, whole.len), arena, &is, NULL),
		    known ? 0 : -1);
	}
}
END_TEST

START_TEST(what_was_encoded_encodes_to_the_same)
{
	struct profile was = example();
	struct span once = encode(&was);
	struct profile is = decode(once);

	ck_assert(span_eq(encode(&is), once));
}
END_TEST

START_TEST(an_empty_profile_comes_back)
{
	struct profile empty = { .changed_at = 0 };
	struct profile is = decode(encode(&empty));

	ck_assert_uint_eq(is.observation_count, 0);
	ck_assert_uint_eq(is.consent_count, 0);
}
END_TEST

START_TEST(cut_anywhere_it_is_malformed)
{
	struct profile was = example(), is;
	struct span whole = encode(&was);

	for (size_t len = 0; len < whole.len; len++) {
		struct err err = ERR_INIT;

		ck_assert_int_eq(
		    profile_decode(span_first(whole, len), arena, &is, &err),
		    -1);
		ck_assert_int_eq(err.code, ERR_INPUT);
	}
}
END_TEST

START_TEST(every_byte_changed_is_read_or_refused)
{
	struct profile was = example(), is;
	struct span whole = encode(&was);
	char copy[512];

	ck_assert_uint_lt(whole.len, sizeof copy);
	for (size_t at = 0; at < whole.len; at++)
		for (unsigned byte = 0; byte < 256; byte++) {
			memcpy(copy, whole.at, whole.len);
			copy[at] = (char)byte;
			(void)profile_decode(
			    span_of(copy, whole.len), arena, &is, NULL);
			arena_reset(arena);
			was = example();
			whole = encode(&was);
		}
}
END_TEST

START_TEST(a_newer_format_is_refused_not_misread)
{
	struct profile was = example(), is;
	struct span whole = encode(&was);
	struct err err = ERR_INIT;
	char copy[512];

	memcpy(copy, whole.at, whole.len);
	copy[0] = 3;
	ck_assert_int_eq(
	    profile_decode(span_of(copy, whole.len), arena, &is, &err), -1);
	ck_assert_int_eq(err.code, ERR_INPUT);
	ck_assert_ptr_nonnull(strstr(err.text, "does not know"));
}
END_TEST

START_TEST(a_full_arena_is_a_clean_failure)
{
	struct profile was = example(), is;
	struct span whole = encode(&was);
	int failed = -1;

	for (size_t limit = 1; failed < 0; limit += 3) {
		struct arena *small = arena_new(limit);
		struct err err = ERR_INIT;
		struct buf out;

		failed = profile_decode(whole, small, &is, &err);
		if (failed == 0) {
			buf_init(&out, small, 10000);
			failed = profile_encode(&is, small, &out, &err);
		}
		ck_assert(failed == 0 || err.code == ERR_MEMORY);
		arena_free(&small);
	}
}
END_TEST

START_TEST(what_does_not_fit_is_never_a_yes)
{
	struct profile was = example();
	size_t len = encode(&was).len;

	for (size_t max = 1; max <= len + 1; max++) {
		struct err err = ERR_INIT;
		struct buf out;
		int done;

		buf_init(&out, arena, max);
		buf_byte(&out, '-'); /* encoding appends */
		done = profile_encode(&was, arena, &out, &err);
		ck_assert_int_eq(done, max <= len ? -1 : 0);
		ck_assert_int_eq(err.code, max <= len ? ERR_MEMORY : ERR_NONE);
	}
}
END_TEST

static int
merge_one(struct profile *profile, struct observation observation)
{
	struct profile update = { .observations = &observation,
		.observation_count = 1,
		.changed_at = 1 };

	return profile_merge(profile, &update, arena, NULL);
}

START_TEST(the_newer_observation_of_a_source_stays)
{
	struct profile profile = { .changed_at = 0 };
	const struct observation *list;
	size_t count;

	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "crm", 20, "Ulm")), 1);
	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "crm", 10, "Bonn")), 0);
	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "form", 10, "Bonn")), 1);
	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "crm", 20, "Ulm")), 0);
	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "crm", 20, "Hof")), 1);
	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "crm", 30, "Hof")), 1);
	list = profile_observations(&profile, SPAN("city"), &count);
	ck_assert_uint_eq(count, 2);
	ck_assert(span_eq(list[0].value, SPAN("Hof")));
	ck_assert_int_eq(list[0].observed_at, 30);
	ck_assert(span_eq(list[1].value, SPAN("Bonn")));
	ck_assert_ptr_null(profile_observations(&profile, SPAN("zip"), &count));
}
END_TEST

START_TEST(merging_in_any_order_gives_the_same)
{
	struct observation list[] = { seen("a", "x", 3, "3"),
		seen("b", "x", 1, "1"), seen("a", "y", 2, "2"),
		seen("a", "x", 9, "9"), seen("b", "x", 5, "5") };
	struct profile forth = { .changed_at = 0 };
	struct profile back = { .changed_at = 0 };
	struct profile at_once = { .changed_at = 0 };
	struct profile all = {
		.observations = list, .observation_count = 5, .changed_at = 1
	};

	for (size_t i = 0; i < 5; i++)
		merge_one(&forth, list[i]);
	for (size_t i = 5; i > 0; i--)
		merge_one(&back, list[i - 1]);
	profile_merge(&at_once, &all, arena, NULL);
	ck_assert(span_eq(encode(&forth), encode(&back)));
	ck_assert(span_eq(encode(&forth), encode(&at_once)));
}
END_TEST

START_TEST(what_was_merged_is_sorted)
{
	struct consent again = {
		.type = SPAN("web"), .at = 1, .status = CONSENT_DENIED
	};
	struct profile denial = { .consents = &again, .consent_count = 1 };
	struct consent consents[] = { { .type = SPAN("web"), .at = 1 },
		{ .type = SPAN("email"), .at = 9 },
		{ .type = SPAN("email"), .at = 3 } };
	struct profile update = { .consents = consents, .consent_count = 3 };
	struct profile profile = { .changed_at = 0 };
	size_t count;

	merge_one(&profile, seen("zip", "form", 1, "1"));
	merge_one(&profile, seen("city", "form", 2, "Ulm"));
	merge_one(&profile, seen("zip", "crm", 3, "3"));
	profile_observations(&profile, SPAN("zip"), &count);
	ck_assert_uint_eq(count, 2);
	ck_assert(span_eq(profile.observations[0].field, SPAN("city")));
	ck_assert(span_eq(profile.observations[1].source, SPAN("crm")));

	profile_merge(&profile, &update, arena, NULL);
	ck_assert_int_eq(profile.consents[0].at, 3);
	ck_assert_int_eq(profile.consents[1].at, 9);
	ck_assert(span_eq(profile.consents[2].type, SPAN("web")));
	ck_assert_int_eq(profile_merge(&profile, &denial, arena, NULL), 1);
	ck_assert_int_eq(profile.consents[2].status, CONSENT_DENIED);
	ck_assert_uint_eq(profile.consent_count, 3);
}
END_TEST

START_TEST(merging_twice_changes_nothing)
{
	struct profile profile = example(), update = example();

	profile_merge(&profile, &update, arena, NULL);
	ck_assert_int_eq(profile_merge(&profile, &update, arena, NULL), 0);
}
END_TEST

START_TEST(an_objection_is_not_taken_back_by_a_load)
{
	struct profile profile = { .object_marketing = true };
	struct profile update = { .object_profiling = true };

	ck_assert_int_eq(profile_merge(&profile, &update, arena, NULL), 1);
	ck_assert(profile.object_marketing);
	ck_assert(profile.object_profiling);
	ck_assert_int_eq(profile_merge(&profile, &update, arena, NULL), 0);
}
END_TEST

START_TEST(a_retracted_value_replaces_and_stays_known)
{
	struct profile profile = { .changed_at = 0 };
	struct observation none = seen("city", "crm", 30, "");

	merge_one(&profile, seen("city", "crm", 20, "Ulm"));
	none.retracted = true;
	ck_assert_int_eq(merge_one(&profile, none), 1);
	ck_assert(profile.observations[0].retracted);
	ck_assert_int_eq(
	    merge_one(&profile, seen("city", "crm", 25, "Ulm")), 0);
}
END_TEST

START_TEST(a_field_can_be_forgotten)
{
	struct profile profile = example();

	ck_assert_int_eq(profile_forget(&profile, SPAN("city")), 1);
	ck_assert_uint_eq(profile.observation_count, 2);
	ck_assert_int_eq(profile_forget(&profile, SPAN("city")), 0);
}
END_TEST

START_TEST(merging_with_a_full_arena_fails_cleanly)
{
	int changed = -1;

	for (size_t limit = 1; changed < 0; limit += 3) {
		struct arena *small = arena_new(limit);
		struct profile profile = { .changed_at = 0 };
		struct profile update = example();
		struct err err = ERR_INIT;

		changed = profile_merge(&profile, &update, small, &err);
		ck_assert(changed >= 0 || err.code == ERR_MEMORY);
		arena_free(&small);
	}
	ck_assert_int_eq(changed, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tcase = tcase_create("profile");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_profile_comes_back_sorted);
	tcase_add_test(tcase, what_is_on_disk_is_read_for_ever);
	tcase_add_test(tcase, what_is_written_is_what_is_on_disk);
	tcase_add_test(tcase, an_observation_of_no_known_type_is_malformed);
	tcase_add_test(tcase, what_was_encoded_encodes_to_the_same);
	tcase_add_test(tcase, an_empty_profile_comes_back);
	tcase_add_test(tcase, cut_anywhere_it_is_malformed);
	tcase_add_test(tcase, every_byte_changed_is_read_or_refused);
	tcase_add_test(tcase, a_newer_format_is_refused_not_misread);
	tcase_add_test(tcase, a_full_arena_is_a_clean_failure);
	tcase_add_test(tcase, what_does_not_fit_is_never_a_yes);
	tcase_add_test(tcase, the_newer_observation_of_a_source_stays);
	tcase_add_test(tcase, merging_in_any_order_gives_the_same);
	tcase_add_test(tcase, what_was_merged_is_sorted);
	tcase_add_test(tcase, merging_twice_changes_nothing);
	tcase_add_test(tcase, an_objection_is_not_taken_back_by_a_load);
	tcase_add_test(tcase, a_retracted_value_replaces_and_stays_known);
	tcase_add_test(tcase, a_field_can_be_forgotten);
	tcase_add_test(tcase, merging_with_a_full_arena_fails_cleanly);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
