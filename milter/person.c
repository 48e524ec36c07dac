#include "milter/person.h"

#include "store/catalog/catalog.h"

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the recipient's record");
}

/* What does not decode was written by a newer version, or by nobody: either
 * way it must not be overwritten with what this version would make of it. */
static int
unreadable(const char *what, const struct err *why, struct err *err)
{
	if (why->code == ERR_MEMORY)
		return full(err);
	return err_set(err, ERR_STORE, "the %s: %s", what, why->text);
}

static int
normalise(struct span address, struct arena *arena, struct person *person,
    struct err *err)
{
	int is_address =
	    address_normalise(address, arena, &person->address, err);

	if (is_address < 0)
		return -1;
	if (is_address == 0 && arena_dup(arena, address, &person->address) < 0)
		return full(err);
	return 0;
}

int
person_name(struct span tenant, struct span address, struct arena *arena,
    struct person *person, struct err *err)
{
	*person = (struct person){ .profile = NULL };
	if (normalise(address, arena, person, err) < 0)
		return -1;
	person->key = record_key(tenant, person->address);
	return 0;
}

int
person_read(struct engine *engine, struct span tenant, struct span address,
    struct arena *arena, struct person *person, struct err *err)
{
	struct err why = ERR_INIT;
	struct record record;
	struct stored profile, history;

	if (person_name(tenant, address, arena, person, err) < 0 ||
	    engine_get(engine, &person->key, arena, &record, err) < 0)
		return -1;
	profile = record.values[RECORD_PROFILE];
	history = record.values[RECORD_HISTORY];
	person->history_version = history.version;
	person->erased = record.values[RECORD_TOMBSTONE].version != 0;
	if (history_decode(history.bytes, arena, &person->history, &why) < 0)
		return unreadable("history", &why, err);
	if (profile.version == 0 || profile.corrupt)
		return 0;
	person->profile = ARENA_NEW(arena, struct profile);
	if (person->profile == NULL)
		return full(err);
	if (profile_decode(profile.bytes, arena, person->profile, &why) < 0)
		return unreadable("profile", &why, err);
	return 0;
}

/* What is folded, and what not. */
struct ledger {
	const struct catalog *catalog;
	int64_t now;
	int64_t newest; /* nothing from here on may be folded */
};

/* Entries before this moment are folded. A clock that jumped ahead must not
 * fold what is still being retried, so the newest entry is asked as well:
 * a retry that finds no record would decide again. */
static int64_t
fold_before(const struct ledger *ledger, int64_t keep)
{
	int64_t before =
	    ledger->now - (keep < HISTORY_RETRY ? HISTORY_RETRY : keep);

	return before < ledger->newest ? before : ledger->newest;
}

static int64_t
fold_before_of(const void *context, struct span campaign)
{
	const struct ledger *ledger = context;

	return fold_before(
	    ledger, catalog_ledger(ledger->catalog, campaign, HISTORY_KEEP));
}

/* The moment that nobody retries what is older than, whatever the clock. */
static int64_t
newest_past(const struct history *history)
{
	int64_t newest;

	if (history->exposure_count == 0)
		return INT64_MAX;
	newest = history->exposures[history->exposure_count - 1].time;
	return newest < INT64_MIN + HISTORY_RETRY ? INT64_MIN
						  : newest - HISTORY_RETRY;
}

int
person_expose(struct engine *engine, struct person *person,
    const struct exposure *exposure, const struct catalog *catalog, unsigned ms,
    struct arena *arena, struct err *err)
{
	const struct ledger ledger = { catalog, exposure->time,
		newest_past(&person->history) };
	const struct history_keep keep = { fold_before(&ledger, HISTORY_KEEP),
		fold_before_of, &ledger };
	struct write write = { .key = person->key,
		.kind = RECORD_HISTORY,
		.version = person->history_version };
	struct buf bytes;

	if (history_fold(&person->history, &keep, arena, err) < 0 ||
	    history_append(&person->history, exposure, arena, err) < 0)
		return -1;
	buf_init(&bytes, arena, ENGINE_VALUE_MAX);
	if (history_encode(&person->history, arena, &bytes, err) < 0)
		return -1;
	write.bytes = buf_span(&bytes);
	return engine_commit_within(engine, ms, &write, 1, err);
}
