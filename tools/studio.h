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

/* A message as the mail server would hand it over. */
struct studio_message {
	struct span given; /* as it was read */
	struct span bytes; /* with CRLF, X-Campaign-Id, Message-ID */
	bool bare;	   /* what was read has only LF */
	bool campaign;	   /* it is campaign mail */
};

/* Reads a message file; --campaign adds X-Campaign-Id where it is missing, a
 * Message-ID is made where there is none. All lives in the command's arena.
 * 0 or -1. */
int studio_message(struct cli *cli, const char *path,
    struct studio_message *message, struct err *err);

#endif
