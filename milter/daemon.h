/*
 * A daemon is one process of inlayd: main.c makes it ready, and duty.c is what
 * it does while it serves.
 */
#ifndef INLAY_MILTER_DAEMON_H
#define INLAY_MILTER_DAEMON_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "milter/arguments.h"
#include "milter/loaded_config.h"
#include "milter/socket.h"
#include "milter/successor.h"
#include "store/base/log.h"

struct engine;
struct monitor;
struct personaliser;

struct daemon {
	struct daemon_arguments arguments;
	/* Without secrets: what holds for the life of the process. */
	struct settings *settings;
	const struct loaded_config *config; /* until it is shared */
	struct socket_place socket;
	struct socket_mark mark; /* of it, once it has its path */
	const char *user;
	long group;	    /* of the socket, or -1 */
	long control_group; /* of the control socket, or -1 */
	struct log *log;
	struct engine *engine;
	struct personaliser *personaliser;
	struct monitor *monitor;
	bool serving;	  /* libmilter's threads run */
	atomic_bool deaf; /* and they have ended, unasked */
	int ready;	  /* write end to who waits for us, or -1 */
	bool succeeds;	  /* who waits is the process that serves till then */
	struct successor successor;
	bool once_more;	      /* another one was asked for meanwhile */
	int64_t retired_us;   /* when it took over, as of monotonic_us; or 0 */
	int64_t last_busy_us; /* when a connection was last seen open */
};

#endif
