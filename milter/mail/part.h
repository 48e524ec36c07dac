/*
 * A part is a node of the MIME tree: where its header and body lie and what
 * its Content-* fields say. Only a leaf that is shown as text, and that no
 * signature, encryption or enclosed message covers, counts as text.
 */
#ifndef INLAY_MAIL_PART_H
#define INLAY_MAIL_PART_H

#include "milter/mail/mime_parameter.h"
#include "milter/mail/field.h"

enum part_encoding {
	PART_7BIT,
	PART_8BIT,
	PART_BINARY,
	PART_QUOTED,
	PART_BASE64,
	PART_UNKNOWN
};

enum part_role {
	PART_MULTIPART,
	PART_MESSAGE, /* message/rfc822 and the like: never edited */
	PART_TEXT,    /* text to be personalised */
	PART_OTHER    /* attachment, image, text that is not ours to touch */
};

/* What part_text found; for writing the text back. */
struct part_decoded {
	struct span lines; /* UTF-8, soft breaks of format=flowed in place */
	struct span text;
	bool flowed;
	bool delsp;
	bool bare_ends; /* some line end is not CRLF */
};

struct part {
	struct part *parent;
	struct part *first; /* child */
	struct part *last;  /* child */
	struct part *next;  /* sibling */
	unsigned position;  /* 1-based among the siblings */
	unsigned depth;	    /* the root has 0 */
	enum part_role role;
	bool sealed; /* inside a message, signature or encryption */
	bool root;
	struct span header;    /* the fields, without the blank line */
	struct span separator; /* the blank line; empty: none */
	struct span body;      /* without the line end before a delimiter */
	struct fields fields;  /* all fields of this part's header */
	const struct header_field *type_field; /* Content-Type, or NULL */
	const struct header_field *encoding_field;
	struct mime_value type; /* defaults applied: never empty */
	enum part_encoding encoding;
	const struct part_decoded *decoded; /* part_text() keeps it here */
	struct span boundary;		    /* of a multipart */
	bool closed;			    /* its close delimiter was seen */
	bool ended;			    /* body is final */
	bool tight;	/* empty, with no line end before the delimiter */
	bool delimited; /* a delimiter follows the body, and its line end */
};

/* Fills in what the fields say: type, encoding, role, boundary. The parents
 * are described already. 0, or -1 when the arena is full. */
int part_describe(struct part *part, struct arena *arena, struct err *err);

/* Whether what is inside belongs to somebody else: an enclosed message,
 * multipart/signed, multipart/encrypted. */
bool part_seals(const struct part *part);

/* Whether the body is a message in clear, with a header of its own. */
bool part_holds_message(const struct part *part);

/* The charset parameter, or the empty span. */
struct span part_charset(const struct part *part);

/* The body without its transfer encoding. 0, or -1: ERR_DECODE, ERR_MEMORY. */
int part_bytes(const struct part *part, struct arena *arena, struct span *bytes,
    struct err *err);

/* text/html or text/plain and so on, without regard to case. */
bool part_is(const struct part *part, struct span type, struct span subtype);

/* "1.2": positions from the root; "1" for a root that is a leaf, "0" for a
 * root with children. 0, or -1 when the arena is full. */
int part_path(const struct part *part, struct arena *arena, struct span *path,
    struct err *err);

/* What people call it: "text/html", and where the message has several of that
 * type, "text/html (part 1.2)"; NUL ends it. 0, or -1 when the arena is full.
 */
int part_title(const struct part *part, struct arena *arena, struct span *title,
    struct err *err);

/* The text of a PART_TEXT in UTF-8: transfer encoding, charset and
 * format=flowed undone (logical lines). Line ends are those of the part,
 * nearly always CRLF. Decoded once, kept with the part in that arena: a
 * message that outlives one rendering is decoded in its own arena first.
 * 0, or -1: ERR_DECODE when it cannot be decoded, ERR_MEMORY. */
int part_text(
    struct part *part, struct arena *arena, struct span *utf8, struct err *err);

/* Whether the undecodable part could hold a tag: "{{" or "{%" and text after
 * it. Looks at the raw bytes and at what QP, base64 and two-byte charsets
 * would make of them. Errs on the side of yes. */
bool part_may_hold_tag(const struct part *part);

#endif
