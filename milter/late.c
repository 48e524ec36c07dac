#include "milter/late.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/base/hash.h"

/* 64 kB, and looked through only when a message was late. */
enum { REMEMBERED = 4096 };

struct late {
	/* Guards all below. */
	pthread_mutex_t lock;
	size_t count, next;
	unsigned char keys[REMEMBERED][16];
};

struct late *
late_new(void)
{
	struct late *late = calloc(1, sizeof *late);

	if (late != NULL)
		pthread_mutex_init(&late->lock, NULL);
	return late;
}

void
late_free(struct late **late)
{
	if (*late == NULL)
		return;
	pthread_mutex_destroy(&(*late)->lock);
	free(*late);
	*late = NULL;
}

static bool
is_known(const struct late *late, const unsigned char *key)
{
	for (size_t i = 0; i < late->count; i++)
		if (memcmp(late->keys[i], key, 16) == 0)
			return true;
	return false;
}

/* Whether it was late before; from now on it was. */
static bool
late_again(struct late *late, const struct span *parts, size_t count)
{
	unsigned char key[16];
	bool known;

	hash_blake2b128(parts, count, key);
	pthread_mutex_lock(&late->lock);
	known = is_known(late, key);
	if (!known) {
		memcpy(late->keys[late->next], key, sizeof key);
		late->next = (late->next + 1) % REMEMBERED;
		late->count += late->count < REMEMBERED;
	}
	pthread_mutex_unlock(&late->lock);
	return known;
}

int
late_judge(
    struct late *late, const struct span *parts, size_t count, struct err *err)
{
	const struct err first = *err;

	if (!late_again(late, parts, count))
		return -1;
	err_clear(err);
	err_at(err, ERR_LIMIT, first.where, first.line, first.column,
	    "%s, for the second time", first.text);
	err->quotes = first.quotes;
	err->personal = first.personal;
	return -1;
}
