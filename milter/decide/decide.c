/*
 * The order of a decision, which is also the order of its reasons:
 *
 *	may anything be mailed -> holdout, lane, arm -> may it be personal ->
 *	sensitivity -> fields -> slots -> intrusion -> variants ->
 *	what the copies of the other arms would be
 */
#include "milter/decide/decide.h"

#include "milter/decide/copy.h"
#include "milter/decide/eligible.h"
#include "milter/decide/enrol.h"
#include "milter/decide/visible.h"
#include "store/record/profile.h"

static struct decision *
decision_new(
    const struct decide_request *request, struct arena *arena, struct err *err)
{
	struct decision *decision = ARENA_NEW(arena, struct decision);
	struct decide_request *copy = ARENA_NEW(arena, struct decide_request);

	if (decision == NULL || copy == NULL) {
		err_set(err, ERR_MEMORY, "no memory for the decision");
		return NULL;
	}
	*copy = *request;
	decision->campaign = request->campaign;
	decision->outline = request->outline;
	decision->request = copy;
	decision->arena = arena;
	decision->arm = -1;
	decision->segment = -1;
	decision->channel =
	    campaign_channel(request->campaign, request->channel);
	return decision;
}

/* The first segment whose condition is true of what is known. */
static int
find_segment(const struct decision *known, int *segment, struct err *err)
{
	const struct decide_request *request = known->request;

	for (unsigned i = 0; i < request->campaign->segment_count; i++) {
		int truth =
		    request->segment_test(request->context, known, i, err);

		if (truth < 0)
			return -1;
		if (truth > 0) {
			*segment = (int)i;
			return 0;
		}
	}
	return 0;
}

/* Who the person is to a report: the same in every arm, for it compares them.
 * Where their data may not be used they are as somebody without any. */
static int
describe(struct decision *decision, struct err *err)
{
	const struct decide_request *request = decision->request;
	struct span name = request->catalog->schema->cluster;
	struct decided_field cluster;
	struct decision known = *decision;
	int found = 0;

	known.neutral = copy_person_absence(request);
	known.intensity = INTENSITY_INDIVIDUAL;
	if (known.neutral == ABSENCE_NONE && name.len != 0)
		found = visible_value(decision, name, &cluster, err);
	if (found > 0)
		decision->cluster = cluster.value->value;
	if (found < 0 || request->campaign->segment_count == 0 ||
	    request->segment_test == NULL)
		return found < 0 ? -1 : 0;
	if (visible_fields(&known, err) < 0)
		return -1;
	return find_segment(&known, &decision->segment, err);
}

/* Looks up what the channel needs of the person, an address or a number: what
 * it is reached by is no personal content, but whose data are restricted is
 * not reached by them. 1 all is there, 0, -1. */
static int
find_needs(struct decision *decision, struct err *err)
{
	const struct decide_request *request = decision->request;
	const struct channel *channel = decision->channel;
	size_t count = channel != NULL ? channel->need_count : 0;
	int found = 1;

	if (count == 0)
		return 1;
	if (request->profile == NULL || request->profile->restricted)
		return 0;
	decision->needs =
	    arena_calloc(decision->arena, count, sizeof *decision->needs);
	if (decision->needs == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the channel");
	for (size_t i = 0; found > 0 && i < count; i++)
		found = visible_value(
		    decision, channel->needs[i], &decision->needs[i], err);
	return found;
}

/* Why the person gets nothing, if so. 0 or -1. */
static int
find_refusal(struct decision *decision, struct err *err)
{
	const struct decide_request *request = decision->request;
	const struct refusal_person person = { request->profile,
		request->erased,
		channel_is_mail(request->channel)
		    ? &request->catalog->schema->bounces
		    : NULL };
	int reachable = 1;

	decision->refusal = refusal_find(request->campaign, decision->channel,
	    &person, request->now, copy_heard_by(request), &decision->bounced);
	if (decision->refusal == REFUSAL_NONE)
		reachable = find_needs(decision, err);
	if (reachable == 0)
		decision->refusal = REFUSAL_NEEDS;
	return reachable < 0 ? -1 : 0;
}

int
decide_refusal(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err)
{
	struct decision *made = decision_new(request, arena, err);

	if (made == NULL)
		return -1;
	*decision = made;
	if (find_refusal(made, err) < 0)
		return -1;
	return made->refusal == REFUSAL_NONE;
}

int
decide(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err)
{
	int mailed = decide_refusal(request, arena, decision, err);

	if (mailed <= 0)
		return mailed;
	if (enrol(*decision, err) < 0 || describe(*decision, err) < 0 ||
	    copy_decide(*decision, err) < 0 ||
	    eligible_judge(*decision, err) < 0)
		return -1;
	return 1;
}

int
decide_known(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err)
{
	struct decision *made = decision_new(request, arena, err);

	if (made == NULL)
		return -1;
	*decision = made;
	made->intensity = INTENSITY_INDIVIDUAL;
	return visible_fields(made, err);
}

/* ---- asking a decision ---- */

struct refusal_names
decision_names(const struct decision *decision)
{
	return (struct refusal_names){ decision->campaign, decision->channel,
		&decision->bounced };
}

const struct decided_field *
decision_field(const struct decision *decision, struct span name)
{
	for (unsigned i = 0; i < decision->field_count; i++)
		if (span_eq(decision->fields[i].name, name))
			return &decision->fields[i];
	return NULL;
}

int
decision_input(const struct decision *decision, struct span name,
    struct decided_field *field, struct err *err)
{
	int found;

	if (decision->neutral != ABSENCE_NONE)
		return 0;
	found = visible_value(decision, name, field, err);
	if (found == 1 && decision->input != NULL &&
	    (decision->input->value == NULL ||
		field->trust < decision->input->trust))
		*decision->input = *field;
	return found;
}

/* ---- words ---- */

/* Word, sentence, and what the data lack: NULL where something else is the
 * reason. */
static const char *const absences[ABSENCES][3] = {
	[ABSENCE_NONE] = { "", "may be shown" },
	[ABSENCE_UNKNOWN] = { "unknown", "the schema has no such field",
	    "not in the schema" },
	[ABSENCE_SPECIAL] = { "special",
	    "special data is never used in a mail" },
	[ABSENCE_RECIPIENT] = { "recipient",
	    "nobody is known by this address" },
	[ABSENCE_RESTRICTED] = { "restricted",
	    "the use of this person's data is restricted" },
	[ABSENCE_OBJECTION] = { "objection",
	    "this person objected to profiling" },
	[ABSENCE_CONSENT] = { "consent", "this person has not consented" },
	[ABSENCE_HOLDOUT] = { "holdout",
	    "this person is in the global holdout, kept neutral to "
	    "compare with" },
	[ABSENCE_LANE] = { "lane",
	    "this person takes no part in the experiment" },
	[ABSENCE_CONTROL] = { "control",
	    "this person is in the control arm, kept neutral to "
	    "compare with" },
	[ABSENCE_SENSITIVITY] = { "sensitivity",
	    "people like this one do not gain from personal mail on "
	    "this topic" },
	[ABSENCE_CLASS] = { "class", "more personal than this copy may be" },
	[ABSENCE_VALUE] = { "value", "we have no value", "no value" },
	[ABSENCE_INVALID] = { "invalid", "what we have is not a valid value",
	    "not valid" },
	[ABSENCE_STALE] = { "stale", "what we have is too old", "too old" },
	[ABSENCE_TRUST] = { "trust", "what we have is not reliable enough",
	    "not reliable enough" },
	[ABSENCE_BUDGET] = { "budget",
	    "this mail would show too much of what we know" },
	[ABSENCE_REPLAY] = { "replay",
	    "was not shown when this mail was decided" },
};

const char *
absence_word(enum absence absence)
{
	return absences[absence][0];
}

const char *
absence_text(enum absence absence)
{
	return absences[absence][1];
}

const char *
absence_lack(enum absence absence)
{
	return absences[absence][2];
}

/* Word and sentence. */
static const char *const losses[LOSSES][2] = {
	[LOSS_NONE] = { "", "shown" },
	[LOSS_NEUTRAL] = { "neutral",
	    "this copy shows the neutral text everywhere" },
	[LOSS_MISSING] = { "missing", "no such content block is stored" },
	[LOSS_EARLY] = { "early", "not valid yet" },
	[LOSS_LATE] = { "late", "no longer valid" },
	[LOSS_TOPIC] = { "topic", "belongs to another topic" },
	[LOSS_FIELD] = { "field", "needs data" },
	[LOSS_PERSON_CAP] = { "person_cap",
	    "this person has had as much as the campaign allows" },
	[LOSS_POOL_CAP] = { "pool_cap",
	    "its pool was shown as often as the campaign allows" },
	[LOSS_CAP] = { "cap", "was shown as often as allowed" },
	[LOSS_COOLDOWN] = { "cooldown", "was shown too recently" },
	[LOSS_TAKEN] = { "taken", "another slot of this mail shows it" },
	[LOSS_CONDITION] = { "condition",
	    "its condition is not true for this person" },
	[LOSS_RANK] = { "rank", "could be shown, but another comes first" },
	[LOSS_BUDGET] = { "budget",
	    "this mail would show too much of what we know" },
	[LOSS_PINNED] = { "pinned", "the arm shows another here" },
	[LOSS_REPLAY] = { "replay",
	    "was not chosen when this mail was decided" },
};

const char *
loss_word(enum loss loss)
{
	return losses[loss][0];
}

const char *
loss_text(enum loss loss)
{
	return losses[loss][1];
}

const char *
lane_word(enum lane lane)
{
	static const char *const words[] = { "none", "exploration",
		"exploitation" };

	return words[lane];
}

const char *
feeling_word(enum feeling feeling)
{
	static const char *const words[] = { "no_cell", "neutral", "gain",
		"harm" };

	return words[feeling];
}
