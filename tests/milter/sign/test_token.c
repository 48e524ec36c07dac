#include "milter/sign/token.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

#define DAY ((int64_t)86400)

static struct arena *arena;
static struct err err;
static const struct token_claim claim = { TEXT("shop"), TEXT("spring"),
	TEXT("anna+x@customer.example"), 20000 * 86400 };

static struct secret old_and_new[2];
static struct token_keys keys;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	err_clear(&err);
	old_and_new[0] = (struct secret){ SPAN("k1"),
		SPAN("a secret of thirty-two bytes yes") };
	old_and_new[1] = (struct secret){ SPAN("k2"),
		SPAN("another secret, of some more bytes") };
	keys = (struct token_keys){ { old_and_new, 1 }, 30 * 86400000ull };
}

static void
teardown(void)
{
	arena_free(&arena);
}

static struct span
make(void)
{
	struct span token;

	ck_assert_int_eq(token_make(&keys, &claim, arena, &token, &err), 0);
	return token;
}

static int
check_at(struct span token, int64_t now)
{
	struct token_claim got;

	err_clear(&err);
	return token_check(&keys, token, now, arena, &got, &err);
}

START_TEST(gives_back_what_it_was_made_from)
{
	struct token_claim got;

	ck_assert_int_eq(token_check(&keys, make(), DAY, arena, &got, &err), 1);
	ck_assert(span_eq(got.tenant, claim.tenant));
	ck_assert(span_eq(got.campaign, claim.campaign));
	ck_assert(span_eq(got.address, claim.address));
	ck_assert_int_eq(got.expires, claim.expires);
}
END_TEST

START_TEST(is_the_same_each_time_and_fit_for_a_link)
{
	struct span a = make(), b = make();

	ck_assert(span_eq(a, b));
	for (size_t i = 0; i < a.len; i++)
		ck_assert_msg(
		    strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
			   "yz0123456789-_.",
			a.at[i]) != NULL,
		    "byte %c", a.at[i]);
}
END_TEST

START_TEST(expires)
{
	struct span token = make();

	ck_assert_int_eq(check_at(token, claim.expires - 1), 1);
	ck_assert_int_eq(check_at(token, claim.expires), 0);
	ck_assert_str_eq(err.text, "the token is expired");
	ck_assert_int_eq(err.code, ERR_AUTH);
}
END_TEST

START_TEST(carries_any_day)
{
	for (int64_t day = 1; day < 200000; day += 9871) {
		struct token_claim given = claim, got;
		struct span token;

		given.expires = day * DAY;
		ck_assert_int_eq(
		    token_make(&keys, &given, arena, &token, &err), 0);
		ck_assert_int_eq(
		    token_check(&keys, token, 0, arena, &got, &err), 1);
		ck_assert_int_eq(got.expires, day * DAY);
		ck_assert_int_eq(check_at(token, day * DAY - 1), 1);
		ck_assert_int_ne(check_at(token, day * DAY), 1);
	}
}
END_TEST

START_TEST(is_valid_for_ever_when_so_made)
{
	struct token_claim forever = claim;
	struct span token;

	forever.expires = 0;
	ck_assert_int_eq(token_make(&keys, &forever, arena, &token, &err), 0);
	ck_assert_int_eq(check_at(token, 1000000 * DAY), 1);
}
END_TEST

START_TEST(does_not_survive_any_changed_byte)
{
	struct span token = make(), copy;

	for (size_t i = 0; i < token.len; i++) {
		struct arena_mark mark = arena_mark(arena);
		char *at;

		ck_assert_int_eq(arena_dup(arena, token, &copy), 0);
		at = (char *)(uintptr_t)copy.at;
		at[i] = at[i] == 'A' ? 'B' : 'A';
		ck_assert_int_eq(check_at(copy, DAY), 0);
		ck_assert_int_eq(err.code, ERR_AUTH);
		arena_rewind(arena, mark);
	}
}
END_TEST

START_TEST(does_not_survive_being_cut)
{
	struct span token = make();

	for (size_t cut = 0; cut < token.len; cut++)
		ck_assert_int_eq(check_at(span_first(token, cut), DAY), 0);
}
END_TEST

START_TEST(is_known_by_an_older_key_after_rotation)
{
	struct span token = make();

	old_and_new[1] = old_and_new[0];
	old_and_new[0] =
	    (struct secret){ SPAN("k3"), SPAN("the newest secret of all") };
	keys.secrets.count = 2;
	ck_assert_int_eq(check_at(token, DAY), 1);
	ck_assert(span_starts(make(), SPAN("k3.")));
	keys.secrets.count = 1;
	ck_assert_int_eq(check_at(token, DAY), 0);
	ck_assert_str_eq(err.text, "the token is made with an unknown key");
}
END_TEST

START_TEST(is_not_made_without_a_key)
{
	struct span token;

	keys.secrets.count = 0;
	ck_assert_int_eq(token_make(&keys, &claim, arena, &token, &err), -1);
	ck_assert_int_eq(err.code, ERR_KEY);
}
END_TEST

START_TEST(expires_at_the_end_of_a_day)
{
	int64_t noon = 100 * DAY + DAY / 2;

	ck_assert_int_eq(token_expires(&keys, noon), 131 * DAY);
	ck_assert_int_eq(token_expires(&keys, noon + 5), 131 * DAY);
	keys.ttl_ms = 0;
	ck_assert_int_eq(token_expires(&keys, noon), 0);
}
END_TEST

START_TEST(fails_cleanly_when_memory_is_out)
{
	struct token_claim got;
	struct span token = make(), again;
	size_t limit = 1;

	for (;; limit += 64) {
		struct arena *small = arena_new(limit);
		int made, checked;

		err_clear(&err);
		made = token_make(&keys, &claim, small, &again, &err);
		if (made < 0)
			ck_assert_int_eq(err.code, ERR_MEMORY);
		err_clear(&err);
		checked = token_check(&keys, token, DAY, small, &got, &err);
		if (checked < 0)
			ck_assert_int_eq(err.code, ERR_MEMORY);
		arena_free(&small);
		if (made == 0 && checked == 1)
			break;
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("token");
	TCase *tests = tcase_create("token");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, gives_back_what_it_was_made_from);
	tcase_add_test(tests, is_the_same_each_time_and_fit_for_a_link);
	tcase_add_test(tests, expires);
	tcase_add_test(tests, carries_any_day);
	tcase_add_test(tests, is_valid_for_ever_when_so_made);
	tcase_add_test(tests, does_not_survive_any_changed_byte);
	tcase_add_test(tests, does_not_survive_being_cut);
	tcase_add_test(tests, is_known_by_an_older_key_after_rotation);
	tcase_add_test(tests, is_not_made_without_a_key);
	tcase_add_test(tests, expires_at_the_end_of_a_day);
	tcase_add_test(tests, fails_cleanly_when_memory_is_out);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
