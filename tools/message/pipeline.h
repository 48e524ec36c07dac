/*
 * A pipeline is what a command needs to make mail as inlayd does: the same
 * settings with their keys, the same personaliser over the command's engine.
 */
#ifndef INLAY_TOOLS_PIPELINE_H
#define INLAY_TOOLS_PIPELINE_H

#include "milter/personalise.h"
#include "milter/loaded_config.h"
#include "tools/cli.h"

struct pipeline {
	const struct loaded_config *config; /* NULL: unsigned */
	struct settings *settings;	    /* what is in force */
	struct personaliser *personaliser;
};

/* Opens it with the signing keys. 0 or -1. */
int pipeline_open(struct cli *cli, struct pipeline *pipeline, struct err *err);

/* Without: unsubscribe tokens have their keys, where they can be read. */
int pipeline_open_unsigned(
    struct cli *cli, struct pipeline *pipeline, struct err *err);
void pipeline_close(struct pipeline *pipeline);

#endif
