/*
 * The files that hold one log: the one by its name, and beside it what it was
 * rotated into, by whatever name (log.1, log-20260321, log.2.gz).
 */
#ifndef INLAY_TOOLS_LOG_FILES_H
#define INLAY_TOOLS_LOG_FILES_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "tools/input/log_source.h"

struct log_file {
	const char *path;
	uint64_t inode;
	uint64_t head; /* of its first line; 0 none */
	int64_t changed;
	uint64_t size; /* UINT64_MAX: packed, nobody knows */
};

/*
 * What is to be read after the place, oldest first, the last being the path
 * itself; the place is in the first where *known, else the place is in none of
 * them. 0, or -1: ERR_MEMORY.
 */
int log_files_after(const char *path, const struct log_place *place,
    struct arena *arena, struct log_file **files, size_t *count, bool *known,
    struct err *err);

/* The number of a first line. */
uint64_t log_head(struct span line);

#endif
