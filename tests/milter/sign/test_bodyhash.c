#include "milter/sign/bodyhash.h"
#include "store/base/buf.h"
#include "tests/milter/kit_daemon.h"
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

/* RFC 6376 section 3.4.4, one line and one byte at a time. */
static void
add_relaxed_line(struct buf *out, struct span line)
{
	bool blank = false;

	for (size_t i = 0; i < line.len; i++) {
		if (line.at[i] == ' ' || line.at[i] == '\t') {
			blank = true;
			continue;
		}
		if (blank)
			buf_byte(out, ' ');
		blank = false;
		buf_byte(out, line.at[i]);
	}
}

static void
reference(struct span body, enum sign_canon canon, unsigned char digest[32])
{
	struct buf out;
	size_t end;

	buf_init(&out, arena, body.len + 16);
	while (body.len != 0) {
		size_t len = span_search(body, SPAN("\r\n"));

		if (canon == SIGN_RELAXED)
			add_relaxed_line(&out, span_first(body, len));
		else
			buf_add(&out, span_first(body, len));
		buf_str(&out, "\r\n");
		body = span_from(body, len + 2);
	}
	for (end = out.len; end >= 4; end -= 2)
		if (memcmp(out.at + end - 4, "\r\n\r\n", 4) != 0)
			break;
	if (end == 2)
		end = 0; /* nothing but one empty line */
	out.len = end;
	if (canon == SIGN_SIMPLE && end == 0)
		buf_str(&out, "\r\n");
	EVP_Digest(out.at, out.len, digest, NULL, EVP_sha256(), NULL);
}

static void
compare(struct span body, enum sign_canon canon)
{
	struct arena_mark mark = arena_mark(arena);
	unsigned char fast[32], slow[32];

	ck_assert_int_eq(body_hash(body, canon, fast, NULL), 1);
	reference(body, canon, slow);
	ck_assert_msg(
	    memcmp(fast, slow, 32) == 0, "%d: <%.*s>", canon, SPAN_ARG(body));
	arena_rewind(arena, mark);
}

static const struct span bodies[] = {
	TEXT(""),
	TEXT("\r\n"),
	TEXT(" \r\n"),
	TEXT("\r\n \r\n\t\r\n"),
	TEXT("a"),
	TEXT("a\r\n"),
	TEXT("a \r\n"),
	TEXT("a b\tc  d \t e\r\n"),
	TEXT(" lead\r\n\r\n\r\nmid\r\n\r\n"),
	TEXT("x\r\n \t \r\ny"),
	TEXT("trailing "),
	TEXT("0123456789012345678901234567890123456789012345678901234567890 2 "
	     "4\r\n"),
	TEXT("012345678901234567890123456789012345678901234567890123456789012 "
	     " x\r\n"),
	TEXT("012345678901234567890123456789012345678901234567890123456789012 "
	     "\r\n"),
};

START_TEST(agrees_with_the_rfc_step_by_step)
{
	compare(bodies[_i], SIGN_RELAXED);
	compare(bodies[_i], SIGN_SIMPLE);
}
END_TEST

START_TEST(agrees_for_random_bodies_of_awkward_bytes)
{
	static const char *const pieces[] = { " ", "  ", "\t", " \t", "\r\n",
		"\r\n\r\n", "a", "word", "=20",
		"a-longer-run-of-text-that-fills-blocks-of-sixty-four-bytes" };
	struct buf body;

	srand(7);
	buf_init(&body, arena, 1 << 16);
	for (unsigned round = 0; round < 3000; round++) {
		unsigned count = (unsigned)rand() % 60;

		buf_clear(&body);
		for (unsigned i = 0; i < count; i++)
			buf_str(&body, pieces[rand() % 10]);
		compare(buf_span(&body), SIGN_RELAXED);
		compare(buf_span(&body), SIGN_SIMPLE);
	}
}
END_TEST

static const struct span unclean[] = {
	TEXT("\n"),
	TEXT("\r"),
	TEXT("a\nb\r\n"),
	TEXT("a\rb\r\n"),
	TEXT("a\r\r\n"),
	TEXT("a\r\n\n"),
	TEXT("a\r\n\r"),
	TEXT("0123456789012345678901234567890123456789012345678901234567890123"
	     "\n"),
	TEXT("0123456789012345678901234567890123456789012345678901234567890123"
	     "\rx"),
};

START_TEST(leaves_bare_line_ends_to_others)
{
	unsigned char digest[32];

	ck_assert_int_eq(body_hash(unclean[_i], SIGN_RELAXED, digest, NULL), 0);
	ck_assert_int_eq(body_hash(unclean[_i], SIGN_SIMPLE, digest, NULL), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("bodyhash");
	TCase *tests = tcase_create("bodyhash");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, agrees_with_the_rfc_step_by_step, 0,
	    sizeof bodies / sizeof bodies[0]);
	tcase_add_test(tests, agrees_for_random_bodies_of_awkward_bytes);
	tcase_add_loop_test(tests, leaves_bare_line_ends_to_others, 0,
	    sizeof unclean / sizeof unclean[0]);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
