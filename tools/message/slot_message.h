/*
 * The message around slots, as a website, a printer or a question is asked:
 * the same road as a mail, a few slots long.
 */
#ifndef INLAY_TOOLS_SLOT_MESSAGE_H
#define INLAY_TOOLS_SLOT_MESSAGE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "milter/mail/message.h"

/* One part of it, in UTF-8: tags of a slot, or of a field. */
struct slot_part {
	bool html; /* else plain text */
	struct span text;
};

/* It has neither campaign nor Message-ID: the request says them. The parts are
 * those of the multipart that it is, from 1 on. 0, or -1 ERR_INPUT: too
 * long. */
int slot_message(const struct slot_part *parts, size_t count,
    struct arena *arena, struct span *message, struct err *err);

/* The text of the nth of these parts, from 0, in the rendered message; "" where
 * it has none. 0 or -1. */
int slot_message_part(const struct message *message, size_t at,
    struct arena *arena, struct span *text, struct err *err);

#endif
