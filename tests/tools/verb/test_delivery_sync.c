/*
 * inlay delivery sync: which lines of which files are read, and what is told
 * where some are missing.
 */
#include <fcntl.h>
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

/* ---- systemd's journal ---- */

#define JOURNAL_REMOTE "/lib/systemd/systemd-journal-remote"

/* One entry in journalctl's export format; a message that is no UTF-8 is
 * written with its length. */
static void
add_entry(FILE *file, int second, const char *facility, struct span message)
{
	fprintf(file,
	    "__REALTIME_TIMESTAMP=%lld\n__MONOTONIC_TIMESTAMP=%d\n"
	    "_BOOT_ID=0123456789abcdef0123456789abcdef\n"
	    "SYSLOG_FACILITY=%s\nSYSLOG_IDENTIFIER=postfix/smtp\nMESSAGE\n",
	    (1774000000LL + second) * 1000000, second * 1000000, facility);
	for (unsigned i = 0; i < 8; i++)
		putc((int)(message.len >> 8 * i & 0xff), file);
	fwrite(message.at, 1, message.len, file);
	fputs("\n\n", file);
}

/* Has systemd write the entries into the journal file. */
static void
write_journal(const char *entries)
{
	char program[] = JOURNAL_REMOTE, from[256], to[256];
	char *argv[] = { program, to, from, NULL };
	posix_spawn_file_actions_t quiet;
	pid_t child;
	int status;

	snprintf(from, sizeof from, "%s/%s", directory, entries);
	snprintf(to, sizeof to, "--output=%s/mail.journal", directory);
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(
	    &quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	ck_assert_msg(
	    posix_spawn(&child, program, &quiet, NULL, argv, environ) == 0,
	    "no " JOURNAL_REMOTE "; sh conf/deps installs it");
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	posix_spawn_file_actions_destroy(&quiet);
}

/* journalctl is asked for the machine's journal: here it reads that file. */
static void
lead_journalctl(void)
{
	char text[512], path[256];

	snprintf(text, sizeof text,
	    "#!/bin/sh\nPATH=${PATH#*:}\n"
	    "exec journalctl --file=%s/mail.journal \"$@\"\n",
	    directory);
	write_file("journalctl", text);
	snprintf(path, sizeof path, "%s/journalctl", directory);
	ck_assert_int_eq(chmod(path, 0700), 0);
	snprintf(text, sizeof text, "%s:%s", directory, getenv("PATH"));
	ck_assert_int_eq(setenv("PATH", text, 1), 0);
}

static FILE *
open_entries(const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	return file;
}

START_TEST(reads_the_journal_and_goes_on_in_it)
{
	FILE *file = open_entries("one");

	add_entry(file, 1, "2", SPAN("4ZxYq01: message-id=<caf\xe9@a.b>"));
	add_entry(file, 2, "9", SPAN("4ZxYq01: removed")); /* cron */
	add_entry(file, 3, "2",
	    SPAN("4ZxYq01: to=<a@b.c>, relay=x, dsn=2.0.0, "
		 "status=sent (250 OK)"));
	add_entry(file, 4, "2", SPAN("4ZxYq01: removed"));
	fclose(file);
	write_journal("one");
	lead_journalctl();
	expect(EX_OK, "delivery sync --journal");
	said_exactly(&out, "3 lines, 1 reports, 0 states changed, 1 of other "
			   "mail\n");
	file = open_entries("two");
	add_entry(file, 5, "2", SPAN("4ZxYq02: message-id=<2@a.b>"));
	add_entry(file, 6, "2",
	    SPAN("4ZxYq02: to=<a@b.c>, relay=x, dsn=5.1.1, "
		 "status=bounced (no)"));
	fclose(file);
	write_journal("two");
	/* From the last one on, which is read again. */
	expect(EX_OK, "delivery sync --journal");
	said_exactly(&out, "3 lines, 1 reports, 0 states changed, 1 of other "
			   "mail\n");
	expect(EX_OK, "delivery sync --journal --restart");
	said_exactly(&out, "5 lines, 2 reports, 0 states changed, 2 of other "
			   "mail\n");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(tells_that_there_is_no_journal)
{
	char path[4096];

	lead_journalctl(); /* a file that is not there */
	expect(EX_DATAERR, "delivery sync --journal");
	said_exactly(&errors, "inlay: journalctl ended with 1\n");
	snprintf(path, sizeof path, "%s", getenv("PATH"));
	ck_assert_int_eq(setenv("PATH", "/nowhere", 1), 0);
	expect(EX_DATAERR, "delivery sync --journal");
	said_exactly(&errors, "inlay: journalctl cannot be run: No such file "
			      "or directory\n");
	ck_assert_int_eq(setenv("PATH", path, 1), 0);
}
END_TEST

START_TEST(forgets_a_log_that_is_gone)
{
	write_file("mail.log", LINE("1"));
	expect(EX_OK, SYNC);
	expect(EX_USAGE, SYNC " --forget @/mail.log");
	expect(EX_OK, "delivery sync --forget @/mail.log");
	said_exactly(&out, "1 readings forgotten\n");
	expect(EX_DATAERR, "delivery sync --forget @/mail.log");
	said(&errors, "no reading of `");
	expect(EX_OK, "db tidy");
	said(&errors, "nothing expires");
	/* And it can be read again. */
	expect(EX_OK, SYNC);
	said(&out, "1 lines");
	expect(EX_OK, "delivery sync --json --forget @/mail.log");
	said(&out, "\"forgotten\"");
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
	tcase_add_test(tests, reads_the_journal_and_goes_on_in_it);
	tcase_add_test(tests, tells_that_there_is_no_journal);
	tcase_add_test(tests, forgets_a_log_that_is_gone);
	tcase_add_test(tests, wants_one_place_to_read);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
