/* db verify, of a store whose checksums are right and whose bytes are not. */
#include "tests/tools/kit_cli.h"

#include "store/engine/lmdb.h"

static struct engine *
open_store(void)
{
	static char path[128];
	struct engine_options options = { .path = path, .mode = 0640 };
	struct err err = ERR_INIT;
	struct engine *engine;

	snprintf(path, sizeof path, "%s/store", directory);
	ck_assert_msg(lmdb_open(&options, &engine, &err) == 0, "%s", err.text);
	return engine;
}

static void
put_record(enum record_kind kind, const char *bytes)
{
	struct write write = { .key = { { 0xab, 0xcd } },
		.kind = kind,
		.bytes = span_str(bytes) };
	struct engine *engine = open_store();

	ck_assert_int_eq(engine_commit(engine, &write, 1, NULL), 1);
	engine_close(&engine);
}

static void
put_entry(const char *name, const char *bytes)
{
	struct entry entry = { span_str(name), span_str(bytes) };
	struct engine *engine = open_store();

	ck_assert_int_eq(engine_catalog_change(engine, &entry, 1, NULL), 0);
	engine_close(&engine);
}

START_TEST(what_can_be_decoded_is_sound)
{
	put_entry("table/price",
	    "name: price\nkey: sku\ncolumns: [name]\nrows: 1\nedition: 7\n");
	put_entry("row/price/7/A1", "{\"name\":\"Tea\"}");
	put_entry("note/delivery/log", "whatever");
	put_record(RECORD_TOMBSTONE, "whatever");
	expect(EX_OK, "db verify");
	said(&out, "1 records, 3 catalog entries, 0 damaged, 0 unreadable");
}
END_TEST

START_TEST(a_record_that_cannot_be_decoded_is_named)
{
	put_record(RECORD_PROFILE, "\1\2\3");
	put_record(RECORD_HISTORY, "\x7fnewer");
	expect(EX_DATAERR, "db verify");
	said(&out, "2 records, 0 catalog entries, 0 damaged, 2 unreadable");
	said(&errors, "unreadable record abcd0000000000000000000000000000: "
		      "a profile record is malformed");
	said(&errors, "a history record is of a format this program");
}
END_TEST

START_TEST(an_entry_that_cannot_be_decoded_is_named)
{
	static const struct {
		const char *name, *bytes;
	} cases[] = {
		{ "schema", "fields: [" },
		{ "sensitivity", "nonsense" },
		{ "campaign/spring", "id: summer\n" },
		{ "block/hero", "no front matter" },
		{ "table/price", "name: price\n" },
		{ "row/price/7/A1", "{\"name\":" },
		{ "later/what", "a kind this program does not know" },
	};
	char name[64];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		put_entry(cases[i].name, cases[i].bytes);
	expect(EX_DATAERR, "db verify --json");
	said(&out, "\"unreadable\":7");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		snprintf(
		    name, sizeof name, "unreadable entry %s: ", cases[i].name);
		said(&errors, name);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("decodable");
	TCase *tcase = tcase_create("decodable");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_can_be_decoded_is_sound);
	tcase_add_test(tcase, a_record_that_cannot_be_decoded_is_named);
	tcase_add_test(tcase, an_entry_that_cannot_be_decoded_is_named);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
