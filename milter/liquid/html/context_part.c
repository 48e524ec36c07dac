#include "milter/liquid/html/context_state.h"

static void
url_byte(struct context *at, char c)
{
	if (c == '?' || c == '#') {
		at->part = URL_QUERY;
	} else if (at->part == URL_START && is_blank(c)) {
		return;
	} else if (at->part == URL_START && ascii_is_letter(c)) {
		at->part = URL_SCHEME;
		at->name = hash_byte(HASH_START, ascii_lower(c));
	} else if (at->part == URL_SCHEME && c == ':') {
		bool address = at->name == hash_name("mailto") ||
			       at->name == hash_name("tel") ||
			       at->name == hash_name("sms");

		at->part = address ? URL_ADDRESS : URL_PATH;
		at->name = 0;
	} else if (at->part == URL_SCHEME && c != '/') {
		at->name = hash_byte(at->name, ascii_lower(c));
	} else if (at->part == URL_START || at->part == URL_SCHEME) {
		at->part = URL_PATH;
		at->name = 0;
	}
}

/* name counts the bytes of "url(" seen. */
void
context_style_byte(struct context *at, char c)
{
	static const char opening[] = "url(";

	if (at->part == CSS_PLAIN) {
		if (ascii_lower(c) == opening[at->name])
			at->name++;
		else
			at->name = ascii_lower(c) == 'u';
		if (at->name == sizeof opening - 1) {
			at->part = CSS_URL;
			at->name = 0;
		}
		return;
	}
	if (at->part == CSS_URL && at->quote == 0) {
		if (is_blank(c))
			return;
		if (c == '"' || c == '\'') {
			at->quote = (uint8_t)c;
			return;
		}
	}
	if (at->quote ? c == (char)at->quote : c == ')') {
		at->part = CSS_PLAIN;
		at->quote = 0;
	} else if (c == '?' || c == '#') {
		at->part = CSS_URL_QUERY;
	} else if (at->part == CSS_URL) {
		at->part = CSS_URL_PART;
	}
}

/* quote is the open string's; name is 1 behind a backslash in it. */
void
context_script_byte(struct context *at, char c)
{
	if (at->quote == 0) {
		if (c == '"' || c == '\'' || c == '`')
			at->quote = (uint8_t)c;
		return;
	}
	if (at->name == 1)
		at->name = 0;
	else if (c == '\\')
		at->name = 1;
	else if (c == (char)at->quote || (c == '\n' && at->quote != '`'))
		at->quote = 0;
}

void
context_value_byte(struct context *at, char c)
{
	switch ((enum attribute)at->attribute) {
	case PLAIN:
	case REFUSED:
		return;
	case URL:
		url_byte(at, c);
		return;
	case CSS:
		context_style_byte(at, c);
		return;
	case CODE:
		context_script_byte(at, c);
		return;
	}
}
