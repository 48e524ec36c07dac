/*
 * What the service manager that started inlayd is told, in the protocol of
 * sd_notify(3): one datagram to the socket that the environment names. It is
 * written here and not taken from libsystemd, for it is a dozen lines, and a
 * library less is loaded into what holds the keys.
 */
#ifndef INLAY_MILTER_NOTIFY_H
#define INLAY_MILTER_NOTIFY_H

#include <stdint.h>

/* Sends assignments like "READY=1\nSTATUS=…". 1, 0 where nobody asked to be
 * told, -1 where it could not be sent and errno says why. */
int notify_send(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Within how many microseconds WATCHDOG=1 is awaited again and again; 0 for
 * never. */
uint64_t notify_watchdog_us(void);

#endif
