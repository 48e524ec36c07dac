#include "milter/recording.h"

#include <time.h>

#include "milter/reply.h"
#include "store/base/monotonic.h"

#define PAUSE_MAX 100 /* ms between attempts, when others write first */

unsigned
journey_patience_ms(const struct journey *journey, int64_t now)
{
	int64_t left = journey->personaliser->options.deadline_ms -
		       (now - journey->begun) / 1000;

	return left > 0 ? (unsigned)left : 0;
}

int
journey_out_of_time(const struct journey *journey, struct err *err)
{
	if (journey->attempts != 0)
		return err_set(err, ERR_CONFLICT,
		    "other daemons wrote to this recipient's record %u times",
		    journey->attempts);
	return err_set(err, ERR_DEADLINE,
	    "the deadline passed before the record was written, after %lld ms "
	    "behind other messages to this recipient",
	    (long long)journey->turn_us / 1000);
}

/* Another daemon wrote first. Between two of them only chance makes an order:
 * a pause that the clock's last digits choose, longer each time. */
static void
pause_a_while(const struct journey *journey)
{
	int64_t now = monotonic_us();
	unsigned most =
	    journey->attempts < 7 ? 1U << journey->attempts : PAUSE_MAX;
	long us = (long)(now % 1000) * (long)most;
	struct timespec moment = { 0, us * 1000 };

	if (us / 1000 < (long)journey_patience_ms(journey, now))
		nanosleep(&moment, NULL);
}

/* Writes the entry. 1 durable, 0 somebody else wrote first, -1. */
static int
expose(struct journey *journey, struct exposure *entry, struct err *err)
{
	int64_t begun = monotonic_us();
	int done;

	if (journey_patience_ms(journey, begun) == 0)
		return journey_out_of_time(journey, err);
	entry->channel = channel_name(journey->request->channel);
	entry->edition = journey->catalog->generation;
	memcpy(entry->tag, journey->key.bytes, sizeof entry->tag);
	done = person_expose(journey->personaliser->engine, &journey->person,
	    entry, journey->catalog, journey_patience_ms(journey, begun),
	    journey->arena, err);
	journey->commit_us += monotonic_us() - begun;
	if (done == 0) {
		journey->attempts++;
		pause_a_while(journey);
	}
	return done;
}

int
journey_commit(struct journey *journey, struct err *err)
{
	bool mail = channel_is_mail(journey->request->channel);
	/* Elsewhere nothing reports delivery: what is given out is shown. */
	struct exposure entry = { .state = mail ? EXPOSURE_RESERVED
						: EXPOSURE_DELIVERED,
		.state_at = journey->now };

	if (journey->preview || journey->replayed)
		return 1;
	if (decision_record(journey->decision, journey->now, journey->arena,
		&entry, err) < 0)
		return -1;
	return expose(journey, &entry, err);
}

/* A copy that does not leave has an entry, too (promise I3), for a comparison
 * counts whoever was dealt an arm. But of the erased nothing is kept, and what
 * an earlier attempt recorded stays. Returns as above. */
static int
commit_unsent(
    struct journey *journey, enum exposure_state state, struct err *err)
{
	struct exposure entry = { .state = state,
		.state_at = journey->request->now };

	if (journey->preview || journey->person.erased ||
	    history_find(&journey->person.history, &journey->key) != NULL)
		return 1;
	if (decision_record_unsent(journey->decision, journey->request->now,
		journey->arena, &entry, err) < 0)
		return -1;
	return expose(journey, &entry, err);
}

/* Whether the failure is the end of a copy that somebody was to get. */
static bool
is_final(const struct journey *journey, const struct err *err)
{
	return journey->decision != NULL &&
	       !refusal_passes(journey->decision->refusal) &&
	       reply_for(err->code)->action == REPLY_REJECT;
}

/* Whether the copy is to vanish, where deciding ended with a refusal. */
static bool
discards_refused(const struct journey *journey)
{
	return journey->campaign->refuse == REFUSE_DISCARD &&
	       journey->decision != NULL &&
	       journey->decision->refusal != REFUSAL_NONE &&
	       !refusal_passes(journey->decision->refusal);
}

int
journey_settle_unsent(struct journey *journey, struct err *err)
{
	struct err why = ERR_INIT;
	int done;

	if (!is_final(journey, err))
		return -1;
	done = commit_unsent(journey,
	    err->code == ERR_ABORT ? EXPOSURE_ABORTED : EXPOSURE_REFUSED, &why);
	journey->discarded = done == 1 && discards_refused(journey);
	if (done < 0)
		*err = why;
	if (done == 0)
		err_clear(err);
	return done == 0 ? 0 : -1;
}
