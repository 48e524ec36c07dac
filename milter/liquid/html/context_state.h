/*
 * The inside of struct context, shared by the files of the state machine:
 * its states, and what the tag, attribute or URL being read is. Internal to
 * milter/liquid/context*.c.
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

enum attribute {
	PLAIN,
	URL,
	CSS,
	CODE,	 /* on...: a script */
	REFUSED, /* a name made of data, or HTML within the attribute */
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

/* Into a state, with nothing of it read. */
void context_enter(struct context *context, enum html_state state);

/* The same for a name, whose hash begins. */
void context_enter_name(struct context *context, enum html_state state);

/* Finds the element whose name has been read. */
void context_tag_named(struct context *context);

/* A literal byte of an attribute's value, of a style, of a script. */
void context_value_byte(struct context *context, char c);
void context_style_byte(struct context *context, char c);
void context_script_byte(struct context *context, char c);

#endif
