#include "store/engine/sweep.h"

#define PAGE 256
/* At most, of the records of a page and of what becomes of one of them. */
#define MEMORY ((size_t)256 << 20)

/* 1 go on, 0 stop, -1. */
static int
each_of(const struct sweep *sweep, const struct record *records, size_t count,
    struct arena *one, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		int status;

		arena_reset(one);
		status = sweep->each(sweep->context, &records[i], one, err);
		if (status != 0)
			return status < 0 ? -1 : 0;
	}
	return 1;
}

static int
pages(const struct sweep *sweep, struct engine *engine, struct arena *page,
    struct arena *one, struct err *err)
{
	struct record records[PAGE];
	struct scan scan = { .begun = false };
	uint64_t read = 0;

	for (;;) {
		size_t count;
		int more, go;

		arena_reset(page);
		more = engine_scan(
		    engine, &scan, page, records, PAGE, &count, err);
		if (more <= 0)
			return more < 0 ? -1 : 1;
		go = each_of(sweep, records, count, one, err);
		if (go <= 0)
			return go;
		read += count;
		if (sweep->pause && sweep->pause(sweep->context, read))
			return 0;
	}
}

int
sweep_run(const struct sweep *sweep, struct engine *engine, struct err *err)
{
	struct arena *page = arena_new(MEMORY), *one = arena_new(MEMORY);
	int done = page && one ? pages(sweep, engine, page, one, err)
			       : err_set(err, ERR_MEMORY, "out of memory");

	arena_free(&page);
	arena_free(&one);
	return done;
}
