/*
 * The words between {{ and }}: one token at a time, with one to look ahead.
 * A byte that no word begins with is a token of its own, LEX_BAD.
 */
#ifndef INLAY_LIQUID_LEX_H
#define INLAY_LIQUID_LEX_H

#include "store/base/span.h"

enum lex {
	LEX_END,
	LEX_NAME,
	LEX_STRING, /* text is without the quotes */
	LEX_INTEGER,
	LEX_FLOAT,
	LEX_COMPARE, /* == != <> < > <= >= contains */
	LEX_DOT,
	LEX_DOTDOT,
	LEX_PIPE,
	LEX_COLON,
	LEX_COMMA,
	LEX_OPEN_SQUARE,
	LEX_CLOSE_SQUARE,
	LEX_OPEN_ROUND,
	LEX_CLOSE_ROUND,
	LEX_QUESTION,
	LEX_DASH,
	LEX_ASSIGN, /* a single = */
	LEX_BAD,
};

struct token {
	enum lex kind;
	struct span text;
};

struct lexer {
	struct span rest; /* after ahead */
	struct token now;
	struct token ahead;
};

/* Begins with the first token of the markup as now. */
void lex_begin(struct lexer *lexer, struct span markup);

/* Steps to the next token. */
void lex_next(struct lexer *lexer);

/* Whether now is the name given. */
bool lex_is(const struct lexer *lexer, const char *name);

/* Steps over now and returns 1 when it is of the kind, else 0. */
int lex_take(struct lexer *lexer, enum lex kind);

/* The start of now for messages; of LEX_BAD the whole character. */
struct span lex_shown(const struct lexer *lexer);

/* What a token is called in messages. */
const char *lex_name(enum lex kind);

#endif
