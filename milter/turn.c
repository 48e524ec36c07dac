#include "milter/turn.h"

#include <errno.h>
#include <stdlib.h>

#include "store/base/monotonic.h"

#define QUEUES 64 /* so that few keys share one */

struct turn_queue {
	pthread_mutex_t lock; /* guards first and all behind it */
	struct turn *first;
};

struct turns {
	struct turn_queue queues[QUEUES];
};

static struct turn_queue *
queue_of(struct turns *turns, const struct record_key *key)
{
	return &turns->queues[(unsigned char)key->bytes[0] % QUEUES];
}

int
turns_open(struct turns **turns, struct err *err)
{
	*turns = calloc(1, sizeof **turns);
	if (*turns == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the turns");
	for (size_t i = 0; i < QUEUES; i++)
		pthread_mutex_init(&(*turns)->queues[i].lock, NULL);
	return 0;
}

void
turns_close(struct turns **turns)
{
	if (*turns == NULL)
		return;
	for (size_t i = 0; i < QUEUES; i++)
		pthread_mutex_destroy(&(*turns)->queues[i].lock);
	free(*turns);
	*turns = NULL;
}

static struct turn *
next_of(struct turn *from, const struct record_key *key)
{
	while (from != NULL && record_key_cmp(&from->key, key) != 0)
		from = from->next;
	return from;
}

/* Takes the turn out and tells the next of its key. */
static void
leave(struct turn_queue *queue, struct turn *turn)
{
	struct turn **link = &queue->first, *next;

	while (*link != turn)
		link = &(*link)->next;
	*link = turn->next;
	next = next_of(queue->first, &turn->key);
	if (next != NULL)
		pthread_cond_signal(&next->come);
	pthread_cond_destroy(&turn->come);
}

int
turn_take(struct turns *turns, const struct record_key *key, unsigned ms,
    struct turn *turn, struct err *err)
{
	struct turn_queue *queue = queue_of(turns, key);
	struct timespec end = monotonic_in(ms);
	struct turn **link;
	int waited = 0;

	*turn = (struct turn){ .key = *key };
	if (monotonic_cond(&turn->come) < 0)
		return err_set(err, ERR_MEMORY, "no memory to wait");
	pthread_mutex_lock(&queue->lock);
	for (link = &queue->first; *link != NULL; link = &(*link)->next)
		;
	*link = turn;
	while (next_of(queue->first, key) != turn && waited != ETIMEDOUT)
		waited =
		    pthread_cond_timedwait(&turn->come, &queue->lock, &end);
	waited = next_of(queue->first, key) != turn;
	if (waited)
		leave(queue, turn);
	pthread_mutex_unlock(&queue->lock);
	return waited ? 0 : 1;
}

void
turn_give(struct turns *turns, struct turn *turn)
{
	struct turn_queue *queue = queue_of(turns, &turn->key);

	pthread_mutex_lock(&queue->lock);
	leave(queue, turn);
	pthread_mutex_unlock(&queue->lock);
}
