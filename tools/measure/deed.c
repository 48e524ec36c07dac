/*
 * What people did, as far as it counts (S2 to S5 of study.h).
 */
#include <math.h>

#include "tools/measure/attribution.h"
#include "tools/measure/walked.h"

const struct studied *
studied_of(struct study *study, struct span campaign)
{
	uint64_t name = sums_name(&study->sums, campaign);
	const uint64_t *place = roll_find(&study->campaigns, &name);

	return place ? &study->list[*place - 1] : NULL;
}

/* Events that are about the mail they answer (S3). */
static bool
answers_mail(struct span type)
{
	static const char *const types[] = { "click", "reply", "unsubscribe",
		"complaint", "open" };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_eq(type, span_str(types[i])))
			return true;
	return false;
}

static const struct studied *
answered_by(struct walked *walked, const struct response *response)
{
	static const unsigned char unknown[KEY_TAG];
	const struct history *history = walked->history;

	if (memcmp(response->tag, unknown, KEY_TAG) != 0)
		for (size_t i = history->exposure_count; i-- > 0;)
			if (memcmp(history->exposures[i].tag, response->tag,
				KEY_TAG) == 0)
				return walked->whose[i];
	return response->campaign.len != 0
		   ? studied_of(walked->study, response->campaign)
		   : NULL;
}

int
walked_answers(struct walked *walked, struct arena *arena, struct err *err)
{
	const struct history *history = walked->history;

	walked->answered = arena_calloc(
	    arena, history->response_count + 1, sizeof(*walked->answered));
	if (!walked->answered)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < history->response_count; i++)
		if (answers_mail(history->responses[i].type))
			walked->answered[i] =
			    answered_by(walked, &history->responses[i]);
	return 0;
}

static void
note_currency(struct sums *sums, const struct response *response)
{
	uint32_t name = sums_name(sums, response->currency);

	if (name == 0)
		return;
	if (sums->currency == 0)
		sums->currency = name;
	sums->mixed |= name != sums->currency;
}

/* Refunds take money back and are no response of their own. */
struct deed
deed_between(const struct walked *walked, const struct studied *studied,
    const struct goal *goal, int64_t from, int64_t until)
{
	const struct history *history = walked->history;
	struct attribution window = {
		.from = from, .until = until, .cap = goal->cap
	};
	bool responded = false;

	for (size_t i = 0; i < history->response_count; i++) {
		const struct response *response = &history->responses[i];
		bool is_it = span_eq(response->type, goal->event);
		bool takes = goal->value && !is_it &&
			     span_eq(response->type, SPAN("refund"));

		if ((!is_it && !takes) || response->aside != ASIDE_NOT ||
		    response->time > walked->study->options.now ||
		    (walked->answered[i] && walked->answered[i] != studied) ||
		    !attribution_add(&window, response->time,
			takes ? -fabs(response->value) : response->value))
			continue;
		responded |= is_it;
		if (goal->value)
			note_currency(&walked->study->sums, response);
	}
	return (struct deed){ .responded = responded,
		.uncapped = goal->value ? window.sum : responded,
		.outcome =
		    goal->value ? attribution_value(&window) : responded };
}

int64_t
deed_window_end(const struct anchor *anchor, const struct goal *goal)
{
	return attribution_begin(anchor->entry->time, goal->within, 0, 0).until;
}

/* What the person did before has the length of the window, doubled: enough to
 * tell who buys anyway. */
struct reaction
reaction_read(const struct walked *walked, const struct anchor *anchor,
    const struct goal *goal)
{
	int64_t from = anchor->entry->time;
	int64_t until = deed_window_end(anchor, goal);
	struct deed after =
	    deed_between(walked, anchor->studied, goal, from, until);
	struct deed before = deed_between(
	    walked, anchor->studied, goal, from - 2 * goal->within, from);

	return (struct reaction){ .closed = until <= walked->study->options.now,
		.responded = after.responded,
		.y = after.outcome,
		.uncapped = after.uncapped,
		.before = before.outcome };
}
