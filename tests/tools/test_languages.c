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

/* From midnight in Paris, which is 22:00 of the day before in UTC, to midnight
 * in Paris; the block by the clocks of whoever shows it. */
START_TEST(days_begin_in_the_zone_of_the_campaign)
{
	begin();
	write_file("w.yaml", "id: w\nzone: Europe/Paris\nmissing: blank\n"
			     "arms: [{name: all}]\n"
			     "window: {from: 2026-08-01, until: 2026-08-03}\n");
	write_file("ete.html", "---\npool: p\nvalid_from: 2026-08-02\n---\n"
			       "AOUT2\n");
	write_file("w.eml",
	    "From: a@shop.example\nMessage-ID: <w@shop.example>\n"
	    "X-Inlay-Campaign: w\n\n"
	    "{% slot 's', pool: 'p' %}{% else %}RIEN{% endslot %}\n");
	expect(EX_OK, "campaign load @/w.yaml");
	expect(EX_OK, "block load @/ete.html");
	expect(EX_OK, "campaign list");
	said(&out, "2026-08-01T00:00:00+02:00 2026-08-03T00:00:00+02:00 ");
	expect(EX_OK, "block list");
	said(&out, " 2026-08-02T00:00:00  - ");
	expect(EX_DATAERR,
	    "preview @/w.eml --to a@a.example --at 2026-07-31T21:59:59Z");
	expect(EX_OK,
	    "preview @/w.eml --to a@a.example --at 2026-07-31T22:00:00Z");
	said(&out, "RIEN");
	expect(EX_OK, "preview @/w.eml --to a@a.example --at 2026-08-01");
	said(&out, "RIEN");
	expect(EX_OK,
	    "preview @/w.eml --to a@a.example --at 2026-08-01T21:59:59Z");
	said(&out, "RIEN");
	expect(EX_OK, "preview @/w.eml --to a@a.example --at 2026-08-02");
	said(&out, "AOUT2");
	expect(EX_DATAERR, "preview @/w.eml --to a@a.example --at 2026-08-03");
	tear_down();
}
END_TEST

START_TEST(moments_are_told_in_the_zone_of_the_campaign)
{
	begin();
	write_file("b.html", "---\npool: p\n---\nB\n");
	write_file("s.eml",
	    "From: a@shop.example\nMessage-ID: <s@shop.example>\n"
	    "X-Inlay-Campaign: soldes\n\n"
	    "{% slot 's', pool: 'p' %}{% else %}RIEN{% endslot %}\n");
	expect(EX_OK, "block load @/b.html");
	expect(EX_OK, "exposure record --to anna@a.example --channel web "
		      "--block b --campaign soldes --at 2026-07-14");
	expect(EX_OK, "exposure list --to anna@a.example");
	said(&out, "2026-07-14T00:00:00+02:00 soldes");
	expect(EX_OK, "exposure list --to anna@a.example --json");
	said(&out, "2026-07-13T22:00:00Z");
	expect(EX_OK, "preview @/s.eml --to anna@a.example --why");
	said(&out, "last 2026-07-14T00:00:00+02:00");
	expect(EX_OK, "exposure who --block b");
	said(&out, "2026-07-13T22:00:00Z");
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("languages");
	TCase *tests = tcase_create("languages");

	tcase_add_test(tests, why_speaks_the_language_and_is_escaped);
	tcase_add_test(tests, days_begin_in_the_zone_of_the_campaign);
	tcase_add_test(tests, moments_are_told_in_the_zone_of_the_campaign);
	tcase_add_test(tests, lint_tells_what_has_no_label);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
