/*
 * A span is a pointer and a length over bytes that somebody else owns.
 * Spans are never NUL-terminated and never modified through; comparing or
 * cutting one never copies.
 */
#ifndef INLAY_BASE_SPAN_H
#define INLAY_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *at;
	size_t len;
};

#define SPAN_NONE ((struct span){ NULL, 0 })
/* A span over a string literal; the terminator is not part of it. */
#define SPAN(literal) ((struct span){ "" literal, sizeof(literal) - 1 })
/* For printf("%.*s"): the length is clipped to what an int holds. */
#define SPAN_ARG(s) \
	(int)((s).len > 0x7fffffff ? 0x7fffffff : (s).len), (s).at ? (s).at : ""

static inline struct span
span_of(const void *at, size_t len)
{
	return (struct span){ (const char *)at, len };
}

/* The bytes of a C string; NULL gives the empty span. */
static inline struct span
span_str(const char *text)
{
	return (struct span){ text, text ? strlen(text) : 0 };
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Equal but for the case of ASCII letters. */
static inline bool
span_caseeq(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

static inline bool
span_starts(struct span s, struct span prefix)
{
	return s.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(s.at, prefix.at, prefix.len) == 0);
}

static inline bool
span_ends(struct span s, struct span suffix)
{
	return s.len >= suffix.len &&
	       (suffix.len == 0 || memcmp(s.at + s.len - suffix.len, suffix.at,
				       suffix.len) == 0);
}

/* Orders by bytes, the shorter first where one begins the other. */
static inline int
span_cmp(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.at, b.at, n) : 0;

	if (order != 0)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

/* The bytes from offset on; past the end gives the empty span. */
static inline struct span
span_from(struct span s, size_t offset)
{
	if (offset > s.len)
		offset = s.len;
	return span_of(s.at ? s.at + offset : NULL, s.len - offset);
}

/* At most len bytes from the start. */
static inline struct span
span_first(struct span s, size_t len)
{
	return span_of(s.at, len < s.len ? len : s.len);
}

/* The offset of the first such byte, or s.len where there is none. */
static inline size_t
span_find(struct span s, char byte)
{
	const char *hit = s.len ? memchr(s.at, byte, s.len) : NULL;

	return hit ? (size_t)(hit - s.at) : s.len;
}

/* The offset of the first occurrence of needle, or s.len for none. */
size_t span_search(struct span s, struct span needle);

/* Cuts the next line off the text, without its LF or CRLF; false where there
 * is none left. */
bool span_line(struct span *text, struct span *line);

/* Without ASCII blanks (space, \t, \r, \n, \f, \v) at both ends. */
struct span span_trim(struct span s);

/* A decimal number with nothing around it, finite and of at most 64 bytes. */
bool span_number(struct span s, double *number);

#endif
