#include "milter/liquid/context.h"

/*
 * The states of the HTML tokeniser that matter for where a value stands
 * (WHATWG HTML, "Tokenization"). Browsers take <!--[if ...]> for a comment;
 * Outlook takes what follows for markup, and so do we: what is escaped for
 * markup cannot end a comment either.
 */
enum state {
	TEXT,
	TAG_OPEN, /* behind < */
	END_OPEN, /* behind </ */
	TAG_NAME,
	END_NAME,
	IN_TAG, /* between attributes */
	ATTR_NAME,
	AFTER_NAME,   /* blanks behind an attribute's name */
	BEFORE_VALUE, /* behind = */
	DOUBLE,	      /* in "..." */
	SINGLE,	      /* in '...' */
	BARE,	      /* in a value without quotes */
	MARKUP,	      /* behind <! */
	MARKUP_DASH,  /* behind <!- */
	COMMENT_OPEN, /* behind <!--; count bytes of "[if" seen */
	COMMENT,      /* count: dashes before, 3 behind --! */
	CONDITION,    /* in <!--[if; count 1 behind ], 2 -, 3 -- */
	BOGUS,	      /* <!...> and <?...> */
	RAW,	      /* in an element whose content is no markup */
};

enum element {
	OTHER,
	SCRIPT,
	STYLE,
	TITLE,
	TEXTAREA,
	XMP,
	IFRAME,
	NOEMBED,
	NOFRAMES,
	ELEMENTS,
};

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

enum attribute {
	PLAIN,
	URL,
	CSS,
	CODE,	 /* on...: a script */
	REFUSED, /* a name made of data, or HTML within the attribute */
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

/* Of a URL. */
enum {
	URL_START,  /* nothing literal yet: a value may bring the scheme */
	URL_SCHEME, /* letters of what may be a scheme */
	URL_PATH,
	URL_ADDRESS, /* behind mailto: and the like */
	URL_QUERY,
};

/* Of a style. */
enum { CSS_PLAIN, CSS_URL, CSS_URL_PART, CSS_URL_QUERY };

/* What the name of an attribute began with, in count. */
enum { NAME_EMPTY, NAME_O, NAME_ON, NAME_OTHER, NAME_DATA };

#define HASH_START 2166136261u

static uint32_t
hash_byte(uint32_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 16777619u;
}

static uint32_t
hash_name(const char *name)
{
	uint32_t hash = HASH_START;

	while (*name != '\0')
		hash = hash_byte(hash, *name++);
	return hash;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

struct context
context_start(void)
{
	return (struct context){ .name = 0, .state = TEXT };
}

static void
enter(struct context *at, enum state state)
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
	enter(at, TEXT);
	at->element = OTHER;
}

/* ---- inside URLs, styles and scripts ---- */

static void
url_byte(struct context *at, char c)
{
	if (c == '?' || c == '#') {
		at->part = URL_QUERY;
	} else if (at->part == URL_START && is_blank(c)) {
		return;
	} else if (at->part == URL_START && is_letter(c)) {
		at->part = URL_SCHEME;
		at->name = hash_byte(HASH_START, lower(c));
	} else if (at->part == URL_SCHEME && c == ':') {
		bool address = at->name == hash_name("mailto") ||
			       at->name == hash_name("tel") ||
			       at->name == hash_name("sms");

		at->part = address ? URL_ADDRESS : URL_PATH;
		at->name = 0;
	} else if (at->part == URL_SCHEME && c != '/') {
		at->name = hash_byte(at->name, lower(c));
	} else if (at->part == URL_START || at->part == URL_SCHEME) {
		at->part = URL_PATH;
		at->name = 0;
	}
}

/* name counts the bytes of "url(" seen. */
static void
css_byte(struct context *at, char c)
{
	static const char opening[] = "url(";

	if (at->part == CSS_PLAIN) {
		if (lower(c) == opening[at->name])
			at->name++;
		else
			at->name = lower(c) == 'u';
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
static void
script_byte(struct context *at, char c)
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

static void
value_byte(struct context *at, char c)
{
	switch ((enum attribute)at->attribute) {
	case PLAIN:
	case REFUSED:
		return;
	case URL:
		url_byte(at, c);
		return;
	case CSS:
		css_byte(at, c);
		return;
	case CODE:
		script_byte(at, c);
		return;
	}
}

/* ---- tags ---- */

static void
name_begin(struct context *at, enum state state)
{
	enter(at, state);
	at->name = HASH_START;
}

static void
tag_named(struct context *at)
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
		enter(at, RAW);
}

static void
attr_byte(struct context *at, char c)
{
	c = lower(c);
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
	name_begin(at, ATTR_NAME);
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
	enter(at, BEFORE_VALUE);
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
		at->name = hash_byte(at->name, lower(c));
		return;
	}
	if (at->state == TAG_NAME)
		tag_named(at);
	else
		at->element = OTHER;
	enter(at, IN_TAG);
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
		enter(at, IN_TAG);
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
		value_byte(at, c);
	}
}

static void
in_value_byte(struct context *at, char c)
{
	if ((at->state == DOUBLE && c == '"') ||
	    (at->state == SINGLE && c == '\''))
		enter(at, IN_TAG);
	else if (at->state == BARE && c == '>')
		tag_close(at);
	else if (at->state == BARE && is_blank(c))
		enter(at, IN_TAG);
	else
		value_byte(at, c);
}

static void
tag_open_byte(struct context *at, char c)
{
	if (c == '!') {
		enter(at, MARKUP);
	} else if (c == '/') {
		enter(at, END_OPEN);
	} else if (c == '?') {
		enter(at, BOGUS);
	} else if (is_letter(c)) {
		name_begin(at, TAG_NAME);
		tag_name_byte(at, c);
	} else {
		enter_text(at);
		if (c == '<')
			enter(at, TAG_OPEN);
	}
}

static void
end_open_byte(struct context *at, char c)
{
	if (is_letter(c)) {
		name_begin(at, END_NAME);
		tag_name_byte(at, c);
	} else if (c == '>') {
		enter_text(at);
	} else {
		enter(at, BOGUS);
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

	if (lower(c) == opening[at->count]) {
		if (++at->count == sizeof opening - 1)
			enter(at, CONDITION);
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
		enter(at, MARKUP_DASH);
	else if (c == '-')
		enter(at, COMMENT_OPEN);
	else if (c == '>')
		enter_text(at);
	else
		enter(at, BOGUS);
}

/* count bytes of "</name" seen. */
static void
raw_byte(struct context *at, char c)
{
	const char *name = elements[at->element];
	size_t len = strlen(name);

	if (at->count == len + 2 && (c == '>' || c == '/' || is_blank(c))) {
		enter(at, IN_TAG);
		at->element = OTHER;
		between_attributes(at, c);
		return;
	}
	if (at->count >= 2 && at->count < len + 2 &&
	    lower(c) == name[at->count - 2])
		at->count++;
	else if (at->count == 1 && c == '/')
		at->count = 2;
	else
		at->count = c == '<';
	if (at->element == STYLE)
		css_byte(at, c);
	else if (at->element == SCRIPT)
		script_byte(at, c);
}

static void
byte(struct context *at, char c)
{
	switch ((enum state)at->state) {
	case TEXT:
		if (c == '<')
			enter(at, TAG_OPEN);
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

/* ---- values ---- */

static enum escape
url_escape(const struct context *at)
{
	switch (at->part) {
	case URL_QUERY:
		return ESCAPE_URL_COMPONENT;
	case URL_ADDRESS:
		return ESCAPE_URL_ADDRESS;
	case URL_PATH:
		return ESCAPE_URL_PART;
	default:
		return ESCAPE_URL;
	}
}

static enum escape
css_escape(const struct context *at, bool entities)
{
	switch (at->part) {
	case CSS_URL:
		return entities ? ESCAPE_URL : ESCAPE_CSS_URL;
	case CSS_URL_PART:
		return entities ? ESCAPE_URL_PART : ESCAPE_CSS_URL_PART;
	case CSS_URL_QUERY:
		return ESCAPE_URL_COMPONENT;
	default:
		return ESCAPE_CSS;
	}
}

static enum escape
attribute_escape(const struct context *at)
{
	switch ((enum attribute)at->attribute) {
	case PLAIN:
		return at->state == DOUBLE || at->state == SINGLE
			   ? ESCAPE_ATTRIBUTE
			   : ESCAPE_UNQUOTED;
	case URL:
		return url_escape(at);
	case CSS:
		return css_escape(at, true);
	case CODE:
		return ESCAPE_STRING;
	case REFUSED:
		return ESCAPE_NAME;
	}
	return ESCAPE_NAME;
}

static enum escape
raw_escape(const struct context *at)
{
	if (at->element == STYLE)
		return css_escape(at, false);
	if (at->element == SCRIPT)
		return at->quote != 0 ? ESCAPE_STRING : ESCAPE_JSON;
	return ESCAPE_RCDATA;
}

enum escape
context_escape(const struct context *context)
{
	switch ((enum state)context->state) {
	case TEXT:
		return ESCAPE_HTML;
	case BEFORE_VALUE:
	case DOUBLE:
	case SINGLE:
	case BARE:
		return attribute_escape(context);
	case RAW:
		return raw_escape(context);
	case MARKUP:
	case MARKUP_DASH:
	case COMMENT_OPEN:
	case COMMENT:
	case CONDITION:
	case BOGUS:
		return ESCAPE_COMMENT;
	case TAG_OPEN:
	case END_OPEN:
	case TAG_NAME:
	case END_NAME:
	case IN_TAG:
	case ATTR_NAME:
	case AFTER_NAME:
		return ESCAPE_NAME;
	}
	return ESCAPE_NAME;
}

/* A value may be empty: what a literal had begun is not over, but nothing
 * that spans both is recognised. */
void
context_value(struct context *context)
{
	switch ((enum state)context->state) {
	case TAG_OPEN:
	case TAG_NAME:
		name_begin(context, TAG_NAME);
		context->count = NAME_DATA;
		return;
	case END_OPEN:
		enter(context, END_NAME);
		return;
	case IN_TAG:
	case ATTR_NAME:
	case AFTER_NAME:
		name_begin(context, ATTR_NAME);
		context->count = NAME_DATA;
		return;
	case BEFORE_VALUE:
		context->state = BARE;
		return;
	case DOUBLE:
	case SINGLE:
	case BARE:
		if (context->attribute == CSS || context->attribute == CODE)
			context->name = 0;
		return;
	case RAW:
		context->name = 0;
		context->count = 0;
		return;
	case MARKUP:
	case MARKUP_DASH:
		enter(context, BOGUS);
		return;
	case COMMENT_OPEN:
		enter(context, COMMENT);
		return;
	case COMMENT:
	case CONDITION:
		context->count = 0;
		return;
	case TEXT:
	case BOGUS:
	case END_NAME:
		return;
	}
}

bool
context_equal(const struct context *a, const struct context *b)
{
	return a->name == b->name && a->state == b->state &&
	       a->element == b->element && a->attribute == b->attribute &&
	       a->part == b->part && a->quote == b->quote &&
	       a->count == b->count;
}

/* ---- branches ---- */

static bool
between(const struct context *at)
{
	return at->state == TAG_NAME || at->state == END_NAME ||
	       at->state == IN_TAG || at->state == ATTR_NAME ||
	       at->state == AFTER_NAME;
}

static uint8_t
element_of(struct context at)
{
	if (at.state == TAG_NAME)
		tag_named(&at);
	return at.element;
}

/* Both are in the same tag, behind a name or an attribute. What follows is
 * taken for a new attribute, or for the value of one we do not trust. */
static int
join_tag(
    const struct context *a, const struct context *b, struct context *joined)
{
	uint8_t element = element_of(*a);

	if (element != element_of(*b))
		return 0;
	enter(joined, AFTER_NAME);
	joined->element = element;
	joined->count = NAME_DATA;
	return 1;
}

/* URLs: a query keeps more from harm than a path, and while the beginning
 * may still be empty a value may bring a scheme. */
static uint8_t
join_url(uint8_t a, uint8_t b)
{
	uint8_t most = a > b ? a : b;
	uint8_t least = a < b ? a : b;

	if (most == URL_QUERY || most == URL_ADDRESS)
		return most;
	return least == URL_SCHEME ? URL_START : least;
}

static int
join_value(
    const struct context *a, const struct context *b, struct context *joined)
{
	if (a->attribute != b->attribute || a->element != b->element)
		return 0;
	*joined = *a;
	joined->name = 0;
	if (a->attribute == URL) {
		joined->part = join_url(a->part, b->part);
		return 1;
	}
	return a->part == b->part && a->quote == b->quote;
}

int
context_join(
    const struct context *a, const struct context *b, struct context *joined)
{
	*joined = *a;
	if (context_equal(a, b))
		return 1;
	if (between(a) && between(b))
		return join_tag(a, b, joined);
	if (a->state != b->state)
		return 0;
	switch ((enum state)a->state) {
	case DOUBLE:
	case SINGLE:
	case BARE:
		return join_value(a, b, joined);
	case COMMENT:
	case CONDITION:
		joined->count = 0;
		return 1;
	case RAW:
		joined->name = 0;
		joined->count = 0;
		return a->element == b->element && a->part == b->part &&
		       a->quote == b->quote;
	case TEXT:
	case TAG_OPEN:
	case END_OPEN:
	case TAG_NAME:
	case END_NAME:
	case IN_TAG:
	case ATTR_NAME:
	case AFTER_NAME:
	case BEFORE_VALUE:
	case MARKUP:
	case MARKUP_DASH:
	case COMMENT_OPEN:
	case BOGUS:
		return 0;
	}
	return 0;
}

int
context_is_text(const struct context *context)
{
	return context->state == TEXT;
}

const char *
context_name(const struct context *context)
{
	switch ((enum state)context->state) {
	case TEXT:
		return "in text";
	case TAG_OPEN:
	case END_OPEN:
	case TAG_NAME:
	case END_NAME:
		return "in the name of a tag";
	case IN_TAG:
	case ATTR_NAME:
	case AFTER_NAME:
		return "inside a tag";
	case BEFORE_VALUE:
	case BARE:
		return "inside an attribute without quotes";
	case DOUBLE:
	case SINGLE:
		return "inside a quoted attribute";
	case MARKUP:
	case MARKUP_DASH:
	case COMMENT_OPEN:
	case COMMENT:
	case BOGUS:
		return "inside a comment";
	case CONDITION:
		return "inside the condition of a comment";
	case RAW:
		if (context->element == STYLE)
			return "inside a style";
		if (context->element == SCRIPT)
			return "inside a script";
		return "inside a title or text area";
	}
	return "in text";
}
