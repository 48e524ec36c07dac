#include "tools/message/slot_source.h"

#include "store/base/buf.h"
#include "tools/message/message_file.h"

/* What the mail says; "" where there is none. 0 or -1. */
static int
campaign_of_message(struct cli *cli, struct span *id, struct err *err)
{
	const char *message = cli_flag(cli, "message");
	struct personalise_request request = { .now = 0 };

	*id = SPAN_NONE;
	if (!message)
		return 0;
	if (message_file_read(cli, message, &request, err) < 0)
		return -1;
	return message_file_campaign(cli, &request, id, err) < 0 ? -1 : 0;
}

/* Where nobody says the campaign, the only one that is running. 0 or -1. */
static int
running_campaign(const struct catalog *catalog, int64_t now,
    const struct campaign **found, struct err *err)
{
	*found = NULL;
	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *one = catalog->campaigns[i];

		if (campaign_phase(one, now) != 0)
			continue;
		if (*found)
			return cli_misuse(err,
			    "%.*s and %.*s are running: say --campaign",
			    SPAN_ARG((*found)->id), SPAN_ARG(one->id));
		*found = one;
	}
	return *found ? 0 : cli_misuse(err, "no campaign is running");
}

int
slot_source_campaign(struct cli *cli, const struct catalog *catalog,
    int64_t now, const struct campaign **campaign, struct err *err)
{
	const char *named = cli_flag(cli, "campaign");
	struct span id = span_str(named ? named : "");

	if (!named && campaign_of_message(cli, &id, err) < 0)
		return -1;
	if (id.len == 0)
		return running_campaign(catalog, now, campaign, err);
	*campaign = catalog_campaign(catalog, id);
	return *campaign ? 0 : catalog_lacks_campaign(catalog, id, err);
}

static int
tags_of_pool(struct cli *cli, const struct catalog *catalog, const char *slot,
    struct excerpt *excerpt, struct err *err)
{
	const char *pool = cli_flag(cli, "pool");
	struct buf tags;

	if (!pool)
		pool = slot;
	if (!catalog_pool(catalog, span_str(pool)))
		return cli_misuse(err,
		    "no block is in pool %s: say --pool, or --message of which "
		    "the slot is",
		    pool);
	buf_init(&tags, cli->arena, 1000);
	buf_printf(&tags,
	    "{%% slot \"%s\", pool: \"%s\" %%}{%% else %%}{%% endslot %%}",
	    slot, pool);
	excerpt->text = excerpt->html = buf_span(&tags);
	return tags.failed ? err_set(err, ERR_MEMORY, "out of memory") : 0;
}

int
slot_source_tags(struct cli *cli, const struct catalog *catalog,
    const struct campaign *campaign, const char *slot, struct excerpt *excerpt,
    struct err *err)
{
	const char *message = cli_flag(cli, "message");
	int found;

	if (!message)
		return tags_of_pool(cli, catalog_of(catalog, campaign->tenant),
		    slot, excerpt, err);
	found = excerpt_read(cli, message, slot, excerpt, err);
	if (found == 0)
		return cli_misuse(err, "%s has no slot %s", message, slot);
	return found < 0 ? -1 : 0;
}

bool
slot_source_name(const char *name)
{
	return strlen(name) <= 200 && !strpbrk(name, "\"{}%<>@\r\n \\");
}
