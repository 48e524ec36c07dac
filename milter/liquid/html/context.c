#include "milter/liquid/html/context_state.h"

static const char *const elements[ELEMENTS] = {
	[OTHER] = "",
	[SCRIPT] = "script",
	[STYLE] = "style",
	[TITLE] = "title",
	[TEXTAREA] = "textarea",
	[XMP] = "xmp",
	[IFRAME] = "iframe",
	[NOEMBED] = "noembed",
	[NOFRAMES] = "noframes",
};

static const struct {
	const char *name;
	enum attribute attribute;
} attributes[] = {
	{ "href", URL },
	{ "src", URL },
	{ "action", URL },
	{ "background", URL },
	{ "cite", URL },
	{ "formaction", URL },
	{ "poster", URL },
	{ "data", URL },
	{ "longdesc", URL },
	{ "srcset", URL },
	{ "ping", URL },
	{ "manifest", URL },
	{ "icon", URL },
	{ "dynsrc", URL },
	{ "lowsrc", URL },
	{ "codebase", URL },
	{ "classid", URL },
	{ "profile", URL },
	{ "archive", URL },
	{ "usemap", URL },
	{ "style", CSS },
	{ "srcdoc", REFUSED },
};

struct context
context_start(void)
{
	return (struct context){ .name = 0, .state = TEXT };
}

void
context_enter(struct context *at, enum html_state state)
{
	at->state = (uint8_t)state;
	at->name = 0;
	at->attribute = PLAIN;
	at->part = 0;
	at->quote = 0;
	at->count = 0;
}

static void
enter_text(struct context *at)
{
	context_enter(at, TEXT);
	at->element = OTHER;
}

/* ---- tags ---- */

void
context_enter_name(struct context *at, enum html_state state)
{
	context_enter(at, state);
	at->name = HASH_START;
}

void
context_tag_named(struct context *at)
{
	at->element = OTHER;
	for (unsigned i = OTHER + 1; i < ELEMENTS; i++)
		if (at->count != NAME_DATA &&
		    at->name == hash_name(elements[i]))
			at->element = (uint8_t)i;
}

static void
tag_close(struct context *at)
{
	if (at->element == OTHER)
		enter_text(at);
	else
		context_enter(at, RAW);
}

static void
attr_byte(struct context *at, char c)
{
	c = ascii_lower(c);
	if (at->count == NAME_DATA)
		return;
	if (c == ':') {
		/* A namespace: v:src and xlink:href are src and href. */
		at->name = HASH_START;
		at->count = NAME_EMPTY;
		return;
	}
	at->name = hash_byte(at->name, c);
	if (at->count == NAME_EMPTY && c == 'o')
		at->count = NAME_O;
	else if (at->count == NAME_O && c == 'n')
		at->count = NAME_ON;
	else if (at->count != NAME_ON)
		at->count = NAME_OTHER;
}

static void
attr_begin(struct context *at, char c)
{
	context_enter_name(at, ATTR_NAME);
	attr_byte(at, c);
}

/* The '=' behind a name: what will the value hold? */
static void
attr_named(struct context *at)
{
	enum attribute attribute = PLAIN;

	if (at->count == NAME_ON)
		attribute = CODE;
	else if (at->count == NAME_DATA || at->count == NAME_EMPTY)
		attribute = REFUSED;
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (attribute == PLAIN &&
		    at->name == hash_name(attributes[i].name))
			attribute = attributes[i].attribute;
	context_enter(at, BEFORE_VALUE);
	at->attribute = (uint8_t)attribute;
}

static void
between_attributes(struct context *at, char c)
{
	if (c == '>')
		tag_close(at);
	else if (c == '=' && at->state == AFTER_NAME)
		attr_named(at);
	else if (!is_blank(c) && c != '/')
		attr_begin(at, c);
}

static void
tag_name_byte(struct context *at, char c)
{
	if (c != '>' && c != '/' && !is_blank(c)) {
		at->name = hash_byte(at->name, ascii_lower(c));
		return;
	}
	if (at->state == TAG_NAME)
		context_tag_named(at);
	else
		at->element = OTHER;
	context_enter(at, IN_TAG);
	between_attributes(at, c);
}

static void
attr_name_byte(struct context *at, char c)
{
	if (c == '=') {
		attr_named(at);
	} else if (is_blank(c)) {
		at->state = AFTER_NAME;
	} else if (c == '>' || c == '/') {
		context_enter(at, IN_TAG);
		between_attributes(at, c);
	} else {
		attr_byte(at, c);
	}
}

static void
before_value_byte(struct context *at, char c)
{
	if (is_blank(c))
		return;
	if (c == '"') {
		at->state = DOUBLE;
	} else if (c == '\'') {
		at->state = SINGLE;
	} else if (c == '>') {
		tag_close(at);
	} else {
		at->state = BARE;
		context_value_byte(at, c);
	}
}

static void
in_value_byte(struct context *at, char c)
{
	if ((at->state == DOUBLE && c == '"') ||
	    (at->state == SINGLE && c == '\''))
		context_enter(at, IN_TAG);
	else if (at->state == BARE && c == '>')
		tag_close(at);
	else if (at->state == BARE && is_blank(c))
		context_enter(at, IN_TAG);
	else
		context_value_byte(at, c);
}

static void
tag_open_byte(struct context *at, char c)
{
	if (c == '!') {
		context_enter(at, MARKUP);
	} else if (c == '/') {
		context_enter(at, END_OPEN);
	} else if (c == '?') {
		context_enter(at, BOGUS);
	} else if (ascii_is_letter(c)) {
		context_enter_name(at, TAG_NAME);
		tag_name_byte(at, c);
	} else {
		enter_text(at);
		if (c == '<')
			context_enter(at, TAG_OPEN);
	}
}

static void
end_open_byte(struct context *at, char c)
{
	if (ascii_is_letter(c)) {
		context_enter_name(at, END_NAME);
		tag_name_byte(at, c);
	} else if (c == '>') {
		enter_text(at);
	} else {
		context_enter(at, BOGUS);
	}
}

/* ---- comments and raw elements ---- */

static void
comment_byte(struct context *at, char c)
{
	if (c == '>' && at->count >= 2)
		enter_text(at);
	else if (c == '-')
		at->count = at->count == 0 ? 1 : 2;
	else
		at->count = c == '!' && at->count == 2 ? 3 : 0;
}

static void
comment_open_byte(struct context *at, char c)
{
	static const char opening[] = "[if";

	if (ascii_lower(c) == opening[at->count]) {
		if (++at->count == sizeof opening - 1)
			context_enter(at, CONDITION);
		return;
	}
	/* <!--> and <!---> are whole comments. */
	at->state = COMMENT;
	at->count = at->count == 0 && (c == '>' || c == '-') ? 2 : 0;
	if (c == '>')
		comment_byte(at, c);
}

static void
condition_byte(struct context *at, char c)
{
	if (c == '>' && (at->count == 1 || at->count == 3))
		enter_text(at);
	else if (c == ']')
		at->count = 1;
	else if (c == '-')
		at->count = at->count >= 2 ? 3 : 2;
	else
		at->count = 0;
}

static void
markup_byte(struct context *at, char c)
{
	if (c == '-' && at->state == MARKUP)
		context_enter(at, MARKUP_DASH);
	else if (c == '-')
		context_enter(at, COMMENT_OPEN);
	else if (c == '>')
		enter_text(at);
	else
		context_enter(at, BOGUS);
}

/* count bytes of "</name" seen. */
static void
raw_byte(struct context *at, char c)
{
	const char *name = elements[at->element];
	size_t len = strlen(name);

	if (at->count == len + 2 && (c == '>' || c == '/' || is_blank(c))) {
		context_enter(at, IN_TAG);
		at->element = OTHER;
		between_attributes(at, c);
		return;
	}
	if (at->count >= 2 && at->count < len + 2 &&
	    ascii_lower(c) == name[at->count - 2])
		at->count++;
	else if (at->count == 1 && c == '/')
		at->count = 2;
	else
		at->count = c == '<';
	if (at->element == STYLE)
		context_style_byte(at, c);
	else if (at->element == SCRIPT)
		context_script_byte(at, c);
}

static void
byte(struct context *at, char c)
{
	switch ((enum html_state)at->state) {
	case TEXT:
		if (c == '<')
			context_enter(at, TAG_OPEN);
		return;
	case TAG_OPEN:
		tag_open_byte(at, c);
		return;
	case END_OPEN:
		end_open_byte(at, c);
		return;
	case TAG_NAME:
	case END_NAME:
		tag_name_byte(at, c);
		return;
	case IN_TAG:
	case AFTER_NAME:
		between_attributes(at, c);
		return;
	case ATTR_NAME:
		attr_name_byte(at, c);
		return;
	case BEFORE_VALUE:
		before_value_byte(at, c);
		return;
	case DOUBLE:
	case SINGLE:
	case BARE:
		in_value_byte(at, c);
		return;
	case MARKUP:
	case MARKUP_DASH:
		markup_byte(at, c);
		return;
	case COMMENT_OPEN:
		comment_open_byte(at, c);
		return;
	case COMMENT:
		comment_byte(at, c);
		return;
	case CONDITION:
		condition_byte(at, c);
		return;
	case BOGUS:
		if (c == '>')
			enter_text(at);
		return;
	case RAW:
		raw_byte(at, c);
		return;
	}
}

void
context_advance(struct context *context, struct span literal)
{
	for (size_t i = 0; i < literal.len; i++) {
		if (context->state == TEXT) {
			i += span_find(span_from(literal, i), '<');
			if (i == literal.len)
				return;
		}
		byte(context, literal.at[i]);
	}
}
