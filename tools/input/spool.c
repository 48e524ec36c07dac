#include "tools/input/spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/base/buf.h"
#include "store/engine/engine.h"

#define RUNS_MAX 1024 /* files; each holds one filling of the memory */

/* What stands before the bytes of a record, in memory and in a file. */
struct head {
	struct record_key key;
	uint64_t number;
	size_t len;
};

/* Where a record lies, with the start of its key: most comparisons need no
 * more, and go through memory in order. */
struct place {
	uint64_t prefix;
	size_t offset;
};

/* A sorted file, read from its start. */
struct run {
	FILE *file;
	struct head head;
	char *bytes;
	size_t room;
	bool ended;
};

struct spool {
	char *directory;
	char *memory; /* heads and bytes from the start */
	size_t size, used;
	struct place *places;
	size_t count, room;
	size_t at; /* the next, where all is in memory */
	uint64_t number;
	struct run runs[RUNS_MAX];
	size_t run_count;
	struct run *last; /* given out, to be moved on */
};

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

int
spool_open(
    const char *directory, size_t memory, struct spool **spool, struct err *err)
{
	struct spool *made = calloc(1, sizeof(*made));

	if (!made)
		return no_memory(err);
	made->directory = strdup(directory);
	made->memory = malloc(memory);
	made->size = memory;
	if (!made->directory || !made->memory) {
		spool_close(&made);
		return no_memory(err);
	}
	*spool = made;
	return 0;
}

void
spool_close(struct spool **spool)
{
	struct spool *it = *spool;

	if (!it)
		return;
	for (size_t i = 0; i < it->run_count; i++) {
		fclose(it->runs[i].file);
		free(it->runs[i].bytes);
	}
	free(it->directory);
	free(it->memory);
	free(it->places);
	free(it);
	*spool = NULL;
}

/* Heads lie unaligned between the bytes. */
static struct head
head_at(const struct spool *spool, size_t i)
{
	struct head head;

	memcpy(&head, spool->memory + spool->places[i].offset, sizeof(head));
	return head;
}

static int
head_order(const struct head *a, const struct head *b)
{
	int order = record_key_cmp(&a->key, &b->key);

	if (order != 0)
		return order;
	return a->number < b->number ? -1 : a->number > b->number;
}

static bool
not_after(
    const struct spool *spool, const struct place *a, const struct place *b)
{
	struct head x, y;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	memcpy(&x, spool->memory + a->offset, sizeof(x));
	memcpy(&y, spool->memory + b->offset, sizeof(y));
	return head_order(&x, &y) <= 0;
}

/* Merges two sorted neighbours, [begin, middle) and [middle, end). */
static void
merge(const struct spool *spool, const struct place *from, struct place *to,
    size_t begin, size_t middle, size_t end)
{
	size_t i = begin, j = middle;

	for (size_t k = begin; k < end; k++) {
		bool left = j >= end || (i < middle && not_after(spool,
							   &from[i], &from[j]));

		to[k] = left ? from[i++] : from[j++];
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Sorts the places by merging upwards: no recursion, and the comparison
 * needs the spool, which qsort cannot hand over. */
static int
sort_places(struct spool *spool, struct err *err)
{
	size_t count = spool->count;
	struct place *from = spool->places, *to, *spare;

	spare = malloc((count + 1) * sizeof(*spare));
	if (!spare)
		return no_memory(err);
	to = spare;
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t begin = 0; begin < count; begin += 2 * width)
			merge(spool, from, to, begin,
			    least(begin + width, count),
			    least(begin + 2 * width, count));
		spare = from;
		from = to;
		to = spare;
	}
	if (from != spool->places)
		spool->room = count + 1;
	free(to);
	spool->places = from;
	return 0;
}

static int
write_error(const struct spool *spool, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "cannot spool to %s: %s",
	    spool->directory, strerror(errno));
}

/* A file that nobody else can open and that ends with us. */
static FILE *
open_run(const struct spool *spool, struct err *err)
{
	char path[4096];
	FILE *file;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/load-XXXXXX",
		spool->directory) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		write_error(spool, err);
		return NULL;
	}
	fd = mkstemp(path);
	if (fd < 0) {
		write_error(spool, err);
		return NULL;
	}
	unlink(path);
	file = fdopen(fd, "w+b");
	if (!file) {
		write_error(spool, err);
		close(fd);
	}
	return file;
}

/* Writes what is in memory as one more run. */
static int
flush(struct spool *spool, struct err *err)
{
	struct run *run = &spool->runs[spool->run_count];

	if (spool->run_count == RUNS_MAX)
		return err_set(err, ERR_INPUT, "more rows than can be sorted");
	if (sort_places(spool, err) < 0)
		return -1;
	run->file = open_run(spool, err);
	if (!run->file)
		return -1;
	spool->run_count++;
	for (size_t i = 0; i < spool->count; i++) {
		struct head head = head_at(spool, i);

		fwrite(spool->memory + spool->places[i].offset, 1,
		    sizeof(head) + head.len, run->file);
	}
	if (fflush(run->file) != 0 || ferror(run->file))
		return write_error(spool, err);
	spool->count = 0;
	spool->used = 0;
	return 0;
}

/* The first bytes of the key as a number that orders alike. */
static uint64_t
prefix_of(const struct record_key *key)
{
	uint64_t prefix = 0;

	for (size_t i = 0; i < sizeof(prefix); i++)
		prefix = prefix << 8 | key->bytes[i];
	return prefix;
}

int
spool_add(struct spool *spool, const struct record_key *key, struct span bytes,
    struct err *err)
{
	struct head head;
	size_t need = sizeof(head) + bytes.len;

	memset(&head, 0, sizeof(head)); /* its padding goes to disk */
	head.key = *key;
	head.number = spool->number++;
	head.len = bytes.len;
	if (need > spool->size)
		return err_set(err, ERR_INPUT, "a row is too long");
	if (need > spool->size - spool->used && flush(spool, err) < 0)
		return -1;
	if (spool->count == spool->room) {
		size_t room = spool->room ? spool->room * 2 : 1024;
		struct place *grown =
		    realloc(spool->places, room * sizeof(*grown));

		if (!grown)
			return no_memory(err);
		spool->places = grown;
		spool->room = room;
	}
	spool->places[spool->count++] =
	    (struct place){ prefix_of(key), spool->used };
	memcpy(spool->memory + spool->used, &head, sizeof(head));
	memcpy(spool->memory + spool->used + sizeof(head), bytes.at, bytes.len);
	spool->used += need;
	return 0;
}

/* Reads the next record of a run. 0 or -1. */
static int
advance(struct run *run, struct err *err)
{
	if (fread(&run->head, sizeof(run->head), 1, run->file) != 1) {
		run->ended = true;
		return ferror(run->file)
			   ? err_set(err, ERR_SYSTEM, "cannot read the spool")
			   : 0;
	}
	if (run->head.len > run->room) {
		char *grown = realloc(run->bytes, run->head.len);

		if (!grown)
			return no_memory(err);
		run->bytes = grown;
		run->room = run->head.len;
	}
	if (run->head.len != 0 &&
	    fread(run->bytes, run->head.len, 1, run->file) != 1)
		return err_set(err, ERR_SYSTEM, "cannot read the spool");
	return 0;
}

int
spool_sort(struct spool *spool, struct err *err)
{
	if (spool->run_count == 0)
		return sort_places(spool, err);
	if (spool->count != 0 && flush(spool, err) < 0)
		return -1;
	free(spool->memory);
	spool->memory = NULL;
	for (size_t i = 0; i < spool->run_count; i++) {
		rewind(spool->runs[i].file);
		if (advance(&spool->runs[i], err) < 0)
			return -1;
	}
	return 0;
}

static void
give(const struct head *head, const char *bytes, struct load_row *row)
{
	row->key = head->key;
	row->number = head->number;
	row->bytes = span_of(bytes, head->len);
}

int
spool_next(struct spool *spool, struct load_row *row, struct err *err)
{
	struct run *least = NULL;

	if (spool->run_count == 0) {
		struct head head;

		if (spool->at == spool->count)
			return 0;
		head = head_at(spool, spool->at);
		give(&head,
		    spool->memory + spool->places[spool->at].offset +
			sizeof(head),
		    row);
		spool->at++;
		return 1;
	}
	if (spool->last && advance(spool->last, err) < 0)
		return -1;
	for (size_t i = 0; i < spool->run_count; i++) {
		struct run *run = &spool->runs[i];

		if (!run->ended &&
		    (!least || head_order(&run->head, &least->head) < 0))
			least = run;
	}
	spool->last = least;
	if (!least)
		return 0;
	give(&least->head, least->bytes, row);
	return 1;
}

uint64_t
spool_count(const struct spool *spool)
{
	return spool->number;
}
