/*
 * Mail and reports in the language and the zone of the campaign.
 */
#include "tests/tools/kit_cli.h"

static void
said_not(struct buf *where, const char *text)
{
	ck_assert_ptr_null(strstr(buf_cstr(where), text));
}

static void
begin(void)
{
	set_up();
	write_file("schema.yaml",
	    "fields:\n"
	    "  ville: {class: contextual, label: {fr: ville, en: city}}\n"
	    "  niveau: {class: contextual}\n"
	    "sources:\n"
	    "  caisse: {weight: 90, label: {fr: 'vos achats <en magasin>'}}\n"
	    "  web: {weight: 90}\n");
	write_file("soldes.yaml",
	    "id: soldes\nwhy: true\nlocale: fr\nzone: Europe/Paris\n"
	    "missing: blank\narms: [{name: all}]\nwaive: [control]\n");
	write_file("m.eml",
	    "From: a@shop.example\nMessage-ID: <l@shop.example>\n"
	    "X-Inlay-Campaign: soldes\nMIME-Version: 1.0\n"
	    "Content-Type: text/html; charset=utf-8\n\n"
	    "{{ profile.ville }} {{ profile.niveau }}\n"
	    "<p>{% why %}</p>\n"
	    "{{ '2026-08-01' | date: '%A %-d %B' }}\n");
	write_file("p.csv", "email,ville,niveau\nanna@a.example,Lyon,or\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/soldes.yaml");
	expect(EX_OK, "profile load @/p.csv --source caisse");
}

START_TEST(why_speaks_the_language_and_is_escaped)
{
	begin();
	expect(EX_OK, "preview @/m.eml --to anna@a.example");
	said(&out,
	    "sujet=C2=A0: =\nville et donn=C3=A9es client (source=C2=A0: "
	    "vos achats &lt;en magasin&gt;).=\n</p>");
	said(&out, "samedi 1 ao=C3=BBt");
	tear_down();
}
END_TEST

START_TEST(lint_tells_what_has_no_label)
{
	begin();
	expect(EX_DATAERR, "campaign lint soldes --message @/m.eml");
	said(&out, "label: field niveau has no label in the schema");
	said(&out, "label: source web has no label in the schema");
	said_not(&out, "ville has no label");
	said_not(&out, "caisse has no label");
	write_file("de.yaml", "id: soldes\nwhy: true\nlocale: de\n"
			      "arms: [{name: all}]\nwaive: [control]\n");
	expect(EX_DATAERR, "campaign lint @/de.yaml --message @/m.eml");
	said(&out, "label: field ville has no label for de in the schema");
	write_file("mute.yaml", "id: soldes\nlocale: de\n"
				"arms: [{name: all}]\nwaive: [control]\n");
	expect(EX_DATAERR, "campaign lint @/mute.yaml --message @/m.eml");
	said_not(&out, "label:");
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("languages");
	TCase *tests = tcase_create("languages");

	tcase_add_test(tests, why_speaks_the_language_and_is_escaped);
	tcase_add_test(tests, lint_tells_what_has_no_label);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
