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
int verb_profile_export(struct cli *cli, struct err *err);
int verb_profile_quality(struct cli *cli, struct err *err);
int verb_block_load(struct cli *cli, struct err *err);
int verb_block_list(struct cli *cli, struct err *err);
int verb_block_show(struct cli *cli, struct err *err);
int verb_block_rm(struct cli *cli, struct err *err);
int verb_campaign_load(struct cli *cli, struct err *err);
int verb_campaign_list(struct cli *cli, struct err *err);
int verb_campaign_show(struct cli *cli, struct err *err);
int verb_campaign_rm(struct cli *cli, struct err *err);
int verb_campaign_lint(struct cli *cli, struct err *err);
int verb_campaign_promote(struct cli *cli, struct err *err);
int verb_campaign_clone(struct cli *cli, struct err *err);
int verb_table_load(struct cli *cli, struct err *err);
int verb_table_list(struct cli *cli, struct err *err);
int verb_table_show(struct cli *cli, struct err *err);
int verb_table_rm(struct cli *cli, struct err *err);
int verb_sensitivity_load(struct cli *cli, struct err *err);
int verb_sensitivity_show(struct cli *cli, struct err *err);
int verb_sensitivity_learn(struct cli *cli, struct err *err);
int verb_exposure_list(struct cli *cli, struct err *err);
int verb_exposure_who(struct cli *cli, struct err *err);
int verb_exposure_reach(struct cli *cli, struct err *err);
int verb_exposure_record(struct cli *cli, struct err *err);
int verb_exposure_void(struct cli *cli, struct err *err);
int verb_exposure_export(struct cli *cli, struct err *err);
int verb_completion_bash(struct cli *cli, struct err *err);
int verb_completion_zsh(struct cli *cli, struct err *err);
int verb_report(struct cli *cli, struct err *err);
int verb_preview(struct cli *cli, struct err *err);
int verb_key_new(struct cli *cli, struct err *err);
int verb_key_rotate(struct cli *cli, struct err *err);
int verb_seal(struct cli *cli, struct err *err);
int verb_check(struct cli *cli, struct err *err);
int verb_audience_count(struct cli *cli, struct err *err);
int verb_audience_list(struct cli *cli, struct err *err);
int verb_ping(struct cli *cli, struct err *err);
int verb_metrics(struct cli *cli, struct err *err);
int verb_decide(struct cli *cli, struct err *err);
int verb_event_load(struct cli *cli, struct err *err);
int verb_event_sync(struct cli *cli, struct err *err);
int verb_event_list(struct cli *cli, struct err *err);
int verb_delivery_sync(struct cli *cli, struct err *err);
int verb_delivery_report(struct cli *cli, struct err *err);
int verb_trace(struct cli *cli, struct err *err);
int verb_token_verify(struct cli *cli, struct err *err);
int verb_privacy_export(struct cli *cli, struct err *err);
int verb_privacy_erase(struct cli *cli, struct err *err);
int verb_privacy_object(struct cli *cli, struct err *err);
int verb_privacy_restrict(struct cli *cli, struct err *err);
int verb_db_stat(struct cli *cli, struct err *err);
int verb_db_verify(struct cli *cli, struct err *err);
int verb_db_backup(struct cli *cli, struct err *err);
int verb_db_restore(struct cli *cli, struct err *err);
int verb_db_compact(struct cli *cli, struct err *err);
int verb_db_upgrade(struct cli *cli, struct err *err);
int verb_db_tidy(struct cli *cli, struct err *err);
int verb_doctor(struct cli *cli, struct err *err);

#endif
