#include "milter/mail/header.h"

#include "milter/mail/address.h"
#include "tests/milter/mail/kit.h"
#include "tests/suite.h"

#define ZOE "Zo\xc3\xab"

static struct header_field
field_of(const char *name, const char *value)
{
	return (struct header_field){ .name = span_str(name),
		.value = span_str(value) };
}

static const struct {
	const char *name;
	const char *value;
	const char *pieces[6]; /* "kind text" */
} read_rows[] = {
	{ "Subject", " Hello\r\n {{ profile.name }}",
	    { "T Hello {{ profile.name }}" } },
	{ "Subject", " =?utf-8?q?{{_profile.na?=\r\n =?utf-8?q?me_}}?=",
	    { "T {{ profile.name }}" } },
	{ "List-Unsubscribe", " <https://x/?t=a>", { "T <https://x/?t=a>" } },
	{ "To", " Anna <anna@a.example>", { "N Anna", "A anna@a.example" } },
	{ "To", " anna@a.example", { "A anna@a.example" } },
	{ "To", " \"Doe, \\\"J\\\"\" <j@a>, =?utf-8?q?Zo=C3=AB?= <z@a>",
	    { "N Doe, \"J\"", "A j@a", "N " ZOE, "A z@a" } },
	{ "To",
	    " {{ profile.name | default: \"friend, <you>\" }}"
	    " <{{ recipient.address }}>",
	    { "N {{ profile.name | default: \"friend, <you>\" }}",
		"A {{ recipient.address }}" } },
	{ "To", " \"{{ a | default: \\\"b\\\" }}\" <c@d>",
	    { "N {{ a | default: \"b\" }}", "A c@d" } },
	{ "To", " {{ a }}@{{ b }}", { "A {{ a }}@{{ b }}" } },
	{ "To", " j@a (John Doe), k@a", { "N John Doe", "A j@a", "A k@a" } },
	{ "To", " \"john doe\"@a.example", { "A \"john doe\"@a.example" } },
	{ "To", " <@relay,@two:j@a>", { "A j@a" } },
	{ "To", " friends: a@b, c@d;, e@f",
	    { "G friends", "A a@b", "A c@d", "A e@f" } },
	{ "To", " undisclosed-recipients:;", { "G undisclosed-recipients" } },
	{ "To", " {% if a %}A <a@b>{% else %}B <c@d>{% endif %}",
	    { "T {% if a %}A <a@b>{% else %}B <c@d>{% endif %}" } },
	{ "To", " a@b <c@d> e", { "T a@b <c@d> e" } },
	{ "To", "", { "T " } },
	{ "Content-Disposition",
	    " attachment; filename=\"{{ x }}.pdf\"; size=1",
	    { "P {{ x }}.pdf", "P 1" } },
	{ "Content-Disposition",
	    " attachment; filename*0*=utf-8''%7B%7B x ; filename*1=\" }}\"",
	    { "T attachment; filename*0*=utf-8''%7B%7B x ; "
	      "filename*1=\" }}\"" } },
	{ "Content-Disposition",
	    " attachment;\r\n filename*0*=utf-8''%7B%7B;\r\n"
	    " filename*1=\" x }}\"",
	    { "P {{ x }}" } },
	{ "Content-Type", " a/b; name=\"=?utf-8?q?Zo=C3=AB?=\"", { "P " ZOE } },
	{ "Content-Disposition", " inline", { "T inline" } },
};

START_TEST(a_header_comes_apart_where_tags_may_stand)
{
	static const char letters[] = "TNAGP";
	struct header_field field =
	    field_of(read_rows[_i].name, read_rows[_i].value);
	struct header header;
	size_t count = 0;

	ck_assert_int_eq(header_read(&field, arena, &header, &err), 0);
	while (count < 6 && read_rows[_i].pieces[count] != NULL)
		count++;
	ck_assert_msg(
	    header.count == count, "row %d: %zu pieces", _i, header.count);
	for (size_t i = 0; i < count; i++) {
		const char *want = read_rows[_i].pieces[i];

		ck_assert_msg(letters[header.pieces[i].kind] == want[0],
		    "row %d piece %zu", _i, i);
		ck_span(header.pieces[i].text, want + 2);
	}
}
END_TEST

static const struct {
	const char *name;
	const char *old;
	const char *pieces[6];
	const char *value; /* NULL: refused */
} join_rows[] = {
	{ "Subject", " x", { "Hello Anna" }, " Hello Anna" },
	{ "Subject", " x", { "a\r\nBcc: b@c\r\n\r\nbody" },
	    " a  Bcc: b@c    body" },
	{ "Subject", " x", { ZOE }, " =?UTF-8?Q?Zo=C3=AB?=" },
	{ "Subject", " x", { "" }, " " },
	{ "Subject", " x", { "\xff" }, NULL },
	{ "To", " N <a@b>", { "Anna", "anna@x.example" },
	    " Anna <anna@x.example>" },
	{ "To", " N <a@b>", { "Doe, \"J\"", "j@x.example" },
	    " \"Doe, \\\"J\\\"\" <j@x.example>" },
	{ "To", " N <a@b>", { ZOE, "z@x.example" },
	    " =?UTF-8?Q?Zo=C3=AB?= <z@x.example>" },
	{ "To", " N <a@b>", { "", "a@x.example" }, " <a@x.example>" },
	{ "To", " N <a@b>", { "x\" <evil@x>, \"y\r\nBcc: z@x", "a@x.example" },
	    " \"x\\\" <evil@x>, \\\"y  Bcc: z@x\" <a@x.example>" },
	{ "To", " N <a@b>", { "n", "a@x.example>, <evil@x" }, NULL },
	{ "To", " N <a@b>", { "n", "a@x, evil@x" }, NULL },
	{ "To", " N <a@b>", { "n", "" }, NULL },
	{ "To", " N <a@b>", { "n", "no address" }, NULL },
	{ "To", " N <a@b>", { "n", "a@-x.example" }, NULL },
	{ "To", " N <a@b>", { "n", "a..b@x.example" }, NULL },
	{ "To", " N <a@b>", { "n", "\"a b\"@[192.0.2.1]" },
	    " n <\"a b\"@[192.0.2.1]>" },
	/* IDN in ASCII; SMTPUTF8 where the local part needs it anyway */
	{ "To", " N <a@b>",
	    { "n", "a@b\xc3\xbc"
		   "cher.example" },
	    " n <a@xn--bcher-kva.example>" },
	{ "To", " N <a@b>",
	    { "n", "z\xc3\xab@b\xc3\xbc"
		   "cher.example" },
	    " n <z\xc3\xab@b\xc3\xbc"
	    "cher.example>" },
	{ "To", " a@b", { "Anna <anna@x.example>" }, " Anna <anna@x.example>" },
	{ "To", " a@b", { "a@x, evil@x" }, NULL },
	{ "To", " a@b, c@d", { "", "c@x.example" }, " c@x.example" },
	{ "To", " a@b", { "" }, NULL },
	{ "To", " g: a@b;", { "g, h", "a@x.example" },
	    " \"g, h\": a@x.example;" },
	{ "To", " {% if a %}<a@b>{% else %}<c@d>{% endif %}", { "N <a@b>" },
	    " N <a@b>" },
	/* of which a value could have made the second */
	{ "To", " {% if a %}<a@b>{% else %}<c@d>{% endif %}", { "<a@b>, c@d" },
	    NULL },
	{ "To", " {% if a %}<a@b>{% else %}<c@d>{% endif %}", { "g: a@b;" },
	    NULL },
	{ "To", " {% if a %}<a@b>{% else %}<c@d>{% endif %}", { "a b c" },
	    NULL },
	{ "List-Unsubscribe", " <x>, <y>", { "<https://x/?n=a>, <mailto:y>" },
	    " <https://x/?n=a>, <mailto:y>" },
	{ "List-Unsubscribe", " {{ x }}", { "<https://x/?n=a>" },
	    " <https://x/?n=a>" },
	{ "List-Unsubscribe", " <https://x/?n={{ x }}>",
	    { "<https://x/?n=a>, <https://evil>" }, NULL },
	{ "List-Unsubscribe", " <{{ x }}>", { "<javascript:alert(1)>" }, NULL },
	{ "List-Unsubscribe", " <{{ x }}>", { "< data:x>" }, NULL },
	{ "List-Unsubscribe", " {{ x }}", { "javascript:alert(1)" }, NULL },
	{ "List-Help", " <{{ x }}>", { "<MAILTO:a@b>" }, " <MAILTO:a@b>" },
	{ "List-Help", " <{{ x }}>", { "</a:b>" }, " </a:b>" },
	{ "List-Help", " <news:{{ x }}>", { "<news:a:b>" }, " <news:a:b>" },
	{ "Archived-At", " <{{ x }}>", { "<news:a>" }, NULL },
	{ "List-Id", " {{ x }} <a.b>", { "<evil.c> <a.b>" }, NULL },
	{ "List-Id", " {{ x }} <a.b>", { ZOE " <a.b>" },
	    " =?UTF-8?Q?Zo=C3=AB?= <a.b>" },
	{ "Content-Disposition", " attachment; filename={{ x }}",
	    { "attachment; filename=a" }, " attachment; filename=a" },
	{ "Content-Disposition", " attachment; filename={{ x }}",
	    { "attachment; filename=a; size=1" }, NULL },
	{ "List-Unsubscribe", " <x>", { "<https://x/?n=" ZOE ">" }, NULL },
	{ "Content-Disposition", " attachment;\r\n filename=x (c); size=1",
	    { "a\"; evil=\"b", "1" },
	    " attachment;\n filename=\"a\\\"; evil=\\\"b\" (c); size=1" },
	{ "Content-Disposition", " attachment; filename=x; size=1",
	    { ZOE ".pdf\r\nBcc: x", "1" },
	    " attachment;\n filename*0*=UTF-8''Zo%C3%AB.pdf%20%20Bcc%3A%20x;"
	    " size=1" },
};

START_TEST(no_value_adds_a_header_or_an_address)
{
	struct header_field field =
	    field_of(join_rows[_i].name, join_rows[_i].old);
	struct span rendered[6] = { { NULL, 0 } }, value;
	struct header header;
	int done;

	ck_assert_int_eq(header_read(&field, arena, &header, &err), 0);
	for (size_t i = 0; i < 6 && join_rows[_i].pieces[i] != NULL; i++)
		rendered[i] = span_str(join_rows[_i].pieces[i]);
	done = header_join(&header, rendered, arena, &value, &err);
	ck_assert_msg(done == (join_rows[_i].value ? 0 : -1),
	    "row %d gave %d %s", _i, done, err.text);
	if (done == 0)
		ck_span(value, join_rows[_i].value);
	else
		ck_assert_int_eq(err.code, ERR_INPUT);
}
END_TEST

START_TEST(long_values_fold_at_76)
{
	static const char *const names[] = { "Subject", "To",
		"List-Unsubscribe" };

	for (size_t n = 0; n < 3; n++) {
		struct buf text;
		struct span value;
		size_t column = strlen(names[n]) + 1;

		buf_init(&text, arena, 100000);
		for (int i = 0; i < 40; i++)
			buf_printf(&text,
			    n == 1 ? "%sName %d <a%d@x.example>"
				   : "%sword%d-%d",
			    i ? (n == 1 ? ", " : " ") : "", i, i);
		ck_assert_int_eq(header_value(span_str(names[n]),
				     buf_span(&text), arena, &value, &err),
		    0);
		for (size_t i = 0; i < value.len; i++) {
			column = value.at[i] == '\n' ? 0 : column + 1;
			ck_assert_uint_le(column, 77);
			if (value.at[i] == '\n')
				ck_assert_int_eq(value.at[i + 1], ' ');
		}
	}
}
END_TEST

START_TEST(a_header_in_no_known_charset_is_an_error)
{
	struct header_field field = field_of("Subject", " Gr\xfc\xdf");
	struct header header;

	ck_assert_int_eq(header_read(&field, arena, &header, &err), -1);
	ck_assert_int_eq(err.code, ERR_DECODE);
}
END_TEST

START_TEST(reading_a_header_is_linear)
{
	static const char *const units[] = { "{{", "(", "\"", "<", "=?utf-8?q?",
		"\\", "a," };

	for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
		struct header_field field = field_of("To", "");
		struct header header;
		struct buf value;

		arena_reset(arena);
		buf_init(&value, arena, 1 << 20);
		while (value.len < 400000)
			buf_str(&value, units[u]);
		field.value = buf_span(&value);
		ck_assert_int_eq(header_read(&field, arena, &header, &err), 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("header");
	TCase *tcase = kit_case(suite, "header");

	tcase_add_loop_test(tcase, a_header_comes_apart_where_tags_may_stand, 0,
	    sizeof read_rows / sizeof read_rows[0]);
	tcase_add_loop_test(tcase, no_value_adds_a_header_or_an_address, 0,
	    sizeof join_rows / sizeof join_rows[0]);
	tcase_add_test(tcase, long_values_fold_at_76);
	tcase_add_test(tcase, a_header_in_no_known_charset_is_an_error);
	tcase_add_test(tcase, reading_a_header_is_linear);
	return suite_run(suite);
}
