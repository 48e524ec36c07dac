#include "tools/people/counts.h"

#include <stdlib.h>

#include "tools/out.h"

void
counts_add(struct counts *counts, struct span name, uint64_t number)
{
	struct count *count;

	for (size_t i = 0; i < counts->used; i++)
		if (span_eq(counts->list[i].name, name)) {
			counts->list[i].number += number;
			return;
		}
	if (counts->used > COUNTS_MAX) {
		counts->list[COUNTS_MAX].number += number;
		return;
	}
	count = &counts->list[counts->used];
	if (counts->used == COUNTS_MAX ||
	    arena_dup(counts->arena, name, &count->name) < 0)
		count->name = SPAN("...");
	count->number = number;
	counts->used++;
}

void
counts_merge(struct counts *into, const struct counts *from)
{
	for (size_t i = 0; i < from->used; i++)
		counts_add(into, from->list[i].name, from->list[i].number);
}

static int
largest_first(const void *a, const void *b)
{
	const struct count *one = a, *other = b;

	if (one->number != other->number)
		return one->number < other->number ? 1 : -1;
	return span_cmp(one->name, other->name);
}

void
counts_sort(struct counts *counts)
{
	qsort(counts->list, counts->used, sizeof(*counts->list), largest_first);
}

void
counts_print(
    const struct counts *counts, FILE *out, const char *label, uint64_t of)
{
	if (counts->used == 0)
		return;
	fprintf(out, "%-12s", label);
	for (size_t i = 0; i < counts->used; i++) {
		fputs(i ? ", " : "", out);
		out_text(out, counts->list[i].name, 0);
		fprintf(out, " %llu (%.1f %%)",
		    (unsigned long long)counts->list[i].number,
		    of ? 100.0 * (double)counts->list[i].number / (double)of
		       : 0);
	}
	fputc('\n', out);
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
