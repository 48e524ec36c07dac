#include "milter/liquid/html/context_state.h"

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
	switch ((enum html_state)context->state) {
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
	switch ((enum html_state)context->state) {
	case TAG_OPEN:
	case TAG_NAME:
		context_enter_name(context, TAG_NAME);
		context->count = NAME_DATA;
		return;
	case END_OPEN:
		context_enter(context, END_NAME);
		return;
	case IN_TAG:
	case ATTR_NAME:
	case AFTER_NAME:
		context_enter_name(context, ATTR_NAME);
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
		context_enter(context, BOGUS);
		return;
	case COMMENT_OPEN:
		context_enter(context, COMMENT);
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
		context_tag_named(&at);
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
	context_enter(joined, AFTER_NAME);
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
	switch ((enum html_state)a->state) {
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
	switch ((enum html_state)context->state) {
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
