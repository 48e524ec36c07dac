#include "store/base/monotonic.h"

int64_t
monotonic_us(void)
{
	struct timespec now = monotonic_in(0);

	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct timespec
monotonic_in(unsigned ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += ms / 1000;
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_nsec -= 1000000000;
		at.tv_sec++;
	}
	return at;
}

int
monotonic_cond(pthread_cond_t *cond)
{
	pthread_condattr_t attributes;
	int failed;

	if (pthread_condattr_init(&attributes) != 0)
		return -1;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	failed = pthread_cond_init(cond, &attributes);
	pthread_condattr_destroy(&attributes);
	return failed ? -1 : 0;
}
