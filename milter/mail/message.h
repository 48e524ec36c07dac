/*
 * A message is one immutable buffer read as header fields and a tree of MIME
 * parts, all of them offsets. Reading never fails on bad mail: what no two
 * parsers read alike is read somehow and says so in `ambiguous`.
 */
#ifndef INLAY_MAIL_MESSAGE_H
#define INLAY_MAIL_MESSAGE_H

#include "milter/mail/field.h"
#include "milter/mail/part.h"

struct message_limits {
	unsigned depth; /* of multiparts and messages in each other */
	unsigned parts;
	size_t headers; /* bytes, of all header sections together */
};

#define MESSAGE_LIMITS \
	((struct message_limits){ 100, 10000, (size_t)50 * 1000 * 1000 })

struct message {
	struct span bytes;
	struct span separator; /* the blank line; empty where there is none */
	struct span body;
	struct fields fields; /* of the top-level header, in order */
	struct part *root;
	struct part **parts; /* all of them in order of the bytes; [0] = root */
	size_t part_count;
	const char *ambiguous; /* why it must not be personalised, or NULL */
	struct part *ambiguous_in; /* the part it was seen in, or NULL */
	bool truncated;		   /* a limit was reached: parts are missing */
};

/* Reads "headers CRLF body". The bytes must outlive the message. 0, or -1
 * when the arena is full. */
int message_parse(struct span bytes, const struct message_limits *limits,
    struct arena *arena, struct message **message, struct err *err);

/* The nth (from 1) top-level field of that name, or NULL. */
static inline const struct header_field *
message_field(const struct message *message, struct span name, unsigned nth)
{
	return fields_find(&message->fields, name, nth);
}

#endif
