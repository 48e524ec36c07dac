/*
 * What time does to histories: reservations that no delivery log confirmed
 * expire, and old entries are folded into counts, also of people who get no
 * mail any more. It walks the engine and competes with nobody: a record that
 * changes meanwhile is left for the next time.
 */
#ifndef INLAY_STORE_UPKEEP_H
#define INLAY_STORE_UPKEEP_H

#include "store/engine/engine.h"
#include "store/record/history.h"

struct upkeep_counts {
	uint64_t histories; /* looked at */
	uint64_t expired;   /* reservations */
	uint64_t folded;    /* histories of which something was folded */
	uint64_t reserved;  /* entries that still are, over a day old */
	uint64_t skipped;   /* changed meanwhile, or could not be read */
};

struct upkeep {
	struct engine *engine;
	int64_t now;
	int64_t expire_before;	  /* reservations made earlier expire */
	struct history_keep keep; /* what is older is folded */
	/* Told after each page; nonzero stops. May be NULL. */
	int (*step)(void *context, const struct upkeep_counts *counts);
	void *context;
};

/* 1 all, 0 stopped by step, -1 with ERR_STORE or ERR_MEMORY; what was done
 * by then stays done. */
int upkeep_run(
    const struct upkeep *upkeep, struct upkeep_counts *counts, struct err *err);

#endif
