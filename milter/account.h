/*
 * The account that inlayd serves as, found without asking systemd: who checks
 * the configuration or makes a key as root does it for that account.
 */
#ifndef INLAY_MILTER_ACCOUNT_H
#define INLAY_MILTER_ACCOUNT_H

#include <sys/types.h>

#include "store/base/err.h"

struct account {
	char name[64];
	uid_t uid;
	gid_t gid;
};

/* Who that is: `user` where it is not NULL; else, for root, the owner of the
 * store's directory, and where there is none yet the account "inlay", if this
 * machine knows it; else whoever asks. 0, or -1 ERR_CONFIG. */
int account_find(const char *user, const char *store, struct account *account,
    struct err *err);

/* Becomes that account, groups and all, and makes sure that there is no way
 * back. 0, also where it is whoever asks; or -1 ERR_SYSTEM. */
int account_become(const struct account *account, struct err *err);

#endif
