#include "milter/liquid/compile/lex.h"

#include "store/base/ascii.h"
#include "store/base/unicode.h"

enum { SHOWN_MAX = 40 };

static bool
is_name_start(char c)
{
	return ascii_is_letter(c) || c == '_';
}

static bool
is_name(char c)
{
	return ascii_is_word(c) || c == '-';
}

static struct span
skip_blanks(struct span s)
{
	size_t at = 0;

	while (at < s.len && ascii_is_space(s.at[at]))
		at++;
	return span_from(s, at);
}

static const enum lex single[128] = {
	['|'] = LEX_PIPE,
	['.'] = LEX_DOT,
	[':'] = LEX_COLON,
	[','] = LEX_COMMA,
	['['] = LEX_OPEN_SQUARE,
	[']'] = LEX_CLOSE_SQUARE,
	['('] = LEX_OPEN_ROUND,
	[')'] = LEX_CLOSE_ROUND,
	['?'] = LEX_QUESTION,
	['-'] = LEX_DASH,
	['='] = LEX_ASSIGN,
	['<'] = LEX_COMPARE,
	['>'] = LEX_COMPARE,
};

/* How long the number at the start is, and whether it is a float. */
static size_t
number_length(struct span s, enum lex *kind)
{
	size_t at = s.at[0] == '-';

	while (at < s.len && ascii_is_digit(s.at[at]))
		at++;
	*kind = LEX_INTEGER;
	if (at + 1 < s.len && s.at[at] == '.' && ascii_is_digit(s.at[at + 1])) {
		*kind = LEX_FLOAT;
		for (at++; at < s.len && ascii_is_digit(s.at[at]);)
			at++;
	}
	return at;
}

static size_t
name_length(struct span s)
{
	size_t at = 1;

	while (at < s.len && is_name(s.at[at]))
		at++;
	if (at < s.len && s.at[at] == '?')
		at++;
	return at;
}

static bool
is_pair(struct span s)
{
	if (s.len < 2)
		return false;
	if (s.at[1] == '=')
		return s.at[0] == '=' || s.at[0] == '!' || s.at[0] == '<' ||
		       s.at[0] == '>';
	return s.at[0] == '<' && s.at[1] == '>';
}

static struct token
scan(struct span *rest, enum lex before)
{
	struct span s = *rest = skip_blanks(*rest);
	struct token token = { LEX_END, SPAN_NONE };
	size_t len = 1;

	if (s.len == 0)
		return token;
	if (s.at[0] == '"' || s.at[0] == '\'') {
		len = span_find(span_from(s, 1), s.at[0]) + 1;
		token.kind = len < s.len ? LEX_STRING : LEX_BAD;
		if (len == s.len)
			len = 1;
		*rest = span_from(s, len + (token.kind == LEX_STRING));
		token.text = span_from(span_first(s, len), 1);
		return token;
	}
	if (ascii_is_digit(s.at[0]) ||
	    (s.at[0] == '-' && s.len > 1 && ascii_is_digit(s.at[1]))) {
		len = number_length(s, &token.kind);
	} else if (is_name_start(s.at[0])) {
		len = name_length(s);
		token.kind = LEX_NAME;
		if (before != LEX_DOT &&
		    span_eq(span_first(s, len), SPAN("contains")))
			token.kind = LEX_COMPARE;
	} else if (is_pair(s)) {
		len = 2;
		token.kind = LEX_COMPARE;
	} else if (s.len > 1 && s.at[0] == '.' && s.at[1] == '.') {
		len = 2;
		token.kind = LEX_DOTDOT;
	} else {
		token.kind = (unsigned char)s.at[0] < 128
				 ? single[(unsigned char)s.at[0]]
				 : LEX_BAD;
		if (token.kind == LEX_END)
			token.kind = LEX_BAD;
	}
	token.text = span_first(s, len);
	*rest = span_from(s, len);
	return token;
}

void
lex_begin(struct lexer *lexer, struct span markup)
{
	lexer->rest = markup;
	lexer->now = scan(&lexer->rest, LEX_END);
	lexer->ahead = scan(&lexer->rest, lexer->now.kind);
}

void
lex_next(struct lexer *lexer)
{
	lexer->now = lexer->ahead;
	if (lexer->now.kind != LEX_END)
		lexer->ahead = scan(&lexer->rest, lexer->now.kind);
}

bool
lex_is(const struct lexer *lexer, const char *name)
{
	return lexer->now.kind == LEX_NAME &&
	       span_eq(lexer->now.text, span_str(name));
}

int
lex_take(struct lexer *lexer, enum lex kind)
{
	if (lexer->now.kind != kind)
		return 0;
	lex_next(lexer);
	return 1;
}

struct span
lex_shown(const struct lexer *lexer)
{
	struct span text = lexer->now.text;
	size_t whole = 0;

	if (lexer->now.kind != LEX_BAD || text.len == 0)
		return span_first(text, SHOWN_MAX);
	text.len = (size_t)(lexer->rest.at + lexer->rest.len - text.at);
	(void)unicode_next(text, &whole);
	return span_first(text, whole);
}

const char *
lex_name(enum lex kind)
{
	static const char *const names[] = {
		[LEX_END] = "the end",
		[LEX_NAME] = "a name",
		[LEX_STRING] = "a string",
		[LEX_INTEGER] = "a number",
		[LEX_FLOAT] = "a number",
		[LEX_COMPARE] = "a comparison",
		[LEX_DOT] = "'.'",
		[LEX_DOTDOT] = "'..'",
		[LEX_PIPE] = "'|'",
		[LEX_COLON] = "':'",
		[LEX_COMMA] = "','",
		[LEX_OPEN_SQUARE] = "'['",
		[LEX_CLOSE_SQUARE] = "']'",
		[LEX_OPEN_ROUND] = "'('",
		[LEX_CLOSE_ROUND] = "')'",
		[LEX_QUESTION] = "'?'",
		[LEX_DASH] = "'-'",
		[LEX_ASSIGN] = "'='",
		[LEX_BAD] = "an unexpected character",
	};

	return names[kind];
}
