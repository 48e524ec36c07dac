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
read_as(const struct rows_options *options, struct span bytes, struct buf *out)
{
	struct input_stream *source;
	struct rows *rows;
	struct err err = ERR_INIT;
	struct row row;
	char line[600];
	int more;

	ck_assert_int_eq(input_stream_open_bytes(bytes, &source, &err), 0);
	if (rows_open(source, options, &rows, &err) == 0) {
		while ((more = rows_next(rows, &row, &err)) > 0)
			write_row(&row, out);
		rows_close(&rows);
	}
	if (err.code != ERR_NONE)
		buf_printf(out, "%s\n", err_line(&err, line, sizeof(line)));
	input_stream_close(&source);
}

static void
read_all(struct span bytes, struct buf *out)
{
	const struct rows_options options = { .format = ROWS_AUTO };

	read_as(&options, bytes, out);
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
	{ "a,b\n1,2,, \n3,4,,x\n",
	    "2|a=1@2:1|b=2@2:3\n3!4 values, the header names 2@3:5\n" },
	{ "a,b\n1,x\"y\n2,3\n",
	    "2!a quote stands where none may@2:4\n3|a=2@3:1|b=3@3:3\n" },
	{ "a,b\n\"1\"x,2\n3,4\n",
	    "2!a quote stands where none may@2:4\n3|a=3@3:1|b=4@3:3\n" },
	{ "a,b\n1,\"2\n", "2!a quote opens here and is never closed@2:3\n" },
	{ "a,b\n1,\"2\n3,4\n5,6",
	    "2!a quote opens here and is not closed: lines 2 to 4 are left "
	    "out@2:3\n" },
	{ "a,b\n1,2\n3,\"4\n5,6\n7,\"8\n9,0\n",
	    "2|a=1@2:1|b=2@2:3\n3!a quote stands where none may; one opens in "
	    "line 3, column 3: lines 3 to 5 are left out@5:4\n"
	    "6|a=9@6:1|b=0@6:3\n" },
	{ "sep=;\na,b;c\n1;2\n", "3|a,b=1@3:1|c=2@3:3\n" },
	{ "\xef\xbb\xbf"
	  "SEP=|\r\na|b\r\n1|2\r\n",
	    "3|a=1@3:1|b=2@3:3\n" },
	{ "\"sep=\t\"\na\tb\n1\t2\n", "3|a=1@3:1|b=2@3:3\n" },
	{ "sep=;", "" },
	{ "sep=\n1\n", "2|sep==1@2:1\n" },
	{ "a;b;; \n1;2;;\n1;2;;x\n1;2;\n",
	    "2|a=1@2:1|b=2@2:3\n3!a value under a column without a name@3:6\n"
	    "4!3 values, the header names 4@4:1\n" },
	{ "a,,b\n1,2,3\n", "2|a=1@2:1|=2@2:3|b=3@2:5\n" },
	{ "a,,,b\n1,2,3,4\n", "bytes:1:1: two columns have no name\n" },
	{ "pr\xe9nom,\xe2ge\n1,2\n",
	    "bytes:1:1: the text is not UTF-8; it looks like windows-1252: "
	    "--encoding windows-1252 reads it\n" },
	{ "\"a,b\n1,2\n",
	    "bytes:1:1: a quote opens here and is not closed: lines 1 to 2 are "
	    "left out\n" },
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
	{ "{\"a\": \"J\xfcrgen\"}\n{\"a\": 1}\n",
	    "1!the text is not UTF-8@1:9\n2|a=1:n\n" },
	{ "[{\"a\": 1},\n {\"a\": \"]},{\\\"\"}]\n",
	    "1|a=1:n\n2|a=]},{\":t\n" },
	{ "\xef\xbb\xbf [\r\n{\"a\":\n[1,\n{\"b\": 2}]}\n,{}\n]",
	    "2|a=[1,{\"b\":2}]:j\n5\n" },
	{ "[]", "" },
	{ "[{\"a\": 1}", "1|a=1:n\n1!the array is never closed@1:10\n" },
	{ "[{\"a\": 1},\n{\"a\":",
	    "1|a=1:n\n2!what begins here is never closed@2:1\n" },
	{ "[{\"a\": \"1},\n{\"a\": 2}]",
	    "1!what begins here is never closed@1:2\n" },
	{ "[{\"a\": 1}] x", "1|a=1:n\n1!text after the array@1:12\n" },
	{ "[{\"a\":\n\n 1 2},\n 3, [4], \"x,\" {\"a\": 5}]",
	    "1!'}' expected near '2'@3:4\n4!expected an object in "
	    "braces@4:2\n4!expected an object in braces@4:5\n4!expected an "
	    "object in braces@4:10\n" },
	{ "[{\"a\": \"J\xfcrgen\"},{\"a\": 1}]",
	    "1!the text is not UTF-8@1:10\n1|a=1:n\n" },
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
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out),
	    "2!a quote opens here and is not closed: lines 2 to 16386 are "));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "|a=5@"));
	buf_deinit(&out);
	free(text);
}
END_TEST

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *bytes;
	size_t len;
	const char *encoding;
	const char *rows;
} encoded[] = {
	{ BYTES("\xff\xfe"
		"a\0\t\0b\0\r\0\n\0\xe9\0\t\0\xac\x20\r\0\n\0"),
	    NULL, "2|a=\xc3\xa9@2:1|b=\xe2\x82\xac@2:4\n" },
	{ BYTES("\xfe\xff\0a\0\n\0b"), NULL, "2|a=b@2:1\n" },
	{ BYTES("\xff\xfe\0\0a\0\0\0\n\0\0\0b\0\0\0"), NULL, "2|a=b@2:1\n" },
	{ BYTES("a\0;\0c\0\n\0b\0;\0d\0\n\0"), NULL, "2|a=b@2:1|c=d@2:3\n" },
	{ BYTES("\0a\0a\0\n\0b"), NULL, "2|aa=b@2:1\n" },
	{ BYTES("\xff\xfe{\0}\0"), NULL, "1\n" },
	{ BYTES("a\n\xe9\x80\n"), "windows-1252",
	    "2|a=\xc3\xa9\xe2\x82\xac@2:1\n" },
	{ BYTES("a\n\xa4\n"), "iso-8859-15", "2|a=\xe2\x82\xac@2:1\n" },
	{ BYTES("a\n\x82\n"), "cp850", "2|a=\xc3\xa9@2:1\n" },
	{ BYTES("\xef\xbb\xbf"
		"a\n\xc3\xa9\n"),
	    "windows-1252", "2|a=\xc3\xa9@2:1\n" },
	{ BYTES("a\n\x81\n\xe9\n"), "windows-1252",
	    "2!the text is not windows-1252@2:1\n3|a=\xc3\xa9@3:1\n" },
	{ BYTES("\xff\xfe"
		"a\0\n\0\x00\xd8"
		"b\0\n\0c"),
	    NULL,
	    "2!the text is not UTF-16LE@2:1\n"
	    "3!the text is not UTF-16LE@3:1\n" },
	{ BYTES("\xff\xfe"
		"a\0\n\0b\0\0\0\n\0"),
	    NULL, "2!a NUL byte stands in the text@2:1\n" },
	{ BYTES("a\nb\n"), "windows-125",
	    "nobody here knows the encoding `windows-125`; did you mean "
	    "`windows-1252`?\n" },
	{ BYTES("a\nb\n"), "utf-8//IGNORE",
	    "nobody here knows the encoding `utf-8//IGNORE`; `iconv -l` lists "
	    "them\n" },
	{ BYTES("a\nb\n"), "UTF8", "2|a=b@2:1\n" },
	{ BYTES("PK\3\4 [Content_Types].xml \n"), NULL,
	    "bytes: this is an Excel workbook (.xlsx); save the sheet as "
	    "\"CSV UTF-8\" and load that\n" },
	{ BYTES("PK\3\4 x"), NULL,
	    "bytes: this is a zip archive; unpack it and load what is "
	    "inside\n" },
	{ BYTES("\xd0\xcf\x11\xe0 x"), NULL,
	    "bytes: this is an Excel workbook (.xls); save the sheet as "
	    "\"CSV UTF-8\" and load that\n" },
	{ BYTES("\r\n<HTML><table>"), NULL,
	    "bytes: this is an HTML page; save the sheet as \"CSV UTF-8\" and "
	    "load that\n" },
};

START_TEST(reads_what_other_systems_write)
{
	const struct rows_options options = { .encoding =
						  encoded[_i].encoding };
	struct buf out;

	buf_init_heap(&out, 1 << 20);
	read_as(&options, span_of(encoded[_i].bytes, encoded[_i].len), &out);
	ck_assert_str_eq(buf_cstr(&out), encoded[_i].rows);
	for (size_t cut = 0; cut < encoded[_i].len; cut++) {
		buf_clear(&out);
		read_as(&options, span_of(encoded[_i].bytes, cut), &out);
		ck_assert(!out.failed);
	}
	buf_deinit(&out);
}
END_TEST

/* Characters of two and four bytes lie across the ends of what is read at
 * once. */
START_TEST(no_character_is_lost_between_two_reads)
{
	const struct rows_options options = { .format = ROWS_AUTO };
	size_t len = (size_t)300 * 1024;
	char *bytes = calloc(len, 1);
	struct buf out, wanted;
	unsigned lines = 1;

	memcpy(bytes,
	    "\xff\xfe"
	    "a\0\n\0",
	    6);
	buf_init_heap(&wanted, 1 << 22);
	for (size_t at = 6; at + 12 <= len; at += 12) {
		memcpy(bytes + at, "x\0\xe9\0\x3d\xd8\x00\xde\r\0\n\0", 12);
		buf_printf(&wanted, "%u|a=x\xc3\xa9\xf0\x9f\x98\x80@%u:1\n",
		    lines + 1, lines + 1);
		lines++;
	}
	buf_init_heap(&out, 1 << 22);
	read_as(&options, span_of(bytes, 6 + (size_t)12 * (lines - 1)), &out);
	ck_assert(strcmp(buf_cstr(&out), buf_cstr(&wanted)) == 0);
	buf_deinit(&out);
	buf_deinit(&wanted);
	free(bytes);
}
END_TEST

/* A name is another one in either format; where a header lacks it, it is told.
 */
START_TEST(columns_may_have_other_names)
{
	static const struct rows_name names[] = {
		{ { "E mail", 6 }, { "email", 5 } },
		{ { "x", 1 }, { "consent.x", 9 } },
	};
	const struct rows_options options = { .names = names, .name_count = 2 };
	static const char *const texts[][2] = {
		{ "E mail,x\n1,2\n", "2|email=1@2:1|consent.x=2@2:3\n" },
		{ "{\"E mail\": 1, \"x\": 2}", "1|email=1:n|consent.x=2:n\n" },
		{ "E-mail,x\n1,2\n",
		    "bytes:1: there is no column `E mail`; did you mean "
		    "`E-mail`?\n" },
		{ "email,E mail,x\n1,2\n",
		    "bytes:1:1: two columns are called `email`\n" },
	};
	struct buf out;

	buf_init_heap(&out, 1 << 20);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_clear(&out);
		read_as(&options, span_str(texts[i][0]), &out);
		ck_assert_str_eq(buf_cstr(&out), texts[i][1]);
	}
	buf_deinit(&out);
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
	tcase_add_loop_test(tests, reads_what_other_systems_write, 0,
	    sizeof encoded / sizeof *encoded);
	tcase_add_test(tests, no_character_is_lost_between_two_reads);
	tcase_add_test(tests, columns_may_have_other_names);
	tcase_add_test(tests, unpacks_gzip_members_one_after_the_other);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
