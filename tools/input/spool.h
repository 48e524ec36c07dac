/*
 * A spool takes records in any order and gives them back sorted by key, in
 * flat memory: what does not fit lies in files without a name beside the
 * store. Records of one key come back in the order they went in.
 */
#ifndef INLAY_TOOLS_SPOOL_H
#define INLAY_TOOLS_SPOOL_H

#include "store/base/err.h"
#include "store/record/key.h"

struct load_row;
struct spool;

/* directory: where the files go; memory: bytes held at most (and at least
 * one record). 0 or -1. */
int spool_open(const char *directory, size_t memory, struct spool **spool,
    struct err *err);
void spool_close(struct spool **spool);

/* 0, or -1: ERR_SYSTEM (disk full), ERR_MEMORY. */
int spool_add(struct spool *spool, const struct record_key *key,
    struct span bytes, struct err *err);

/* Ends the adding. 0 or -1. */
int spool_sort(struct spool *spool, struct err *err);

/* 1 and the next record, valid until the next call; 0 at the end; -1. */
int spool_next(struct spool *spool, struct load_row *row, struct err *err);

/* How many went in. */
uint64_t spool_count(const struct spool *spool);

#endif
