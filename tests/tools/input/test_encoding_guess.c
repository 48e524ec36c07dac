#include "tools/input/encoding_guess.h"

#include <check.h>
#include <iconv.h>

#include "tests/suite.h"

/* Names and words as customer files hold them. */
static const char *const french[] = { "Élodie", "Anaïs", "Benoît", "Zoé",
	"Jean-François", "Noël", "Maëlys", "Hervé", "Œuvre", "12 €",
	"Aix-en-Provence, allée des Mûriers", "L’Île", "THÉRÈSE", NULL };
static const char *const german[] = { "Jürgen", "Schröder", "Weiß", "Straße",
	"ÖBB", "Müller GmbH & Co. KG", NULL };
static const char *const spanish[] = { "Peña", "José", "Ángel", "Íñigo", NULL };
static const char *const polish[] = { "Łukasz", "Wałęsa", "Kraków",
	"Świętosław", "Żółkowski", NULL };
static const char *const czech[] = { "Dvořák", "Ondřej", "Jiří", "Žižkov",
	"Růžena", "Štěpán", NULL };
static const char *const russian[] = { "Иван", "МОСКВА", "Пётр Иванов",
	"улица Ленина", NULL };

static const struct {
	const char *encoding;
	const char *const *texts;
	const char *guess; /* NULL: the encoding */
} cases[] = {
	{ "windows-1252", french, NULL },
	{ "windows-1252", german, NULL },
	{ "windows-1252", spanish, NULL },
	{ "iso-8859-1", german, "windows-1252" },
	{ "iso-8859-15", french, NULL },
	{ "windows-1250", polish, NULL },
	{ "windows-1250", czech, NULL },
	{ "windows-1251", russian, NULL },
	{ "koi8-r", russian, NULL },
	{ "macintosh", french, NULL },
	{ "cp850", german, NULL },
	{ "cp850", spanish, NULL },
};

/* The text in that encoding; what it lacks is left out. */
static struct span
encode(const char *encoding, const char *text, char *bytes, size_t size)
{
	iconv_t cd = iconv_open(encoding, "UTF-8");
	char *in = (char *)(uintptr_t)text, *to = bytes;
	size_t left = strlen(text), room = size;

	ck_assert(cd != (iconv_t)-1);
	while (left != 0 && iconv(cd, &in, &left, &to, &room) == (size_t)-1) {
		in++;
		left--;
	}
	iconv_close(cd);
	return span_of(bytes, size - room);
}

START_TEST(names_tell_the_encoding)
{
	struct encoding_guess guess = { .texts = 0 };
	const char *wanted = cases[_i].guess;
	char bytes[200];

	for (size_t i = 0; cases[_i].texts[i]; i++)
		encoding_guess_add(
		    &guess, encode(cases[_i].encoding, cases[_i].texts[i],
				bytes, sizeof bytes));
	ck_assert_str_eq(
	    encoding_guess_best(&guess), wanted ? wanted : cases[_i].encoding);
}
END_TEST

START_TEST(without_a_text_there_is_no_guess)
{
	struct encoding_guess guess = { .texts = 0 };

	ck_assert_ptr_null(encoding_guess_best(&guess));
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("encoding guess");
	TCase *tests = tcase_create("encoding guess");

	tcase_add_loop_test(
	    tests, names_tell_the_encoding, 0, sizeof cases / sizeof *cases);
	tcase_add_test(tests, without_a_text_there_is_no_guess);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
