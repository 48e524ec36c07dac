#include "milter/notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int
send_to(const char *path, const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(path);
	ssize_t sent;
	int fd;

	if (len >= sizeof address.sun_path ||
	    (path[0] != '/' && path[0] != '@'))
		return errno = EINVAL, -1;
	memcpy(address.sun_path, path, len);
	/* One that is in no folder has a NUL for its first byte. */
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	sent = sendto(fd, text, strlen(text), MSG_NOSIGNAL,
	    (struct sockaddr *)&address,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
	close(fd);
	return sent < 0 ? -1 : 1;
}

int
notify_send(const char *format, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	char text[1000];
	va_list list;

	if (path == NULL)
		return 0;
	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	return send_to(path, text);
}

uint64_t
notify_watchdog_us(void)
{
	const char *text = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (text == NULL || getenv("NOTIFY_SOCKET") == NULL ||
	    (pid != NULL && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return strtoull(text, NULL, 10);
}
