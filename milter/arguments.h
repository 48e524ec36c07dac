/*
 * The words that inlayd was started with, and those that start it again the
 * same way.
 */
#ifndef INLAY_MILTER_ARGUMENTS_H
#define INLAY_MILTER_ARGUMENTS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

enum { ARGUMENTS_AGAIN = 9 }; /* words, the closing NULL included */

struct daemon_arguments {
	const char *file;
	const char *socket; /* NULL: as configured */
	const char *user;   /* likewise */
	bool foreground;
	bool check;
	char program[PATH_MAX];	 /* as it is found again; may be "" */
	struct stat running;	 /* the file that runs now */
	char absolute[PATH_MAX]; /* what file points to, where it need be */
};

/* 0 to go on, or an exit status plus one; help and complaints are printed. */
int arguments_read(int argc, char **argv, struct daemon_arguments *arguments);

/* Whether the program's file is another one than that which runs: it was
 * upgraded. */
bool arguments_outdated(const struct daemon_arguments *arguments);

/* The words of a successor; they are the arguments' own. */
void arguments_again(const struct daemon_arguments *arguments,
    const char *words[ARGUMENTS_AGAIN]);

#endif
