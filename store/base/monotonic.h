/*
 * The clock that never goes back: for deadlines and for how long things took,
 * not for what time it is.
 */
#ifndef INLAY_BASE_MONOTONIC_H
#define INLAY_BASE_MONOTONIC_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* Microseconds since some moment before this process. */
int64_t monotonic_us(void);

/* The moment in so many milliseconds, for pthread_cond_timedwait. */
struct timespec monotonic_in(unsigned ms);

/* A condition that waits by this clock. 0 or -1. */
int monotonic_cond(pthread_cond_t *cond);

#endif
