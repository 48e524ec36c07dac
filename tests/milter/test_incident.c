#include "milter/incident.h"

#include <check.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include "tests/manual.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

#define MINUTE (60 * INT64_C(1000000))
#define START (5 * MINUTE) /* of the clock */

static struct kit kit;
static struct log *book;
static const char *log_path;
static struct statistics statistics = STATISTICS_INIT;
static struct incidents incidents = INCIDENTS_INIT;
static struct err err;

static void
setup(void)
{
	kit_open(&kit);
	log_path = kit_path(&kit, "log");
	ck_assert_int_eq(
	    log_open(log_path, LOG_LEVEL_DEBUG, "test", &book, &err), 0);
}

static void
teardown(void)
{
	log_close(&book);
	kit_close(&kit);
}

/* fixture: setup teardown */

static const char *
logged(void)
{
	static char text[65536];
	FILE *file = fopen(log_path, "r");
	size_t len = fread(text, 1, sizeof text - 1, file);

	fclose(file);
	text[len] = '\0';
	return text;
}

static unsigned
count(const char *words)
{
	unsigned found = 0;

	for (const char *at = logged(); (at = strstr(at, words)) != NULL; at++)
		found++;
	return found;
}

static void
happen(enum incident_kind kind, int64_t when)
{
	const struct incident incident = { .kind = kind };

	incident_tell(&incidents, &incident, when, &statistics, book);
}

START_TEST(a_line_tells_what_who_and_why)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct peer peer = { .daemon = SPAN("CAMPAIGN") };
	const struct incident incident = { INCIDENT_RECIPIENT, "4Xy7",
		"suppressed", &peer };

	peer_set_address(&peer, (struct sockaddr *)&address);
	incident_tell(&incidents, &incident, START, &statistics, book);
	ck_assert_msg(strstr(logged(), " info event=recipient id=4Xy7 "
				       "reason=suppressed daemon=CAMPAIGN "
				       "client=127.0.0.1\n") != NULL,
	    "%s", logged());
}
END_TEST

START_TEST(of_many_ten_are_told_and_the_rest_counted)
{
	for (unsigned i = 0; i < 35; i++)
		happen(INCIDENT_FOREIGN, START + i);
	ck_assert_uint_eq(count("event=foreign"), INCIDENTS_TOLD);
	incidents_settle(&incidents, START + MINUTE - 1, book);
	ck_assert_uint_eq(count("more="), 0);
	incidents_settle(&incidents, START + MINUTE, book);
	ck_assert_uint_eq(count(" info event=foreign more=25\n"), 1);
	incidents_settle(&incidents, START + 2 * MINUTE, book);
	ck_assert_uint_eq(count("more="), 1);
	ck_assert_uint_eq(atomic_load(&statistics.counts[COUNT_FOREIGN]), 35);
}
END_TEST

START_TEST(one_kind_does_not_silence_another)
{
	for (unsigned i = 0; i < 20; i++)
		happen(INCIDENT_ABORTED, START);
	happen(INCIDENT_SECOND, START);
	happen(INCIDENT_ABORTED, START + MINUTE);
	ck_assert_uint_eq(count(" warning event=recipient"), 1);
	ck_assert_uint_eq(count("event=aborted more=10\n"), 1);
	ck_assert_uint_eq(count("event=aborted\n"), INCIDENTS_TOLD + 1);
	ck_assert_uint_eq(atomic_load(&statistics.counts[COUNT_SECOND]), 1);
}
END_TEST

START_TEST(the_manual_tells_of_every_kind_and_key)
{
	struct buf manual;
	struct span log;
	char item[60];

	manual_read("conf/man/inlayd.8", &manual);
	log = manual_section(&manual, ".Sh LOG");
	log = span_from(log, span_search(log, SPAN("has one with\n.Sy event")));
	ck_assert(log.len != 0);
	for (enum incident_kind kind = 0; kind < INCIDENT_KINDS; kind++) {
		snprintf(item, sizeof item, "\n.It Cm %s\n",
		    incident_kinds[kind].word);
		ck_assert_msg(manual_says(log, item), "no%s", item);
	}
	log = span_from(log, span_search(log, SPAN("\nIts keys:")));
	for (const struct incident_pair *pair = incident_pairs; pair->key;
	     pair++) {
		snprintf(item, sizeof item, "\n.It Sy %s\n", pair->key);
		ck_assert_msg(manual_says(log, item), "no%s", item);
		log = span_from(log, span_search(log, span_str(item)));
	}
	buf_deinit(&manual);
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("incident");
	TCase *tests = tcase_create("lines");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, a_line_tells_what_who_and_why);
	tcase_add_test(tests, of_many_ten_are_told_and_the_rest_counted);
	tcase_add_test(tests, one_kind_does_not_silence_another);
	tcase_add_test(tests, the_manual_tells_of_every_kind_and_key);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
