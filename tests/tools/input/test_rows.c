#include "tools/input/rows.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "store/base/buf.h"
#include "tools/input/input_stream.h"
#include "tests/suite.h"

/* Reads everything and writes it down, a line per row:
 * "line|name=value@line:column|..." or "line!bad@line:column". */
static void
write_row(const struct row *row, struct buf *out)
{
	static const char kinds[] = "tnbj0";

	buf_printf(out, "%u", row->line);
	if (row->bad) {
		buf_printf(out, "!%s@%u:%u\n", row->bad, row->bad_line,
		    row->bad_column);
		return;
	}
	for (size_t i = 0; i < row->count; i++) {
		const struct row_cell *cell = &row->cells[i];

		buf_byte(out, '|');
		buf_add(out, cell->name);
		buf_byte(out, '=');
		buf_add(out, cell->value);
		if (cell->column != 0)
			buf_printf(out, "@%u:%u", cell->line, cell->column);
		else
			buf_printf(out, ":%c", kinds[cell->kind]);
	}
	buf_byte(out, '\n');
}

static void
read_all(struct span bytes, struct buf *out)
{
	struct input_stream *source;
	struct rows *rows;
	struct err err = ERR_INIT;
	struct row row;
	char line[600];
	int more;

	ck_assert_int_eq(input_stream_open_bytes(bytes, &source, &err), 0);
	if (rows_open(source, ROWS_AUTO, &rows, &err) == 0) {
		while ((more = rows_next(rows, &row, &err)) > 0)
			write_row(&row, out);
		rows_close(&rows);
	}
	if (err.code != ERR_NONE)
		buf_printf(out, "%s\n", err_line(&err, line, sizeof(line)));
	input_stream_close(&source);
}

static const struct {
	const char *text, *rows;
} cases[] = {
	{ "a,b\n1,2\n", "2|a=1@2:1|b=2@2:3\n" },
	{ "a,b\r\n1,2\r\n\r\n3,4", "2|a=1@2:1|b=2@2:3\n4|a=3@4:1|b=4@4:3\n" },
	{ "\xef\xbb\xbf"
	  "a;b\n1;2,5\n",
	    "2|a=1@2:1|b=2,5@2:3\n" },
	{ "a\tb\n1\t2\n", "2|a=1@2:1|b=2@2:3\n" },
	{ "a,b\n\"x\ny\",2\n3,4\n",
	    "2|a=x\ny@2:1|b=2@3:4\n4|a=3@4:1|b=4@4:3\n" },
	{ "a,b\n\"say \"\"hi\"\"\",\n", "2|a=say \"hi\"@2:1|b=@2:14\n" },
	{ "a,b\n1\n2,3,4\n5,6\n",
	    "2!1 values, the header names 2@2:1\n"
	    "3!3 values, the header names 2@3:5\n4|a=5@4:1|b=6@4:3\n" },
	{ "a,b\n1,x\"y\n2,3\n",
	    "2!a quote stands where none may@2:4\n3|a=2@3:1|b=3@3:3\n" },
	{ "a,b\n\"1\"x,2\n3,4\n",
	    "2!a quote stands where none may@2:4\n3|a=3@3:1|b=4@3:3\n" },
	{ "a,b\n1,\"2\n", "2!the file ends within quotes@3:1\n" },
	{ "a,b\n\xff,2\n3,4\n",
	    "2!the text is not UTF-8@2:1\n3|a=3@3:1|b=4@3:3\n" },
	{ "a,a\n1,2\n", "bytes:1:1: two columns are called `a`\n" },
	{ "", "bytes:1:1: there is no header line\n" },
	{ "a\n", "" },
	{ "{\"a\": 1, \"b\": \"x\"}\n\n{\"a\": null, \"b\": [1,2]}",
	    "1|a=1:n|b=x:t\n3|a=:0|b=[1,2]:j\n" },
	{ "{\"consent\": {\"email\": {\"status\": \"granted\", "
	  "\"at\": \"2026-01-01\"}, \"sms\": true}}",
	    "1|consent.email=granted:t|consent.email.at=2026-01-01:t|"
	    "consent.sms=true:b\n" },
	{ "{\"a\": {\"b\": 1}}", "1|a={\"b\":1}:j\n" },
	{ "{\"a\": 1, \"a\": 2}\n{\"a\": 0.1}\n",
	    "1!duplicate object key near '\"a\"'@1:12\n2|a=0.1:n\n" },
	{ "{\"a\":\n[1]\n{\"a\":2}\n",
	    "1!unexpected token near end of file@1:5\n"
	    "2!expected an object in braces@2:1\n3|a=2:n\n" },
};

START_TEST(reads_rows_with_their_places)
{
	struct buf out;

	buf_init_heap(&out, 1 << 20);
	read_all(span_str(cases[_i].text), &out);
	ck_assert_str_eq(buf_cstr(&out), cases[_i].rows);
	buf_deinit(&out);
}
END_TEST

START_TEST(survives_every_cut)
{
	size_t len = strlen(cases[_i].text);

	for (size_t cut = 0; cut <= len; cut++) {
		char *copy = malloc(cut ? cut : 1);
		struct buf out;

		memcpy(copy, cases[_i].text, cut);
		buf_init_heap(&out, 1 << 20);
		read_all(span_of(copy, cut), &out);
		ck_assert(!out.failed);
		buf_deinit(&out);
		free(copy);
	}
}
END_TEST

START_TEST(an_open_quote_costs_no_memory_and_not_the_rest)
{
	size_t len = ROWS_BYTES_MAX + 100;
	char *text = malloc(len + 64);
	struct buf out;
	int head = snprintf(text, 64, "a,b\n\"");

	ck_assert_ptr_nonnull(text);
	for (size_t i = (size_t)head; i < len; i++)
		text[i] = i % 64 == 0 ? '\n' : 'x';
	memcpy(text + len, "\n5,6\n", 5);
	buf_init_heap(&out, 1 << 22);
	read_all(span_of(text, len + 5), &out);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "2!the row is too long"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "|a=5@"));
	buf_deinit(&out);
	free(text);
}
END_TEST

static struct span
gzip(const char *text, char *packed, size_t size)
{
	z_stream stream;

	memset(&stream, 0, sizeof(stream));
	ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	stream.next_in = (unsigned char *)(uintptr_t)text;
	stream.avail_in = (unsigned)strlen(text);
	stream.next_out = (unsigned char *)packed;
	stream.avail_out = (unsigned)size;
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	size -= stream.avail_out;
	deflateEnd(&stream);
	return span_of(packed, size);
}

START_TEST(unpacks_gzip_members_one_after_the_other)
{
	char packed[512];
	struct span first = gzip("a,b\n1,", packed, 200);
	struct span second =
	    gzip("2\n3,4\n", packed + first.len, sizeof(packed) - 200);
	struct buf out;

	buf_init_heap(&out, 1 << 20);
	read_all(span_of(packed, first.len + second.len), &out);
	ck_assert_str_eq(
	    buf_cstr(&out), "2|a=1@2:1|b=2@2:3\n3|a=3@3:1|b=4@3:3\n");
	buf_clear(&out);
	read_all(span_of(packed, first.len + second.len - 1), &out);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "it ends too early"));
	buf_deinit(&out);
}
END_TEST

#define CASES (int)(sizeof(cases) / sizeof(*cases))

static Suite *
suite(void)
{
	Suite *all = suite_create("rows");
	TCase *tests = tcase_create("rows");

	tcase_add_loop_test(tests, reads_rows_with_their_places, 0, CASES);
	tcase_add_loop_test(tests, survives_every_cut, 0, CASES);
	tcase_add_test(tests, an_open_quote_costs_no_memory_and_not_the_rest);
	tcase_add_test(tests, unpacks_gzip_members_one_after_the_other);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
