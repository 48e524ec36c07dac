/*
 * The product's own calls around a case of vectors: what a mail would decide
 * for that person, not the formula alone.
 */
#ifndef INLAY_TESTS_PRODUCT_H
#define INLAY_TESTS_PRODUCT_H

#include "milter/decide/decide.h"
#include "store/record/history.h"

/* A campaign whose arms have these shares, in which everybody takes part. */
struct experiment {
	struct campaign campaign;
	struct arm arms[256];
};

void experiment_make(struct experiment *experiment, struct span seed,
    const double *shares, size_t count);

/* What enrol() says of a unit. */
struct enrolled {
	int arm; /* or -1 */
	double bucket;
	bool sticky;
	bool holdout;
};

struct enrolled experiment_enrol(const struct experiment *experiment,
    struct span unit, const struct history *history);

/* What decide() shows of a pool of blocks, by id, in one slot; `if: no` is
 * false, `if: data` needs a field that is absent. "" for the else. The answer
 * is one of the blocks' ids. */
struct span pool_show(struct block *blocks, size_t count,
    const struct history *history, int64_t now);

/* What decide() says of a person where mailing and personalising need these
 * consents: "reject", "neutral" or "personal". */
struct span person_permission(const struct profile *profile,
    struct span permission, struct span purpose, int64_t now);

#endif
