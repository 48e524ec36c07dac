/* What the text of an attribute, a style or a script means as far as a value
 * behind it is concerned: URLs (WHATWG URL, "Concept"), CSS Syntax Level 3,
 * JSON. */
#include "milter/liquid/html/context_state.h"

/* ---- URLs ---- */

static bool
is_scheme_byte(char c)
{
	return ascii_is_letter(c) || ascii_is_digit(c) || c == '+' ||
	       c == '-' || c == '.';
}

/* Behind the colon of a scheme. */
static uint8_t
scheme_part(uint32_t scheme)
{
	static const struct {
		const char *name;
		uint8_t part;
	} schemes[] = {
		{ "mailto", URL_ADDRESS },
		{ "tel", URL_ADDRESS },
		{ "sms", URL_ADDRESS },
		{ "javascript", URL_FORBIDDEN },
		{ "vbscript", URL_FORBIDDEN },
		{ "livescript", URL_FORBIDDEN },
		{ "mocha", URL_FORBIDDEN },
		{ "data", URL_FORBIDDEN },
		{ "view-source", URL_FORBIDDEN },
	};

	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (scheme == hash_name(schemes[i].name))
			return schemes[i].part;
	return URL_PATH;
}

/* Before anything that says it is no scheme. */
static uint8_t
scheme_byte(struct context *at, uint8_t part, char c)
{
	/* Left out wherever they stand. */
	if (c == '\t' || c == '\n' || c == '\r')
		return part;
	if (part == URL_START && (unsigned char)c <= ' ')
		return part;
	if (part == URL_VALUE && c == ':')
		context_fail(at, FAULT_COLON);
	if (part == URL_SCHEME && c == ':')
		return scheme_part(at->name);
	if (part == URL_VALUE && c == '&')
		return URL_QUERY;
	if (!is_scheme_byte(c) || (part == URL_START && !ascii_is_letter(c)))
		return URL_PATH;
	if (part == URL_VALUE)
		return part;
	at->name = hash_byte(
	    part == URL_START ? HASH_START : at->name, ascii_lower(c));
	return URL_SCHEME;
}

/* The part of the URL behind the byte. */
static uint8_t
url_byte(struct context *at, uint8_t part, char c)
{
	if (part < URL_PATH)
		part =
		    c == '?' || c == '#' ? URL_QUERY : scheme_byte(at, part, c);
	else if ((c == '?' || c == '#') && part != URL_FORBIDDEN)
		part = URL_QUERY;
	if (part != URL_SCHEME)
		at->name = 0;
	return part;
}

static void
urls_byte(struct context *at, char c)
{
	if (is_blank(c) || c == ',')
		at->part = URL_START;
	else
		at->part = url_byte(at, at->part, c);
}

/* ---- styles ---- */

/* In a string or a comment; name is 1 behind a backslash or a star. */
static void
quoted_style_byte(struct context *at, char c)
{
	bool marked = at->name == 1;

	at->name = 0;
	if (at->quote == CSS_COMMENT) {
		if (marked && c == '/')
			at->quote = 0;
		at->name = c == '*';
	} else if (!marked && (c == (char)at->quote || c == '\n')) {
		at->quote = 0;
	} else {
		at->name = !marked && c == '\\';
	}
}

/* Behind the word whose hash is name, and at what ends it. */
static void
word_ended(struct context *at, char c)
{
	static const char *const strings[] = { "@import", "@namespace",
		"@document", "image-set", "-webkit-image-set", "image", "src",
		"url-prefix" };

	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
		if (at->name == hash_name(strings[i]) &&
		    (c == '(' || c == '=' || strings[i][0] == '@'))
			at->part = CSS_REFERENCE;
	if (c == '(' && at->name == hash_name("url"))
		at->part = CSS_URL + URL_START;
}

/* Outside strings and url(...). A backslash may spell one of the words. */
static void
plain_style_byte(struct context *at, char c)
{
	bool slash = at->name == '/';

	if (ascii_is_word(c) || c == '-' || c == '@' ||
	    (unsigned char)c >= 128) {
		at->name = hash_byte(
		    at->name > '/' ? at->name : HASH_START, ascii_lower(c));
		return;
	}
	word_ended(at, c);
	at->name = c == '/' ? '/' : 0;
	if (c == '"' || c == '\'')
		at->quote = (uint8_t)c;
	else if (slash && c == '*')
		at->quote = CSS_COMMENT;
	else if (c == '\\')
		at->part = CSS_REFERENCE;
	else if (c == ';' || c == '{' || c == '}')
		at->part = CSS_PLAIN;
}

/* In url(...), whose string may be open. What follows in the declaration may
 * be another URL. */
static void
style_url_byte(struct context *at, char c)
{
	uint8_t part = (uint8_t)(at->part - CSS_URL);

	if (part == URL_START && at->quote == 0 && (c == '"' || c == '\'')) {
		at->quote = (uint8_t)c;
	} else if (at->quote ? c == (char)at->quote : c == ')') {
		at->part = CSS_REFERENCE;
		at->quote = 0;
		at->name = 0;
	} else if (c == '\\') {
		at->part = CSS_URL + URL_FORBIDDEN;
	} else {
		at->part = (uint8_t)(CSS_URL + url_byte(at, part, c));
	}
}

void
context_style_byte(struct context *at, char c)
{
	if (at->part >= CSS_URL)
		style_url_byte(at, c);
	else if (at->quote != 0)
		quoted_style_byte(at, c);
	else
		plain_style_byte(at, c);
}

/* ---- scripts ---- */

/* name is 1 behind a backslash. */
static void
string_byte(struct context *at, char c)
{
	if (at->name == 1)
		at->name = 0;
	else if (c == '\\')
		at->name = 1;
	else if (c == (char)at->quote)
		at->quote = 0;
}

void
context_json_byte(struct context *at, char c)
{
	if (at->quote != 0)
		string_byte(at, c);
	else if (c == '"')
		at->quote = (uint8_t)c;
}

/* Comments, regular expressions and templates have quotes of their own. */
static void
code_byte(struct context *at, char c)
{
	if (c == '`' || (at->quote == 0 && c == '/') ||
	    (at->quote != 0 && c == '\n'))
		at->part = CODE_UNSURE;
	else if (at->quote != 0)
		string_byte(at, c);
	else if (c == '"' || c == '\'')
		at->quote = (uint8_t)c;
}

/* ---- attributes ---- */

void
context_meaning_byte(struct context *at, char c)
{
	switch ((enum attribute)at->attribute) {
	case PLAIN:
	case CONTENT:
	case EQUIV:
	case REFUSED:
		return;
	case URL:
		at->part = url_byte(at, at->part, c);
		return;
	case URLS:
		urls_byte(at, c);
		return;
	case CSS:
		context_style_byte(at, c);
		return;
	case CODE:
		code_byte(at, c);
		return;
	case TYPE:
		at->name = hash_byte(at->name, ascii_lower(c));
		return;
	}
}

void
context_value_end(struct context *at)
{
	bool json = at->name == hash_name("application/json") ||
		    at->name == hash_name("application/ld+json");

	if (at->attribute != TYPE || (at->tag & TAG_TYPED))
		return;
	at->tag |= TAG_TYPED | (json ? TAG_JSON : 0);
}
