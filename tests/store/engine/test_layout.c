/*
 * The layouts as they lie in the files of stores that exist: every kind of key,
 * with the bytes under it. Each is read back, and writing the same again gives
 * the bytes of the newest.
 */
#include "tests/store/engine/lmdb_kit.h"

#include "store/catalog/catalog.h"
#include "store/engine/env.h"
#include "store/record/history.h"
#include "store/record/profile.h"
#include "tests/store/golden.h"
#include "tests/suite.h"

#define LAYOUT "tests/data/store/layout.2"
#define PROFILE "tests/data/store/profile.1"
#define HISTORY "tests/data/store/history.1"

static const struct {
	const char *name, *text;
} documents[] = {
	{ "schema", "fields:\n"
		    "  first_name: {type: string, class: identifying}\n"
		    "  points: {type: number, class: behavioural}\n"
		    "sources:\n"
		    "  crm: {rank: 1}\n" },
	{ "sensitivity", "- cluster: young\n"
			 "  topic: garden\n"
			 "  pi_p: 0.06\n"
			 "  pi_g: 0.02\n  psi_p: 0.01\n"
			 "  psi_g: 0.005\n  H_cell: 0.4\n  sd_cell: 1\n" },
	{ "campaign/spring", "id: spring\n"
			     "topic: garden\n" },
	{ "block/hero", "---\nid: hero\npool: heroes\ncap: 2\n---\n"
			"<h1>Hello</h1>\n--- text\nHello\n" },
	{ "table/price", "name: price\nkey: sku\ncolumns: [name]\n"
			 "rows: 1\nedition: 7\n" },
	{ "row/price/7/A1", "{\"name\":\"Tea\"}" },
	{ "note/delivery/log", "offset=12" },
};

#define DOCUMENTS (sizeof documents / sizeof documents[0])

static const char *const layouts[] = { "tests/data/store/layout.1", LAYOUT };

static void
write_everything(void)
{
	struct entry entries[DOCUMENTS];
	struct write writes[] = {
		kit_write(1, RECORD_PROFILE, 0, ""),
		kit_write(1, RECORD_HISTORY, 0, ""),
		kit_write(2, RECORD_TOMBSTONE, 0, "erased"),
	};

	for (size_t i = 0; i < DOCUMENTS; i++)
		entries[i] = (struct entry){ span_str(documents[i].name),
			span_str(documents[i].text) };
	writes[0].bytes = golden_bytes(PROFILE, arena);
	writes[1].bytes = golden_bytes(HISTORY, arena);
	ck_assert_int_eq(
	    engine_catalog_change(engine, entries, DOCUMENTS, &err), 0);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(engine_commit(engine, &writes[i], 1, &err), 1);
}

/* The files of a new store, which no engine has open. */
static struct env *
open_files(bool read_only)
{
	struct env_options options = { .mode = 0600,
		.map_bytes = (size_t)1 << 26,
		.read_only = read_only };
	struct env *env;
	char path[256];

	engine_close(&engine);
	data_path(directory, path);
	*strrchr(path, '/') = '\0';
	options.directory = path;
	ck_assert_msg(env_open(&options, &env, &err) == 0, "%s", err.text);
	return env;
}

/* Every pair that the files hold, as the golden file has them. */
static struct span
pairs(void)
{
	struct env *env = open_files(true);
	struct env_reader *reader;
	struct span key, value;
	enum env_result result;
	struct buf out;

	buf_init(&out, arena, 1 << 20);
	ck_assert_int_eq(env_read_begin(env, &reader, &err), ENV_OK);
	result = env_read_seek(reader, SPAN("\0"), &key, &value, &err);
	while (result == ENV_OK) {
		buf_printf(&out, "%s\n=\n", golden_hex(key, arena));
		buf_printf(&out, "%s\n\n", golden_hex(value, arena));
		result = env_read_next(reader, &key, &value, &err);
	}
	env_read_end(reader);
	env_close(&env);
	return buf_span(&out);
}

/* Puts one pair of the golden file into the store as it is. */
static void
put_pair(struct env_txn *txn, struct span key, struct span value)
{
	char *at;

	ck_assert_int_eq(env_write_put(txn, key, value.len, &at, &err), ENV_OK);
	memcpy(at, value.at, value.len);
}

/* The golden file is pairs of key, "=", value, with an empty line after
 * each. */
static void
put_pairs(struct env_txn *txn, const char *layout)
{
	FILE *file = golden_open(layout);
	struct buf parts[2];
	char line[4096];
	unsigned part = 0;

	buf_init(&parts[0], arena, 65536);
	buf_init(&parts[1], arena, 65536);
	while (fgets(line, sizeof line, file) != NULL) {
		if (line[0] == '=') {
			part = 1;
		} else if (line[0] != '\n') {
			golden_line(line, &parts[part]);
		} else if (part == 1) {
			put_pair(txn, buf_span(&parts[0]), buf_span(&parts[1]));
			buf_clear(&parts[0]);
			buf_clear(&parts[1]);
			part = 0;
		}
	}
	fclose(file);
}

START_TEST(what_is_written_is_what_is_on_disk)
{
	struct span written;
	FILE *file = golden_open(LAYOUT);
	char line[4096];
	struct buf golden;

	kit_secret(directory);
	begin();
	write_everything();
	written = pairs();
	buf_init(&golden, arena, 1 << 20);
	while (fgets(line, sizeof line, file) != NULL)
		if (line[0] != '#')
			buf_str(&golden, line);
	fclose(file);
	/* More than Check has room for. */
	if (!span_eq(buf_span(&golden), written))
		fprintf(stderr, "%.*s", SPAN_ARG(written));
	ck_assert_msg(span_eq(buf_span(&golden), written),
	    "these are not the pairs of " LAYOUT);
}
END_TEST

static void
records_are_read(void)
{
	struct record_key key = kit_key(1), erased = kit_key(2);
	struct record record;
	struct profile profile;
	struct history history;

	ck_assert_int_eq(engine_get(engine, &key, arena, &record, &err), 1);
	ck_assert_int_eq(profile_decode(record.values[RECORD_PROFILE].bytes,
			     arena, &profile, &err),
	    0);
	ck_assert_uint_eq(profile.observation_count, 9);
	ck_assert_int_eq(history_decode(record.values[RECORD_HISTORY].bytes,
			     arena, &history, &err),
	    0);
	ck_assert_uint_eq(history.exposure_count, 6);
	ck_assert_int_eq(engine_get(engine, &erased, arena, &record, &err), 1);
	ck_assert(
	    span_eq(record.values[RECORD_TOMBSTONE].bytes, SPAN("erased")));
}

static void
catalog_is_read(void)
{
	struct catalog *catalog;
	const struct table *table;
	struct span row;

	ck_assert_msg(
	    catalog_load(engine, (size_t)1 << 22, &catalog, &err) == 0, "%s",
	    err.text);
	ck_assert_uint_eq(catalog->schema->field_count, 2);
	ck_assert(span_eq(
	    catalog_campaign(catalog, SPAN("spring"))->topic, SPAN("garden")));
	ck_assert_uint_eq(catalog_block(catalog, SPAN("hero"))->cap, 2);
	ck_assert_ptr_nonnull(catalog_pool(catalog, SPAN("heroes")));
	ck_assert_ptr_nonnull(
	    catalog_cell(catalog, SPAN("young"), SPAN("garden")));
	table = catalog_table(catalog, SPAN("price"));
	ck_assert_uint_eq(table->edition, 7);
	ck_assert_int_eq(
	    table_row(engine, table, SPAN("A1"), arena, &row, &err), 1);
	ck_assert(span_eq(row, SPAN("{\"name\":\"Tea\"}")));
	catalog_free(&catalog);
	ck_assert_int_eq(engine_catalog_get(engine, SPAN("note/delivery/log"),
			     arena, &row, &err),
	    1);
	ck_assert(span_eq(row, SPAN("offset=12")));
}

START_TEST(what_is_on_disk_is_read_for_ever)
{
	struct engine_verdict verdict;
	struct env *env;
	struct env_txn *txn;

	kit_secret(directory);
	begin();
	env = open_files(false);
	ck_assert_int_eq(env_write_begin(env, &txn, &err), ENV_OK);
	put_pairs(txn, layouts[_i]);
	ck_assert_int_eq(env_write_commit(txn, &err), ENV_OK);
	env_close(&env);
	begin();
	ck_assert_int_eq(engine_verify(engine, NULL, NULL, &verdict, &err), 1);
	ck_assert_uint_eq(verdict.records, 3);
	ck_assert_uint_eq(verdict.entries, DOCUMENTS);
	records_are_read();
	catalog_is_read();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("layout");
	TCase *tcase = tcase_create("layout");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_written_is_what_is_on_disk);
	tcase_add_loop_test(tcase, what_is_on_disk_is_read_for_ever, 0,
	    sizeof layouts / sizeof layouts[0]);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
