#include "tools/control.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "milter/settings.h"
#include "milter/socket.h"

int
control_ask(const struct settings *settings, const char *line, int seconds,
    struct buf *answer, struct err *err)
{
	const char *path = settings->control_socket;
	int fd, failed;

	if (path == NULL)
		return err_set(err, ERR_CONFIG,
		    "there is no control-socket in %s; add one, and reload "
		    "inlayd by SIGUSR2",
		    settings->file);
	errno = 0;
	fd = socket_connect(path, seconds);
	failed = fd < 0 || write(fd, line, strlen(line)) < 0 ||
		 buf_read(answer, fd) < 0 || answer->len == 0;
	if (failed)
		err_set(err, ERR_STORE, "inlayd does not answer at %s: %s",
		    path, errno != 0 ? strerror(errno) : "not a word");
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}
