/*
 * What the tests of the store share: a directory that goes away again, keys
 * by number.
 */
#ifndef INLAY_TESTS_STORE_KIT_H
#define INLAY_TESTS_STORE_KIT_H

#include "store/engine/engine.h"
#include "store/record/record.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KIT_PATH 64

/* Makes a new directory below base and names it. 0 or -1. */
static inline int
kit_directory(const char *base, char path[KIT_PATH])
{
	snprintf(path, KIT_PATH, "%s/inlay-test-XXXXXX", base);
	return mkdtemp(path) != NULL ? 0 : -1;
}

/* Empties a directory of at most two levels, which is what a store has. */
static inline void
kit_remove_below(int parent, const char *name, unsigned depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) < 0 && depth > 0)
			kit_remove_below(dirfd(dir), entry->d_name, depth - 1);
	}
	if (dir != NULL)
		closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

static inline void
kit_remove(const char *path)
{
	kit_remove_below(AT_FDCWD, path, 3);
}

/* A secret known to the test, in the directory of a store to be. */
static inline void
kit_secret(const char *path)
{
	char name[KIT_PATH + 32];
	FILE *file;

	snprintf(name, sizeof name, "%s/tombstone.key", path);
	file = fopen(name, "w");
	if (file == NULL)
		abort();
	fputs("0123456789abcdef0123456789abcdef", file);
	fclose(file);
}

static inline struct record_key
kit_key(unsigned number)
{
	struct record_key key = { { 0 } };

	key.bytes[0] = (unsigned char)(number >> 24);
	key.bytes[1] = (unsigned char)(number >> 16);
	key.bytes[2] = (unsigned char)(number >> 8);
	key.bytes[3] = (unsigned char)number;
	return key;
}

static inline unsigned
kit_number(const struct record_key *key)
{
	return (unsigned)key->bytes[0] << 24 | (unsigned)key->bytes[1] << 16 |
	       (unsigned)key->bytes[2] << 8 | key->bytes[3];
}

static inline struct write
kit_write(
    unsigned number, enum record_kind kind, uint64_t version, const char *text)
{
	return (struct write){ kit_key(number), kind, version, span_str(text),
		WRITE_NONE, 0 };
}

/* A meta entry of the LMDB engine, RECORD_HEADER bytes. */
static inline void
kit_seal_number(char *at, struct span name, uint64_t number)
{
	record_seal(at, name, RECORD_CATALOG, number, SPAN_NONE);
}

#endif
