/*
 * Marks bring what became of deliveries into the histories, many people in
 * one commit. Marking twice changes nothing, and whoever was shown nothing
 * by that message is left alone.
 */
#ifndef INLAY_TOOLS_DELIVERY_BATCH_H
#define INLAY_TOOLS_DELIVERY_BATCH_H

#include "store/record/history.h"
#include "tools/cli.h"

struct delivery_batch;

struct delivery_batch_count {
	uint64_t changed[EXPOSURE_STATES]; /* by the new state */
	uint64_t known;			   /* said before */
	uint64_t foreign;		   /* of mail that was no campaign's */
	uint64_t damaged; /* records that cannot be read: left alone */
	uint64_t complaints;
	uint64_t bounces; /* noted in profiles */
};

/* Serves the command's tenant. NULL when memory is out. */
struct delivery_batch *delivery_batch_new(struct cli *cli);
void delivery_batch_free(struct delivery_batch **batch);

/* From now on every tenant that a campaign of the store names, too, also one
 * that comes later, unless the command has --tenant. cli must outlive the
 * batch. 0 or -1. */
int delivery_batch_all_tenants(
    struct delivery_batch *batch, struct cli *cli, struct err *err);

/* What became of one copy. */
struct delivery_news {
	struct span message_id;
	struct span recipient;
	struct span or_else;	   /* who it was where he was not, or "" */
	enum exposure_state state; /* EXPOSURE_STATES: a complaint */
	uint32_t status; /* as bounce_status(), of what did not arrive; or 0 */
	int64_t at;
};

/* Notes the news; its texts are copied. 0, or -1 when a commit on the way
 * failed. */
int delivery_batch_add(struct delivery_batch *batch,
    const struct delivery_news *news, struct err *err);

/* Commits what has been noted. 0 or -1. */
int delivery_batch_flush(struct delivery_batch *batch, struct err *err);

const struct delivery_batch_count *delivery_batch_counted(
    const struct delivery_batch *batch);

#endif
