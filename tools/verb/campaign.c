/*
 * inlay campaign: load, list, show, rm.
 */
#include <sysexits.h>

#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/out.h"
#include "tools/people/assigned.h"
#include "tools/input/references.h"
#include "tools/input/templates.h"
#include "tools/verbs.h"

static int
check_templates(struct cli *cli, const struct campaign *campaign,
    const char *file, struct span text, struct err *err)
{
	struct placed_name zone = { campaign->zone, file, 0, 0 };
	struct placed_name locale = { campaign->locale, file, 0, 0 };

	document_place(cli, text, "zone", &zone.line, &zone.column);
	document_place(cli, text, "locale", &locale.line, &locale.column);
	if (templates_check_zone(&zone, err) < 0 ||
	    templates_check_locale(&locale, err) < 0)
		return -1;
	for (size_t i = 0; i < campaign->segment_count; i++) {
		const struct segment *segment = &campaign->segments[i];
		const struct document_line line = { segment->condition, file,
			text, segment->name };

		if (templates_check_condition(&line, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < campaign->header_count; i++)
		if (templates_check(campaign->headers[i].template, PLACE_HEADER,
			file, campaign->headers[i].line, err) < 0)
			return -1;
	return 0;
}

/* Tells what the campaign uses and what is not there. */
static void
tell_references(struct cli *cli, const char *file,
    const struct campaign *campaign, struct span text)
{
	struct references references;

	if (!references_begin(&references, cli))
		return;
	references_of_campaign(&references, file, campaign, text);
	references_end(&references);
}

/* One document as an entry, if nothing is wrong with it. 0 or -1. */
static int
read_entry(
    struct cli *cli, const char *path, struct entry *entry, struct err *err)
{
	struct campaign *campaign;

	if (document_read(cli, path, &entry->bytes, err) < 0 ||
	    campaign_parse(entry->bytes, path, cli->arena, &campaign, err) <
		0 ||
	    check_templates(cli, campaign, path, entry->bytes, err) < 0 ||
	    document_name(
		cli, CATALOG_CAMPAIGN, campaign->id, &entry->name, err) < 0 ||
	    assigned_check(cli, entry, campaign, path, err) < 0)
		return -1;
	tell_references(cli, path, campaign, entry->bytes);
	return 0;
}

static int
read_entries(struct cli *cli, struct entry *entries, struct err *err)
{
	for (int i = 0; i < cli->argc; i++) {
		const char *path = cli->argv[i];

		if (read_entry(cli, path, &entries[i], err) < 0)
			return -1;
		for (int j = 0; j < i; j++)
			if (span_eq(entries[i].name, entries[j].name))
				return err_at(err, ERR_INPUT, path, 0, 0,
				    "`%.*s` is already in %s",
				    SPAN_ARG(span_from(
					entries[i].name, CATALOG_CAMPAIGN.len)),
				    cli->argv[j]);
	}
	return 0;
}

int
verb_campaign_load(struct cli *cli, struct err *err)
{
	struct entry *entries =
	    arena_calloc(cli->arena, (size_t)cli->argc, sizeof(*entries));

	if (!entries)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (read_entries(cli, entries, err) < 0 ||
	    document_put(cli, entries, (size_t)cli->argc, err) < 0)
		return -1;
	for (int i = 0; i < cli->argc; i++)
		fprintf(cli->out, "%.*s: loaded\n", SPAN_ARG(entries[i].name));
	return EX_OK;
}

static json_t *
campaign_json(const struct campaign *campaign)
{
	json_t *object = json_object(), *arms = json_array(), *arm;

	out_set(object, "id", out_string(campaign->id));
	out_set(object, "tenant", out_string(campaign->tenant));
	out_set(object, "topic", out_string(campaign->topic));
	out_set(object, "from", out_moment(campaign->from));
	out_set(object, "until", out_moment(campaign->until));
	out_set(object, "holdout", json_real(campaign->holdout));
	for (size_t i = 0; i < campaign->arm_count; i++) {
		arm = json_object();
		out_set(arm, "name", out_string(campaign->arms[i].name));
		out_set(arm, "share", json_real(campaign->arms[i].share));
		out_set(arm, "intensity",
		    json_string(intensity_word(campaign->arms[i].intensity)));
		out_set(
		    arm, "control", json_boolean(campaign->arms[i].control));
		out_add(arms, arm);
	}
	out_set(object, "arms", arms);
	return object;
}

int
verb_campaign_list(struct cli *cli, struct err *err)
{
	static const char *const phases[] = { "waiting", "running", "over" };
	json_t *list = cli->json ? json_array() : NULL;
	struct catalog *catalog;
	int64_t now = cli_now();

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *campaign = catalog->campaigns[i];

		if (cli->json) {
			out_add(list, campaign_json(campaign));
			continue;
		}
		out_text(cli->out, campaign->id, 24);
		out_text(cli->out, campaign->topic, 16);
		fprintf(cli->out, " %-8s ",
		    phases[campaign_phase(campaign, now) + 1]);
		out_when(cli->out, campaign->clocks, campaign->from, OUT_WHEN);
		out_when(cli->out, campaign->clocks, campaign->until, OUT_WHEN);
		fprintf(cli->out, "%zu arms\n", campaign->arm_count);
	}
	catalog_free(&catalog);
	if (cli->json)
		return out_json_pretty(cli->out, list, err) < 0 ? -1 : EX_OK;
	return EX_OK;
}

int
verb_campaign_show(struct cli *cli, struct err *err)
{
	struct catalog *catalog;
	const struct campaign *campaign;
	json_t *object;

	if (!cli->json)
		return document_show(
		    cli, CATALOG_CAMPAIGN, cli->argv[0], "campaign", err);
	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	campaign = catalog_campaign(catalog, span_str(cli->argv[0]));
	object = campaign ? campaign_json(campaign) : NULL;
	catalog_free(&catalog);
	if (!campaign)
		return document_absent(cli, "campaign", cli->argv[0]);
	return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
}

int
verb_campaign_rm(struct cli *cli, struct err *err)
{
	return document_rm(
	    cli, CATALOG_CAMPAIGN, cli->argv[0], "campaign", err);
}
