#define _XOPEN_SOURCE 700 /* realpath */

#include "tools/conf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/base/buf.h"

enum { FILE_MAX = 1024 * 1024 };

static bool
is_left_out(const struct conf_change *change, unsigned line)
{
	for (size_t i = 0; i < change->without_count; i++)
		if (change->without[i] == line)
			return true;
	return false;
}

/* The text that becomes of it; it ends with a line end. */
static void
apply(struct span text, const struct conf_change *change, struct buf *into)
{
	for (unsigned line = 1; text.len != 0; line++) {
		size_t len = span_find(text, '\n');

		if (!is_left_out(change, line)) {
			buf_add(into, span_first(text, len));
			buf_byte(into, '\n');
		}
		if (line == change->after)
			buf_add(into, change->add);
		text = span_from(text, len + 1);
	}
	if (change->after == 0)
		buf_add(into, change->add);
}

/* 0 or -1 and errno. */
static int
write_beside(const char *path, const struct stat *like, struct span text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int result = -1;

	if (file == NULL)
		return -1;
	if (fwrite(text.at, 1, text.len, file) == text.len &&
	    fflush(file) == 0 && fchown(fd, like->st_uid, like->st_gid) == 0 &&
	    fchmod(fd, like->st_mode & 07777) == 0)
		result = fsync(fd);
	if (result < 0)
		unlink(path);
	fclose(file);
	return result;
}

static int
change_at(const char *path, const struct conf_change *change, struct err *err)
{
	char beside[4096];
	struct buf old, fresh;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool done;

	buf_init_heap(&old, FILE_MAX);
	buf_init_heap(&fresh, FILE_MAX * 2);
	done = fd >= 0 && fstat(fd, &st) == 0 && buf_read(&old, fd) == 0;
	if (done)
		apply(buf_span(&old), change, &fresh);
	done = done && !fresh.failed &&
	       snprintf(beside, sizeof beside, "%s.new", path) <
		   (int)sizeof beside &&
	       write_beside(beside, &st, buf_span(&fresh)) == 0 &&
	       rename(beside, path) == 0;
	if (!done)
		err_set(err, ERR_SYSTEM, "cannot change %s: %s", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	buf_deinit(&old);
	buf_deinit(&fresh);
	return done ? 0 : -1;
}

/* A link stays one. */
int
conf_file_change(
    const char *path, const struct conf_change *change, struct err *err)
{
	char *real = realpath(path, NULL);
	int result;

	if (real == NULL)
		return err_set(err, ERR_SYSTEM, "cannot change %s: %s", path,
		    strerror(errno));
	result = change_at(real, change, err);
	free(real);
	return result;
}
