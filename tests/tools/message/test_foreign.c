#include "tools/message/foreign.h"

#include "tests/tools/message/kit_findings.h"

#define AT "text/plain, line 1, column 4: "

static const struct {
	const char *text, *begins;
} rows[] = {
	{ "Hi *|FNAME|*", AT "*|FNAME|* is a placeholder of Mailchimp" },
	{ "Hi %%FIRST%%", AT "%%FIRST%% is a placeholder of Salesforce" },
	{ "Hi %%=v(@a)=%%", "" },
	{ "Hi %FIRSTNAME%", AT "%FIRSTNAME% is a placeholder of Active" },
	{ "Hi {contactfield=firstname}", AT "{contactfield=firstname} is a" },
	{ "Hi [[data:firstname:\"\"]]", AT "[[data:firstname:\"\"]] is a" },
	{ "Hi [firstname,fallback=you]", AT "[firstname,fallback=you] is a" },
	{ "Hi [NAME]", AT "[NAME] is a placeholder of phpList" },
	{ "Hi [FROMEMAIL]", AT "[FROMEMAIL] is a placeholder of phpList" },
	{ "Hi <%= recipient.firstName %>", AT "<%= recipient.firstName %>" },
	{ "Hi ${first}", AT "${first} is a placeholder of Oracle" },
	{ "Hi #{first}", AT "#{first} is a placeholder of Marketo" },
	/* no placeholders */
	{ "Hi {{ profile.name }} {% if a %}[x]{% endif %} {{${name}}}", "" },
	{ "50% off, 30%. [SALE] [if mso] {x} $5 #1 *|*", "" },
	{ "https://a.example/%C3%BC%E2%82%AC?x=%20%20", "" },
	{ "a[name=\"x\"]{b} .c#d{e}", "" },
	{ "%% [[]] ${} #{} *||*", "" },
};

START_TEST(knows_the_placeholders_of_others)
{
	foreign_look(&findings, SPAN("text/plain"), span_str(rows[_i].text));
	found(rows[_i].text, rows[_i].begins);
}
END_TEST

START_TEST(tells_each_system_once)
{
	foreign_look(&findings, SPAN("text/plain"),
	    SPAN("*|A|* *|B|* %%C%% {contactfield=d} {contactfield=e}"));
	ck_assert_uint_eq(findings.count, 3);
	ck_assert_uint_eq(findings.problems, 3);
}
END_TEST

int
main(void)
{
	Suite *all = suite_create("foreign");
	TCase *tests = tcase_create("foreign");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, knows_the_placeholders_of_others, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_test(tests, tells_each_system_once);
	suite_add_tcase(all, tests);
	return suite_run(all);
}
