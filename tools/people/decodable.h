/*
 * Whether what the store holds can still be understood: each profile, each
 * history, each document and row of the catalog is read as the daemon would.
 * A sound checksum only says that the bytes are those that were written.
 */
#ifndef INLAY_TOOLS_DECODABLE_H
#define INLAY_TOOLS_DECODABLE_H

#include "tools/cli.h"

/* Names on cli->errors what cannot be decoded, and counts it. Reads pages as
 * they are: engine_verify must have found none that is damaged. 1 went to
 * the end, 0 interrupted, -1. */
int decodable_check(struct cli *cli, uint64_t *unreadable, struct err *err);

#endif
