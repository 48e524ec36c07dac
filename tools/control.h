/*
 * What inlayd answers at its control socket.
 */
#ifndef INLAY_TOOLS_CONTROL_H
#define INLAY_TOOLS_CONTROL_H

#include "store/base/buf.h"
#include "store/base/err.h"

struct settings;

/* What inlayd says to the line, all of it, within so many seconds. 0, or -1:
 * ERR_CONFIG there is no control socket, ERR_STORE it says nothing. */
int control_ask(const struct settings *settings, const char *line, int seconds,
    struct buf *answer, struct err *err);

#endif
