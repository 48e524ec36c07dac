/*
 * A file that a daemon writes before it gives up root is itself, whoever owns
 * the folder: no link, soft or hard, leads to another one.
 */
#ifndef INLAY_BASE_PLAIN_FILE_H
#define INLAY_BASE_PLAIN_FILE_H

#include <sys/types.h>

/* As open(2) with O_CLOEXEC. The descriptor of a regular file of one name or
 * of a character device, or -1 and errno: ELOOP for a symbolic link, EMLINK
 * for a file of several names, EINVAL for what is neither. */
int plain_file_open(const char *path, int flags, mode_t mode);

#endif
