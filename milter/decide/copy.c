#include "milter/decide/copy.h"

#include "milter/decide/choose.h"
#include "milter/decide/consent.h"
#include "milter/decide/enrol.h"
#include "milter/decide/intrusion.h"
#include "milter/decide/sensitivity.h"
#include "milter/decide/visible.h"
#include "store/record/history.h"
#include "store/record/profile.h"

int64_t
copy_heard_by(const struct decide_request *request)
{
	return request->heard != 0 ? request->heard : request->now;
}

enum absence
copy_person_absence(const struct decide_request *request)
{
	const struct profile *profile = request->profile;

	if (profile == NULL)
		return ABSENCE_RECIPIENT;
	if (profile->restricted)
		return ABSENCE_RESTRICTED;
	if (profile->object_profiling)
		return ABSENCE_OBJECTION;
	return consent_given(
		   profile, request->campaign->purpose, copy_heard_by(request))
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
static enum feeling
feel(const struct decision *decision)
{
	const struct decide_request *request = decision->request;
	const struct sensitivity_cell *cell;

	if (!topic_has_cells(request))
		return FEELING_NO_CELL;
	if (decision->cluster.len == 0)
		return FEELING_NEUTRAL;
	cell = catalog_cell(
	    request->catalog, decision->cluster, request->campaign->topic);
	return cell != NULL ? cell_feeling(request, cell) : FEELING_NEUTRAL;
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

/* ---- the copy ---- */

/* How personal this copy may be, and if not at all, why. */
static void
copy_intensity(struct decision *decision)
{
	decision->intensity = INTENSITY_NEUTRAL;
	decision->neutral = copy_person_absence(decision->request);
	if (decision->neutral == ABSENCE_NONE)
		decision->neutral = enrolled_absence(decision);
	if (decision->neutral == ABSENCE_NONE) {
		decision->feeling = feel(decision);
		decision->neutral = feeling_absence(decision);
	}
	if (decision->neutral == ABSENCE_NONE)
		decision->intensity =
		    decision->campaign->arms[decision->arm].intensity;
}

enum exposure_reason
copy_reason(const struct decision *decision)
{
	/* What is not named here keeps single fields out, not the copy. */
	static const enum exposure_reason reasons[ABSENCES] = {
		[ABSENCE_RECIPIENT] = REASON_STRANGER,
		[ABSENCE_RESTRICTED] = REASON_RESTRICTED,
		[ABSENCE_OBJECTION] = REASON_OBJECTION,
		[ABSENCE_CONSENT] = REASON_CONSENT,
		[ABSENCE_HOLDOUT] = REASON_HOLDOUT,
		[ABSENCE_LANE] = REASON_LANE,
		[ABSENCE_CONTROL] = REASON_CONTROL,
		[ABSENCE_SENSITIVITY] = REASON_SENSITIVITY,
	};
	enum exposure_reason reason = reasons[decision->neutral];

	return reason != REASON_UNKNOWN ? reason : REASON_DECIDED;
}

/* Whether slots and variants may swap in this copy. Who objected, and who is
 * there to compare with, gets the neutral text itself; a stranger and
 * somebody who is sensitive still see what they have not seen. */
static bool
copy_rotates(const struct decision *decision)
{
	enum exposure_reason reason = copy_reason(decision);

	/* A stranger has consented to nothing. */
	if (reason == REASON_STRANGER && decision->campaign->purpose.len != 0)
		return false;
	if (reason != REASON_STRANGER && reason != REASON_SENSITIVITY &&
	    reason != REASON_DECIDED)
		return false;
	return !decision->holdout && decision->arm >= 0 &&
	       !decision->campaign->arms[decision->arm].control;
}

/* ---- why a slot shows its else ---- */

/* How near an option that lost was to being shown: the nearest is why. */
static enum slot_fall
loss_fall(enum loss loss)
{
	switch (loss) {
	case LOSS_BUDGET:
		return FALL_BUDGET;
	case LOSS_PERSON_CAP:
	case LOSS_POOL_CAP:
		return FALL_CAP;
	case LOSS_CAP:
	case LOSS_COOLDOWN:
		return FALL_SEEN;
	case LOSS_NONE:
	case LOSS_NEUTRAL:
	case LOSS_MISSING:
	case LOSS_EARLY:
	case LOSS_LATE:
	case LOSS_TOPIC:
	case LOSS_FIELD:
	case LOSS_TAKEN:
	case LOSS_CONDITION:
	case LOSS_RANK:
	case LOSS_PINNED:
	case LOSS_REPLAY:
	case LOSSES:
		break;
	}
	return FALL_OPTION;
}

static enum slot_fall
slot_fall(const struct decided_slot *slot)
{
	static const enum slot_fall nearest[] = { FALL_BUDGET, FALL_CAP,
		FALL_SEEN };

	for (size_t i = 0; i < sizeof nearest / sizeof nearest[0]; i++)
		for (unsigned j = 0; j < slot->slot->count; j++)
			if (loss_fall(slot->options[j].loss) == nearest[i])
				return nearest[i];
	return FALL_OPTION;
}

static void
slots_fall(struct decision *decision, bool rotate)
{
	for (unsigned i = 0; i < decision->slot_count; i++) {
		struct decided_slot *slot = &decision->slots[i];

		slot->fall =
		    rotate && slot->chosen < 0 ? slot_fall(slot) : FALL_NONE;
	}
}

int
copy_decide(struct decision *decision, struct err *err)
{
	struct chooser *chooser;
	bool rotate;

	copy_intensity(decision);
	rotate = copy_rotates(decision);
	if (visible_fields(decision, err) < 0 ||
	    choose_slots(decision, rotate, &chooser, err) < 0 ||
	    intrusion_hold(decision, chooser, err) < 0 ||
	    enrol_variants(decision, rotate, err) < 0)
		return -1;
	slots_fall(decision, rotate);
	return 0;
}
