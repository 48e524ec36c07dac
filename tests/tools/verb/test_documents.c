/*
 * What documents name is checked where they are loaded.
 */
#include "tests/tools/kit_cli.h"

static void
begin(void)
{
	set_up();
	write_file("schema.yaml", "fields:\n"
				  "  first_name: {}\n"
				  "  tier: {class: contextual}\n"
				  "  zip: {}\n");
	write_file("prices.csv", "sku,price\nA1,3\n");
	write_file("hero.html", "---\npool: heroes\n---\nHi\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "table load @/prices.csv");
	expect(EX_OK, "block load @/hero.html");
}

/* A mistake in a document, with its whole text; the status tells whether it
 * is stored all the same. */
static const struct {
	const char *verb, *file, *text;
	int status;
	const char *said;
} mistakes[] = {
	{ "block", "b.html", "---\nid: b\n---\n<p>Gr\xfc\xdf dich\n",
	    EX_DATAERR,
	    "inlay: b.html:4:6: the text is not UTF-8; it looks like "
	    "windows-1252; save it as UTF-8\n" },
	{ "campaign", "c.yaml", "id: c\nabout: caf\xe9\n", EX_DATAERR,
	    "inlay: c.yaml:2:11: the text is not UTF-8; it looks like "
	    "windows-1252; save it as UTF-8\n" },
	{ "schema", "s.yaml", "PK\3\4 [Content_Types].xml \xff", EX_DATAERR,
	    "inlay: s.yaml: this is an Excel workbook (.xlsx); save the sheet "
	    "as \"CSV UTF-8\" and load that\n" },
	{ "campaign", "c.yaml", "id: c\nzone: Europe/Pariss\n", EX_DATAERR,
	    "inlay: c.yaml:2:7: there is no time zone `Europe/Pariss`; did you "
	    "mean `Europe/Paris`?\n" },
	{ "campaign", "c.yaml", "id: c\nzone: nowhere\n", EX_DATAERR,
	    "inlay: c.yaml:2:7: there is no time zone `nowhere`; they are "
	    "called as in Europe/Berlin\n" },
	{ "campaign", "c.yaml", "id: c\nlocale: xx\n", EX_DATAERR,
	    "inlay: c.yaml:2:9: the locale `xx` is not known; they are called "
	    "as in de or de-CH\n" },
	{ "schema", "s.yaml", "fields: {a: {label: {fr: A, xx: B}}}\n",
	    EX_DATAERR,
	    "inlay: s.yaml:1:29: the locale `xx` is not known; they are called "
	    "as in de or de-CH\n" },
	{ "schema", "s.yaml", "sources: {a: {label: [x]}}\n", EX_DATAERR,
	    "inlay: s.yaml:1:22: expected a text, or one for each language: "
	    "{de: ..., fr: ...}\n" },
	{ "campaign", "c.yaml", "id: c\narms: {a: {weight: 90%}, b: {}}\n",
	    EX_DATAERR,
	    "inlay: c.yaml:2:20: `weight` is no share and takes no per cent; "
	    "write `90`\n" },
	{ "schema", "s.yaml", "fields: {a: {}}\nsources: {x: {weight: 90%}}\n",
	    EX_DATAERR,
	    "inlay: s.yaml:2:23: `weight` is no share and takes no per cent; "
	    "write `90`\n" },
	{ "block", "b.html", "---\nid: b\nif: profile.tier = 1\n---\nHi\n",
	    EX_DATAERR,
	    "inlay: b.html:3:5: expected the end but found '=': =; == "
	    "compares\n" },
	{ "campaign", "c.yaml", "id: c\nsegments: {a: 'profile.tier =< 1'}\n",
	    EX_DATAERR,
	    "inlay: c.yaml:2:16: expected the end but found '=': =; == "
	    "compares\n" },
	{ "schema", "s.yaml", "fields: {a: {derived: profile.b | nosuch}}\n",
	    EX_DATAERR, "inlay: s.yaml:1:23: Unknown filter 'nosuch'\n" },
	{ "block", "b.html",
	    "---\nid: b\nif: profile.teir == 'gold'\n---\n"
	    "Hi\n{{ profile.frist_name | default: 'x' }}\n"
	    "{{ profile.frist_name }}\n",
	    EX_OK,
	    "inlay: warning: b.html:3:5: `profile.teir` is no field of the "
	    "schema; did you mean `tier`?\n"
	    "inlay: warning: b.html:6:1: `profile.frist_name` is no field of "
	    "the "
	    "schema; did you mean `first_name`?\n" },
	{ "block", "b.html",
	    "---\nid: b\n---\n{{ ref.prics['A1'].price }}"
	    "{% render 'heor' %}{{ content_blocks.nothing_like_it }}\n",
	    EX_OK,
	    "inlay: warning: b.html:4:1: there is no table `prics`; did you "
	    "mean "
	    "`prices`?\n"
	    "inlay: warning: b.html:4:31: there is no block `heor`; did you "
	    "mean "
	    "`hero`?\n"
	    "inlay: warning: b.html:4:47: there is no block "
	    "`nothing_like_it`\n" },
	{ "campaign", "c.yaml",
	    "id: c\nsegments: {a: \"profile.zap == '1'\"}\n"
	    "headers: {Subject: 'Hi {{ profile.nmae }}'}\n"
	    "caps: {blocks: {hreo: {cap: 2}}, pools: {heros: 3}}\n",
	    EX_OK,
	    "inlay: warning: c.yaml:2:16: `profile.zap` is no field of the "
	    "schema; did you mean `zip`?\n"
	    "inlay: warning: c.yaml:3:24: `profile.nmae` is no field of the "
	    "schema\n"
	    "inlay: warning: c.yaml:4:17: there is no block `hreo`; did you "
	    "mean "
	    "`hero`?\n"
	    "inlay: warning: c.yaml:4:42: no block is in the pool `heros`; did "
	    "you mean `heroes`?\n" },
	{ "schema", "s.yaml",
	    "fields:\n  zip: {}\n  area: {derived: \"profile.zap | slice: "
	    "0\"}\n",
	    EX_OK,
	    "inlay: warning: s.yaml:3:20: `profile.zap` is no field of the "
	    "schema; did you mean `zip`?\n" },
	{ "sensitivity", "s.yaml",
	    "- {cluster: a, topic: t, pi_p: 0.1, pi_g: 0.1, psi_p: 0, psi_g: "
	    "0, H_cell: 1, sd_cell: 1}\n",
	    EX_OK,
	    "inlay: warning: s.yaml: the schema names no field as `cluster`: "
	    "nobody is in any cell\n" },
};

START_TEST(a_mistake_is_told_where_it_is_loaded)
{
	char words[200];

	begin();
	write_file(mistakes[_i].file, mistakes[_i].text);
	snprintf(words, sizeof words, "%s load @/%s", mistakes[_i].verb,
	    mistakes[_i].file);
	expect(mistakes[_i].status, words);
	said_exactly(&errors, mistakes[_i].said);
	tear_down();
}
END_TEST

START_TEST(blocks_that_come_together_know_each_other)
{
	begin();
	write_file("one.html", "\xef\xbb\xbf---\nid: one\n---\n"
			       "{% render 'two' %}\n");
	write_file("two.html", "---\nid: two\n---\n{{ profile.tier }}\n");
	expect(EX_OK, "block load @/one.html @/two.html");
	said_exactly(&errors, "");
	tear_down();
}
END_TEST

START_TEST(a_field_that_goes_is_told_with_who_uses_it)
{
	begin();
	write_file("b.html", "---\nid: b\nif: profile.zip\n---\n"
			     "{{ profile.tier }}\n");
	write_file("c.yaml", "id: c\nsegments: {a: profile.tier == '1'}\n");
	expect(EX_OK, "block load @/b.html");
	expect(EX_OK, "campaign load @/c.yaml");
	said_exactly(&errors, "");
	write_file("schema.yaml", "fields: {first_name: {}, zip: {}}\n");
	expect(EX_OK, "schema load @/schema.yaml --dry-run");
	said_exactly(&errors,
	    "inlay: warning: block b:5:1: `profile.tier` is no field of the "
	    "schema\n"
	    "inlay: warning: campaign c: `profile.tier` is no field of the "
	    "schema\n");
	tear_down();
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("documents");
	TCase *tests = tcase_create("documents");

	tcase_add_loop_test(tests, a_mistake_is_told_where_it_is_loaded, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_test(tests, blocks_that_come_together_know_each_other);
	tcase_add_test(tests, a_field_that_goes_is_told_with_who_uses_it);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
