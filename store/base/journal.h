/*
 * An entry of systemd's journal, in its native protocol: a datagram of fields
 * to a socket that journald keeps. It is written here and not taken from
 * libsystemd for the reason that notify.h gives.
 */
#ifndef INLAY_BASE_JOURNAL_H
#define INLAY_BASE_JOURNAL_H

#include <stdbool.h>

#include "store/base/err.h"
#include "store/base/span.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/* The fields gathered so far; lives on the stack. What no longer fits is left
 * out. */
struct journal_entry {
	size_t len;
	char bytes[2600];
};

void journal_begin(struct journal_entry *entry);

/* A field as journald knows it, like MESSAGE_ID. */
void journal_field(
    struct journal_entry *entry, const char *name, struct span value);

/* A field of ours: INLAY_ and the key in capitals. */
void journal_pair(
    struct journal_entry *entry, const char *key, struct span value);

/* A descriptor that reaches the socket, or -1 ERR_SYSTEM: nobody keeps it. */
int journal_open(const char *socket, struct err *err);

/* Sends the entry, and before its fields the message, whose urgency is that of
 * syslog(3), and who says it. 0, or -1 and errno. */
int journal_send(int fd, int priority, const char *ident, struct span message,
    const struct journal_entry *entry);

#endif
