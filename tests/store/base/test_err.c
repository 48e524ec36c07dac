#include "store/base/err.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(the_first_failure_stays)
{
	struct err err = ERR_INIT;

	ck_assert_int_eq(err_set(&err, ERR_STORE, "deep %d", 1), -1);
	ck_assert_int_eq(err_set(&err, ERR_INPUT, "later"), -1);
	ck_assert_int_eq(err.code, ERR_STORE);
	ck_assert_str_eq(err.text, "deep 1");
	err_clear(&err);
	ck_assert_int_eq(err.code, ERR_NONE);
	err_set(&err, ERR_INPUT, "new");
	ck_assert_str_eq(err.text, "new");
	err_set(NULL, ERR_INPUT, "nobody asks");
}
END_TEST

START_TEST(a_failure_is_one_line_with_its_place)
{
	static const struct {
		const char *where;
		unsigned line, column;
		const char *text;
	} cases[] = {
		{ "a.yaml", 3, 7, "a.yaml:3:7: bad thing" },
		{ "a.yaml", 3, 0, "a.yaml:3: bad thing" },
		{ "a.yaml", 0, 0, "a.yaml: bad thing" },
		{ "text/plain", 3, 7,
		    "text/plain, line 3, column 7: bad thing" },
		{ "header To", 3, 0, "header To, line 3: bad thing" },
		{ "text/html", 0, 0, "text/html: bad thing" },
		{ NULL, 3, 7, "3:7: bad thing" },
		{ NULL, 0, 0, "bad thing" },
	};
	char out[600];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct err err = ERR_INIT;

		err_at(&err, ERR_INPUT, cases[i].where, cases[i].line,
		    cases[i].column, "bad\nthing");
		ck_assert_str_eq(
		    err_line(&err, out, sizeof out), cases[i].text);
	}
}
END_TEST

START_TEST(a_place_is_named_once)
{
	struct err err = ERR_INIT;

	err_in(&err, "too early");
	ck_assert_str_eq(err.where, "");
	err_set(&err, ERR_INPUT, "x");
	err_in(&err, "inner");
	err_in(&err, "outer");
	ck_assert_str_eq(err.where, "inner");
}
END_TEST

START_TEST(every_code_has_a_word_of_its_own)
{
	for (unsigned i = 0; i < ERR_CODES; i++) {
		ck_assert_ptr_nonnull(err_word((enum err_code)i));
		for (unsigned j = 0; j < i; j++)
			ck_assert_str_ne(err_word((enum err_code)i),
			    err_word((enum err_code)j));
	}
}
END_TEST

START_TEST(no_failure_is_without_word_text_and_status)
{
	char out[600];

	for (int code = 0; code < ERR_CODES; code++) {
		struct err err = ERR_INIT;

		ck_assert_msg(err_word(code) != NULL, "no row %d", code);
		ck_assert_int_ne(err_status(code), 0);
		for (int other = 0; other < code; other++)
			ck_assert_str_ne(err_word(other), err_word(code));
		err_set(&err, code, "%s", "");
		ck_assert_uint_gt(strlen(err_line(&err, out, sizeof out)), 5);
		ck_assert(code == ERR_NONE || err.text[0] != '\0');
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = tcase_create("err");

	tcase_add_test(tcase, the_first_failure_stays);
	tcase_add_test(tcase, no_failure_is_without_word_text_and_status);
	tcase_add_test(tcase, a_failure_is_one_line_with_its_place);
	tcase_add_test(tcase, a_place_is_named_once);
	tcase_add_test(tcase, every_code_has_a_word_of_its_own);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
