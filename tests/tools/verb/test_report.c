#include "tests/tools/kit_cli.h"

#define ROWS(table) ((int)(sizeof(table) / sizeof(*(table))))

static void
begin(void)
{
	set_up();
	write_file("lamps.yaml",
	    "id: lamps\narms: [{name: control, control: true}, {name: warm}]\n"
	    "measure: {goal: {event: purchase, within: 14d}}\n");
	write_file("plain.yaml", "id: plain\n");
	expect(EX_OK, "campaign load @/lamps.yaml @/plain.yaml");
}

/* What cannot be reported on, or not like this. */
static const struct {
	int status;
	const char *words, *text;
} refused[] = {
	{ EX_NOINPUT, "report lams",
	    "inlay: no such campaign: lams; did you mean `lamps`?\n" },
	{ EX_USAGE, "report lamps --topic light",
	    "inlay: a report is of one CAMPAIGN, of --topic or of "
	    "--holdout\n" },
	{ EX_USAGE, "report --topic light --holdout year",
	    "inlay: a report is of one CAMPAIGN, of --topic or of "
	    "--holdout\n" },
	{ EX_USAGE, "report --html @/all.html",
	    "inlay: --html needs a CAMPAIGN\n" },
	{ EX_USAGE, "report lamps --html @/l.html --language de",
	    "inlay: --language: `de` is neither en nor fr\n" },
	{ EX_USAGE, "report lamps --since yesterday",
	    "inlay: --since: `yesterday` is no date such as "
	    "2026-03-01T08:00+01:00\n" },
	{ EX_DATAERR, "report lamps --html @/no/l.html",
	    "inlay: no/l.html: cannot be written: No such file or "
	    "directory\n" },
};

START_TEST(what_cannot_be_reported_is_told)
{
	begin();
	expect(refused[_i].status, refused[_i].words);
	said_exactly(&errors, refused[_i].text);
	tear_down();
}
END_TEST

START_TEST(nobody_yet_is_no_verdict)
{
	begin();
	expect(EX_OK, "report lamps");
	said(&out, "too few to say: 0 of 25 in control");
	expect(EX_OK, "report plain");
	said(&out, "the campaign has no `measure:`");
	expect(EX_OK, "report");
	said(&out, "lamps ");
	said(&out, "plain ");
	tear_down();
}
END_TEST

START_TEST(every_face_of_an_empty_report_is_whole)
{
	begin();
	expect(EX_OK, "report lamps --json --html @/lamps.html");
	said(&out, "\"verdict\": {");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "\"net\""));
	ck_assert_ptr_null(strstr(buf_cstr(&out), "nan"));
	expect(EX_OK, "report plain --html @/plain.html");
	expect(EX_OK, "report --topic lamps --json --html @/topic.html");
	said(&out, "\"kind\": \"topic\"");
	expect(EX_OK, "report --topic nothing");
	said(&out, "not measured");
	tear_down();
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("report");
	TCase *tests = tcase_create("report");

	tcase_add_loop_test(
	    tests, what_cannot_be_reported_is_told, 0, ROWS(refused));
	tcase_add_test(tests, nobody_yet_is_no_verdict);
	tcase_add_test(tests, every_face_of_an_empty_report_is_whole);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
