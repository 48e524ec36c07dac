/*
 * A value is what the template language computes with: sixteen bytes, passed
 * by copy, pointing at bytes that live as long as the message's arena or the
 * host's data. Values are never modified once made.
 */
#ifndef INLAY_LIQUID_VALUE_H
#define INLAY_LIQUID_VALUE_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/err.h"
#include "milter/liquid/value/steps.h"
#include "store/base/span.h"

/* The order matters: everything up to VALUE_NIL counts as nil. */
enum value_kind {
	VALUE_MISSING, /* a name nobody defined; else behaves as nil */
	VALUE_NIL,
	VALUE_BOOL,
	VALUE_INTEGER,
	VALUE_FLOAT,
	VALUE_BIG, /* an integer beyond 64 bits, as its decimal digits */
	VALUE_STRING,
	VALUE_ARRAY,
	VALUE_RANGE, /* inclusive integers, never expanded unasked */
	VALUE_MAP,
	VALUE_OBJECT, /* looked up lazily through the host */
	VALUE_EMPTY,  /* the literal `empty` */
	VALUE_BLANK,  /* the literal `blank` */
};

enum value_flag {
	/* A string that is HTML already: the author escaped or captured it.
	 * The escapers then keep its entities, and its tags where tags may
	 * stand. Any filter that makes a new string drops the flag, unless
	 * it says otherwise. */
	VALUE_HTML = 1,
	/* A string the author passed through `raw`: written as it is in any
	 * place but a header. */
	VALUE_RAW = 2,
	/* A string that is percent-encoded already: url_encode made it. */
	VALUE_ENCODED = 4,
	/* A string that is a JSON value, quotes and all: json made it. */
	VALUE_JSON = 8,
	/* A string escaped for the inside of a JSON string: json_escape. */
	VALUE_JSON_INSIDE = 16,
};

struct map;
struct object;
struct range;

struct value {
	uint8_t kind;	/* enum value_kind */
	uint8_t flags;	/* enum value_flag */
	uint16_t spare; /* 0 */
	uint32_t len;	/* bytes of a string or big, items of an array */
	union {
		bool truth;
		int64_t integer;
		double real;
		const char *text;
		const struct value *items;
		const struct range *range;
		const struct map *map;
		const struct object *object;
	};
};

struct range {
	int64_t first;
	int64_t last; /* below first: an empty range */
};

/* Keys in the order they were put; a key is there once. */
struct map_entry {
	const char *key;
	uint32_t key_len;
	uint32_t hash; /* value_hash of the key */
	struct value value;
};

struct map {
	uint32_t count;
	uint32_t size;
	struct map_entry *entries;
	uint32_t *index; /* open addressing over entries; NULL while small */
	uint32_t mask;
};

/*
 * An object is the host's: embed this struct first in your own. get and text
 * may allocate in the arena given, but only what the returned value needs:
 * the renderer rewinds it after the statement. Cache elsewhere.
 */
struct object_type {
	const char *name; /* printed by {{ object }} where text is NULL */
	/* 1 found, 0 absent (becomes VALUE_MISSING), -1 failed. hash is
	 * value_hash(key). */
	int (*get)(const struct object *object, struct span key, uint32_t hash,
	    struct arena *arena, struct value *out, struct err *err);
	/* What {{ object }} prints; may be NULL. 0 or -1. */
	int (*text)(const struct object *object, struct buf *out);
};

struct object {
	const struct object_type *type;
};

/* ---- making values ---- */

static inline struct value
value_nil(void)
{
	return (struct value){ .kind = VALUE_NIL };
}

static inline struct value
value_missing(void)
{
	return (struct value){ .kind = VALUE_MISSING };
}

static inline struct value
value_bool(bool truth)
{
	return (struct value){ .kind = VALUE_BOOL, .truth = truth };
}

static inline struct value
value_integer(int64_t integer)
{
	return (struct value){ .kind = VALUE_INTEGER, .integer = integer };
}

static inline struct value
value_float(double real)
{
	return (struct value){ .kind = VALUE_FLOAT, .real = real };
}

/* The bytes must outlive the value. Strings are at most 4 GB minus one; the
 * limits keep them far below that. */
static inline struct value
value_string(struct span bytes)
{
	return (struct value){ .kind = VALUE_STRING,
		.len = (uint32_t)bytes.len,
		.text = bytes.at };
}

/* Canonical decimal digits, "-" before them where negative, beyond int64. */
static inline struct value
value_big(struct span digits)
{
	return (struct value){ .kind = VALUE_BIG,
		.len = (uint32_t)digits.len,
		.text = digits.at };
}

static inline struct value
value_array(const struct value *items, uint32_t count)
{
	return (
	    struct value){ .kind = VALUE_ARRAY, .len = count, .items = items };
}

static inline struct value
value_map(const struct map *map)
{
	return (struct value){ .kind = VALUE_MAP, .map = map };
}

static inline struct value
value_object(const struct object *object)
{
	return (struct value){ .kind = VALUE_OBJECT, .object = object };
}

/* A string copied into the arena. 0, or -1 when the arena is full. */
int value_string_copy(
    struct arena *arena, struct span bytes, struct value *out);

/* 0, or -1 when the arena is full. */
int value_range(
    struct arena *arena, int64_t first, int64_t last, struct value *out);

/* An integer or, beyond 64 bits, a big, from optional '-' and digits; leading
 * zeros are dropped. 1, 0 when the text is not of that form, -1 full. */
int value_parse_integer(
    struct arena *arena, struct span text, struct value *out);

/* ---- maps ---- */

/* The hash that maps and compiled lookups share. */
uint32_t value_hash(struct span key);

/* The same of a text that comes in pieces: from the beginning, more and more,
 * and what the end makes of it at any time. It is another in each process
 * (hash_secret): names are chosen by whoever writes a template or loads a
 * profile, and must not meet in one slot by intent. */
uint64_t value_hash_begin(void);
uint64_t value_hash_more(uint64_t state, struct span piece);

static inline uint32_t
value_hash_end(uint64_t state)
{
	return (uint32_t)(state >> 32);
}

/* An empty map with room for size entries; grows by itself. */
struct map *map_new(struct arena *arena, uint32_t size);

/* Sets key to value, replacing an older one in its place. The key's bytes
 * must outlive the map. 0, or -1 when the arena is full. */
int map_put(
    struct arena *arena, struct map *map, struct span key, struct value value);

/* Makes a small map empty again and says true; a map that has grown an index
 * stays as it is: false. */
bool map_clear(struct map *map);

/* The value under the key, or NULL. */
const struct value *map_get(
    const struct map *map, struct span key, uint32_t hash);

/* ---- asking ---- */

static inline bool
value_is_nil(struct value value)
{
	return value.kind <= VALUE_NIL;
}

static inline bool
value_truthy(struct value value)
{
	return value.kind > VALUE_BOOL ||
	       (value.kind == VALUE_BOOL && value.truth);
}

/* The bytes of a string or big; empty for every other kind. */
static inline struct span
value_span(struct value value)
{
	if (value.kind == VALUE_STRING || value.kind == VALUE_BIG)
		return span_of(value.text, value.len);
	return SPAN_NONE;
}

/* Items of a range; 0 for an empty one, UINT64_MAX at most. */
uint64_t range_count(const struct range *range);

/*
 * What follows takes from the work what it reads. Once that has ended the
 * answers are any, and end soon.
 */

/* Ruby's ==, with empty and blank on either side. Never fails. */
bool value_equal(struct value a, struct value b, struct work *work);

/* Orders two numbers or two strings. 1 and *order <0, 0, >0; 0 when the two
 * cannot be compared (nil, different kinds, NaN). */
int value_order(struct value a, struct value b, struct work *work, int *order);

/* `x == empty` and `x == blank`. */
bool value_is_empty(struct value value);
bool value_is_blank(struct value value, struct work *work);

/* The name of the Ruby class, for messages: "Integer", "String", ... */
const char *value_class(struct value value);

/* value[key] with size, first and last as commands where the key is not there
 * itself. 1 found, 0 absent and *out is missing, -1 failed. */
int value_get(struct value value, struct span key, uint32_t hash,
    struct arena *arena, struct work *work, struct value *out, struct err *err);

/* value[key] for a key of any kind: negative indexes count from the end. The
 * commands of value_get do not apply. Same returns. */
int value_index(struct value value, struct value key, struct arena *arena,
    struct work *work, struct value *out, struct err *err);

/* ---- text ---- */

/* Adds what {{ value }} prints: arrays joined, nil nothing, maps inspected. */
void value_write(struct buf *out, struct value value, struct work *work);

/* Ruby's inspect: strings quoted, arrays bracketed. */
void value_inspect(struct buf *out, struct value value, struct work *work);

/* value_write as a span: a string's own bytes without a copy, else text in
 * the arena. 0, or -1 when the arena is full. */
int value_text(struct value value, struct arena *arena, struct work *work,
    struct span *text);

/* Ruby's to_s, which differs from value_write in arrays: inspected. */
int value_to_s(struct value value, struct arena *arena, struct work *work,
    struct span *text);

#endif
