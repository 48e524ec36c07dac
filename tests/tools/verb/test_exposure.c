#include "tests/tools/kit_cli.h"

static void
begin(void)
{
	set_up();
	write_file("spring.yaml", "id: spring\n");
	write_file("hero.html", "---\nid: hero\n---\nHi\n");
	expect(EX_OK, "campaign load @/spring.yaml");
	expect(EX_OK, "block load @/hero.html");
}

/* Names that nobody knows: one wording and one status. */
static const struct {
	const char *words, *text;
} unknown[] = {
	{ "exposure record --to a@b.c --channel web --block heroo",
	    "inlay: no such block: heroo; did you mean `hero`?\n" },
	{ "exposure record --to a@b.c --channel web --block hero --campaign x",
	    "inlay: no such campaign: x\n" },
	{ "exposure void --to a@b.c --block heroo",
	    "inlay: no such block: heroo; did you mean `hero`?\n" },
	{ "exposure void --to a@b.c --campaign x",
	    "inlay: no such campaign: x\n" },
	{ "exposure who --block heroo",
	    "inlay: no such block: heroo; did you mean `hero`?\n" },
	{ "exposure reach --block heroo",
	    "inlay: no such block: heroo; did you mean `hero`?\n" },
	{ "exposure list --to a@b.c --campaign x",
	    "inlay: no such campaign: x\n" },
	{ "exposure list --to a@b.c --campaign x --json",
	    "{\"error\":{\"code\":\"absent\",\"status\":66,"
	    "\"message\":\"no such campaign: x\"}}\n" },
	{ "exposure export --campaign x", "inlay: no such campaign: x\n" },
	{ "exposure export --campaign x --format csv",
	    "inlay: no such campaign: x\n" },
};

START_TEST(an_unknown_name_is_told)
{
	begin();
	expect(EX_NOINPUT, unknown[_i].words);
	said_exactly(&errors, unknown[_i].text);
	tear_down();
}
END_TEST

/* Known names that nothing is kept under are no mistake, and neither are
 * names under which something is kept though they are gone. */
static const char *const known[] = {
	"exposure void --to a@b.c --block hero",
	"exposure who --block hero",
	"exposure list --to a@b.c --campaign spring",
	"exposure export --campaign spring",
	"exposure export",
	"exposure list --to a@b.c",
};

START_TEST(a_known_name_may_have_nothing)
{
	begin();
	expect(EX_OK, known[_i]);
	expect(EX_OK, "exposure record --to a@b.c --channel web --block hero "
		      "--campaign spring");
	expect(EX_OK, "block rm hero");
	expect(EX_OK, "campaign rm spring");
	expect(EX_OK, known[_i]);
	tear_down();
}
END_TEST

/* An empty answer is told as one, with status 0. */
static const struct {
	const char *words, *text;
} empty[] = {
	{ "exposure who --block hero", "inlay: nobody has been shown hero\n" },
	{ "exposure list --to a@b.c",
	    "inlay: nothing has been shown to a@b.c\n" },
	{ "exposure list --to a@b.c --campaign spring",
	    "inlay: nothing has been shown to a@b.c\n" },
	{ "exposure list --to a@b.c --json", "" },
	{ "exposure who --block hero --json", "" },
};

START_TEST(an_empty_answer_says_so)
{
	begin();
	expect(EX_OK, empty[_i].words);
	said_exactly(&errors, empty[_i].text);
	tear_down();
}
END_TEST

START_TEST(reach_tells_why_the_others_are_not_in_it)
{
	begin();
	write_file(
	    "late.html", "---\nid: late\nvalid_until: 2020-01-01\n---\nHi\n");
	write_file("town.html", "---\nid: town\n---\n{{ profile.town }}\n");
	write_file("schema.yaml", "fields: {town: {class: contextual}}\n"
				  "sources: {cli: {weight: 90}}\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "block load @/late.html @/town.html");
	expect(EX_OK, "profile set a@b.c town=Brest");
	expect(EX_OK, "profile set b@b.c suppressed=no");
	expect(EX_OK, "profile set c@b.c object_profiling=yes");
	expect(EX_OK, "profile set d@b.c suppressed=yes");
	expect(EX_OK, "exposure reach --block town");
	said_exactly(&out, "a@b.c\n");
	said(&errors, "inlay: 1 of 4 people\n");
	said(&errors, "inlay: 1 not: needs data (town is absent: we have no "
		      "value)\n");
	said(&errors, "inlay: 1 not: this person objected to profiling\n");
	said(&errors, "inlay: 1 not: the address is suppressed\n");
	expect(EX_OK, "exposure reach --block late");
	said(&errors, "inlay: 2 not: no longer valid\n");
	tear_down();
}
END_TEST

/* A campaign of whose arms one is control, a slot and a variant, and two
 * people: one of whom enough is known, one who objected. */
static void
compare(void)
{
	set_up();
	write_file("s.yaml", "fields: {town: {class: contextual}}\n"
			     "sources: {cli: {weight: 90}}\ncluster: town\n");
	write_file("c.yaml",
	    "id: spring\narms: [{name: a}, {name: b, control: true}]\n"
	    "segments: [{name: north, if: 'profile.town == \"Lille\"'},"
	    " {name: others, if: 'true'}]\n");
	write_file("m.eml",
	    "From: a@s.example\nMessage-ID: <1@s.example>\n"
	    "X-Inlay-Campaign: spring\n"
	    "Subject: {% variant \"tone\" %}{% when \"warm\" %}w{% else %}s"
	    "{% endvariant %}\n\n"
	    "{% slot \"hero\" %}{% option \"x\" if profile.town == \"Lille\" %}"
	    "X{% else %}.{% endslot %}\n");
	expect(EX_OK, "schema load @/s.yaml");
	expect(EX_OK, "campaign load @/c.yaml");
	expect(EX_OK, "profile set a@b.c town=Lille");
	expect(EX_OK, "profile set b@b.c object_profiling=yes");
}

START_TEST(an_exposure_tells_who_it_may_be_compared_with)
{
	compare();
	expect(EX_OK, "decide --to a@b.c --message @/m.eml --slot hero "
		      "--channel web --record --json");
	said(&out, "\"eligible\": true");
	expect(EX_OK, "exposure list --to a@b.c --json");
	said(&out, "\"eligible\": true");
	said(&out, "\"segment\": \"north\"");
	said(&out, "\"cluster\": \"Lille\"");
	expect(EX_OK, "exposure list --to a@b.c --campaign spring --json");
	said(&out, "\"eligible\": true");
	expect(EX_OK, "decide --to b@b.c --message @/m.eml --slot hero "
		      "--channel web --record --json");
	said(&out, "\"eligible\": false");
	expect(EX_OK, "exposure export --format csv");
	said(&out, "slot,option,block,reason,eligible,segment,cluster,fall,"
		   "propensity,variant_propensity\n");
	said(&out, ",objection,no,others,,,");
	expect(EX_OK, "preview @/m.eml --to a@b.c --arm b --why");
	said(&out, "compare eligible             + eligible: ");
	said(&out, "; segment north; cluster Lille\n");
	expect(EX_OK, "preview @/m.eml --to b@b.c --why");
	said(&out, "compare eligible             - not eligible: ");
	tear_down();
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("exposure");
	TCase *tests = tcase_create("exposure");

	tcase_add_loop_test(tests, an_unknown_name_is_told, 0,
	    sizeof unknown / sizeof *unknown);
	tcase_add_loop_test(tests, a_known_name_may_have_nothing, 0,
	    sizeof known / sizeof *known);
	tcase_add_loop_test(
	    tests, an_empty_answer_says_so, 0, sizeof empty / sizeof *empty);
	tcase_add_test(tests, reach_tells_why_the_others_are_not_in_it);
	tcase_add_test(tests, an_exposure_tells_who_it_may_be_compared_with);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
