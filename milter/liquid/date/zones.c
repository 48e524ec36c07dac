#include "milter/liquid/date/zone.h"

#include <pthread.h>
#include <stdlib.h>

enum {
	ZONES_MAX = 600, /* there are about as many names */
	ZONES_MEMORY = 4 * 1024 * 1024,
};

struct zone_entry {
	struct span name;
	const struct zone *zone;
	struct zone_entry *next;
};

struct zones {
	char *directory;
	/* Guards the list, its count and the arena; entries never change. */
	pthread_mutex_t mutex;
	struct arena *arena;
	struct zone_entry *first;
	unsigned count;
};

struct zones *
zones_new(const char *directory)
{
	struct zones *zones = calloc(1, sizeof *zones);

	if (zones == NULL)
		return NULL;
	zones->arena = arena_new(ZONES_MEMORY);
	if (directory != NULL)
		zones->directory = strdup(directory);
	if (zones->arena == NULL ||
	    (directory != NULL && zones->directory == NULL) ||
	    pthread_mutex_init(&zones->mutex, NULL) != 0) {
		arena_free(&zones->arena);
		free(zones->directory);
		free(zones);
		return NULL;
	}
	return zones;
}

void
zones_free(struct zones **zones)
{
	if (*zones == NULL)
		return;
	pthread_mutex_destroy(&(*zones)->mutex);
	arena_free(&(*zones)->arena);
	free((*zones)->directory);
	free(*zones);
	*zones = NULL;
}

static int
entry_add(struct zones *zones, struct span name, const struct zone **zone,
    struct err *err)
{
	struct arena_mark mark = arena_mark(zones->arena);
	struct zone_entry *entry;
	int found;

	if (zones->count >= ZONES_MAX)
		return err_set(err, ERR_LIMIT, "too many time zones in use");
	found = zone_read(zones->directory, name, zones->arena, zone, err);
	if (found <= 0) {
		arena_rewind(zones->arena, mark);
		return found;
	}
	entry = ARENA_NEW(zones->arena, struct zone_entry);
	if (entry == NULL || arena_dup(zones->arena, name, &entry->name) < 0)
		return err_set(err, ERR_MEMORY, "no memory for a time zone");
	entry->zone = *zone;
	entry->next = zones->first;
	zones->first = entry;
	zones->count++;
	return 1;
}

int
zones_find(struct zones *zones, struct span name, const struct zone **zone,
    struct err *err)
{
	struct zone_entry *entry;
	int found = 1;

	pthread_mutex_lock(&zones->mutex);
	for (entry = zones->first; entry != NULL; entry = entry->next)
		if (span_eq(entry->name, name))
			break;
	if (entry != NULL)
		*zone = entry->zone;
	else
		found = entry_add(zones, name, zone, err);
	pthread_mutex_unlock(&zones->mutex);
	return found;
}
