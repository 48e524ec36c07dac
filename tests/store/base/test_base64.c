#include "store/base/base64.h"

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

static struct span
written(struct span bytes, enum base64_alphabet alphabet)
{
	struct buf text;

	buf_init(&text, arena, 4096);
	base64_write(bytes, alphabet, &text);
	ck_assert(!text.failed);
	return buf_span(&text);
}

static int
reads(const char *text, enum base64_alphabet alphabet, struct span *bytes)
{
	struct buf read;
	int status;

	buf_init(&read, arena, 4096);
	status = base64_read(span_str(text), alphabet, &read);
	*bytes = buf_span(&read);
	return status;
}

/* RFC 4648 section 10, without the padding. */
static const struct {
	const char *bytes, *text;
} vectors[] = {
	{ "", "" },
	{ "f", "Zg" },
	{ "fo", "Zm8" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg" },
	{ "fooba", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xbf", "+/+/" },
};

START_TEST(writes_and_reads_as_the_rfc_says)
{
	struct span bytes = span_str(vectors[_i].bytes), back;
	struct span text = written(bytes, BASE64_PLAIN);

	ck_assert_msg(
	    span_eq(text, span_str(vectors[_i].text)), "%.*s", SPAN_ARG(text));
	ck_assert_int_eq(reads(vectors[_i].text, BASE64_PLAIN, &back), 0);
	ck_assert(span_eq(back, bytes));
}
END_TEST

START_TEST(gives_back_every_byte_at_every_place)
{
	for (size_t len = 1; len <= 4; len++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			char bytes[4] = { 0 }, text[9] = { 0 };
			struct span back, made;

			bytes[len - 1] = (char)byte;
			made = written(span_of(bytes, len), BASE64_URL);
			memcpy(text, made.at, made.len);
			ck_assert_int_eq(reads(text, BASE64_URL, &back), 0);
			ck_assert(span_eq(back, span_of(bytes, len)));
		}
	}
}
END_TEST

static const struct {
	const char *text;
	enum base64_alphabet alphabet;
	int status;
} judged[] = {
	{ "+/+/", BASE64_PLAIN, 0 },
	{ "-_-_", BASE64_PLAIN, -1 },
	{ "-_-_", BASE64_URL, 0 },
	{ "+/+/", BASE64_URL, -1 },
	{ "+_-/", BASE64_EITHER, 0 },
	{ "Z", BASE64_PLAIN, -1 },     /* six bits are no byte */
	{ "Zm9vA", BASE64_PLAIN, -1 }, /* nor are they where all are 0 */
	{ "Zh", BASE64_PLAIN, -1 },    /* another text for "f" */
	{ "Zm9", BASE64_PLAIN, -1 },   /* and for "fo" */
	{ "Zg==", BASE64_PLAIN, -1 },
	{ "Zm 8", BASE64_PLAIN, -1 },
	{ "Zm9v\n", BASE64_PLAIN, -1 },
	{ "Zm9\xc3", BASE64_PLAIN, -1 },
};

START_TEST(reads_what_an_encoder_writes_and_nothing_else)
{
	struct span bytes;

	ck_assert_int_eq(reads(judged[_i].text, judged[_i].alphabet, &bytes),
	    judged[_i].status);
}
END_TEST

START_TEST(knows_its_letters)
{
	const char *letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst"
			      "uvwxyz0123456789+/";

	for (int byte = 0; byte < 256; byte++) {
		const char *hit = byte ? strchr(letters, byte) : NULL;

		ck_assert_int_eq(
		    base64_values[byte], hit ? (int)(hit - letters) : -1);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *all = suite_create("base64");
	TCase *tests = tcase_create("base64");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, writes_and_reads_as_the_rfc_says, 0,
	    (int)(sizeof(vectors) / sizeof(*vectors)));
	tcase_add_test(tests, gives_back_every_byte_at_every_place);
	tcase_add_loop_test(tests,
	    reads_what_an_encoder_writes_and_nothing_else, 0,
	    (int)(sizeof(judged) / sizeof(*judged)));
	tcase_add_test(tests, knows_its_letters);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
