/*
 * The order of a decision, which is also the order of its reasons:
 *
 *	may anything be mailed -> may it be personal -> holdout, lane, arm ->
 *	sensitivity -> fields -> segment -> slots -> intrusion -> variants
 */
#include "milter/decide/decide.h"

#include "milter/decide/choose.h"
#include "milter/decide/consent.h"
#include "milter/decide/enrol.h"
#include "milter/decide/intrusion.h"
#include "milter/decide/sensitivity.h"
#include "milter/decide/visible.h"
#include "store/record/history.h"
#include "store/record/profile.h"

/* Until when the person is listened to. */
static int64_t
heard_by(const struct decide_request *request)
{
	return request->heard != 0 ? request->heard : request->now;
}

/* What the person has to say about personal mail. */
static enum absence
person_absence(const struct decide_request *request)
{
	const struct profile *profile = request->profile;

	if (profile == NULL)
		return ABSENCE_RECIPIENT;
	if (profile->restricted)
		return ABSENCE_RESTRICTED;
	if (profile->object_profiling)
		return ABSENCE_OBJECTION;
	return consent_given(
		   profile, request->campaign->purpose, heard_by(request))
		   ? ABSENCE_NONE
		   : ABSENCE_CONSENT;
}

/* What the experiment has to say. */
static enum absence
enrolled_absence(const struct decision *decision)
{
	if (decision->holdout)
		return ABSENCE_HOLDOUT;
	if (decision->arm < 0)
		return ABSENCE_LANE;
	return decision->campaign->arms[decision->arm].control ? ABSENCE_CONTROL
							       : ABSENCE_NONE;
}

/* ---- sensitivity ---- */

static bool
topic_has_cells(const struct decide_request *request)
{
	const struct catalog *catalog = request->catalog;

	for (size_t i = 0; i < catalog->cell_count; i++)
		if (span_eq(catalog->cells[i].topic, request->campaign->topic))
			return true;
	return false;
}

static struct sensitivity_side
side_of(const struct decide_request *request, double respond, double lose,
    bool personal)
{
	struct sensitivity_side side = { .respond = respond, .lose = lose };
	struct topic_counts counts;

	if (request->history == NULL)
		return side;
	counts = history_topic_counts(
	    request->history, request->campaign->topic, personal);
	side.sent = (double)counts.exposures;
	side.answered = (double)counts.responses;
	side.lost = (double)counts.losses;
	return side;
}

static enum feeling
cell_feeling(
    const struct decide_request *request, const struct sensitivity_cell *cell)
{
	const struct campaign *campaign = request->campaign;
	struct sensitivity asked = {
		.personal = side_of(
		    request, cell->respond_personal, cell->lost_personal, true),
		.generic = side_of(
		    request, cell->respond_generic, cell->lost_generic, false),
		.value = campaign->costs.response,
		.loss = campaign->costs.loss,
		.cost = campaign->costs.send,
		.cell_gain = cell->gain,
		.cell_deviation = cell->deviation,
	};

	switch (sensitivity_judge(&asked).state) {
	case SENSITIVITY_SUPPRESS:
		return FEELING_HARM;
	case SENSITIVITY_PERSONALISE:
		return FEELING_GAIN;
	case SENSITIVITY_NEUTRAL:
		break;
	}
	return FEELING_NEUTRAL;
}

/* A topic nobody has measured restricts nothing; in one that is measured a
 * person without a cell is not known to gain. */
static int
feel(struct decision *decision, struct err *err)
{
	const struct decide_request *request = decision->request;
	struct decided_field cluster;
	const struct sensitivity_cell *cell;
	int known = 0;

	decision->feeling = FEELING_NO_CELL;
	if (!topic_has_cells(request))
		return 0;
	if (request->catalog->schema->cluster.len != 0)
		known = visible_value(
		    decision, request->catalog->schema->cluster, &cluster, err);
	if (known < 0)
		return -1;
	decision->feeling = FEELING_NEUTRAL;
	if (known == 0)
		return 0;
	decision->cluster = cluster.value->value;
	cell = catalog_cell(
	    request->catalog, decision->cluster, request->campaign->topic);
	if (cell != NULL)
		decision->feeling = cell_feeling(request, cell);
	return 0;
}

/* Exploration is where cells are learnt: there only harm forbids. */
static enum absence
feeling_absence(const struct decision *decision)
{
	switch (decision->feeling) {
	case FEELING_NO_CELL:
	case FEELING_GAIN:
		return ABSENCE_NONE;
	case FEELING_NEUTRAL:
		return decision->lane == LANE_EXPLORATION ? ABSENCE_NONE
							  : ABSENCE_SENSITIVITY;
	case FEELING_HARM:
		break;
	}
	return ABSENCE_SENSITIVITY;
}

/* ---- the decision ---- */

/* How personal this copy may be, and if not at all, why. */
static int
decide_intensity(struct decision *decision, struct err *err)
{
	decision->intensity = INTENSITY_NEUTRAL;
	decision->neutral = person_absence(decision->request);
	if (enrol(decision, err) < 0)
		return -1;
	if (decision->neutral == ABSENCE_NONE)
		decision->neutral = enrolled_absence(decision);
	if (decision->neutral == ABSENCE_NONE) {
		if (feel(decision, err) < 0)
			return -1;
		decision->neutral = feeling_absence(decision);
	}
	if (decision->neutral == ABSENCE_NONE)
		decision->intensity =
		    decision->campaign->arms[decision->arm].intensity;
	return 0;
}

/* Whether slots and variants may swap in this copy. Who objected, and who is
 * there to compare with, gets the neutral text itself; a stranger and
 * somebody who is sensitive still see what they have not seen. */
static bool
decision_rotates(const struct decision *decision)
{
	switch (decision->neutral) {
	case ABSENCE_RESTRICTED:
	case ABSENCE_OBJECTION:
	case ABSENCE_CONSENT:
	case ABSENCE_HOLDOUT:
	case ABSENCE_LANE:
	case ABSENCE_CONTROL:
		return false;
	case ABSENCE_RECIPIENT:
		/* A stranger has consented to nothing. */
		if (decision->campaign->purpose.len != 0)
			return false;
		break;
	case ABSENCE_NONE:
	case ABSENCE_UNKNOWN:
	case ABSENCE_SPECIAL:
	case ABSENCE_SENSITIVITY:
	case ABSENCE_CLASS:
	case ABSENCE_VALUE:
	case ABSENCE_INVALID:
	case ABSENCE_STALE:
	case ABSENCE_TRUST:
	case ABSENCE_BUDGET:
	case ABSENCE_REPLAY:
	case ABSENCES:
		break;
	}
	return !decision->holdout && decision->arm >= 0 &&
	       !decision->campaign->arms[decision->arm].control;
}

/* The first segment whose condition is true. */
static int
decide_segment(struct decision *decision, struct err *err)
{
	const struct decide_request *request = decision->request;

	decision->segment = -1;
	for (unsigned i = 0; request->segment_test != NULL &&
			     i < request->campaign->segment_count;
	     i++) {
		int truth =
		    request->segment_test(request->context, decision, i, err);

		if (truth < 0)
			return -1;
		if (truth > 0) {
			decision->segment = (int)i;
			return 0;
		}
	}
	return 0;
}

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
	return decision;
}

int
decide(const struct decide_request *request, struct arena *arena,
    struct decision **decision, struct err *err)
{
	const struct refusal_person person = { request->profile,
		request->erased, &request->catalog->schema->bounces };
	struct decision *made = decision_new(request, arena, err);
	struct chooser *chooser;
	bool rotate;

	if (made == NULL)
		return -1;
	*decision = made;
	made->refusal = refusal_find(request->campaign, &person, request->now,
	    heard_by(request), &made->bounced);
	if (made->refusal != REFUSAL_NONE)
		return 0;
	if (decide_intensity(made, err) < 0)
		return -1;
	rotate = decision_rotates(made);
	if (visible_fields(made, err) < 0 || decide_segment(made, err) < 0 ||
	    choose_slots(made, rotate, &chooser, err) < 0 ||
	    intrusion_hold(made, chooser, err) < 0 ||
	    enrol_variants(made, rotate, err) < 0)
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
