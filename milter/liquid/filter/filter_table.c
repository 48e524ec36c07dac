/* All filters, found by their names. */
#include "milter/liquid/filter/filter.h"

static const struct filter_set *const sets[] = {
	&filters_text,
	&filters_array,
	&filters_math,
	&filters_date,
	&filters_url,
	&filters_html,
	&filters_digest,
	&filters_money,
};

enum { SETS = sizeof sets / sizeof sets[0] };

const struct filter *
filter_find(struct span name)
{
	for (size_t s = 0; s < SETS; s++)
		for (size_t i = 0; i < sets[s]->count; i++)
			if (span_eq(name, span_str(sets[s]->rows[i].name)))
				return &sets[s]->rows[i];
	return NULL;
}

const struct filter *
filter_nth(size_t n)
{
	for (size_t s = 0; s < SETS; s++) {
		if (n < sets[s]->count)
			return &sets[s]->rows[n];
		n -= sets[s]->count;
	}
	return NULL;
}
