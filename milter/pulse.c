#include "milter/pulse.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "milter/socket.h"
#include "store/base/monotonic.h"

#define STILL_US (30 * INT64_C(1000000))
#define PATIENCE 5

int
pulse_writer(
    struct pulse *pulse, const struct engine_stat *stat, struct err *err)
{
	uint64_t progress = stat->writes + stat->conflicts + stat->failures;
	int64_t now = monotonic_us();

	if (pulse->moved_us == 0 || progress != pulse->progress ||
	    stat->queued == 0 || stat->at_lock)
		pulse->moved_us = now;
	pulse->progress = progress;
	if (now - pulse->moved_us < STILL_US)
		return 0;
	return err_set(err, ERR_STORE,
	    "%u writes wait, and none was done for %lld s", stat->queued,
	    (long long)(now - pulse->moved_us) / 1000000);
}

/* The first packet of the protocol offers all that there is; whatever comes
 * back, a thread of libmilter has read it. */
int
pulse_milter(const char *path, struct err *err)
{
	static const char offer[] =
	    "\0\0\0\015O\0\0\0\006\0\0\001\377\0\037\377"
	    "\377";
	char answer;
	int fd = socket_connect(path, PATIENCE);
	ssize_t got = -1;

	if (fd >= 0 && send(fd, offer, sizeof offer - 1, MSG_NOSIGNAL) > 0)
		got = recv(fd, &answer, 1, 0);
	if (got < 0)
		err_set(err, ERR_SYSTEM, "%s does not answer: %s", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return got < 0 ? -1 : 0;
}
