/*
 * A filter is one row in a table and one function. The core evaluates the
 * arguments, checks how many there are and calls; the filter returns a value
 * made in the call's arena, or fails with one line for people.
 */
#ifndef INLAY_LIQUID_FILTER_H
#define INLAY_LIQUID_FILTER_H

#include "milter/liquid/value/value.h"

struct zones;

struct keyword {
	struct span name;
	struct value value;
};

/* What every filter of one rendering shares. */
struct filter_env {
	struct arena *arena; /* values live here; may be rewound after use */
	int64_t now;	     /* seconds since the epoch, one per message */
	int32_t now_nsec;
	struct span zone;    /* IANA name; empty is UTC */
	struct zones *zones; /* NULL: each is read anew */
	struct span locale;  /* "de-DE", "en"; empty is "en" */
	bool html;	     /* escaping is on and the place is HTML */
	struct work *work;   /* what may still be done; see filter_charge */
	size_t text_max;     /* no string grows past this many bytes */
};

struct filter_call {
	struct filter_env *env;
	struct arena *arena; /* env->arena, for short */
	const struct value *args;
	uint32_t argc; /* within the row's min and max */
	uint32_t keyword_count;
	const struct keyword *keywords;
	struct err *err;
};

enum filter_flag {
	FILTER_KEYWORDS = 1, /* takes name: value arguments; elsewhere they
				become one more argument, a map */
	FILTER_DEFAULT = 2,  /* supplies what is missing: the field in front
				of it counts as having a default */
	FILTER_PURE = 4,     /* same input, same output: no clock */
};

enum { FILTER_ANY = 255 };

struct filter {
	const char *name;
	/* 0 and *out, or -1 with call->err set: ERR_TEMPLATE and Ruby's
	 * message without its prefix ("divided by 0", "invalid integer"),
	 * which the core completes with part, line and column. Limits go
	 * through filter_full and filter_charge. */
	int (*apply)(const struct filter_call *call, struct value input,
	    struct value *out);
	uint8_t min; /* positional arguments, the input not counted */
	uint8_t max; /* FILTER_ANY: no upper bound */
	uint8_t flags;
};

struct filter_set {
	const struct filter *rows;
	size_t count;
};

/* The tables, each in the file of its name: filter_text.c, ... */
extern const struct filter_set filters_text;
extern const struct filter_set filters_array;
extern const struct filter_set filters_math;
extern const struct filter_set filters_date;
extern const struct filter_set filters_url;
extern const struct filter_set filters_html;
extern const struct filter_set filters_digest;
extern const struct filter_set filters_money;

/* The row of that name, or NULL. */
const struct filter *filter_find(struct span name);

/* Row number n over all tables, or NULL past the end; for the manual test. */
const struct filter *filter_nth(size_t n);

/* Charges steps for what a loop reads: call it before. Reading the texts of
 * filter_text and making those of filter_alloc and filter_finish is charged
 * already, as bytes that are copied or searched. 0, or -1 and work_fail. */
int filter_charge(const struct filter_call *call, uint64_t steps);

/* Says that the arena is full or a text too long. Always -1. */
int filter_full(const struct filter_call *call);

/* Sets an ERR_TEMPLATE message. Always -1. */
int filter_fail(const struct filter_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The keyword's value, or NULL. */
const struct value *filter_keyword(
    const struct filter_call *call, struct span name);

/* The text of a value (value_to_s), which is then read. 0, or -1 and
 * filter_full or work_fail. */
int filter_text(
    const struct filter_call *call, struct value value, struct span *text);

/* Room for len bytes of a new string; NULL and filter_full past the limits.
 * Also charges len. */
char *filter_alloc(const struct filter_call *call, size_t len);

/* An empty buf over the arena, bounded by text_max, for strings whose length
 * is not known before; end with filter_finish, which makes *out of it. */
void filter_begin(const struct filter_call *call, struct buf *text);
int filter_finish(
    const struct filter_call *call, const struct buf *text, struct value *out);

#endif
