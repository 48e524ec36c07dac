/*
 * An external sort takes records in any order and gives them back sorted by
 * key, in flat memory: what does not fit lies in files without a name beside
 * the store. Records of one key come back in the order they went in.
 */
#ifndef INLAY_TOOLS_EXTERNAL_SORT_H
#define INLAY_TOOLS_EXTERNAL_SORT_H

#include "store/base/err.h"
#include "store/record/key.h"

struct load_row;
struct external_sort;

/* directory: where the files go; memory: bytes held at most (and at least
 * one record). 0 or -1. */
int external_sort_open(const char *directory, size_t memory,
    struct external_sort **sort, struct err *err);
void external_sort_close(struct external_sort **sort);

/* 0, or -1: ERR_SYSTEM (disk full), ERR_MEMORY. */
int external_sort_add(struct external_sort *sort, const struct record_key *key,
    struct span bytes, struct err *err);

/* Ends the adding. 0 or -1. */
int external_sort_finish(struct external_sort *sort, struct err *err);

/* 1 and the next record, valid until the next call; 0 at the end; -1. */
int external_sort_next(
    struct external_sort *sort, struct load_row *row, struct err *err);

/* How many went in. */
uint64_t external_sort_count(const struct external_sort *sort);

#endif
