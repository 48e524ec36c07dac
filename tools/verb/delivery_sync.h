/*
 * What `inlay delivery sync` leaves behind for others: until when it has read
 * the delivery log.
 */
#ifndef INLAY_TOOLS_DELIVERY_H
#define INLAY_TOOLS_DELIVERY_H

#include "tools/cli.h"

/* The moment of the latest reading of any log. 1, 0 none was ever read,
 * -1. */
int delivery_read_until(struct cli *cli, int64_t *until, struct err *err);

#endif
