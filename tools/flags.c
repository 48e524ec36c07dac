#include "tools/flags.h"

const struct flag db_tidy_flags[] = {
	{ .name = "expire",
	    .value = "TIME",
	    .help = "reservations expire so long before the last delivery "
		    "sync; 7d" },
	{ .name = "keep",
	    .value = "TIME",
	    .help = "where the campaign has no ledger_days, entries are "
		    "folded into counts after that; 400d" },
	{ .name = NULL },
};

const struct flag dry_run_flags[] = {
	{ .name = "dry-run", .help = "check everything, store nothing" },
	{ .name = NULL },
};

const struct flag learn_flags[] = {
	{ .name = "since",
	    .value = "DATE",
	    .help = "only of copies that left from then on" },
	{ .name = "dry-run", .help = "tell what changes, store nothing" },
	{ .name = NULL },
};

const struct flag promote_flags[] = {
	{ .name = "dry-run", .help = "say what and why, write nothing" },
	{ .name = "write",
	    .value = "FILE",
	    .help = "write the new version there; else it is printed" },
	{ .name = NULL },
};

const struct flag clone_flags[] = {
	{ .name = "window",
	    .value = "FROM..UNTIL",
	    .help = "when the new one runs; else always" },
	{ .name = "seed",
	    .value = "SEED",
	    .help = "deals people anew; else by the new id" },
	{ .name = "write",
	    .value = "FILE",
	    .help = "write it there; else it is printed" },
	{ .name = NULL },
};

const struct flag doctor_flags[] = {
	{ .name = "all", .help = "also what is well" },
	{ .name = "net", .help = "also what the DNS says" },
	{ .name = NULL },
};

const struct flag profile_load_flags[] = {
	{ .name = "source",
	    .value = "NAME",
	    .help = "who says so, where a row has no `source`" },
	{ .name = "observed-at",
	    .value = "DATE",
	    .help = "when; else the file's time of change" },
	{ .name = "format",
	    .value = "csv|json",
	    .help = "instead of looking at the first bytes" },
	{ .name = "encoding",
	    .value = "NAME",
	    .help = "of a file that is not UTF-8: windows-1252, utf-16" },
	{ .name = "map",
	    .value = "COLUMN=NAME",
	    .help = "a column under another name; repeatable" },
	{ .name = "date-format",
	    .value = "FORMAT",
	    .help = "of dates that are not ISO: %d/%m/%Y; repeatable" },
	{ .name = "ignore-unknown", .help = "skip columns that are no field" },
	{ .name = "strict", .help = "one bad row and nothing is loaded" },
	{ .name = "max-bad",
	    .value = "N",
	    .help = "so many rows may be bad; else the status is 65" },
	{ .name = "dry-run", .help = "read and check, store nothing" },
	{ .name = "restart",
	    .help = "do not go on where an earlier load stopped" },
	{ .name = NULL },
};

const struct flag profile_set_flags[] = {
	{ .name = "source",
	    .value = "NAME",
	    .help = "who says so; else `cli`" },
	{ .name = "observed-at", .value = "DATE", .help = "when; else now" },
	{ .name = NULL },
};

const struct flag block_list_flags[] = {
	{ .name = "pool", .value = "NAME", .help = "only blocks of this pool" },
	{ .name = NULL },
};

const struct flag exposure_list_flags[] = {
	{ .name = "to", .value = "ADDRESS", .help = "whose" },
	{ .name = "campaign", .value = "ID", .help = "only of this campaign" },
	{ .name = NULL },
};

const struct flag exposure_who_flags[] = {
	{ .name = "block", .value = "ID", .help = "the block" },
	{ .name = "since",
	    .value = "DATE",
	    .help = "only exposures after this" },
	{ .name = NULL },
};

const struct flag preview_flags[] = {
	{ .name = "to",
	    .value = "ADDRESS",
	    .help = "whose mail; else that of somebody unknown" },
	{ .name = "at", .value = "DATE", .help = "as if it were sent then" },
	{ .name = "arm",
	    .value = "NAME",
	    .help = "as if this arm were assigned" },
	{ .name = "seen",
	    .value = "BLOCK",
	    .help = "as if this block had been shown; repeatable" },
	{ .name = "why",
	    .help = "explain every choice instead of showing the mail" },
	{ .name = "campaign",
	    .value = "ID",
	    .help = "where the message has no X-Inlay-Campaign" },
	{ .name = "from", .value = "ADDRESS", .help = "the envelope sender" },
	{ .name = "unsigned",
	    .help = "leave DKIM-Signature out; needs no keys" },
	{ .name = "diff", .help = "what differs from the template, decoded" },
	{ .name = "headers", .help = "the header fields, decoded" },
	{ .name = "text", .help = "the text parts, decoded" },
	{ .name = "html",
	    .value = "FILE",
	    .help = "write the HTML part, decoded, to a file" },
	{ .name = NULL },
};

const struct flag export_flags[] = {
	{ .name = "format",
	    .value = "csv|json",
	    .help = "JSON Lines if unsaid" },
	{ .name = NULL },
};

const struct flag exposure_export_flags[] = {
	{ .name = "format",
	    .value = "csv|json",
	    .help = "JSON Lines if unsaid" },
	{ .name = "campaign", .value = "ID", .help = "only of this campaign" },
	{ .name = "since",
	    .value = "DATE",
	    .help = "only exposures from then on" },
	{ .name = NULL },
};

const struct flag report_flags[] = {
	{ .name = "html",
	    .value = "FILE",
	    .help = "write it as a page that needs no other file" },
	{ .name = "language",
	    .value = "en|fr",
	    .help = "of the page; the campaign's locale if unsaid" },
	{ .name = "topic",
	    .value = "TOPIC",
	    .help = "all campaigns of a topic as one" },
	{ .name = "holdout",
	    .value = "SEED",
	    .help = "all campaigns that hold the same people out, as one" },
	{ .name = "segment", .value = "NAME", .help = "only its people" },
	{ .name = "since",
	    .value = "DATE",
	    .help = "only people whose first mail was then or later" },
	{ .name = "at",
	    .value = "DATE",
	    .help = "as if it were then, and nothing later had happened" },
	{ .name = NULL },
};

const struct flag exposure_reach_flags[] = {
	{ .name = "block", .value = "ID", .help = "the block" },
	{ .name = "campaign",
	    .value = "ID",
	    .help = "by whose rules; else the block's own" },
	{ .name = "audience",
	    .value = "CONDITION",
	    .help = "only people for whom it is true" },
	{ .name = "at", .value = "DATE", .help = "as if it were then" },
	{ .name = NULL },
};

const struct flag exposure_record_flags[] = {
	{ .name = "to", .value = "ADDRESS", .help = "who was shown it" },
	{ .name = "channel",
	    .value = "NAME",
	    .help = "where: web, paper, sms, call, ..." },
	{ .name = "block", .value = "ID", .help = "what" },
	{ .name = "slot", .value = "NAME", .help = "in which place" },
	{ .name = "campaign", .value = "ID", .help = "for which campaign" },
	{ .name = "topic", .value = "NAME", .help = "about what" },
	{ .name = "at", .value = "DATE", .help = "when, if not now" },
	{ .name = NULL },
};

const struct flag exposure_void_flags[] = {
	{ .name = "to", .value = "ADDRESS", .help = "whose" },
	{ .name = "message",
	    .value = "HEX",
	    .help = "this one, as `exposure list --json` names it" },
	{ .name = "campaign", .value = "ID", .help = "all of this campaign" },
	{ .name = "block",
	    .value = "ID",
	    .help = "all that showed this block" },
	{ .name = NULL },
};

const struct flag table_load_flags[] = {
	{ .name = "name",
	    .value = "NAME",
	    .help = "of the table; else the file's" },
	{ .name = "key",
	    .value = "COLUMN",
	    .help = "that rows are found by; else the first" },
	{ .name = "number",
	    .value = "COLUMN",
	    .help = "read as numbers; repeatable" },
	{ .name = "encoding",
	    .value = "NAME",
	    .help = "of a file that is not UTF-8: windows-1252, utf-16" },
	{ .name = "map",
	    .value = "COLUMN=NAME",
	    .help = "a column under another name; repeatable" },
	{ .name = "max-bad",
	    .value = "N",
	    .help = "so many rows may be bad; else the status is 65" },
	{ .name = "dry-run", .help = "check everything, store nothing" },
	{ .name = NULL },
};

const struct flag privacy_object_flags[] = {
	{ .name = "profiling",
	    .help = "no personalising: neutral copies only" },
	{ .name = "marketing", .help = "no campaign mail at all" },
	{ .name = "undo", .help = "the person has changed their mind" },
	{ .name = NULL },
};

const struct flag privacy_restrict_flags[] = {
	{ .name = "undo", .help = "the restriction is lifted" },
	{ .name = NULL },
};

const struct flag check_flags[] = {
	{ .name = "audience",
	    .value = "CONDITION",
	    .help = "only people for whom it is true" },
	{ .name = "campaign",
	    .value = "ID",
	    .help = "where the message has no X-Inlay-Campaign" },
	{ .name = "at", .value = "DATE", .help = "as if it were sent then" },
	{ .name = "from", .value = "ADDRESS", .help = "the envelope sender" },
	{ .name = "threads", .value = "N", .help = "else one per processor" },
	{ .name = "coverage",
	    .value = "SHARE",
	    .help = "of people without option from which a slot is told; 0.1" },
	{ .name = NULL },
};

const struct flag audience_count_flags[] = {
	{ .name = "campaign", .value = "ID", .help = "by whose rules" },
	{ .name = "at", .value = "DATE", .help = "as if it were sent then" },
	{ .name = NULL },
};

const struct flag audience_list_flags[] = {
	{ .name = "campaign", .value = "ID", .help = "by whose rules" },
	{ .name = "at", .value = "DATE", .help = "as if it were sent then" },
	{ .name = "format", .value = "csv|json", .help = "csv if unsaid" },
	{ .name = NULL },
};

const struct flag decide_flags[] = {
	{ .name = "to", .value = "ADDRESS", .help = "for whom" },
	{ .name = "audience",
	    .value = "CONDITION",
	    .help = "a list, for all of whom it is true" },
	{ .name = "columns",
	    .value = "NAMES",
	    .help = "of the list: email,arm,slot.NAME.text,FIELD,..." },
	{ .name = "format",
	    .value = "csv|json",
	    .help = "of the list; csv if unsaid" },
	{ .name = "encoding",
	    .value = "NAME",
	    .help = "of the list; UTF-8 if unsaid" },
	{ .name = "campaign",
	    .value = "ID",
	    .help = "by whose rules; else the one that runs" },
	{ .name = "channel",
	    .value = "NAME",
	    .help = "where: web, paper, sms, call, ..." },
	{ .name = "slot", .value = "NAME", .help = "which place" },
	{ .name = "pool",
	    .value = "NAME",
	    .help = "of which blocks; else the slot's name" },
	{ .name = "message",
	    .value = "FILE",
	    .help = "the mail whose slot it is, with its options" },
	{ .name = "id",
	    .value = "WORD",
	    .help = "of the showing; the same again is the same" },
	{ .name = "record", .help = "it will be shown: count it" },
	{ .name = "at", .value = "DATE", .help = "as if it were then" },
	{ .name = NULL },
};

const struct flag quality_flags[] = {
	{ .name = "field", .value = "NAME", .help = "only this field" },
	{ .name = NULL },
};

const struct flag lint_flags[] = {
	{ .name = "message",
	    .value = "FILE",
	    .help = "look at its templates and render for everybody" },
	{ .name = "campaign",
	    .value = "ID",
	    .help = "where the message has no X-Inlay-Campaign" },
	{ .name = "coverage",
	    .value = "SHARE",
	    .help = "of people without option from which a slot is told; 0.1" },
	{ .name = NULL },
};

const struct flag delivery_sync_flags[] = {
	{ .name = "log",
	    .value = "FILE",
	    .help = "of Postfix or sendmail; - is standard input" },
	{ .name = "journal", .help = "systemd's journal, by journalctl" },
	{ .name = "follow", .help = "go on as the log grows and rotates" },
	{ .name = "restart",
	    .help = "from the start, not where the last run stopped" },
	{ .name = "forget",
	    .value = "LOG",
	    .help = "one that is gone, by the name that doctor tells" },
	{ .name = NULL },
};

const struct flag event_load_flags[] = {
	{ .name = "source",
	    .value = "NAME",
	    .help = "who says so, where a row has no `source`" },
	{ .name = "format",
	    .value = "csv|json",
	    .help = "instead of looking at the first bytes" },
	{ .name = "encoding",
	    .value = "NAME",
	    .help = "of a file that is not UTF-8: windows-1252, utf-16" },
	{ .name = "map",
	    .value = "COLUMN=NAME",
	    .help = "a column under another name; repeatable" },
	{ .name = "date-format",
	    .value = "FORMAT",
	    .help = "of dates that are not ISO: %d/%m/%Y; repeatable" },
	{ .name = "ignore-unknown",
	    .help = "skip columns that say nothing of an event" },
	{ .name = "strict", .help = "one bad row and nothing is loaded" },
	{ .name = "max-bad",
	    .value = "N",
	    .help = "so many rows may be bad; else the status is 65" },
	{ .name = "dry-run", .help = "read and check, store nothing" },
	{ .name = NULL },
};

const struct flag event_sync_flags[] = {
	{ .name = "log",
	    .value = "FILE",
	    .help = "of a web server; - is standard input" },
	{ .name = "format",
	    .value = "combined|json",
	    .help = "instead of looking at each line" },
	{ .name = "follow", .help = "go on as the log grows and rotates" },
	{ .name = "restart",
	    .help = "from the start, not where the last run stopped" },
	{ .name = "forget",
	    .value = "LOG",
	    .help = "one that is gone, by the name that doctor tells" },
	{ .name = NULL },
};

const struct flag event_list_flags[] = {
	{ .name = "campaign",
	    .value = "ID",
	    .help = "of everybody, attributed to this campaign" },
	{ .name = "type", .value = "TYPE", .help = "only of this type" },
	{ .name = "since", .value = "DATE", .help = "only from then on" },
	{ .name = NULL },
};

const struct flag trace_flags[] = {
	{ .name = "log",
	    .value = "FILE",
	    .help = "of a mail server or inlayd, with what it was rotated "
		    "into; - is standard input; may be repeated" },
	{ .name = "journal", .help = "systemd's journal, by journalctl" },
	{ .name = "since", .value = "DATE", .help = "no lines before" },
	{ .name = "limit", .value = "COUNT", .help = "copies at most; 20" },
	{ .name = NULL },
};

const struct flag token_flags[] = {
	{ .name = "at", .value = "DATE", .help = "as if it were then" },
	{ .name = NULL },
};

const struct flag key_rotate_flags[] = {
	{ .name = "finish",
	    .help = "take the old ones out, if the DNS has the new ones" },
	{ .name = NULL },
};

const struct flag seal_flags[] = {
	{ .name = "at", .value = "DATE", .help = "as if it were sealed then" },
	{ .name = NULL },
};
