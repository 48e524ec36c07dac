#include "tests/tools/kit_cli.h"

static const char schema[] = "fields:\n"
			     "  first_name: {}\n"
			     "  points: {type: number}\n"
			     "  sex: {values: [H, F], map: {M.: H, Mme: F}}\n"
			     "  born: {type: date, formats: ['%d/%m/%Y']}\n"
			     "  price: {type: number, decimal: ','}\n"
			     "  likes: {type: list}\n";

static void
begin(void)
{
	set_up();
	write_file("schema.yaml", schema);
	expect(EX_OK, "schema load @/schema.yaml");
}

/* Mistakes of files and command lines, each with its whole text. */
static const struct {
	const char *file;
	const char *flags;
	int status;
	const char *text;
} mistakes[] = {
	{ "email;first_name\na@b.c;J\xfcrgen\nb@b.c;Anna\nc@b.c;Zo\xeb\n", "",
	    EX_DATAERR,
	    "inlay: people.csv:2:7: first_name: the text is not UTF-8: "
	    "`J\\xfcrgen` (2 rows left out; also line 4 `Zo\\xeb`)\n"
	    "inlay: people.csv: 2 rows are not UTF-8; they look like "
	    "windows-1252: --encoding windows-1252 reads them\n" },
	{ "{\"email\": \"a@b.c\", \"first_name\": \"J\xfcrgen\"}\n", "",
	    EX_DATAERR,
	    "inlay: people.csv:1:36: the text is not UTF-8: `J\\xfcrgen` (1 "
	    "row "
	    "left out)\n"
	    "inlay: people.csv: 1 row is not UTF-8; it looks like "
	    "windows-1252: --encoding windows-1252 reads it\n" },
	{ "email;pr\xe9nom\na@b.c;Zo\n", "", EX_DATAERR,
	    "inlay: people.csv:1:1: the text is not UTF-8; it looks like "
	    "windows-1252: --encoding windows-1252 reads it\n" },
	{ "email;first_name\na@b.c;\x81\n", "--encoding windows-1252",
	    EX_DATAERR,
	    "inlay: people.csv:2:7: first_name: the text is not windows-1252: "
	    "`\\xff` (1 row left out)\n" },
	{ "email\na@b.c\n", "--encoding wndows-1252", EX_DATAERR,
	    "inlay: nobody here knows the encoding `wndows-1252`; did you mean "
	    "`windows-1252`?\n" },
	{ "sep=;\nemail;frist_name\na@b.c;Zo\n", "", EX_DATAERR,
	    "inlay: people.csv:2: column `frist_name` is no field of the "
	    "schema; did you mean `first_name`? --map "
	    "'frist_name=first_name' says so\n" },
	{ "email;Ort\na@b.c;Zo\n", "", EX_DATAERR,
	    "inlay: people.csv:1: column `Ort` is no field of the schema; "
	    "--ignore-unknown skips such columns, --map 'Ort=FIELD' names the "
	    "field\n" },
	{ "Adresse e-mail;Ort\na@b.c;Zo\n", "", EX_DATAERR,
	    "inlay: people.csv:1: no column is called `email`; --map 'Adresse "
	    "e-mail=email' says that this one is it\n" },
	{ "who;first_name\na@b.c;Zo\n", "", EX_DATAERR,
	    "inlay: people.csv:1: no column is called `email`; --map "
	    "COLUMN=email says which one it is\n" },
	{ "who;first_name\na@b.c;Zo\n", "--map Who=email", EX_DATAERR,
	    "inlay: people.csv:1: there is no column `Who`; did you mean "
	    "`who`?\n" },
	{ "who\na@b.c\n", "--map who", EX_USAGE,
	    "inlay: --map takes COLUMN=NAME, not `who`\n" },
	{ "email;first_name\na@b.c;\"Zo\nb@b.c;Anna\n", "", EX_DATAERR,
	    "inlay: people.csv:2:7: a quote opens here and is not closed: "
	    "lines "
	    "2 to 3 are left out (1 row left out)\n" },
	{ "email;first_name\na@b.c;\"Zo\nb@b.c;\"Anna\"\n", "", EX_DATAERR,
	    "inlay: people.csv:3:8: a quote stands where none may; one opens "
	    "in "
	    "line 2, column 7: lines 2 to 3 are left out (1 row left out)\n" },
	{ "PK\3\4\24 [Content_Types].xml \n", "", EX_DATAERR,
	    "inlay: people.csv: this is an Excel workbook (.xlsx); save the "
	    "sheet as \"CSV UTF-8\" and load that\n" },
	{ "email,observed_at\na@b.c,31/12/2025\n", "", EX_DATAERR,
	    "inlay: people.csv:2:7: observed_at: not a date; --date-format "
	    "says "
	    "how dates are written: `31/12/2025` (1 row left out)\n" },
	{ "email,consent.x,consent.x.at\na@b.c,yes,31/12/2025\n",
	    "--date-format %m/%d/%Y", EX_DATAERR,
	    "inlay: people.csv:2:11: consent.x.at: not a date: `31/12/2025` (1 "
	    "row left out)\n" },
	{ "email\na@b.c\n", "--date-format %Y-%d-%m", EX_USAGE,
	    "inlay: --date-format `%Y-%d-%m`: 2001-02-03 is the third of "
	    "February everywhere\n" },
	{ "email,born,price,sex\na@b.c,31.12.1985,1.25.0,Dr\n", "", EX_OK,
	    "inlay: people.csv:2:7: born: not a date such as 2026-11-30: "
	    "`31.12.1985` (1 kept, never used)\n"
	    "inlay: people.csv:2:18: price: not a number: "
	    "`1.25.0` (1 kept, never used)\n"
	    "inlay: people.csv:2:25: sex: none of the schema's values: `Dr` (1 "
	    "kept, never used)\n" },
	{ "email,points\nAnna@B.c,1\nbob@b.c,1\nanna@b.c,2\n"
	  "<ANNA@b.c>,3\nBOB@b.c,1\nEve@b.c,1\nEve@b.c,2\neva@b.c,1\n",
	    "", EX_OK,
	    "inlay: people.csv: eve@b.c and 2 others stand here in several "
	    "spellings (capitals, brackets): each is one person\n" },
	{ "email,points\nAnna@B.c,1\nbob@b.c,1\nanna@b.c,2\n", "", EX_OK,
	    "inlay: people.csv: anna@b.c stands here in several spellings "
	    "(capitals, brackets): it is one person\n" },
	{ "[{\"email\": \"a@b.c\"},\n{\"email\": \"b@b.c\"\n", "", EX_DATAERR,
	    "inlay: people.csv:2:1: what begins here is never closed (1 row "
	    "left out)\n" },
};

START_TEST(a_mistake_is_told_as_what_it_is)
{
	char words[200];

	begin();
	write_file("people.csv", mistakes[_i].file);
	snprintf(words, sizeof words, "profile load @/people.csv %s",
	    mistakes[_i].flags);
	expect(mistakes[_i].status, words);
	said_exactly(&errors, mistakes[_i].text);
	tear_down();
}
END_TEST

/* What is no mistake: all of it loads. */
static const struct {
	const char *file;
	const char *flags;
} files[] = {
	{ "sep=;\r\nemail;first_name;;\r\na@b.c;Zo\xc3\xab;;\r\n", "" },
	{ "email;first_name\na@b.c;Zo\xeb\n", "--encoding windows-1252" },
	{ "E-Mail;first_name\na@b.c;Zo\xc3\xab\n", "--map E-Mail=email" },
	{ "[{\"email\": \"a@b.c\",\n\"first_name\": \"Zo\xc3\xab\"}]", "" },
	{ "[{\"mail\": \"a@b.c\",\n\"vorname\": \"Zo\xc3\xab\"}]",
	    "--format json --map mail=email --map vorname=first_name" },
};

START_TEST(files_load_as_people_have_them)
{
	char words[200];

	begin();
	write_file("people.csv", files[_i].file);
	snprintf(words, sizeof words, "profile load @/people.csv %s",
	    files[_i].flags);
	expect(EX_OK, words);
	said_exactly(&errors, "");
	expect(EX_OK, "profile get a@b.c");
	said(&out, "Zo\xc3\xab");
	tear_down();
}
END_TEST

/* A French file as a spreadsheet saves it: one command, no row lost. */
START_TEST(a_spreadsheet_of_france_loads)
{
	begin();
	write_file("clients.csv",
	    "sep=;\r\n"
	    "Adresse e-mail;Pr\xe9nom;Civilit\xe9;N\xe9 le;Prix;Go\xfbts;"
	    "observed_at;consent.x;;\r\n"
	    "A@b.c;Zo\xeb;Mme;31/12/1985;1\xa0"
	    "250,50;rose;05/02/2026;"
	    "granted;;\r\n"
	    "b@b.c;Herv\xe9;M.;01/02/1970;12,5;\"rose;tulipe\";06/02/2026;"
	    "denied;;\r\n");
	expect(EX_OK,
	    "profile load @/clients.csv --encoding windows-1252 --source "
	    "caisse "
	    "--map Adresse\x01"
	    "e-mail=email --map Pr\xc3\xa9nom=first_name "
	    "--map Civilit\xc3\xa9=sex --map N\xc3\xa9\x01le=born --map "
	    "Prix=price --map Go\xc3\xbbts=likes --date-format %d/%m/%Y");
	said(&out, "2 rows read, 0 bad, 2 profiles changed, ");
	said_exactly(&errors, "");
	expect(EX_OK, "profile export");
	said(&out, "{\"email\":\"a@b.c\",\"source\":\"caisse\",\"observed_at\":"
		   "\"2026-02-05T00:00:00Z\",\"born\":\"1985-12-31\","
		   "\"first_name\":\"Zo\xc3\xab\",\"likes\":[\"rose\"],"
		   "\"price\":1250.5,\"sex\":\"F\"}");
	said(&out, "\"likes\":[\"rose\",\"tulipe\"],\"price\":12.5,");
	tear_down();
}
END_TEST

/* A consent and an objection, the first given, the other not. */
static const char *const switches[] = { "yes,no", "on,0", "oui,NON",
	"VRAI,FAUX", "ja,Nein", "ja,nee", "S\xc3\x8d,no", "sim,n\xc3\xa3o",
	"Tak,nie", "PRAWDA,FA\xc5\x81SZ" };

START_TEST(yes_and_no_are_read_in_the_languages_of_spreadsheets)
{
	char text[200];

	begin();
	snprintf(text, sizeof text,
	    "email,consent.x,object_marketing\na@b.c,%s\n", switches[_i]);
	write_file("people.csv", text);
	expect(EX_OK, "profile load @/people.csv");
	expect(EX_OK, "profile get a@b.c --json");
	said(&out, "\"status\": \"granted\"");
	said(&out, "\"object_marketing\": false");
	tear_down();
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("profile load");
	TCase *tests = tcase_create("profile load");

	tcase_add_loop_test(tests, a_mistake_is_told_as_what_it_is, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_loop_test(tests, files_load_as_people_have_them, 0,
	    sizeof files / sizeof *files);
	tcase_add_test(tests, a_spreadsheet_of_france_loads);
	tcase_add_loop_test(tests,
	    yes_and_no_are_read_in_the_languages_of_spreadsheets, 0,
	    sizeof switches / sizeof *switches);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
