#include <pwd.h>
#include <sys/stat.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "milter/sign/keyfile.h"
#include "tests/tools/kit_cli.h"

static const char *
in_directory(const char *name)
{
	static char paths[4][256];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, 256, "%s/%s", directory, name);
	return path;
}

/* The configuration around some lines. */
static const char *
around(const char *keys)
{
	static char conf[4096];

	snprintf(conf, sizeof conf,
	    "# ours\nstore = %s/store\nverify-keys = %s/dns\n%s# end\n",
	    directory, directory, keys);
	return conf;
}

static void
write_conf(const char *keys)
{
	write_file("inlay.conf", around(keys));
	write_file("dns", "");
}

/* Starts from an inlay.conf without a key. */
static void
begin(void)
{
	set_up();
	write_conf("");
}

/* The configuration is what it was, with key lines for the selectors. */
static void
has_lines(const char *first, ...)
{
	char wanted[4096];
	FILE *file = fopen(in_directory("inlay.conf"), "r");
	struct buf got;
	va_list args;
	size_t len = (size_t)snprintf(wanted, sizeof wanted, "%s", around(""));

	va_start(args, first);
	for (const char *at = first; at != NULL; at = va_arg(args, char *))
		len += (size_t)snprintf(wanted + len, sizeof wanted - len,
		    "key = shop.example %s %s/keys/shop.example.%s.pem\n", at,
		    directory, at);
	va_end(args);
	buf_init_heap(&got, 1 << 16);
	slurp(file, &got);
	ck_assert_str_eq(buf_cstr(&got), wanted);
	buf_deinit(&got);
}

/* What the last --json printed goes into the "DNS". */
static void
publish(void)
{
	json_t *made = json_loads(buf_cstr(&out), 0, NULL), *key;
	FILE *dns = fopen(in_directory("dns"), "a");
	size_t i;

	json_array_foreach(json_object_get(made, "keys"), i, key) fprintf(dns,
	    "%s %s\n", json_string_value(json_object_get(key, "name")),
	    json_string_value(json_object_get(key, "record")));
	fclose(dns);
	json_decref(made);
}

static struct stat
examine(const char *name)
{
	struct stat st;

	ck_assert_msg(stat(in_directory(name), &st) == 0, "no %s", name);
	return st;
}

START_TEST(makes_both_kinds_and_names_them)
{
	struct err err = ERR_INIT;
	EVP_PKEY *rsa, *ed;

	expect(EX_OK, "key new Shop.Example. 2026a");
	said(&out, "2026a._domainkey.shop.example. IN TXT (\n\t\"v=DKIM1; "
		   "k=rsa; p=");
	said(&out, "2026a-ed25519._domainkey.shop.example. IN TXT (\n\t\"v="
		   "DKIM1; k=ed25519; p=");
	said(&errors, "`systemctl reload inlayd`");
	has_lines("2026a", "2026a-ed25519", NULL);
	rsa = keyfile_read(in_directory("keys/shop.example.2026a.pem"), &err);
	ed = keyfile_read(
	    in_directory("keys/shop.example.2026a-ed25519.pem"), &err);
	ck_assert_msg(err.code == ERR_NONE, "%s", err.text);
	ck_assert_int_eq(EVP_PKEY_get_bits(rsa), 2048);
	ck_assert_int_eq(EVP_PKEY_get_base_id(ed), EVP_PKEY_ED25519);
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
	ck_assert_int_eq(examine("keys").st_mode & 07777, 0750);
}
END_TEST

START_TEST(splits_records_into_strings_of_255_bytes)
{
	size_t len = 0, strings = 0;
	bool inside = false;

	expect(EX_OK, "key new shop.example");
	for (const char *c = buf_cstr(&out); *c; c++) {
		if (*c == '"') {
			ck_assert_uint_le(len, 255);
			strings += inside;
			inside = !inside;
			len = 0;
		} else {
			len += inside;
		}
	}
	ck_assert_uint_eq(strings, 3);
}
END_TEST

START_TEST(writes_nothing_over)
{
	struct stat before, after;

	expect(EX_OK, "key new shop.example a");
	before = examine("keys/shop.example.a.pem");
	expect(EX_DATAERR, "key new shop.example b");
	said(&errors, "inlay key rotate shop.example");
	expect(EX_DATAERR, "key rotate shop.example a");
	said(&errors, "is there already, and stays");
	after = examine("keys/shop.example.a.pem");
	ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	ck_assert_int_eq(before.st_ino, after.st_ino);
	has_lines("a", "a-ed25519", NULL);
	/* The second of the two is in the way: no first one is left. */
	write_file("keys/other.example.c-ed25519.pem", "mine");
	expect(EX_DATAERR, "key new other.example c");
	ck_assert_int_ne(
	    access(in_directory("keys/other.example.c.pem"), F_OK), 0);
}
END_TEST

START_TEST(makes_the_file_that_a_line_names)
{
	char line[512];

	snprintf(line, sizeof line, "key = shop.example old %s/here.pem\n",
	    directory);
	write_conf(line);
	expect(EX_OK, "key new shop.example old");
	ck_assert_int_eq(examine("here.pem").st_mode & 07777, 0600);
	expect(EX_DATAERR, "key new shop.example old");
}
END_TEST

START_TEST(rotates_when_the_dns_has_the_new_ones)
{
	expect(EX_DATAERR, "key rotate shop.example");
	said(&errors, "inlay key new shop.example");
	expect(EX_OK, "key new shop.example one --json");
	publish();
	expect(EX_DATAERR, "key rotate shop.example --finish");
	said(&errors, "has no older key");
	expect(EX_OK, "key rotate shop.example two --json");
	has_lines("one", "one-ed25519", "two", "two-ed25519", NULL);
	expect(EX_TEMPFAIL, "key rotate shop.example --finish");
	said(&errors, "nobody can verify two._domainkey.shop.example yet");
	has_lines("one", "one-ed25519", "two", "two-ed25519", NULL);
}
END_TEST

START_TEST(takes_the_old_ones_out)
{
	expect(EX_OK, "key new shop.example one --json");
	publish();
	expect(EX_OK, "key rotate shop.example two --json");
	publish();
	expect(EX_OK, "key rotate shop.example --finish");
	said(&out, "one signs no more; its file ");
	has_lines("two", "two-ed25519", NULL);
	examine("keys/shop.example.one.pem");
}
END_TEST

/* One of the two new ones is not enough. */
START_TEST(waits_for_both_records)
{
	char dns[4096], *second;
	FILE *file;

	expect(EX_OK, "key new shop.example one");
	expect(EX_OK, "key rotate shop.example two --json");
	publish();
	file = fopen(in_directory("dns"), "r");
	ck_assert_uint_gt(fread(dns, 1, sizeof dns - 1, file), 0);
	fclose(file);
	second = strstr(dns, "two-ed25519.");
	ck_assert_ptr_nonnull(second);
	*second = '\0';
	write_file("dns", dns);
	expect(EX_TEMPFAIL, "key rotate shop.example --finish");
	said(&errors, "two-ed25519._domainkey");
}
END_TEST

START_TEST(gives_keys_to_whom_the_store_belongs)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || nobody == NULL)
		return;
	ck_assert_int_eq(mkdir(in_directory("store"), 0700), 0);
	ck_assert_int_eq(
	    chown(in_directory("store"), nobody->pw_uid, nobody->pw_gid), 0);
	expect(EX_OK, "key new shop.example a");
	ck_assert_uint_eq(
	    examine("keys/shop.example.a.pem").st_uid, nobody->pw_uid);
	ck_assert_uint_eq(examine("keys").st_gid, nobody->pw_gid);
	ck_assert_uint_eq(examine("keys").st_uid, 0);
}
END_TEST

static const char *const mistakes[] = { "key new shop\1example",
	"key new ../etc", "key new shop.example a._domainkey",
	"key new shop.example a/b" };

START_TEST(refuses_what_is_no_name)
{
	expect(EX_DATAERR, mistakes[_i]);
	has_lines(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("key");
	TCase *tests = tcase_create("key");

	tcase_add_checked_fixture(tests, begin, tear_down);
	tcase_add_test(tests, makes_both_kinds_and_names_them);
	tcase_add_test(tests, splits_records_into_strings_of_255_bytes);
	tcase_add_test(tests, writes_nothing_over);
	tcase_add_test(tests, makes_the_file_that_a_line_names);
	tcase_add_test(tests, rotates_when_the_dns_has_the_new_ones);
	tcase_add_test(tests, takes_the_old_ones_out);
	tcase_add_test(tests, waits_for_both_records);
	tcase_add_test(tests, gives_keys_to_whom_the_store_belongs);
	tcase_add_loop_test(tests, refuses_what_is_no_name, 0,
	    sizeof mistakes / sizeof *mistakes);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
