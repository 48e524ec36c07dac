#include "store/engine/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CURRENT "current"
#define TURN "turn.lock"
#define DATA "data."

struct place {
	char *path;
	unsigned mode;
	int dir;
	int turn;
	pthread_mutex_t lock; /* the turn among threads; flock has processes */
};

static int
fail(struct err *err, const struct place *place, const char *doing)
{
	return err_set(err, ERR_SYSTEM, "%s: cannot %s: %s", place->path, doing,
	    strerror(errno));
}

/* Whoever may read a file may enter its directory. */
static mode_t
directory_mode(unsigned mode)
{
	return (mode_t)(mode | 0100 | (mode & 0444) >> 2);
}

static void
give(struct place *place, const char *name)
{
	struct stat owner;

	if (geteuid() != 0 || fstat(place->dir, &owner) < 0)
		return;
	(void)!fchownat(
	    place->dir, name, owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW);
}

static struct place *
place_at(const char *path, unsigned mode, struct err *err)
{
	struct place *place = calloc(1, sizeof *place);

	if (place != NULL)
		place->path = strdup(path);
	if (place == NULL || place->path == NULL) {
		free(place);
		err_set(err, ERR_MEMORY, "no memory for the store");
		return NULL;
	}
	place->mode = mode;
	place->turn = -1;
	pthread_mutex_init(&place->lock, NULL);
	place->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return place;
}

/* Names the first data directory. Two processes may try at once. */
static int
found(struct place *place, struct err *err)
{
	char name[PLACE_NAME];
	int failed;

	if (place_turn_begin(place, err) < 0)
		return -1;
	failed = readlinkat(place->dir, CURRENT, name, sizeof name) < 0;
	if (failed && errno != ENOENT)
		fail(err, place, "read what is current");
	else if (failed)
		failed = place_new(place, name, err) < 0 ||
			 place_switch(place, name, err) < 0;
	place_turn_end(place);
	return failed ? -1 : 0;
}

static int
open_turn(struct place *place, struct err *err)
{
	place->turn = openat(place->dir, TURN, O_RDWR | O_CREAT | O_CLOEXEC,
	    (mode_t)place->mode);
	if (place->turn < 0)
		return fail(err, place, "open " TURN);
	give(place, TURN);
	return 0;
}

/* The directory and the lock in it, created where missing. */
static int
make(const char *path, unsigned mode, struct place **place, struct err *err)
{
	struct place *new;

	if (mkdir(path, directory_mode(mode)) < 0 && errno != EEXIST)
		return err_set(err, ERR_SYSTEM, "cannot create %s: %s", path,
		    strerror(errno));
	new = place_at(path, mode, err);
	if (new == NULL)
		return -1;
	if (new->dir < 0)
		fail(err, new, "open it");
	if (new->dir < 0 || open_turn(new, err) < 0) {
		place_close(&new);
		return -1;
	}
	*place = new;
	return 0;
}

int
place_open(
    const char *path, unsigned mode, struct place **place, struct err *err)
{
	if (make(path, mode, place, err) < 0)
		return -1;
	if (found(*place, err) == 0)
		return 0;
	place_close(place);
	return -1;
}

int
place_make(
    const char *path, unsigned mode, struct place **place, struct err *err)
{
	char name[PLACE_NAME];

	if (make(path, mode, place, err) < 0)
		return -1;
	if (readlinkat((*place)->dir, CURRENT, name, sizeof name) < 0 &&
	    errno == ENOENT)
		return 0;
	place_close(place);
	return err_set(err, ERR_INPUT, "%s holds a store already", path);
}

int
place_open_readonly(const char *path, struct place **place, struct err *err)
{
	struct place *new = place_at(path, 0, err);
	char name[PLACE_NAME];

	if (new == NULL)
		return -1;
	if (new->dir < 0)
		fail(err, new, "open it");
	if (new->dir < 0 || place_current(new, name, err) < 0) {
		place_close(&new);
		return -1;
	}
	*place = new;
	return 0;
}

void
place_close(struct place **place)
{
	struct place *old = *place;

	if (old == NULL)
		return;
	if (old->dir >= 0)
		close(old->dir);
	if (old->turn >= 0)
		close(old->turn);
	pthread_mutex_destroy(&old->lock);
	free(old->path);
	free(old);
	*place = NULL;
}

int
place_current(struct place *place, char name[PLACE_NAME], struct err *err)
{
	ssize_t len = readlinkat(place->dir, CURRENT, name, PLACE_NAME);

	if (len < 0 && errno == ENOENT)
		return err_set(err, ERR_STORE,
		    "%s: there is no store yet; the first load makes one",
		    place->path);
	if (len < 0)
		return fail(err, place, "read what is current");
	if (len >= PLACE_NAME)
		return err_set(err, ERR_STORE,
		    "%s: `current` does not name a data directory",
		    place->path);
	name[len] = '\0';
	return 0;
}

void
place_path(struct place *place, const char *name, char *out)
{
	snprintf(out, PLACE_PATH, "%s/%s", place->path, name);
}

int
place_new(struct place *place, char name[PLACE_NAME], struct err *err)
{
	unsigned long number = 0;

	if (place_current(place, name, NULL) == 0 &&
	    strncmp(name, DATA, sizeof DATA - 1) == 0)
		number = strtoul(name + sizeof DATA - 1, NULL, 10);
	while (++number != 0) {
		snprintf(name, PLACE_NAME, DATA "%lu", number);
		if (mkdirat(place->dir, name, directory_mode(place->mode)) ==
		    0) {
			give(place, name);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return fail(err, place, "make a data directory");
}

static int
point(struct place *place, const char *name, struct err *err)
{
	char link[PLACE_NAME + 8];

	snprintf(link, sizeof link, "%s.next", name);
	unlinkat(place->dir, link, 0);
	if (symlinkat(name, place->dir, link) < 0)
		return fail(err, place, "make a link");
	give(place, link);
	if (renameat(place->dir, link, place->dir, CURRENT) == 0)
		return 0;
	fail(err, place, "switch to new data");
	unlinkat(place->dir, link, 0);
	return -1;
}

/* What was current before, where the disk does not take the new name: nobody
 * may drop what is named. */
int
place_switch(struct place *place, const char *name, struct err *err)
{
	char old[PLACE_NAME];
	bool had = place_current(place, old, NULL) == 0;

	if (point(place, name, err) < 0)
		return -1;
	if (fsync(place->dir) == 0)
		return 0;
	fail(err, place, "sync it");
	if (had)
		(void)point(place, old, NULL);
	else
		unlinkat(place->dir, CURRENT, 0);
	return -1;
}

static DIR *
open_data(struct place *place, const char *name)
{
	int fd = openat(
	    place->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL && fd >= 0)
		close(fd);
	return dir;
}

void
place_drop(struct place *place, const char *name)
{
	DIR *dir = open_data(place, name);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	closedir(dir);
	unlinkat(place->dir, name, AT_REMOVEDIR);
}

void
place_tidy(struct place *place, const char *kept, const char *other)
{
	DIR *dir = open_data(place, ".");
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (strncmp(entry->d_name, DATA, sizeof DATA - 1) == 0 &&
		    strcmp(entry->d_name, kept) != 0 &&
		    strcmp(entry->d_name, other) != 0)
			place_drop(place, entry->d_name);
	closedir(dir);
}

int
place_sync(struct place *place, const char *name, struct err *err)
{
	DIR *dir = open_data(place, name);
	int failed = dir == NULL || fsync(dirfd(dir)) < 0;

	if (failed)
		fail(err, place, "sync a data directory");
	if (dir != NULL)
		closedir(dir);
	return failed ? -1 : 0;
}

void
place_own(struct place *place, const char *name)
{
	DIR *dir = open_data(place, name);
	struct dirent *entry;
	struct stat owner;

	if (dir == NULL)
		return;
	if (geteuid() == 0 && fstat(place->dir, &owner) == 0)
		while ((entry = readdir(dir)) != NULL)
			if (entry->d_name[0] != '.')
				(void)!fchownat(dirfd(dir), entry->d_name,
				    owner.st_uid, owner.st_gid,
				    AT_SYMLINK_NOFOLLOW);
	closedir(dir);
}

int
place_turn_begin(struct place *place, struct err *err)
{
	pthread_mutex_lock(&place->lock);
	while (flock(place->turn, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		fail(err, place, "wait for its turn");
		pthread_mutex_unlock(&place->lock);
		return -1;
	}
	return 0;
}

void
place_turn_end(struct place *place)
{
	flock(place->turn, LOCK_UN);
	pthread_mutex_unlock(&place->lock);
}

uint64_t
place_free(struct place *place)
{
	struct statvfs vfs;

	if (fstatvfs(place->dir, &vfs) < 0)
		return UINT64_MAX;
	return (uint64_t)vfs.f_bavail * vfs.f_frsize;
}
