#include "tools/verbs.h"

#include <check.h>
#include <stdlib.h>

#include "store/base/buf.h"
#include "tools/help.h"
#include "tests/suite.h"

#define MANUAL "conf/man/inlay.1"

static struct buf manual;

static void
set_up(void)
{
	FILE *file = fopen(MANUAL, "r");
	int c;

	ck_assert_ptr_nonnull(file);
	buf_init_heap(&manual, 1 << 20);
	while ((c = getc(file)) != EOF)
		buf_byte(&manual, (char)c);
	fclose(file);
	ck_assert(!manual.failed);
}

static void
tear_down(void)
{
	buf_deinit(&manual);
}

static bool
says(struct span text, const char *words)
{
	return span_search(text, span_str(words)) < text.len;
}

/* What the manual says about one verb: up to the next. */
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
	return span_first(text, span_search(text, SPAN("\n.It Nm")));
}

START_TEST(the_manual_tells_of_every_verb_and_flag)
{
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		struct span text = chapter(verb);

		ck_assert_msg(says(text, verb->help), "%s %s: %s", verb->noun,
		    verb->name, verb->help);
		for (const struct flag *flag = verb->flags; flag && flag->name;
		     flag++) {
			char item[100];

			snprintf(item, sizeof(item), "\n.It Fl -%s%s%s\n",
			    flag->name, flag->value ? " Ar " : "",
			    flag->value ? flag->value : "");
			ck_assert_msg(says(text, item), "%s %s: %s", verb->noun,
			    verb->name, item + 1);
		}
	}
}
END_TEST

START_TEST(the_manual_tells_of_no_verb_that_is_not_there)
{
	struct span text = buf_span(&manual);
	size_t told = 0, there = 0;

	for (;;) {
		text =
		    span_from(text, span_search(text, SPAN("\n.It Nm inlay")));
		if (text.len == 0)
			break;
		told++;
		text = span_from(text, 1);
	}
	while (verbs[there].noun)
		there++;
	ck_assert_uint_eq(told, there);
}
END_TEST

/* The example must begin with the verb it explains. */
START_TEST(every_verb_has_help_and_an_example)
{
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		char start[64];

		snprintf(start, sizeof(start), "inlay %s%s%s", verb->noun,
		    *verb->name ? " " : "", verb->name);
		ck_assert_msg(strncmp(verb->example, start, strlen(start)) == 0,
		    "%s", verb->example);
		ck_assert(says(span_str(verb->help), "."));
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
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
