/*
 * The inside of struct context, shared by the files of the state machine:
 * its states, and what the tag, attribute or URL being read is. Internal to
 * milter/liquid/html/context*.c.
 */
#ifndef INLAY_LIQUID_CONTEXT_STATE_H
#define INLAY_LIQUID_CONTEXT_STATE_H

#include "milter/liquid/html/context.h"
#include "store/base/ascii.h"

/*
 * The states of the HTML tokeniser that matter for where a value stands
 * (WHATWG HTML, "Tokenization"). Browsers take <!--[if ...]> for a comment;
 * Outlook takes what follows for markup, and so do we: what is escaped for
 * markup cannot end a comment either.
 */
enum html_state {
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
	ENCLOSED,     /* behind a value that gets quotes where it is printed */
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
	META,
	PARAM,
	SET,
	ANIMATE,
	FOREIGN, /* svg, math: other rules of what is markup */
	SCRIPT,	 /* from here on, what an element holds is no markup */
	STYLE,
	TITLE,
	TEXTAREA,
	XMP,
	IFRAME,
	NOEMBED,
	NOFRAMES,
	ELEMENTS,
};

enum attribute {
	PLAIN,
	URL,
	URLS, /* several, with blanks or commas between them */
	CSS,
	CODE,	 /* on...: a script */
	TYPE,	 /* of a script */
	CONTENT, /* of a meta */
	EQUIV,	 /* a meta's http-equiv */
	REFUSED, /* HTML, a list of values for another attribute, ... */
};

/* Of a URL. */
enum {
	URL_START,  /* nothing yet: a value may bring the scheme */
	URL_SCHEME, /* literal letters of what may be a scheme */
	URL_VALUE,  /* behind a value that may be one */
	URL_PATH,
	URL_ADDRESS, /* behind mailto: and the like */
	URL_QUERY,
	URL_FORBIDDEN, /* behind javascript: and the like */
};

/* Of a style; from CSS_URL on, in url(...), the part of the URL is added. */
enum {
	CSS_PLAIN,
	CSS_REFERENCE, /* where a string may be a URL: @import "..." */
	CSS_URL,
};

/* Of a script: whether it is known what its quotes mean. */
enum { CODE_PLAIN, CODE_UNSURE };

/* What a comment in a style has for a quote. */
#define CSS_COMMENT '*'

/* Of a character reference in an attribute: what of it has been read. */
enum {
	REFERENCE_NONE,
	REFERENCE_BEGUN,
	REFERENCE_NAME,
	REFERENCE_NUMBER,
	REFERENCE_HEX
};

/* What the attributes of the tag have said, as bits. */
enum {
	TAG_TYPED = 1,	/* there was a type */
	TAG_JSON = 2,	/* and it was JSON */
	TAG_EQUIV = 4,	/* there was a http-equiv */
	TAG_FILLED = 8, /* the content holds a value */
};

/* What the text stands in, as bits. */
enum {
	WITHIN_FOREIGN = 1, /* svg or math */
	WITHIN_HIDDEN = 2,  /* a comment of which Outlook reads the text */
};

/* Why the template must be refused; texts in context_place.c. */
enum context_fault {
	FAULT_NONE,
	FAULT_NAME,
	FAULT_UNQUOTED,
	FAULT_GLUED,
	FAULT_COLON,
	FAULT_SCHEME,
	FAULT_SCRIPT,
	FAULT_CODE,
	FAULT_MARKUP,
	FAULT_EQUIV,
	FAULT_FOREIGN,
	FAULT_HIDDEN,
	FAULT_STRING,
	FAULT_REFERENCE,
};

/* What the name of an attribute began with, in count. */
enum { NAME_EMPTY, NAME_O, NAME_ON, NAME_OTHER, NAME_DATA };

/* FNV-1a over lower-case names. */
#define HASH_START 2166136261u

static inline uint32_t
hash_byte(uint32_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 16777619u;
}

static inline uint32_t
hash_name(const char *name)
{
	uint32_t hash = HASH_START;

	while (*name != '\0')
		hash = hash_byte(hash, *name++);
	return hash;
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/* The template must be refused; the first reason stays. */
static inline void
context_fail(struct context *context, enum context_fault fault)
{
	if (context->fault == FAULT_NONE)
		context->fault = (uint8_t)fault;
}

/* Into a state, with nothing of it read. */
void context_enter(struct context *context, enum html_state state);

/* The same for a name, whose hash begins. */
void context_enter_name(struct context *context, enum html_state state);

/* Finds the element whose name has been read. */
void context_tag_named(struct context *context);

/* A literal byte of an attribute's value, character references and all. */
void context_value_byte(struct context *context, char c);

/* The attribute's value has ended. */
void context_value_end(struct context *context);

/* The byte that a character reference stands for, or a literal one: of an
 * attribute's value, a style, the JSON of a script. */
void context_meaning_byte(struct context *context, char c);
void context_style_byte(struct context *context, char c);
void context_json_byte(struct context *context, char c);

/* Behind a value, or where branches meet: what of a reference has been read
 * is the text that it looks like. */
void context_reference_end(struct context *context);

#endif
