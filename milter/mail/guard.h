/*
 * The guard walks everything a reader of the message could see as text, the
 * way it would be seen: each header and each text part, decoded. The caller
 * looks for raw tags; what is enclosed, signed or attached is not ours.
 */
#ifndef INLAY_MAIL_GUARD_H
#define INLAY_MAIL_GUARD_H

#include "milter/mail/message.h"

/* where: "header Subject" or "text/plain", NUL-terminated.
 * 0 to go on, anything else ends the walk. */
typedef int guard_seen(void *context, const char *where, struct span utf8);

/* Parses the final bytes and hands out every decoded header and text part; a
 * part that cannot be decoded is handed out raw. 0, what seen said, or -1
 * with ERR_MEMORY. */
int guard_walk(struct span bytes, struct arena *arena, guard_seen *seen,
    void *context, struct err *err);

#endif
