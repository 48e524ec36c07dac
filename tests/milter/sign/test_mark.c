#include "milter/sign/mark.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

static struct arena *arena;
static struct err err;
static const unsigned char tag[MARK_TAG] = { 0, 1, 2, 250, 255, 7, 8, 9 };
static const struct secret keys[] = {
	{ TEXT("k2"), TEXT("another secret, of some more bytes") },
	{ TEXT("k1"), TEXT("a secret of thirty-two bytes yes") },
};
static const struct secrets both = { keys, 2 }, only_new = { keys, 1 },
			    only_old = { keys + 1, 1 }, none;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	err_clear(&err);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static struct span
make(const struct secrets *secrets)
{
	struct span mark;

	ck_assert_int_eq(
	    mark_make(secrets, SPAN("shop"), tag, arena, &mark, &err), 0);
	return mark;
}

static int
check(const struct secrets *secrets, struct span tenant, struct span mark)
{
	unsigned char got[MARK_TAG] = { 0 };
	int known = mark_check(secrets, tenant, mark, got, &err);

	if (known == 1)
		ck_assert_mem_eq(got, tag, MARK_TAG);
	return known;
}

START_TEST(gives_its_tag_back_and_is_fit_for_a_link)
{
	struct span mark = make(&only_old);

	ck_assert_uint_eq(mark.len, MARK_LENGTH);
	for (size_t i = 0; i < mark.len; i++)
		ck_assert_ptr_nonnull(strchr("abcdefghijklmnopqrstuvwxyz"
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					     "0123456789-_",
		    mark.at[i]));
	ck_assert(mark_is_formed(mark));
	ck_assert_int_eq(check(&only_old, SPAN("shop"), mark), 1);
	ck_assert(span_eq(make(&only_old), mark));
}
END_TEST

START_TEST(is_nobodys_for_another_tenant_or_key)
{
	struct span mark = make(&only_old);

	ck_assert_int_eq(check(&only_old, SPAN("other"), mark), 0);
	ck_assert_int_eq(check(&only_new, SPAN("shop"), mark), 0);
	ck_assert_int_eq(check(&none, SPAN("shop"), mark), 0);
	ck_assert_int_eq(check(&both, SPAN("shop"), mark), 1);
}
END_TEST

START_TEST(does_not_survive_any_changed_letter_or_cut)
{
	struct span mark = make(&only_old);
	char text[MARK_LENGTH + 1];

	for (size_t i = 0; i < MARK_LENGTH; i++) {
		memcpy(text, mark.at, MARK_LENGTH);
		text[i] = text[i] == 'A' ? 'B' : 'A';
		ck_assert_int_eq(
		    check(&only_old, SPAN("shop"), span_of(text, MARK_LENGTH)),
		    0);
		ck_assert(!mark_is_formed(span_of(text, i)));
	}
	memcpy(text, mark.at, MARK_LENGTH);
	text[MARK_LENGTH] = 'A';
	ck_assert(!mark_is_formed(span_of(text, MARK_LENGTH + 1)));
	text[4] = '\0';
	ck_assert(!mark_is_formed(span_of(text, MARK_LENGTH)));
}
END_TEST

START_TEST(is_not_made_without_a_key_or_memory)
{
	struct span mark;

	ck_assert_int_eq(
	    mark_make(&none, SPAN("shop"), tag, arena, &mark, &err), -1);
	ck_assert_int_eq(err.code, ERR_KEY);
	arena_free(&arena);
	arena = arena_new(8);
	err_clear(&err);
	ck_assert_int_eq(
	    mark_make(&both, SPAN("shop"), tag, arena, &mark, &err), -1);
	ck_assert_int_eq(err.code, ERR_MEMORY);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mark");
	TCase *tests = tcase_create("mark");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, gives_its_tag_back_and_is_fit_for_a_link);
	tcase_add_test(tests, is_nobodys_for_another_tenant_or_key);
	tcase_add_test(tests, does_not_survive_any_changed_letter_or_cut);
	tcase_add_test(tests, is_not_made_without_a_key_or_memory);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
