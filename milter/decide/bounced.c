#include "milter/decide/bounced.h"

/* Whether so many of at least that kind lie within the time; the latest such
 * are told. */
static bool
reaches(const struct profile *profile, enum bounce_kind least,
    const struct bounce_limit *limit, struct bounced *bounced)
{
	int64_t days[BOUNCES_MAX];
	size_t count = 0, needed = limit->count, end;

	for (size_t i = 0; i < profile->bounce_count; i++)
		if (bounce_kind(profile->bounces[i].status) >= least)
			days[count++] = profile->bounces[i].day;
	if (needed == 0)
		return false;
	for (end = count; end >= needed; end--)
		if (limit->within == 0 ||
		    days[end - 1] - days[end - needed] <= limit->within)
			break;
	if (end < needed)
		return false;
	while (needed < end &&
	       (limit->within == 0 ||
		   days[end - 1] - days[end - needed - 1] <= limit->within))
		needed++;
	*bounced = (struct bounced){ .hard = least == BOUNCE_HARD,
		.count = (uint32_t)needed,
		.last = days[end - 1] };
	return true;
}

bool
bounced_find(const struct profile *profile, const struct bounce_rules *rules,
    struct bounced *bounced)
{
	struct bounced found;

	if (bounced == NULL)
		bounced = &found;
	return reaches(profile, BOUNCE_HARD, &rules->hard, bounced) ||
	       reaches(profile, BOUNCE_SOFT, &rules->soft, bounced);
}

void
bounced_tell(const struct bounced *bounced, struct buf *text)
{
	char day[BOUNCE_DAY_SIZE];

	buf_printf(text, "%u %sbounce%s %son %s", bounced->count,
	    bounced->hard ? "hard " : "", bounced->count == 1 ? "" : "s",
	    bounced->count == 1 ? "" : "up to the one ",
	    bounce_day_print(bounced->last, day));
}
