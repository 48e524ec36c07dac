/*
 * A stored campaign's document with some keys written anew, for a person to
 * read and load.
 */
#ifndef INLAY_TOOLS_CAMPAIGN_WRITE_H
#define INLAY_TOOLS_CAMPAIGN_WRITE_H

#include "tools/cli.h"
#include "tools/input/document_edit.h"

/* Prints it, or writes it to --write, which must not be there yet. Fails where
 * the result is no campaign. EX_OK or -1. */
int campaign_write(struct cli *cli, struct span id,
    const struct document_key *keys, size_t count, struct err *err);

#endif
