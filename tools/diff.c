#include "tools/diff.h"

#include "tools/out.h"

#define CONTEXT 3

struct lines {
	struct span *at;
	size_t count;
};

static int
split(
    struct span text, struct arena *arena, struct lines *lines, struct err *err)
{
	lines->count = 0;
	lines->at = arena_calloc(arena, DIFF_LINES_MAX, sizeof(*lines->at));
	if (!lines->at)
		return err_set(err, ERR_MEMORY, "out of memory");
	while (text.len != 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_first(text, end);

		if (line.len != 0 && line.at[line.len - 1] == '\r')
			line.len--;
		if (lines->count == DIFF_LINES_MAX)
			return err_set(err, ERR_LIMIT,
			    "more than %d lines to compare", DIFF_LINES_MAX);
		lines->at[lines->count++] = line;
		text = span_from(text, end + 1);
	}
	return 0;
}

/* longest[i * width + j]: the longest common sequence of lines from i of a
 * and from j of b on. */
static uint16_t *
measure(const struct lines *a, const struct lines *b, struct arena *arena)
{
	size_t width = b->count + 1;
	uint16_t *longest =
	    arena_calloc(arena, (a->count + 1) * width, sizeof(*longest));

	for (size_t i = a->count; longest && i-- > 0;)
		for (size_t j = b->count; j-- > 0;) {
			uint16_t *here = &longest[i * width + j];
			uint16_t down = here[width], right = here[1];

			if (span_eq(a->at[i], b->at[j]))
				*here = (uint16_t)(here[width + 1] + 1);
			else
				*here = down > right ? down : right;
		}
	return longest;
}

static void
put(FILE *out, char mark, struct span line)
{
	fputc(mark, out);
	out_text(out, line, 0);
	fputc('\n', out);
}

/* Common lines of a from first to end: only those near a change. */
static void
put_common(
    FILE *out, const struct lines *a, size_t first, size_t end, bool last)
{
	size_t head = first == 0 ? first : first + CONTEXT;
	size_t tail = end > CONTEXT ? end - CONTEXT : 0;

	if (last)
		tail = end;
	for (size_t i = first; i < end; i++) {
		if (i < head || i >= tail)
			put(out, ' ', a->at[i]);
		else if (i == head)
			fputs("...\n", out);
	}
}

int
diff_print(FILE *out, struct span before, struct span after,
    struct arena *arena, struct err *err)
{
	struct lines a, b;
	size_t i = 0, j = 0, same = 0;
	uint16_t *longest;
	bool changed = false;

	if (span_eq(before, after))
		return 0;
	if (split(before, arena, &a, err) < 0 ||
	    split(after, arena, &b, err) < 0)
		return -1;
	longest = measure(&a, &b, arena);
	if (!longest)
		return err_set(err, ERR_MEMORY, "out of memory");
	while (i < a.count || j < b.count) {
		size_t at = i * (b.count + 1) + j;

		if (i < a.count && j < b.count && span_eq(a.at[i], b.at[j])) {
			i++;
			j++;
			continue;
		}
		put_common(out, &a, same, i, false);
		if (i < a.count && (j == b.count || longest[at + b.count + 1] >=
							longest[at + 1]))
			put(out, '-', a.at[i++]);
		else
			put(out, '+', b.at[j++]);
		same = i;
		changed = true;
	}
	if (changed)
		put_common(out, &a, same, a.count, true);
	return 0;
}
