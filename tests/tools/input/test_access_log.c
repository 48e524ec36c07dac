#include "tools/input/access_log.h"

#include <check.h>

#include "tests/suite.h"

static struct arena *arena;

static void
setup(void)
{
	arena = arena_new(1 << 20);
}

static void
teardown(void)
{
	arena_free(&arena);
}

struct line {
	const char *text;
	const char *client, *method, *target, *agent; /* agent NULL: unknown */
	unsigned status;
};

/* All of them are of the same moment. */
#define AT "[10/Oct/2026:13:55:36 -0700]"
#define WHEN INT64_C(1791665736)

static const struct line lines[] = {
	{ "127.0.0.1 - frank " AT " \"GET /a?b=1 HTTP/1.0\" 200 2326 "
	  "\"http://x/\" \"Mozilla/4.08\"",
	    "127.0.0.1", "GET", "/a?b=1", "Mozilla/4.08", 200 },
	{ "shop.example:443 2001:db8::1 - - " AT " \"HEAD / HTTP/2.0\" 304 - "
	  "\"-\" \"-\" 0.004",
	    "2001:db8::1", "HEAD", "/", "-", 304 },
	{ "::1 - - " AT " \"GET /\\\"x HTTP/1.1\" 404 1", "::1", "GET",
	    "/\\\"x", NULL, 404 },
	{ "::1 - - " AT " \"GET /x\" 200 1 \"-\" \"a \\\"b\\\" c\"", "::1",
	    "GET", "/x", "a \\\"b\\\" c", 200 },
	{ "{\"time\":\"2026-10-10T20:55:36Z\",\"remote_addr\":\"::1\","
	  "\"method\":\"GET\",\"uri\":\"/x\",\"status\":\"302\"}",
	    "::1", "GET", "/x", NULL, 302 },
	{ "{\"msec\":\"1791665736.123\",\"request\":\"GET /x HTTP/1.1\","
	  "\"agent\":\"b\"}",
	    "", "GET", "/x", "b", 0 },
	{ "{\"timestamp\":1791665736123,\"request\":{\"method\":\"GET\","
	  "\"uri\":\"/x\",\"headers\":{\"User-Agent\":[\"b\",\"c\"]}}}",
	    "", "GET", "/x", "b", 0 },
};

START_TEST(reads_what_web_servers_write)
{
	const struct line *line = &lines[_i];
	struct access_request request;

	ck_assert(access_log_read(
	    span_str(line->text), ACCESS_AUTO, arena, &request));
	ck_assert_int_eq(request.time, WHEN);
	ck_assert(span_eq(request.client, span_str(line->client)));
	ck_assert(span_eq(request.method, span_str(line->method)));
	ck_assert_msg(span_eq(request.target, span_str(line->target)), "%.*s",
	    SPAN_ARG(request.target));
	ck_assert(span_eq(request.agent, span_str(line->agent)));
	ck_assert_int_eq(request.agent.at == NULL, line->agent == NULL);
	ck_assert_uint_eq(request.status, line->status);
}
END_TEST

static const char *const others[] = { "", "nonsense", "[", "{", "{}", "[]",
	"::1 - - [] \"GET / HTTP/1.1\" 200 1",
	"::1 - - [10/Oct/2026:13:55:36] \"GET / HTTP/1.1\" 200 1",
	"::1 - - [10/Xxx/2026:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1",
	"::1 - - [31/Feb/2026:13:55:36 -0700] \"GET / HTTP/1.1\" 200 1",
	"::1 - - " AT, "::1 - - " AT " GET / HTTP/1.1", "::1 - - " AT " \"\"",
	"::1 - - " AT " \"GET\"", "::1 - - " AT " \"\\x16\\x03\\x01",
	"{\"time\":\"yesterday\",\"method\":\"GET\",\"uri\":\"/\"}",
	"{\"time\":-5,\"method\":\"GET\",\"uri\":\"/\"}",
	"{\"time\":1e300,\"method\":\"GET\",\"uri\":\"/\"}",
	"{\"method\":\"GET\",\"uri\":\"/\"}", "{\"time\":1791665736}",
	"{\"time\":1791665736,\"method\":{},\"uri\":[]}" };

START_TEST(takes_nothing_else_for_a_request)
{
	struct access_request request;

	ck_assert(!access_log_read(
	    span_str(others[_i]), ACCESS_AUTO, arena, &request));
}
END_TEST

START_TEST(takes_any_cut_of_a_line)
{
	struct access_request request;

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		for (size_t cut = 0; lines[i].text[cut] != '\0'; cut++)
			(void)access_log_read(span_of(lines[i].text, cut),
			    ACCESS_AUTO, arena, &request);
}
END_TEST

START_TEST(finds_each_parameter_of_a_query)
{
	struct span target = SPAN("/p?x=1&&iv=ab=c&y#z?w=2"), name, value;
	static const char *const pairs[][2] = { { "x", "1" }, { "", "" },
		{ "iv", "ab=c" }, { "y", "" } };
	size_t at = 0, count = 0;

	while (access_parameter(target, &at, &name, &value)) {
		ck_assert_uint_lt(count, 4);
		ck_assert(span_eq(name, span_str(pairs[count][0])));
		ck_assert(span_eq(value, span_str(pairs[count++][1])));
	}
	ck_assert_uint_eq(count, 4);
	at = 0;
	ck_assert(!access_parameter(SPAN("/p#?a=1"), &at, &name, &value));
	at = 0;
	ck_assert(!access_parameter(SPAN("/p?"), &at, &name, &value));
}
END_TEST

START_TEST(knows_programs_and_takes_no_person_for_one)
{
	static const char *const programs[] = { "-", "", "curl/8.5.0",
		"Mozilla/5.0 (compatible; Googlebot/2.1)",
		"Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/120.0 Safari",
		"Microsoft Office Word 2014", "Barracuda Sentinel (EE)" };
	static const char *const people[] = {
		"Mozilla/5.0 (Linux; Android 14; CUBOT NOTE 40) Chrome/141.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
		"AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
		"Safari/605.1.15",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) "
		"AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS;FBAV/500.0]",
		"Opera/9.80 (Windows NT 6.1) Presto/2.12 Version/12.18",
		"Mozilla/5.0 (Linux; Android 13; SM-A536B) Chrome/139 "
		"Mobile Safari/537.36 DuckDuckGo/5"
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
		ck_assert_msg(access_is_scanner(span_str(programs[i])), "%s",
		    programs[i]);
	for (size_t i = 0; i < sizeof people / sizeof *people; i++)
		ck_assert_msg(
		    !access_is_scanner(span_str(people[i])), "%s", people[i]);
	ck_assert(!access_is_scanner(SPAN_NONE));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("access_log");
	TCase *cases = tcase_create("access_log");

	tcase_add_checked_fixture(cases, setup, teardown);
	tcase_add_loop_test(cases, reads_what_web_servers_write, 0,
	    sizeof lines / sizeof *lines);
	tcase_add_loop_test(cases, takes_nothing_else_for_a_request, 0,
	    sizeof others / sizeof *others);
	tcase_add_test(cases, takes_any_cut_of_a_line);
	tcase_add_test(cases, finds_each_parameter_of_a_query);
	tcase_add_test(cases, knows_programs_and_takes_no_person_for_one);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
