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

/* The first packet: its length, 'O', version 6, all actions, all steps. */
int
pulse_greet(int fd)
{
	static const char offer[] =
	    "\0\0\0\015O\0\0\0\006\0\0\001\377\0\037\377"
	    "\377";
	char answer[5];
	ssize_t got = 0, more = 1;

	if (send(fd, offer, sizeof offer - 1, MSG_NOSIGNAL) < 0)
		return -1;
	while (got < (ssize_t)sizeof answer && more > 0) {
		errno = 0;
		more = recv(fd, answer + got, sizeof answer - (size_t)got, 0);
		got += more > 0 ? more : 0;
	}
	if (got < (ssize_t)sizeof answer)
		return -1;
	return answer[0] == 0 && answer[1] == 0 && answer[4] == 'O';
}

/* Whatever comes back, an end too, a thread of libmilter has read the offer. */
int
pulse_milter(const char *path, struct err *err)
{
	int fd = socket_connect(path, PATIENCE);
	bool dead = fd < 0 || (pulse_greet(fd) < 0 && errno != 0);

	if (dead)
		err_set(err, ERR_SYSTEM, "%s does not answer: %s", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return dead ? -1 : 0;
}
