#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/base/journal.h"

#include "tests/suite.h"

static char folder[] = "/tmp/inlay-journal-XXXXXX";
static char path[64];
static int keeper; /* as journald keeps its socket */
static struct err err;

static void
setup(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	err_clear(&err);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/socket", folder);
	memcpy(address.sun_path, path, strlen(path));
	keeper = socket(AF_UNIX, SOCK_DGRAM, 0);
	ck_assert_int_eq(
	    bind(keeper, (struct sockaddr *)&address, sizeof address), 0);
}

static void
teardown(void)
{
	close(keeper);
	unlink(path);
	rmdir(folder);
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
}

/* The value of a field in the datagram, read as journald reads it. */
static struct span
field(struct span datagram, const char *name)
{
	while (datagram.len != 0) {
		size_t end = span_find(datagram, '\n');
		struct span line = span_first(datagram, end);
		size_t equals = span_find(line, '='), len = 0;
		bool found = span_eq(span_first(line, equals), span_str(name));
		struct span value = span_from(line, equals + 1);

		datagram = span_from(datagram, end + 1);
		if (equals == line.len) {
			for (unsigned i = 8; i-- > 0;)
				len = len << 8 | (unsigned char)datagram.at[i];
			value = span_of(datagram.at + 8, len);
			datagram = span_from(datagram, 8 + len + 1);
		}
		if (found)
			return value;
	}
	return SPAN_NONE;
}

static struct span
sent(const struct journal_entry *entry)
{
	static char bytes[4096];
	int fd = journal_open(path, &err);
	ssize_t len;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    journal_send(fd, 4, "inlayd", SPAN("id=4Xy7"), entry), 0);
	close(fd);
	len = recv(keeper, bytes, sizeof bytes, 0);
	ck_assert_int_gt(len, 0);
	return span_of(bytes, (size_t)len);
}

static bool
is(struct span datagram, const char *name, const char *value)
{
	return span_eq(field(datagram, name), span_str(value));
}

START_TEST(says_what_who_and_how_urgent)
{
	struct journal_entry entry;
	struct span datagram;
	char pid[24];

	journal_begin(&entry);
	datagram = sent(&entry);
	snprintf(pid, sizeof pid, "%ld", (long)getpid());
	ck_assert(is(datagram, "MESSAGE", "id=4Xy7"));
	ck_assert(is(datagram, "PRIORITY", "4"));
	ck_assert(is(datagram, "SYSLOG_FACILITY", "2"));
	ck_assert(is(datagram, "SYSLOG_IDENTIFIER", "inlayd"));
	ck_assert(is(datagram, "SYSLOG_PID", pid));
}
END_TEST

START_TEST(keeps_every_byte_of_a_value)
{
	struct journal_entry entry;
	struct span datagram;

	journal_begin(&entry);
	journal_field(&entry, "MESSAGE_ID", SPAN("abc"));
	journal_pair(&entry, "commit_ms", SPAN("2"));
	journal_pair(&entry, "detail", SPAN("a=b\nMESSAGE=forged\n\0c"));
	journal_pair(&entry, "reason", SPAN(""));
	datagram = sent(&entry);
	ck_assert(is(datagram, "MESSAGE_ID", "abc"));
	ck_assert(is(datagram, "INLAY_COMMIT_MS", "2"));
	ck_assert(span_eq(
	    field(datagram, "INLAY_DETAIL"), SPAN("a=b\nMESSAGE=forged\n\0c")));
	ck_assert(is(datagram, "INLAY_REASON", ""));
	ck_assert(is(datagram, "MESSAGE", "id=4Xy7"));
}
END_TEST

START_TEST(leaves_out_what_does_not_fit)
{
	static char big[sizeof((struct journal_entry *)0)->bytes];
	struct journal_entry entry;
	struct span datagram;

	memset(big, 'x', sizeof big);
	for (size_t len = sizeof big - 30; len <= sizeof big; len++) {
		journal_begin(&entry);
		journal_pair(&entry, "big", span_of(big, len));
		journal_pair(&entry, "b", SPAN("2"));
		ck_assert_uint_le(entry.len, sizeof entry.bytes);
	}
	datagram = sent(&entry);
	ck_assert_uint_eq(field(datagram, "INLAY_BIG").len, 0);
	ck_assert(is(datagram, "INLAY_B", "2"));
}
END_TEST

START_TEST(says_that_nobody_keeps_the_socket)
{
	close(keeper);
	unlink(path);
	ck_assert_int_eq(journal_open(path, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, path));
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("journal");
	TCase *tests = tcase_create("entries");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, says_what_who_and_how_urgent);
	tcase_add_test(tests, keeps_every_byte_of_a_value);
	tcase_add_test(tests, leaves_out_what_does_not_fit);
	tcase_add_test(tests, says_that_nobody_keeps_the_socket);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
