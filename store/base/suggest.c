#include "store/base/suggest.h"

#include "store/base/ascii.h"

#define WORD_MAX 32

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* More than WORD_MAX where one of them is longer than that. */
static unsigned
distance(struct span a, struct span b)
{
	unsigned row[3][WORD_MAX + 1];
	unsigned best;

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return WORD_MAX + 1;
	for (unsigned j = 0; j <= b.len; j++)
		row[0][j] = j;
	for (unsigned i = 1; i <= a.len; i++) {
		unsigned *now = row[i % 3];
		const unsigned *up = row[(i + 2) % 3];
		const unsigned *upper = row[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= b.len; j++) {
			int x = ascii_lower(a.at[i - 1]),
			    y = ascii_lower(b.at[j - 1]);

			best = least(up[j], now[j - 1]) + 1;
			best = least(best, up[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == ascii_lower(b.at[j - 2]) &&
			    y == ascii_lower(a.at[i - 2]))
				best = least(best, upper[j - 2] + 1);
			now[j] = best;
		}
	}
	return row[a.len % 3][b.len];
}

/* How many edits still make a likely slip of a word of that length. */
static unsigned
most_edits(size_t len)
{
	return len < 4 ? 1 : len < 8 ? 2 : 3;
}

struct span
suggest_nearest(struct span word, suggest_name *next, const void *names)
{
	struct span name, nearest = SPAN_NONE;
	unsigned best = most_edits(word.len) + 1;

	for (size_t i = 0; next(names, i, &name); i++) {
		unsigned far = distance(word, name);

		if (far >= best || far >= word.len)
			continue;
		best = far;
		nearest = name;
	}
	return nearest;
}
