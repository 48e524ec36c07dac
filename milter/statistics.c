#include "milter/statistics.h"

static const char *const names[COUNTERS] = {
	[COUNT_CONNECTIONS] = "connections",
	[COUNT_TURNED_AWAY] = "turned_away",
	[COUNT_FOREIGN] = "foreign",
	[COUNT_PASSED] = "passed",
	[COUNT_PERSONALISED] = "personalised",
	[COUNT_REPLAYED] = "replayed",
	[COUNT_DISCARDED] = "discarded",
	[COUNT_REFUSED] = "refused",
	[COUNT_DEFERRED] = "deferred",
	[COUNT_SECOND] = "second_recipients",
	[COUNT_ABORTED] = "aborted",
};

const char *
counter_word(enum counter counter)
{
	return names[counter];
}

void
statistics_log(const struct statistics *statistics, struct log_line *line)
{
	for (unsigned i = 0; i < COUNTERS; i++)
		log_number(line, names[i],
		    (long long)atomic_load(&statistics->counts[i]));
}
