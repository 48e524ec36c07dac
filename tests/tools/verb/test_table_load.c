#include "tests/tools/kit_cli.h"

START_TEST(keeps_tables_by_edition)
{
	write_file("t.csv", "sku,name,price\nA1,Tea,12.50\nB2,Cup,3\n");
	expect(EX_OK, "table load @/t.csv --number price");
	expect(EX_OK, "table show t A1");
	said(&out, "{\"sku\":\"A1\",\"name\":\"Tea\",\"price\":12.5}");
	write_file("t.csv", "sku,name\nC3,Pot\n");
	expect(EX_OK, "table load @/t.csv");
	expect(EX_NOINPUT, "table show t A1");
	expect(EX_OK, "table show t C3");
	expect(EX_OK, "table rm t");
	expect(EX_NOINPUT, "table show t C3");
}
END_TEST

/* Each a mistake, after which the table is as it was. */
static const struct {
	const char *file;
	const char *flags;
	const char *text; /* what is said of it */
} mistakes[] = {
	{ "sku,name\nA1,Pot\n", "--key skU1",
	    "t.csv:1: there is no column `skU1`; did you mean `sku`?" },
	{ "sku,name\nA1,Pot\n", "--key nosuch",
	    "t.csv:1: there is no column `nosuch`" },
	{ "sku,name\nA1,Pot\n", "--number nmae",
	    "t.csv:1: there is no column `nmae`; did you mean `name`?" },
	{ "sku,name\n", "",
	    "t.csv: no row to load; the table stays as it was" },
	{ "", "", "t.csv:1:1: there is no header line" },
	{ "sku,price\nA1,\"12,50\"\n", "--number price",
	    "t.csv:2:4: price: not a number: `12,50` (1 row left out)" },
	{ "sku,price\nA1,true\n", "--number price",
	    "t.csv:2:4: price: not a number: `true` (1 row left out)" },
	{ "{\"id\": \"A1\"}\n", "--key sku",
	    "t.csv:1:1: no key (1 row left out)" },
};

START_TEST(a_mistake_leaves_the_table_as_it_was)
{
	char words[100];

	write_file("t.csv", "sku,name\nA1,Tea\n");
	expect(EX_OK, "table load @/t.csv");
	write_file("t.csv", mistakes[_i].file);
	snprintf(words, sizeof words, "table load @/t.csv --max-bad 9 %s",
	    mistakes[_i].flags);
	expect(EX_DATAERR, words);
	said(&errors, mistakes[_i].text);
	expect(EX_OK, "table show t A1");
	said(&out, "Tea");
}
END_TEST

START_TEST(a_key_that_stands_twice_is_named)
{
	write_file("t.csv", "sku,name\nA1,Tea\nA2,Pot\nA1,Cup\n\"A2\",Mug\n");
	expect(EX_DATAERR, "table load @/t.csv");
	said(&out, "t: 2 rows, 2 bad");
	said(&errors,
	    "t.csv:4:1: sku: the key stands in an earlier row: `A1` (2 rows "
	    "left out; also line 5 `A2`)");
	expect(EX_OK, "table show t A1");
	said(&out, "Tea");
	expect(EX_OK, "table load @/t.csv --max-bad 2");
	expect(EX_DATAERR, "table load @/t.csv --max-bad 1");
}
END_TEST

START_TEST(a_number_may_be_missing)
{
	write_file("t.csv", "sku,price\nA1,\nA2, 3 \n");
	expect(EX_OK, "table load @/t.csv --number price");
	expect(EX_OK, "table show t A1");
	said(&out, "\"price\":null");
	expect(EX_OK, "table show t A2");
	said(&out, "\"price\":3}");
}
END_TEST

START_TEST(a_table_stays_with_its_tenant)
{
	write_file("t.csv", "sku,name\nA1,Tea\n");
	expect(EX_OK, "table load @/t.csv --tenant inn");
	expect(EX_OK, "table list --json");
	said(&out, "\"tenant\": \"inn\"");
	expect(EX_DATAERR, "table load @/t.csv");
	said(&errors, "the table t is of --tenant inn; load it so");
	expect(EX_DATAERR, "table load @/t.csv --tenant shop");
	expect(EX_OK, "table load @/t.csv --tenant inn");
	expect(EX_OK, "table rm t");
	expect(EX_OK, "table load @/t.csv");
	expect(EX_DATAERR, "table load @/t.csv --tenant inn");
	said(&errors, "the table t is everybody's; load it so");
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("table load");
	TCase *tests = tcase_create("table load");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, keeps_tables_by_edition);
	tcase_add_loop_test(tests, a_mistake_leaves_the_table_as_it_was, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_test(tests, a_key_that_stands_twice_is_named);
	tcase_add_test(tests, a_number_may_be_missing);
	tcase_add_test(tests, a_table_stays_with_its_tenant);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
