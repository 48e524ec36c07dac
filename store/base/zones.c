#include "store/base/zone.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	ZONES_MAX = 64,		  /* a campaign names one, a template a few */
	ZONE_MEMORY = 256 * 1024, /* of one; they take some kilobytes */
};

struct zone_entry {
	struct zone_entry *next;
	struct arena *arena; /* this and all below lives in it */
	struct span name;
	const struct zone *zone;
	unsigned holders;
};

struct zones {
	char *directory;
	/* Guards the list, its count and all holders. */
	pthread_mutex_t mutex;
	struct zone_entry
	    *newest; /* used last; the least recently used is last */
	unsigned count;
};

struct zones *
zones_new(const char *directory)
{
	struct zones *zones = calloc(1, sizeof *zones);

	if (zones == NULL)
		return NULL;
	if (directory != NULL)
		zones->directory = strdup(directory);
	if ((directory != NULL && zones->directory == NULL) ||
	    pthread_mutex_init(&zones->mutex, NULL) != 0) {
		free(zones->directory);
		free(zones);
		return NULL;
	}
	return zones;
}

static void
entry_free(struct zone_entry *entry)
{
	struct arena *arena = entry->arena;

	arena_free(&arena);
}

void
zones_free(struct zones **zones)
{
	if (*zones == NULL)
		return;
	while ((*zones)->newest != NULL) {
		struct zone_entry *entry = (*zones)->newest;

		(*zones)->newest = entry->next;
		entry_free(entry);
	}
	pthread_mutex_destroy(&(*zones)->mutex);
	free((*zones)->directory);
	free(*zones);
	*zones = NULL;
}

/* 1 and *entry, 0 no such zone, -1. */
static int
entry_read(struct zones *zones, struct span name, struct zone_entry **entry,
    struct err *err)
{
	struct arena *arena = arena_new(ZONE_MEMORY);
	struct zone_entry *fresh =
	    arena ? ARENA_NEW(arena, struct zone_entry) : NULL;
	int found;

	if (fresh == NULL || arena_dup(arena, name, &fresh->name) < 0) {
		arena_free(&arena);
		return err_set(err, ERR_MEMORY, "no memory for a time zone");
	}
	fresh->arena = arena;
	found = zone_read(zones->directory, name, arena, &fresh->zone, err);
	if (found <= 0)
		arena_free(&arena);
	*entry = fresh;
	return found;
}

/* Takes the entry out of its place, or NULL. */
static struct zone_entry *
unlink_name(struct zones *zones, struct span name)
{
	struct zone_entry **at = &zones->newest, *entry;

	while (*at != NULL && !span_eq((*at)->name, name))
		at = &(*at)->next;
	entry = *at;
	if (entry != NULL)
		*at = entry->next;
	return entry;
}

/* The least recently used that nobody holds goes. */
static void
evict(struct zones *zones)
{
	struct zone_entry **at = &zones->newest, **last = NULL, *entry;

	for (; *at != NULL; at = &(*at)->next)
		if ((*at)->holders == 0)
			last = at;
	if (zones->count <= ZONES_MAX || last == NULL)
		return;
	entry = *last;
	*last = entry->next;
	zones->count--;
	entry_free(entry);
}

int
zones_acquire(struct zones *zones, struct span name, const struct zone **zone,
    bool *fresh, struct err *err)
{
	struct zone_entry *entry;
	int found = 1;

	pthread_mutex_lock(&zones->mutex);
	entry = unlink_name(zones, name);
	*fresh = entry == NULL;
	if (entry == NULL) {
		found = entry_read(zones, name, &entry, err);
		zones->count += found == 1;
	}
	if (found == 1) {
		*zone = entry->zone;
		entry->holders++;
		entry->next = zones->newest;
		zones->newest = entry;
		evict(zones);
	}
	pthread_mutex_unlock(&zones->mutex);
	return found;
}

void
zones_release(struct zones *zones, const struct zone *zone)
{
	struct zone_entry *entry;

	pthread_mutex_lock(&zones->mutex);
	entry = zones->newest;
	while (entry != NULL && entry->zone != zone)
		entry = entry->next;
	if (entry != NULL)
		entry->holders--;
	pthread_mutex_unlock(&zones->mutex);
}
