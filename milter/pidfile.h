/*
 * The pidfile says which process serves. It is written through no link, and
 * removed only by the process that it names: after a hand-over that is the
 * newer one.
 */
#ifndef INLAY_MILTER_PIDFILE_H
#define INLAY_MILTER_PIDFILE_H

#include "store/base/err.h"

/* Writes this process's id. 0, or -1 ERR_SYSTEM. */
int pidfile_write(const char *path, struct err *err);

/* Removes the file where it names this process. */
void pidfile_remove(const char *path);

#endif
