#include "tools/people/walk.h"

#include "tools/interrupt.h"
#include "tools/progress.h"

#define PAGE 512
#define PAGE_MEMORY ((size_t)256 << 20)
#define ONE_MEMORY ((size_t)256 << 20)

/* Whether the person is another tenant's; a history without a profile does
 * not say whose it is. */
static bool
is_of_another(const struct walk *walk, const struct person_edit *person)
{
	struct record_key own;

	if (!person->known)
		return false;
	own = record_key(walk->tenant, person->address);
	return record_key_cmp(&own, &person->key) != 0;
}

/* One decoded record to the caller. As walk.each. */
static int
visit(struct walk *walk, const struct record *record, struct arena *one,
    struct err *err)
{
	struct person_edit person = { .key = record->key, .record = *record };
	struct err trouble = ERR_INIT;

	arena_reset(one);
	if (person_edit_decode(&person, one, &trouble) < 0) {
		walk->seen++;
		walk->damaged++;
		return 0;
	}
	person.address = person.profile.address;
	if (is_of_another(walk, &person))
		return 0;
	walk->seen++;
	return walk->each(walk->context, &person, one, err);
}

static int
walk_pages(struct cli *cli, struct walk *walk, struct arena *page,
    struct arena *one, struct record *records, struct err *err)
{
	struct engine_stat stat = { .name = NULL };
	struct progress progress;
	struct scan scan;
	uint64_t total = 0, read = 0;
	size_t count = 0;
	int more = 1, status = 0;

	memset(&scan, 0, sizeof(scan));
	walk->tenant = cli->tenant;
	if (engine_stat_quick(cli->engine, &stat, err) < 0)
		return -1;
	for (int i = 0; i < RECORD_KINDS; i++)
		if (stat.records[i] > total)
			total = stat.records[i];
	progress_begin(&progress, cli->errors, walk->label, "records");
	interrupt_watch();
	while (more > 0 && status == 0 && !interrupt_seen()) {
		arena_reset(page);
		more = engine_scan(
		    cli->engine, &scan, page, records, PAGE, &count, err);
		for (size_t i = 0; more > 0 && i < count && status == 0; i++)
			status = visit(walk, &records[i], one, err);
		read += more > 0 ? count : 0;
		progress_at(&progress, read, read, total);
	}
	progress_end(&progress);
	if (more < 0 || status < 0)
		return -1;
	return status == 0 && more == 0;
}

int
walk(struct cli *cli, struct walk *walk, struct err *err)
{
	struct arena *page = arena_new(PAGE_MEMORY);
	struct arena *one = arena_new(ONE_MEMORY);
	struct record *records =
	    arena_calloc(cli->arena, PAGE, sizeof(*records));
	int status = -1;

	if (page && one && records)
		status = walk_pages(cli, walk, page, one, records, err);
	else
		err_set(err, ERR_MEMORY, "out of memory");
	arena_free(&page);
	arena_free(&one);
	return status;
}
