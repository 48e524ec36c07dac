/*
 * A studio is what a command needs to make mail as inlayd does: the same
 * settings with their keys, the same personaliser over the command's engine.
 */
#ifndef INLAY_TOOLS_STUDIO_H
#define INLAY_TOOLS_STUDIO_H

#include "milter/personalise.h"
#include "milter/service.h"
#include "tools/cli.h"

struct studio {
	const struct service *service; /* NULL: unsigned */
	struct settings *settings;     /* what is in force */
	struct personaliser *personaliser;
};

/* Opens it with the signing keys. 0 or -1. */
int studio_open(struct cli *cli, struct studio *studio, struct err *err);

/* Without: unsubscribe tokens have their keys, where they can be read. */
int studio_open_unsigned(
    struct cli *cli, struct studio *studio, struct err *err);
void studio_close(struct studio *studio);

/* Reads a message, "-" from standard input, as the mail server would hand it
 * over, into a request: a file whose lines end in LF gets CRLF. --campaign
 * stands for a missing X-Campaign-Id, and a Message-ID is made up. It lives
 * in the command's arena. 1 the file has LF, 0 it has not, -1. */
int studio_message(struct cli *cli, const char *path,
    struct personalise_request *request, struct err *err);

/* The campaign that the request names, or the message. 1; 0 none: it is not
 * campaign mail; -1. */
int studio_campaign(struct cli *cli, const struct personalise_request *request,
    struct span *id, struct err *err);

#endif
