#include "store/engine/chore.h"

#include <inttypes.h>
#include <stdio.h>

#define READINGS_MAX 1000 /* notes that are looked at */
#define TIDYING SPAN("note/tidy")

/* The oldest of the newest readings whose notes begin so. */
static int
last_reading(struct engine *engine, struct span prefix, struct arena *arena,
    int64_t *at, struct err *err)
{
	struct catalog_page notes = { .prefix = prefix, .most = READINGS_MAX };
	int more = engine_catalog_list(engine, arena, &notes, err);
	int read = 0;

	for (size_t i = 0; more >= 0 && i < notes.count; i++) {
		char note[96];
		int64_t moment;

		snprintf(note, sizeof(note), "%.*s",
		    SPAN_ARG(notes.entries[i].bytes));
		if (sscanf(note, "%*s %*s %" SCNd64, &moment) != 1)
			continue;
		*at = read && *at < moment ? *at : moment;
		read = 1;
	}
	return more < 0 ? -1 : read;
}

int
chore_last_reading(
    struct engine *engine, struct arena *arena, int64_t *at, struct err *err)
{
	return last_reading(engine, SPAN(CHORE_READING), arena, at, err);
}

int
chore_last_events(
    struct engine *engine, struct arena *arena, int64_t *at, struct err *err)
{
	return last_reading(engine, SPAN(CHORE_EVENTS), arena, at, err);
}

int
chore_tidied(
    struct engine *engine, int64_t at, uint64_t reserved, struct err *err)
{
	struct entry entry = { .name = TIDYING };
	char text[64];

	snprintf(text, sizeof(text), "%" PRId64 " %" PRIu64, at, reserved);
	entry.bytes = span_str(text);
	return engine_catalog_change(engine, &entry, 1, err);
}

int
chore_last_tidying(struct engine *engine, struct arena *arena, int64_t *at,
    uint64_t *reserved, struct err *err)
{
	struct span bytes;
	char text[64];
	int found = engine_catalog_get(engine, TIDYING, arena, &bytes, err);

	if (found <= 0)
		return found;
	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(bytes));
	return sscanf(text, "%" SCNd64 " %" SCNu64, at, reserved) == 2;
}
