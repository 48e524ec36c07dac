#include "store/base/journal.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "store/base/ascii.h"

#define NAME_MAX_BYTES 64 /* as journald has it */
#define PREFIX "INLAY_"

void
journal_begin(struct journal_entry *entry)
{
	entry->len = 0;
}

/* The name, the length as eight bytes, the least first, and the value, which
 * may hold any. */
void
journal_field(struct journal_entry *entry, const char *name, struct span value)
{
	size_t name_len = strlen(name);
	char *at = entry->bytes + entry->len;

	if (name_len + value.len + 10 > sizeof entry->bytes - entry->len)
		return;
	memcpy(at, name, name_len);
	at += name_len;
	*at++ = '\n';
	for (unsigned i = 0; i < 8; i++)
		*at++ = (char)((uint64_t)value.len >> 8 * i & 0xff);
	memcpy(at, value.at, value.len);
	at[value.len] = '\n';
	entry->len += name_len + value.len + 10;
}

void
journal_pair(struct journal_entry *entry, const char *key, struct span value)
{
	char name[NAME_MAX_BYTES + 1] = PREFIX;
	size_t len = sizeof PREFIX - 1;

	for (size_t i = 0; key[i] != '\0' && len < NAME_MAX_BYTES; i++)
		name[len++] = ascii_upper(key[i]);
	name[len] = '\0';
	journal_field(entry, name, value);
}

int
journal_open(const char *path, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	err_set(err, ERR_SYSTEM, "no journal at %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int
journal_send(int fd, int priority, const char *ident, struct span message,
    const struct journal_entry *entry)
{
	char head[200];
	int len = snprintf(head, sizeof head,
	    "PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=%s\n"
	    "SYSLOG_PID=%ld\nMESSAGE=",
	    priority, LOG_FAC(LOG_MAIL), ident, (long)getpid());
	struct iovec parts[] = {
		{ head, (size_t)len },
		{ (char *)(uintptr_t)message.at, message.len },
		{ (char[]){ '\n' }, 1 },
		{ (char *)(uintptr_t)entry->bytes, entry->len },
	};
	struct msghdr datagram = { .msg_iov = parts,
		.msg_iovlen = sizeof parts / sizeof parts[0] };

	return sendmsg(fd, &datagram, MSG_NOSIGNAL) < 0 ? -1 : 0;
}
