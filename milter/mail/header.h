/*
 * Header text for people and templates: a field is taken apart into the
 * pieces in which a tag may stand (decoded UTF-8), and put together again
 * from rendered pieces. Whatever a piece holds, it can never add a header, an
 * address or a parameter.
 */
#ifndef INLAY_MAIL_HEADER_H
#define INLAY_MAIL_HEADER_H

#include "milter/mail/field.h"

/* Bytes of a value that is made here: sendmail takes as many of all headers
 * together, Postfix cuts a milter's at 60,000. */
#define HEADER_VALUE_MAX ((size_t)32 * 1024)

enum header_kind {
	HEADER_TEXT,	/* unstructured (Subject, X-*): one piece, RFC 2047 */
	HEADER_LIST_ID, /* the same, with an identifier in <> */
	HEADER_ADDRESS, /* From, To, ...: display name and address in turn */
	HEADER_PARAMS,	/* Content-Type, Content-Disposition: one piece for
			   each parameter, RFC 2231 */
	HEADER_TOKEN,	/* Message-ID, Date, ...: one piece, the value as it
			   stands; result must be ASCII */
	HEADER_URLS	/* List-Unsubscribe, ...: the same, with URLs in <> */
};

enum header_piece_kind {
	PIECE_TEXT,    /* the whole value */
	PIECE_NAME,    /* a display name, unquoted */
	PIECE_ADDRESS, /* local@domain, without the angle brackets */
	PIECE_GROUP,   /* the name of a group */
	PIECE_PARAM    /* a parameter's value, unquoted */
};

struct header_piece {
	enum header_piece_kind kind;
	struct span text; /* decoded UTF-8; {{ }} and {% %} never split */
};

struct header {
	const struct header_field *field;
	enum header_kind kind;
	struct header_piece *pieces;
	size_t count;
	struct address_list *list;  /* HEADER_ADDRESS only */
	struct mime_value *content; /* HEADER_PARAMS only */
};

/* Takes the field apart. An address list that makes no sense, or parameters
 * that are not well-formed, are given as one PIECE_TEXT. 0, or -1: ERR_MEMORY,
 * or ERR_DECODE when the bytes are in no known charset. */
int header_read(const struct header_field *field, struct arena *arena,
    struct header *header, struct err *err);

/* The value for a header of this name from UTF-8 text: a leading blank,
 * encoded (RFC 2047) and folded with LF and blank at 76 columns; CR, LF and
 * NUL become blanks first. For HEADER_ADDRESS the text is parsed as a list
 * and each address validated. 0, or -1: ERR_INPUT with the reason,
 * ERR_LIMIT over HEADER_VALUE_MAX, ERR_MEMORY. */
int header_value(struct span name, struct span utf8, struct arena *arena,
    struct span *value, struct err *err);

/* The value from rendered pieces, in the order of header->pieces. Where a
 * header could not be taken apart, its one piece may render to one mailbox
 * only, and to no more "<" or ";" than it has; a URL that it brings is of
 * http, https, mailto or ftp (ERR_INPUT).
 * Same returns. */
int header_join(const struct header *header, const struct span *rendered,
    struct arena *arena, struct span *value, struct err *err);

#endif
