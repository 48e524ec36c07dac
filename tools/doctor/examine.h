/*
 * What `inlay doctor` looks at, a function for each part of an installation.
 * Each adds what it finds to the diagnosis and goes on; only memory that is
 * out is a failure.
 */
#ifndef INLAY_TOOLS_EXAMINE_H
#define INLAY_TOOLS_EXAMINE_H

#include "store/engine/chore.h"
#include "tools/cli.h"
#include "tools/doctor/diagnosis.h"

struct settings;

/* What `inlayd -n` finds in the file. */
void examine_settings(struct diagnosis *diagnosis, const char *file);

/* Whether inlayd answers at its socket when Postfix's user asks. 1 it does,
 * 0. */
int examine_socket(
    struct diagnosis *diagnosis, const struct settings *settings);

/* What inlayd answers at its control socket. */
void examine_control(
    struct diagnosis *diagnosis, const struct settings *settings);

/* Whether Postfix leads mail to inlayd, and no mail around it. 1, 0 there is
 * no Postfix on this machine. */
int examine_postfix(
    struct diagnosis *diagnosis, const struct settings *settings);

/* The same for sendmail, where there is one. */
void examine_sendmail(
    struct diagnosis *diagnosis, const struct settings *settings);

/* The store as a whole; opens it for the rest. 1 open, 0 it cannot be. */
int examine_store(struct diagnosis *diagnosis, struct cli *cli);

/* When chores were last done. */
struct chores_done {
	struct chore_readings read;   /* of delivery logs */
	struct chore_readings clicks; /* of web servers' logs */
	const int64_t *tidied;	      /* NULL: never */
};

/* What is in it: campaigns, sources, consents, records; of so many people as
 * can be read within a second. The store must be open. */
void examine_people(struct diagnosis *diagnosis, struct cli *cli,
    const struct chores_done *done);

/* Whether the clock is kept right. */
void examine_clock(struct diagnosis *diagnosis);

/* Whether the DNS has the public halves of the keys. */
void examine_dns(struct diagnosis *diagnosis, const struct settings *settings);

/* Whether receivers find SPF and DMARC of the domains that mail comes from, and
 * whether what signs it speaks for them. */
void examine_senders(struct diagnosis *diagnosis, struct cli *cli);

/* Whether one click unsubscribes: asks the services that campaigns name. The
 * store must be open. */
void examine_unsubscribe(struct diagnosis *diagnosis, struct cli *cli);

#endif
