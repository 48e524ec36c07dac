#define _DEFAULT_SOURCE /* inet_aton */

#include "milter/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/base/span.h"

/* libmilter reads "inet:127.0.0.1:8891", which is how Postfix spells it, as
 * port 127 of every interface; so nothing reaches it but what is written here.
 */

#define UNIX "unix:"
#define BESIDE ".new"
#define PATIENCE 5
#define EVERYWHERE "0.0.0.0 or :: is every interface"

static int
fail(struct err *err, const char *text, const char *why)
{
	return err_set(err, ERR_CONFIG, "socket %s: %s", text, why);
}

static int
parse_path(const char *text, const char *path, struct socket_place *place,
    struct err *err)
{
	const struct sockaddr_un *address = NULL;

	if (path[0] != '/')
		return fail(err, text,
		    "a path begins with /, one of the network with inet:");
	if (strlen(path) + strlen(BESIDE) >= sizeof address->sun_path)
		return fail(err, text, "the path is too long for a socket");
	place->is_path = true;
	snprintf(place->name, sizeof place->name, UNIX "%s", path);
	return 0;
}

/* The halves of PORT@HOST or, as Postfix has it, HOST:PORT. 0 or -1. */
static int
split(struct span rest, struct span *host, struct span *port)
{
	size_t at = span_find(rest, '@'), colon = rest.len;

	*port = span_first(rest, at);
	*host = span_from(rest, at + 1);
	if (at < rest.len)
		return 0;
	while (colon != 0 && rest.at[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return -1;
	*port = span_from(rest, colon);
	*host = span_first(rest, colon - 1);
	/* Unless in brackets, an IPv6 address may well end here or there. */
	return host->len == 0 || host->at[host->len - 1] == ']' ||
		       span_find(*host, ':') == host->len
		   ? 0
		   : -1;
}

static bool
is_port(struct span port)
{
	unsigned long number = 0;

	for (size_t i = 0; i < port.len; i++) {
		if (port.at[i] < '0' || port.at[i] > '9' || number > 65535)
			return false;
		number = number * 10 + (unsigned)(port.at[i] - '0');
	}
	return number >= 1 && number <= 65535;
}

static bool
is_name(const char *host)
{
	struct in_addr number;

	/* "0" and "0x7f.1" are addresses to the resolver. */
	return inet_aton(host, &number) == 0 && host[0] != '-' &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-."
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(host);
}

static int
parse_network(const char *text, const char *family, struct span rest,
    struct socket_place *place, struct err *err)
{
	struct span span, port;
	char host[256];
	struct in6_addr six;
	struct in_addr four;
	bool is_six, is_four;

	if (split(rest, &span, &port) < 0 || !is_port(port))
		return fail(err, text,
		    "say PORT@HOST or HOST:PORT, as in inet:8891@127.0.0.1");
	if (span.len >= 2 && span.at[0] == '[' && span.at[span.len - 1] == ']')
		span = span_of(span.at + 1, span.len - 2);
	if (span.len == 0 || span.len >= sizeof host)
		return fail(
		    err, text, "name the host, as in @127.0.0.1; " EVERYWHERE);
	snprintf(host, sizeof host, "%.*s", SPAN_ARG(span));
	is_six = inet_pton(AF_INET6, host, &six) == 1;
	is_four = inet_pton(AF_INET, host, &four) == 1;
	if (!is_six && !is_four && !is_name(host))
		return fail(err, text, "no host is called so; " EVERYWHERE);
	if (is_four && strcmp(family, "inet6") == 0)
		return fail(err, text, "inet6 has no such address");
	place->is_path = false;
	snprintf(place->name, sizeof place->name,
	    is_six || is_four ? "%s:%.*s@[%s]" : "%s:%.*s@%s",
	    is_six ? "inet6" : family, SPAN_ARG(port), host);
	return 0;
}

int
socket_parse(const char *text, struct socket_place *place, struct err *err)
{
	struct span all = span_str(text);
	size_t colon = span_find(all, ':');
	struct span kind = span_first(all, colon);

	if (text[0] == '/')
		return parse_path(text, text, place, err);
	if (colon == all.len)
		return fail(err, text,
		    "say /PATH, unix:/PATH, inet:PORT@HOST or "
		    "inet6:PORT@HOST");
	if (span_eq(kind, SPAN("unix")) || span_eq(kind, SPAN("local")))
		return parse_path(text, text + colon + 1, place, err);
	if (span_eq(kind, SPAN("inet")))
		return parse_network(
		    text, "inet", span_from(all, colon + 1), place, err);
	if (span_eq(kind, SPAN("inet6")))
		return parse_network(
		    text, "inet6", span_from(all, colon + 1), place, err);
	return fail(err, text, "it begins with /, unix:, inet: or inet6:");
}

const char *
socket_path(const struct socket_place *place)
{
	return place->is_path ? place->name + strlen(UNIX) : NULL;
}

bool
socket_network(const struct socket_place *place, char host[256], char port[8])
{
	const char *colon = strchr(place->name, ':');
	struct span rest = span_str(place->is_path ? "" : colon + 1), at;
	size_t end = span_find(rest, '@');

	at = span_from(rest, end + 1);
	if (place->is_path || at.len == 0)
		return false;
	if (at.at[0] == '[')
		at = span_of(at.at + 1, at.len - 2);
	snprintf(host, 256, "%.*s", SPAN_ARG(at));
	snprintf(port, 8, "%.*s", (int)end, rest.at);
	return true;
}

/* A socket and the address that it is for, or -1 and errno. */
static int
make(const char *path, struct sockaddr_un *address)
{
	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof address->sun_path)
		return errno = ENAMETOOLONG, -1;
	memcpy(address->sun_path, path, strlen(path));
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* The descriptor, which may be none. */
static int
be_patient(int fd, unsigned seconds)
{
	struct timeval patience = { .tv_sec = (time_t)seconds };

	if (fd < 0)
		return fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	return fd;
}

int
socket_accept(int listener, unsigned seconds)
{
	int fd = accept(listener, NULL, NULL);

	if (fd >= 0)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
	return be_patient(fd, seconds);
}

int
socket_connect(const char *path, unsigned seconds)
{
	struct sockaddr_un address;
	int fd = be_patient(make(path, &address), seconds), saved;

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
	fd = socket_connect(path, PATIENCE);
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

void
socket_beside(const struct socket_place *place, struct socket_place *beside)
{
	*beside = *place;
	if (place->is_path)
		snprintf(beside->name, sizeof beside->name, "%.*s" BESIDE,
		    (int)(sizeof beside->name - sizeof BESIDE), place->name);
}

int
socket_identify(const char *path, struct socket_mark *mark, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_set(
		    err, ERR_SYSTEM, "socket %s: %s", path, strerror(errno));
	*mark = (struct socket_mark){ st.st_dev, st.st_ino };
	return 0;
}

int
socket_take(const char *beside, const char *path, struct err *err)
{
	struct stat st;

	if (lstat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return err_set(err, ERR_SYSTEM,
		    "%s is there already and is no socket", path);
	if (rename(beside, path) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot give the socket its path %s: %s", path,
		    strerror(errno));
	return 0;
}

void
socket_leave(const char *path, const struct socket_mark *mark)
{
	struct stat st;

	if (lstat(path, &st) == 0 && st.st_dev == mark->device &&
	    st.st_ino == mark->inode)
		unlink(path);
}

/* Whoever owns the folder may have put a link there since. */
int
socket_set_access(const char *path, unsigned mode, long group, struct err *err)
{
	if (group != -1 && lchown(path, (uid_t)-1, (gid_t)group) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot give the socket %s its group: %s", path,
		    strerror(errno));
	if (fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot give the socket %s its mode: %s", path,
		    strerror(errno));
	return 0;
}

int
socket_listen(const char *path, unsigned mode, long group, struct err *err)
{
	struct sockaddr_un address;
	mode_t mask;
	int fd, bound;

	if (socket_clear(path, err) < 0)
		return -1;
	fd = make(path, &address);
	mask = umask(0777);
	bound =
	    fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof address);
	umask(mask);
	if (bound < 0)
		err_set(err, ERR_SYSTEM, "cannot listen at %s: %s", path,
		    strerror(errno));
	if (bound == 0 && socket_set_access(path, mode, group, err) == 0 &&
	    listen(fd, 16) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return err_set(err, ERR_SYSTEM, "cannot listen at %s", path);
}
