#include "tools/people/decodable.h"

#include <jansson.h>

#include "store/catalog/catalog.h"
#include "store/engine/sweep.h"
#include "store/record/history.h"
#include "store/record/profile.h"
#include "tools/interrupt.h"

#define PAGE 512
#define PAGE_MEMORY ((size_t)256 << 20)
#define CATALOG_MEMORY ((size_t)256 << 20)

struct check {
	struct cli *cli;
	struct arena *page; /* what the engine gave */
	uint64_t unreadable;
};

static int
decode_profile(struct span bytes, struct arena *arena, struct err *err)
{
	struct profile profile;

	return profile_decode(bytes, arena, &profile, err);
}

static int
decode_history(struct span bytes, struct arena *arena, struct err *err)
{
	struct history history;

	return history_decode(bytes, arena, &history, err);
}

/* A tombstone says all by being there. */
static int (*const decoders[RECORD_KINDS])(
    struct span bytes, struct arena *arena, struct err *err) = {
	[RECORD_PROFILE] = decode_profile,
	[RECORD_HISTORY] = decode_history,
};

static int
check_record(void *context, const struct record *record, struct arena *one,
    struct err *none)
{
	struct check *check = context;
	char hex[33];

	(void)none;

	for (size_t i = 0; i < RECORD_KINDS; i++) {
		const struct stored *value = &record->values[i];
		struct err err = ERR_INIT;

		if (decoders[i] == NULL || value->version == 0 ||
		    value->corrupt)
			continue;
		arena_reset(one);
		if (decoders[i](value->bytes, one, &err) == 0)
			continue;
		fprintf(check->cli->errors, "inlay: unreadable record %s: %s\n",
		    record_key_hex(&record->key, hex), err.text);
		check->unreadable++;
	}
	return 0;
}

static bool
interrupted(void *context, uint64_t read)
{
	(void)context;
	(void)read;
	return interrupt_seen();
}

static int
decode_row(struct span json, struct err *err)
{
	json_error_t where;
	json_t *row = json_loadb(json.at, json.len, 0, &where);
	bool object = json_is_object(row);

	json_decref(row);
	return object ? 0 : err_set(err, ERR_INPUT, "is no JSON object");
}

/* As a catalog that holds nothing else. */
static int
decode_document(const struct entry *entry, struct err *err)
{
	struct catalog *catalog = catalog_new(CATALOG_MEMORY);
	int status;

	if (!catalog)
		return err_set(err, ERR_MEMORY, "out of memory");
	status = catalog_add(catalog, entry->name, entry->bytes, err);
	catalog_free(&catalog);
	return status;
}

static void
check_entry(struct check *check, const struct entry *entry)
{
	struct err err = ERR_INIT;
	char line[512];
	int status = 0;

	if (span_starts(entry->name, CATALOG_ROW))
		status = decode_row(entry->bytes, &err);
	else if (!span_starts(entry->name, ENGINE_QUIET_NOTE))
		status = decode_document(entry, &err);
	if (status == 0)
		return;
	fprintf(check->cli->errors, "inlay: unreadable entry %.*s: %s\n",
	    SPAN_ARG(entry->name), err_line(&err, line, sizeof(line)));
	check->unreadable++;
}

static int
check_entries(struct check *check, struct err *err)
{
	struct catalog_page page = { .most = PAGE };
	int more = 1;

	while (more > 0 && !interrupt_seen()) {
		arena_reset(check->page);
		more = engine_catalog_list(
		    check->cli->engine, check->page, &page, err);
		for (size_t i = 0; more >= 0 && i < page.count; i++)
			check_entry(check, &page.entries[i]);
	}
	return more < 0 ? -1 : 0;
}

int
decodable_check(struct cli *cli, uint64_t *unreadable, struct err *err)
{
	struct check check = { .cli = cli, .page = arena_new(PAGE_MEMORY) };
	struct sweep sweep = { check_record, interrupted, &check };
	int status = -1;

	if (!check.page)
		err_set(err, ERR_MEMORY, "out of memory");
	else if (sweep_run(&sweep, cli->engine, err) >= 0 &&
		 check_entries(&check, err) == 0)
		status = !interrupt_seen();
	arena_free(&check.page);
	*unreadable = check.unreadable;
	return status;
}
