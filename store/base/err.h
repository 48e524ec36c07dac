/*
 * An err carries a code for machines and one line for people, and keeps the
 * first failure: whoever fails deepest explains best. Only session.c turns
 * codes into milter replies.
 */
#ifndef INLAY_BASE_ERR_H
#define INLAY_BASE_ERR_H

#include <stdarg.h>

enum err_code {
	ERR_NONE,
	ERR_INPUT,	/* malformed file, argument or record */
	ERR_CONFIG,	/* settings that cannot be used */
	ERR_SYSTEM,	/* a system call failed; errno is in the text */
	ERR_MEMORY,	/* out of memory, or the arena is full */
	ERR_STORE,	/* the store cannot read or commit */
	ERR_CONFLICT,	/* somebody else wrote first: re-read, decide again */
	ERR_DEADLINE,	/* took longer than allowed */
	ERR_KEY,	/* no usable signing key */
	ERR_TEMPLATE,	/* the template does not compile or fails */
	ERR_MISSING,	/* a value is missing and may not be */
	ERR_LIMIT,	/* a rendering limit was reached */
	ERR_AMBIGUOUS,	/* MIME that no two parsers read alike */
	ERR_DECODE,	/* a part that holds a tag cannot be decoded */
	ERR_CAMPAIGN,	/* no such campaign */
	ERR_WINDOW,	/* the campaign is not running now */
	ERR_MESSAGE_ID, /* campaign mail without a Message-ID */
	ERR_SUPPRESSED, /* this recipient gets no marketing mail */
	ERR_SIZE,	/* bigger than allowed */
	ERR_ABORT,	/* the template itself said no */
	ERR_GUARD,	/* a raw tag would have left */
	ERR_AUTH,	/* the required signature is missing or wrong */
	ERR_FROM,	/* a domain in From that the sender may not use */
	ERR_CODES	/* how many there are */
};

struct err {
	enum err_code code;
	unsigned line;	 /* 1-based; 0 where it has no meaning */
	unsigned column; /* 1-based, in bytes; 0 where it has no meaning */
	char where[128]; /* file, part or header the line counts in, or "" */
	char text[384];	 /* one line, UTF-8, without its end; never "" */
	int quotes;	 /* text quotes somebody's data: err_quotes */
	int personal;	 /* it came of somebody's data: err_personal */
};

#define ERR_INIT \
	{ \
		ERR_NONE, 0, 0, "", "", 0, 0 \
	}

/* Stores the first failure; later ones are ignored. err may be NULL.
 * Always returns -1, so that a caller can `return err_set(...)`. */
int err_set(struct err *err, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Like err_set with a place: where (may be NULL), line and column from 1. */
int err_at(struct err *err, enum err_code code, const char *where,
    unsigned line, unsigned column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Names the place of a failure that has none yet. Returns -1. */
int err_in(struct err *err, const char *where);

/* The same with line and column from 1. where may be NULL: no place. */
int err_in_line(
    struct err *err, const char *where, unsigned line, unsigned column);

/* Says that the text quotes a value of somebody's data, which only people who
 * may see that data are told. Returns -1. */
int err_quotes(struct err *err);

/* Says that it came up over one person's data, so that its place alone may
 * tell a value: strangers are told neither. Returns -1. */
int err_personal(struct err *err);

/* Forgets the failure. */
void err_clear(struct err *err);

/* "where:line:column", as compilers say it, of a file; "text/plain, line 1,
 * column 4" of a part or header of a mail, which no editor opens. As far as
 * known, into out of size bytes. Returns out. */
const char *err_place(const char *where, unsigned line, unsigned column,
    char *out, unsigned long size);

/* "PLACE: text", the place as above, as far as known, into out of size bytes.
 * Returns out. */
const char *err_line(const struct err *err, char *out, unsigned long size);

/* The same for logs, and for mail servers unless it is personal: no text that
 * quotes data. */
const char *err_public(const struct err *err, char *out, unsigned long size);

/* A stable lower-case word for the code: "template", "store", ... */
const char *err_word(enum err_code code);

/* What it is to the shell, of sysexits.h. */
int err_status(enum err_code code);

#endif
