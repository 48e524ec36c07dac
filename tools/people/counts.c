#include "tools/people/counts.h"

#include <stdlib.h>

#include "tools/out.h"

/* The entry of that name and segment, made on first sight. */
static struct count *
find(struct counts *counts, struct span name, struct span segment)
{
	struct count *count;

	for (size_t i = 0; i < counts->used; i++)
		if (span_eq(counts->list[i].name, name) &&
		    span_eq(counts->list[i].segment, segment))
			return &counts->list[i];
	if (counts->used > COUNTS_MAX)
		return &counts->list[COUNTS_MAX];
	count = &counts->list[counts->used++];
	*count = (struct count){ .name = SPAN("..."), .segment = SPAN("") };
	if (counts->used <= COUNTS_MAX &&
	    (arena_dup(counts->arena, name, &count->name) < 0 ||
		arena_dup(counts->arena, segment, &count->segment) < 0))
		*count =
		    (struct count){ .name = SPAN("..."), .segment = SPAN("") };
	return count;
}

/* Keeps the earliest, in their order. */
static void
name_one(struct counts *counts, struct count *count, const struct counted *who)
{
	struct counted kept = *who;
	size_t at = count->named;

	if (at == COUNT_NAMED && count->first[at - 1].nth < who->nth)
		return;
	if (arena_dup(counts->arena, who->address, &kept.address) < 0)
		return;
	if (count->named < COUNT_NAMED)
		count->named++;
	else
		at--;
	for (; at > 0 && count->first[at - 1].nth > who->nth; at--)
		count->first[at] = count->first[at - 1];
	count->first[at] = kept;
}

void
counts_add(struct counts *counts, struct span name, uint64_t number)
{
	find(counts, name, SPAN(""))->number += number;
}

void
counts_add_person(struct counts *counts, struct span name, struct span segment,
    const struct counted *who)
{
	struct count *count = find(counts, name, segment);

	count->number++;
	name_one(counts, count, who);
}

void
counts_merge(struct counts *into, const struct counts *from)
{
	for (size_t i = 0; i < from->used; i++) {
		const struct count *one = &from->list[i];
		struct count *count = find(into, one->name, one->segment);

		count->number += one->number;
		for (size_t j = 0; j < one->named; j++)
			name_one(into, count, &one->first[j]);
	}
}

static int
largest_first(const void *a, const void *b)
{
	const struct count *one = a, *other = b;
	int order;

	if (one->number != other->number)
		return one->number < other->number ? 1 : -1;
	order = span_cmp(one->name, other->name);
	return order ? order : span_cmp(one->segment, other->segment);
}

void
counts_sort(struct counts *counts)
{
	qsort(counts->list, counts->used, sizeof(*counts->list), largest_first);
}

uint64_t
counts_of(const struct counts *counts, struct span name)
{
	uint64_t number = 0;

	for (size_t i = 0; i < counts->used; i++)
		if (span_eq(counts->list[i].name, name))
			number += counts->list[i].number;
	return number;
}

json_t *
counts_json(const struct counts *counts)
{
	json_t *object = json_object();
	char name[200];

	for (size_t i = 0; i < counts->used; i++) {
		snprintf(
		    name, sizeof(name), "%.*s", SPAN_ARG(counts->list[i].name));
		out_set(object, name,
		    json_integer((json_int_t)counts->list[i].number));
	}
	return object;
}

json_t *
counts_json_each(const struct counts *counts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < counts->used; i++) {
		const struct count *count = &counts->list[i];
		json_t *object = json_object(), *first = json_array();

		out_set(object, "name", out_string(count->name));
		if (count->segment.len != 0)
			out_set(object, "segment", out_string(count->segment));
		out_set(
		    object, "people", json_integer((json_int_t)count->number));
		for (size_t j = 0; j < count->named; j++)
			out_add(first, out_string(count->first[j].address));
		out_set(object, "first", first);
		out_add(list, object);
	}
	return list;
}
