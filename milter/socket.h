/*
 * The socket the mail server talks to: where it is, whether somebody is
 * serving it already, and who may connect.
 */
#ifndef INLAY_MILTER_SOCKET_H
#define INLAY_MILTER_SOCKET_H

#include "store/base/err.h"

/* The path of a Unix socket (/path, unix:/path, local:/path), or NULL for one
 * of the network. */
const char *socket_path(const char *name);

/* Removes a socket that nobody answers at. 0, also where there is none; -1
 * when somebody does, or when something else bears the name. */
int socket_clear(const char *path, struct err *err);

/* Gives the socket its mode and, unless -1, its group. 0 or -1. */
int socket_set_access(
    const char *path, unsigned mode, long group, struct err *err);

#endif
