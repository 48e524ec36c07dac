/*
 * A service is one reading of inlay.conf with everything made from it: the
 * settings, the parsed signing keys, the verifier. It never changes and is
 * shared by reference; a reload makes another one, and messages under way
 * end with the one they began with.
 */
#ifndef INLAY_MILTER_SERVICE_H
#define INLAY_MILTER_SERVICE_H

#include "milter/settings.h"

struct service {
	struct settings *settings;
	struct signer *signer;	   /* NULL: sign = no */
	struct verifier *verifier; /* NULL: no rule has require=dkim */
};

/* Reads the file and every key it names. The caller holds the first
 * reference. 0, or -1 with ERR_CONFIG, ERR_KEY, ERR_SYSTEM or ERR_MEMORY. */
int service_open(
    const char *file, const struct service **service, struct err *err);

/* One more reference. Returns its argument. */
const struct service *service_acquire(const struct service *service);

/* One reference less, and the caller's pointer is cleared. */
void service_release(const struct service **service);

/* Whether the message is as authentic as the rule demands: 1; 0 with
 * ERR_AUTH; -1 when that cannot be told now. */
int service_authentic(const struct service *service, const struct rule *rule,
    struct span message, int64_t now, struct arena *arena, struct err *err);

#endif
