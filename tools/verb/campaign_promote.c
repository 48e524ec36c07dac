/*
 * inlay campaign promote: which arm has won, why, and the next version of the
 * campaign for a person to read and load.
 */
#include <string.h>
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/input/document_edit.h"
#include "tools/measure/arms.h"
#include "tools/measure/promotion.h"
#include "tools/measure/study.h"
#include "tools/out.h"
#include "tools/people/walk.h"
#include "tools/verb/campaign_write.h"
#include "tools/verbs.h"

#define DAY 86400
#define ALPHA 0.05
#define CHALLENGER SPAN("challenger")

struct promoting {
	struct cli *cli;
	const struct campaign *campaign;
	struct study *study;
	struct arms arms;
	struct arm_sums champion, other; /* what is compared */
	struct comparison compared;
	struct promotion promotion;
};

/* What a reason means, for people. */
static const struct {
	const char *why, *text;
} reasons[] = {
	{ "srm", "people do not fall upon the arms as they should; find out "
		 "why before anything else" },
	{ "guardrail", "a guard is broken" },
	{ "min_days", "not enough days are over" },
	{ "min_units", "too few people are in an arm" },
	{ "min_conversions", "too few people in an arm responded" },
	{ "always_valid", "the difference holds however often one looks" },
	{ "futility_n_max", "as many people as planned showed no difference" },
	{ "inconclusive", "the difference is not known yet" },
};

static const char *
reason_text(const char *why)
{
	size_t i = 0;

	while (strcmp(reasons[i].why, why) != 0)
		i++;
	return reasons[i].text;
}

static int
add_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct promoting *promoting = context;

	return study_add(promoting->study, &person->history, arena, err);
}

static void
compare_goal(const struct promoting *promoting, size_t goal,
    const struct arm_sums *one, const struct arm_sums *other, double alpha,
    struct comparison *out)
{
	struct comparison_arm control = arm_ready(&promoting->arms, one, goal);
	struct comparison_arm treated =
	    arm_ready(&promoting->arms, other, goal);

	compare(&control, &treated, arms_planned(&promoting->arms, one, other),
	    promoting->campaign->measure.min_responses, alpha, out);
}

/* The champion is the first arm that is no control; what is compared with it
 * is the arm that differs most clearly. Alone it is compared with the control.
 * False where there is nothing to compare. */
static bool
choose_arms(struct promoting *promoting)
{
	const struct arms *arms = &promoting->arms;
	const struct arm_sums *champion = NULL;
	double alpha = ALPHA;

	promoting->compared.sequence.p = 2;
	if (arms->treated > 2)
		alpha /= (double)(arms->treated - 1);
	for (size_t i = 0; i < arms->count; i++) {
		const struct arm_sums *arm = &arms->list[i];
		struct comparison got;

		if (arm->control || !(arm->share > 0))
			continue;
		if (!champion) {
			champion = arm;
			continue;
		}
		compare_goal(promoting, 0, champion, arm, alpha, &got);
		if (!got.shown)
			got.sequence.p = 1;
		if (got.sequence.p >= promoting->compared.sequence.p)
			continue;
		promoting->champion = *champion;
		promoting->other = *arm;
		promoting->compared = got;
	}
	if (champion && promoting->other.name.len == 0) {
		promoting->champion = arms_control(arms);
		promoting->other = *champion;
		compare_goal(promoting, 0, &promoting->champion,
		    &promoting->other, alpha, &promoting->compared);
	}
	return promoting->champion.share > 0;
}

/* Whether any guard has become worse, at every look. */
static bool
guard_broken(const struct promoting *promoting)
{
	const struct measure *measure = &promoting->campaign->measure;

	for (size_t i = 0; i < measure->guard_count; i++) {
		struct comparison got;

		compare_goal(promoting, 1 + measure->also_count + i,
		    &promoting->champion, &promoting->other, 2 * ALPHA, &got);
		if (got.shown && got.sequence.interval.low > 0)
			return true;
	}
	return false;
}

static double
least(double one, double other)
{
	return one < other ? one : other;
}

static void
judge(struct promoting *promoting, int64_t now)
{
	const struct measure *measure = &promoting->campaign->measure;
	const struct comparison *got = &promoting->compared;
	struct group one = arm_compared(&promoting->arms, &promoting->champion);
	struct group other = arm_compared(&promoting->arms, &promoting->other);
	int64_t first =
	    one.first && one.first < other.first ? one.first : other.first;
	double rivals = promoting->arms.treated > 2
			    ? (double)promoting->arms.treated - 1
			    : 1;
	const struct promotion_question asked = {
		.ratio_alarm = arms_alarm(&promoting->arms),
		.harm = guard_broken(promoting) ? 1 : 0,
		.days = first ? (double)((now - first) / DAY) : 0,
		.min_days = measure->min_days,
		.units = least(
		    (double)one.goals[0].people, (double)other.goals[0].people),
		.responses = got->fewest,
		.min_responses = measure->min_responses,
		.p = got->shown ? got->sequence.p : 1,
		.alpha = ALPHA / rivals,
		.difference = got->lift.difference,
		.people = (double)(one.enrolled + other.enrolled),
	};

	promoting->promotion = promotion_decide(&asked);
}

static void
tell(const struct promoting *promoting, FILE *out)
{
	const struct promotion *promotion = &promoting->promotion;
	const struct comparison *got = &promoting->compared;

	fprintf(out, "# %.*s, version %u, %.*s against %.*s: %s\n",
	    SPAN_ARG(promoting->campaign->id), promoting->campaign->version,
	    SPAN_ARG(promoting->other.name), SPAN_ARG(promoting->champion.name),
	    promotion_word(promotion->decision));
	for (size_t i = 0; i < PROMOTION_REASONS && promotion->why[i]; i++)
		fprintf(out, "# %s: %s\n", promotion->why[i],
		    reason_text(promotion->why[i]));
	if (got->shown)
		fprintf(out,
		    "# difference %.6g, between %.6g and %.6g; p %.3g, valid "
		    "at every look\n",
		    got->lift.difference, got->sequence.interval.low,
		    got->sequence.interval.high, got->sequence.p);
}

/* The same for programs. 0 or -1. */
static int
tell_json(const struct promoting *promoting, struct err *err)
{
	const struct promotion *promotion = &promoting->promotion;
	const struct comparison *got = &promoting->compared;
	json_t *told = json_object(), *why = json_array();

	out_set(told, "campaign", out_string(promoting->campaign->id));
	out_set(told, "version", json_integer(promoting->campaign->version));
	out_set(told, "arm", out_string(promoting->other.name));
	out_set(told, "against", out_string(promoting->champion.name));
	out_set(
	    told, "decision", json_string(promotion_word(promotion->decision)));
	for (size_t i = 0; i < PROMOTION_REASONS && promotion->why[i]; i++)
		out_add(why, json_pack("{s:s, s:s}", "why", promotion->why[i],
				 "text", reason_text(promotion->why[i])));
	out_set(told, "reasons", why);
	out_set(told, "difference",
	    got->shown ? json_pack("{s:f, s:[f, f], s:f}", "value",
			     got->lift.difference, "interval",
			     got->sequence.interval.low,
			     got->sequence.interval.high, "p", got->sequence.p)
		       : json_null());
	return out_json_pretty(promoting->cli->out, told, err);
}

static void
put_arm(struct buf *out, const struct arm *arm, double weight)
{
	buf_add(out, SPAN("  - {name: "));
	document_quote(out, arm->name);
	buf_printf(out, ", weight: %.9g", weight);
	if (arm->control)
		buf_add(out, SPAN(", control: true"));
	else if (arm->intensity != INTENSITY_INDIVIDUAL)
		buf_printf(
		    out, ", intensity: %s", intensity_word(arm->intensity));
	for (size_t i = 0; i < arm->pin_count; i++) {
		buf_add(out, i == 0 ? SPAN(", slots: {") : SPAN(", "));
		document_quote(out, arm->pins[i].slot);
		buf_add(out, SPAN(": "));
		document_quote(out, arm->pins[i].option);
	}
	buf_add(out, arm->pin_count ? SPAN("}}\n") : SPAN("}\n"));
}

/* The arms of the next version: the winner with the loser's weight on top of
 * its own, the loser gone, a challenger of weight 0. A control that lost, or
 * won, stays what it is. */
static void
put_arms(const struct promoting *promoting, struct buf *out)
{
	const struct campaign *campaign = promoting->campaign;
	bool won = promoting->promotion.decision == PROMOTION_PROMOTE;
	struct span winner =
	    won ? promoting->other.name : promoting->champion.name;
	struct span loser =
	    won ? promoting->champion.name : promoting->other.name;
	const struct arm *lost = campaign_arm(campaign, loser);
	double more = lost && !lost->control ? lost->weight : 0;

	buf_add(out, SPAN("arms:\n"));
	for (size_t i = 0; i < campaign->arm_count; i++) {
		const struct arm *arm = &campaign->arms[i];

		if ((arm == lost && !arm->control) ||
		    span_eq(arm->name, CHALLENGER))
			continue;
		put_arm(out, arm,
		    arm->weight + (span_eq(arm->name, winner) ? more : 0));
	}
	buf_add(out, SPAN("  - {name: challenger, weight: 0}\n"));
}

static int
write_next(const struct promoting *promoting, struct err *err)
{
	struct cli *cli = promoting->cli;
	const struct campaign *campaign = promoting->campaign;
	struct buf arms, version;
	struct document_key keys[2] = { { .key = "version" },
		{ .key = "arms" } };

	buf_init(&arms, cli->arena, (size_t)1 << 20);
	buf_init(&version, cli->arena, 100);
	put_arms(promoting, &arms);
	buf_printf(&version, "version: %u\n", campaign->version + 1);
	if (arms.failed || version.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	keys[0].lines = buf_span(&version);
	keys[1].lines = buf_span(&arms);
	return campaign_write(cli, campaign->id, keys, 2, err);
}

static int
promote(struct promoting *promoting, int64_t now, struct err *err)
{
	struct cli *cli = promoting->cli;
	const struct arms_of all = { UINT32_MAX, UINT32_MAX };
	enum promotion_decision decision;

	if (!measure_goal(&promoting->campaign->measure, 0))
		return err_set(err, ERR_INPUT,
		    "%.*s measures no goal by which its arms compare",
		    SPAN_ARG(promoting->campaign->id));
	arms_gather(study_sums(promoting->study), promoting->campaign, all,
	    &promoting->arms);
	if (!choose_arms(promoting))
		return err_set(err, ERR_INPUT,
		    "%.*s has no two arms to compare",
		    SPAN_ARG(promoting->campaign->id));
	judge(promoting, now);
	if (cli->json && tell_json(promoting, err) < 0)
		return -1;
	if (!cli->json)
		tell(promoting, cli->out);
	decision = promoting->promotion.decision;
	if (decision == PROMOTION_STOP)
		return EX_DATAERR;
	if (decision == PROMOTION_CONTINUE || cli_flag(cli, "dry-run") ||
	    (cli->json && !cli_flag(cli, "write")))
		return EX_OK;
	return write_next(promoting, err);
}

static int
study_and_promote(
    struct promoting *promoting, const struct catalog *catalog, struct err *err)
{
	const struct study_options options = { .catalog = catalog,
		.now = cli_now(),
		.since = WHEN_PAST,
		.segment = SPAN("") };
	struct walk over = {
		.label = "reading", .each = add_one, .context = promoting
	};
	int status;

	promoting->study = study_new(&options, err);
	if (!promoting->study)
		return -1;
	status = walk(promoting->cli, &over, err);
	if (status == 0)
		status = err_set(err, ERR_STORE, "interrupted");
	if (status == 1)
		status = promote(promoting, options.now, err);
	study_free(&promoting->study);
	return status;
}

int
verb_campaign_promote(struct cli *cli, struct err *err)
{
	struct promoting promoting = { .cli = cli };
	struct catalog *catalog;
	int status;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	promoting.campaign = catalog_campaign(catalog, span_str(cli->argv[0]));
	if (!promoting.campaign) {
		status = document_absent(cli, "campaign", cli->argv[0]);
	} else {
		cli_serve(cli, promoting.campaign->tenant);
		status = study_and_promote(&promoting, catalog, err);
	}
	catalog_free(&catalog);
	return status;
}
