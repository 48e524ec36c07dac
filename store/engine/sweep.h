/*
 * Every record of a store once, page by page, to a function.
 */
#ifndef INLAY_ENGINE_SWEEP_H
#define INLAY_ENGINE_SWEEP_H

#include "store/engine/engine.h"

struct sweep {
	/* The record lives until it returns; one is for what becomes of it
	 * and is empty each time. 0 go on, 1 stop, -1 failed. */
	int (*each)(void *context, const struct record *record,
	    struct arena *one, struct err *err);
	/* Between pages, after so many records; NULL for none. Whether to
	 * stop. */
	bool (*pause)(void *context, uint64_t read);
	void *context;
};

/* 1 all were read, 0 stopped before, -1 failed. */
int sweep_run(
    const struct sweep *sweep, struct engine *engine, struct err *err);

#endif
