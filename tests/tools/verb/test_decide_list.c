/*
 * Lists for printers and call centres, and the rules of channels.
 */
#include "tests/tools/kit_cli.h"

#define CHANNELS \
	"channels:\n" \
	"  email: {permission: newsletter}\n" \
	"  paper: {objection: post, needs: address, cost: 0.9}\n" \
	"  call: {permission: calls, needs: [mobile], hours: 9-19, cost: 4}\n"

static void
begin(const char *channels)
{
	char text[1000];

	set_up();
	write_file("s.yaml", "fields:\n"
			     "  name: {class: identifying}\n"
			     "  town: {class: contextual}\n"
			     "  address: {class: identifying}\n"
			     "  mobile: {class: identifying}\n"
			     "sources: {cli: {weight: 90}}\n");
	snprintf(text, sizeof text,
	    "id: spring\nseed: s\n"
	    "arms: [{name: a}, {name: b, control: true}]\n%s",
	    channels);
	write_file("c.yaml", text);
	write_file("m.eml",
	    "From: a@s.example\nMessage-ID: <1@s.example>\n"
	    "X-Inlay-Campaign: spring\nSubject: News\n\n"
	    "{% slot \"hero\" %}{% option \"x\" if profile.town == \"Lille\" %}"
	    "For {{ profile.town }}, \"dear\"{% else %}Hello{% endslot %}\n");
	expect(EX_OK, "schema load @/s.yaml");
	expect(EX_OK, "campaign load @/c.yaml");
}

/* Two who are dealt arm a, two of control, by the seed above. */
static void
people(void)
{
	write_file("p.csv", "email,name,town,address\n"
			    "p0@b.c,Zo\303\253,Lille,1 rue A\n"
			    "p1@b.c,Ann,Lille,2 rue B\n"
			    "p2@b.c,Bob,Paris,\n"
			    "p3@b.c,\316\251mega,Lille,\"4 rue D, Lyon\"\n");
	expect(EX_OK, "profile load @/p.csv");
}

#define LIST \
	"decide --audience true --channel paper --message @/m.eml --columns " \
	"email,name,address,slot.hero,slot.hero.text "

/* The arms that the hash deals are those that `decide --to` tells. */
static bool
is_control(const char *address)
{
	char words[200];

	snprintf(words, sizeof words,
	    "decide --to %s --message @/m.eml --slot hero --channel web",
	    address);
	expect(EX_OK, words);
	return strstr(buf_cstr(&out), "\"arm\": \"b\"") != NULL;
}

START_TEST(a_list_has_a_row_for_each_who_can_be_reached)
{
	static const char *const rows[][2] = {
		{ "p0@b.c,Zo\303\253,\"1 rue A\",x,\"For Lille, "
		  "\"\"dear\"\"\",no\n",
		    "p0@b.c,,\"1 rue A\",,Hello,yes\n" },
		{ "p1@b.c,Ann,\"2 rue B\",x,\"For Lille, \"\"dear\"\"\",no\n",
		    "p1@b.c,,\"2 rue B\",,Hello,yes\n" },
		{ "p3@b.c,\316\251mega,\"4 rue D, Lyon\",x,\"For Lille, "
		  "\"\"dear\"\"\",no\n",
		    "p3@b.c,,\"4 rue D, Lyon\",,Hello,yes\n" },
	};
	static const char *const who[] = { "p0@b.c", "p1@b.c", "p3@b.c" };
	bool control[3], some = false, all = true;

	begin(CHANNELS);
	people();
	for (size_t i = 0; i < 3; i++) {
		control[i] = is_control(who[i]);
		some |= control[i];
		all &= control[i];
	}
	ck_assert(some && !all);
	expect(EX_OK, LIST);
	said(&out, "email,name,address,slot.hero,slot.hero.text,control\n");
	for (size_t i = 0; i < 3; i++)
		said(&out, rows[i][control[i]]);
	ck_assert_ptr_null(strstr(buf_cstr(&out), "p2@b.c"));
	said(&errors, "inlay: 1 left out: what is needed to reach this person "
		      "so is not known: paper\n");
	expect(EX_OK, "exposure list --to p0@b.c --json");
	said(&out, "\"exposures\": []");
	tear_down();
}
END_TEST

START_TEST(a_recorded_list_is_recorded_once_with_its_controls)
{
	begin(CHANNELS);
	people();
	for (int i = 0; i < 2; i++) {
		expect(EX_OK, LIST "--record --id spring-letter");
		said(&out, "p1@b.c,");
		expect(EX_OK, "exposure export --format csv");
		for (const char *const *at =
			 (const char *const[]){ "p0", "p1", "p3", NULL };
		     *at; at++) {
			const char *row = strstr(buf_cstr(&out), *at);

			ck_assert_ptr_nonnull(row);
			ck_assert_ptr_null(strstr(row + 1, *at));
		}
		said(&out, ",a,paper,delivered,hero,x,spring/hero/x,decided,"
			   "yes,");
		said(&out, ",b,paper,delivered,hero,,,control,yes,");
		/* Who could not be reached was dealt an arm all the same. */
		said(&out, ",paper,refused,");
	}
	tear_down();
}
END_TEST

START_TEST(a_list_speaks_the_encoding_of_the_printer)
{
	begin("");
	people();
	expect(EX_OK, "profile set p0@b.c name=Zo\303\253");
	expect(EX_OK,
	    "decide --audience true --channel paper --message @/m.eml "
	    "--columns email,address --encoding windows-1252");
	said(&out, "email,address,control\n");
	expect(EX_USAGE,
	    "decide --audience true --channel paper --message @/m.eml "
	    "--columns email --encoding windows-9999");
	said(&errors, "--encoding: nobody knows `windows-9999`");
	tear_down();
	begin("channels: {paper: {needs: [name]}}\n");
	people();
	expect(EX_OK,
	    "decide --audience true --channel paper --message @/m.eml "
	    "--columns email,name --encoding windows-1252");
	said(&out, "p0@b.c,Zo\353,");
	said(&out, "p3@b.c,?mega,");
	said(&errors,
	    "inlay: 1 characters are not in windows-1252 and became ?\n");
	tear_down();
}
END_TEST

START_TEST(a_list_for_programs_is_json)
{
	begin("channels: {paper: {needs: [name]}}\n");
	people();
	expect(EX_OK, "decide --audience profile.town=='Paris' --channel paper "
		      "--message @/m.eml --columns email,name --format json");
	said_exactly(&out,
	    "{\"email\":\"p2@b.c\",\"name\":\"Bob\",\"control\":\"no\"}\n");
	tear_down();
}
END_TEST

START_TEST(capacity_draws_the_same_lots_each_time)
{
	char first[300];

	begin("channels: {paper: {capacity: 2}}\n");
	people();
	expect(EX_OK,
	    "decide --audience true --channel paper --message @/m.eml "
	    "--columns email");
	snprintf(first, sizeof first, "%s", buf_cstr(&out));
	said(&errors, "inlay: 2 left out: the channel's capacity is used up\n");
	expect(EX_OK,
	    "decide --audience true --channel paper --message @/m.eml "
	    "--columns email");
	said_exactly(&out, first);
	tear_down();
}
END_TEST

/* The one decision asks the channel; the mail, too. */
static const struct {
	const char *consent, *channel, *at;
	int status;
	const char *said;
} rules[] = {
	{ "newsletter=granted", "email", "2026-11-28T03:00", EX_OK, NULL },
	{ "post=granted", "email", "2026-11-28T03:00", EX_NOUSER,
	    "this person has not consented to such mail: newsletter" },
	{ "newsletter=granted", "paper", "2026-11-28T03:00", EX_OK, NULL },
	{ "post=denied", "paper", "2026-11-28T03:00", EX_NOUSER,
	    "this person objected to being reached so: post" },
	{ "calls=granted", "call", "2026-11-28T09:00", EX_OK, NULL },
	{ "calls=granted", "call", "2026-11-28T18:59", EX_OK, NULL },
	{ "calls=granted", "call", "2026-11-28T19:00", EX_DATAERR,
	    "outside of the hours of the channel: call" },
	{ "calls=granted", "call", "2026-11-28T08:59", EX_DATAERR,
	    "outside of the hours of the channel: call" },
	{ "newsletter=granted", "call", "2026-11-28T12:00", EX_NOUSER,
	    "this person has not consented to such mail: calls" },
	{ "newsletter=granted", "web", "2026-11-28T03:00", EX_OK, NULL },
};

START_TEST(each_channel_has_its_rules)
{
	char text[200];

	begin(CHANNELS);
	snprintf(text, sizeof text,
	    "email,name,address,mobile,consent.%.*s\n"
	    "a@b.c,Ann,1 rue A,123,%s\n",
	    (int)strcspn(rules[_i].consent, "="), rules[_i].consent,
	    strchr(rules[_i].consent, '=') + 1);
	write_file("p.csv", text);
	expect(EX_OK, "profile load @/p.csv --observed-at 2026-11-01");
	snprintf(text, sizeof text,
	    "decide --to a@b.c --message @/m.eml --slot hero --channel %s "
	    "--at %s",
	    rules[_i].channel, rules[_i].at);
	expect(rules[_i].status, text);
	if (rules[_i].said)
		said(&errors, rules[_i].said);
	tear_down();
}
END_TEST

static const struct {
	const char *text, *said;
} mistakes[] = {
	{ "channels: {call: {hours: 19-9}}\n", "expected hours of a day" },
	{ "channels: {call: {hours: 9}}\n", "expected hours of a day" },
	{ "channels: {call: {hours: 9-25}}\n", "expected hours of a day" },
	{ "channels: {call: {hours: 9:5-12}}\n", "expected hours of a day" },
	{ "channels: {call: {hour: 9-19}}\n", "did you mean `hours`?" },
	{ "channels: {call: 4}\n", "expected `channel: {permission" },
	{ "channels: {call: {cost: -1}}\n", "-1 is not between" },
};

START_TEST(what_is_no_channel_is_refused)
{
	char text[200];

	set_up();
	snprintf(text, sizeof text, "id: c\n%s", mistakes[_i].text);
	write_file("c.yaml", text);
	expect(EX_DATAERR, "campaign load @/c.yaml");
	said(&errors, mistakes[_i].said);
	tear_down();
}
END_TEST

static const struct {
	const char *words, *said;
} misuses[] = {
	{ "--columns email", "needs --channel and --columns" },
	{ "--channel paper", "needs --channel and --columns" },
	{ "--channel paper --columns nam", "did you mean `name`?" },
	{ "--channel paper --columns slot.here.text", "has no slot here" },
	{ "--channel paper --columns slot.", "say which slot" },
	{ "--channel paper --columns a{b", "`a{b` is no name" },
	{ "--channel paper --columns email --format xml", "csv or json" },
	{ "--channel p{q --columns email", "`p{q` is no name" },
};

START_TEST(what_is_no_list_is_misuse)
{
	char words[300];

	begin("");
	snprintf(words, sizeof words,
	    "decide --audience true --message @/m.eml %s", misuses[_i].words);
	expect(EX_USAGE, words);
	said(&errors, misuses[_i].said);
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("decide list");
	TCase *tests = tcase_create("decide list");

	tcase_add_test(tests, a_list_has_a_row_for_each_who_can_be_reached);
	tcase_add_test(
	    tests, a_recorded_list_is_recorded_once_with_its_controls);
	tcase_add_test(tests, a_list_speaks_the_encoding_of_the_printer);
	tcase_add_test(tests, a_list_for_programs_is_json);
	tcase_add_test(tests, capacity_draws_the_same_lots_each_time);
	tcase_add_loop_test(
	    tests, each_channel_has_its_rules, 0, sizeof rules / sizeof *rules);
	tcase_add_loop_test(tests, what_is_no_channel_is_refused, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_loop_test(tests, what_is_no_list_is_misuse, 0,
	    sizeof misuses / sizeof *misuses);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
