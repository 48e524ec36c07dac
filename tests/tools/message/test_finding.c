#include "tools/message/finding.h"

#include "tests/manual.h"
#include "tests/tools/message/kit_findings.h"

/* The list of the page for a section of the report. */
static struct span
list_of(struct span page, const char *head)
{
	char line[100];

	snprintf(line, sizeof line, "\n%s\n", head);
	ck_assert_msg(manual_says(page, line), "the manual lacks %s", head);
	page = span_from(page, span_search(page, span_str(line)));
	return span_first(page, span_search(page, SPAN("\n.El")));
}

START_TEST(the_manual_tells_of_every_rule_where_it_is_told)
{
	static const char *const heads[] = {
		"What stops the mailing, and makes the status 65:",
		"What costs personal copies:",
		"For information:",
		"For information:",
	};
	unsigned rules = 0, items = 0;
	struct buf manual;
	struct span page;

	manual_read("conf/man/inlay.1", &manual);
	page = manual_section(&manual, ".Ss check");
	for (; finding_rules[rules].rule != NULL; rules++) {
		const struct finding_rule *rule = &finding_rules[rules];
		char item[100] = "Cm ";
		size_t len = 3;

		for (const char *c = rule->rule; *c; c++) {
			if (*c == '-')
				item[len++] = '\\';
			item[len++] = *c;
		}
		item[len] = '\0';
		ck_assert_msg(
		    manual_item(list_of(page, heads[rule->kind]), item).len !=
			0,
		    "the manual lacks %s under %s", item, heads[rule->kind]);
	}
	for (int i = 0; i < FINDING_KINDS; i++)
		items += manual_items(list_of(page, heads[i]), "Cm ");
	ck_assert_uint_eq(items, rules);
	buf_deinit(&manual);
}
END_TEST

START_TEST(the_same_is_said_once)
{
	finding(&findings, "date", "there is no Date");
	finding(&findings, "date", "there is no Date");
	finding(&findings, "from", "there is no Date");
	ck_assert_uint_eq(findings.count, 2);
	ck_assert_uint_eq(findings.problems, 1);
}
END_TEST

/* Characters, not bytes. */
static size_t
columns_of(struct span line)
{
	size_t columns = 0;

	for (size_t i = 0; i < line.len; i++)
		columns += ((unsigned char)line.at[i] & 0xc0) != 0x80;
	return columns;
}

START_TEST(no_line_is_over_160_columns)
{
	static const char *const words[] = { "a word ", "x",
		"\xc3\xa9t\xc3\xa9 " };
	char text[900] = "", *printed;
	size_t size, widest = 0;
	struct span rest;
	FILE *file = open_memstream(&printed, &size);

	for (size_t at = 0; at + 9 < sizeof text; at += strlen(words[_i])) {
		memcpy(text + at, words[_i], strlen(words[_i]));
		finding(&findings, "date", "%s", text);
	}
	findings.copies = 12345678;
	finding_of(&findings, "coverage", 1234567, "%s", text);
	findings_print(&findings, file);
	fclose(file);
	for (rest = span_of(printed, size); rest.len != 0;) {
		size_t end = span_find(rest, '\n');
		size_t columns = columns_of(span_first(rest, end));

		widest = columns > widest ? columns : widest;
		rest = span_from(rest, end + 1);
	}
	ck_assert_uint_le(widest, 160);
	ck_assert_uint_ge(widest, 150); /* and what fits is on one */
	free(printed);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("finding");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, the_manual_tells_of_every_rule_where_it_is_told);
	tcase_add_test(tests, the_same_is_said_once);
	tcase_add_loop_test(tests, no_line_is_over_160_columns, 0, 3);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
