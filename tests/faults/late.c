/*
 * A daemon that is wrong on purpose: it says yes and records 30 ms later.
 * Linked with --wrap of the engine's two commits; a kill in between must
 * show in check-faults.
 */
#include "store/engine/engine.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct late {
	struct engine *engine;
	struct write write;
	unsigned char bytes[];
};

int __real_engine_commit_within(struct engine *engine, unsigned ms,
    struct write *writes, size_t count, struct err *err);
int __wrap_engine_commit_within(struct engine *engine, unsigned ms,
    struct write *writes, size_t count, struct err *err);
int __wrap_engine_commit(
    struct engine *engine, struct write *writes, size_t count, struct err *err);

static void *
record_late(void *context)
{
	struct late *late = context;
	struct timespec pause = { .tv_nsec = 30 * 1000 * 1000 };
	struct err err = { 0 };

	nanosleep(&pause, NULL);
	__real_engine_commit_within(late->engine, 5000, &late->write, 1, &err);
	free(late);
	return NULL;
}

int
__wrap_engine_commit_within(struct engine *engine, unsigned ms,
    struct write *writes, size_t count, struct err *err)
{
	(void)ms;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		struct write *write = &writes[i];
		struct late *late = malloc(sizeof *late + write->bytes.len);
		pthread_t thread;

		if (late == NULL)
			abort();
		late->engine = engine;
		late->write = *write;
		if (write->bytes.len > 0)
			memcpy(late->bytes, write->bytes.at, write->bytes.len);
		late->write.bytes.at = (const char *)late->bytes;
		if (pthread_create(&thread, NULL, record_late, late) != 0)
			abort();
		pthread_detach(thread);
		write->result = WRITE_OK;
		write->now = write->version + 1;
	}
	return 1;
}

int
__wrap_engine_commit(
    struct engine *engine, struct write *writes, size_t count, struct err *err)
{
	return __wrap_engine_commit_within(engine, 0, writes, count, err);
}
