#include "milter/liquid/compile/lex.h"
#include "milter/liquid/compile/scan.h"
#include "tests/milter/liquid/kit_liquid.h"

/* The pieces of a source, each as a letter and its text. */
static const char *
cut(const char *source, struct buf *out)
{
	static const char letters[] = {
		[PIECE_END] = '.',
		[PIECE_LINES_END] = 'l',
		[PIECE_TEXT] = 't',
		[PIECE_OUTPUT] = 'o',
		[PIECE_TAG] = 'g',
		[PIECE_BROKEN] = 'b',
	};
	struct scanner scan;
	struct piece piece;

	buf_clear(out);
	scan_begin(&scan, span_str(source));
	do {
		piece = scan_next(&scan);
		buf_byte(out, letters[piece.kind]);
		if (piece.kind == PIECE_TAG)
			buf_printf(out, "(%.*s)", SPAN_ARG(piece.name));
		if (piece.kind != PIECE_END)
			buf_printf(out, "[%.*s]", SPAN_ARG(piece.text));
		if (piece.kind == PIECE_TAG &&
		    span_eq(piece.name, SPAN("liquid")))
			scan_lines(&scan, piece.text);
	} while (piece.kind != PIECE_END);
	return buf_cstr(out);
}

START_TEST(cuts_a_source_into_pieces)
{
	static const struct {
		const char *source, *pieces;
	} rows[] = {
		{ "", "." },
		{ "a { b } c", "t[a { b } c]." },
		{ "a{{ b }}c", "t[a]o[ b ]t[c]." },
		{ "{%if a%}", "g(if)[a]." },
		{ "{% if  a b %}", "g(if)[a b ]." },
		{ "a \n{%- x -%} b", "t[a]g(x)[]t[b]." },
		{ "a {{- x -}} b", "t[a]o[ x ]t[b]." },
		{ " {{- x -}} ", "o[ x ]." },
		{ "a {{-}} b", "t[a]o[]t[b]." },
		{ "a {%-%} b", "t[a]g()[]t[b]." },
		{ "a {{--}} b", "t[a]o[]t[b]." },
		{ "{%# note %}", "g(#)[note ]." },
		{ "{{ a", "b[{{]." },
		{ "{% a", "b[{%]." },
		{ "{{ a } b", "b[{{ a }]t[ b]." },
		{ "{{ a {% b %}", "b[{{ a {% b %}]." },
		{ "{% liquid\n a b\n\n c\n%}d",
		    "g(liquid)[a b\n\n c\n]g(a)[b]g(c)[]l[]t[d]." },
	};
	struct buf out;

	buf_init_heap(&out, 1 << 16);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ck_assert_str_eq(cut(rows[i].source, &out), rows[i].pieces);
	buf_deinit(&out);
}
END_TEST

START_TEST(counts_lines_and_columns)
{
	struct scanner scan;
	unsigned line, column;
	const char *source = "ab\ncd\n\nx";

	scan_begin(&scan, span_str(source));
	scan_place(&scan, source + 1, &line, &column);
	ck_assert(line == 1 && column == 2);
	scan_place(&scan, source + 4, &line, &column);
	ck_assert(line == 2 && column == 2);
	scan_place(&scan, source + 7, &line, &column);
	ck_assert(line == 4 && column == 1);
}
END_TEST

START_TEST(finds_the_end_of_raw)
{
	static const struct {
		const char *source, *body;
	} rows[] = {
		{ "a{% endraw %}b", "a" },
		{ "{{ x {%- endraw -%}", "{{ x " },
		{ "{% x {% endraw {% endraw %}", "{% x {% endraw " },
		{ "a{% endrawx %}{%endraw%}", "a{% endrawx %}" },
		{ "a{% endraw", NULL },
		{ "a", NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct scanner scan;
		struct span body;
		int found;

		scan_begin(&scan, span_str(rows[i].source));
		found = scan_until(&scan, SPAN("endraw"), &body);
		ck_assert_int_eq(found, rows[i].body != NULL);
		if (found)
			ck_assert_msg(span_eq(body, span_str(rows[i].body)),
			    "%s", rows[i].source);
	}
}
END_TEST

START_TEST(reads_words)
{
	static const struct {
		const char *markup;
		enum lex kinds[8];
	} rows[] = {
		{ "", { LEX_END } },
		{ "a-b? c", { LEX_NAME, LEX_NAME } },
		{ "'x' \"y\"", { LEX_STRING, LEX_STRING } },
		{ "1 -2 3.5 -",
		    { LEX_INTEGER, LEX_INTEGER, LEX_FLOAT, LEX_DASH } },
		{ "1..2", { LEX_INTEGER, LEX_DOTDOT, LEX_INTEGER } },
		{ "a.b[0]", { LEX_NAME, LEX_DOT, LEX_NAME, LEX_OPEN_SQUARE,
				LEX_INTEGER, LEX_CLOSE_SQUARE } },
		{ "<= <> < == != = contains",
		    { LEX_COMPARE, LEX_COMPARE, LEX_COMPARE, LEX_COMPARE,
			LEX_COMPARE, LEX_ASSIGN, LEX_COMPARE } },
		{ "a.contains", { LEX_NAME, LEX_DOT, LEX_NAME } },
		{ "| : , ( ) ?",
		    { LEX_PIPE, LEX_COLON, LEX_COMMA, LEX_OPEN_ROUND,
			LEX_CLOSE_ROUND, LEX_QUESTION } },
		{ "'open", { LEX_BAD, LEX_NAME } },
		{ "& ~", { LEX_BAD, LEX_BAD } },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct lexer lex;

		lex_begin(&lex, span_str(rows[i].markup));
		for (int k = 0; k < 8; k++) {
			ck_assert_msg(lex.now.kind == rows[i].kinds[k],
			    "%s: %d: %s", rows[i].markup, k,
			    lex_name(lex.now.kind));
			if (lex.now.kind == LEX_END)
				break;
			lex_next(&lex);
		}
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		cuts_a_source_into_pieces,
		counts_lines_and_columns,
		finds_the_end_of_raw,
		reads_words,
		NULL,
	};

	return kit_main("scan", tests);
}
