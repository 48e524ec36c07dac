/* What a place in the HTML means: how a value there is escaped, what it leaves
 * behind, whether branches may meet there, and how people call it. */
#include "milter/liquid/html/context_state.h"

/* ---- escapers ---- */

static const enum escape url_escapes[] = {
	[URL_START] = ESCAPE_URL,
	[URL_SCHEME] = ESCAPE_URL,
	[URL_PATH] = ESCAPE_URL_PART,
	[URL_ADDRESS] = ESCAPE_URL_ADDRESS,
	[URL_QUERY] = ESCAPE_URL_COMPONENT,
};

/* In a style attribute, where entities mean something, and in an element. */
static const struct {
	enum escape attribute, element;
} css_escapes[] = {
	[CSS_PLAIN] = { ESCAPE_CSS, ESCAPE_CSS },
	[CSS_URL] = { ESCAPE_URL, ESCAPE_CSS_URL },
	[CSS_URL_PART] = { ESCAPE_URL_PART, ESCAPE_CSS_URL_PART },
	[CSS_URL_QUERY] = { ESCAPE_URL_COMPONENT, ESCAPE_URL_COMPONENT },
};

static enum escape
attribute_escape(const struct context *at)
{
	switch ((enum attribute)at->attribute) {
	case PLAIN:
		return at->state == DOUBLE || at->state == SINGLE
			   ? ESCAPE_ATTRIBUTE
			   : ESCAPE_UNQUOTED;
	case URL:
		return url_escapes[at->part];
	case CSS:
		return css_escapes[at->part].attribute;
	case CODE:
		return ESCAPE_STRING;
	case REFUSED:
		break;
	}
	return ESCAPE_NAME;
}

static enum escape
raw_escape(const struct context *at)
{
	if (at->element == STYLE)
		return css_escapes[at->part].element;
	if (at->element == SCRIPT)
		return at->quote != 0 ? ESCAPE_STRING : ESCAPE_JSON;
	return ESCAPE_RCDATA;
}

/* ---- values ---- */

/* A value may be empty: what a literal had begun is not over, but nothing
 * that spans both is recognised. */

static void
value_in_tag_name(struct context *at)
{
	context_enter_name(at, TAG_NAME);
	at->count = NAME_DATA;
}

static void
value_in_end_name(struct context *at)
{
	context_enter(at, END_NAME);
}

static void
value_in_name(struct context *at)
{
	context_enter_name(at, ATTR_NAME);
	at->count = NAME_DATA;
}

static void
value_begins_bare(struct context *at)
{
	at->state = BARE;
}

static void
value_in_attribute(struct context *at)
{
	if (at->attribute == CSS || at->attribute == CODE)
		at->name = 0;
}

static void
value_in_raw(struct context *at)
{
	at->name = 0;
	at->count = 0;
}

static void
value_in_markup(struct context *at)
{
	context_enter(at, BOGUS);
}

static void
value_opens_comment(struct context *at)
{
	context_enter(at, COMMENT);
}

static void
value_in_comment(struct context *at)
{
	at->count = 0;
}

/* ---- branches ---- */

/* Two that differ, in one state unless both are between attributes: 1 and
 * where what follows stands, or 0 when they cannot meet. */

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

static int
join_raw(
    const struct context *a, const struct context *b, struct context *joined)
{
	joined->name = 0;
	joined->count = 0;
	return a->element == b->element && a->part == b->part &&
	       a->quote == b->quote;
}

static int
join_comment(
    const struct context *a, const struct context *b, struct context *joined)
{
	(void)a, (void)b;
	joined->count = 0;
	return 1;
}

/* ---- the table ---- */

struct html_place {
	const char *name; /* for people */
	enum escape escape;
	/* Where that is not all: depends on the attribute or element. */
	enum escape (*choose)(const struct context *at);
	/* NULL: a value changes nothing; branches that differ never meet. */
	void (*value)(struct context *at);
	int (*join)(const struct context *a, const struct context *b,
	    struct context *joined);
};

#define TAG "in the name of a tag"
#define INSIDE "inside a tag"
#define BARED "inside an attribute without quotes"
#define QUOTED "inside a quoted attribute"
#define REMARK "inside a comment"

static const struct html_place places[] = {
	[TEXT] = { "in text", ESCAPE_HTML, NULL, NULL, NULL },
	[TAG_OPEN] = { TAG, ESCAPE_NAME, NULL, value_in_tag_name, NULL },
	[END_OPEN] = { TAG, ESCAPE_NAME, NULL, value_in_end_name, NULL },
	[TAG_NAME] = { TAG, ESCAPE_NAME, NULL, value_in_tag_name, NULL },
	[END_NAME] = { TAG, ESCAPE_NAME, NULL, NULL, NULL },
	[IN_TAG] = { INSIDE, ESCAPE_NAME, NULL, value_in_name, NULL },
	[ATTR_NAME] = { INSIDE, ESCAPE_NAME, NULL, value_in_name, NULL },
	[AFTER_NAME] = { INSIDE, ESCAPE_NAME, NULL, value_in_name, NULL },
	[BEFORE_VALUE] = { BARED, ESCAPE_NAME, attribute_escape,
	    value_begins_bare, NULL },
	[DOUBLE] = { QUOTED, ESCAPE_NAME, attribute_escape, value_in_attribute,
	    join_value },
	[SINGLE] = { QUOTED, ESCAPE_NAME, attribute_escape, value_in_attribute,
	    join_value },
	[BARE] = { BARED, ESCAPE_NAME, attribute_escape, value_in_attribute,
	    join_value },
	[MARKUP] = { REMARK, ESCAPE_COMMENT, NULL, value_in_markup, NULL },
	[MARKUP_DASH] = { REMARK, ESCAPE_COMMENT, NULL, value_in_markup, NULL },
	[COMMENT_OPEN] = { REMARK, ESCAPE_COMMENT, NULL, value_opens_comment,
	    NULL },
	[COMMENT] = { REMARK, ESCAPE_COMMENT, NULL, value_in_comment,
	    join_comment },
	[CONDITION] = { "inside the condition of a comment", ESCAPE_COMMENT,
	    NULL, value_in_comment, join_comment },
	[BOGUS] = { REMARK, ESCAPE_COMMENT, NULL, NULL, NULL },
	[RAW] = { "inside a title or text area", ESCAPE_RCDATA, raw_escape,
	    value_in_raw, join_raw },
};

enum escape
context_escape(const struct context *context)
{
	const struct html_place *place = &places[context->state];

	return place->choose ? place->choose(context) : place->escape;
}

void
context_value(struct context *context)
{
	if (places[context->state].value)
		places[context->state].value(context);
}

bool
context_equal(const struct context *a, const struct context *b)
{
	return a->name == b->name && a->state == b->state &&
	       a->element == b->element && a->attribute == b->attribute &&
	       a->part == b->part && a->quote == b->quote &&
	       a->count == b->count;
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
	if (a->state != b->state || !places[a->state].join)
		return 0;
	return places[a->state].join(a, b, joined);
}

int
context_is_text(const struct context *context)
{
	return context->state == TEXT;
}

const char *
context_name(const struct context *context)
{
	if (context->state == RAW && context->element == STYLE)
		return "inside a style";
	if (context->state == RAW && context->element == SCRIPT)
		return "inside a script";
	return places[context->state].name;
}
