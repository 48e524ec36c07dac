#include <stdlib.h>
#include <string.h>

#include "tools/input/trail_file.h"

struct copying {
	struct trail *trail;
	struct trail_file **files; /* of interest, the oldest first */
	size_t file_count;
	struct trail_copy *copies;
	size_t count, most;
	bool more, failed;
};

static int
by_order(const void *a, const void *b)
{
	const struct trail_file *one = *(struct trail_file *const *)a;
	const struct trail_file *two = *(struct trail_file *const *)b;

	return one->order < two->order ? -1 : one->order > two->order;
}

static size_t
count_files(const struct trail *trail)
{
	size_t count = 0;

	for (size_t i = 0; i < TRAIL_BUCKETS; i++)
		for (const struct trail_file *file = trail->buckets[i];
		     file != NULL; file = file->next)
			count++;
	return count;
}

static void
list_files(struct copying *all)
{
	struct trail *trail = all->trail;

	all->files = arena_calloc(
	    trail->arena, count_files(trail) + 1, sizeof *all->files);
	all->failed = all->files == NULL;
	for (size_t i = 0; i < TRAIL_BUCKETS && !all->failed; i++)
		for (struct trail_file *file = trail->buckets[i]; file != NULL;
		     file = file->next)
			if (trail_file_matters(trail, file))
				all->files[all->file_count++] = file;
	qsort(all->files, all->file_count, sizeof *all->files, by_order);
}

static struct span
id_of(const struct trail_file *file)
{
	return file->message_id != NULL ? span_str(file->message_id)
					: SPAN_NONE;
}

static void
note_copy(struct copying *all, struct span message_id, struct span to)
{
	for (size_t i = 0; i < all->count; i++)
		if (span_eq(all->copies[i].message_id, message_id) &&
		    span_caseeq(all->copies[i].to, to))
			return;
	if (all->count == all->most)
		all->more = true;
	else
		all->copies[all->count++] =
		    (struct trail_copy){ .message_id = message_id, .to = to };
}

static void
note_copies(struct copying *all, const struct trail_file *file)
{
	bool named = false;

	for (const struct trail_step *step = file->first; step != NULL;
	     step = step->next) {
		if (step->to.len != 0)
			note_copy(all, id_of(file), step->to);
		named |= step->to.len != 0;
	}
	if (!named && !file->linked && file->first != NULL)
		note_copy(all, id_of(file), SPAN_NONE);
}

/* Whether the file tells of the copy. */
static bool
tells_of(const struct trail_file *file, const struct trail_copy *copy)
{
	bool named = false;

	if (!span_eq(id_of(file), copy->message_id))
		return false;
	for (const struct trail_step *step = file->first; step != NULL;
	     step = step->next) {
		if (step->to.len != 0 && span_caseeq(step->to, copy->to))
			return true;
		named |= step->to.len != 0;
	}
	return !named && copy->to.len == 0 && !file->linked;
}

/* The steps of the file that belong to the copy, or to all of its copies; into
 * out where that is not NULL. How many. */
static size_t
take_steps(const struct trail_file *file, struct span to,
    const struct trail_step **out)
{
	size_t count = 0;
	bool queued = false;

	for (const struct trail_step *step = file->first; step != NULL;
	     step = step->next) {
		bool again = step->kind == MAILLOG_QUEUED && queued;

		queued |= step->kind == MAILLOG_QUEUED;
		if (again || (step->to.len != 0 && to.len != 0 &&
				 !span_caseeq(step->to, to)))
			continue;
		if (out != NULL)
			out[count] = step;
		count++;
	}
	return count;
}

/* In a second, as the lines came. */
static int
by_time(const void *a, const void *b)
{
	const struct trail_step *one = *(const struct trail_step *const *)a;
	const struct trail_step *two = *(const struct trail_step *const *)b;

	if (one->time != two->time)
		return one->time < two->time ? -1 : 1;
	return one->order < two->order ? -1 : one->order > two->order;
}

static void
add_steps(struct copying *all, struct trail_copy *copy,
    const struct trail_file *file, struct span to)
{
	size_t more = take_steps(file, to, NULL);
	const struct trail_step **steps = arena_calloc(
	    all->trail->arena, copy->count + more + 1, sizeof *steps);

	all->failed |= steps == NULL;
	if (all->failed)
		return;
	if (copy->count != 0)
		memcpy(steps, copy->steps, copy->count * sizeof *steps);
	take_steps(file, to, steps + copy->count);
	copy->steps = steps;
	copy->count += more;
}

/* A queue file that the copy was handed on as, and that names it by another
 * address. */
static void
follow(struct copying *all, struct trail_copy *copy)
{
	for (size_t i = 0; i < copy->count && !all->failed; i++) {
		const struct trail_file *file =
		    trail_file_find(all->trail, copy->steps[i]->queued_as);

		if (file != NULL && !tells_of(file, copy))
			add_steps(all, copy, file, SPAN_NONE);
	}
}

static void
fill(struct copying *all, struct trail_copy *copy)
{
	for (size_t i = 0; i < all->file_count && !all->failed; i++)
		if (tells_of(all->files[i], copy))
			add_steps(all, copy, all->files[i], copy->to);
	follow(all, copy);
	qsort(copy->steps, copy->count, sizeof *copy->steps, by_time);
}

/* What was refused before there was a queue file. */
static void
add_loose(struct copying *all)
{
	struct trail_file file = { .first = all->trail->loose };

	if (file.first == NULL)
		return;
	note_copy(all, SPAN_NONE, file.first->to);
	for (size_t i = 0; i < all->count; i++)
		if (all->copies[i].message_id.len == 0)
			add_steps(all, &all->copies[i], &file, SPAN_NONE);
}

int
trail_copies(struct trail *trail, size_t most, struct trail_copy **copies,
    size_t *count, bool *more, struct err *err)
{
	struct copying all = { .trail = trail, .most = most };

	all.copies = arena_calloc(trail->arena, most + 1, sizeof *all.copies);
	if (all.copies == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	list_files(&all);
	for (size_t i = 0; i < all.file_count; i++)
		note_copies(&all, all.files[i]);
	for (size_t i = 0; i < all.count; i++)
		fill(&all, &all.copies[i]);
	add_loose(&all);
	*copies = all.copies;
	*count = all.count;
	*more = all.more;
	return all.failed ? err_set(err, ERR_MEMORY, "out of memory") : 0;
}
