/*
 * What `inlay doctor` looks at, a function for each part of an installation.
 * Each adds what it finds to the diagnosis and goes on; only memory that is
 * out is a failure.
 */
#ifndef INLAY_TOOLS_EXAMINE_H
#define INLAY_TOOLS_EXAMINE_H

#include "tools/cli.h"
#include "tools/doctor/diagnosis.h"

struct settings;

/* What `inlayd -n` finds in the file. */
void examine_settings(struct diagnosis *diagnosis, const char *file);

/* Whether inlayd answers at its socket when Postfix's user asks. */
void examine_socket(
    struct diagnosis *diagnosis, const struct settings *settings);

/* Whether Postfix leads mail to inlayd, and no mail around it. */
void examine_postfix(
    struct diagnosis *diagnosis, const struct settings *settings);

/* The store as a whole; opens it for the rest. 1 open, 0 it cannot be. */
int examine_store(struct diagnosis *diagnosis, struct cli *cli);

/* What is in it: campaigns, sources, consents, records; of so many people as
 * can be read within a second. read_until says until when the delivery log was
 * read, NULL: never. The store must be open. */
void examine_people(
    struct diagnosis *diagnosis, struct cli *cli, const int64_t *read_until);

/* Whether the clock is kept right. */
void examine_clock(struct diagnosis *diagnosis);

/* Whether the DNS has what receivers ask for. */
void examine_dns(struct diagnosis *diagnosis, const struct settings *settings);

#endif
