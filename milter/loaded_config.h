/*
 * A loaded_config is one reading of inlay.conf with everything made from it:
 * the settings, the parsed signing keys, the verifier. It never changes and is
 * shared by reference; a reload makes another one, and messages under way
 * end with the one they began with.
 */
#ifndef INLAY_MILTER_LOADED_CONFIG_H
#define INLAY_MILTER_LOADED_CONFIG_H

#include "milter/settings.h"
#include "milter/sign/verify.h"
#include "store/base/log.h"

struct loaded_config {
	struct settings *settings;
	struct signer *signer;	   /* NULL: sign = no */
	struct verifier *verifier; /* NULL: no rule has require=dkim */
};

/* Reads the file and every key it names. The caller holds the first
 * reference. 0, or -1 with ERR_CONFIG, ERR_KEY, ERR_SYSTEM or ERR_MEMORY. */
int loaded_config_open(
    const char *file, const struct loaded_config **config, struct err *err);

/* One more reference. Returns its argument. */
const struct loaded_config *loaded_config_acquire(
    const struct loaded_config *config);

/* One reference less, and the caller's pointer is cleared. */
void loaded_config_release(const struct loaded_config **config);

/* Counts a message that the rule allowed and that was refused, at that time
 * (Unix seconds), and warns, with the line of the rule, where somebody should
 * hear of it. */
void loaded_config_refused(const struct loaded_config *config,
    const struct rule *rule, int64_t now, struct log *log);

/* Whether the message is as authentic as the rule demands: 1; 0 with
 * ERR_AUTH; -1 when that cannot be told now. */
int loaded_config_authentic(const struct loaded_config *config,
    const struct rule *rule, struct span message, int64_t now,
    struct arena *arena, struct err *err);

#endif
