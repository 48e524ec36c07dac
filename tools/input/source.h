/*
 * A source is a file or standard input as a stream of bytes, gzip and zstd
 * unpacked on the way by what the first bytes say. Memory stays flat.
 */
#ifndef INLAY_TOOLS_SOURCE_H
#define INLAY_TOOLS_SOURCE_H

#include <sys/types.h>

#include "store/base/err.h"
#include "store/base/span.h"

struct source;

/* path "-" is the descriptor `input`. 0, or -1: ERR_INPUT where the file
 * cannot be opened, ERR_MEMORY. */
int source_open(
    const char *path, int input, struct source **source, struct err *err);

/* A source over bytes in memory, which must outlive it. 0 or -1. */
int source_open_bytes(
    struct span bytes, struct source **source, struct err *err);

void source_close(struct source **source);

/* Up to size bytes, 0 at the end, -1 when reading or unpacking fails. */
ssize_t source_read(
    struct source *source, char *at, size_t size, struct err *err);

/* Bytes taken from the file, packed as they are, and its size; total is 0
 * where nobody knows. */
void source_progress(
    const struct source *source, uint64_t *done, uint64_t *total);

/* When the file was last changed, or now for what is no file. */
int64_t source_changed(const struct source *source);

/* A number that is the same as long as the file is: of its identity, size
 * and time of change. 0 for what is no file. */
uint64_t source_identity(const struct source *source);

/* The path as given; "standard input" for "-". */
const char *source_name(const struct source *source);

#endif
