/*
 * A handshake with inlayd as a mail server makes it: option negotiation of the
 * milter protocol (version 6), in a process that is Postfix's user.
 */
#include "tools/doctor/examine.h"

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "milter/account.h"
#include "milter/pulse.h"
#include "milter/settings.h"
#include "milter/socket.h"
#include "tools/doctor/child.h"

#define POSTFIX_USER "postfix"
#define WAIT_SECONDS 1

/* How the handshake ended, as an exit status. */
enum greeting {
	GREETING_DONE,
	GREETING_NOBODY,   /* no socket, or nobody behind it */
	GREETING_DENIED,   /* it may not be opened */
	GREETING_SILENT,   /* opened, and no answer */
	GREETING_STRANGER, /* what answers is no milter */
	GREETING_LOST	   /* Postfix's user cannot be had */
};

struct caller {
	struct socket_place place;
	bool as_postfix;
};

static int
dial_network(const struct socket_place *place)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	char host[256], port[8];
	int fd;

	if (!socket_network(place, host, port) ||
	    getaddrinfo(host, port, &hints, &found) != 0)
		return -1;
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, found->ai_addr, found->ai_addrlen) < 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static enum greeting
greet(int fd)
{
	struct timeval wait = { .tv_sec = WAIT_SECONDS };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	switch (pulse_greet(fd)) {
	case 1:
		return GREETING_DONE;
	case 0:
		return GREETING_STRANGER;
	default:
		return GREETING_SILENT;
	}
}

static bool
become_postfix(void)
{
	struct account postfix;

	return account_find(POSTFIX_USER, NULL, &postfix, NULL) == 0 &&
	       account_become(&postfix, NULL) == 0;
}

static int
call(void *context, FILE *out)
{
	const struct caller *caller = context;
	const char *path = socket_path(&caller->place);
	int fd;

	(void)out;
	if (caller->as_postfix && !become_postfix())
		return GREETING_LOST;
	fd = path ? socket_connect(path, WAIT_SECONDS)
		  : dial_network(&caller->place);
	if (fd < 0)
		return errno == EACCES || errno == EPERM ? GREETING_DENIED
							 : GREETING_NOBODY;
	return greet(fd);
}

static const struct {
	enum health health;
	const char *text;
	const char *advice;
} endings[] = {
	[GREETING_DONE] = { HEALTH_OK, "inlayd answers at", "" },
	[GREETING_NOBODY] = { HEALTH_DOWN, "nobody serves",
	    "systemctl start inlayd, and `journalctl -u inlayd` where it "
	    "does not stay up" },
	[GREETING_DENIED] = { HEALTH_DOWN, "Postfix may not open",
	    "socket-group = " POSTFIX_USER
	    " in inlay.conf, and `systemctl kill -s USR2 --kill-who=main "
	    "inlayd`: a reload leaves the socket as it is" },
	[GREETING_SILENT] = { HEALTH_DOWN, "no answer to a handshake at",
	    "systemctl restart inlayd, which defers what comes meanwhile" },
	[GREETING_STRANGER] = { HEALTH_DOWN,
	    "something that is no milter is at",
	    "another socket in inlay.conf" },
	[GREETING_LOST] = { HEALTH_WARN,
	    "without the user " POSTFIX_USER " nobody can ask as Postfix at",
	    "run it as root on the machine of the mail server" },
};

int
examine_socket(struct diagnosis *diagnosis, const struct settings *settings)
{
	struct caller caller = { .as_postfix =
				     geteuid() == 0 && getpwnam(POSTFIX_USER) };
	struct err err = ERR_INIT;
	struct symptom *symptom;
	struct span output;
	int ending;

	if (socket_parse(settings->socket, &caller.place, &err) < 0)
		return 0; /* examine_settings says so */
	ending = child_function(call, &caller, diagnosis->arena, &output, &err);
	if (ending < 0 || ending > GREETING_LOST)
		ending = GREETING_SILENT;
	symptom = diagnose(diagnosis, "socket", endings[ending].health,
	    "%s %s%s", endings[ending].text, settings->socket,
	    caller.as_postfix ? ", asked as Postfix's user" : "");
	diagnose_advise(diagnosis, symptom, "%s", endings[ending].advice);
	return endings[ending].health != HEALTH_DOWN;
}
