#include "store/engine/chore.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/base/buf.h"

#define READINGS_MAX 1000 /* notes that are looked at */
#define TIDYING SPAN("note/tidy")

/* 1, or 0: no note of a reading. */
static int
read_note(struct span text, struct chore_reading *reading)
{
	size_t line = span_find(text, '\n');
	char note[96];

	snprintf(note, sizeof(note), "%.*s", SPAN_ARG(text));
	reading->log = line < text.len ? span_from(text, line + 1) : SPAN_NONE;
	return sscanf(note, "%*s %*s %" SCNd64, &reading->at) == 1;
}

int
chore_readings(struct engine *engine, const char *notes, struct arena *arena,
    struct chore_readings *readings, struct err *err)
{
	struct catalog_page page = { .prefix = span_str(notes),
		.most = READINGS_MAX };

	*readings = (struct chore_readings){ .count = 0 };
	if (engine_catalog_list(engine, arena, &page, err) < 0)
		return -1;
	readings->list =
	    arena_calloc(arena, page.count + 1, sizeof(*readings->list));
	if (readings->list == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the readings");
	for (size_t i = 0; i < page.count; i++) {
		struct chore_reading *reading =
		    &readings->list[readings->count];

		reading->id = span_from(page.entries[i].name, page.prefix.len);
		readings->count +=
		    (size_t)read_note(page.entries[i].bytes, reading);
	}
	return 0;
}

static int
last_reading(struct engine *engine, const char *notes, struct arena *arena,
    int64_t *at, struct err *err)
{
	struct chore_readings readings;

	if (chore_readings(engine, notes, arena, &readings, err) < 0)
		return -1;
	for (size_t i = 0; i < readings.count; i++)
		if (i == 0 || readings.list[i].at < *at)
			*at = readings.list[i].at;
	return readings.count != 0;
}

int
chore_last_reading(
    struct engine *engine, struct arena *arena, int64_t *at, struct err *err)
{
	return last_reading(engine, CHORE_READING, arena, at, err);
}

int
chore_last_events(
    struct engine *engine, struct arena *arena, int64_t *at, struct err *err)
{
	return last_reading(engine, CHORE_EVENTS, arena, at, err);
}

int
chore_forget(struct engine *engine, const char *notes, struct span log,
    struct arena *arena, struct err *err)
{
	struct chore_readings readings;
	int forgotten = 0;

	if (chore_readings(engine, notes, arena, &readings, err) < 0)
		return -1;
	for (size_t i = 0; log.len != 0 && i < readings.count; i++) {
		const struct chore_reading *reading = &readings.list[i];
		struct entry gone = { .bytes = SPAN_NONE };
		struct buf name;

		if (!span_eq(reading->id, log) && !span_eq(reading->log, log))
			continue;
		buf_init(&name, arena, ENGINE_NAME_MAX);
		buf_str(&name, notes);
		buf_add(&name, reading->id);
		if (name.failed)
			return err_set(err, ERR_MEMORY, "out of memory");
		gone.name = buf_span(&name);
		if (engine_catalog_change(engine, &gone, 1, err) < 0)
			return -1;
		forgotten++;
	}
	return forgotten;
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
