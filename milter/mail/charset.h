/*
 * Charsets come in as UTF-8 and go out as they were. Nothing is guessed and
 * nothing is replaced: text that does not convert exactly does not convert.
 */
#ifndef INLAY_MAIL_CHARSET_H
#define INLAY_MAIL_CHARSET_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* Well-formed UTF-8 (RFC 3629): no surrogates, nothing overlong. */
bool utf8_valid(struct span text);

/* Bytes 0 to 127 only. */
bool ascii_only(struct span text);

/* The length of the UTF-8 character at the start of valid text; 1 for
 * anything else, 0 at the end. */
size_t utf8_length(struct span text);

#define CHARSET_NAME_SIZE 41

/* The name that iconv knows, into CHARSET_NAME_SIZE bytes. False: this is no
 * charset's name; in particular no "//" asks iconv for anything else. */
bool charset_name(struct span charset, char *name);

/* UTF-16, UTF-32 and the like, in which a line end is not one byte. */
bool charset_is_wide(struct span charset);

/* To UTF-8. An empty name is US-ASCII; bytes over 127 in US-ASCII are read as
 * UTF-8 if they are that. 0, or -1: ERR_DECODE, ERR_MEMORY. */
int charset_decode(struct span charset, struct span bytes, struct arena *arena,
    struct span *utf8, struct err *err);

/* From valid UTF-8. 1, 0 when the charset cannot say it (or is unknown), -1
 * when the arena is full. */
int charset_encode(struct span charset, struct span utf8, struct arena *arena,
    struct span *bytes, struct err *err);

#endif
