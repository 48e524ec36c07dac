#include "tools/input/input_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

#include "store/base/hash.h"

#define CHUNK ((size_t)128 * 1024)

enum packing { PACKING_UNKNOWN, PACKING_NONE, PACKING_GZIP, PACKING_ZSTD };

struct input_stream {
	int fd;	  /* -1: all bytes are in the chunk */
	bool own; /* close fd in the end */
	enum packing packing;
	z_stream gzip;
	ZSTD_DStream *zstd;
	bool within; /* an unfinished gzip member or zstd frame */
	char *chunk; /* packed bytes read ahead */
	size_t chunk_at, chunk_len;
	uint64_t done, total;
	int64_t changed;
	uint64_t identity;
	char name[PATH_MAX];
};

static int
read_error(const struct input_stream *source, struct err *err, const char *what)
{
	return err_at(
	    err, ERR_INPUT, source->name, 0, 0, "cannot be read: %s", what);
}

static void
look_at_file(struct input_stream *source)
{
	struct stat stat;
	struct span parts[4];

	source->changed = (int64_t)time(NULL);
	if (fstat(source->fd, &stat) < 0 || !S_ISREG(stat.st_mode))
		return;
	source->total = (uint64_t)stat.st_size;
	source->changed = (int64_t)stat.st_mtime;
	parts[0] = span_of(&stat.st_dev, sizeof(stat.st_dev));
	parts[1] = span_of(&stat.st_ino, sizeof(stat.st_ino));
	parts[2] = span_of(&stat.st_size, sizeof(stat.st_size));
	parts[3] = span_of(&stat.st_mtim.tv_sec, sizeof(time_t));
	for (size_t i = 0; i < 4; i++)
		source->identity = hash_xxh3_seeded(parts[i], source->identity);
}

static struct input_stream *
make(const char *name, struct err *err)
{
	struct input_stream *source = calloc(1, sizeof(*source));
	size_t len = strlen(name);

	if (!source || len >= sizeof(source->name)) {
		free(source);
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	memcpy(source->name, name, len + 1);
	source->fd = -1;
	return source;
}

int
input_stream_open(
    const char *path, int input, struct input_stream **source, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	struct input_stream *made =
	    make(standard ? "standard input" : path, err);

	if (!made)
		return -1;
	made->own = !standard;
	made->fd = standard ? input : open(path, O_RDONLY | O_CLOEXEC);
	if (made->fd < 0) {
		read_error(made, err, strerror(errno));
		input_stream_close(&made);
		return -1;
	}
	made->chunk = malloc(CHUNK);
	if (!made->chunk) {
		input_stream_close(&made);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	look_at_file(made);
	*source = made;
	return 0;
}

int
input_stream_open_bytes(
    struct span bytes, struct input_stream **source, struct err *err)
{
	struct input_stream *made = make("bytes", err);

	if (!made)
		return -1;
	made->chunk = malloc(bytes.len ? bytes.len : 1);
	if (!made->chunk) {
		input_stream_close(&made);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	if (bytes.len != 0)
		memcpy(made->chunk, bytes.at, bytes.len);
	made->chunk_len = bytes.len;
	made->total = made->done = bytes.len;
	*source = made;
	return 0;
}

void
input_stream_close(struct input_stream **source)
{
	struct input_stream *it = *source;

	if (!it)
		return;
	if (it->packing == PACKING_GZIP)
		inflateEnd(&it->gzip);
	ZSTD_freeDStream(it->zstd);
	if (it->own && it->fd >= 0)
		close(it->fd);
	free(it->chunk);
	free(it);
	*source = NULL;
}

/* Makes sure there are packed bytes ahead. 1, 0 at the end, -1. */
static int
refill(struct input_stream *source, struct err *err)
{
	ssize_t got;

	if (source->chunk_at < source->chunk_len)
		return 1;
	if (source->fd < 0)
		return 0;
	do
		got = read(source->fd, source->chunk, CHUNK);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return read_error(source, err, strerror(errno));
	source->chunk_at = 0;
	source->chunk_len = (size_t)got;
	source->done += (uint64_t)got;
	return got > 0;
}

static enum packing
packing_of(struct span head)
{
	if (span_starts(head, SPAN("\x1f\x8b")))
		return PACKING_GZIP;
	if (span_starts(head, SPAN("\x28\xb5\x2f\xfd")))
		return PACKING_ZSTD;
	return PACKING_NONE;
}

/* Decides by the first bytes. 0 or -1. */
static int
find_packing(struct input_stream *source, struct err *err)
{
	int more = refill(source, err);

	if (more < 0)
		return -1;
	source->packing = packing_of(span_of(source->chunk, source->chunk_len));
	if (source->packing == PACKING_GZIP &&
	    inflateInit2(&source->gzip, 15 + 16) != Z_OK) {
		source->packing = PACKING_NONE;
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	if (source->packing == PACKING_ZSTD)
		source->zstd = ZSTD_createDStream();
	if (source->packing == PACKING_ZSTD && !source->zstd)
		return err_set(err, ERR_MEMORY, "out of memory");
	return 0;
}

bool
input_stream_is_packed(const char *path)
{
	char head[4];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, head, sizeof(head));

	if (fd >= 0)
		close(fd);
	return got > 0 &&
	       packing_of(span_of(head, (size_t)got)) != PACKING_NONE;
}

static ssize_t
read_plain(struct input_stream *source, char *at, size_t size)
{
	size_t ready = source->chunk_len - source->chunk_at;

	if (ready > size)
		ready = size;
	memcpy(at, source->chunk + source->chunk_at, ready);
	source->chunk_at += ready;
	return (ssize_t)ready;
}

/* Unpacks what is ahead, perhaps nothing. Members may follow each other. */
static ssize_t
read_gzip(struct input_stream *source, char *at, size_t size, struct err *err)
{
	z_stream *gzip = &source->gzip;
	int status;

	if (!source->within && inflateReset(gzip) != Z_OK)
		return read_error(source, err, "gzip failed");
	source->within = true;
	gzip->next_in = (unsigned char *)source->chunk + source->chunk_at;
	gzip->avail_in = (unsigned)(source->chunk_len - source->chunk_at);
	gzip->next_out = (unsigned char *)at;
	gzip->avail_out = (unsigned)size;
	status = inflate(gzip, Z_NO_FLUSH);
	source->chunk_at = source->chunk_len - gzip->avail_in;
	if (status == Z_STREAM_END)
		source->within = false;
	else if (status != Z_OK && status != Z_BUF_ERROR)
		return read_error(source, err, "damaged gzip data");
	return (ssize_t)(size - gzip->avail_out);
}

static ssize_t
read_zstd(struct input_stream *source, char *at, size_t size, struct err *err)
{
	ZSTD_inBuffer in = { source->chunk, source->chunk_len,
		source->chunk_at };
	ZSTD_outBuffer out = { at, size, 0 };
	size_t left = ZSTD_decompressStream(source->zstd, &out, &in);

	if (ZSTD_isError(left))
		return read_error(source, err, "damaged zstd data");
	source->chunk_at = in.pos;
	source->within = left != 0;
	return (ssize_t)out.pos;
}

ssize_t
input_stream_read(
    struct input_stream *source, char *at, size_t size, struct err *err)
{
	ssize_t got = 0;
	int more;

	if (source->packing == PACKING_UNKNOWN && find_packing(source, err) < 0)
		return -1;
	if (size > CHUNK)
		size = CHUNK;
	while (got == 0) {
		more = refill(source, err);
		if (more < 0)
			return -1;
		if (more == 0 && source->within)
			return read_error(source, err, "it ends too early");
		if (more == 0)
			return 0;
		if (source->packing == PACKING_GZIP)
			got = read_gzip(source, at, size, err);
		else if (source->packing == PACKING_ZSTD)
			got = read_zstd(source, at, size, err);
		else
			got = read_plain(source, at, size);
	}
	return got;
}

int
input_stream_skip(struct input_stream *source, uint64_t bytes, struct err *err)
{
	char skipped[16384];

	if (bytes == 0)
		return 0;
	if (find_packing(source, err) < 0)
		return -1;
	if (source->packing == PACKING_NONE && source->total != 0) {
		if (lseek(source->fd, (off_t)bytes, SEEK_SET) < 0)
			return read_error(source, err, strerror(errno));
		source->chunk_at = source->chunk_len = 0;
		source->done = bytes;
		return 0;
	}
	while (bytes != 0) {
		size_t most =
		    bytes < sizeof(skipped) ? (size_t)bytes : sizeof(skipped);
		ssize_t got = input_stream_read(source, skipped, most, err);

		if (got <= 0)
			return (int)got;
		bytes -= (uint64_t)got;
	}
	return 0;
}

int
input_stream_read_whole(const char *path, int input, struct buf *bytes,
    enum err_code too_big, struct err *err)
{
	char chunk[16384];
	struct input_stream *source;
	ssize_t got = 0;

	if (input_stream_open(path, input, &source, err) < 0)
		return -1;
	do {
		got = input_stream_read(source, chunk, sizeof(chunk), err);
		if (got > 0)
			buf_add(bytes, span_of(chunk, (size_t)got));
	} while (got > 0 && !bytes->failed);
	if (bytes->failed)
		err_at(err, too_big, source->name, 0, 0,
		    "larger than %zu bytes", bytes->max);
	input_stream_close(&source);
	return got < 0 || bytes->failed ? -1 : 0;
}

void
input_stream_progress(
    const struct input_stream *source, uint64_t *done, uint64_t *total)
{
	*done = source->done - (source->chunk_len - source->chunk_at);
	*total = source->total;
}

int64_t
input_stream_changed(const struct input_stream *source)
{
	return source->changed;
}

uint64_t
input_stream_identity(const struct input_stream *source)
{
	return source->identity;
}

const char *
input_stream_name(const struct input_stream *source)
{
	return source->name;
}
