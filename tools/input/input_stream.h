/*
 * A source is a file or standard input as a stream of bytes, gzip and zstd
 * unpacked on the way by what the first bytes say. Memory stays flat.
 */
#ifndef INLAY_TOOLS_INPUT_STREAM_H
#define INLAY_TOOLS_INPUT_STREAM_H

#include <sys/types.h>

#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct input_stream;

/* path "-" is the descriptor `input`. 0, or -1: ERR_INPUT where the file
 * cannot be opened, ERR_MEMORY. */
int input_stream_open(
    const char *path, int input, struct input_stream **source, struct err *err);

/* A source over bytes in memory, which must outlive it. 0 or -1. */
int input_stream_open_bytes(
    struct span bytes, struct input_stream **source, struct err *err);

void input_stream_close(struct input_stream **source);

/* Up to size bytes, 0 at the end, -1 when reading or unpacking fails. */
ssize_t input_stream_read(
    struct input_stream *source, char *at, size_t size, struct err *err);

/* Moves past so many bytes of a stream that nobody has read yet; to its end
 * where it has fewer and is no file, or packed. 0 or -1. */
int input_stream_skip(
    struct input_stream *source, uint64_t bytes, struct err *err);

/* Whether it is a file that would be unpacked. */
bool input_stream_is_packed(const char *path);

/*
 * Adds all of a file (path "-" is the descriptor `input`), unpacked, to the
 * buffer, whose limit is what it may be: 0, or -1 with `too_big` where it is
 * larger, else as opening and reading say.
 */
int input_stream_read_whole(const char *path, int input, struct buf *bytes,
    enum err_code too_big, struct err *err);

/* Bytes taken from the file, packed as they are, and its size; total is 0
 * where nobody knows. */
void input_stream_progress(
    const struct input_stream *source, uint64_t *done, uint64_t *total);

/* When the file was last changed, or now for what is no file. */
int64_t input_stream_changed(const struct input_stream *source);

/* A number that is the same as long as the file is: of its identity, size
 * and time of change. 0 for what is no file. */
uint64_t input_stream_identity(const struct input_stream *source);

/* The path as given; "standard input" for "-". */
const char *input_stream_name(const struct input_stream *source);

#endif
