#include "tools/command.h"

#include "tests/tools/kit_cli.h"

static const char schema[] =
    "fields:\n"
    "  first_name: {class: identifying, placeholders: [test]}\n"
    "  points: {type: number, class: behavioural}\n"
    "sources: {crm: {weight: 90}, form: {weight: 70}}\n";

static const char people[] = "email,first_name,points,consent.email\n"
			     "Anna@Example.ORG,Anna,12,yes\n"
			     "nobody,X,1,yes\n"
			     "bob@example.org,Bob,many,no\n"
			     "carl@example.org,Carl,1,perhaps\n";

static const char message[] =
    "From: Shop <news@shop.example>\n"
    "Message-ID: <a@shop.example>\n"
    "X-Inlay-Campaign: spring\n"
    "Subject: For {{ profile.first_name | default: 'you' }}\n"
    "Content-Type: text/html; charset=utf-8\n"
    "\n"
    "{% slot 'hero', pool: 'heroes' %}{% else %}<p>neutral</p>"
    "{% endslot %}\n";

/* Schema, two blocks, a campaign, people, a message. */
static void
load_all(void)
{
	write_file("schema.yaml", schema);
	write_file("campaign.yaml",
	    "id: spring\narms: {a: {weight: 1}}\nunknown_recipient: neutral\n"
	    "waive: [unsubscribe-link, one-click]\n");
	write_file("hero_a.html",
	    "---\npool: heroes\npriority: 2\n---\n<h1>first</h1>\n");
	write_file("hero_b.html",
	    "---\npool: heroes\npriority: 1\n---\n<h1>second</h1>\n");
	write_file("people.csv", people);
	write_file("m.eml", message);
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/campaign.yaml");
	expect(EX_OK, "block load @/hero_a.html @/hero_b.html");
	expect(EX_OK, "profile load @/people.csv --source crm --max-bad 2");
}

START_TEST(loads_what_is_good_and_names_what_is_bad)
{
	load_all();
	said(&out, "4 rows read, 2 bad, 2 profiles changed");
	said(&errors, "people.csv:3:1: email: not a mail address: `nobody`");
	said(&errors, "people.csv:5:25: consent.email: a consent is granted");
	expect(EX_DATAERR, "profile load @/people.csv --source crm");
	said(&out, "0 profiles changed");
	expect(EX_DATAERR, "profile load @/people.csv --strict");
	expect(EX_OK, "profile get anna@example.org");
	said(&out, "Anna");
	expect(EX_NOUSER, "profile get carl@example.org");
}
END_TEST

START_TEST(a_dry_run_stores_nothing)
{
	write_file("schema.yaml", schema);
	write_file("people.csv", people);
	expect(EX_OK, "schema load @/schema.yaml --dry-run");
	expect(EX_NOINPUT, "schema show");
	expect(EX_DATAERR, "profile load @/people.csv --dry-run");
	said(&out, "2 profiles changed (dry run)");
	expect(EX_NOUSER, "profile get anna@example.org");
	expect(EX_DATAERR, "profile load @/people.csv");
	expect(EX_DATAERR, "profile load @/people.csv --dry-run");
	said(&out, "0 profiles changed (dry run)");
}
END_TEST

START_TEST(reads_json_lines_from_standard_input)
{
	ck_assert_int_eq(
	    run_with("{\"email\": \"a@b.c\", \"x\": 1.5}\n", "profile load -"),
	    EX_OK);
	expect(EX_OK, "profile get a@b.c --json");
	said(&out, "\"value\": 1.5");
}
END_TEST

START_TEST(sets_and_forgets_one_person)
{
	expect(EX_OK, "profile set a@b.c name=Zo object_profiling=yes");
	expect(EX_OK, "profile get a@b.c --json");
	said(&out, "\"object_profiling\": true");
	expect(EX_OK, "profile set a@b.c object_profiling=no");
	expect(EX_OK, "profile get a@b.c --json");
	said(&out, "\"object_profiling\": false");
	expect(EX_OK, "profile rm a@b.c name");
	expect(EX_OK, "profile rm a@b.c");
	expect(EX_NOUSER, "profile rm a@b.c");
	expect(EX_USAGE, "profile set a@b.c name");
}
END_TEST

START_TEST(previews_without_recording)
{
	load_all();
	expect(EX_OK, "preview @/m.eml --to anna@example.org");
	said(&out, "Subject: For Anna\n");
	said(&out, "<h1>first</h1>");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --seen hero_a");
	said(&out, "<h1>second</h1>");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --why");
	said(&out, "hero_a");
	expect(EX_OK, "exposure list --to anna@example.org --json");
	said(&out, "\"exposures\": []");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --headers");
	said(&out, "Subject: For Anna\n");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --text");
	said(&out, "first\n");
	ck_assert_ptr_null(strstr(out.at, "<h1>"));
	said(
	    &errors, "there is no text/plain part; this is what the HTML says");
	expect(EX_OK, "preview @/m.eml --html @/m.html");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --diff");
	said(&out, "+Subject: For Anna\n");
	said(&out, "+<h1>first</h1>");
}
END_TEST

START_TEST(check_finds_what_no_recipient_is_needed_for)
{
	static const char *const lines[] = {
		"else: text/html, line 2, column 4: slot x has no neutral else",
		"raw: text/html, line 1, column 29: raw: what a profile holds",
		"field: header Subject, line 1, column 1: the schema has no "
		"field nix",
		"default: header Subject, line 1, column 19: first_name has no "
		"default",
		"feedback-id: Feedback-ID is not four fields",
		"one-click: List-Unsubscribe has no https address",
		"one-click: neither campaign nor message has "
		"List-Unsubscribe-Post",
		"hidden: text/html, line 1, column 4: CSS hides content",
		"campaign-header: X-Campaign-Id makes no campaign mail any "
		"more; X-Inlay-Campaign does",
		"unsubscribe-link: no part shows a link to unsubscribe "
		"(waived)",
	};

	load_all();
	write_file("bad.yaml",
	    "id: bad\narms: {a: {weight: 1}}\nmissing: refuse\n"
	    "unsubscribe: {url: 'http://x.example/', post: false}\n"
	    "headers: {Feedback-ID: 'a:b:c'}\nwaive: [unsubscribe-link]\n");
	write_file("bad.eml",
	    "From: a@b.example\nX-Campaign-Id: bad\n"
	    "Subject: {{ profile.nix }} {{ profile.first_name }}\n"
	    "Content-Type: text/html\n\n"
	    "Hi <p STYLE='display: none'>{{ profile.first_name | raw }}</p>\n"
	    "{% slot 'x' %}{% option 'a' %}x{% endslot %}\n");
	expect(EX_OK, "campaign load @/bad.yaml");
	expect(EX_DATAERR, "check @/bad.eml --campaign bad");
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		said(&out, lines[i]);
}
END_TEST

/* The keys are not read: their names tell whose they are. */
START_TEST(check_tells_of_a_domain_that_nobody_signs_for)
{
	char conf[300];

	load_all();
	snprintf(conf, sizeof(conf),
	    "store = %s/store\nkey = other.example s /nowhere\n", directory);
	write_file("inlay.conf", conf);
	expect(EX_DATAERR, "check @/m.eml");
	said(&out, "key: no signing key for domain shop.example");
	snprintf(conf, sizeof(conf),
	    "store = %s/store\nkey = Shop.example s /nowhere\n", directory);
	write_file("inlay.conf", conf);
	expect(EX_OK, "check @/m.eml");
}
END_TEST

START_TEST(check_tells_what_nobody_has)
{
	load_all();
	expect(EX_OK, "profile set anna@example.org points=9 --source cmr");
	write_file("shy.yaml", "id: spring\npurpose: emial\n"
			       "waive: [unsubscribe-link, one-click]\n");
	expect(EX_OK, "campaign load @/shy.yaml");
	expect(EX_DATAERR, "check @/m.eml");
	said(&out, "purpose: nobody ever consented to the purpose emial; did "
		   "you mean `email`?");
	said(&out, "source: 1 values are of source cmr, which the schema does "
		   "not list; did you mean `crm`?");
}
END_TEST

/* Every mistake with its text: with a default nobody sees that it is one. */
START_TEST(check_tells_names_that_nothing_answers)
{
	static const struct {
		const char *tag, *text;
	} rows[] = {
		{ "{{ first_name | default: 'x' }}",
		    "name: text/plain, line 1, column 1: there is no "
		    "first_name; did you mean `profile.first_name`?" },
		{ "{{ customer.first_name | default: 'x' }}",
		    "there is no customer.first_name; did you mean "
		    "`profile.first_name`?" },
		{ "{{ recipient.adress | default: 'x' }}",
		    "there is no recipient.adress; did you mean "
		    "`recipient.address`?" },
		{ "{{ campaign.topc | default: 'x' }}",
		    "there is no campaign.topc; did you mean "
		    "`campaign.topic`?" },
		{ "{{ ref.nope['a'].b | default: 'x' }}",
		    "there is no ref.nope" },
		{ "{{ profile.firstname | default: 'x' }}",
		    "field: text/plain, line 1, column 1: the schema has no "
		    "field firstname; did you mean `first_name`?" },
		{ "{% slot 's' %}{% option 'a' %}x{% endslot %}",
		    "else: text/plain, line 1, column 4: slot s has no "
		    "neutral else" },
	};
	char mail[600];

	load_all();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		snprintf(mail, sizeof(mail),
		    "From: a@shop.example\nMessage-ID: <n@shop.example>\n"
		    "X-Inlay-Campaign: spring\n\n%s\n",
		    rows[i].tag);
		write_file("names.eml", mail);
		expect(EX_DATAERR, "check @/names.eml");
		said(&out, rows[i].text);
	}
}
END_TEST

START_TEST(check_begins_with_a_verdict)
{
	load_all();
	expect(EX_OK, "check @/m.eml");
	ck_assert_int_eq(
	    strncmp(out.at, "2 of 2 copies will be personal", 30), 0);
	said(&out, "for information\n  control: no arm is a control");
	expect(EX_OK, "check @/m.eml --campaign other");
	said(&out, "the message says spring, which wins over --campaign other");
	expect(EX_DATAERR, "check @/m.eml --coverage 10%");
	said(&errors, "--coverage is a share from 0 to 1, not `10%`");
	write_file("bare.eml",
	    "From: a@shop.example\nX-Inlay-Campaign: spring\n"
	    "\nThe same for all\n");
	expect(EX_DATAERR, "check @/bare.eml");
	said(&out, "0 of 2 copies will be personal");
	said(&out, "2 (100.0 %)  personal: no copy is personal");
	said(&out, "message-id: there is no Message-ID");
	said(&out, "date: there is no Date");
	expect(EX_DATAERR, "check @/bare.eml --json");
	said(&out, "\"personal\": 0");
	said(&out, "\"stops\": [");
}
END_TEST

/* A name that no message could use is refused before there is a message. */
START_TEST(refuses_unknown_zones_and_locales_at_load)
{
	static const char head[] = "id: far\narms: {a: {weight: 1}}\n";
	char text[200];

	snprintf(text, sizeof text, "%szone: Mars/Base\n", head);
	write_file("far.yaml", text);
	expect(EX_DATAERR, "campaign load @/far.yaml");
	said(&errors, "no time zone `Mars/Base`");
	snprintf(text, sizeof text, "%slocale: xx\n", head);
	write_file("far.yaml", text);
	expect(EX_DATAERR, "campaign load @/far.yaml");
	said(&errors, "locale `xx`");
	snprintf(
	    text, sizeof text, "%szone: Europe/Zurich\nlocale: de_CH\n", head);
	write_file("far.yaml", text);
	expect(EX_OK, "campaign load @/far.yaml");
}
END_TEST

/* Mail that is no campaign's leaves as it came; so does its preview. */
START_TEST(shows_foreign_mail_as_it_is)
{
	static const char *const mails[] = {
		"Subject: {{ x }}\r\n\r\nbody\r\n",
		"Subject: {{ x }}\n\nbody without end",
		"",
	};

	expect(EX_OK, "profile set a@b.c name=Zo");
	for (size_t i = 0; i < sizeof(mails) / sizeof(*mails); i++) {
		ck_assert_int_eq(run_with(mails[i], "preview -"), EX_OK);
		ck_assert_str_eq(buf_cstr(&out), mails[i]);
	}
	ck_assert_int_eq(
	    run_with("X-Inlay-Campaign: no\n\nx\n", "preview -"), EX_NOINPUT);
}
END_TEST

START_TEST(checks_the_whole_audience)
{
	load_all();
	expect(EX_OK, "check @/m.eml --json --threads 2");
	said(&out, "\"people\": 2");
	said(&out, "\"rendered\": 2");
	said(&out, "\"a\": 2");
	expect(EX_OK, "check @/m.eml --json --audience profile.points>5");
	said(&out, "\"people\": 1");
	expect(EX_DATAERR, "campaign lint spring");
	said(&out, "control: no arm");
}
END_TEST

START_TEST(check_tells_which_blocks_run_out_for_whom)
{
	load_all();
	expect(EX_OK, "check @/m.eml");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "exhausted"));
	expect(EX_OK, "exposure record --to bob@example.org --channel paper "
		      "--block hero_a --slot hero --campaign spring");
	expect(EX_OK, "check @/m.eml");
	said(&out, "1 (50.0 %)  seen enough: hero_a: bob@example.org\n");
	expect(EX_OK, "exposure record --to bob@example.org --channel paper "
		      "--block hero_b --slot hero --campaign spring");
	expect(EX_OK, "check @/m.eml");
	said(&out, "1 (50.0 %)  exhausted: hero: bob@example.org\n");
	expect(EX_OK, "check @/m.eml --json");
	said(&out, "\"exhausted\": [\n    {\n      \"name\": \"hero\"");
}
END_TEST

START_TEST(check_names_the_first_ten_problems)
{
	load_all();
	for (int i = 0; i < 40; i++) {
		char words[200];

		snprintf(words, sizeof(words),
		    "profile set p%d@example.org points=7", i);
		expect(EX_OK, words);
	}
	write_file("bad.eml",
	    "From: a@shop.example\nMessage-ID: <b@shop.example>\n"
	    "X-Inlay-Campaign: spring\n\n"
	    "{% if profile.points %}{{ 1 | divided_by: 0 }}{% endif %}"
	    "{{ profile.first_name }}\n");
	expect(EX_DATAERR, "check @/bad.eml --threads 2 --json");
	said(&out, "\"broken\": 41");
	said(&out, "\"problems\": [");
	write_file("nobody.eml",
	    "From: a@shop.example\nX-Inlay-Campaign: winter\n\nHi\n");
	expect(EX_NOINPUT, "check @/nobody.eml");
	said(&errors, "no such campaign: winter");
}
END_TEST

START_TEST(tells_how_good_the_data_is)
{
	load_all();
	write_file("form.csv", "email,first_name\nanna@example.org,Bea\n"
			       "bob@example.org,test\n");
	expect(EX_OK, "profile load @/form.csv --source form");
	expect(EX_OK, "profile quality --field first_name");
	said(&out, "sources disagree on 50.0 %");
	said(&out, "placeholders 50.0 %");
	said(&out, "usable alone 50.0 % of people, another is believed for "
		   "50.0 %");
	expect(EX_OK, "profile quality --json");
	said(&out, "\"top_share\"");
	said(&out, "\"median_age_days\"");
}
END_TEST

START_TEST(lint_names_whom_no_segment_and_no_option_serves)
{
	load_all();
	write_file("linted.yaml",
	    "id: spring\nmissing: blank\n"
	    "segments: {many: profile.points > 5, none: profile.points > 99}\n"
	    "arms: [{name: a, weight: 99}, {name: b, control: true}]\n");
	write_file("linted.eml",
	    "From: a@shop.example\nMessage-ID: <l@shop.example>\n"
	    "X-Inlay-Campaign: spring\n\n"
	    "{% slot 'hero' %}{% option 'one' if profile.points > 5 %}ONE"
	    "{% endslot %}\n");
	expect(EX_OK, "campaign load @/linted.yaml");
	expect(EX_DATAERR, "campaign lint spring --message @/linted.eml");
	said(&out, "segments: nobody is in segment none");
	said(&out, "segments: 1 of 2 people are in no segment");
	said(&out, "slot hero has no neutral else");
	said(&out, "coverage: slot hero has no option for 50.0 %");
	said(&out, "bob@example.org");
}
END_TEST

START_TEST(sensitivity_cells_decide_who_is_personalised)
{
	load_all();
	write_file("cells.yaml",
	    "- {cluster: keen, topic: spring, pi_p: 0.06, pi_g: 0.03, "
	    "psi_p: 0.001, psi_g: 0.001, H_cell: 0.8, sd_cell: 0.2}\n"
	    "- {cluster: shy, topic: spring, pi_p: 0.02, pi_g: 0.03, "
	    "psi_p: 0.01, psi_g: 0.001, H_cell: -0.8, sd_cell: 0.2}\n");
	write_file("taste.yaml", "cluster: taste\nfields: {taste: {}, "
				 "first_name: {}, points: {}}\n");
	write_file("worth.yaml", "id: spring\ncosts: {value: 10, loss: 50}\n");
	expect(EX_OK, "schema load @/taste.yaml");
	expect(EX_OK, "campaign load @/worth.yaml");
	expect(EX_OK, "sensitivity load @/cells.yaml");
	expect(EX_OK, "profile set anna@example.org taste=keen");
	expect(EX_OK, "profile set bob@example.org taste=shy");
	expect(EX_OK, "preview @/m.eml --to anna@example.org");
	said(&out, "Subject: For Anna");
	expect(EX_OK, "preview @/m.eml --to bob@example.org");
	said(&out, "Subject: For you");
	expect(EX_OK, "preview @/m.eml --to bob@example.org --why");
	said(&out, "cluster shy, topic spring");
}
END_TEST

START_TEST(decides_by_the_options_of_the_mail)
{
	load_all();
	write_file("inline.eml",
	    "From: a@shop.example\nMessage-ID: <i@shop.example>\n"
	    "X-Inlay-Campaign: spring\n\n{% slot 'other' %}{% else %}{% "
	    "endslot %}"
	    "{%- slot 'hero' -%}{% option 'one' %}ONE{% option 'two' %}TWO"
	    "{% else %}NEUTRAL{%- endslot -%}\n");
	expect(EX_OK, "decide --to anna@example.org --channel web --slot hero "
		      "--message @/inline.eml --record");
	said(&out, "\"block\": \"one\"");
	expect(EX_OK, "preview @/inline.eml --to anna@example.org");
	said(&out, "TWO");
	expect(EX_OK, "decide --to anna@example.org --channel paper "
		      "--slot hero --message @/inline.eml --record");
	said(&out, "\"text\": \"TWO\"");
	expect(EX_OK, "preview @/inline.eml --to anna@example.org");
	said(&out, "NEUTRAL");
	expect(EX_USAGE, "decide --to anna@example.org --channel paper "
			 "--slot nothing --message @/inline.eml");
	said(&errors, "has no slot nothing");
	expect(EX_USAGE, "decide --to anna@example.org --channel web --slot x");
	said(&errors, "no block is in pool x");
	expect(EX_USAGE, "decide anna@example.org");
	said(&errors, "decide: unexpected argument `anna@example.org`");
	expect(EX_USAGE, "decide --zzzzzz 1");
	said(&errors, "see `inlay decide --help`");
	write_file("other.yaml", "id: other\n");
	expect(EX_OK, "campaign load @/other.yaml");
	expect(EX_USAGE,
	    "decide --to anna@example.org --channel web --slot heroes");
	said(&errors, "say --campaign");
}
END_TEST

/* What goes with the last purchase, minus bought, minus seen. */
START_TEST(sells_what_goes_with_the_last_purchase)
{
	static const char *const products[] = { "boots", "harness", "helmet",
		"poles" };

	write_file("schema.yaml",
	    "fields:\n"
	    "  last: {class: behavioural}\n"
	    "  bought: {type: list, class: behavioural}\n"
	    "  born: {type: date}\n"
	    "  postcode: {}\n"
	    "  decade: {class: contextual, derived: "
	    "'profile.born | age | divided_by: 10 | times: 10'}\n"
	    "  region: {class: contextual, derived: "
	    "'profile.postcode | slice: 0, 2'}\n");
	write_file("campaign.yaml", "id: spring\n");
	write_file(
	    "goes.csv", "sku,with\nrope,harness;helmet;boots\nboots,poles\n");
	write_file("people.csv",
	    "email,last,bought,born,postcode\n"
	    "anna@example.org,rope,\"[\"\"harness\"\"]\",1990-05-05,80331\n");
	write_file("m.eml",
	    "From: a@shop.example\nMessage-ID: <x@shop.example>\n"
	    "X-Inlay-Campaign: spring\n\n"
	    "{% slot 'offer', pool: 'cross' %}{% else %}none{% endslot %} "
	    "{{ profile.decade }} {{ profile.region }}\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/campaign.yaml");
	expect(EX_OK, "table load @/goes.csv --key sku");
	for (size_t i = 0; i < sizeof(products) / sizeof(*products); i++) {
		char name[64], block[400], words[100];

		snprintf(name, sizeof(name), "%s.html", products[i]);
		snprintf(block, sizeof(block),
		    "---\npool: cross\n"
		    "if: ref.goes[profile.last].with contains '%s'\n"
		    "unless: profile.bought contains '%s'\n---\n"
		    "buy %s\n--- text\nbuy %s\n",
		    products[i], products[i], products[i], products[i]);
		write_file(name, block);
		snprintf(words, sizeof(words), "block load @/%s", name);
		expect(EX_OK, words);
	}
	expect(EX_OK,
	    "profile load @/people.csv --source shop --observed-at 2026-01-01");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --at 2026-06-01");
	said(&out, "buy boots");
	said(&out, "30 80");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --seen boots");
	said(&out, "buy helmet");
	expect(EX_OK,
	    "preview @/m.eml --to anna@example.org --seen boots --seen helmet");
	said(&out, "none");
	expect(EX_OK, "preview @/m.eml --to anna@example.org --why");
	said(&out, "unless profile.bought contains 'harness'");
}
END_TEST

START_TEST(explains_why_somebody_gets_no_mail)
{
	load_all();
	expect(EX_OK, "privacy object anna@example.org --marketing");
	expect(EX_NOUSER, "preview @/m.eml --to anna@example.org");
	said(&errors, "this person objected to marketing");
	expect(EX_NOUSER, "preview @/m.eml --to anna@example.org --why");
	said(&out, "copy    spring");
	said(&out, " - not mailed: this person objected to marketing");
	ck_assert_str_eq(buf_cstr(&errors), "");
	expect(EX_NOUSER, "--json preview @/m.eml --to anna@example.org");
	said(&out, "\"verdict\": \"refused\"");
	said(&out, "\"reason\": \"objection\"");
	expect(EX_NOUSER,
	    "decide --to anna@example.org --campaign spring --channel web "
	    "--slot hero --pool heroes");
	said(&errors, "this person objected to marketing");
	write_file("over.yaml",
	    "id: spring\nwindow: {until: 2001-01-01}\n"
	    "arms: {a: {weight: 1, intensity: individual}}\n");
	expect(EX_OK, "campaign load @/over.yaml");
	expect(EX_DATAERR, "preview @/m.eml --to bob@example.org --why");
	said(&out, "not mailed: the campaign is not running: spring");
	expect(EX_OK, "campaign load @/campaign.yaml");
	expect(EX_OK, "privacy erase bob@example.org");
	expect(EX_NOUSER, "preview @/m.eml --to bob@example.org --why");
	said(&out, "not mailed: this person was erased");
}
END_TEST

START_TEST(decides_for_other_channels)
{
	load_all();
	expect(EX_OK, "decide --to anna@example.org --campaign spring "
		      "--channel web --slot hero --pool heroes --record "
		      "--id one");
	said(&out, "\"block\": \"hero_a\"");
	expect(EX_OK, "decide --to anna@example.org --campaign spring "
		      "--channel web --slot hero --pool heroes --record "
		      "--id one");
	said(&out, "\"block\": \"hero_a\"");
	expect(EX_OK, "decide --to anna@example.org --campaign spring "
		      "--channel web --slot hero --pool heroes --id two");
	said(&out, "\"block\": \"hero_b\"");
	expect(EX_OK, "exposure who --block hero_a");
	said(&out, "anna@example.org");
	expect(EX_OK, "exposure reach --block hero_a");
	ck_assert_str_eq(buf_cstr(&out), "bob@example.org\n");
	expect(EX_OK, "exposure void --to anna@example.org --block hero_a");
	expect(EX_OK, "exposure who --block hero_a");
	ck_assert_str_eq(buf_cstr(&out), "");
}
END_TEST

START_TEST(learns_deliveries_from_the_log)
{
	char log[2048];
	const char *form =
	    "2999-01-01T00:00:00Z mx postfix/cleanup[1]: AAAAAA1: "
	    "message-id=<one@email>\n"
	    "2999-01-01T00:00:01Z mx postfix/smtp[1]: AAAAAA1: "
	    "to=<anna@example.org>, relay=x, dsn=5.0.0, status=bounced (no)\n"
	    "2999-01-01T00:00:02Z mx postfix/qmgr[1]: AAAAAA1: remo";

	load_all();
	expect(EX_OK, "decide --to anna@example.org --campaign spring "
		      "--channel email --slot hero --pool heroes --record "
		      "--id one");
	snprintf(log, sizeof(log), "%s", form);
	write_file("mail.log", log);
	expect(EX_OK, "delivery sync --log @/mail.log");
	said(&out, "1 states changed");
	expect(EX_OK, "exposure list --to anna@example.org");
	said(&out, "bounced");
	expect(EX_OK, "delivery sync --log @/mail.log");
	said(&out, "0 states changed");
}
END_TEST

static const char bounce[] =
    "From MAILER-DAEMON Thu Jan  1 00:00:00 2026\n"
    "From: MAILER-DAEMON@mx\n"
    "Content-Type: multipart/report; report-type=delivery-status;\n"
    "\tboundary=b\n"
    "\n"
    "--b\n"
    "Content-Type: message/delivery-status\n"
    "\n"
    "Reporting-MTA: dns; mx\n"
    "\n"
    "Final-Recipient: rfc822; anna@example.org\n"
    "Action: failed\n"
    "Status: 5.1.1\n"
    "\n"
    "--b\n"
    "Content-Type: text/rfc822-headers\n"
    "\n"
    "Message-ID: <one@email>\n"
    "\n"
    "--b--\n"
    "\n"
    "From fbl Thu Jan  1 00:00:00 2026\n"
    "Content-Type: multipart/report; report-type=feedback-report;\n"
    "\tboundary=b\n"
    "\n"
    "--b\n"
    "Content-Type: message/feedback-report\n"
    "\n"
    "Feedback-Type: abuse\n"
    "Original-Rcpt-To: <anna@example.org>\n"
    "\n"
    "--b\n"
    "Content-Type: message/rfc822\n"
    "\n"
    "Message-ID: <one@email>\n"
    "\n"
    "text\n"
    "--b--\n"
    "\n"
    "From x Thu Jan  1 00:00:00 2026\n"
    "Subject: lunch?\n"
    "\n"
    "At noon.\n";

START_TEST(learns_bounces_and_complaints_from_mail)
{
	load_all();
	/* Of a minute ago: a report of this second is not a later one. */
	expect(EX_OK, "decide --to anna@example.org --campaign spring "
		      "--channel email --slot hero --pool heroes --record "
		      "--id one --at 2026-01-01");
	ck_assert_int_eq(run_with(bounce, "delivery report -"), EX_OK);
	said(&out, "2 reports read");
	expect(EX_OK, "exposure list --to anna@example.org");
	said(&out, "bounced");
	expect(EX_OK, "profile get anna@example.org --json");
	said(&out, "\"suppressed\": true");
	ck_assert_int_eq(run_with(bounce, "delivery report -"), EX_OK);
	said(&out, "0 bounced");
}
END_TEST

START_TEST(erases_for_good)
{
	load_all();
	expect(EX_OK, "privacy export anna@example.org");
	said(&out, "\"first_name\"");
	expect(EX_OK, "privacy erase anna@example.org");
	expect(EX_NOUSER, "profile get anna@example.org");
	expect(EX_DATAERR, "profile load @/people.csv --source crm");
	said(&out, "1 of erased people left out");
	expect(EX_NOUSER, "profile get anna@example.org");
	expect(EX_DATAERR, "profile set anna@example.org first_name=A");
	expect(EX_OK, "privacy object bob@example.org --profiling");
	expect(EX_OK, "privacy restrict bob@example.org");
	expect(EX_OK, "profile get bob@example.org --json");
	said(&out, "\"restricted\": true");
	expect(EX_OK, "db compact");
	expect(EX_OK, "db verify");
}
END_TEST

START_TEST(what_is_exported_loads_again)
{
	char everything[8192];

	load_all();
	expect(EX_OK, "profile set bob@example.org suppressed=yes");
	expect(EX_OK, "profile export");
	snprintf(everything, sizeof(everything), "%s", buf_cstr(&out));
	ck_assert_int_eq(run_with(everything, "profile load -"), EX_OK);
	said(&out, " 0 bad, 0 profiles changed");
	expect(EX_OK, "profile export --format csv");
	said(&out, "anna@example.org,crm,");
}
END_TEST

START_TEST(backs_up_and_restores)
{
	expect(EX_OK, "profile set a@b.c name=Zo");
	expect(EX_OK, "db backup @/copy");
	expect(EX_OK, "profile rm a@b.c");
	expect(EX_OK, "db restore @/copy");
	expect(EX_OK, "profile get a@b.c");
	expect(EX_OK, "db stat --json");
	said(&out, "\"profiles\": 1");
}
END_TEST

static const struct {
	const char *words;
	int status;
	const char *error;
} misuses[] = {
	{ "profil get x", EX_USAGE, "did you mean `profile`?" },
	{ "profile gte x", EX_USAGE, "did you mean `get`?" },
	{ "profile load --strct x", EX_USAGE, "did you mean `--strict`?" },
	{ "profile get", EX_USAGE, "an argument is missing" },
	{ "profile get a b", EX_USAGE, "unexpected argument `b`" },
	{ "profile get nobody", EX_DATAERR, "is no mail address" },
	{ "profile load /nowhere", EX_DATAERR, "/nowhere: cannot be read" },
	{ "exposure list", EX_USAGE, "needs --to" },
	{ "exposure list --to", EX_USAGE, "--to needs a ADDRESS" },
	{ "exposure who --block x --since never", EX_USAGE, "is no date" },
	{ "campaign show x", EX_NOINPUT, "no such campaign: x" },
};

START_TEST(learns_deliveries_of_each_tenant_from_one_log)
{
	static const char *const tenants[] = { "default", "there" };
	/* Longer than what is read again in any case. */
	static char log[400 * 1024];
	char words[256];
	int len;

	load_all();
	len = snprintf(log, sizeof(log), "%s",
	    "2999-01-01T00:00:00Z mx postfix/cleanup[1]: AAAAAA1: "
	    "message-id=<one@email>\n"
	    "2999-01-01T00:00:01Z mx postfix/smtp[1]: AAAAAA1: "
	    "to=<anna@example.org>, relay=x, dsn=5.0.0, status=bounced (no)\n"
	    "2999-01-01T00:00:02Z mx postfix/qmgr[1]: AAAAAA1: removed\n");
	memset(log + len, '\n', sizeof(log) - 1 - (size_t)len);
	write_file("mail.log", log);
	for (int i = 0; i < 2; i++) {
		snprintf(words, sizeof(words),
		    "decide --to anna@example.org --campaign spring --channel "
		    "email --slot hero --pool heroes --record --id one "
		    "--tenant %s",
		    tenants[i]);
		expect(EX_OK, words);
	}
	for (int i = 0; i < 2; i++) {
		snprintf(words, sizeof(words),
		    "delivery sync --log @/mail.log --tenant %s", tenants[i]);
		expect(EX_OK, words);
		said(&out, "1 states changed");
	}
}
END_TEST

START_TEST(serves_each_tenant_without_being_told)
{
	load_all();
	write_file("inn.yaml", "id: inn\ntenant: there\n");
	write_file("there.csv", "email\ncarl@x.example\n");
	write_file("mail.log",
	    "2999-01-01T00:00:00Z mx postfix/cleanup[1]: AAAAAA1: "
	    "message-id=<one@email>\n"
	    "2999-01-01T00:00:01Z mx postfix/smtp[1]: AAAAAA1: "
	    "to=<carl@x.example>, relay=x, dsn=5.0.0, status=bounced (no)\n");
	write_file("inn.eml", "From: a@b.example\nX-Inlay-Campaign: inn\n"
			      "Message-ID: <1@x>\n\nHello\n");
	expect(EX_OK, "campaign load @/inn.yaml");
	expect(EX_OK, "profile load @/there.csv --tenant there");
	expect(EX_OK, "decide --to carl@x.example --campaign inn --channel "
		      "email --slot hero --pool heroes --record --id one "
		      "--tenant there");
	expect(EX_OK, "delivery sync --log @/mail.log");
	said(&out, "1 states changed, 0 of other mail");
	run_with("", "check @/inn.eml --json");
	said(&out, "\"people\": 1");
}
END_TEST

START_TEST(takes_column_names_in_capitals)
{
	write_file("people.csv", "Email,Suppressed\nanna@x.example,yes\n");
	expect(EX_OK, "profile load @/people.csv");
	expect(EX_OK, "profile export");
	ck_assert_ptr_nonnull(strstr(out.at, "\"suppressed\":true"));
}
END_TEST

START_TEST(shows_one_tenant_nothing_of_another)
{
	write_file("here.csv", "email\nanna@x.example\n");
	write_file("there.csv", "email\nbob@x.example\n");
	write_file("b.html", "---\npool: p\n---\nB\n");
	expect(EX_OK, "profile load @/here.csv");
	expect(EX_OK, "profile load @/there.csv --tenant there");
	expect(EX_OK, "block load @/b.html");
	expect(EX_OK, "profile export");
	ck_assert_ptr_nonnull(strstr(out.at, "anna@"));
	ck_assert_ptr_null(strstr(out.at, "bob@"));
	expect(EX_OK, "exposure reach --block b --tenant there");
	ck_assert_str_eq(out.at, "bob@x.example\n");
	ck_assert_ptr_nonnull(strstr(errors.at, "1 of 1 people"));
}
END_TEST

START_TEST(does_not_let_a_file_steer_the_terminal)
{
	write_file("mail.eml", "X-Inlay-Campaign: a\033[2J\xc2\x9b"
			       "b\n"
			       "Message-ID: <1@x>\n\nHello\n");
	write_file("people.csv", "email\nanna@x.example\n");
	expect(EX_OK, "profile load @/people.csv");
	expect(EX_NOINPUT, "preview @/mail.eml --to anna@x.example");
	ck_assert_ptr_null(strchr(errors.at, '\033'));
	ck_assert_ptr_null(strstr(errors.at, "\xc2\x9b"));
	ck_assert_ptr_nonnull(strstr(errors.at, "\\x1b[2J"));
}
END_TEST

START_TEST(says_what_was_wrong_with_the_command)
{
	/* There must be a store to look into. */
	expect(EX_OK, "profile set a@b.c name=Zo");
	expect(misuses[_i].status, misuses[_i].words);
	said(&errors, misuses[_i].error);
}
END_TEST

#define MISUSES (int)(sizeof(misuses) / sizeof(*misuses))

static Suite *
suite(void)
{
	Suite *all = suite_create("cli");
	TCase *tests = tcase_create("cli");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, loads_what_is_good_and_names_what_is_bad);
	tcase_add_test(tests, a_dry_run_stores_nothing);
	tcase_add_test(tests, reads_json_lines_from_standard_input);
	tcase_add_test(tests, sets_and_forgets_one_person);
	tcase_add_test(tests, previews_without_recording);
	tcase_add_test(tests, refuses_unknown_zones_and_locales_at_load);
	tcase_add_test(tests, shows_foreign_mail_as_it_is);
	tcase_add_test(tests, check_finds_what_no_recipient_is_needed_for);
	tcase_add_test(tests, check_tells_names_that_nothing_answers);
	tcase_add_test(tests, check_begins_with_a_verdict);
	tcase_add_test(tests, check_tells_of_a_domain_that_nobody_signs_for);
	tcase_add_test(tests, check_tells_what_nobody_has);
	tcase_add_test(tests, tells_how_good_the_data_is);
	tcase_add_test(tests, lint_names_whom_no_segment_and_no_option_serves);
	tcase_add_test(tests, sensitivity_cells_decide_who_is_personalised);
	tcase_add_test(tests, decides_by_the_options_of_the_mail);
	tcase_add_test(tests, sells_what_goes_with_the_last_purchase);
	tcase_add_test(tests, checks_the_whole_audience);
	tcase_add_test(tests, check_tells_which_blocks_run_out_for_whom);
	tcase_add_test(tests, check_names_the_first_ten_problems);
	tcase_add_test(tests, explains_why_somebody_gets_no_mail);
	tcase_add_test(tests, decides_for_other_channels);
	tcase_add_test(tests, learns_deliveries_from_the_log);
	tcase_add_test(tests, learns_bounces_and_complaints_from_mail);
	tcase_add_test(tests, erases_for_good);
	tcase_add_test(tests, what_is_exported_loads_again);
	tcase_add_test(tests, backs_up_and_restores);
	tcase_add_test(tests, learns_deliveries_of_each_tenant_from_one_log);
	tcase_add_test(tests, serves_each_tenant_without_being_told);
	tcase_add_test(tests, takes_column_names_in_capitals);
	tcase_add_test(tests, shows_one_tenant_nothing_of_another);
	tcase_add_test(tests, does_not_let_a_file_steer_the_terminal);
	tcase_add_loop_test(
	    tests, says_what_was_wrong_with_the_command, 0, MISUSES);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
