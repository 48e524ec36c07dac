/*
 * The message around one slot, as a website, a printer or a question is
 * asked: the same road as a mail, one slot long.
 */
#ifndef INLAY_TOOLS_SLOT_MESSAGE_H
#define INLAY_TOOLS_SLOT_MESSAGE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

/* Both texts hold the slot's tags. It has neither campaign nor Message-ID:
 * the request says them. 0, or -1 ERR_INPUT: too long. */
int slot_message(struct span text, struct span html, struct arena *arena,
    struct span *message, struct err *err);

#endif
