/*
 * The socket the mail server talks to: where it is, whether somebody is
 * serving it already, and who may connect.
 */
#ifndef INLAY_MILTER_SOCKET_H
#define INLAY_MILTER_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "store/base/err.h"

struct socket_place {
	char name[300]; /* as libmilter is told */
	bool is_path;
};

/* Which socket bears a path, so that nobody removes another one's. */
struct socket_mark {
	dev_t device;
	ino_t inode; /* 0: none */
};

/* Reads /PATH, unix:/PATH, local:/PATH, inet:PORT@HOST, inet6:PORT@HOST or, as
 * Postfix spells it, inet:HOST:PORT. No host is made up where none is named.
 * 0, or -1 ERR_CONFIG with the right spelling. */
int socket_parse(const char *text, struct socket_place *place, struct err *err);

/* The path of a Unix socket, or NULL for one of the network. */
const char *socket_path(const struct socket_place *place);

/* Host and port of one of the network, an address without its brackets; false
 * for a path. */
bool socket_network(
    const struct socket_place *place, char host[256], char port[8]);

/* Removes a socket that nobody answers at. 0, also where there is none; -1
 * when somebody does, or when something else bears the name. */
int socket_clear(const char *path, struct err *err);

/* Where a socket is made before it takes its path: in the same folder. A port
 * stays as it is. */
void socket_beside(
    const struct socket_place *place, struct socket_place *beside);

/* Which one it is. 0, or -1 ERR_SYSTEM where there is none. */
int socket_identify(
    const char *path, struct socket_mark *mark, struct err *err);

/* Gives the socket that was made beside the path that path, in one step: who
 * connects reaches either the socket that was there before or this one. 0, or
 * -1 ERR_SYSTEM, also where something else bears the name. */
int socket_take(const char *beside, const char *path, struct err *err);

/* Removes the path where it is still that socket. */
void socket_leave(const char *path, const struct socket_mark *mark);

/* Gives the socket its mode and, unless -1, its group. 0 or -1. */
int socket_set_access(
    const char *path, unsigned mode, long group, struct err *err);

/* A socket of our own that listens at the path, with that mode and group, or
 * -1 ERR_SYSTEM. A stale one there is removed, a live one an error. */
int socket_listen(const char *path, unsigned mode, long group, struct err *err);

/* A descriptor connected to the path, whose reads and writes take so many
 * seconds at most; or -1 and errno. */
int socket_connect(const char *path, unsigned seconds);

/* The next caller of a listening socket, with the same patience, or -1. */
int socket_accept(int listener, unsigned seconds);

#endif
