/*
 * An excerpt is one slot cut out of a message's templates, text and HTML, so
 * that another channel decides by the same options as the mail.
 */
#ifndef INLAY_TOOLS_EXCERPT_H
#define INLAY_TOOLS_EXCERPT_H

#include "tools/cli.h"

struct excerpt {
	struct span text; /* from tag to tag; "" where the part has none */
	struct span html;
};

/* Reads the message at that path into the command's arena. 1; 0: no part has
 * the slot; -1. */
int excerpt_read(struct cli *cli, const char *path, const char *slot,
    struct excerpt *excerpt, struct err *err);

#endif
