/*
 * One truth (I12): who is in the audience of a campaign is who gets its mail,
 * and whoever is not is left out for the reason that the mail has.
 */
#include "tests/tools/kit_cli.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "milter/decide/refusal.h"

#define AT " --at 2030-01-01T12:00:00Z"
#define CAMPAIGN " --campaign spring"
#define PEOPLE_MAX 200

static const char schema[] = "fields:\n"
			     "  town: {class: contextual}\n"
			     "  tier: {class: contextual}\n"
			     "sources: {crm: {weight: 90}}\n"
			     "bounces: {hard: 1, soft: 3/30d}\n";

static const char mail[] = "From: Shop <news@shop.example>\n"
			   "Date: Tue, 1 Jan 2030 10:00:00 +0000\n"
			   "Message-ID: <a@shop.example>\n"
			   "X-Inlay-Campaign: spring\n"
			   "Subject: News\n"
			   "\n"
			   "{% slot 'hero' %}{% option 'x' if profile.town %}"
			   "{{ profile.town }}{% else %}Hi{% endslot %}\n";

/* By whose rules; each has people whom it mails and others, but the last. */
static const char *const campaigns[] = {
	"",
	"permission: news\n",
	"permission: news\nunknown_recipient: refuse\n",
	"channels: {email: {objection: post, needs: town}}\n",
	"permission: news\n"
	"channels: {email: {permission: post, hours: 9-19}}\n",
	"channels: {email: {hours: 13-14}}\n",
	"window: {until: 2029-12-31}\n",
};

static void
load(const char *rules)
{
	char text[400];

	snprintf(text, sizeof text, "id: spring\n%s", rules);
	write_file("s.yaml", schema);
	write_file("c.yaml", text);
	write_file("m.eml", mail);
	expect(EX_OK, "schema load @/s.yaml");
	expect(EX_OK, "campaign load @/c.yaml");
}

/* Everything that a person can have said or be, with everything else. */
static int
load_people(void)
{
	static const char *const said_so[] = { "granted", "denied", "" };
	static const char *const hits[] = { "", "2029-12-30 5.1.1",
		"2029-12-30 4.2.2" };
	int number = 0;
	struct buf csv;

	buf_init_heap(&csv, 1 << 16);
	buf_str(&csv, "email,town,consent.news,consent.post,bounces,"
		      "object_marketing,suppressed\n");
	for (int i = 0; i < 3 * 3 * 3 * 2 * 2; i++, number++)
		buf_printf(&csv, "p%d@b.c,%s,%s,%s,%s,%s,%s\n", number,
		    number % 5 ? "Lille" : "", said_so[i % 3],
		    said_so[i / 3 % 3], hits[i / 9 % 3],
		    i / 27 % 2 ? "yes" : "", i / 54 ? "yes" : "");
	write_file("p.csv", buf_cstr(&csv));
	buf_deinit(&csv);
	expect(EX_OK, "profile load @/p.csv --source crm");
	for (int i = 1; i < number; i += 7) {
		char words[100];

		snprintf(words, sizeof words, "privacy restrict p%d@b.c", i);
		expect(EX_OK, words);
	}
	return number;
}

static void
read_list(bool *listed)
{
	char *rest, *line;

	memset(listed, 0, PEOPLE_MAX * sizeof *listed);
	expect(EX_OK, "audience list" CAMPAIGN AT);
	rest = out.at;
	line = strtok_r(rest, "\n", &rest);
	ck_assert_str_eq(line, "email");
	while ((line = strtok_r(rest, "\n", &rest))) {
		int number = -1;

		ck_assert_int_eq(sscanf(line, "p%d@b.c", &number), 1);
		ck_assert(number >= 0 && number < PEOPLE_MAX);
		ck_assert(!listed[number]);
		listed[number] = true;
	}
}

/* Why there is no mail, in the word of the mail itself. */
static enum refusal
why_not(int number)
{
	char words[200];

	snprintf(words, sizeof words,
	    "preview @/m.eml --unsigned --why --json --to p%d@b.c" AT, number);
	run_with("", words);
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		snprintf(words, sizeof words, "\"reason\": \"%s\"",
		    refusal_word((enum refusal)i));
		if (strstr(buf_cstr(&out), words))
			return (enum refusal)i;
	}
	return REFUSAL_NONE;
}

/* Whether one gets the mail: made, recorded, as inlayd does. */
static bool
is_mailed(int number)
{
	char words[200];

	snprintf(words, sizeof words,
	    "decide --to p%d@b.c --channel email --slot hero --message "
	    "@/m.eml --record" CAMPAIGN AT,
	    number);
	return run_with("", words) == EX_OK;
}

START_TEST(the_audience_is_who_gets_the_mail)
{
	bool listed[PEOPLE_MAX];
	int people, reasons[REFUSALS] = { 0 };
	char words[100];

	load(campaigns[_i]);
	people = load_people();
	read_list(listed);
	for (int i = 0; i < people; i++) {
		enum refusal why = why_not(i);

		reasons[why]++;
		ck_assert_msg(listed[i] == (why == REFUSAL_NONE),
		    "p%d: listed %d, the mail says `%s`", i, listed[i],
		    refusal_word(why));
		ck_assert_msg(is_mailed(i) == listed[i], "p%d: listed %d, %s",
		    i, listed[i], buf_cstr(&errors));
	}
	expect(EX_OK, "audience count --json" CAMPAIGN AT);
	snprintf(words, sizeof words, "\"mailed\": %d", reasons[0]);
	said(&out, words);
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		snprintf(words, sizeof words, "\"%s\": %d",
		    refusal_word((enum refusal)i), reasons[i]);
		said(&out, words);
	}
	ck_assert_int_eq(reasons[0] == 0,
	    strstr(campaigns[_i], "13-14") || strstr(campaigns[_i], "until"));
}
END_TEST

/* ---- what it says ---- */

static void
load_four(void)
{
	load("permission: news\n");
	write_file("p.csv",
	    "email,tier,consent.news,suppressed,object_marketing\n"
	    "a@b.c,gold,granted,,\n"
	    "b@b.c,,granted,yes,\n"
	    "c@b.c,gold,denied,,\n"
	    "d@b.c,,,,yes\n");
	expect(EX_OK, "profile load @/p.csv");
}

START_TEST(it_counts_and_says_why_the_others_are_not_mailed)
{
	load_four();
	expect(EX_OK, "audience count" CAMPAIGN);
	said_exactly(&out,
	    "1 of 4 people will be mailed\n"
	    "1 not: the address is suppressed\n"
	    "1 not: this person has not consented to such mail: news\n"
	    "1 not: this person objected to marketing\n");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(a_condition_narrows_it)
{
	load_four();
	expect(EX_OK, "audience list" CAMPAIGN " profile.tier=='gold'");
	said_exactly(&out, "email\na@b.c\n");
	said_exactly(&errors,
	    "inlay: 1 of 2 people will be mailed\n"
	    "inlay: 1 not: this person has not consented to such mail: news\n");
	expect(EX_OK, "audience list --json" CAMPAIGN " profile.tier=='gold'");
	said_exactly(&out, "{\"email\":\"a@b.c\"}\n");
	expect(EX_OK,
	    "audience list --format json" CAMPAIGN " profile.tier=='gold'");
	said_exactly(&out, "{\"email\":\"a@b.c\"}\n");
}
END_TEST

START_TEST(a_name_that_nothing_answers_is_told)
{
	load_four();
	expect(EX_OK, "audience count" CAMPAIGN " profile.teir=='gold'");
	said_exactly(&errors, "inlay: CONDITION:1:1: the schema has no field "
			      "teir; did you mean `tier`?\n");
	said_exactly(&out, "0 of 0 people will be mailed\n");
}
END_TEST

START_TEST(a_campaign_of_another_tenant_mails_its_people)
{
	load("tenant: there\n");
	write_file("here.csv", "email\nanna@b.c\n");
	write_file("there.csv", "email\nbob@b.c\n");
	expect(EX_OK, "profile load @/here.csv");
	expect(EX_OK, "profile load @/there.csv --tenant there");
	expect(EX_OK, "audience list" CAMPAIGN);
	said_exactly(&out, "email\nbob@b.c\n");
}
END_TEST

/* Whatever the store's file holds of that text becomes another. */
static void
damage(const char *text)
{
	char path[128], *at;
	struct stat stat;
	size_t size, hit;
	int file;

	snprintf(path, sizeof path, "%s/store/current/data.mdb", directory);
	file = open(path, O_RDWR);
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(fstat(file, &stat), 0);
	size = (size_t)stat.st_size;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	ck_assert_ptr_ne(at, MAP_FAILED);
	hit = span_search(span_of(at, size), span_str(text));
	ck_assert_uint_lt(hit, size);
	for (; hit < size; hit = span_search(span_of(at, size), span_str(text)))
		at[hit] ^= 1;
	munmap(at, size);
	close(file);
}

START_TEST(a_record_that_cannot_be_read_is_told)
{
	load_four();
	damage("a@b.c");
	expect(EX_OK, "audience count --json" CAMPAIGN);
	said(&out, "\"people\": 3");
	said(&out, "\"mailed\": 0");
	said(&out, "\"damaged\": 1");
	said(&errors, "inlay: 1 records are damaged; see `inlay db verify`\n");
}
END_TEST

static const struct {
	int status;
	const char *words, *text;
} mistakes[] = {
	{ EX_USAGE, "audience count",
	    "inlay: audience count needs --campaign ID\n" },
	{ EX_USAGE, "audience list",
	    "inlay: audience list needs --campaign ID\n" },
	{ EX_NOINPUT, "audience list --campaign sprung",
	    "inlay: no such campaign: sprung; did you mean `spring`?\n" },
	{ EX_USAGE, "audience list --format xml" CAMPAIGN,
	    "inlay: --format is csv or json\n" },
	{ EX_DATAERR, "audience count" CAMPAIGN " profile.tier==",
	    "inlay: CONDITION:1:1: expected a value at the end\n" },
};

START_TEST(a_mistake_is_told)
{
	load_four();
	expect(mistakes[_i].status, mistakes[_i].words);
	said_exactly(&errors, mistakes[_i].text);
	ck_assert_str_eq(buf_cstr(&out), "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("audience");
	TCase *tests = tcase_create("of a campaign");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, the_audience_is_who_gets_the_mail, 0,
	    sizeof campaigns / sizeof *campaigns);
	tcase_add_test(tests, it_counts_and_says_why_the_others_are_not_mailed);
	tcase_add_test(tests, a_condition_narrows_it);
	tcase_add_test(tests, a_name_that_nothing_answers_is_told);
	tcase_add_test(tests, a_campaign_of_another_tenant_mails_its_people);
	tcase_add_test(tests, a_record_that_cannot_be_read_is_told);
	tcase_add_loop_test(
	    tests, a_mistake_is_told, 0, sizeof mistakes / sizeof *mistakes);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
