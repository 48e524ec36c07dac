/*
 * The audit log beside the store says who did what to personal data and
 * when, and holds none itself: of whom, only so much of a hash that somebody
 * who knows the address can find the line again.
 */
#ifndef INLAY_TOOLS_AUDIT_H
#define INLAY_TOOLS_AUDIT_H

#include "store/record/key.h"
#include "tools/cli.h"

#define AUDIT_FILE "audit.log"

/* Appends one durable line; key may be NULL. 0, or -1 (ERR_SYSTEM): then the
 * action must be reported as failed, for it went unrecorded. */
int audit(struct cli *cli, const char *action, const struct record_key *key,
    struct err *err);

#endif
