/*
 * A rendering is what shall change in a message: sorted edits over its body
 * and a list of header changes. What nobody changed leaves byte for byte.
 *
 * Invariants:
 *  1. edits never overlap and lie inside the body;
 *  2. without changes message_write gives the bytes of the message;
 *  3. header values hold no CR and no NUL, and each LF is followed by a blank.
 */
#ifndef INLAY_MAIL_RENDERING_H
#define INLAY_MAIL_RENDERING_H

#include "milter/mail/header.h"
#include "milter/mail/message.h"
#include "store/base/buf.h"

enum header_action {
	HEADER_SET,    /* smfi_chgheader(name, nth, value) */
	HEADER_REMOVE, /* smfi_chgheader(name, nth, NULL) */
	HEADER_ADD     /* smfi_addheader: after all others */
};

struct header_change {
	enum header_action action;
	unsigned nth; /* SET and REMOVE: counted in the original message */
	const struct header_field *field; /* SET and REMOVE, else NULL */
	struct span name;  /* NUL after it: usable as a C string */
	struct span value; /* leading blank included, folded with LF
			      and blank; NUL after it */
};

struct rendering;

/* An empty rendering. 0, or -1 when the arena is full. */
int rendering_new(struct message *message, struct arena *arena,
    struct rendering **rendering, struct err *err);

/* Gives a text part new text (UTF-8, as part_text would return it). Equal
 * text changes nothing. Otherwise it is re-encoded: the part's charset if
 * the text fits, else UTF-8; QP or base64, whichever is shorter. Charset
 * parameter, Content-Transfer-Encoding and, at the top, MIME-Version follow.
 * At most once per part.
 * 0, or -1: ERR_DECODE (the part has no readable text), ERR_INPUT (not
 * UTF-8), ERR_MEMORY. */
int rendering_set_text(struct rendering *rendering, struct part *part,
    struct span utf8, struct err *err);

/* Encodes whatever a mail server may change on the way (part_is_fragile) and
 * nobody has changed yet; decoded, it stays what it is. What is signed,
 * encrypted or another message stays as it came.
 * 0, or -1 when the arena is full. */
int rendering_harden(struct rendering *rendering, struct err *err);

/* Replaces a field (top-level, or of a part) by its rendered pieces. All of
 * them equal to header->pieces changes nothing. 0 or -1 as header_join. */
int rendering_set_pieces(struct rendering *rendering,
    const struct header *header, const struct span *rendered, struct err *err);

/* Sets a top-level field to what the rendered pieces of another header make,
 * or adds one of that header's name after all others where field is NULL.
 * 0 or -1 as header_join. */
int rendering_place_pieces(struct rendering *rendering,
    const struct header_field *field, const struct header *header,
    const struct span *rendered, struct err *err);

/* Removes every top-level field of that name. 0, or -1 when the
 * arena is full. */
int rendering_remove_headers(
    struct rendering *rendering, struct span name, struct err *err);

/* The same from the nth (from 1) on. */
int rendering_remove_from(struct rendering *rendering, struct span name,
    unsigned nth, struct err *err);

/* Adds a header after all others; encoded as header_value does. */
int rendering_add_header(struct rendering *rendering, struct span name,
    struct span utf8, struct err *err);

/* The header changes in the order in which libmilter must get them: SET and
 * REMOVE from the highest nth of a name down, then ADD. */
int rendering_changes(struct rendering *rendering,
    const struct header_change **changes, size_t *count, struct err *err);

/* Whether any byte of the body changes; only then smfi_replacebody. */
bool rendering_body_changed(const struct rendering *rendering);

/* Whether anything changes at all. */
bool rendering_changed(const struct rendering *rendering);

/* Appends the final body, or the final message, to the buf.
 * 0, or -1 ERR_SIZE when the buf is full. */
int rendering_write_body(
    const struct rendering *rendering, struct buf *buf, struct err *err);
int message_write(const struct message *message,
    const struct rendering *rendering, struct buf *buf, struct err *err);

#endif
