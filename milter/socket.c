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

int
socket_clear(const char *path, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, live;

	if (strlen(path) >= sizeof address.sun_path)
		return err_set(err, ERR_CONFIG,
		    "socket %s: a path has at most %zu bytes", path,
		    sizeof address.sun_path - 1);
	if (lstat(path, &st) < 0)
		return errno == ENOENT
			   ? 0
			   : err_set(err, ERR_SYSTEM, "socket %s: %s", path,
				 strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(err, ERR_SYSTEM,
		    "%s is there already and is no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "socket: %s", strerror(errno));
	memcpy(address.sun_path, path, strlen(path));
	live = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ||
	       errno != ECONNREFUSED;
	close(fd);
	if (live)
		return err_set(err, ERR_SYSTEM,
		    "somebody else is serving the socket %s", path);
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
