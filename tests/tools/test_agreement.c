/*
 * One truth (I12): mail, preview, check, audience, reach and quality answer
 * the same question alike.
 */
#include "tests/tools/kit_cli.h"

#include <string.h>
#include <time.h>

static const char schema[] =
    "fields:\n"
    "  city: {class: contextual, max_age: 100d}\n"
    "  tier: {class: contextual, min_trust: 0.8}\n"
    "  size: {class: contextual}\n"
    "sources: {crm: {weight: 90}, form: {weight: 60}}\n";

static const char letter[] = "From: Shop <news@shop.example>\n"
			     "Message-ID: <a@shop.example>\n"
			     "X-Inlay-Campaign: spring\n"
			     "Subject: News\n"
			     "\n"
			     "{% if profile.city == 'Paris' %}here{% endif %}"
			     "{% if profile.tier == 'gold' %}gold{% endif %}"
			     "{% if profile.size == 'L' %}large{% endif %}\n";

static void
load(const char *campaign)
{
	write_file("schema.yaml", schema);
	write_file("campaign.yaml", campaign);
	write_file("mail.eml", letter);
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/campaign.yaml");
}

/* Anna, of whom one field is known by itself from that source. */
static void
observe(const char *field, const char *value, const char *source, int days)
{
	char csv[100], words[200], when[11];
	time_t at = time(NULL) - (time_t)days * 86400;

	strftime(when, sizeof(when), "%Y-%m-%d", gmtime(&at));
	snprintf(
	    csv, sizeof(csv), "email,%s\nanna@a.example,%s\n", field, value);
	write_file("people.csv", csv);
	snprintf(words, sizeof(words),
	    "profile load @/people.csv --source %s --observed-at %s", source,
	    when);
	expect(EX_OK, words);
}

/* Whether preview, quality and an audience rely on the field. */
static void
expect_everywhere(
    const char *field, const char *value, bool relied_on, const char *why)
{
	char words[200], told[100];

	expect(EX_OK, "preview @/mail.eml --to anna@a.example --why");
	said(&out, why);
	snprintf(
	    words, sizeof(words), "profile quality --json --field %s", field);
	expect(EX_OK, words);
	said(&out, relied_on ? "\"usable_rate\": 1.0" : "\"usable_rate\": 0.0");
	snprintf(words, sizeof(words),
	    "check @/mail.eml --json --audience profile.%s=='%s'", field,
	    value);
	run_with("", words);
	snprintf(told, sizeof(told), "\"people\": %d", relied_on);
	said(&out, told);
}

START_TEST(a_stale_field_is_absent_everywhere)
{
	load("id: spring\narms: {a: {weight: 1}}\n");
	observe("city", "Paris", "crm", 99);
	expect_everywhere("city", "Paris", true, "trust 90 %");
	expect(EX_OK, "profile rm anna@a.example");
	observe("city", "Paris", "crm", 101);
	expect_everywhere("city", "Paris", false, "too old");
}
END_TEST

START_TEST(a_field_below_its_threshold_is_absent_everywhere)
{
	load("id: spring\narms: {a: {weight: 1}}\n");
	observe("tier", "gold", "form", 1);
	expect_everywhere("tier", "gold", false, "not reliable enough");
	observe("tier", "gold", "crm", 1);
	expect_everywhere("tier", "gold", true, "trust 96 %");
}
END_TEST

START_TEST(the_threshold_of_a_campaign_counts_in_its_audiences)
{
	load("id: spring\narms: {a: {weight: 1}}\nmin_trust: 0.8\n");
	write_file("b.html", "---\nif: profile.size == 'L'\n---\nx\n");
	expect(EX_OK, "block load @/b.html");
	observe("size", "L", "form", 1);
	expect(EX_OK, "preview @/mail.eml --to anna@a.example --why");
	said(&out, "trust 60 %, 80 % is needed");
	run_with("", "check @/mail.eml --json --audience profile.size=='L'");
	said(&out, "\"people\": 0");
	expect(EX_OK, "exposure reach --campaign spring --block b");
	ck_assert_str_eq(buf_cstr(&out), "");
	/* Without the campaign nobody asks for so much. */
	expect(EX_OK, "exposure reach --block b --audience profile.size=='L'");
	ck_assert_str_eq(buf_cstr(&out), "anna@a.example\n");
	expect(EX_OK, "exposure reach --campaign spring --block b --audience "
		      "profile.size=='L'");
	ck_assert_str_eq(buf_cstr(&out), "");
}
END_TEST

START_TEST(a_field_of_segments_alone_shows_in_no_copy)
{
	load("id: spring\narms: {a: {weight: 1}}\n"
	     "segments: {large: profile.size == 'L'}\n");
	write_file("plain.eml", "From: shop@shop.example\n"
				"Message-ID: <p@shop.example>\n"
				"X-Inlay-Campaign: spring\n"
				"Subject: News\n"
				"\n"
				"Hello {{ recipient.address }}\n");
	observe("size", "L", "crm", 1);
	expect(EX_OK, "preview @/plain.eml --to anna@a.example --why");
	said(&out, "may be shown, but nothing chosen shows it");
	run_with("", "check @/plain.eml --json");
	said(&out, "\"personal\": 0");
	said(&out, "\"large\": 1");
}
END_TEST

START_TEST(a_table_counts_in_audiences_and_conditions)
{
	load("id: spring\narms: {a: {weight: 1}}\n"
	     "segments: {open: 'ref.stores[profile.city].open == \"yes\"'}\n");
	write_file("stores.csv", "city,open\nParis,yes\nLyon,no\n");
	write_file("b.html",
	    "---\nif: ref.stores[profile.city].open == 'yes'\n---\nx\n");
	expect(EX_OK, "table load @/stores.csv --key city");
	expect(EX_OK, "block load @/b.html");
	observe("city", "Paris", "crm", 1);
	expect(EX_OK, "profile set bob@b.example city=Lyon --source crm");
	run_with("", "check @/mail.eml --json --audience "
		     "ref.stores[profile.city].open=='yes'");
	said(&out, "\"people\": 1");
	said(&out, "\"open\": 1");
	expect(EX_OK, "exposure reach --block b");
	ck_assert_str_eq(buf_cstr(&out), "anna@a.example\n");
	run_with("", "campaign lint spring");
	said(&out, "1 of 2 people are in no segment");
}
END_TEST

/* A campaign's file is linted as it stands there, whatever is stored. */
START_TEST(lint_of_a_file_renders_by_the_file)
{
	load(
	    "id: spring\narms: {a: {weight: 1}, c: {weight: 1, control: yes}}\n"
	    "waive: [unsubscribe-link, one-click]\n");
	observe("city", "Paris", "crm", 1);
	write_file("over.yaml",
	    "id: spring\narms: {a: {weight: 1}, c: {weight: 1, control: yes}}\n"
	    "headers: {X-Size: '{{ profile.size }}'}\nmissing: refuse\n"
	    "waive: [unsubscribe-link, one-click]\n");
	run_with("", "campaign lint @/over.yaml --message @/mail.eml");
	said(&out, "1 copies fail");
	run_with("", "campaign lint spring --message @/mail.eml");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "copies fail"));
}
END_TEST

/* ---- reach and preview, over many people ---- */

#define PEOPLE 5000
#define SEEN_EVERY 25 /* people of whom one was shown the blocks */

static const char many_schema[] =
    "fields:\n"
    "  city: {class: contextual, max_age: 400d}\n"
    "  region: {class: contextual, derived: 'profile.city | slice: 0, 2'}\n"
    "  tier: {class: contextual, values: [bronze, silver, gold]}\n"
    "  name: {class: identifying, placeholders: [test]}\n"
    "  bought: {class: behavioural}\n"
    "  health: {class: special}\n"
    "  cluster: {class: contextual}\n"
    "sources:\n"
    "  shop: {weight: 95, decay: half_life, period: 730d}\n"
    "  form: {weight: 60, decay: linear, period: 900d,"
    " fields: {name: 45}}\n"
    "unknown_source: {weight: 20}\n"
    "min_trust: 0.3\n";

static const char many_campaign[] =
    "id: spring\n"
    "topic: garden\n"
    "purpose: personal\n"
    "permission: news\n"
    "holdout: {share: 0.05}\n"
    "lanes: {exploration: 0.3, exploitation: 0.6}\n"
    "min_trust: 0.5\n"
    "arms:\n"
    "  - {name: warm, weight: 6}\n"
    "  - {name: segment, weight: 2, intensity: segment}\n"
    "  - {name: control, weight: 2, control: true}\n"
    "intrusion: {points: 5, max_identifying: 1}\n"
    "caps: {person: {cap: 3, window: 30d}, blocks: {plain: {cap: 2}}}\n";

static const struct {
	const char *id, *text;
} blocks[] = {
	{ "plain", "---\npool: p\n---\nhello\n" },
	{ "open", "---\nif: ref.stores[profile.city].open\n"
		  "unless: profile.tier == 'bronze'\n---\nopen\n" },
	{ "named", "---\npool: p\n---\n{{ profile.name }}\n" },
	{ "sold",
	    "---\nif: profile.bought contains 'rose'\n---\n"
	    "{{ profile.bought }} {{ profile.name | default: 'you' }}\n" },
	{ "region", "---\nif: profile.region == 'Li'\n---\nhere\n" },
	{ "health", "---\nif: profile.health\n---\nill\n" },
	{ "topic", "---\ntopic: cars\n---\ncars\n" },
	{ "early", "---\nvalid_from: 2099-01-01\n---\nlater\n" },
};

#define BLOCKS (int)(sizeof(blocks) / sizeof(*blocks))

static uint64_t chance_state;

static unsigned
chance(unsigned below)
{
	chance_state =
	    chance_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(chance_state >> 33) % below;
}

#define ONE_OF(list) list[chance(sizeof(list) / sizeof(*list))]

static void
write_person(FILE *file, int number)
{
	static const char *const cities[] = { "Lille", "Lille", "Lyon",
		"Nantes", "Limoges", "" };
	static const char *const tiers[] = { "gold", "silver", "bronze", "Gold",
		"" };
	static const char *const names[] = { "Anna", "Zo\xc3\xab", "test", "" };
	static const char *const bought[] = { "rose", "rose and spade", "spade",
		"" };
	static const char *const sources[] = { "shop", "form", "form", "x" };
	static const char *const consents[] = { "granted", "granted", "granted",
		"granted", "denied", "revoked", "" };
	char when[11];
	time_t at = time(NULL) - 86400 * (time_t)(1 + chance(700));

	strftime(when, sizeof(when), "%Y-%m-%d", gmtime(&at));
	fprintf(file, "p%d@a.example,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n",
	    number, ONE_OF(cities), ONE_OF(tiers), ONE_OF(names),
	    ONE_OF(bought), chance(9) ? "" : "yes", ONE_OF(sources), when,
	    ONE_OF(consents), ONE_OF(consents), chance(20) ? "no" : "yes",
	    chance(50) ? "no" : "yes");
}

static void
load_people(int from, int to)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/people.csv", directory);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("email,city,tier,name,bought,health,source,observed_at,"
	      "consent.personal,consent.news,object_profiling,"
	      "object_marketing\n",
	    file);
	for (int i = from; i < to; i++)
		write_person(file, i);
	fclose(file);
	/* Dirt is told of; what is good is loaded. */
	run_with("", "profile load @/people.csv");
}

static void
load_many(int people)
{
	chance_state = 26;
	write_file("schema.yaml", many_schema);
	write_file("campaign.yaml", many_campaign);
	write_file(
	    "stores.csv", "city,open\nLille,true\nLyon,false\nNantes,true\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/campaign.yaml");
	expect(EX_OK, "table load @/stores.csv --name stores --key city");
	for (int i = 0; i < BLOCKS; i++) {
		char name[64], words[128], mail[512];

		snprintf(name, sizeof(name), "%s.html", blocks[i].id);
		write_file(name, blocks[i].text);
		snprintf(words, sizeof(words), "block load @/%s", name);
		expect(EX_OK, words);
		snprintf(name, sizeof(name), "%s.eml", blocks[i].id);
		snprintf(mail, sizeof(mail),
		    "From: <news@shop.example>\nMessage-ID: <m@shop.example>\n"
		    "X-Inlay-Campaign: spring\n"
		    "Content-Type: text/html; charset=utf-8\n\n"
		    "{%% slot 's' %%}{%% option 'o', block: '%s' %%}"
		    "{%% else %%}{%% endslot %%}\n",
		    blocks[i].id);
		write_file(name, mail);
	}
	load_people(0, people);
	/* Some people are described twice, and differently. */
	load_people(0, people / 3);
	for (int i = 0; i < people; i += SEEN_EVERY) {
		char words[200];

		snprintf(words, sizeof(words),
		    "exposure record --to p%d@a.example --channel paper "
		    "--block %s --slot s --campaign %s --topic garden",
		    i, blocks[chance(3)].id, chance(2) ? "spring" : "");
		run_with("", words);
		run_with("", words);
	}
}

/* Who is in reach, one bit for each person. */
static size_t
read_reach(const char *block, bool *reached, int people)
{
	char words[128], *rest;
	size_t count = 0;

	snprintf(words, sizeof(words),
	    "exposure reach --campaign spring --block %s", block);
	expect(EX_OK, words);
	memset(reached, 0, (size_t)people * sizeof(*reached));
	rest = out.at;
	for (char *line; (line = strtok_r(rest, "\n", &rest)); count++) {
		int number = -1;

		ck_assert_int_eq(sscanf(line, "p%d@a.example", &number), 1);
		ck_assert(number >= 0 && number < people);
		reached[number] = true;
	}
	return count;
}

/* Whether the command's preview shows the block. */
static bool
preview_shows(const char *block, int number)
{
	char words[200];

	snprintf(words, sizeof(words),
	    "preview @/%s.eml --to p%d@a.example --why", block, number);
	return run_with("", words) == EX_OK &&
	       strstr(buf_cstr(&out), "shows o") != NULL;
}

START_TEST(a_person_is_in_reach_exactly_when_preview_may_show_the_block)
{
	static bool reached[PEOPLE];
	/* One of the blocks for everybody, the others for some. */
	int step = _i == 1 ? 1 : 25;

	load_many(PEOPLE);
	if (_i < 5)
		ck_assert_uint_gt(
		    read_reach(blocks[_i].id, reached, PEOPLE), 0);
	else
		ck_assert_uint_eq(
		    read_reach(blocks[_i].id, reached, PEOPLE), 0);
	for (int i = 0; i < PEOPLE; i += step)
		ck_assert_msg(preview_shows(blocks[_i].id, i) == reached[i],
		    "block %s, person %d: reach says %d\n%s%s", blocks[_i].id,
		    i, reached[i], buf_cstr(&out), buf_cstr(&errors));
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("agreement");
	TCase *tests = tcase_create("faces");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_stale_field_is_absent_everywhere);
	tcase_add_test(tests, a_field_below_its_threshold_is_absent_everywhere);
	tcase_add_test(
	    tests, the_threshold_of_a_campaign_counts_in_its_audiences);
	tcase_add_test(tests, a_field_of_segments_alone_shows_in_no_copy);
	tcase_add_test(tests, a_table_counts_in_audiences_and_conditions);
	tcase_add_test(tests, lint_of_a_file_renders_by_the_file);
	suite_add_tcase(all, tests);
	tests = tcase_create("reach");
	tcase_set_timeout(tests, 300);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests,
	    a_person_is_in_reach_exactly_when_preview_may_show_the_block, 0,
	    BLOCKS);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
