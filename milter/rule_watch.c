#include "milter/rule_watch.h"

#include <pthread.h>
#include <stdlib.h>

enum { HOUR = 3600, FIRST_WARNING = 10 };

struct hour {
	int64_t hour; /* since 1970 */
	unsigned refused;
	unsigned next; /* the count to warn at */
};

struct rule_watch {
	pthread_mutex_t lock; /* guards hours */
	struct hour hours[];
};

struct rule_watch *
rule_watch_new(size_t rules)
{
	struct rule_watch *watch =
	    calloc(1, sizeof *watch + rules * sizeof watch->hours[0]);

	if (watch != NULL)
		pthread_mutex_init(&watch->lock, NULL);
	return watch;
}

void
rule_watch_free(struct rule_watch **watch)
{
	if (*watch != NULL)
		pthread_mutex_destroy(&(*watch)->lock);
	free(*watch);
	*watch = NULL;
}

unsigned
rule_watch_refused(struct rule_watch *watch, size_t rule, int64_t now)
{
	struct hour *hour = &watch->hours[rule];
	unsigned told = 0;

	pthread_mutex_lock(&watch->lock);
	if (hour->hour != now / HOUR || hour->next == 0)
		*hour = (struct hour){ now / HOUR, 0, FIRST_WARNING };
	if (++hour->refused == hour->next) {
		told = hour->refused;
		hour->next *= 10;
	}
	pthread_mutex_unlock(&watch->lock);
	return told;
}
