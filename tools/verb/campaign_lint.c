/*
 * inlay campaign lint: what a campaign promises and does not keep. Each rule
 * has a name that the campaign may list under `waive:`.
 */
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/settings.h"
#include "store/catalog/catalog.h"
#include "tools/people/audience.h"
#include "tools/input/document.h"
#include "tools/message/campaign_findings.h"
#include "tools/message/findings.h"
#include "tools/message/foresight.h"
#include "tools/message/losses.h"
#include "tools/out.h"
#include "tools/message/rehearsal.h"
#include "tools/message/message_file.h"
#include "tools/message/pipeline.h"
#include "tools/verbs.h"
#include "tools/people/walk.h"

#define SEGMENTS_MAX 200

struct linting {
	struct cli *cli;
	const struct catalog *catalog;
	const struct campaign *campaign;
	struct audience *segments[SEGMENTS_MAX];
	uint64_t reached[SEGMENTS_MAX]; /* people whose first segment it is */
	uint64_t people, uncovered;
	struct findings findings;
};

/* The first segment that is true is the person's. */
static int
place_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct linting *linting = context;
	size_t i = 0;
	int fits = 0;

	if (!person->known)
		return 0;
	linting->people++;
	for (; i < linting->campaign->segment_count && fits == 0; i++)
		fits = audience_test(
		    linting->segments[i], &person->profile, arena, err);
	if (fits < 0)
		return -1;
	if (fits == 1)
		linting->reached[i - 1]++;
	else
		linting->uncovered++;
	return 0;
}

static int
lint_segments(struct linting *linting, struct err *err)
{
	const struct campaign *campaign = linting->campaign;
	const struct audience_options options = { linting->catalog, campaign,
		cli_now() };
	struct walk over = {
		.label = "counting", .each = place_one, .context = linting
	};

	if (campaign->segment_count == 0)
		return 0;
	if (campaign->segment_count > SEGMENTS_MAX)
		return err_set(
		    err, ERR_INPUT, "more than %d segments", SEGMENTS_MAX);
	for (size_t i = 0; i < campaign->segment_count; i++)
		if (audience_open(linting->cli, &options,
			campaign->segments[i].condition, "segments",
			&linting->segments[i], err) < 0)
			return -1;
	if (walk(linting->cli, &over, err) < 0)
		return -1;
	for (size_t i = 0; linting->people && i < campaign->segment_count; i++)
		if (linting->reached[i] == 0)
			finding(&linting->findings, "segments",
			    "nobody is in segment %.*s",
			    SPAN_ARG(campaign->segments[i].name));
	if (linting->uncovered != 0)
		finding(&linting->findings, "segments",
		    "%llu of %llu people are in no segment",
		    (unsigned long long)linting->uncovered,
		    (unsigned long long)linting->people);
	return 0;
}

static int
add_person(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	(void)arena;
	return person->known ? rehearsal_add(context, person->address, err) : 0;
}

/* Renders for everybody: which slots find no option for how many? */
static int
lint_coverage(struct linting *linting,
    const struct personalise_request *request, struct pipeline *pipeline,
    struct err *err)
{
	struct rehearsal_options options = { .personaliser =
						 pipeline->personaliser,
		.request = *request,
		.memory = (size_t)pipeline->settings->message_memory,
		.threads = 2 };
	struct rehearsal *rehearsal;
	struct walk over = { .label = "rendering", .each = add_person };
	const struct rehearsed *sums;
	double share = COVERAGE;

	if (losses_share(linting->cli, &share, err) < 0 ||
	    rehearsal_begin(&options, &rehearsal, err) < 0)
		return -1;
	over.context = rehearsal;
	if (walk(linting->cli, &over, err) < 0) {
		rehearsal_end(&rehearsal);
		return -1;
	}
	sums = rehearsal_finish(rehearsal);
	losses_of_slots(&linting->findings, sums, share);
	foresight_tell(&linting->findings, sums->eligible);
	if (sums->broken != 0)
		finding(&linting->findings, "render",
		    "%llu copies fail, the first: %.*s",
		    (unsigned long long)sums->broken,
		    SPAN_ARG(sums->problems[0].text));
	rehearsal_end(&rehearsal);
	return 0;
}

static int
lint_message(struct linting *linting, const char *path, struct err *err)
{
	struct pipeline pipeline;
	struct personalise_request request = { .now = cli_now(),
		.unstored = linting->campaign };
	int status;

	if (message_file_read(linting->cli, path, &request, err) < 0 ||
	    findings_message(&linting->findings, request.message,
		linting->cli->arena, err) < 0 ||
	    pipeline_open_unsigned(linting->cli, &pipeline, err) < 0)
		return -1;
	status = lint_coverage(linting, &request, &pipeline, err);
	pipeline_close(&pipeline);
	return status;
}

static int
lint(struct linting *linting, struct err *err)
{
	const char *message = cli_flag(linting->cli, "message");

	linting->findings = (struct findings){ .catalog = linting->catalog,
		.campaign = linting->campaign,
		.campaign_header =
		    span_str(linting->cli->settings->campaign_header),
		.harden = settings_harden(linting->cli->settings),
		.arena = linting->cli->arena };
	campaign_findings(&linting->findings, cli_now());
	if (lint_segments(linting, err) < 0)
		return -1;
	if (message && lint_message(linting, message, err) < 0)
		return -1;
	if (linting->cli->json) {
		json_t *tree = json_object();

		findings_json(&linting->findings, tree);
		if (out_json_pretty(linting->cli->out, tree, err) < 0)
			return -1;
	} else if (linting->findings.count == 0) {
		fprintf(linting->cli->out, "%.*s: nothing to complain about\n",
		    SPAN_ARG(linting->campaign->id));
	} else {
		findings_print(&linting->findings, linting->cli->out);
	}
	return linting->findings.problems || linting->findings.lapses
		   ? EX_DATAERR
		   : EX_OK;
}

/* The stored campaign of that id, or the one in that file. 1, 0 none, -1. */
static int
find_campaign(struct linting *linting, struct err *err)
{
	struct cli *cli = linting->cli;
	const char *name = cli->argv[0];
	struct campaign *read;
	struct span text;

	linting->campaign = catalog_campaign(linting->catalog, span_str(name));
	if (linting->campaign)
		return 1;
	if (access(name, R_OK) != 0)
		return 0;
	if (document_read(cli, name, &text, err) < 0 ||
	    campaign_parse(text, name, cli->arena, &read, err) < 0)
		return -1;
	linting->campaign = read;
	return 1;
}

int
verb_campaign_lint(struct cli *cli, struct err *err)
{
	struct linting linting = { .cli = cli };
	struct catalog *catalog;
	int status;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	linting.catalog = catalog;
	status = find_campaign(&linting, err);
	if (status == 1)
		linting.catalog = catalog_of(catalog, linting.campaign->tenant);
	if (status == 1)
		status = lint(&linting, err);
	else if (status == 0)
		status = document_absent(cli, "campaign", cli->argv[0]);
	for (size_t i = 0; i < SEGMENTS_MAX; i++)
		audience_close(&linting.segments[i]);
	catalog_free(&catalog);
	return status;
}
