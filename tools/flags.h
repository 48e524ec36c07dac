/*
 * The flags of each verb, a row each. Each list ends with a NULL name.
 */
#ifndef INLAY_TOOLS_FLAGS_H
#define INLAY_TOOLS_FLAGS_H

#include "tools/cli.h"

extern const struct flag db_tidy_flags[];
extern const struct flag dry_run_flags[];
extern const struct flag learn_flags[];
extern const struct flag promote_flags[];
extern const struct flag clone_flags[];
extern const struct flag profile_load_flags[];
extern const struct flag profile_set_flags[];
extern const struct flag block_list_flags[];
extern const struct flag exposure_list_flags[];
extern const struct flag exposure_who_flags[];
extern const struct flag preview_flags[];
extern const struct flag export_flags[];
extern const struct flag exposure_export_flags[];
extern const struct flag exposure_reach_flags[];
extern const struct flag report_flags[];
extern const struct flag exposure_record_flags[];
extern const struct flag exposure_void_flags[];
extern const struct flag table_load_flags[];
extern const struct flag privacy_object_flags[];
extern const struct flag privacy_restrict_flags[];
extern const struct flag check_flags[];
extern const struct flag audience_count_flags[];
extern const struct flag audience_list_flags[];
extern const struct flag decide_flags[];
extern const struct flag quality_flags[];
extern const struct flag lint_flags[];
extern const struct flag delivery_sync_flags[];
extern const struct flag event_load_flags[];
extern const struct flag event_list_flags[];
extern const struct flag trace_flags[];
extern const struct flag event_sync_flags[];
extern const struct flag token_flags[];
extern const struct flag key_rotate_flags[];
extern const struct flag seal_flags[];
extern const struct flag doctor_flags[];

#endif
