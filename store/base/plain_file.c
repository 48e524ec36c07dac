#include "store/base/plain_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0, or why not, as an errno. */
static int
judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return errno;
	if (S_ISCHR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode))
		return EINVAL;
	return st.st_nlink > 1 ? EMLINK : 0;
}

/* O_NONBLOCK: a fifo in its place must not hang the daemon. Nothing is cut
 * off before it is known what it is. */
int
plain_file_open(const char *path, int flags, mode_t mode)
{
	int fd = open(path,
	    (flags & ~O_TRUNC) | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode);
	int why;

	if (fd < 0)
		return -1;
	why = judge(fd);
	if (why == 0 && (flags & O_TRUNC) && ftruncate(fd, 0) < 0)
		why = errno;
	if (why == 0)
		return fd;
	close(fd);
	errno = why;
	return -1;
}
