/*
 * Turns keep those who decide for one recipient at once in an order: the next
 * begins when the one before it has recorded, so nobody decides in vain. They
 * are of this process; what other daemons write is still found out at the
 * commit.
 */
#ifndef INLAY_MILTER_TURN_H
#define INLAY_MILTER_TURN_H

#include <pthread.h>

#include "store/base/err.h"
#include "store/record/key.h"

struct turns;

/* The caller's place in the queue of its key, from turn_take to turn_give. */
struct turn {
	struct record_key key;
	struct turn *next; /* in the order of coming, whatever the key */
	pthread_cond_t come;
};

/* 0, or -1 ERR_MEMORY. */
int turns_open(struct turns **turns, struct err *err);

/* Nobody may be waiting. */
void turns_close(struct turns **turns);

/* Waits until all who came earlier for the key have given up their turn. 1, or
 * 0 when ms have passed before; -1 ERR_MEMORY. Only after 1 comes a
 * turn_give. */
int turn_take(struct turns *turns, const struct record_key *key, unsigned ms,
    struct turn *turn, struct err *err);

void turn_give(struct turns *turns, struct turn *turn);

#endif
