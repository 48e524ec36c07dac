#include "milter/snapshot.h"

#include <pthread.h>
#include <stdlib.h>

#include "store/engine/engine.h"

#define CATALOG_LIMIT ((size_t)1 << 30)

struct held {
	struct held *older;
	struct catalog *catalog;
	size_t holders;
};

struct snapshot {
	struct engine *engine;
	/* Guards all below. */
	pthread_mutex_t lock;
	struct held *newest;
	struct err trouble;
	uint64_t told; /* the generation that trouble was last about, or 0 */
	bool lasting;  /* and trying that one again is no use */
	uint64_t failures; /* to load */
};

static int
hold_newer(struct snapshot *snapshot, struct err *err)
{
	struct held *held = calloc(1, sizeof *held);

	if (held == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the catalog");
	if (catalog_load(snapshot->engine, CATALOG_LIMIT, &held->catalog, err) <
	    0) {
		free(held);
		return -1;
	}
	held->older = snapshot->newest;
	snapshot->newest = held;
	return 0;
}

/* Frees what nobody holds, but never the newest. */
static void
drop_unheld(struct snapshot *snapshot)
{
	struct held **link = &snapshot->newest->older;

	while (*link != NULL) {
		struct held *held = *link;

		if (held->holders != 0) {
			link = &held->older;
			continue;
		}
		*link = held->older;
		catalog_free(&held->catalog);
		free(held);
	}
}

int
snapshot_open(
    struct engine *engine, struct snapshot **snapshot, struct err *err)
{
	struct snapshot *fresh = calloc(1, sizeof *fresh);

	if (fresh == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the catalog");
	fresh->engine = engine;
	pthread_mutex_init(&fresh->lock, NULL);
	if (hold_newer(fresh, err) < 0) {
		pthread_mutex_destroy(&fresh->lock);
		free(fresh);
		return -1;
	}
	*snapshot = fresh;
	return 0;
}

void
snapshot_close(struct snapshot **snapshot)
{
	if (*snapshot == NULL)
		return;
	drop_unheld(*snapshot);
	catalog_free(&(*snapshot)->newest->catalog);
	free((*snapshot)->newest);
	pthread_mutex_destroy(&(*snapshot)->lock);
	free(*snapshot);
	*snapshot = NULL;
}

/* Whether the same documents would fail the same way again. */
static bool
is_lasting(enum err_code code)
{
	return code != ERR_MEMORY && code != ERR_STORE && code != ERR_SYSTEM;
}

/* What fails for the store's or memory's sake is tried again with the next
 * message, but told of once; documents that do not parse are not even tried
 * again. */
static void
refresh(struct snapshot *snapshot)
{
	uint64_t generation;
	struct err err = ERR_INIT;

	if (engine_catalog_generation(snapshot->engine, &generation, &err) < 0)
		return; /* the engine reports its own troubles */
	if (generation == snapshot->newest->catalog->generation ||
	    (generation == snapshot->told && snapshot->lasting))
		return;
	if (hold_newer(snapshot, &err) == 0) {
		snapshot->told = 0;
	} else {
		snapshot->failures++;
		if (generation != snapshot->told)
			snapshot->trouble = err;
		snapshot->told = generation;
		snapshot->lasting = is_lasting(err.code);
	}
	drop_unheld(snapshot);
}

const struct catalog *
snapshot_acquire(struct snapshot *snapshot)
{
	const struct catalog *catalog;

	pthread_mutex_lock(&snapshot->lock);
	refresh(snapshot);
	snapshot->newest->holders++;
	catalog = snapshot->newest->catalog;
	pthread_mutex_unlock(&snapshot->lock);
	return catalog;
}

void
snapshot_release(struct snapshot *snapshot, const struct catalog *catalog)
{
	struct held *held;

	pthread_mutex_lock(&snapshot->lock);
	for (held = snapshot->newest; held->catalog != catalog;)
		held = held->older;
	held->holders--;
	drop_unheld(snapshot);
	pthread_mutex_unlock(&snapshot->lock);
}

int
snapshot_trouble(struct snapshot *snapshot, struct err *err)
{
	int found;

	pthread_mutex_lock(&snapshot->lock);
	found = snapshot->trouble.code != ERR_NONE;
	*err = snapshot->trouble;
	err_clear(&snapshot->trouble);
	pthread_mutex_unlock(&snapshot->lock);
	return found;
}

uint64_t
snapshot_generation(struct snapshot *snapshot, uint64_t *failures)
{
	uint64_t generation;

	pthread_mutex_lock(&snapshot->lock);
	generation = snapshot->newest->catalog->generation;
	*failures = snapshot->failures;
	pthread_mutex_unlock(&snapshot->lock);
	return generation;
}
