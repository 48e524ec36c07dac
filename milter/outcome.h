/*
 * An outcome is what becomes of one campaign message: admitted, personalised,
 * recorded, signed, and turned into orders for the mail server. When
 * outcome_prepare() returns 0 nothing is left that could fail but telling the
 * mail server.
 */
#ifndef INLAY_MILTER_OUTCOME_H
#define INLAY_MILTER_OUTCOME_H

#include <stdint.h>

#include "milter/intake.h"
#include "milter/mail/rendering.h"
#include "milter/personalise.h"
#include "milter/loaded_config.h"
#include "milter/logged_id.h"
#include "milter/statistics.h"
#include "store/base/log.h"

struct outcome {
	enum counter verdict; /* what it counts as, and the log's word */
	struct err err;	      /* why not, or ERR_NONE */
	struct personalised personalised;
	struct signatures signatures;
	int64_t sign_us;
	int64_t begun; /* as of monotonic_us */

	/* The orders, in the order in which they are to be given. */
	const struct header_change *changes;
	size_t change_count;
	char **signature_values; /* C strings with LF folds, topmost first */
	bool has_body;
	struct buf body;
};

void outcome_begin(struct outcome *outcome);

/* Is it whole, and as authentic as the rule demands? 0, or -1 and the
 * outcome's err says why not. */
int outcome_admit(struct outcome *outcome, const struct loaded_config *config,
    const struct rule *rule, const struct intake *intake);

/* What other mail lacks where only campaign mail is taken, in words that
 * somebody can act on: the outcome's err. */
void outcome_lacks_campaign(
    struct outcome *outcome, const struct intake *intake);

/* Campaign mail that no rule allows: the outcome's err. */
void outcome_stowaway(struct outcome *outcome, const struct peer *peer);

/* Personalises, records, signs and readies the orders. 0, or -1 as above;
 * what leaves is only decided by the caller's reply. */
int outcome_prepare(struct outcome *outcome, const struct loaded_config *config,
    const struct rule *rule, struct personaliser *personaliser,
    const struct intake *intake);

/* What a personaliser's verdict counts as. */
enum counter outcome_counter(enum personalise_verdict verdict);

/* What a line of the log is made of. */
struct outcome_told;

/* A key of the log's line; write() adds the pair, or nothing where there is
 * nothing to say. */
struct outcome_pair {
	const char *key;
	void (*write)(struct log_line *line, const char *key,
	    const struct outcome_told *told);
};

extern const struct outcome_pair outcome_pairs[]; /* ends with a NULL key */

/* Writes the one line about the message; id is the queue id or NULL. */
void outcome_log(const struct outcome *outcome, const char *id,
    const struct intake *intake, enum logged_id message_id, struct log *log);

/* Counts the message, with the reason that its line in the log tells. */
void outcome_count(
    const struct outcome *outcome, struct statistics *statistics);

/* Gives back what the personaliser holds for it. */
void outcome_end(struct outcome *outcome, struct personaliser *personaliser);

#endif
