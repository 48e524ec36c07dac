/* What a place in the HTML means: how a value there is escaped, what it leaves
 * behind, whether branches may meet there, and how people call it. */
#include "milter/liquid/html/context_state.h"

/* ---- escapers ---- */

/* In an attribute, where entities mean something, and in a style element. */
static const struct {
	enum escape attribute, element;
} url_escapes[] = {
	[URL_START] = { ESCAPE_URL, ESCAPE_CSS_URL },
	[URL_SCHEME] = { ESCAPE_URL_REST, ESCAPE_CSS_URL_REST },
	[URL_VALUE] = { ESCAPE_URL_REST, ESCAPE_CSS_URL_REST },
	[URL_PATH] = { ESCAPE_URL_PART, ESCAPE_CSS_URL_PART },
	[URL_ADDRESS] = { ESCAPE_URL_ADDRESS, ESCAPE_URL_ADDRESS },
	[URL_QUERY] = { ESCAPE_URL_COMPONENT, ESCAPE_URL_COMPONENT },
	[URL_FORBIDDEN] = { ESCAPE_URL_COMPONENT, ESCAPE_URL_COMPONENT },
};

static enum escape
plain_escape(const struct context *at)
{
	return at->state == BARE ? ESCAPE_UNQUOTED : ESCAPE_ATTRIBUTE;
}

static enum escape
attribute_escape(const struct context *at)
{
	switch ((enum attribute)at->attribute) {
	case PLAIN:
	case TYPE:
	case CONTENT:
	case EQUIV:
	case REFUSED:
		break;
	case URL:
	case URLS:
		return url_escapes[at->part].attribute;
	case CSS:
		return at->part < CSS_URL
			   ? ESCAPE_CSS
			   : url_escapes[at->part - CSS_URL].attribute;
	case CODE:
		return at->quote != 0 ? ESCAPE_STRING : ESCAPE_CODE;
	}
	return plain_escape(at);
}

/* The first thing behind the =: it may be empty, and then what follows would
 * be the attribute's value. */
static enum escape
enclosed_escape(const struct context *at)
{
	return attribute_escape(at) | ESCAPE_QUOTED;
}

static enum escape
raw_escape(const struct context *at)
{
	if (at->element == STYLE)
		return at->part < CSS_URL
			   ? ESCAPE_CSS
			   : url_escapes[at->part - CSS_URL].element;
	if (at->element == SCRIPT)
		return at->quote != 0 ? ESCAPE_STRING : ESCAPE_JSON;
	return ESCAPE_RCDATA;
}

/* ---- where no value can be made safe ---- */

static const char *const faults[] = {
	[FAULT_NAME] = "a value would name a tag or an attribute; write the "
		       "names out, with an if around them",
	[FAULT_UNQUOTED] = "a value in an attribute without quotes; put quotes "
			   "around it",
	[FAULT_GLUED] = "more behind a value in an attribute without quotes; "
			"put quotes around both",
	[FAULT_COLON] = "a colon behind a value, which would be the scheme of "
			"the URL; write the scheme out",
	[FAULT_SCHEME] = "a value in a URL of a scheme that runs or shows it "
			 "(javascript:, data:, ...)",
	[FAULT_SCRIPT] = "a value in a script; only application/json and "
			 "application/ld+json may hold one",
	[FAULT_CODE] = "a value in script text where quotes may mean "
		       "something else",
	[FAULT_MARKUP] = "a value in an attribute that holds markup, or values "
			 "for other attributes",
	[FAULT_EQUIV] = "a value in the content of a meta http-equiv",
	[FAULT_FOREIGN] = "a value in a style, script or title within svg or "
			  "math",
	[FAULT_HIDDEN] = "a value right before a > in a conditional comment, "
			 "which it might end",
	[FAULT_STRING] = "a value in a string of a style that may be a URL; "
			 "write it as url(...)",
	[FAULT_REFERENCE] = "a value within a character reference (&#...;)",
};

static enum context_fault
refuse_style(const struct context *at)
{
	if (at->part == CSS_REFERENCE && at->quote != 0)
		return FAULT_STRING;
	return at->part == CSS_URL + URL_FORBIDDEN ? FAULT_SCHEME : FAULT_NONE;
}

/* In any attribute but one that is just text. */
static enum context_fault
refuse_meaning(const struct context *at)
{
	if (at->reference >= REFERENCE_NUMBER)
		return FAULT_REFERENCE;
	if (at->attribute == CODE)
		return at->part == CODE_UNSURE ? FAULT_CODE : FAULT_NONE;
	if (at->attribute == CSS)
		return refuse_style(at);
	return at->part == URL_FORBIDDEN ? FAULT_SCHEME : FAULT_NONE;
}

static enum context_fault
refuse_attribute(const struct context *at)
{
	if (at->attribute == REFUSED)
		return FAULT_MARKUP;
	if (at->attribute == CONTENT && (at->tag & TAG_EQUIV))
		return FAULT_EQUIV;
	return at->attribute == PLAIN ? FAULT_NONE : refuse_meaning(at);
}

/* Nothing stands for a blank in a style or a script there. */
static enum context_fault
refuse_bare(const struct context *at)
{
	if (at->attribute == CSS || at->attribute == CODE ||
	    (at->within & WITHIN_HIDDEN))
		return FAULT_UNQUOTED;
	return refuse_attribute(at);
}

static enum context_fault
refuse_enclosed(const struct context *at)
{
	return at->attribute == CODE ? FAULT_UNQUOTED : refuse_attribute(at);
}

static enum context_fault
refuse_raw(const struct context *at)
{
	if (at->within & WITHIN_FOREIGN)
		return FAULT_FOREIGN;
	if (at->element == SCRIPT && !(at->tag & TAG_JSON))
		return FAULT_SCRIPT;
	return at->element == STYLE ? refuse_style(at) : FAULT_NONE;
}

/* ---- values ---- */

/* A value may be empty: what a literal had begun is not over, but nothing
 * that spans both is recognised. */

static void
value_in_text(struct context *at)
{
	at->count = (at->within & WITHIN_HIDDEN) != 0;
}

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

static uint8_t
url_behind_value(uint8_t part)
{
	return part < URL_PATH ? URL_VALUE : part;
}

static void
value_in_attribute(struct context *at)
{
	at->name = 0;
	if (at->attribute == CONTENT)
		at->tag |= TAG_FILLED;
	if (at->attribute == URL || at->attribute == URLS)
		at->part = url_behind_value(at->part);
	if (at->attribute == CSS && at->part >= CSS_URL)
		at->part =
		    (uint8_t)(CSS_URL +
			      url_behind_value((uint8_t)(at->part - CSS_URL)));
}

static void
value_is_enclosed(struct context *at)
{
	value_in_attribute(at);
	context_value_end(at);
	context_enter(at, ENCLOSED);
}

static void
value_is_glued(struct context *at)
{
	context_enter(at, IN_TAG);
}

static void
value_in_raw(struct context *at)
{
	at->name = 0;
	at->count = 0;
	if (at->element == STYLE && at->part >= CSS_URL)
		at->part =
		    (uint8_t)(CSS_URL +
			      url_behind_value((uint8_t)(at->part - CSS_URL)));
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

static int
join_text(
    const struct context *a, const struct context *b, struct context *joined)
{
	joined->count = a->count | b->count;
	return 1;
}

static bool
between(const struct context *at)
{
	return at->state == TAG_NAME || at->state == END_NAME ||
	       at->state == IN_TAG || at->state == ATTR_NAME ||
	       at->state == AFTER_NAME || at->state == ENCLOSED;
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
	joined->tag = (uint8_t)((a->tag | b->tag) & ~TAG_JSON) |
		      (a->tag & b->tag & TAG_JSON);
	return 1;
}

/* URLs: a query keeps more from harm than a path, and while the beginning
 * may still be empty a value may bring a scheme. */
static uint8_t
join_url(uint8_t a, uint8_t b)
{
	uint8_t most = a > b ? a : b;
	uint8_t least = a < b ? a : b;

	if (most >= URL_ADDRESS || least == URL_PATH)
		return most;
	if (most == URL_PATH && least == URL_SCHEME)
		return URL_VALUE;
	return least == URL_SCHEME ? URL_VALUE : least;
}

/* Styles: what holds after both, where both are in url(...) or neither is. */
static int
join_style(uint8_t a, uint8_t b, uint8_t *part)
{
	if (a >= CSS_URL && b >= CSS_URL)
		*part = (uint8_t)(CSS_URL + join_url((uint8_t)(a - CSS_URL),
						(uint8_t)(b - CSS_URL)));
	else
		*part = a > b ? a : b;
	return (a >= CSS_URL) == (b >= CSS_URL);
}

static int
join_value(
    const struct context *a, const struct context *b, struct context *joined)
{
	struct context c = *a, d = *b;

	context_reference_end(&c);
	context_reference_end(&d);
	*joined = c;
	joined->name = 0;
	joined->tag |= d.tag;
	if (c.attribute != d.attribute || c.element != d.element ||
	    c.quote != d.quote)
		return 0;
	if (c.attribute == CSS)
		return join_style(c.part, d.part, &joined->part);
	if (c.attribute == URL || c.attribute == URLS)
		joined->part = join_url(c.part, d.part);
	else if (d.part > c.part) /* a script's: not sure in one of them */
		joined->part = d.part;
	return 1;
}

static int
join_raw(
    const struct context *a, const struct context *b, struct context *joined)
{
	joined->name = 0;
	joined->count = 0;
	joined->tag &= b->tag;
	if (a->element != b->element || a->quote != b->quote)
		return 0;
	return join_style(a->part, b->part, &joined->part);
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
	/* Why no value may stand there: one fault, or what chooses it. */
	enum context_fault fault;
	enum context_fault (*refuse)(const struct context *at);
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
	[TEXT] = { "in text", ESCAPE_HTML, 0, NULL, NULL, value_in_text,
	    join_text },
	[TAG_OPEN] = { TAG, ESCAPE_HTML, FAULT_NAME, NULL, NULL,
	    value_in_tag_name, NULL },
	[END_OPEN] = { TAG, ESCAPE_HTML, FAULT_NAME, NULL, NULL,
	    value_in_end_name, NULL },
	[TAG_NAME] = { TAG, ESCAPE_HTML, FAULT_NAME, NULL, NULL,
	    value_in_tag_name, NULL },
	[END_NAME] = { TAG, ESCAPE_HTML, FAULT_NAME, NULL, NULL, NULL, NULL },
	[IN_TAG] = { INSIDE, ESCAPE_HTML, FAULT_NAME, NULL, NULL, value_in_name,
	    NULL },
	[ATTR_NAME] = { INSIDE, ESCAPE_HTML, FAULT_NAME, NULL, NULL,
	    value_in_name, NULL },
	[AFTER_NAME] = { INSIDE, ESCAPE_HTML, FAULT_NAME, NULL, NULL,
	    value_in_name, NULL },
	[BEFORE_VALUE] = { BARED, 0, 0, refuse_enclosed, enclosed_escape,
	    value_is_enclosed, NULL },
	[DOUBLE] = { QUOTED, 0, 0, refuse_attribute, attribute_escape,
	    value_in_attribute, join_value },
	[SINGLE] = { QUOTED, 0, 0, refuse_attribute, attribute_escape,
	    value_in_attribute, join_value },
	[BARE] = { BARED, 0, 0, refuse_bare, attribute_escape,
	    value_in_attribute, join_value },
	[ENCLOSED] = { BARED, ESCAPE_HTML, FAULT_GLUED, NULL, NULL,
	    value_is_glued, NULL },
	[MARKUP] = { REMARK, ESCAPE_COMMENT, 0, NULL, NULL, value_in_markup,
	    NULL },
	[MARKUP_DASH] = { REMARK, ESCAPE_COMMENT, 0, NULL, NULL,
	    value_in_markup, NULL },
	[COMMENT_OPEN] = { REMARK, ESCAPE_COMMENT, 0, NULL, NULL,
	    value_opens_comment, NULL },
	[COMMENT] = { REMARK, ESCAPE_COMMENT, 0, NULL, NULL, value_in_comment,
	    join_comment },
	[CONDITION] = { "inside the condition of a comment", ESCAPE_COMMENT, 0,
	    NULL, NULL, value_in_comment, join_comment },
	[BOGUS] = { REMARK, ESCAPE_COMMENT, 0, NULL, NULL, value_in_comment,
	    join_comment },
	[RAW] = { "inside a title or text area", ESCAPE_RCDATA, 0, refuse_raw,
	    raw_escape, value_in_raw, join_raw },
};

enum escape
context_escape(const struct context *context)
{
	const struct html_place *place = &places[context->state];

	return place->choose ? place->choose(context) : place->escape;
}

void
context_raw_value(struct context *context)
{
	context_reference_end(context);
	if (places[context->state].value)
		places[context->state].value(context);
}

void
context_value(struct context *context)
{
	const struct html_place *place = &places[context->state];
	enum context_fault fault =
	    place->refuse ? place->refuse(context) : place->fault;

	if (fault != FAULT_NONE)
		context_fail(context, fault);
	context_raw_value(context);
}

const char *
context_fault(const struct context *context)
{
	return faults[context->fault];
}

bool
context_equal(const struct context *a, const struct context *b)
{
	return a->name == b->name && a->number == b->number &&
	       a->state == b->state && a->element == b->element &&
	       a->attribute == b->attribute && a->part == b->part &&
	       a->quote == b->quote && a->count == b->count &&
	       a->reference == b->reference && a->tag == b->tag &&
	       a->within == b->within && a->fault == b->fault;
}

int
context_join(
    const struct context *a, const struct context *b, struct context *joined)
{
	*joined = *a;
	if (context_equal(a, b))
		return 1;
	if (a->within != b->within)
		return 0;
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
