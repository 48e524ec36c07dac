#define _GNU_SOURCE /* memmem */
#include "store/base/span.h"

size_t
span_search(struct span s, struct span needle)
{
	const char *hit;

	if (needle.len == 0)
		return 0;
	if (s.len < needle.len)
		return s.len;
	hit = memmem(s.at, s.len, needle.at, needle.len);
	return hit ? (size_t)(hit - s.at) : s.len;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span
span_trim(struct span s)
{
	while (s.len && is_blank(s.at[0]))
		s = span_from(s, 1);
	while (s.len && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}
