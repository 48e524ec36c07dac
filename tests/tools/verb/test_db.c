#include <dirent.h>

#include "store/engine/env.h"
#include "store/record/record.h"
#include "tests/manual.h"
#include "tests/tools/kit_cli.h"

static void
load_people(void)
{
	write_file("schema.yaml", "fields: {name: {}}\n");
	write_file("people.csv",
	    "email,name\nanna@example.org,Anna\nbob@example.org,Bob\n");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "profile load @/people.csv");
}

/* A tombstone of layout 1: under the record key. */
static void
erase_as_before(const char *address)
{
	struct record_key who = record_key(SPAN("default"), span_str(address));
	struct span bytes = SPAN("2026-01-01T00:00:00Z");
	char path[128], key[KEY_SIZE + 2] = "\3", *at;
	struct env_options options = {
		.directory = path, .mode = 0640, .map_bytes = (size_t)1 << 26
	};
	struct env *env;
	struct env_txn *txn;

	snprintf(path, sizeof path, "%s/store/data.1", directory);
	memcpy(key + 1, who.bytes, KEY_SIZE);
	key[KEY_SIZE + 1] = RECORD_TOMBSTONE;
	ck_assert_int_eq(env_open(&options, &env, NULL), 0);
	ck_assert_int_eq(env_write_begin(env, &txn, NULL), ENV_OK);
	ck_assert_int_eq(env_write_put(txn, span_of(key, sizeof key),
			     RECORD_HEADER + bytes.len, &at, NULL),
	    ENV_OK);
	record_seal(at, span_of(key, sizeof key), RECORD_TOMBSTONE, 1, bytes);
	ck_assert_int_eq(env_write_commit(txn, NULL), ENV_OK);
	env_close(&env);
}

START_TEST(an_upgrade_moves_tombstones_of_before)
{
	load_people();
	erase_as_before("carl@example.org");
	expect(EX_OK, "db upgrade");
	said(&out, "layout 2, the newest of this version");
	said(&out, "1 tombstones moved");
	expect(EX_OK, "db upgrade");
	ck_assert_ptr_null(strstr(buf_cstr(&out), "moved"));
	write_file("people.csv", "email,name\ncarl@example.org,Carl\n");
	expect(EX_OK, "profile load @/people.csv");
	said(&out, "1 of erased people left out");
	expect(EX_OK, "db verify");
}
END_TEST

/* The way that the upgrade tells of. */
START_TEST(an_upgrade_has_a_way_back)
{
	char back[256] = "db restore ", *path;

	load_people();
	erase_as_before("carl@example.org");
	expect(EX_OK, "db upgrade");
	path = strstr(buf_cstr(&out), "/before-upgrade-");
	ck_assert_ptr_nonnull(path);
	snprintf(back + strlen(back), 128, "@/store%.*s",
	    (int)strcspn(path, ";"), path);
	expect(EX_OK, "profile rm anna@example.org");
	expect(EX_OK, back);
	expect(EX_OK, "profile get anna@example.org");
	/* Of layout 1 again. */
	expect(EX_OK, "db upgrade");
	said(&out, "1 tombstones moved");
}
END_TEST

START_TEST(a_backup_without_its_secret_is_told_of)
{
	char path[128];

	load_people();
	expect(EX_OK, "privacy erase anna@example.org");
	expect(EX_OK, "db backup @/copy");
	said(&out, "tombstone.key");
	expect(EX_OK, "db restore @/copy");
	ck_assert_str_eq(buf_cstr(&errors), "");
	snprintf(path, sizeof path, "%s/copy/tombstone.key", directory);
	ck_assert_int_eq(unlink(path), 0);
	expect(EX_OK, "db restore @/copy");
	ck_assert_str_eq(buf_cstr(&errors), "");
	snprintf(path, sizeof path, "%s/store/tombstone.key", directory);
	ck_assert_int_eq(unlink(path), 0);
	expect(EX_UNAVAILABLE, "profile set bob@example.org name=B");
	said(&errors, "tombstone.key is missing");
	expect(EX_OK, "db restore @/copy");
	said(&errors, "has no tombstone.key that fits");
	expect(EX_OK, "profile load @/people.csv");
	said(&out, "1 profiles changed");
}
END_TEST

/* Of each there are bytes that every later version must read: KIND.NUMBER. */
START_TEST(the_manual_says_which_version_reads_each_format)
{
	DIR *folder = opendir("tests/data/store");
	struct dirent *entry;
	struct buf manual;
	unsigned seen = 0;

	ck_assert_ptr_nonnull(folder);
	manual_read("conf/man/inlay.1", &manual);
	while ((entry = readdir(folder)) != NULL) {
		char kind[32], item[64];
		unsigned number;

		if (sscanf(entry->d_name, "%31[a-z].%u", kind, &number) != 2)
			continue;
		snprintf(item, sizeof item, "%s%s %u", kind,
		    strcmp(kind, "layout") == 0 ? "" : " format", number);
		ck_assert_msg(
		    manual_item(buf_span(&manual), item).len != 0, "%s", item);
		seen++;
	}
	ck_assert_uint_ge(seen, 7);
	buf_deinit(&manual);
	closedir(folder);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db");
	TCase *tests = tcase_create("db");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, an_upgrade_moves_tombstones_of_before);
	tcase_add_test(tests, an_upgrade_has_a_way_back);
	tcase_add_test(tests, a_backup_without_its_secret_is_told_of);
	tcase_add_test(tests, the_manual_says_which_version_reads_each_format);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
