/*
 * Content is a Content-Type or Content-Disposition value: a type, a subtype
 * and parameters (RFC 2045, comments allowed; RFC 2231 continuations and
 * charsets put together). Anything is read; what is not clean sets `odd`.
 */
#ifndef INLAY_MAIL_MIME_PARAMETER_H
#define INLAY_MAIL_MIME_PARAMETER_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct mime_parameter {
	struct span name;  /* without RFC 2231 marks */
	struct span value; /* unquoted and decoded to UTF-8 where declared */
	bool extended;	   /* by RFC 2231: name*, name*0 */
	struct span raw;   /* the value's bytes in the field, quotes included;
			      empty when extended */
};

struct mime_value {
	struct span type;    /* as written: compare without case */
	struct span subtype; /* may be empty */
	struct mime_parameter *params;
	size_t count;
	bool odd;	/* not what the grammar allows */
	bool defaulted; /* type and subtype are those of RFC 2045 5.2 */
};

/* Reads a field value. 0, or -1 when the arena is full. */
int mime_value_read(struct span value, struct arena *arena,
    struct mime_value *content, struct err *err);

/* The first parameter of that name, or NULL. */
const struct mime_parameter *mime_value_param(
    const struct mime_value *content, struct span name);

/* How many parameters have that name (boundary and boundary* count as two). */
size_t mime_value_param_count(
    const struct mime_value *content, struct span name);

/* The field value with the changed ones of the parameters new: rendered[i]
 * for content->params[i]. Where all of those are short ASCII the other bytes
 * stay, else the value is written anew; folded with LF. 0, or -1 when the arena
 * is full. */
int mime_value_join(struct span value, const struct mime_value *content,
    const struct span *rendered, struct arena *arena, struct span *joined,
    struct err *err);

/* "; name=value" in ASCII: a token, a quoted string, or RFC 2231 with
 * continuations, each on a line of its own (LF and a blank) where the whole
 * would not fit. 0, or -1 when the arena is full. */
int mime_parameter_write(struct span name, struct span utf8,
    struct arena *arena, struct span *text, struct err *err);

#endif
