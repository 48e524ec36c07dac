#include "tools/people/lacks.h"

#include <stdlib.h>

#include "tools/out.h"

/* The entry of that name and segment, made on first sight. */
static struct lack *
find(struct lacks *lacks, struct span name, struct span segment)
{
	struct lack *lack;

	for (size_t i = 0; i < lacks->used; i++)
		if (span_eq(lacks->list[i].name, name) &&
		    span_eq(lacks->list[i].segment, segment))
			return &lacks->list[i];
	if (lacks->used > LACKS_MAX)
		return &lacks->list[LACKS_MAX];
	lack = &lacks->list[lacks->used++];
	*lack = (struct lack){ .name = SPAN("..."), .segment = SPAN("") };
	if (lacks->used <= LACKS_MAX &&
	    (arena_dup(lacks->arena, name, &lack->name) < 0 ||
		arena_dup(lacks->arena, segment, &lack->segment) < 0))
		*lack =
		    (struct lack){ .name = SPAN("..."), .segment = SPAN("") };
	return lack;
}

/* Keeps the earliest, in their order. */
static void
name_one(struct lacks *lacks, struct lack *lack, const struct lacking *who)
{
	struct lacking kept = *who;
	size_t at = lack->named;

	if (at == LACK_NAMED && lack->first[at - 1].nth < who->nth)
		return;
	if (arena_dup(lacks->arena, who->address, &kept.address) < 0)
		return;
	if (lack->named < LACK_NAMED)
		lack->named++;
	else
		at--;
	for (; at > 0 && lack->first[at - 1].nth > who->nth; at--)
		lack->first[at] = lack->first[at - 1];
	lack->first[at] = kept;
}

void
lacks_add(struct lacks *lacks, struct span name, struct span segment,
    const struct lacking *who)
{
	struct lack *lack = find(lacks, name, segment);

	lack->people++;
	name_one(lacks, lack, who);
}

void
lacks_merge(struct lacks *into, const struct lacks *from)
{
	for (size_t i = 0; i < from->used; i++) {
		const struct lack *one = &from->list[i];
		struct lack *lack = find(into, one->name, one->segment);

		lack->people += one->people;
		for (size_t j = 0; j < one->named; j++)
			name_one(into, lack, &one->first[j]);
	}
}

static int
largest_first(const void *a, const void *b)
{
	const struct lack *one = a, *other = b;
	int order;

	if (one->people != other->people)
		return one->people < other->people ? 1 : -1;
	order = span_cmp(one->name, other->name);
	return order ? order : span_cmp(one->segment, other->segment);
}

void
lacks_sort(struct lacks *lacks)
{
	qsort(lacks->list, lacks->used, sizeof(*lacks->list), largest_first);
}

uint64_t
lacks_people(const struct lacks *lacks, struct span name)
{
	uint64_t people = 0;

	for (size_t i = 0; i < lacks->used; i++)
		if (span_eq(lacks->list[i].name, name))
			people += lacks->list[i].people;
	return people;
}

void
lacks_print(
    const struct lacks *lacks, FILE *out, const char *label, uint64_t of)
{
	for (size_t i = 0; i < lacks->used; i++) {
		const struct lack *lack = &lacks->list[i];

		fprintf(out, "%-12s", label);
		out_text(out, lack->name, 0);
		if (lack->segment.len != 0) {
			fputs(", segment ", out);
			out_text(out, lack->segment, 0);
		}
		fprintf(out, ": %llu (%.1f %%)",
		    (unsigned long long)lack->people,
		    of ? 100.0 * (double)lack->people / (double)of : 0);
		for (size_t j = 0; j < lack->named; j++) {
			fputs(j ? ", " : ": ", out);
			out_text(out, lack->first[j].address, 0);
		}
		fputs(lack->named < lack->people ? ", ...\n" : "\n", out);
	}
}

json_t *
lacks_json(const struct lacks *lacks)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lacks->used; i++) {
		const struct lack *lack = &lacks->list[i];
		json_t *object = json_object(), *first = json_array();

		out_set(object, "name", out_string(lack->name));
		if (lack->segment.len != 0)
			out_set(object, "segment", out_string(lack->segment));
		out_set(
		    object, "people", json_integer((json_int_t)lack->people));
		for (size_t j = 0; j < lack->named; j++)
			out_add(first, out_string(lack->first[j].address));
		out_set(object, "first", first);
		out_add(list, object);
	}
	return list;
}
