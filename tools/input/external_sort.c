#include "tools/input/external_sort.h"

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
struct sort_place {
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

struct external_sort {
	char *directory;
	char *memory; /* heads and bytes from the start */
	size_t size, used;
	struct sort_place *places;
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
external_sort_open(const char *directory, size_t memory,
    struct external_sort **sort, struct err *err)
{
	struct external_sort *made = calloc(1, sizeof(*made));

	if (!made)
		return no_memory(err);
	made->directory = strdup(directory);
	made->memory = malloc(memory);
	made->size = memory;
	if (!made->directory || !made->memory) {
		external_sort_close(&made);
		return no_memory(err);
	}
	*sort = made;
	return 0;
}

void
external_sort_close(struct external_sort **sort)
{
	struct external_sort *it = *sort;

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
	*sort = NULL;
}

/* Heads lie unaligned between the bytes. */
static struct head
head_at(const struct external_sort *sort, size_t i)
{
	struct head head;

	memcpy(&head, sort->memory + sort->places[i].offset, sizeof(head));
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
not_after(const struct external_sort *sort, const struct sort_place *a,
    const struct sort_place *b)
{
	struct head x, y;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix;
	memcpy(&x, sort->memory + a->offset, sizeof(x));
	memcpy(&y, sort->memory + b->offset, sizeof(y));
	return head_order(&x, &y) <= 0;
}

/* Merges two sorted neighbours, [begin, middle) and [middle, end). */
static void
merge(const struct external_sort *sort, const struct sort_place *from,
    struct sort_place *to, size_t begin, size_t middle, size_t end)
{
	size_t i = begin, j = middle;

	for (size_t k = begin; k < end; k++) {
		bool left = j >= end ||
			    (i < middle && not_after(sort, &from[i], &from[j]));

		to[k] = left ? from[i++] : from[j++];
	}
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Sorts the places by merging upwards: no recursion, and the comparison
 * needs the sorter, which qsort cannot hand over. */
static int
sort_places(struct external_sort *sort, struct err *err)
{
	size_t count = sort->count;
	struct sort_place *from = sort->places, *to, *spare;

	spare = malloc((count + 1) * sizeof(*spare));
	if (!spare)
		return no_memory(err);
	to = spare;
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t begin = 0; begin < count; begin += 2 * width)
			merge(sort, from, to, begin,
			    least(begin + width, count),
			    least(begin + 2 * width, count));
		spare = from;
		from = to;
		to = spare;
	}
	if (from != sort->places)
		sort->room = count + 1;
	free(to);
	sort->places = from;
	return 0;
}

static int
write_error(const struct external_sort *sort, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "cannot sort to %s: %s",
	    sort->directory, strerror(errno));
}

/* A file that nobody else can open and that ends with us. */
static FILE *
open_run(const struct external_sort *sort, struct err *err)
{
	char path[4096];
	FILE *file;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/load-XXXXXX",
		sort->directory) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		write_error(sort, err);
		return NULL;
	}
	fd = mkstemp(path);
	if (fd < 0) {
		write_error(sort, err);
		return NULL;
	}
	unlink(path);
	file = fdopen(fd, "w+b");
	if (!file) {
		write_error(sort, err);
		close(fd);
	}
	return file;
}

/* Writes what is in memory as one more run. */
static int
flush(struct external_sort *sort, struct err *err)
{
	struct run *run = &sort->runs[sort->run_count];

	if (sort->run_count == RUNS_MAX)
		return err_set(err, ERR_INPUT, "more rows than can be sorted");
	if (sort_places(sort, err) < 0)
		return -1;
	run->file = open_run(sort, err);
	if (!run->file)
		return -1;
	sort->run_count++;
	for (size_t i = 0; i < sort->count; i++) {
		struct head head = head_at(sort, i);

		fwrite(sort->memory + sort->places[i].offset, 1,
		    sizeof(head) + head.len, run->file);
	}
	if (fflush(run->file) != 0 || ferror(run->file))
		return write_error(sort, err);
	sort->count = 0;
	sort->used = 0;
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
external_sort_add(struct external_sort *sort, const struct record_key *key,
    struct span bytes, struct err *err)
{
	struct head head;
	size_t need = sizeof(head) + bytes.len;

	memset(&head, 0, sizeof(head)); /* its padding goes to disk */
	head.key = *key;
	head.number = sort->number++;
	head.len = bytes.len;
	if (need > sort->size)
		return err_set(err, ERR_INPUT, "a row is too long");
	if (need > sort->size - sort->used && flush(sort, err) < 0)
		return -1;
	if (sort->count == sort->room) {
		size_t room = sort->room ? sort->room * 2 : 1024;
		struct sort_place *grown =
		    realloc(sort->places, room * sizeof(*grown));

		if (!grown)
			return no_memory(err);
		sort->places = grown;
		sort->room = room;
	}
	sort->places[sort->count++] =
	    (struct sort_place){ prefix_of(key), sort->used };
	memcpy(sort->memory + sort->used, &head, sizeof(head));
	memcpy(sort->memory + sort->used + sizeof(head), bytes.at, bytes.len);
	sort->used += need;
	return 0;
}

/* Reads the next record of a run. 0 or -1. */
static int
advance(struct run *run, struct err *err)
{
	if (fread(&run->head, sizeof(run->head), 1, run->file) != 1) {
		run->ended = true;
		return ferror(run->file)
			   ? err_set(err, ERR_SYSTEM, "cannot read the sort")
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
		return err_set(err, ERR_SYSTEM, "cannot read the sort");
	return 0;
}

int
external_sort_finish(struct external_sort *sort, struct err *err)
{
	if (sort->run_count == 0)
		return sort_places(sort, err);
	if (sort->count != 0 && flush(sort, err) < 0)
		return -1;
	free(sort->memory);
	sort->memory = NULL;
	for (size_t i = 0; i < sort->run_count; i++) {
		rewind(sort->runs[i].file);
		if (advance(&sort->runs[i], err) < 0)
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
external_sort_next(
    struct external_sort *sort, struct load_row *row, struct err *err)
{
	struct run *least = NULL;

	if (sort->run_count == 0) {
		struct head head;

		if (sort->at == sort->count)
			return 0;
		head = head_at(sort, sort->at);
		give(&head,
		    sort->memory + sort->places[sort->at].offset + sizeof(head),
		    row);
		sort->at++;
		return 1;
	}
	if (sort->last && advance(sort->last, err) < 0)
		return -1;
	for (size_t i = 0; i < sort->run_count; i++) {
		struct run *run = &sort->runs[i];

		if (!run->ended &&
		    (!least || head_order(&run->head, &least->head) < 0))
			least = run;
	}
	sort->last = least;
	if (!least)
		return 0;
	give(&least->head, least->bytes, row);
	return 1;
}

uint64_t
external_sort_count(const struct external_sort *sort)
{
	return sort->number;
}
