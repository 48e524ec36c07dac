/*
 * What inlayd -n says: everything that is wrong with a configuration and can
 * be found without a mail server, each with its place and what mends it. Root
 * gets the answers that the account gets which inlayd serves as.
 */
#ifndef INLAY_MILTER_CONFIG_CHECK_H
#define INLAY_MILTER_CONFIG_CHECK_H

#include <stdio.h>

struct config_question {
	const char *file;
	const char *socket; /* NULL: as configured */
	const char *user;   /* likewise */
};

/* Prints each finding on a line of `errors`, and on `out` what is worth
 * knowing. The process may be another account's afterwards. Returns how many
 * findings there were; 0: inlayd would start. */
unsigned config_check(
    const struct config_question *question, FILE *out, FILE *errors);

#endif
