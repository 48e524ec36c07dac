#include "tools/verbs.h"

#define FLAGS(name) static const struct flag name[]
#define END \
	{ \
		NULL, NULL, NULL \
	}

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
	{ "to", "ADDRESS", "whose mail" },
	{ "at", "DATE", "as if it were sent then" },
	{ "arm", "NAME", "as if this arm were assigned" },
	{ "seen", "BLOCK", "as if this block had been shown; repeatable" },
	{ "why", NULL, "explain every choice instead of showing the mail" },
	{ "campaign", "ID", "where the message has no X-Campaign-Id" },
	{ "from", "ADDRESS", "the envelope sender" },
	{ "unsigned", NULL, "leave DKIM-Signature out; needs no keys" },
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
	{ "exposure", "list", verb_exposure_list, NEED_READ, 0, 0, "",
	    exposure_list_flags, "List what one person has been shown.",
	    "inlay exposure list --to anna@example.org" },
	{ "exposure", "who", verb_exposure_who, NEED_READ, 0, 0, "",
	    exposure_who_flags, "List who has been shown a block.",
	    "inlay exposure who --block hero_spring --since 2026-03-01" },
	{ "preview", "", verb_preview, NEED_READ, 1, 1, "MESSAGE",
	    preview_flags,
	    "Print one recipient's mail as it would leave; record nothing.",
	    "inlay preview spring.eml --to anna@example.org --why" },
	{ "db", "stat", verb_db_stat, NEED_READ, 0, 0, "", NULL,
	    "Print numbers about the store.", "inlay db stat" },
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
