#include "milter/sign/covered.h"

unsigned
covered_count(struct span list, struct span name)
{
	unsigned count = 0;

	while (list.len != 0) {
		size_t end = span_find(list, ':');

		if (span_caseeq(span_trim(span_first(list, end)), name))
			count++;
		list = span_from(list, end + 1);
	}
	return count;
}
