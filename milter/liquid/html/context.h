/*
 * Where in an HTML text a value stands, found while compiling: the literal
 * text is fed through a state machine and each {{ }} asks which escaper its
 * place needs. Conditional comments and VML, as marketing mail has them, are
 * markup like any other.
 */
#ifndef INLAY_LIQUID_CONTEXT_H
#define INLAY_LIQUID_CONTEXT_H

#include "milter/liquid/html/escape.h"

/* Comparable with context_equal; small enough to copy about. */
struct context {
	uint32_t name;	   /* hash of the tag, attribute or word being read */
	uint32_t number;   /* hash or number of a character reference */
	uint8_t state;	   /* enum html_state of context.c */
	uint8_t element;   /* of the tag being read, or whose text this is */
	uint8_t attribute; /* what the attribute holds */
	uint8_t part;	   /* of a URL, of a style, of a script */
	uint8_t quote;	   /* of a string in a style or script; 0 for none */
	uint8_t count;	   /* bytes matched of what would end the state */
	uint8_t reference; /* what of a character reference has been read */
	uint8_t tag;	   /* what its attributes have said so far */
	uint8_t within;	   /* what the text stands in */
	uint8_t fault;	   /* why the template must be refused, or 0 */
};

/* At the beginning of an HTML text. */
struct context context_start(void);

/* Moves over literal text. */
void context_advance(struct context *context, struct span literal);

/* How a value here must be escaped. */
enum escape context_escape(const struct context *context);

/* Moves over a value printed here. */
void context_value(struct context *context);

/* The same for one that the author vouches for: it may stand anywhere. */
void context_raw_value(struct context *context);

/* Why no value can be made safe where one stood, for people; NULL where all
 * is well. What comes behind a value may show it. */
const char *context_fault(const struct context *context);

bool context_equal(const struct context *a, const struct context *b);

/* Where two branches come together. 1 and *joined, on whichever the rest is
 * safe after both; 0 where they end in different places ("inside a quoted
 * attribute" and "in text") and the template must be refused. */
int context_join(
    const struct context *a, const struct context *b, struct context *joined);

/* 1 where a whole piece of HTML may stand: between tags. */
int context_is_text(const struct context *context);

/* For people: "in text", "inside a quoted attribute", ... */
const char *context_name(const struct context *context);

#endif
