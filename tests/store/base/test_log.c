#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/base/log.h"

#include "tests/suite.h"

/* For tables, where SPAN is no constant. */
#define TEXT(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}

static char path[] = "/tmp/inlay-log-XXXXXX";
static struct log *book;
static struct err err;

static void
setup(void)
{
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(
	    log_open(path, LOG_LEVEL_INFO, "test", &book, &err), 0);
}

static void
teardown(void)
{
	log_close(&book);
	unlink(path);
	snprintf(path, sizeof path, "/tmp/inlay-log-XXXXXX");
}

/* What the file holds after the time of the first line. */
static const char *
written(void)
{
	static char text[8192];
	int fd = open(path, O_RDONLY);
	ssize_t len = read(fd, text, sizeof text - 1);

	close(fd);
	text[len > 0 ? len : 0] = '\0';
	return len > 21 ? text + 21 : "";
}

START_TEST(writes_one_line_of_pairs_in_order)
{
	struct log_line line;

	log_begin(&line);
	log_text(&line, "id", SPAN("4Xy7"));
	log_text(&line, "verdict", SPAN("personalised"));
	log_number(&line, "ms", 4);
	log_end(book, LOG_LEVEL_INFO, &line);
	ck_assert_str_eq(written(), "info id=4Xy7 verdict=personalised ms=4\n");
}
END_TEST

static const struct {
	struct span value;
	const char *shown;
} values[] = {
	{ TEXT("plain"), "warning k=plain\n" },
	{ TEXT(""), "warning k=\"\"\n" },
	{ TEXT("a b"), "warning k=\"a b\"\n" },
	{ TEXT("a=b"), "warning k=\"a=b\"\n" },
	{ TEXT("say \"hi\""), "warning k=\"say \\\"hi\\\"\"\n" },
	{ TEXT("a\\b"), "warning k=\"a\\\\b\"\n" },
	{ TEXT("a\nid=fake"), "warning k=\"a\\x0aid=fake\"\n" },
	{ TEXT("nul\0nul"), "warning k=\"nul\\x00nul\"\n" },
	{ TEXT("Zo\xc3\xab"), "warning k=\"Zo\xc3\xab\"\n" },
};

START_TEST(quotes_what_could_be_misread)
{
	struct log_line line;

	log_begin(&line);
	log_text(&line, "k", values[_i].value);
	log_end(book, LOG_LEVEL_WARNING, &line);
	ck_assert_str_eq(written(), values[_i].shown);
}
END_TEST

START_TEST(reads_back_what_was_quoted)
{
	struct span text, key;
	struct buf value;
	struct log_line line;

	buf_init_heap(&value, 1 << 10);
	log_begin(&line);
	log_text(&line, "k", values[_i].value);
	log_text(&line, "next", SPAN("1"));
	text = span_of(line.text, line.len);
	ck_assert(log_next(&text, &key, &value));
	ck_assert(span_eq(key, SPAN("k")));
	ck_assert(span_eq(buf_span(&value), values[_i].value));
	ck_assert(log_next(&text, &key, &value));
	ck_assert(span_eq(key, SPAN("next")));
	ck_assert(span_eq(buf_span(&value), SPAN("1")));
	ck_assert(!log_next(&text, &key, &value));
	for (size_t cut = 0; cut <= line.len; cut++) {
		text = span_of(line.text, cut);
		while (log_next(&text, &key, &value))
			;
	}
	buf_deinit(&value);
}
END_TEST

START_TEST(leaves_out_whole_pairs_that_do_not_fit)
{
	static char big[4000];
	struct log_line line;

	memset(big, 'x', sizeof big);
	log_begin(&line);
	log_text(&line, "a", SPAN("1"));
	log_text(&line, "big", span_of(big, sizeof big));
	log_text(&line, "b", SPAN("2"));
	log_end(book, LOG_LEVEL_INFO, &line);
	ck_assert_str_eq(written(), "info a=1 truncated=1\n");
}
END_TEST

START_TEST(drops_what_is_below_the_level)
{
	log_say(book, LOG_LEVEL_DEBUG, "nobody reads this");
	ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(says_sentences)
{
	log_say(book, LOG_LEVEL_ERROR, "cannot open %s", "x");
	ck_assert_str_eq(written(), "error msg=\"cannot open x\"\n");
}
END_TEST

START_TEST(is_silent_without_a_log)
{
	struct log_line line;

	log_say(NULL, LOG_LEVEL_ERROR, "x");
	log_begin(&line);
	log_end(NULL, LOG_LEVEL_ERROR, &line);
}
END_TEST

START_TEST(opens_its_file_again_after_rotation)
{
	char old[64];

	snprintf(old, sizeof old, "%s.1", path);
	log_say(book, LOG_LEVEL_INFO, "before");
	ck_assert_int_eq(rename(path, old), 0);
	ck_assert_int_eq(log_reopen(book, &err), 0);
	log_say(book, LOG_LEVEL_INFO, "after");
	unlink(old);
	ck_assert_str_eq(written(), "info msg=after\n");
}
END_TEST

START_TEST(refuses_a_file_it_cannot_open)
{
	struct log *none;

	ck_assert_int_eq(
	    log_open("/nonexistent/log", LOG_LEVEL_INFO, "t", &none, &err), -1);
	ck_assert_int_eq(err.code, ERR_SYSTEM);
	ck_assert_ptr_null(none);
	err_clear(&err);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("log");
	TCase *tests = tcase_create("log");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, writes_one_line_of_pairs_in_order);
	tcase_add_loop_test(tests, quotes_what_could_be_misread, 0,
	    sizeof values / sizeof values[0]);
	tcase_add_loop_test(tests, reads_back_what_was_quoted, 0,
	    sizeof values / sizeof values[0]);
	tcase_add_test(tests, leaves_out_whole_pairs_that_do_not_fit);
	tcase_add_test(tests, drops_what_is_below_the_level);
	tcase_add_test(tests, says_sentences);
	tcase_add_test(tests, is_silent_without_a_log);
	tcase_add_test(tests, opens_its_file_again_after_rotation);
	tcase_add_test(tests, refuses_a_file_it_cannot_open);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
