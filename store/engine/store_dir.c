#include "store/engine/store_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define CURRENT "current"
#define TURN "turn.lock"
#define DATA "data."

struct store_dir {
	char *path;
	unsigned mode;
	int dir;
	int turn;
	pthread_mutex_t lock; /* the turn among threads; flock has processes */
};

static int
fail(struct err *err, const struct store_dir *dir, const char *doing)
{
	return err_set(err, ERR_SYSTEM, "%s: cannot %s: %s", dir->path, doing,
	    strerror(errno));
}

/* Whoever may read a file may enter its directory. */
static mode_t
directory_mode(unsigned mode)
{
	return (mode_t)(mode | 0100 | (mode & 0444) >> 2);
}

static void
give(struct store_dir *dir, const char *name)
{
	struct stat owner;

	if (geteuid() != 0 || fstat(dir->dir, &owner) < 0)
		return;
	(void)!fchownat(
	    dir->dir, name, owner.st_uid, owner.st_gid, AT_SYMLINK_NOFOLLOW);
}

static struct store_dir *
store_dir_at(const char *path, unsigned mode, struct err *err)
{
	struct store_dir *dir = calloc(1, sizeof *dir);

	if (dir != NULL)
		dir->path = strdup(path);
	if (dir == NULL || dir->path == NULL) {
		free(dir);
		err_set(err, ERR_MEMORY, "no memory for the store");
		return NULL;
	}
	dir->mode = mode;
	dir->turn = -1;
	pthread_mutex_init(&dir->lock, NULL);
	dir->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir;
}

/* Names the first data directory. Two processes may try at once. */
static int
found(struct store_dir *dir, struct err *err)
{
	char name[STORE_DIR_NAME];
	int failed;

	if (store_dir_turn_begin(dir, err) < 0)
		return -1;
	failed = readlinkat(dir->dir, CURRENT, name, sizeof name) < 0;
	if (failed && errno != ENOENT)
		fail(err, dir, "read what is current");
	else if (failed)
		failed = store_dir_new(dir, name, err) < 0 ||
			 store_dir_switch(dir, name, err) < 0;
	store_dir_turn_end(dir);
	return failed ? -1 : 0;
}

static int
open_turn(struct store_dir *dir, struct err *err)
{
	dir->turn = openat(
	    dir->dir, TURN, O_RDWR | O_CREAT | O_CLOEXEC, (mode_t)dir->mode);
	if (dir->turn < 0)
		return fail(err, dir, "open " TURN);
	give(dir, TURN);
	return 0;
}

/* The directory and the lock in it, created where missing. */
static int
make(const char *path, unsigned mode, struct store_dir **dir, struct err *err)
{
	struct store_dir *new;

	if (mkdir(path, directory_mode(mode)) < 0 && errno != EEXIST)
		return err_set(err, ERR_SYSTEM, "cannot create %s: %s", path,
		    strerror(errno));
	new = store_dir_at(path, mode, err);
	if (new == NULL)
		return -1;
	if (new->dir < 0)
		fail(err, new, "open it");
	if (new->dir < 0 || open_turn(new, err) < 0) {
		store_dir_close(&new);
		return -1;
	}
	*dir = new;
	return 0;
}

int
store_dir_open(
    const char *path, unsigned mode, struct store_dir **dir, struct err *err)
{
	if (make(path, mode, dir, err) < 0)
		return -1;
	if (found(*dir, err) == 0)
		return 0;
	store_dir_close(dir);
	return -1;
}

int
store_dir_make(
    const char *path, unsigned mode, struct store_dir **dir, struct err *err)
{
	char name[STORE_DIR_NAME];

	if (make(path, mode, dir, err) < 0)
		return -1;
	if (readlinkat((*dir)->dir, CURRENT, name, sizeof name) < 0 &&
	    errno == ENOENT)
		return 0;
	store_dir_close(dir);
	return err_set(err, ERR_INPUT, "%s holds a store already", path);
}

int
store_dir_open_readonly(
    const char *path, struct store_dir **dir, struct err *err)
{
	struct store_dir *new = store_dir_at(path, 0, err);
	char name[STORE_DIR_NAME];

	if (new == NULL)
		return -1;
	if (new->dir < 0)
		fail(err, new, "open it");
	if (new->dir < 0 || store_dir_current(new, name, err) < 0) {
		store_dir_close(&new);
		return -1;
	}
	*dir = new;
	return 0;
}

void
store_dir_close(struct store_dir **dir)
{
	struct store_dir *old = *dir;

	if (old == NULL)
		return;
	if (old->dir >= 0)
		close(old->dir);
	if (old->turn >= 0)
		close(old->turn);
	pthread_mutex_destroy(&old->lock);
	free(old->path);
	free(old);
	*dir = NULL;
}

int
store_dir_current(
    struct store_dir *dir, char name[STORE_DIR_NAME], struct err *err)
{
	ssize_t len = readlinkat(dir->dir, CURRENT, name, STORE_DIR_NAME);

	if (len < 0 && errno == ENOENT)
		return err_set(err, ERR_STORE,
		    "%s: there is no store yet; the first load makes one",
		    dir->path);
	if (len < 0)
		return fail(err, dir, "read what is current");
	if (len >= STORE_DIR_NAME)
		return err_set(err, ERR_STORE,
		    "%s: `current` does not name a data directory", dir->path);
	name[len] = '\0';
	return 0;
}

void
store_dir_path(struct store_dir *dir, const char *name, char *out)
{
	snprintf(out, STORE_DIR_PATH, "%s/%s", dir->path, name);
}

int
store_dir_new(struct store_dir *dir, char name[STORE_DIR_NAME], struct err *err)
{
	unsigned long number = 0;

	if (store_dir_current(dir, name, NULL) == 0 &&
	    strncmp(name, DATA, sizeof DATA - 1) == 0)
		number = strtoul(name + sizeof DATA - 1, NULL, 10);
	while (++number != 0) {
		snprintf(name, STORE_DIR_NAME, DATA "%lu", number);
		if (mkdirat(dir->dir, name, directory_mode(dir->mode)) == 0) {
			give(dir, name);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return fail(err, dir, "make a data directory");
}

static int
point(struct store_dir *dir, const char *name, struct err *err)
{
	char link[STORE_DIR_NAME + 8];

	snprintf(link, sizeof link, "%s.next", name);
	unlinkat(dir->dir, link, 0);
	if (symlinkat(name, dir->dir, link) < 0)
		return fail(err, dir, "make a link");
	give(dir, link);
	if (renameat(dir->dir, link, dir->dir, CURRENT) == 0)
		return 0;
	fail(err, dir, "switch to new data");
	unlinkat(dir->dir, link, 0);
	return -1;
}

/* What was current before, where the disk does not take the new name: nobody
 * may drop what is named. */
int
store_dir_switch(struct store_dir *dir, const char *name, struct err *err)
{
	char old[STORE_DIR_NAME];
	bool had = store_dir_current(dir, old, NULL) == 0;

	if (point(dir, name, err) < 0)
		return -1;
	if (fsync(dir->dir) == 0)
		return 0;
	fail(err, dir, "sync it");
	if (had)
		(void)point(dir, old, NULL);
	else
		unlinkat(dir->dir, CURRENT, 0);
	return -1;
}

static DIR *
open_data(struct store_dir *dir, const char *name)
{
	int fd = openat(
	    dir->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *listing = fd < 0 ? NULL : fdopendir(fd);

	if (listing == NULL && fd >= 0)
		close(fd);
	return listing;
}

void
store_dir_drop(struct store_dir *dir, const char *name)
{
	DIR *listing = open_data(dir, name);
	struct dirent *entry;

	if (listing == NULL)
		return;
	while ((entry = readdir(listing)) != NULL)
		unlinkat(dirfd(listing), entry->d_name, 0);
	closedir(listing);
	unlinkat(dir->dir, name, AT_REMOVEDIR);
}

void
store_dir_tidy(struct store_dir *dir, const char *kept, const char *other)
{
	DIR *listing = open_data(dir, ".");
	struct dirent *entry;

	if (listing == NULL)
		return;
	while ((entry = readdir(listing)) != NULL)
		if (strncmp(entry->d_name, DATA, sizeof DATA - 1) == 0 &&
		    strcmp(entry->d_name, kept) != 0 &&
		    strcmp(entry->d_name, other) != 0)
			store_dir_drop(dir, entry->d_name);
	closedir(listing);
}

int
store_dir_sync(struct store_dir *dir, const char *name, struct err *err)
{
	DIR *listing = open_data(dir, name);
	int failed = listing == NULL || fsync(dirfd(listing)) < 0;

	if (failed)
		fail(err, dir, "sync a data directory");
	if (listing != NULL)
		closedir(listing);
	return failed ? -1 : 0;
}

void
store_dir_own(struct store_dir *dir, const char *name)
{
	DIR *listing = open_data(dir, name);
	struct dirent *entry;
	struct stat owner;

	if (listing == NULL)
		return;
	if (geteuid() == 0 && fstat(dir->dir, &owner) == 0)
		while ((entry = readdir(listing)) != NULL)
			if (entry->d_name[0] != '.')
				(void)!fchownat(dirfd(listing), entry->d_name,
				    owner.st_uid, owner.st_gid,
				    AT_SYMLINK_NOFOLLOW);
	closedir(listing);
}

int
store_dir_secret_read(struct store_dir *dir,
    unsigned char secret[STORE_DIR_SECRET], struct err *err)
{
	int fd = openat(
	    dir->dir, STORE_DIR_SECRET_FILE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	unsigned char more[STORE_DIR_SECRET + 1];
	ssize_t got;

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return fail(err, dir, "open " STORE_DIR_SECRET_FILE);
	got = read(fd, more, sizeof more);
	close(fd);
	if (got != STORE_DIR_SECRET)
		return err_set(err, ERR_SYSTEM,
		    "%s/" STORE_DIR_SECRET_FILE " is no key of %d bytes",
		    dir->path, STORE_DIR_SECRET);
	memcpy(secret, more, STORE_DIR_SECRET);
	return 1;
}

int
store_dir_secret_put(struct store_dir *dir,
    const unsigned char secret[STORE_DIR_SECRET], struct err *err)
{
	static const char fresh[] = STORE_DIR_SECRET_FILE ".new";
	bool written;
	int fd;

	unlinkat(dir->dir, fresh, 0);
	fd = openat(
	    dir->dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(err, dir, "make " STORE_DIR_SECRET_FILE);
	give(dir, fresh);
	written = write(fd, secret, STORE_DIR_SECRET) == STORE_DIR_SECRET &&
		  fsync(fd) == 0;
	close(fd);
	if (written &&
	    renameat(dir->dir, fresh, dir->dir, STORE_DIR_SECRET_FILE) == 0 &&
	    fsync(dir->dir) == 0)
		return 0;
	fail(err, dir, "write " STORE_DIR_SECRET_FILE);
	unlinkat(dir->dir, fresh, 0);
	return -1;
}

int
store_dir_secret_make(struct store_dir *dir,
    unsigned char secret[STORE_DIR_SECRET], struct err *err)
{
	int found = store_dir_secret_read(dir, secret, err);

	if (found != 0)
		return found < 0 ? -1 : 0;
	if (getrandom(secret, STORE_DIR_SECRET, 0) != STORE_DIR_SECRET)
		return fail(err, dir, "make a secret");
	return store_dir_secret_put(dir, secret, err);
}

int
store_dir_turn_begin(struct store_dir *dir, struct err *err)
{
	pthread_mutex_lock(&dir->lock);
	while (flock(dir->turn, LOCK_EX) < 0) {
		if (errno == EINTR)
			continue;
		fail(err, dir, "wait for its turn");
		pthread_mutex_unlock(&dir->lock);
		return -1;
	}
	return 0;
}

void
store_dir_turn_end(struct store_dir *dir)
{
	flock(dir->turn, LOCK_UN);
	pthread_mutex_unlock(&dir->lock);
}

uint64_t
store_dir_free(struct store_dir *dir)
{
	struct statvfs vfs;

	if (fstatvfs(dir->dir, &vfs) < 0)
		return UINT64_MAX;
	return (uint64_t)vfs.f_bavail * vfs.f_frsize;
}
