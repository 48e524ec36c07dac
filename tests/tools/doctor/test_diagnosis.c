#include "tools/doctor/diagnosis.h"

#include <sysexits.h>

#include "tests/manual.h"
#include "tests/suite.h"

static struct diagnosis diagnosis;
static char *text;
static size_t length;

static void
set_up(void)
{
	memset(&diagnosis, 0, sizeof(diagnosis));
	diagnosis.arena = arena_new(1 << 22);
	text = NULL;
}

static void
tear_down(void)
{
	arena_free(&diagnosis.arena);
	free(text);
}

static void
print(bool all)
{
	FILE *out = open_memstream(&text, &length);

	diagnosis_print(&diagnosis, all, out);
	fclose(out);
}

START_TEST(each_check_stands_in_the_manual)
{
	struct buf manual;
	struct span section;
	size_t count = 0;

	manual_read("conf/man/inlay.1", &manual);
	section = manual_section(&manual, ".Ss doctor");
	for (const struct doctor_check *at = doctor_checks; at->name; at++) {
		char item[80];

		snprintf(item, sizeof(item), ".It Cm %s\n", at->name);
		ck_assert_msg(manual_says(section, item), "%s", at->name);
		count++;
	}
	for (size_t at; section.len != 0; section = span_from(section, at + 7))
		if ((at = span_search(section, SPAN("\n.It Cm"))) < section.len)
			count--;
	ck_assert_uint_eq(count, 0);
	buf_deinit(&manual);
}
END_TEST

START_TEST(the_worst_stands_first_and_what_is_well_where_asked)
{
	diagnose(&diagnosis, "clock", HEALTH_OK, "it is kept");
	diagnose(&diagnosis, "spf", HEALTH_WARN, "none");
	diagnose_advise(&diagnosis,
	    diagnose(&diagnosis, "store", HEALTH_FAIL, "open %s", "to all"),
	    "chmod o-rwx %s", "/store");
	print(false);
	ck_assert_str_eq(text,
	    "FAIL  store: open to all; mend it: chmod o-rwx /store\n"
	    "warn  spf: none\n");
	free(text);
	print(true);
	ck_assert_ptr_nonnull(strstr(text, "\nok    clock: it is kept\n"));
}
END_TEST

START_TEST(the_status_is_that_of_the_worst)
{
	ck_assert_int_eq(diagnosis_status(&diagnosis), EX_OK);
	diagnose(&diagnosis, "spf", HEALTH_WARN, "none");
	ck_assert_int_eq(diagnosis_status(&diagnosis), EX_OK);
	diagnose(&diagnosis, "store", HEALTH_FAIL, "open to all");
	ck_assert_int_eq(diagnosis_status(&diagnosis), EX_DATAERR);
	diagnose(&diagnosis, "socket", HEALTH_DOWN, "nobody");
	ck_assert_int_eq(diagnosis_status(&diagnosis), EX_UNAVAILABLE);
}
END_TEST

/* More lines than there is room for push out the last one, nothing else. */
START_TEST(the_list_is_bounded)
{
	for (int i = 0; i < DIAGNOSIS_MAX + 7; i++)
		diagnose(&diagnosis, "source", HEALTH_WARN, "source %d", i);
	ck_assert_uint_eq(diagnosis.count, DIAGNOSIS_MAX);
	print(false);
	ck_assert_ptr_nonnull(strstr(text, "source 0\n"));
	ck_assert_ptr_nonnull(strstr(text, "source 406\n"));
}
END_TEST

/* What stands in a file that somebody else wrote moves no cursor. */
START_TEST(a_text_is_one_harmless_line)
{
	diagnose(&diagnosis, "store", HEALTH_FAIL, "a\nb\033[2J");
	print(false);
	ck_assert_str_eq(text, "FAIL  store: a\\x0ab\\x1b[2J\n");
}
END_TEST

int
main(void)
{
	Suite *all = suite_create("diagnosis");
	TCase *tests = tcase_create("diagnosis");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, each_check_stands_in_the_manual);
	tcase_add_test(
	    tests, the_worst_stands_first_and_what_is_well_where_asked);
	tcase_add_test(tests, the_status_is_that_of_the_worst);
	tcase_add_test(tests, the_list_is_bounded);
	tcase_add_test(tests, a_text_is_one_harmless_line);
	suite_add_tcase(all, tests);
	return suite_run(all);
}
