#include "milter/socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

const char *
socket_path(const char *name)
{
	if (strncmp(name, "unix:", 5) == 0)
		return name + 5;
	if (strncmp(name, "local:", 6) == 0)
		return name + 6;
	return name[0] == '/' ? name : NULL;
}

/* A descriptor connected to the socket, or -1 and errno. */
static int
connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, saved;

	if (strlen(path) >= sizeof address.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

int
socket_clear(const char *path, struct err *err)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return 0;
	fd = connect_to(path);
	if (fd >= 0) {
		close(fd);
		return err_set(err, ERR_SYSTEM,
		    "somebody else is serving the socket %s", path);
	}
	if (errno != ECONNREFUSED)
		return err_set(
		    err, ERR_SYSTEM, "socket %s: %s", path, strerror(errno));
	/* A plain file refuses connections too. */
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_SYSTEM,
		    "%s is there already and is no socket", path);
	if (unlink(path) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot remove the stale socket %s: %s", path,
		    strerror(errno));
	return 0;
}

int
socket_set_access(const char *path, unsigned mode, long group, struct err *err)
{
	if (group != -1 && chown(path, (uid_t)-1, (gid_t)group) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot give the socket %s its group: %s", path,
		    strerror(errno));
	if (chmod(path, mode) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot give the socket %s its mode: %s", path,
		    strerror(errno));
	return 0;
}
