#define _DEFAULT_SOURCE /* initgroups */

#include "milter/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PACKAGED "inlay" /* conf/sysusers.d makes it */

static void
take(struct account *account, const struct passwd *who)
{
	snprintf(account->name, sizeof account->name, "%s", who->pw_name);
	account->uid = who->pw_uid;
	account->gid = who->pw_gid;
}

/* Whose the store is, or will be. NULL: root's, or nobody's we know. */
static const struct passwd *
find_owner(const char *store)
{
	struct stat st;

	if (stat(store, &st) == 0)
		return getpwuid(st.st_uid);
	return getpwnam(PACKAGED);
}

int
account_find(const char *user, const char *store, struct account *account,
    struct err *err)
{
	const struct passwd *who = NULL;

	if (user != NULL) {
		who = getpwnam(user);
		if (who == NULL)
			return err_set(
			    err, ERR_CONFIG, "user: no user %s", user);
	} else if (geteuid() == 0) {
		who = find_owner(store);
	}
	if (who == NULL)
		who = getpwuid(geteuid());
	if (who != NULL)
		take(account, who);
	else
		*account = (struct account){ "-", geteuid(), getegid() };
	return 0;
}

int
account_become(const struct account *account, struct err *err)
{
	if (geteuid() == account->uid)
		return 0;
	if (initgroups(account->name, account->gid) < 0 ||
	    setgid(account->gid) < 0 || setuid(account->uid) < 0)
		return err_set(err, ERR_SYSTEM, "cannot become %s: %s",
		    account->name, strerror(errno));
	if (account->uid != 0 && setuid(0) == 0)
		return err_set(err, ERR_SYSTEM, "cannot give up root");
	return 0;
}
