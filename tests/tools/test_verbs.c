#include "tools/verbs.h"

#include <check.h>
#include <stdlib.h>
#include <sysexits.h>

#include "tools/help.h"
#include "tests/manual.h"
#include "tests/suite.h"

#define MANUAL "conf/man/inlay.1"

static struct buf manual;

static void
set_up(void)
{
	manual_read(MANUAL, &manual);
}

static void
tear_down(void)
{
	buf_deinit(&manual);
}

/* What the manual says about one verb: up to the next. Lists of flags stand
 * within. */
static struct span
chapter(const struct verb *verb)
{
	struct span text = buf_span(&manual);
	char head[100];
	size_t at;

	snprintf(head, sizeof(head), "\n.It Nm inlay Cm %s%s%s", verb->noun,
	    *verb->name ? " " : "", verb->name);
	for (;;) {
		at = span_search(text, span_str(head));
		ck_assert_msg(at < text.len, "the manual lacks `%s`", head + 1);
		text = span_from(text, at + strlen(head));
		if (text.at[0] == '\n' || text.at[0] == ' ')
			break;
	}
	text = span_first(text, span_search(text, SPAN("\n.It Nm")));
	return span_first(text, span_search(text, SPAN("\n.Sh")));
}

START_TEST(the_manual_tells_of_every_verb_and_flag)
{
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		struct span text = chapter(verb);
		unsigned flags = 0;
		char head[120];

		snprintf(head, sizeof(head), " Ar %s",
		    verb->arguments ? verb->arguments : "");
		ck_assert_msg(
		    !verb->arguments || span_starts(text, span_str(head)),
		    "%s %s lacks%s", verb->noun, verb->name, head);

		ck_assert_msg(manual_says(text, verb->help), "%s %s: %s",
		    verb->noun, verb->name, verb->help);
		for (const struct flag *flag = verb->flags; flag && flag->name;
		     flag++) {
			char item[100];

			snprintf(item, sizeof(item), "\n.It Fl -%s%s%s\n",
			    flag->name, flag->value ? " Ar " : "",
			    flag->value ? flag->value : "");
			ck_assert_msg(manual_says(text, item), "%s %s: %s",
			    verb->noun, verb->name, item + 1);
			flags++;
		}
		ck_assert_msg(manual_items(text, "Fl") == flags,
		    "%s %s: the manual has a flag that is none", verb->noun,
		    verb->name);
	}
}
END_TEST

START_TEST(the_manual_tells_of_no_verb_that_is_not_there)
{
	unsigned there = 0;

	while (verbs[there].noun)
		there++;
	ck_assert_uint_eq(manual_items(buf_span(&manual), "Nm inlay"), there);
}
END_TEST

/* The example must begin with the verb it explains. */
START_TEST(every_verb_has_help_and_an_example)
{
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		char start[64];

		ck_assert(
		    verb->name && verb->run && verb->help && verb->example);
		ck_assert_int_eq(verb->most == 0, verb->arguments == NULL);
		snprintf(start, sizeof(start), "inlay %s%s%s", verb->noun,
		    *verb->name ? " " : "", verb->name);
		ck_assert_msg(strncmp(verb->example, start, strlen(start)) == 0,
		    "%s", verb->example);
		ck_assert(manual_says(span_str(verb->help), "."));
		ck_assert(verb->most < 0 || verb->most >= verb->least);
	}
}
END_TEST

START_TEST(every_example_is_understood)
{
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		const struct verb *found;
		char text[400], *words[40], *rest = text;
		int count = 0;

		snprintf(text, sizeof(text), "%s", verb->example);
		for (char *word; (word = strtok_r(rest, " ", &rest));)
			words[count++] = word;
		ck_assert_int_ne(verb_find(count - 1, words + 1, &found), 0);
		ck_assert_ptr_eq(found, verb);
	}
}
END_TEST

static bool
has_status(int status)
{
	for (const struct exit_status *at = help_statuses; at->text; at++)
		if (at->status == status)
			return true;
	return false;
}

START_TEST(the_manual_tells_of_every_exit_status_and_no_other)
{
	struct span list = manual_section(&manual, ".Sh EXIT STATUS");
	unsigned count = 0;

	for (const struct exit_status *at = help_statuses; at->text;
	     at++, count++) {
		char item[200];

		snprintf(
		    item, sizeof(item), "\n.It %d\n%s\n", at->status, at->text);
		ck_assert_msg(manual_says(list, item), "%s", item + 1);
	}
	ck_assert_uint_eq(manual_items(list, ""), count);
}
END_TEST

START_TEST(every_failure_has_an_exit_status)
{
	for (int code = 0; code < ERR_CODES; code++) {
		ck_assert_int_ne(err_status(code), EX_OK);
		ck_assert_msg(has_status(err_status(code)), "%s: %d",
		    err_word(code), err_status(code));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("verbs");
	TCase *tests = tcase_create("verbs");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_manual_tells_of_every_verb_and_flag);
	tcase_add_test(tests, the_manual_tells_of_no_verb_that_is_not_there);
	tcase_add_test(tests, every_verb_has_help_and_an_example);
	tcase_add_test(tests, every_example_is_understood);
	tcase_add_test(
	    tests, the_manual_tells_of_every_exit_status_and_no_other);
	tcase_add_test(tests, every_failure_has_an_exit_status);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
