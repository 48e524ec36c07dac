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
	    "inlay: no such campaign: x\n" },
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

static Suite *
suite(void)
{
	Suite *suite = suite_create("exposure");
	TCase *tests = tcase_create("exposure");

	tcase_add_loop_test(tests, an_unknown_name_is_told, 0,
	    sizeof unknown / sizeof *unknown);
	tcase_add_loop_test(tests, a_known_name_may_have_nothing, 0,
	    sizeof known / sizeof *known);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
