#include "milter/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/base/plain_file.h"

int
pidfile_write(const char *path, struct err *err)
{
	int fd = plain_file_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	int result = 0;

	if (fd < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
		result = err_set(err, ERR_SYSTEM, "cannot write %s: %s", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return result;
}

void
pidfile_remove(const char *path)
{
	char text[32] = "";
	int fd = plain_file_open(path, O_RDONLY, 0);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof text - 1);

	if (fd >= 0)
		close(fd);
	if (len > 0 && strtol(text, NULL, 10) == (long)getpid())
		unlink(path);
}
