/*
 * `decide --audience`, the part of `inlay decide` that makes a list.
 */
#ifndef INLAY_TOOLS_DECIDE_LIST_H
#define INLAY_TOOLS_DECIDE_LIST_H

#include "tools/cli.h"

/* The exit status, or -1. */
int decide_list(struct cli *cli, struct err *err);

#endif
