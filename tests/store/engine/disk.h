/*
 * A disk that does what a test says, under the real engine: it stands
 * between LMDB and the kernel by defining the four calls that LMDB writes
 * with. It can refuse writes and syncs, and it remembers what a power loss
 * at this moment would leave.
 *
 * Include it in one file of a program only, before anything else.
 */
#ifndef INLAY_TESTS_STORE_DISK_H
#define INLAY_TESTS_STORE_DISK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DISK_META ((off_t)8192) /* commits become visible below this */
#define DISK_SECTOR ((size_t)512)
#define DISK_NEVER ~0u

/* A write that a power loss may still undo, whole or by sectors. */
struct disk_write {
	struct disk_write *next;
	off_t at;
	size_t len;
	char bytes[];
};

static struct disk {
	pthread_mutex_t lock;
	/* Countdowns: at 0 the next call fails, and all after it while
	 * stuck. */
	unsigned sync_fails_in, meta_fails_in, write_fails_in;
	unsigned directory_fails_in; /* syncs of directories */
	bool stuck;
	int error;
	unsigned dies_in; /* commits: then the process is gone */
	bool lying;	  /* syncs say yes and do nothing: the control */
	bool watching;
	const char *only; /* files below this; NULL: all data.mdb */
	char *image;	  /* what is durable */
	size_t image_len;
	struct disk_write *first; /* what is not, oldest first */
	struct disk_write **last;
	unsigned syncs, writes;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.sync_fails_in = DISK_NEVER,
	.meta_fails_in = DISK_NEVER,
	.write_fails_in = DISK_NEVER,
	.directory_fails_in = DISK_NEVER,
	.dies_in = DISK_NEVER,
	.error = EIO };

static inline bool
disk_has(int fd)
{
	char link[64], name[512];
	ssize_t len;

	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	len = readlink(link, name, sizeof name - 1);
	if (len < 8)
		return false;
	name[len] = '\0';
	if (disk.only != NULL &&
	    strncmp(name, disk.only, strlen(disk.only)) != 0)
		return false;
	return strcmp(name + len - 8, "data.mdb") == 0;
}

static inline bool
disk_fails(unsigned *in)
{
	if (*in == DISK_NEVER)
		return false;
	if (*in > 0) {
		--*in;
		return false;
	}
	if (!disk.stuck)
		*in = DISK_NEVER;
	errno = disk.error;
	return true;
}

static inline void
disk_apply(char **image, size_t *size, off_t at, const char *bytes, size_t len)
{
	size_t end = (size_t)at + len;

	if (end > *size) {
		*image = realloc(*image, end);
		memset(*image + *size, 0, end - *size);
		*size = end;
	}
	memcpy(*image + at, bytes, len);
}

static inline void
disk_settle(void)
{
	while (disk.first != NULL) {
		struct disk_write *write = disk.first;

		disk.first = write->next;
		disk_apply(&disk.image, &disk.image_len, write->at,
		    write->bytes, write->len);
		free(write);
	}
	disk.last = &disk.first;
}

static inline void
disk_note(int fd, const char *bytes, size_t len, off_t at)
{
	struct disk_write *write;

	disk.writes++;
	if (!disk.watching)
		return;
	if (!disk.lying && (fcntl(fd, F_GETFL) & O_DSYNC) != 0) {
		disk_apply(&disk.image, &disk.image_len, at, bytes, len);
		return;
	}
	write = malloc(sizeof *write + len);
	*write = (struct disk_write){ NULL, at, len };
	memcpy(write->bytes, bytes, len);
	*disk.last = write;
	disk.last = &write->next;
}

ssize_t
pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	ssize_t done = -1;
	bool ours = disk_has(fd), failed;

	pthread_mutex_lock(&disk.lock);
	failed = ours && disk_fails(at < DISK_META ? &disk.meta_fails_in
						   : &disk.write_fails_in);
	if (!failed)
		done = syscall(SYS_pwrite64, fd, bytes, len, at);
	if (ours && done > 0 && at < DISK_META && disk.dies_in != DISK_NEVER &&
	    disk.dies_in-- == 0)
		_exit(0);
	if (ours && done > 0)
		disk_note(fd, bytes, (size_t)done, at);
	pthread_mutex_unlock(&disk.lock);
	return done;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
	ssize_t done = -1;
	bool ours = disk_has(fd), failed;
	off_t at;

	pthread_mutex_lock(&disk.lock);
	failed = ours && disk_fails(&disk.write_fails_in);
	at = lseek(fd, 0, SEEK_CUR);
	if (!failed)
		done = syscall(SYS_writev, fd, parts, count);
	if (ours && done > 0) {
		size_t left = (size_t)done;

		for (int i = 0; i < count && left != 0; i++) {
			size_t len =
			    parts[i].iov_len < left ? parts[i].iov_len : left;

			disk_note(fd, parts[i].iov_base, len, at);
			at += (off_t)len;
			left -= len;
		}
	}
	pthread_mutex_unlock(&disk.lock);
	return done;
}

static inline int
disk_sync(int fd, long call)
{
	int failed = 0;

	pthread_mutex_lock(&disk.lock);
	if (disk_has(fd)) {
		disk.syncs++;
		failed = disk_fails(&disk.sync_fails_in);
		if (!failed && disk.watching && !disk.lying)
			disk_settle();
	}
	pthread_mutex_unlock(&disk.lock);
	if (failed)
		return -1;
	/* What a power loss would do is played, not real: no need to wait. */
	return disk.watching ? 0 : (int)syscall(call, fd);
}

int
fdatasync(int fd)
{
	return disk_sync(fd, SYS_fdatasync);
}

int
fsync(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat) == 0 && S_ISDIR(stat.st_mode) &&
	    disk_fails(&disk.directory_fails_in))
		return -1;
	return disk_sync(fd, SYS_fsync);
}

/* Begins to watch a file, all of which counts as durable. */
static inline void
disk_watch(const char *path)
{
	FILE *file = fopen(path, "rb");
	char bytes[65536];
	size_t len;

	disk.image_len = 0;
	disk.last = &disk.first;
	while ((len = fread(bytes, 1, sizeof bytes, file)) != 0)
		disk_apply(&disk.image, &disk.image_len, (off_t)disk.image_len,
		    bytes, len);
	fclose(file);
	disk.watching = true;
}

static inline void
disk_unwatch(void)
{
	disk.watching = false;
	disk_settle();
	free(disk.image);
	disk.image = NULL;
	disk.image_len = 0;
}

static inline uint64_t
disk_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Writes to path what a power loss now would leave: all that was synced,
 * and of the rest any sectors, in any order, as the seed says. */
static inline void
disk_power_loss(const char *path, uint64_t seed)
{
	char *image;
	size_t len;
	FILE *file;

	pthread_mutex_lock(&disk.lock);
	len = disk.image_len;
	image = malloc(len + 1);
	memcpy(image, disk.image, len);
	for (struct disk_write *w = disk.first; w; w = w->next) {
		uint64_t mood = disk_random(&seed) % 3; /* none, some, all */

		for (size_t at = 0; at < w->len; at += DISK_SECTOR) {
			size_t part = w->len - at < DISK_SECTOR ? w->len - at
								: DISK_SECTOR;

			if (mood == 2 ||
			    (mood == 1 && disk_random(&seed) % 2 != 0))
				disk_apply(&image, &len, w->at + (off_t)at,
				    w->bytes + at, part);
		}
	}
	pthread_mutex_unlock(&disk.lock);
	file = fopen(path, "wb");
	fwrite(image, 1, len, file);
	fclose(file);
	free(image);
}

#endif
