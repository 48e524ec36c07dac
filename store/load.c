#include "store/load.h"

#include "store/base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MEMORY ((size_t)64 * 1024 * 1024)
#define READ_BYTES ((size_t)128 * 1024)
#define WRITE_BYTES ((size_t)1024 * 1024)

/* A row as it is spooled, before its bytes. */
struct head {
	struct record_key key;
	uint64_t number;
	uint64_t len;
};

/* A row in memory. */
struct item {
	struct record_key key;
	uint64_t number;
	size_t at; /* in bytes */
	size_t len;
};

/* A sorted stretch of the spool, being read. */
struct run {
	uint64_t at; /* of the spool, next to read */
	uint64_t end;
	char *bytes;
	size_t first; /* of bytes, not used yet */
	size_t len;
	size_t room;
	struct load_row row; /* the next; points into bytes */
	bool ended;
};

struct loader {
	struct loader_options options;
	struct item *items;
	size_t count;
	size_t room;
	char *bytes;
	size_t len;
	size_t size;
	uint64_t number;
	int spool; /* -1: none yet */
	uint64_t spooled;
	struct run *runs;
	size_t run_count;
	size_t next; /* of items, once they are being read */
	struct run *current;
};

static int
out_of_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a load");
}

int
loader_open(const struct loader_options *options, struct loader **loader,
    struct err *err)
{
	struct loader *new = calloc(1, sizeof *new);

	if (new == NULL)
		return out_of_memory(err);
	new->options = *options;
	if (new->options.memory == 0)
		new->options.memory = MEMORY;
	new->spool = -1;
	*loader = new;
	return 0;
}

void
loader_close(struct loader **loader)
{
	struct loader *old = *loader;

	if (old == NULL)
		return;
	for (size_t i = 0; i < old->run_count; i++)
		free(old->runs[i].bytes);
	free(old->runs);
	if (old->spool >= 0)
		close(old->spool);
	free(old->items);
	free(old->bytes);
	free(old);
	*loader = NULL;
}

static int
row_cmp(const struct record_key *a, uint64_t a_number,
    const struct record_key *b, uint64_t b_number)
{
	int order = record_key_cmp(a, b);

	if (order != 0)
		return order;
	return a_number < b_number ? -1 : a_number > b_number;
}

static int
item_cmp(const void *left, const void *right)
{
	const struct item *a = left, *b = right;

	return row_cmp(&a->key, a->number, &b->key, b->number);
}

/* A file that nobody else can open, in the place that has room. */
static int
spool_open(struct loader *loader, struct err *err)
{
	char path[4096];

	snprintf(
	    path, sizeof path, "%s/spool.XXXXXX", loader->options.directory);
	loader->spool = mkstemp(path);
	if (loader->spool < 0)
		return err_set(err, ERR_SYSTEM, "cannot make a spool in %s: %s",
		    loader->options.directory, strerror(errno));
	unlink(path);
	return 0;
}

static int
spool_write(struct loader *loader, const char *at, size_t len, struct err *err)
{
	while (len != 0) {
		ssize_t done =
		    pwrite(loader->spool, at, len, (off_t)loader->spooled);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return err_set(err, ERR_SYSTEM,
			    "cannot write the spool in %s: %s",
			    loader->options.directory, strerror(errno));
		at += done;
		len -= (size_t)done;
		loader->spooled += (uint64_t)done;
	}
	return 0;
}

/* The sorted items as one stretch of the spool. */
static int
spool_items(struct loader *loader, struct err *err)
{
	struct buf out;
	int failed = 0;

	buf_init_heap(&out, WRITE_BYTES + ENGINE_VALUE_MAX);
	for (size_t i = 0; i < loader->count && failed == 0; i++) {
		const struct item *item = &loader->items[i];
		struct head head = { item->key, item->number, item->len };

		buf_add(&out, span_of(&head, sizeof head));
		buf_add(&out, span_of(loader->bytes + item->at, item->len));
		if (out.failed)
			failed = out_of_memory(err);
		else if (out.len >= WRITE_BYTES || i + 1 == loader->count)
			failed = spool_write(loader, out.at, out.len, err);
		if (out.len >= WRITE_BYTES)
			buf_clear(&out);
	}
	buf_deinit(&out);
	return failed;
}

static void
sort_items(struct loader *loader)
{
	if (loader->count != 0)
		qsort(loader->items, loader->count, sizeof *loader->items,
		    item_cmp);
}

/* Memory is full: what it holds goes to the spool as one more run. */
static int
spill(struct loader *loader, struct err *err)
{
	struct run *runs =
	    realloc(loader->runs, (loader->run_count + 1) * sizeof *runs);
	uint64_t begin;

	if (runs == NULL)
		return out_of_memory(err);
	loader->runs = runs;
	if (loader->spool < 0 && spool_open(loader, err) < 0)
		return -1;
	sort_items(loader);
	begin = loader->spooled;
	if (spool_items(loader, err) < 0)
		return -1;
	runs[loader->run_count++] =
	    (struct run){ .at = begin, .end = loader->spooled };
	loader->count = 0;
	loader->len = 0;
	return 0;
}

/* Room for one more item and its bytes, doubling up to the limit. */
static int
make_room(struct loader *loader, size_t len, struct err *err)
{
	if (loader->count == loader->room) {
		size_t room = loader->room ? loader->room * 2 : 1024;
		struct item *items =
		    realloc(loader->items, room * sizeof *items);

		if (items == NULL)
			return out_of_memory(err);
		loader->items = items;
		loader->room = room;
	}
	if (len > loader->size - loader->len) {
		size_t size = loader->size ? loader->size : 65536;
		char *bytes;

		while (size - loader->len < len)
			size *= 2;
		bytes = realloc(loader->bytes, size);
		if (bytes == NULL)
			return out_of_memory(err);
		loader->bytes = bytes;
		loader->size = size;
	}
	return 0;
}

int
loader_add(struct loader *loader, const struct record_key *key,
    struct span bytes, struct err *err)
{
	size_t used = loader->len + loader->count * sizeof *loader->items;

	if (bytes.len > ENGINE_VALUE_MAX)
		return err_set(err, ERR_INPUT, "a row is too long");
	if (loader->count != 0 && used + bytes.len > loader->options.memory &&
	    spill(loader, err) < 0)
		return -1;
	if (make_room(loader, bytes.len, err) < 0)
		return -1;
	loader->items[loader->count++] =
	    (struct item){ *key, loader->number++, loader->len, bytes.len };
	if (bytes.len != 0)
		memcpy(loader->bytes + loader->len, bytes.at, bytes.len);
	loader->len += bytes.len;
	return 0;
}

/* At least len unused bytes in the run's buffer. 0 or -1. */
static int
run_fill(struct loader *loader, struct run *run, size_t len, struct err *err)
{
	size_t want = len > READ_BYTES ? len : READ_BYTES;

	if (run->len - run->first >= len)
		return 0;
	memmove(run->bytes, run->bytes + run->first, run->len - run->first);
	run->len -= run->first;
	run->first = 0;
	if (run->room < want) {
		char *bytes = realloc(run->bytes, want);

		if (bytes == NULL)
			return out_of_memory(err);
		run->bytes = bytes;
		run->room = want;
	}
	while (run->len < len) {
		size_t most = run->room - run->len;
		ssize_t done;

		if (most > run->end - run->at)
			most = (size_t)(run->end - run->at);
		done = pread(
		    loader->spool, run->bytes + run->len, most, (off_t)run->at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return err_set(err, ERR_SYSTEM,
			    "cannot read the spool: %s",
			    done < 0 ? strerror(errno) : "cut short");
		run->at += (uint64_t)done;
		run->len += (size_t)done;
	}
	return 0;
}

/* Makes row the run's next. 0 or -1. */
static int
run_next(struct loader *loader, struct run *run, struct err *err)
{
	struct head head;

	if (run->at == run->end && run->first == run->len) {
		run->ended = true;
		return 0;
	}
	if (run_fill(loader, run, sizeof head, err) < 0)
		return -1;
	memcpy(&head, run->bytes + run->first, sizeof head);
	if (run_fill(loader, run, sizeof head + head.len, err) < 0)
		return -1;
	run->row.key = head.key;
	run->row.number = head.number;
	run->row.bytes =
	    span_of(run->bytes + run->first + sizeof head, (size_t)head.len);
	run->first += sizeof head + head.len;
	return 0;
}

/* The run with the lowest row, or NULL. */
static struct run *
lowest(struct loader *loader)
{
	struct run *best = NULL;

	for (size_t i = 0; i < loader->run_count; i++) {
		struct run *run = &loader->runs[i];

		if (!run->ended &&
		    (best == NULL || row_cmp(&run->row.key, run->row.number,
					 &best->row.key, best->row.number) < 0))
			best = run;
	}
	return best;
}

static int
next_row(void *context, struct load_row *row, struct err *err)
{
	struct loader *loader = context;
	const struct item *item = NULL;
	struct run *run;

	if (loader->current != NULL &&
	    run_next(loader, loader->current, err) < 0)
		return -1;
	loader->current = NULL;
	run = lowest(loader);
	if (loader->next < loader->count)
		item = &loader->items[loader->next];
	if (run == NULL && item == NULL)
		return 0;
	if (run == NULL ||
	    (item != NULL && row_cmp(&item->key, item->number, &run->row.key,
				 run->row.number) < 0)) {
		*row = (struct load_row){ item->key,
			span_of(loader->bytes + item->at, item->len),
			item->number };
		loader->next++;
		return 1;
	}
	*row = run->row;
	loader->current = run;
	return 1;
}

static int
merge_row(void *context, const struct load_row *row, const struct record *now,
    struct arena *arena, struct span changes[RECORD_KINDS], unsigned *kinds,
    struct err *err)
{
	struct loader *loader = context;

	return loader->options.merge(
	    loader->options.context, row, now, arena, changes, kinds, err);
}

static int
tell_step(void *context, uint64_t rows)
{
	struct loader *loader = context;

	if (loader->options.step == NULL)
		return 0;
	return loader->options.step(loader->options.context, rows);
}

int
loader_finish(struct loader *loader, uint64_t *rows, struct err *err)
{
	struct load_source source = { next_row, merge_row, tell_step, loader };

	*rows = 0;
	sort_items(loader);
	for (size_t i = 0; i < loader->run_count; i++)
		if (run_next(loader, &loader->runs[i], err) < 0)
			return -1;
	return engine_load(loader->options.engine, &source, rows, err);
}
