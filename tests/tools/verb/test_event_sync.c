#define _GNU_SOURCE /* memmem */
/*
 * inlay event sync: which requests of a web server's log are clicks, and which
 * of them no person made. The log is written from what the makers of mail
 * gateways and programs say of themselves, and from what people do.
 */
#include <sys/stat.h>

#include "milter/sign/mark.h"
#include "store/base/ascii.h"
#include "store/base/timestamp.h"
#include "tests/tools/kit_cli.h"

#define PEOPLE 120
#define SENT INT64_C(1793440800) /* 2026-10-31T10:00:00Z */
#define SECRET "0123456789abcdef0123456789abcdef"
#define SYNC "event sync --log @/access.log"

#define FIREFOX \
	"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 " \
	"Firefox/140.0"
#define IPHONE \
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) " \
	"AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 " \
	"Mobile/15E148 Safari/604.1"
#define CHROME \
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " \
	"(KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"

static char marks[PEOPLE][MARK_LENGTH + 1];
static struct buf log_text;

static void
open_world(void)
{
	char conf[512];

	set_up();
	snprintf(conf, sizeof conf,
	    "store = %s/store\nsign = no\ntoken-key = k1 %s/token.key\n",
	    directory, directory);
	write_file("inlay.conf", conf);
	write_file("token.key", SECRET);
	snprintf(conf, sizeof conf, "%s/token.key", directory);
	ck_assert_int_eq(chmod(conf, 0600), 0);
	write_file(
	    "spring.yaml", "id: spring\nlinks: {domains: [shop.example]}\n");
	write_file("hero.html", "---\npool: a\n---\n<b>x</b>\n");
	expect(EX_OK, "campaign load @/spring.yaml");
	expect(EX_OK, "block load @/hero.html");
	buf_init_heap(&log_text, 1 << 22);
}

static void
close_world(void)
{
	buf_deinit(&log_text);
	tear_down();
}

/* Puts the mark of a tag into its place. */
static void
put_mark(unsigned place, const unsigned char tag[MARK_TAG])
{
	static const struct secret secret = { { "k1", 2 },
		{ SECRET, sizeof SECRET - 1 } };
	static const struct secrets secrets = { &secret, 1 };
	struct arena *arena = arena_new(4096);
	struct err err = ERR_INIT;
	struct span mark;

	ck_assert_int_eq(
	    mark_make(&secrets, SPAN("default"), tag, arena, &mark, &err), 0);
	snprintf(marks[place], sizeof marks[place], "%.*s", SPAN_ARG(mark));
	arena_free(&arena);
}

/* The mark of what was sent to a person, whose entry the command shows. */
static void
read_mark(unsigned person)
{
	unsigned char tag[MARK_TAG];
	const char *at;
	char words[128];

	snprintf(words, sizeof words,
	    "exposure list --json --to p%u@example.org", person);
	expect(EX_OK, words);
	at = strstr(buf_cstr(&out), "\"message\": \"");
	ck_assert_ptr_nonnull(at);
	at += 12;
	for (size_t i = 0; i < MARK_TAG; i++)
		tag[i] = (unsigned char)(hex_value(at[2 * i]) << 4 |
					 hex_value(at[2 * i + 1]));
	put_mark(person, tag);
}

/* A mail to so many people, delivered at SENT. */
static void
send_to(unsigned people)
{
	char words[192];
	struct buf rows;

	buf_init_heap(&rows, 65536);
	buf_str(&rows, "email\n");
	for (unsigned i = 0; i < people; i++)
		buf_printf(&rows, "p%u@example.org\n", i);
	write_file("people.csv", buf_cstr(&rows));
	buf_deinit(&rows);
	expect(EX_OK, "profile load @/people.csv");
	for (unsigned i = 0; i < people; i++) {
		snprintf(words, sizeof words,
		    "exposure record --to p%u@example.org --channel email "
		    "--block hero --campaign spring --at "
		    "2026-10-31T10:00:00Z",
		    i);
		expect(EX_OK, words);
		read_mark(i);
	}
}

static void
add_line(unsigned person, int64_t after, const char *method, const char *path,
    const char *client, const char *agent)
{
	char text[TIMESTAMP_SIZE];

	timestamp_print(SENT + after, text);
	/* 2026-10-31T10:00:00Z */
	buf_printf(&log_text,
	    "%s - - [%.2s/%s/%.4s:%.8s +0000] \"%s %s?iv=%s HTTP/2.0\" 200 "
	    "512 \"-\" \"%s\"\n",
	    client, text + 8, memcmp(text + 5, "10", 2) == 0 ? "Oct" : "Nov",
	    text, text + 11, method, path, marks[person], agent);
}

static void
write_log(void)
{
	write_file("access.log", buf_cstr(&log_text));
}

/* How often a text stands in what was said. */
static unsigned
times(const char *text)
{
	unsigned count = 0;

	for (const char *at = buf_cstr(&out); (at = strstr(at, text)); at++)
		count++;
	return count;
}

START_TEST(a_click_is_joined_with_the_mail_it_came_from)
{
	send_to(2);
	add_line(0, 3600, "GET", "/boots", "192.0.2.1", FIREFOX);
	add_line(0, 7200, "GET", "/tents", "192.0.2.1", FIREFOX);
	buf_str(&log_text, "192.0.2.7 - - [31/Oct/2026:11:00:00 +0000] \"GET "
			   "/?iv=AAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\" 200 5 "
			   "\"-\" \"x\"\n"
			   "192.0.2.7 - - [31/Oct/2026:11:00:00 +0000] \"GET "
			   "/?iv=7 HTTP/1.1\" 200 5 \"-\" \"x\"\nnonsense\n");
	write_log();
	expect(EX_OK, SYNC);
	said_exactly(&out,
	    "5 lines, 2 requests with a mark, 2 clicks added, 0 of them set "
	    "aside, 1 marks that nobody made, 1 lines in no known form\n");
	expect(EX_OK, "event list p0@example.org");
	said_exactly(&out,
	    "2026-10-31T11:00:00Z      click        spring           by email\n"
	    "2026-10-31T12:00:00Z      click        spring           by "
	    "email\n");
	expect(EX_OK, SYNC " --restart");
	said(&out, "0 clicks added, 0 of them set aside, 2 known before");
}
END_TEST

/* One that sorts before all that were sent, and one that sorts behind. */
START_TEST(a_mark_that_nobody_holds_is_nobodys)
{
	static const unsigned char first[MARK_TAG] = { 0 };
	static const unsigned char last[MARK_TAG] = { 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff };

	send_to(1);
	put_mark(1, first);
	put_mark(2, last);
	for (unsigned i = 0; i < 3; i++)
		add_line(i, 3600 + i, "GET", "/boots", "192.0.2.1", FIREFOX);
	write_log();
	expect(EX_OK, SYNC);
	said(&out, "1 clicks added, 0 of them set aside, 2 of people nobody");
	expect(EX_OK, "event list");
	ck_assert_uint_eq(times("click"), 1);
}
END_TEST

START_TEST(a_log_is_read_on_through_its_rotations)
{
	char old[256], new[256];

	send_to(1);
	add_line(0, 3600, "GET", "/boots", "192.0.2.1", FIREFOX);
	write_log();
	expect(EX_OK, SYNC);
	said(&out, "1 clicks added");
	snprintf(old, sizeof old, "%s/access.log", directory);
	snprintf(new, sizeof new, "%s/access.log.1", directory);
	ck_assert_int_eq(rename(old, new), 0);
	buf_clear(&log_text);
	add_line(0, 7200, "GET", "/tents", "192.0.2.1", FIREFOX);
	write_log();
	expect(EX_OK, SYNC);
	said(&out, "1 clicks added");
	ck_assert_str_eq(buf_cstr(&errors), "");
}
END_TEST

START_TEST(a_burst_over_the_end_of_a_run_is_one)
{
	send_to(1);
	add_line(0, 3600, "GET", "/a", "192.0.2.1", CHROME);
	add_line(0, 3600, "GET", "/b", "192.0.2.1", CHROME);
	write_log();
	expect(EX_OK, SYNC);
	said(&out, "2 clicks added, 0 of them set aside");
	add_line(0, 3601, "GET", "/c", "192.0.2.1", CHROME);
	write_log();
	expect(EX_OK, SYNC);
	said(&out, "1 clicks added, 3 of them set aside");
	expect(EX_OK, "event list p0@example.org");
	ck_assert_uint_eq(times("set aside: burst"), 3);
}
END_TEST

START_TEST(what_a_redirect_leads_to_is_the_same_click)
{
	send_to(1);
	add_line(0, 3600, "GET", "/a", "192.0.2.1", CHROME);
	memcpy(strstr(log_text.at, "\" 200 "), "\" 301 ", 6);
	add_line(0, 3600, "GET", "/a/", "192.0.2.1", CHROME);
	memcpy(strstr(log_text.at, "\" 200 "), "\" 302 ", 6);
	add_line(0, 3601, "GET", "/de/a/", "192.0.2.1", CHROME);
	write_log();
	expect(EX_OK, SYNC);
	said(&out, "1 clicks added, 0 of them set aside");
}
END_TEST

static const char *const json_lines[] = {
	"{\"time_iso8601\":\"2026-10-31T11:00:00+00:00\",\"remote_addr\":"
	"\"192.0.2.1\",\"request_method\":\"GET\",\"request_uri\":"
	"\"/"
	"boots?iv=MMMMMMMMMMMMMMMMMMMMMM\",\"status\":200,\"http_user_agent\":"
	"\"" FIREFOX "\"}\n",
	"{\"level\":\"info\",\"ts\":1793444400.123,\"request\":{\"remote_ip\":"
	"\"192.0.2.1\",\"method\":\"GET\",\"host\":\"shop.example\",\"uri\":"
	"\"/"
	"boots?iv=MMMMMMMMMMMMMMMMMMMMMM\",\"headers\":{\"User-Agent\":["
	"\"" FIREFOX "\"]}},\"status\":200}\n",
	"{\"ClientHost\":\"192.0.2.1\",\"RequestMethod\":\"GET\","
	"\"RequestPath\":\"/"
	"boots?iv=MMMMMMMMMMMMMMMMMMMMMM\",\"DownstreamStatus\":200,"
	"\"StartUTC\":\"2026-10-31T11:00:00.5Z\",\"request_User-Agent\":"
	"\"" FIREFOX "\"}\n",
	"{\"time\":\"31/Oct/2026:12:00:00 +0100\",\"ip\":\"192.0.2.1\","
	"\"request\":\"GET /boots?iv=MMMMMMMMMMMMMMMMMMMMMM "
	"HTTP/1.1\",\"status\":\"200\","
	"\"agent\":\"" FIREFOX "\"}\n",
};

START_TEST(reads_the_json_of_several_servers)
{
	char line[1024];

	send_to(1);
	snprintf(line, sizeof line, "%s", json_lines[_i]);
	memcpy(strstr(line, "MMMM"), marks[0], MARK_LENGTH);
	write_file("access.log", line);
	expect(EX_OK, SYNC);
	said(&out, "1 clicks added, 0 of them set aside");
	expect(EX_OK, "event list p0@example.org");
	said(&out, "2026-10-31T11:00:00Z");
	expect(EX_OK, SYNC " --restart --format combined");
	said(&out, "1 lines in no known form");
}
END_TEST

/* ---- who is a person ---- */

static const char *const browsers[] = { FIREFOX, IPHONE, CHROME };
static const char *const links[] = { "/boots", "/tents", "/imprint", "/view" };

/* What programs that say who they are call themselves. */
static const char *const programs[] = {
	"Mozilla/5.0 (compatible; BarracudaCentral/1.0)",
	"Microsoft Office Existence Discovery",
	"Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
	"facebookexternalhit/1.1",
	"Mozilla/5.0 (compatible; bingbot/2.0; "
	"+http://www.bing.com/bingbot.htm)",
	"python-requests/2.32.3",
	"curl/8.5.0",
	"Go-http-client/2.0",
	"WhatsApp/2.23.20.0",
	"-",
};

#define COUNT(list) (sizeof list / sizeof *list)

/* Each returns how many requests it makes. */

/* Asks with HEAD for every link some time after the delivery, then with GET
 * for one of them, in the name of a browser. */
static unsigned
ask_by_head(unsigned person)
{
	int64_t at = 20 + person % 40;

	for (unsigned i = 0; i < COUNT(links); i++)
		add_line(person, at + 3 * i, "HEAD", links[i], "198.51.100.1",
		    CHROME);
	add_line(
	    person, at + 15, "GET", links[person % 4], "198.51.100.1", CHROME);
	return COUNT(links) + 1;
}

/* Opens all links at once, each from another machine of its cloud. */
static unsigned
open_all(unsigned person)
{
	for (unsigned i = 0; i < COUNT(links); i++) {
		char client[32];

		snprintf(client, sizeof client, "203.0.113.%u",
		    person % 50 + 50 * i);
		add_line(person, 300 + person + i / 2, "GET", links[i], client,
		    CHROME);
	}
	return COUNT(links);
}

/* Looks at one link before it delivers the mail. */
static unsigned
look_first(unsigned person)
{
	add_line(person, person % 3, "GET", links[person % 4], "198.51.100.9",
	    FIREFOX);
	return 1;
}

/* Shows a preview, or crawls, in its own name. */
static unsigned
say_who(unsigned person)
{
	for (unsigned i = 0; i < 3; i++)
		add_line(person, 4000 + 977 * i + person, "GET",
		    links[(person + i) % 4], "198.51.100.20",
		    programs[(person + 3 * i) % COUNT(programs)]);
	return 3;
}

static unsigned (*const scanners[])(
    unsigned) = { ask_by_head, open_all, look_first, say_who };

/* One to three links with time to read between them, some again at once, some
 * two in a new window each. Notes when. */
static unsigned
read_mail(unsigned person, char seen[][64])
{
	static const int64_t first[] = { 9, 25, 130, 900, 5000, 80000, 260000 };
	const char *browser = browsers[person % 3];
	int64_t at = first[person % 7] + person % 5;
	unsigned count = 1 + person % 3;
	char client[32];

	snprintf(client, sizeof client, "192.0.2.%u", person % 250);
	for (unsigned i = 0; i < count; i++) {
		char text[TIMESTAMP_SIZE];

		add_line(person, at, "GET", links[(person + i) % 4], client,
		    browser);
		snprintf(seen[i], 64, "%s      p%u@example.org ",
		    timestamp_print(SENT + at, text), person);
		at += person % 4 == 0 ? 1 : 40;
		if (person % 4 == 0 && i == 1)
			at += 30;
	}
	return count;
}

/* Whether the listed click of a person is set aside; a program's may have
 * come in the same second. */
static bool
is_lost(const char *click)
{
	const char *at = strstr(buf_cstr(&out), click);

	ck_assert_msg(at != NULL, "%s is not there", click);
	for (; at != NULL; at = strstr(at + 1, click)) {
		const char *end = strchr(at, '\n');

		if (memmem(at, (size_t)(end - at), "aside", 5) == NULL)
			return false;
	}
	return true;
}

/* People read what scanners looked at before, and what nobody did. */
START_TEST(sets_programs_aside_and_loses_hardly_any_person)
{
	static char seen[PEOPLE * 3][64];
	unsigned people = 0, programs_asked = 0, lost = 0, aside;

	send_to(PEOPLE);
	for (unsigned i = 0; i < PEOPLE; i++) {
		if (i % 3 != 0)
			programs_asked += scanners[i % 4](i);
		if (i % 5 != 0)
			people += read_mail(i, &seen[people]);
	}
	write_log();
	expect(EX_OK, SYNC);
	expect(EX_OK, "event list --campaign spring");
	aside = times("(set aside: ");
	for (unsigned i = 0; i < people; i++)
		lost += is_lost(seen[i]);
	ck_assert_uint_gt(people, 150);
	ck_assert_uint_gt(programs_asked, 200);
	ck_assert_msg(lost * 100 <= people, "%u of %u clicks of people lost",
	    lost, people);
	ck_assert_msg((aside - lost) * 100 >= programs_asked * 95,
	    "%u of %u requests of programs set aside", aside - lost,
	    programs_asked);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("event_sync");
	TCase *cases = tcase_create("event_sync");

	tcase_add_checked_fixture(cases, open_world, close_world);
	tcase_add_test(cases, a_click_is_joined_with_the_mail_it_came_from);
	tcase_add_test(cases, a_mark_that_nobody_holds_is_nobodys);
	tcase_add_test(cases, a_log_is_read_on_through_its_rotations);
	tcase_add_test(cases, a_burst_over_the_end_of_a_run_is_one);
	tcase_add_test(cases, what_a_redirect_leads_to_is_the_same_click);
	tcase_add_loop_test(cases, reads_the_json_of_several_servers, 0,
	    sizeof json_lines / sizeof *json_lines);
	tcase_add_test(cases, sets_programs_aside_and_loses_hardly_any_person);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
