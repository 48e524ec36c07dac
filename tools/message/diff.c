#include "tools/message/diff.h"

#include <stdint.h>

#include "tools/out.h"

#define CONTEXT 3
#define CELLS_MAX ((size_t)4 << 20) /* of the table; more is all different */

struct lines {
	struct span *at;
	size_t count;
};

/* What becomes of the lines: kept in both, gone from old, come in new. */
struct script {
	char *steps; /* ' ', '-', '+' */
	size_t count;
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "too much to compare");
}

static int
split(
    struct span text, struct arena *arena, struct lines *lines, struct err *err)
{
	size_t count = 1;

	for (size_t i = 0; i < text.len; i++)
		count += text.at[i] == '\n';
	lines->count = 0;
	lines->at = arena_calloc(arena, count, sizeof *lines->at);
	if (lines->at == NULL)
		return full(err);
	while (text.len != 0) {
		size_t end = span_find(text, '\n');

		lines->at[lines->count++] = span_first(text, end);
		text = span_from(text, end + 1);
	}
	return 0;
}

static void
step(struct script *script, char what, size_t times)
{
	while (times-- != 0)
		script->steps[script->count++] = what;
}

static struct lines
cut(const struct lines *lines, size_t head, size_t tail)
{
	return (struct lines){ lines->at + head, lines->count - head - tail };
}

/* Longest common subsequence: cell (i, j) says how many lines from there to
 * the ends can be kept. */
static int
compare_middle(const struct lines *old, const struct lines *new,
    struct arena *arena, struct script *script, struct err *err)
{
	size_t width = new->count + 1, i = 0, j = 0;
	uint32_t *kept;

	if ((old->count + 1) > CELLS_MAX / width) {
		step(script, '-', old->count);
		step(script, '+', new->count);
		return 0;
	}
	kept = arena_calloc(arena, (old->count + 1) * width, sizeof *kept);
	if (kept == NULL)
		return full(err);
	for (i = old->count; i-- > 0;)
		for (j = new->count; j-- > 0;) {
			uint32_t down = kept[(i + 1) * width + j];
			uint32_t right = kept[i * width + j + 1];

			kept[i * width + j] =
			    span_eq(old->at[i], new->at[j])
				? kept[(i + 1) * width + j + 1] + 1
				: (down > right ? down : right);
		}
	for (i = j = 0; i < old->count && j < new->count;) {
		if (span_eq(old->at[i], new->at[j])) {
			step(script, ' ', 1);
			i++, j++;
		} else if (kept[(i + 1) * width + j] >=
			   kept[i * width + j + 1]) {
			step(script, '-', 1);
			i++;
		} else {
			step(script, '+', 1);
			j++;
		}
	}
	step(script, '-', old->count - i);
	step(script, '+', new->count - j);
	return 0;
}

static int
compare(const struct lines *old, const struct lines *new, struct arena *arena,
    struct script *script, struct err *err)
{
	size_t least = old->count < new->count ? old->count : new->count;
	size_t head = 0, tail = 0;
	struct lines middle[2];

	script->count = 0;
	script->steps = arena_alloc(arena, old->count + new->count + 1);
	if (script->steps == NULL)
		return full(err);
	while (head < least && span_eq(old->at[head], new->at[head]))
		head++;
	while (tail < least - head && span_eq(old->at[old->count - 1 - tail],
					  new->at[new->count - 1 - tail]))
		tail++;
	middle[0] = cut(old, head, tail);
	middle[1] = cut(new, head, tail);
	step(script, ' ', head);
	if (compare_middle(&middle[0], &middle[1], arena, script, err) < 0)
		return -1;
	step(script, ' ', tail);
	return 0;
}

/* The steps of the hunk that begins at *from or later; 0: there is none. */
static int
next_hunk(const struct script *script, size_t *from, size_t *end)
{
	size_t first = *from, last, quiet = 0;

	while (first < script->count && script->steps[first] == ' ')
		first++;
	if (first == script->count)
		return 0;
	last = first;
	for (size_t at = first; at < script->count && quiet <= 2 * CONTEXT;
	     at++) {
		quiet = script->steps[at] == ' ' ? quiet + 1 : 0;
		if (quiet == 0)
			last = at;
	}
	*from = first - *from > CONTEXT ? first - CONTEXT : *from;
	*end = last + 1 + CONTEXT < script->count ? last + 1 + CONTEXT
						  : script->count;
	return 1;
}

static void
print_hunk(FILE *out, struct span title, const struct lines *lines,
    const size_t *at, const char *steps, size_t count)
{
	size_t lengths[2] = { 0, 0 }, i = at[0], j = at[1];

	for (size_t n = 0; n < count; n++) {
		lengths[0] += steps[n] != '+';
		lengths[1] += steps[n] != '-';
	}
	fprintf(out, "@@ -%zu,%zu +%zu,%zu @@ %.*s\n", i + (lengths[0] != 0),
	    lengths[0], j + (lengths[1] != 0), lengths[1], SPAN_ARG(title));
	for (size_t n = 0; n < count; n++) {
		struct span line =
		    steps[n] == '+' ? lines[1].at[j] : lines[0].at[i];

		fputc(steps[n], out);
		out_lines(out, line);
		fputc('\n', out);
		i += steps[n] != '+';
		j += steps[n] != '-';
	}
}

int
diff_print(FILE *out, struct span title, struct span old, struct span new,
    struct arena *arena, struct err *err)
{
	struct lines lines[2];
	struct script script;
	size_t at[2] = { 0, 0 }, done = 0, from = 0, end = 0;
	int differ = 0;

	if (split(old, arena, &lines[0], err) < 0 ||
	    split(new, arena, &lines[1], err) < 0 ||
	    compare(&lines[0], &lines[1], arena, &script, err) < 0)
		return -1;
	while (next_hunk(&script, &from, &end)) {
		for (; done < from; done++) {
			at[0] += script.steps[done] != '+';
			at[1] += script.steps[done] != '-';
		}
		print_hunk(
		    out, title, lines, at, script.steps + from, end - from);
		from = end;
		differ = 1;
	}
	return differ;
}
