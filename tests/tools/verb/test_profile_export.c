/*
 * What is exported loads again, whatever people said: the store that a CSV
 * export was loaded into exports the same JSON Lines.
 */
#include "tests/tools/kit_cli.h"

#include <jansson.h>

#define PEOPLE 200

static uint32_t
draw(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

#define DRAW(seed, list) (list)[draw(seed, sizeof(list) / sizeof *(list))]

static const char *const texts[] = { "Anna", "a,b", "say \"hi\"", "x|y", "a;b",
	"two\nlines", "\ttab", "=1+1", "\\N", "none", "null", "[", "[1,2]",
	"{\"a\":1}", "4400", "3.50", "1e3", "yes", "No", "true", "2026-03-01",
	"31/12/1985", "\xc3\xa9t\xc3\xa9", "'", "-" };

static const char *const times[] = { "2026-01-02T03:04:05Z", "2026-01-02",
	"1969-12-31", "0001-01-01", "9999-12-31T23:59:59Z", "@-99999999999",
	"@999999999999" };

static const char *const fields[] = { "name", "points", "born", "happy",
	"likes", "more" };

static const char *const sources[] = { "crm", "shop, web", "form" };

static const char *const purposes[] = { "newsletter", "sms & co", "a;b",
	"personalisation" };

static json_t *
any_value(uint32_t *seed)
{
	switch (draw(seed, 8)) {
	case 0:
		return json_null();
	case 1:
		return json_integer(draw(seed, 5000));
	case 2:
		return json_real(-0.125 * draw(seed, 99));
	case 3:
		return json_boolean(draw(seed, 2));
	case 4:
		return json_pack("[s,s]", DRAW(seed, texts), DRAW(seed, texts));
	case 5:
		return json_pack("{s:s}", "k", DRAW(seed, texts));
	default:
		return json_string(DRAW(seed, texts));
	}
}

static json_t *
any_consent(uint32_t *seed)
{
	static const char *const words[] = { "granted", "denied", "revoked" };
	json_t *said = json_pack("{s:s}", "status", DRAW(seed, words));

	if (draw(seed, 2))
		json_object_set_new(said, "at", json_string(DRAW(seed, times)));
	if (draw(seed, 4) == 0)
		json_object_set_new(
		    said, "until", json_string(DRAW(seed, times)));
	return said;
}

/* One thing that one source says of a person. */
static json_t *
any_line(uint32_t *seed, unsigned person)
{
	static const char *const flags[] = { "object_profiling",
		"object_marketing", "suppressed", "restricted" };
	static const char *const bounces[] = { "2026-01-03 5.1.1",
		"2026-01-03 5.2.2; 2026-01-20 4.4.7", "2026-02-01 5.0.0" };
	json_t *line = json_object(), *consents = json_object();
	char email[40];

	snprintf(email, sizeof email, "p%u@example.org", person);
	json_object_set_new(line, "email", json_string(email));
	json_object_set_new(line, "source", json_string(DRAW(seed, sources)));
	json_object_set_new(
	    line, "observed_at", json_string(DRAW(seed, times)));
	for (uint32_t n = draw(seed, 4); n > 0; n--)
		json_object_set_new(line, DRAW(seed, fields), any_value(seed));
	for (uint32_t n = draw(seed, 3); n > 0; n--)
		json_object_set_new(
		    consents, DRAW(seed, purposes), any_consent(seed));
	json_object_set_new(line, "consent", consents);
	if (draw(seed, 9) == 0)
		json_object_set_new(line, DRAW(seed, flags), json_true());
	if (draw(seed, 9) == 0)
		json_object_set_new(
		    line, "bounces", json_string(DRAW(seed, bounces)));
	if (draw(seed, 30) == 0)
		json_object_set_new(
		    line, "bounces_forgiven", json_string("2026-01-15"));
	return line;
}

static void
write_people(uint32_t seed)
{
	struct buf text;

	buf_init_heap(&text, 1 << 22);
	for (unsigned person = 0; person < PEOPLE; person++)
		for (uint32_t lines = draw(&seed, 6) + 1; lines > 0; lines--) {
			json_t *line = any_line(&seed, person);
			char *dumped = json_dumps(line, 0);

			buf_str(&text, dumped);
			buf_byte(&text, '\n');
			free(dumped);
			json_decref(line);
		}
	write_file("people", buf_cstr(&text));
	buf_deinit(&text);
}

/* A store of its own with the schema, where there is one. */
static void
begin(const char *schema)
{
	set_up();
	if (!schema)
		return;
	write_file("schema.yaml", schema);
	expect(EX_OK, "schema load @/schema.yaml");
}

static char *
exported(const char *words)
{
	expect(EX_OK, words);
	return strdup(buf_cstr(&out));
}

/* What a store exports as JSON Lines that the text was loaded into. */
static char *
after_loading(const char *schema, const char *text)
{
	char *again;

	begin(schema);
	write_file("people", text);
	expect(EX_OK, "profile load @/people");
	again = exported("profile export");
	tear_down();
	return again;
}

static void
same_lines(const char *got, const char *wanted)
{
	size_t at = 0;

	while (got[at] && got[at] == wanted[at])
		at++;
	while (at > 0 && got[at - 1] != '\n')
		at--;
	ck_assert_msg(!got[at] && !wanted[at], "got %.300s\nwanted %.300s",
	    got + at, wanted + at);
}

static const char *const schemas[] = { NULL,
	"fields:\n"
	"  name: {type: string, values: [Anna]}\n"
	"  points: {type: number}\n"
	"  born: {type: date}\n"
	"  happy: {type: boolean}\n"
	"  likes: {type: list}\n"
	"  more: {type: json}\n"
	"  unused: {}\n" };

START_TEST(csv_keeps_what_json_keeps)
{
	const char *schema = schemas[_i % 2];
	char *lines, *csv, *by_csv, *by_lines;

	begin(schema);
	write_people((uint32_t)_i);
	expect(EX_OK, "profile load @/people");
	lines = exported("profile export");
	csv = exported("profile export --format csv");
	tear_down();
	by_csv = after_loading(schema, csv);
	by_lines = after_loading(schema, lines);
	same_lines(by_csv, lines);
	same_lines(by_lines, lines);
	free(lines);
	free(csv);
	free(by_csv);
	free(by_lines);
}
END_TEST

/* What its columns are called, and what stands in them. */
START_TEST(csv_names_what_it_holds)
{
	begin("fields: {name: {}, zip: {}}\n");
	write_file("people",
	    "{\"email\": \"A@b.c\", \"source\": \"crm\", \"observed_at\": "
	    "\"2026-01-02\", \"zip\": 4400, \"name\": \"Zo\", \"consent\": "
	    "{\"sms\": {\"status\": \"granted\", \"at\": \"2025-05-05\"}}}\n"
	    "{\"email\": \"a@b.c\", \"source\": \"crm\", \"consent\": "
	    "{\"sms\": "
	    "{\"status\": \"revoked\", \"at\": \"2026-06-06\"}}}\n"
	    "{\"email\": \"nobody@b.c\", \"object_marketing\": true}\n");
	expect(EX_OK, "profile load @/people");
	expect(EX_OK, "profile export --format csv");
	said(&out, "email,source,observed_at,object_profiling,object_marketing,"
		   "suppressed,restricted,bounces,bounces_forgiven,name,zip,");
	said(&out, "consent.sms,consent.sms.at,zip.type\n");
	said(&out, "a@b.c,crm,2026-01-02T00:00:00Z,0,0,0,0,,,Zo,4400,granted,"
		   "2025-05-05T00:00:00Z,number\n");
	said(&out, "a@b.c,crm,2026-06-06T00:00:00Z,0,0,0,0,,,,,revoked,"
		   "2026-06-06T00:00:00Z,\n");
	said(&out, "nobody@b.c,,,0,1,0,0,,,,,,,\n");
	tear_down();
}
END_TEST

START_TEST(a_type_that_the_value_is_not_of_is_told)
{
	begin("fields: {zip: {}}\n");
	write_file("people.csv", "email,zip,zip.type\n"
				 "a@b.c,44x,number\n"
				 "b@b.c,44,numbr\n"
				 "c@b.c,x,none\n"
				 "d@b.c, x ,string\n");
	expect(EX_DATAERR, "profile load @/people.csv");
	said(&errors,
	    "people.csv:2:7: zip: not of the type that its column of types "
	    "names: `44x` (2 rows left out; also line 3 `44`)");
	said(&out, "4 rows read, 2 bad, 2 profiles changed");
	write_file("people.csv", "email,zap.type\na@b.c,number\n");
	expect(EX_DATAERR, "profile load @/people.csv");
	said(&errors,
	    "people.csv:1: column `zap.type` is no field of the schema");
	tear_down();
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("profile export");
	TCase *tests = tcase_create("profile export");

	tcase_add_loop_test(tests, csv_keeps_what_json_keeps, 0, 8);
	tcase_add_test(tests, csv_names_what_it_holds);
	tcase_add_test(tests, a_type_that_the_value_is_not_of_is_told);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
