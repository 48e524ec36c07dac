/*
 * A message file is a template on disk or on standard input, read as the mail
 * server would hand it over.
 */
#ifndef INLAY_TOOLS_MESSAGE_FILE_H
#define INLAY_TOOLS_MESSAGE_FILE_H

#include "milter/personalise.h"
#include "tools/cli.h"

/* Reads a message, "-" from standard input, as the mail server would hand it
 * over, into a request: a file whose lines end in LF gets CRLF. --campaign
 * stands for a missing X-Inlay-Campaign, and a Message-ID is made up. It lives
 * in the command's arena. 1 the file has LF, 0 it has not, -1. */
int message_file_read(struct cli *cli, const char *path,
    struct personalise_request *request, struct err *err);

/* The campaign that the request names, or the message. 1; 0 none: it is not
 * campaign mail; -1. */
int message_file_campaign(struct cli *cli,
    const struct personalise_request *request, struct span *id,
    struct err *err);

#endif
