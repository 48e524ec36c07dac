/*
 * Tidings are what the world says about one copy of a mailing: delivered,
 * bounced, given up, complained about. They find the exposure by Message-ID
 * and recipient, for the world does not know the campaign.
 */
#ifndef INLAY_TOOLS_TIDINGS_H
#define INLAY_TOOLS_TIDINGS_H

#include "store/history.h"
#include "tools/cli.h"

struct tidings {
	struct span message_id; /* with its angle brackets */
	enum exposure_state state;
	bool complaint; /* no new state: the person wants no more mail */
	int64_t at;
	bool known;   /* out: there is such a copy */
	bool changed; /* out: and it was news */
};

/* Brings them into the record of the address. 1 known, 0 not, -1 the store
 * failed. The command's arena is as before. */
int tidings_tell(struct cli *cli, struct tidings *tidings, struct span address,
    struct err *err);

#endif
