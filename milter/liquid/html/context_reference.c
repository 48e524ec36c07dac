/* Character references in attributes (WHATWG HTML, "Character reference
 * state"): &quot; ends a string of a style and &colon; a scheme. */
#include "milter/liquid/html/context_state.h"

/* What stands for a character that is not ASCII, of which no place knows a
 * meaning. */
#define OPAQUE '\x80'

/* The named ones for bytes that a place may know a meaning of. */
static const struct {
	const char *name;
	char byte;
	bool bare; /* good without a semicolon, too */
} references[] = {
	{ "amp", '&', true },
	{ "AMP", '&', true },
	{ "quot", '"', true },
	{ "QUOT", '"', true },
	{ "lt", '<', true },
	{ "LT", '<', true },
	{ "gt", '>', true },
	{ "GT", '>', true },
	{ "apos", '\'', false },
	{ "grave", '`', false },
	{ "DiacriticalGrave", '`', false },
	{ "Tab", '\t', false },
	{ "NewLine", '\n', false },
	{ "colon", ':', false },
	{ "semi", ';', false },
	{ "comma", ',', false },
	{ "period", '.', false },
	{ "sol", '/', false },
	{ "bsol", '\\', false },
	{ "quest", '?', false },
	{ "num", '#', false },
	{ "lpar", '(', false },
	{ "rpar", ')', false },
	{ "lcub", '{', false },
	{ "lbrace", '{', false },
	{ "rcub", '}', false },
	{ "rbrace", '}', false },
	{ "ast", '*', false },
	{ "midast", '*', false },
	{ "commat", '@', false },
	{ "plus", '+', false },
	{ "equals", '=', false },
	{ "lowbar", '_', false },
	{ "UnderBar", '_', false },
};

static void
give(struct context *at, char c)
{
	at->reference = REFERENCE_NONE;
	context_meaning_byte(at, c);
}

static void
give_named(struct context *at, bool semicolon)
{
	char byte = semicolon ? OPAQUE : '&';

	for (size_t i = 0; i < sizeof references / sizeof *references; i++)
		if (at->number == hash_name(references[i].name) &&
		    (semicolon || references[i].bare))
			byte = references[i].byte;
	give(at, byte);
}

static void
give_number(struct context *at)
{
	give(at,
	    at->number != 0 && at->number < 128 ? (char)at->number : OPAQUE);
}

/* Whether c is one more digit. */
static bool
add_digit(struct context *at, char c)
{
	unsigned base = at->reference == REFERENCE_HEX ? 16 : 10;
	int digit = hex_value(c);

	if (digit < 0 || (unsigned)digit >= base)
		return false;
	if (at->number < 0x110000)
		at->number = at->number * base + (unsigned)digit;
	return true;
}

/* What has been read is over at c. Whether c belongs to it. */
static bool
end_at(struct context *at, char c)
{
	bool belongs = c == ';' && at->reference != REFERENCE_BEGUN;

	if (at->reference == REFERENCE_NAME && c != '=')
		give_named(at, belongs);
	else if (at->reference >= REFERENCE_NUMBER)
		give_number(at);
	else
		give(at, '&');
	return belongs;
}

/* Whether c belongs to the reference. */
static bool
reference_byte(struct context *at, char c)
{
	if (at->reference == REFERENCE_BEGUN && c == '#') {
		at->reference = REFERENCE_NUMBER;
		at->number = 0;
	} else if (at->reference == REFERENCE_NUMBER && at->number == 0 &&
		   ascii_lower(c) == 'x') {
		at->reference = REFERENCE_HEX;
	} else if (at->reference >= REFERENCE_NUMBER) {
		return add_digit(at, c) || end_at(at, c);
	} else if (ascii_is_letter(c) ||
		   (at->reference == REFERENCE_NAME && ascii_is_digit(c))) {
		at->reference = REFERENCE_NAME;
		at->number = hash_byte(at->number, c);
	} else {
		return end_at(at, c);
	}
	return true;
}

void
context_value_byte(struct context *at, char c)
{
	if (at->attribute == PLAIN || at->attribute == CONTENT)
		return;
	if (at->reference != REFERENCE_NONE && reference_byte(at, c))
		return;
	if (c == '&') {
		at->reference = REFERENCE_BEGUN;
		at->number = HASH_START;
	} else {
		context_meaning_byte(at, c);
	}
}

void
context_reference_end(struct context *at)
{
	if (at->reference != REFERENCE_NONE)
		give(at, '&');
	at->number = 0;
}
