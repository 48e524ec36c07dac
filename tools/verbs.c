#include "tools/verbs.h"

#define FLAGS(name) static const struct flag name[]
#define END \
	{ \
		NULL, NULL, NULL \
	}

FLAGS(db_tidy_flags) = {
	{ "expire", "TIME",
	    "reservations expire so long before the last delivery sync; 7d" },
	{ "keep", "TIME", "older entries are folded into counts; 400d" },
	END,
};

FLAGS(dry_run_flags) = {
	{ "dry-run", NULL, "check everything, store nothing" },
	END,
};

FLAGS(profile_load_flags) = {
	{ "source", "NAME", "who says so, where a row has no `source`" },
	{ "observed-at", "DATE", "when; else the file's time of change" },
	{ "format", "csv|json", "instead of looking at the first byte" },
	{ "ignore-unknown", NULL, "skip columns that are no field" },
	{ "strict", NULL, "one bad row and nothing is loaded" },
	{ "max-bad", "N", "so many rows may be bad; else the status is 65" },
	{ "dry-run", NULL, "read and check, store nothing" },
	{ "restart", NULL, "do not go on where an earlier load stopped" },
	END,
};

FLAGS(profile_set_flags) = {
	{ "source", "NAME", "who says so; else `cli`" },
	{ "observed-at", "DATE", "when; else now" },
	END,
};

FLAGS(block_list_flags) = {
	{ "pool", "NAME", "only blocks of this pool" },
	END,
};

FLAGS(exposure_list_flags) = {
	{ "to", "ADDRESS", "whose" },
	{ "campaign", "ID", "only of this campaign" },
	END,
};

FLAGS(exposure_who_flags) = {
	{ "block", "ID", "the block" },
	{ "since", "DATE", "only exposures after this" },
	END,
};

FLAGS(preview_flags) = {
	{ "to", "ADDRESS", "whose mail; else that of somebody unknown" },
	{ "at", "DATE", "as if it were sent then" },
	{ "arm", "NAME", "as if this arm were assigned" },
	{ "seen", "BLOCK", "as if this block had been shown; repeatable" },
	{ "why", NULL, "explain every choice instead of showing the mail" },
	{ "campaign", "ID", "where the message has no X-Inlay-Campaign" },
	{ "from", "ADDRESS", "the envelope sender" },
	{ "unsigned", NULL, "leave DKIM-Signature out; needs no keys" },
	{ "diff", NULL, "what differs from the template, decoded" },
	{ "headers", NULL, "the header fields, decoded" },
	{ "text", NULL, "the text parts, decoded" },
	{ "html", "FILE", "write the HTML part, decoded, to a file" },
	END,
};

FLAGS(export_flags) = {
	{ "format", "csv|json", "JSON Lines if unsaid" },
	END,
};

FLAGS(exposure_export_flags) = {
	{ "format", "csv|json", "JSON Lines if unsaid" },
	{ "campaign", "ID", "only of this campaign" },
	{ "since", "DATE", "only exposures from then on" },
	END,
};

FLAGS(exposure_reach_flags) = {
	{ "block", "ID", "the block" },
	{ "campaign", "ID", "by whose rules; else the block's own" },
	{ "audience", "CONDITION", "only people for whom it is true" },
	{ "at", "DATE", "as if it were then" },
	END,
};

FLAGS(exposure_record_flags) = {
	{ "to", "ADDRESS", "who was shown it" },
	{ "channel", "NAME", "where: web, paper, sms, call, ..." },
	{ "block", "ID", "what" },
	{ "slot", "NAME", "in which place" },
	{ "campaign", "ID", "for which campaign" },
	{ "topic", "NAME", "about what" },
	{ "at", "DATE", "when, if not now" },
	END,
};

FLAGS(exposure_void_flags) = {
	{ "to", "ADDRESS", "whose" },
	{ "message", "HEX", "this one, as `exposure list --json` names it" },
	{ "campaign", "ID", "all of this campaign" },
	{ "block", "ID", "all that showed this block" },
	END,
};

FLAGS(table_load_flags) = {
	{ "name", "NAME", "of the table; else the file's" },
	{ "key", "COLUMN", "that rows are found by; else the first" },
	{ "number", "COLUMN", "read as numbers; repeatable" },
	{ "max-bad", "N", "so many rows may be bad; else the status is 65" },
	{ "dry-run", NULL, "check everything, store nothing" },
	END,
};

FLAGS(privacy_object_flags) = {
	{ "profiling", NULL, "no personalising: neutral copies only" },
	{ "marketing", NULL, "no campaign mail at all" },
	{ "undo", NULL, "the person has changed their mind" },
	END,
};

FLAGS(privacy_restrict_flags) = {
	{ "undo", NULL, "the restriction is lifted" },
	END,
};

FLAGS(check_flags) = {
	{ "audience", "CONDITION", "only people for whom it is true" },
	{ "campaign", "ID", "where the message has no X-Inlay-Campaign" },
	{ "at", "DATE", "as if it were sent then" },
	{ "from", "ADDRESS", "the envelope sender" },
	{ "threads", "N", "else one per processor" },
	END,
};

FLAGS(decide_flags) = {
	{ "to", "ADDRESS", "for whom" },
	{ "campaign", "ID", "by whose rules; else the one that runs" },
	{ "channel", "NAME", "where: web, paper, sms, call, ..." },
	{ "slot", "NAME", "which place" },
	{ "pool", "NAME", "of which blocks; else the slot's name" },
	{ "message", "FILE", "the mail whose slot it is, with its options" },
	{ "id", "WORD", "of the showing; the same again is the same" },
	{ "record", NULL, "it will be shown: count it" },
	{ "at", "DATE", "as if it were then" },
	END,
};

FLAGS(quality_flags) = {
	{ "field", "NAME", "only this field" },
	END,
};

FLAGS(lint_flags) = {
	{ "message", "FILE", "look at its templates and render for everybody" },
	{ "campaign", "ID", "where the message has no X-Inlay-Campaign" },
	END,
};

FLAGS(delivery_sync_flags) = {
	{ "log", "FILE", "of Postfix or sendmail" },
	{ "follow", NULL, "go on as the log grows and rotates" },
	{ "restart", NULL, "from the start, not where the last run stopped" },
	END,
};

FLAGS(token_flags) = {
	{ "at", "DATE", "as if it were then" },
	END,
};

FLAGS(seal_flags) = {
	{ "at", "DATE", "as if it were sealed then" },
	END,
};

const struct verb verbs[] = {
	{ "schema", "load", verb_schema_load, NEED_WRITE, 1, 1, "FILE",
	    dry_run_flags, "Check a schema of fields and sources and store it.",
	    "inlay schema load schema.yaml" },
	{ "schema", "show", verb_schema_show, NEED_READ, 0, 0, "", NULL,
	    "Print the schema that is in force.", "inlay schema show --json" },
	{ "profile", "load", verb_profile_load, NEED_WRITE, 1, 1, "FILE",
	    profile_load_flags,
	    "Merge profiles from CSV or JSON Lines, plain, gzip or zstd.",
	    "inlay profile load customers.csv.gz --source crm" },
	{ "profile", "get", verb_profile_get, NEED_READ, 1, 1, "ADDRESS", NULL,
	    "Print what is known about one person.",
	    "inlay profile get anna@example.org" },
	{ "profile", "set", verb_profile_set, NEED_WRITE, 2, -1,
	    "ADDRESS NAME=VALUE...", profile_set_flags,
	    "Set fields, consents or objections of one person.",
	    "inlay profile set anna@example.org first_name=Anna "
	    "consent.personalisation=granted" },
	{ "profile", "rm", verb_profile_rm, NEED_WRITE, 1, -1,
	    "ADDRESS [FIELD...]", NULL,
	    "Remove a profile, or fields of it; exposures stay.",
	    "inlay profile rm anna@example.org" },
	{ "profile", "export", verb_profile_export, NEED_READ, 0, 0, "",
	    export_flags,
	    "Print all profiles; `profile load` reads them again.",
	    "inlay profile export --format csv > profiles.csv" },
	{ "profile", "quality", verb_profile_quality, NEED_READ, 0, 0, "",
	    quality_flags, "Tell per field and source how good the data is.",
	    "inlay profile quality --field first_name" },
	{ "block", "load", verb_block_load, NEED_WRITE, 1, -1,
	    "DIRECTORY|FILE...", dry_run_flags,
	    "Check content blocks and store them.",
	    "inlay block load blocks/" },
	{ "block", "list", verb_block_list, NEED_READ, 0, 0, "",
	    block_list_flags, "List the stored content blocks.",
	    "inlay block list --pool heroes" },
	{ "block", "show", verb_block_show, NEED_READ, 1, 1, "ID", NULL,
	    "Print a content block as it was loaded.",
	    "inlay block show hero_spring" },
	{ "block", "rm", verb_block_rm, NEED_WRITE, 1, 1, "ID", NULL,
	    "Remove a content block; its exposures stay.",
	    "inlay block rm hero_spring" },
	{ "campaign", "load", verb_campaign_load, NEED_WRITE, 1, -1, "FILE...",
	    dry_run_flags, "Check campaigns and store them.",
	    "inlay campaign load spring26.yaml" },
	{ "campaign", "list", verb_campaign_list, NEED_READ, 0, 0, "", NULL,
	    "List the campaigns.", "inlay campaign list" },
	{ "campaign", "show", verb_campaign_show, NEED_READ, 1, 1, "ID", NULL,
	    "Print a campaign as it was loaded.",
	    "inlay campaign show spring26" },
	{ "campaign", "rm", verb_campaign_rm, NEED_WRITE, 1, 1, "ID", NULL,
	    "Remove a campaign; mail under its name is refused from then on.",
	    "inlay campaign rm spring26" },
	{ "campaign", "lint", verb_campaign_lint, NEED_READ, 1, 1, "ID|FILE",
	    lint_flags,
	    "Refuse a campaign without control, neutral else or coverage.",
	    "inlay campaign lint spring26 --message spring.eml" },
	{ "table", "load", verb_table_load, NEED_WRITE, 1, 1, "FILE",
	    table_load_flags,
	    "Store a reference table for ref.TABLE[key] from CSV or JSON "
	    "Lines.",
	    "inlay table load products.csv --key sku --number price" },
	{ "table", "list", verb_table_list, NEED_READ, 0, 0, "", NULL,
	    "List the reference tables.", "inlay table list" },
	{ "table", "show", verb_table_show, NEED_READ, 2, 2, "NAME KEY", NULL,
	    "Print one row of a reference table.",
	    "inlay table show products A-17" },
	{ "table", "rm", verb_table_rm, NEED_WRITE, 1, 1, "NAME", NULL,
	    "Remove a reference table with its rows.",
	    "inlay table rm products" },
	{ "sensitivity", "load", verb_sensitivity_load, NEED_WRITE, 1, 1,
	    "FILE", dry_run_flags,
	    "Store what clusters of people answer to personalising, by topic.",
	    "inlay sensitivity load cells.yaml" },
	{ "sensitivity", "show", verb_sensitivity_show, NEED_READ, 0, 0, "",
	    NULL, "Print the sensitivity cells as they were loaded.",
	    "inlay sensitivity show" },
	{ "exposure", "list", verb_exposure_list, NEED_READ, 0, 0, "",
	    exposure_list_flags, "List what one person has been shown.",
	    "inlay exposure list --to anna@example.org" },
	{ "exposure", "who", verb_exposure_who, NEED_READ, 0, 0, "",
	    exposure_who_flags, "List who has been shown a block.",
	    "inlay exposure who --block hero_spring --since 2026-03-01" },
	{ "exposure", "reach", verb_exposure_reach, NEED_READ, 0, 0, "",
	    exposure_reach_flags, "List whom a mail would show a block.",
	    "inlay exposure reach --campaign spring26 --block hero_spring" },
	{ "exposure", "record", verb_exposure_record, NEED_WRITE, 0, 0, "",
	    exposure_record_flags,
	    "Record that a block was shown through another channel.",
	    "inlay exposure record --to anna@example.org --channel paper "
	    "--block hero_spring" },
	{ "exposure", "void", verb_exposure_void, NEED_WRITE, 0, 0, "",
	    exposure_void_flags,
	    "Take exposures back; they stay on record and no longer count.",
	    "inlay exposure void --to anna@example.org --campaign spring26" },
	{ "exposure", "export", verb_exposure_export, NEED_READ, 0, 0, "",
	    exposure_export_flags, "Print all exposures.",
	    "inlay exposure export --campaign spring26 --format csv" },
	{ "preview", "", verb_preview, NEED_READ, 1, 1, "MESSAGE",
	    preview_flags,
	    "Print one recipient's mail as it would leave; record nothing.",
	    "inlay preview spring.eml --to anna@example.org --why" },
	{ "check", "", verb_check, NEED_READ, 1, 1, "MESSAGE", check_flags,
	    "Render a message for everybody and tell what would go wrong.",
	    "inlay check spring.eml --audience \"profile.tier == 'gold'\"" },
	{ "decide", "", verb_decide, NEED_WRITE, 0, 0, "", decide_flags,
	    "Tell as JSON what a slot would show a person next.",
	    "inlay decide --to anna@example.org --campaign spring26 "
	    "--channel web --slot hero --pool heroes --record" },
	{ "delivery", "sync", verb_delivery_sync, NEED_WRITE, 0, 0, "",
	    delivery_sync_flags,
	    "Learn from the mail log which copies arrived.",
	    "inlay delivery sync --log /var/log/mail.log --follow" },
	{ "delivery", "report", verb_delivery_report, NEED_WRITE, 0, 1,
	    "[MAILBOX]", NULL,
	    "Learn the same from bounces and complaints that came by mail.",
	    "inlay delivery report /var/mail/bounces" },
	{ "seal", "", verb_seal, NEED_SETTINGS, 1, 1, "MESSAGE", seal_flags,
	    "Print a template with the X-Inlay-Seal that proves whose it is.",
	    "inlay seal spring.eml" },
	{ "token", "verify", verb_token_verify, NEED_SETTINGS, 1, 1, "TOKEN",
	    token_flags, "Check an unsubscribe token and tell whose it is.",
	    "inlay token verify k1.AbCdEf" },
	{ "privacy", "export", verb_privacy_export, NEED_WRITE, 1, 1, "ADDRESS",
	    NULL, "Print everything held about one person as JSON.",
	    "inlay privacy export anna@example.org" },
	{ "privacy", "erase", verb_privacy_erase, NEED_WRITE, 1, 1, "ADDRESS",
	    NULL, "Erase one person; a tombstone stops re-import.",
	    "inlay privacy erase anna@example.org" },
	{ "privacy", "object", verb_privacy_object, NEED_WRITE, 1, 1, "ADDRESS",
	    privacy_object_flags,
	    "Note that a person objects to profiling or to marketing.",
	    "inlay privacy object anna@example.org --profiling" },
	{ "privacy", "restrict", verb_privacy_restrict, NEED_WRITE, 1, 1,
	    "ADDRESS", privacy_restrict_flags,
	    "Keep the data of a person, but use it no more.",
	    "inlay privacy restrict anna@example.org" },
	{ "db", "stat", verb_db_stat, NEED_READ, 0, 0, "", NULL,
	    "Print numbers about the store.", "inlay db stat" },
	{ "db", "verify", verb_db_verify, NEED_READ, 0, 0, "", NULL,
	    "Read the whole store, and name what is damaged or cannot be "
	    "decoded.",
	    "inlay db verify" },
	{ "db", "backup", verb_db_backup, NEED_READ, 1, 1, "DIRECTORY", NULL,
	    "Copy the store while mail goes on.",
	    "inlay db backup /var/backups/inlay" },
	{ "db", "restore", verb_db_restore, NEED_SETTINGS, 1, 1, "DIRECTORY",
	    NULL, "Replace the store by a backup, which is verified first.",
	    "inlay db restore /var/backups/inlay" },
	{ "db", "compact", verb_db_compact, NEED_WRITE, 0, 0, "", NULL,
	    "Rewrite the store so that no deleted byte remains.",
	    "inlay db compact" },
	{ "db", "upgrade", verb_db_upgrade, NEED_WRITE, 0, 0, "", NULL,
	    "Bring the store to the layout of this version; a newer one is "
	    "refused.",
	    "inlay db upgrade" },
	{ "db", "tidy", verb_db_tidy, NEED_WRITE, 0, 0, "", db_tidy_flags,
	    "Expire what no log confirmed, fold old entries into counts.",
	    "inlay db tidy --expire 7d --keep 400d" },
	{ .noun = NULL },
};

int
verb_find(int argc, char **argv, const struct verb **verb)
{
	for (const struct verb *at = verbs; at->noun; at++) {
		if (strcmp(argv[0], at->noun) != 0)
			continue;
		*verb = at;
		if (*at->name == '\0')
			return 1;
		if (argc > 1 && strcmp(argv[1], at->name) == 0)
			return 2;
	}
	return 0;
}
