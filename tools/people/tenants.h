/*
 * The tenants that a command serves which reads what is about all mail.
 */
#ifndef INLAY_TOOLS_TENANTS_H
#define INLAY_TOOLS_TENANTS_H

#include "tools/cli.h"

/* The command's own first; then, unless it has --tenant, every one that a
 * campaign of the catalog names. In the arena. 0, or -1 ERR_MEMORY. */
int tenants_served(const struct cli *cli, const struct catalog *catalog,
    struct arena *arena, struct span **tenants, size_t *count, struct err *err);

#endif
