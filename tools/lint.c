/*
 * inlay campaign lint: what a campaign promises and does not keep. Each rule
 * has a name that the campaign may list under `waive:`.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/settings.h"
#include "milter/template.h"
#include "store/base/buf.h"
#include "store/catalog.h"
#include "tools/audience.h"
#include "tools/document.h"
#include "tools/out.h"
#include "tools/rehearsal.h"
#include "tools/studio.h"
#include "tools/verbs.h"
#include "tools/walk.h"

#define SEGMENTS_MAX 200
#define COVERAGE 0.1 /* a share of the audience that no option serves */

struct linting {
	struct cli *cli;
	const struct catalog *catalog;
	const struct campaign *campaign;
	struct audience *segments[SEGMENTS_MAX];
	uint64_t reached[SEGMENTS_MAX]; /* people whose first segment it is */
	uint64_t people, uncovered;
	json_t *list;
	unsigned problems;
};

static void complain(struct linting *linting, const char *rule,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

static void
complain(struct linting *linting, const char *rule, const char *format, ...)
{
	bool waived = campaign_waives(linting->campaign, rule);
	FILE *out = linting->cli->out;
	char text[400];
	va_list args;
	json_t *problem;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	linting->problems += !waived;
	if (!linting->list) {
		fprintf(out, "%s: ", rule);
		out_text(out, span_str(text), 0);
		fputs(waived ? " (waived)\n" : "\n", out);
		return;
	}
	problem = json_object();
	out_set(problem, "rule", json_string(rule));
	out_set(problem, "text", out_string(span_str(text)));
	out_set(problem, "waived", json_boolean(waived));
	out_add(linting->list, problem);
}

static void
lint_arms(struct linting *linting)
{
	const struct campaign *campaign = linting->campaign;
	bool control = false, personal = false;

	for (size_t i = 0; i < campaign->arm_count; i++) {
		const struct arm *arm = &campaign->arms[i];

		control |= arm->control && arm->weight > 0;
		personal |= arm->intensity != INTENSITY_NEUTRAL;
		if (arm->weight <= 0)
			complain(linting, "arms", "nobody is ever in arm %.*s",
			    SPAN_ARG(arm->name));
	}
	if (!control)
		complain(linting, "control",
		    "no arm is a control group: nobody can tell what "
		    "personalising is worth");
	if (!personal)
		complain(linting, "arms", "no arm personalises anything");
}

static void
lint_dates(struct linting *linting)
{
	if (linting->campaign->until <= cli_now())
		complain(linting, "window", "the campaign is over");
	if (linting->campaign->unsubscribe_url.len == 0 &&
	    linting->campaign->unsubscribe_mailto.len == 0)
		complain(linting, "unsubscribe",
		    "no `unsubscribe`: the message must bring its own "
		    "List-Unsubscribe");
}

static void
lint_caps(struct linting *linting)
{
	const struct campaign *campaign = linting->campaign;

	for (size_t i = 0; i < campaign->cap_count; i++) {
		const struct cap *cap = &campaign->caps[i];

		if (cap->scope == CAP_BLOCK &&
		    !catalog_block(linting->catalog, cap->name))
			complain(linting, "caps", "there is no block %.*s",
			    SPAN_ARG(cap->name));
		if (cap->scope == CAP_POOL &&
		    !catalog_pool(linting->catalog, cap->name))
			complain(linting, "caps", "there is no pool %.*s",
			    SPAN_ARG(cap->name));
	}
}

/* The first segment that is true is the person's. */
static int
place_one(void *context, struct dossier *dossier, struct arena *arena,
    struct err *err)
{
	struct linting *linting = context;
	size_t i = 0;
	int fits = 0;

	if (!dossier->known)
		return 0;
	linting->people++;
	for (; i < linting->campaign->segment_count && fits == 0; i++)
		fits = audience_test(
		    linting->segments[i], &dossier->profile, arena, err);
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
	struct walk over = {
		.label = "counting", .each = place_one, .context = linting
	};

	if (campaign->segment_count == 0)
		return 0;
	if (campaign->segment_count > SEGMENTS_MAX)
		return err_set(
		    err, ERR_INPUT, "more than %d segments", SEGMENTS_MAX);
	for (size_t i = 0; i < campaign->segment_count; i++)
		if (audience_open(campaign->segments[i].condition, "segments",
			linting->catalog->schema, cli_now(),
			&linting->segments[i], err) < 0)
			return -1;
	if (walk(linting->cli, &over, err) < 0)
		return -1;
	for (size_t i = 0; linting->people && i < campaign->segment_count; i++)
		if (linting->reached[i] == 0)
			complain(linting, "segments",
			    "nobody is in segment %.*s",
			    SPAN_ARG(campaign->segments[i].name));
	if (linting->uncovered != 0)
		complain(linting, "segments",
		    "%llu of %llu people are in no segment",
		    (unsigned long long)linting->uncovered,
		    (unsigned long long)linting->people);
	return 0;
}

static void
lint_program(
    struct linting *linting, const char *where, const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->slot_count; i++) {
		const struct manifest_slot *slot = &manifest->slots[i];

		if (!slot->has_else)
			complain(linting, "else",
			    "%s:%u:%u: slot %.*s has no neutral else", where,
			    slot->at.line, slot->at.column,
			    SPAN_ARG(slot->name));
	}
}

static void
lint_outline(struct linting *linting, const struct outline *outline)
{
	const struct outline_uses *uses = &outline->outside;

	for (unsigned i = 0; i < outline->slot_count; i++) {
		const struct outline_slot *slot = &outline->slots[i];

		if (slot->count == 0)
			complain(linting, "slot",
			    "slot %.*s has no option at all",
			    SPAN_ARG(slot->name));
		for (unsigned j = 0; j < slot->count; j++)
			if (slot->options[j].missing.len != 0)
				complain(linting, "slot",
				    "slot %.*s names block %.*s, which is not "
				    "stored",
				    SPAN_ARG(slot->name),
				    SPAN_ARG(slot->options[j].missing));
	}
	for (unsigned i = 0; i < uses->count; i++)
		if (uses->at[i].needed &&
		    linting->campaign->missing == MISSING_REFUSE)
			complain(linting, "default",
			    "%.*s:%u:%u: %.*s has no default: whoever lacks "
			    "it gets no mail",
			    SPAN_ARG(uses->at[i].where), uses->at[i].line,
			    uses->at[i].column,
			    SPAN_ARG(outline->fields[uses->at[i].field].name));
}

static int
lint_template(struct linting *linting, struct span text, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct arena *arena = linting->cli->arena;
	struct cache *cache = cache_new((size_t)64 << 20);
	struct template template = { .arena = NULL };
	struct message *message;
	int status = -1;

	if (!cache)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (message_parse(text, &limits, arena, &message, err) == 0)
		status = template_prepare(&template, message, linting->campaign,
		    linting->catalog, cache, arena, err);
	for (size_t i = 0; status == 0 && i < template.fragment_count; i++)
		if (template.fragments[i].cached)
			lint_program(linting, template.fragments[i].where,
			    program_manifest(
				cached_program(template.fragments[i].cached)));
	if (status == 0)
		lint_outline(linting, template.outline);
	template_release(&template);
	cache_free(&cache);
	return status;
}

static int
add_person(void *context, struct dossier *dossier, struct arena *arena,
    struct err *err)
{
	(void)arena;
	return dossier->known ? rehearsal_add(context, dossier->address, err)
			      : 0;
}

/* Names the slot once, and the segment where most of them are. */
static void
lint_unserved(struct linting *linting, const struct lacks *unserved,
    size_t index, uint64_t personal)
{
	const struct lack *slot = &unserved->list[index];
	uint64_t people = lacks_people(unserved, slot->name);
	double share = (double)people / (double)personal;

	for (size_t i = 0; i < index; i++)
		if (span_eq(unserved->list[i].name, slot->name))
			return;
	if (share < COVERAGE)
		return;
	complain(linting, "coverage",
	    "slot %.*s has no option for %.1f %% of those who may be "
	    "personalised (%llu people, %llu of them in segment %.*s, as %.*s)",
	    SPAN_ARG(slot->name), 100 * share, (unsigned long long)people,
	    (unsigned long long)slot->people,
	    SPAN_ARG(slot->segment.len ? slot->segment : SPAN("-")),
	    SPAN_ARG(slot->named ? slot->first[0].address : SPAN("")));
}

/* Renders for everybody: which slots find no option for how many? */
static int
lint_coverage(struct linting *linting, struct span text, struct studio *studio,
    struct err *err)
{
	struct rehearsal_options options = { .personaliser =
						 studio->personaliser,
		.message = text,
		.now = cli_now(),
		.memory = (size_t)studio->settings->message_memory,
		.threads = 2 };
	struct rehearsal *rehearsal;
	struct walk over = { .label = "rendering", .each = add_person };
	const struct rehearsed *sums;
	uint64_t personal;

	if (rehearsal_begin(&options, &rehearsal, err) < 0)
		return -1;
	over.context = rehearsal;
	if (walk(linting->cli, &over, err) < 0) {
		rehearsal_end(&rehearsal);
		return -1;
	}
	sums = rehearsal_finish(rehearsal);
	personal = sums->rendered - sums->neutral;
	for (size_t i = 0; i < sums->unserved.used; i++)
		lint_unserved(linting, &sums->unserved, i, personal);
	if (sums->broken != 0)
		complain(linting, "render", "%llu copies fail, the first: %.*s",
		    (unsigned long long)sums->broken,
		    SPAN_ARG(sums->problems[0].text));
	rehearsal_end(&rehearsal);
	return 0;
}

static int
lint_message(struct linting *linting, const char *path, struct err *err)
{
	struct studio studio;
	struct span text;
	int status;

	if (studio_message(linting->cli, path, &text, err) < 0 ||
	    lint_template(linting, text, err) < 0 ||
	    studio_open_unsigned(linting->cli, &studio, err) < 0)
		return -1;
	status = lint_coverage(linting, text, &studio, err);
	studio_close(&studio);
	return status;
}

static int
lint(struct linting *linting, struct err *err)
{
	const char *message = cli_flag(linting->cli, "message");

	linting->list = linting->cli->json ? json_array() : NULL;
	lint_arms(linting);
	lint_dates(linting);
	lint_caps(linting);
	if (lint_segments(linting, err) < 0)
		return -1;
	if (message && lint_message(linting, message, err) < 0)
		return -1;
	if (linting->list &&
	    out_json_pretty(linting->cli->out, linting->list, err) < 0)
		return -1;
	if (!linting->list && linting->problems == 0)
		fprintf(linting->cli->out, "%.*s: nothing to complain about\n",
		    SPAN_ARG(linting->campaign->id));
	return linting->problems ? EX_DATAERR : EX_OK;
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
		status = lint(&linting, err);
	else if (status == 0)
		status = document_absent(cli, "campaign", cli->argv[0]);
	for (size_t i = 0; i < SEGMENTS_MAX; i++)
		audience_close(&linting.segments[i]);
	catalog_free(&catalog);
	return status;
}
