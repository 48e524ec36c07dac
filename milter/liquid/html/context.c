#include "milter/liquid/html/context_state.h"

static const char *const elements[ELEMENTS] = {
	[OTHER] = "",
	[META] = "meta",
	[PARAM] = "param",
	[SET] = "set",
	[ANIMATE] = "animate",
	[FOREIGN] = "svg",
	[SCRIPT] = "script",
	[STYLE] = "style",
	[TITLE] = "title",
	[TEXTAREA] = "textarea",
	[XMP] = "xmp",
	[IFRAME] = "iframe",
	[NOEMBED] = "noembed",
	[NOFRAMES] = "noframes",
};

/* Names that are called by another. */
static const struct {
	const char *name;
	enum element element;
} kin[] = {
	{ "math", FOREIGN },
	{ "animatemotion", ANIMATE },
	{ "animatetransform", ANIMATE },
	{ "animatecolor", ANIMATE },
};

static const struct {
	const char *name;
	enum attribute attribute;
	enum element element; /* OTHER: of every one */
} attributes[] = {
	{ "href", URL, OTHER },
	{ "src", URL, OTHER },
	{ "action", URL, OTHER },
	{ "background", URL, OTHER },
	{ "cite", URL, OTHER },
	{ "formaction", URL, OTHER },
	{ "poster", URL, OTHER },
	{ "data", URL, OTHER },
	{ "longdesc", URL, OTHER },
	{ "srcset", URLS, OTHER },
	{ "ping", URLS, OTHER },
	{ "manifest", URL, OTHER },
	{ "icon", URL, OTHER },
	{ "dynsrc", URL, OTHER },
	{ "lowsrc", URL, OTHER },
	{ "codebase", URL, OTHER },
	{ "classid", URL, OTHER },
	{ "profile", URL, OTHER },
	{ "archive", URLS, OTHER },
	{ "usemap", URL, OTHER },
	{ "base", URL, OTHER },
	{ "imagesrcset", URLS, OTHER },
	{ "action-xhr", URL, OTHER }, /* AMP */
	{ "verify-xhr", URL, OTHER },
	{ "style", CSS, OTHER },
	/* SVG: attributes that are styles, url(...) and all */
	{ "fill", CSS, OTHER },
	{ "stroke", CSS, OTHER },
	{ "filter", CSS, OTHER },
	{ "mask", CSS, OTHER },
	{ "clip-path", CSS, OTHER },
	{ "cursor", CSS, OTHER },
	{ "marker", CSS, OTHER },
	{ "marker-start", CSS, OTHER },
	{ "marker-mid", CSS, OTHER },
	{ "marker-end", CSS, OTHER },
	{ "srcdoc", REFUSED, OTHER },
	{ "attributename", REFUSED, OTHER },
	{ "type", TYPE, SCRIPT },
	{ "http-equiv", EQUIV, META },
	{ "content", CONTENT, META },
	{ "value", URL, PARAM },
	{ "to", URL, SET },
	{ "to", URL, ANIMATE },
	{ "from", URL, ANIMATE },
	{ "by", URL, ANIMATE },
	{ "values", REFUSED, ANIMATE },
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
	at->number = 0;
	at->reference = REFERENCE_NONE;
}

static void
enter_text(struct context *at)
{
	context_enter(at, TEXT);
	at->element = OTHER;
	at->tag = 0;
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
	if (at->count == NAME_DATA)
		return;
	for (unsigned i = OTHER + 1; i < ELEMENTS; i++)
		if (at->name == hash_name(elements[i]))
			at->element = (uint8_t)i;
	for (size_t i = 0; i < sizeof kin / sizeof *kin; i++)
		if (at->name == hash_name(kin[i].name))
			at->element = (uint8_t)kin[i].element;
}

/* quote is the slash of a tag that closes itself. */
static void
tag_close(struct context *at)
{
	if ((at->tag & TAG_EQUIV) && (at->tag & TAG_FILLED))
		context_fail(at, FAULT_EQUIV);
	if (at->element == FOREIGN && at->quote != '/')
		at->within |= WITHIN_FOREIGN;
	if (at->element < SCRIPT)
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
	else if ((at->count == NAME_O && c == 'n') ||
		 (at->count == NAME_EMPTY && c == '[') ||
		 at->name == hash_name("data-amp-bind-"))
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
		    (attributes[i].element == OTHER ||
			attributes[i].element == at->element) &&
		    at->name == hash_name(attributes[i].name))
			attribute = attributes[i].attribute;
	context_enter(at, BEFORE_VALUE);
	at->attribute = (uint8_t)attribute;
	if (attribute == TYPE)
		at->name = HASH_START;
	if (attribute == EQUIV)
		at->tag |= TAG_EQUIV;
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
	else if (at->state == IN_TAG)
		at->quote = c == '/' ? '/' : 0;
}

static void
tag_name_byte(struct context *at, char c)
{
	if (c != '>' && c != '/' && !is_blank(c)) {
		at->name = hash_byte(at->name, ascii_lower(c));
		return;
	}
	context_tag_named(at);
	if (at->state == END_NAME) {
		if (at->element == FOREIGN)
			at->within &= (uint8_t)~WITHIN_FOREIGN;
		at->element = OTHER;
	}
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
	bool quote = (at->state == DOUBLE && c == '"') ||
		     (at->state == SINGLE && c == '\'');
	bool end = at->state == BARE && (c == '>' || is_blank(c));

	if (!quote && !end) {
		context_value_byte(at, c);
		return;
	}
	context_value_end(at);
	context_enter(at, IN_TAG);
	if (end)
		between_attributes(at, c);
}

static void
enclosed_byte(struct context *at, char c)
{
	if (c != '>' && c != '/' && !is_blank(c))
		context_fail(at, FAULT_GLUED);
	context_enter(at, IN_TAG);
	between_attributes(at, c);
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

/* A browser's comment ends there, too, whatever Outlook reads in it. */
static void
comment_end(struct context *at)
{
	at->within &= (uint8_t)~WITHIN_HIDDEN;
	enter_text(at);
}

static void
comment_byte(struct context *at, char c)
{
	if (c == '>' && at->count >= 2)
		comment_end(at);
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
	if (c == '>' && at->count == 3)
		comment_end(at);
	else if (c == '>' && at->count == 1) {
		enter_text(at);
		at->within |= WITHIN_HIDDEN;
	} else if (c == ']')
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
		context_json_byte(at, c);
}

/* count: dashes before; <![endif]--> ends a comment that Outlook reads. */
static void
bogus_byte(struct context *at, char c)
{
	if (c == '>' && at->count == 2)
		comment_end(at);
	else if (c == '>')
		enter_text(at);
	else
		at->count = c != '-' ? 0 : at->count == 0 ? 1 : 2;
}

/* count is 1 behind a value in a comment that Outlook reads: it might end
 * with "--". */
static void
text_byte(struct context *at, char c)
{
	if (c == '<')
		context_enter(at, TAG_OPEN);
	else if (c == '>' && at->count != 0)
		context_fail(at, FAULT_HIDDEN);
	else if (c != '-' && c != '!')
		at->count = 0;
}

static void
byte(struct context *at, char c)
{
	switch ((enum html_state)at->state) {
	case TEXT:
		text_byte(at, c);
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
	case ENCLOSED:
		enclosed_byte(at, c);
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
		bogus_byte(at, c);
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
		if (context->state == TEXT && context->count == 0) {
			i += span_find(span_from(literal, i), '<');
			if (i == literal.len)
				return;
		}
		byte(context, literal.at[i]);
	}
}
