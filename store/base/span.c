#define _GNU_SOURCE /* memmem */
#include "store/base/span.h"

#include <math.h>
#include <stdlib.h>

#define NUMBER_MAX 64 /* longer is no number anybody writes */

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

bool
span_line(struct span *text, struct span *line)
{
	size_t end = span_find(*text, '\n');

	if (text->len == 0)
		return false;
	*line = span_first(*text, end);
	*text = span_from(*text, end + 1);
	if (span_ends(*line, SPAN("\r")))
		line->len--;
	return true;
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

bool
span_number(struct span s, double *number)
{
	char digits[NUMBER_MAX + 1], *end;

	if (s.len == 0 || s.len > NUMBER_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789+-.eE", s.at[i]) || !s.at[i])
			return false;
	memcpy(digits, s.at, s.len);
	digits[s.len] = '\0';
	*number = strtod(digits, &end);
	return *end == '\0' && isfinite(*number);
}
