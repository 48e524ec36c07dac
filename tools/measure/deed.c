/*
 * What people did, as far as it counts (S2 to S4 of study.h).
 */
#include <math.h>

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
	struct deed sum = { .money = 0 };

	for (size_t i = 0; i < history->response_count; i++) {
		const struct response *response = &history->responses[i];
		bool is_it = span_eq(response->type, goal->event);
		bool takes = goal->value && !is_it &&
			     span_eq(response->type, SPAN("refund"));

		if ((!is_it && !takes) || response->aside != ASIDE_NOT ||
		    response->time < from || response->time >= until ||
		    (walked->answered[i] && walked->answered[i] != studied))
			continue;
		sum.responded |= is_it;
		if (goal->value)
			note_currency(&walked->study->sums, response);
		sum.money += takes ? -fabs(response->value) : response->value;
	}
	return sum;
}

/* The outcome as it is compared: 1 or 0, or money from 0 up to the cap. */
double
deed_outcome(const struct goal *goal, const struct deed *sum)
{
	double money = sum->money > 0 ? sum->money : 0;

	if (!goal->value)
		return sum->responded;
	return goal->cap > 0 && money > goal->cap ? goal->cap : money;
}

/* What the person did before has the length of the window, doubled: enough to
 * tell who buys anyway. */
struct reaction
reaction_read(const struct walked *walked, const struct anchor *anchor,
    const struct goal *goal)
{
	int64_t from = anchor->entry->time, until = from + goal->within;
	struct deed after =
	    deed_between(walked, anchor->studied, goal, from, until);
	struct deed before = deed_between(
	    walked, anchor->studied, goal, from - 2 * goal->within, from);

	return (struct reaction){ .closed = until <= walked->study->options.now,
		.responded = after.responded,
		.y = deed_outcome(goal, &after),
		.uncapped = goal->value ? after.money : after.responded,
		.before = deed_outcome(goal, &before) };
}
