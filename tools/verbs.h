/*
 * Every verb of `inlay`, a row each; adding one is a row and a function.
 */
#ifndef INLAY_TOOLS_VERBS_H
#define INLAY_TOOLS_VERBS_H

#include "tools/cli.h"

extern const struct verb verbs[]; /* ends with a NULL noun */

/* The verb that the words begin with; how many of them name it, 0: none. */
int verb_find(int argc, char **argv, const struct verb **verb);

/* One file per noun holds these. Exit status, or -1 and err. */
int verb_schema_load(struct cli *cli, struct err *err);
int verb_schema_show(struct cli *cli, struct err *err);
int verb_profile_load(struct cli *cli, struct err *err);
int verb_profile_get(struct cli *cli, struct err *err);
int verb_profile_set(struct cli *cli, struct err *err);
int verb_profile_rm(struct cli *cli, struct err *err);
int verb_block_load(struct cli *cli, struct err *err);
int verb_block_list(struct cli *cli, struct err *err);
int verb_block_show(struct cli *cli, struct err *err);
int verb_block_rm(struct cli *cli, struct err *err);
int verb_campaign_load(struct cli *cli, struct err *err);
int verb_campaign_list(struct cli *cli, struct err *err);
int verb_campaign_show(struct cli *cli, struct err *err);
int verb_campaign_rm(struct cli *cli, struct err *err);
int verb_exposure_list(struct cli *cli, struct err *err);
int verb_exposure_who(struct cli *cli, struct err *err);
int verb_preview(struct cli *cli, struct err *err);
int verb_db_stat(struct cli *cli, struct err *err);

#endif
