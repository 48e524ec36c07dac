/*
 * inlay delivery sync: which lines of which files are read, and what is told
 * where some are missing.
 */
#include <sys/stat.h>
#include <time.h>
#include <utime.h>

#include "tests/tools/kit_cli.h"

extern char **environ;

#define LINE(n) \
	"2026-03-20T09:00:0" n "Z mx postfix/qmgr[9]: 4ZxYq0" n ": removed\n"
#define SYNC "delivery sync --log @/mail.log"

/* A file as it was left so many hours ago. */
static void
leave(const char *name, const char *text, int hours)
{
	char path[256];
	struct utimbuf then;

	write_file(name, text);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	then.actime = then.modtime = time(NULL) - hours * 3600;
	ck_assert_int_eq(utime(path, &then), 0);
}

static void
move(const char *from, const char *to)
{
	char old[256], new[256];

	snprintf(old, sizeof(old), "%s/%s", directory, from);
	snprintf(new, sizeof(new), "%s/%s", directory, to);
	ck_assert_int_eq(rename(old, new), 0);
}

static void
pack(const char *name)
{
	char program[] = "gzip", path[256];
	char *argv[] = { program, path, NULL };
	pid_t child;
	int status;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	ck_assert_int_eq(
	    posix_spawnp(&child, program, NULL, NULL, argv, environ), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}

START_TEST(goes_on_where_it_stopped)
{
	write_file("mail.log", LINE("1"));
	expect(EX_OK, SYNC " --restart");
	said(&out, "1 lines");
	/* Half a line waits for its end. */
	write_file("mail.log", LINE("1") LINE("2") "2026-03-20T");
	expect(EX_OK, SYNC);
	/* Some lines are read again, to know open queue files. */
	said(&out, "2 lines");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

static const char *const rotations[] = { "mail.log.1", "mail.log-20260320",
	"mail.log.2026-03-20" };

START_TEST(follows_a_log_by_any_name_it_was_moved_to)
{
	leave("mail.log", LINE("1"), 2);
	expect(EX_OK, SYNC);
	leave("mail.log", LINE("1") LINE("2"), 1);
	move("mail.log", rotations[_i]);
	leave("mail.log", LINE("3"), 0);
	expect(EX_OK, SYNC);
	said(&out, "3 lines");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(follows_a_log_that_was_packed)
{
	leave("mail.log", LINE("1"), 3);
	expect(EX_OK, SYNC);
	leave("mail.log.2", LINE("1") LINE("2"), 2);
	pack("mail.log.2");
	leave("mail.log.1", LINE("3"), 1);
	write_file("mail.log", LINE("4"));
	expect(EX_OK, SYNC);
	said(&out, "4 lines");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(follows_a_log_that_was_copied_and_cut)
{
	write_file("mail.log", LINE("1") LINE("2"));
	expect(EX_OK, SYNC);
	leave("mail.log.1", LINE("1") LINE("2") LINE("3"), 0);
	write_file("mail.log", LINE("4")); /* the same inode */
	expect(EX_OK, SYNC);
	said(&out, "4 lines");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(tells_that_lines_may_be_missing)
{
	write_file("mail.log", LINE("1") LINE("2"));
	expect(EX_OK, SYNC);
	write_file("mail.log", LINE("4"));
	expect(EX_OK, SYNC);
	said(&out, "1 lines");
	said(&errors, "lines since then may be missing");
	expect(EX_OK, SYNC);
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(reads_a_stream_whole_each_time)
{
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(
		    run_with(LINE("1") "2026-03-20T09:00:00Z mx x[1]: end",
			"delivery sync --log -"),
		    EX_OK);
		said(&out, "2 lines");
	}
	write_file("old.log", LINE("1") LINE("2"));
	pack("old.log");
	expect(EX_OK, "delivery sync --log @/old.log.gz");
	said(&out, "2 lines");
}
END_TEST

START_TEST(counts_lines_of_no_known_form)
{
	write_file("mail.log", "what\n\n-- Boot 1 --\n" LINE("1") "is this\n");
	expect(EX_OK, SYNC);
	said(&out, "2 lines in no known form");
	expect(EX_OK, SYNC " --restart --json");
	said(&out, "\"unknown\":2");
}
END_TEST

START_TEST(wants_one_place_to_read)
{
	expect(EX_USAGE, "delivery sync");
	expect(EX_USAGE, "delivery sync --log @/mail.log --journal");
	expect(EX_DATAERR, "delivery sync --log @/mail.log");
	said(&errors, "mail.log: cannot be read: No such file");
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("delivery sync");
	TCase *tests = tcase_create("delivery sync");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, goes_on_where_it_stopped);
	tcase_add_loop_test(tests, follows_a_log_by_any_name_it_was_moved_to, 0,
	    (int)(sizeof(rotations) / sizeof(*rotations)));
	tcase_add_test(tests, follows_a_log_that_was_packed);
	tcase_add_test(tests, follows_a_log_that_was_copied_and_cut);
	tcase_add_test(tests, tells_that_lines_may_be_missing);
	tcase_add_test(tests, reads_a_stream_whole_each_time);
	tcase_add_test(tests, counts_lines_of_no_known_form);
	tcase_add_test(tests, wants_one_place_to_read);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
