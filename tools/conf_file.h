/*
 * inlay.conf with lines put in and taken out: whoever reads it finds the old
 * file or the new one, and what was not asked for stays byte for byte, owner
 * and mode included.
 */
#ifndef INLAY_TOOLS_CONF_FILE_H
#define INLAY_TOOLS_CONF_FILE_H

#include "store/base/err.h"
#include "store/base/span.h"

struct conf_change {
	struct span add; /* whole lines */
	unsigned after;	 /* this line; 0: at the end */
	const unsigned *without;
	size_t without_count;
};

/* Does so, durably. 0, or -1 with ERR_SYSTEM and nothing changed. */
int conf_file_change(
    const char *path, const struct conf_change *change, struct err *err);

#endif
