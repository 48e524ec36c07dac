#include "milter/mail/mime_parameter.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

static const struct {
	const char *value;
	const char *type;
	const char *subtype;
	const char *name; /* a parameter to look at, or NULL */
	const char *param;
	bool odd;
} values[] = {
	{ " text/plain", "text", "plain", "charset", NULL, false },
	{ "text/plain; charset=utf-8", "text", "plain", "CHARSET", "utf-8",
	    false },
	{ "text/plain;\r\n\tcharset=\"utf-8\";", "text", "plain", "charset",
	    "utf-8", false },
	{ "text (a) / (b) html (c; charset=no) ; charset (d) = (e) x (f)",
	    "text", "html", "charset", "x", false },
	{ "a/b; x=\"q\\\"u\\\\o;t\"", "a", "b", "x", "q\"u\\o;t", false },
	{ "a/b; x==?=_y", "a", "b", "x", "=?=_y", false },
	{ "a/b; n*=utf-8'en'Gr%C3%BC%C3%9Fe", "a", "b", "n",
	    "Gr\xc3\xbc\xc3\x9f"
	    "e",
	    false },
	{ "a/b; n*=iso-8859-1''Gr%FC%DFe", "a", "b", "n",
	    "Gr\xc3\xbc\xc3\x9f"
	    "e",
	    false },
	{ "a/b; n*1=two; n*0=\"one \"", "a", "b", "n", "one two", false },
	{ "a/b; n*0*=utf-8''%C3; n*1*=%BC; n*2=%41", "a", "b", "n",
	    "\xc3\xbc%41", false },
	{ "a/b; n*1=lost", "a", "b", "n", NULL, false },
	{ "a/b; n=plain; n*=utf-8''better", "a", "b", "n", "better", false },
	{ "a/b; n*=no-such-charset''x", "a", "b", "n", "x", false },
	{ "a/b c=d", "a", "b", "c", "d", true },
	{ "a/b; c=d e; f=g", "a", "b", "f", "g", true },
	{ "a/b; c=\"open", "a", "b", "c", "open", true },
	{ "a/b; =x; c=d", "a", "b", "c", "d", true },
	{ "a/b (open; c=d", "a", "b", "c", NULL, true },
	{ "text", "text", "", "c", NULL, false },
	{ "", "", "", "c", NULL, false },
	{ "/;=\"", "", "", "c", NULL, true },
};

START_TEST(parameters_are_read)
{
	struct mime_value content;
	const struct mime_parameter *param;

	ck_assert_int_eq(
	    mime_value_read(span_str(values[_i].value), arena, &content, &err),
	    0);
	ck_span(content.type, values[_i].type);
	ck_span(content.subtype, values[_i].subtype);
	param = mime_value_param(&content, span_str(values[_i].name));
	ck_assert_msg(
	    (param == NULL) == (values[_i].param == NULL), "row %d", _i);
	if (param != NULL)
		ck_span(param->value, values[_i].param);
	ck_assert_msg(content.odd == values[_i].odd, "row %d", _i);
}
END_TEST

START_TEST(a_value_cut_anywhere_is_read)
{
	for (size_t row = 0; row < sizeof values / sizeof values[0]; row++) {
		struct span value = span_str(values[row].value);

		for (size_t n = 0; n <= value.len; n++) {
			struct mime_value content;
			char *copy = malloc(n + 1);

			ck_assert_ptr_nonnull(copy);
			memcpy(copy, value.at, n);
			ck_assert_int_eq(mime_value_read(span_of(copy, n),
					     arena, &content, &err),
			    0);
			free(copy);
		}
	}
}
END_TEST

static const struct {
	const char *value;
	const char *text;
} written[] = {
	{ "a.txt", "; filename=a.txt" },
	{ "two words", ";\n filename=\"two words\"" },
	{ "a\"b\\", ";\n filename=\"a\\\"b\\\\\"" },
	{ "", ";\n filename=\"\"" },
	{ "Gr\xc3\xbc\xc3\x9f"
	  "e.pdf",
	    ";\n filename*0*=UTF-8''Gr%C3%BC%C3%9Fe.pdf" },
};

START_TEST(parameters_are_written_so_that_they_read_back)
{
	struct mime_value content;
	struct span text;
	struct buf value;

	ck_assert_int_eq(mime_parameter_write(SPAN("filename"),
			     span_str(written[_i].value), arena, &text, &err),
	    0);
	ck_span(text, written[_i].text);
	buf_init(&value, arena, 1000);
	buf_str(&value, "attachment");
	buf_add(&value, text);
	ck_assert_int_eq(
	    mime_value_read(buf_span(&value), arena, &content, &err), 0);
	if (content.count > 0)
		ck_span(content.params[0].value, written[_i].value);
}
END_TEST

START_TEST(long_values_continue_in_short_lines)
{
	struct mime_value content;
	struct span text, rest;
	struct buf value, field;

	buf_init(&value, arena, 10000);
	buf_init(&field, arena, 10000);
	for (int i = 0; i < 100; i++)
		buf_str(&value, "\xe2\x82\xac"
				"a");
	ck_assert_int_eq(mime_parameter_write(SPAN("name"), buf_span(&value),
			     arena, &text, &err),
	    0);
	for (rest = text; rest.len > 0;) {
		size_t n = span_find(rest, '\n');

		ck_assert_uint_le(n, 78);
		rest = span_from(rest, n + 1);
	}
	buf_str(&field, "a/b");
	buf_add(&field, text);
	ck_assert_int_eq(
	    mime_value_read(buf_span(&field), arena, &content, &err), 0);
	ck_assert(span_eq(
	    mime_value_param(&content, SPAN("name"))->value, buf_span(&value)));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("content");
	TCase *tcase = kit_case(suite, "content");

	tcase_add_loop_test(
	    tcase, parameters_are_read, 0, sizeof values / sizeof values[0]);
	tcase_add_test(tcase, a_value_cut_anywhere_is_read);
	tcase_add_loop_test(tcase,
	    parameters_are_written_so_that_they_read_back, 0,
	    sizeof written / sizeof written[0]);
	tcase_add_test(tcase, long_values_continue_in_short_lines);
	return suite_run(suite);
}
