/*
 * What people did after a mail, and by which channel to go on: each suite
 * asks the functions of tools/measure that reports and lists ask.
 */
#include "tests/suites/decide/vectors.h"

#include <math.h>
#include <string.h>

#include "tools/measure/attribution.h"
#include "tools/measure/channel.h"
#include "tools/measure/evidence.h"
#include "tools/measure/multiplicity.h"

/* The exposures of a case, as the ledger has them. */
static size_t
exposures_of(const json_t *list, struct exposure *out)
{
	size_t count = list_size(list);

	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(list, i);

		out[i] = (struct exposure){ .time = time_at(one, "t", 0),
			.campaign = SPAN("c"),
			.version = SPAN("1"),
			.arm = SPAN("treated"),
			.state = span_eq(text_at(one, "state"), SPAN("bounced"))
				     ? EXPOSURE_BOUNCED
				     : EXPOSURE_DELIVERED };
	}
	return count;
}

static const struct exposure *
anchor_of(const json_t *test, struct exposure *exposures)
{
	const json_t *input = json_object_get(test, "input");
	const struct history history = { .exposures = exposures,
		.exposure_count = exposures_of(
		    json_object_get(input, "exposures"), exposures) };

	return attribution_anchor(&history, SPAN("c"), SPAN("1"));
}

bool
run_attribution(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	struct exposure exposures[LIST_MAX];
	const struct exposure *anchor = anchor_of(test, exposures);
	struct attribution window = attribution_begin(anchor ? anchor->time : 0,
	    time_at(input, "window", 0), number_at(input, "cap", 0),
	    time_at(input, "now", 0));
	size_t index;
	json_t *event, *got;
	bool passes;

	json_array_foreach(json_object_get(input, "events"), index, event)
	{
		if (anchor &&
		    span_eq(text_at(event, "type"), text_at(input, "type")))
			attribution_add(&window, time_at(event, "t", 0),
			    number_at(event, "value", 0));
	}
	got = json_pack("{s:b}", "unit_in_analysis", anchor != NULL);
	if (anchor)
		json_object_update_new(
		    got, json_pack("{s:I, s:b, s:i, s:f}", "t0",
			     (json_int_t)anchor->time, "mature",
			     window.complete, "y", window.events > 0, "value",
			     attribution_value(&window)));
	passes = same_near(json_object_get(test, "expect"), got, 0, 1e-12);
	json_decref(got);
	return passes;
}

/* The vectors begin with the first copy that did not bounce. The design's
 * page now begins with the first enrolment, bounced or not: whether a copy
 * bounces may itself be an effect of the arm, and arms compared on what they
 * did to the mail are not comparable any more. */
const char *
attribution_superseded(const json_t *test)
{
	struct exposure exposures[LIST_MAX];
	const struct exposure *anchor = anchor_of(test, exposures);

	return anchor && anchor->state == EXPOSURE_BOUNCED
		   ? "the window opens with the first enrolment, bounced or not"
		   : NULL;
}

/* When a step went out: the first sending by its channel that no step before
 * has taken. */
static void
step_sent(struct cascade_step *step, const json_t *one, const json_t *events,
    bool *taken)
{
	size_t count = list_size(events);

	for (size_t i = 0; i < count && !step->sent; i++) {
		const json_t *event = json_array_get(events, i);

		if (taken[i] ||
		    !span_eq(text_at(event, "type"), SPAN("sent")) ||
		    !span_eq(
			text_at(event, "channel"), text_at(one, "channel")))
			continue;
		taken[i] = step->sent = true;
		step->sent_at = time_at(event, "t", 0);
	}
}

static size_t
answers_of(const json_t *input, int64_t *times)
{
	const json_t *events = json_object_get(input, "events");
	const json_t *stops = json_object_get(input, "stop_on");
	size_t answers = 0, count = list_size(events);

	for (size_t i = 0; i < count; i++) {
		const json_t *event = json_array_get(events, i);
		size_t index;
		json_t *stop;

		json_array_foreach(stops, index, stop)
		{
			if (span_eq(text_at(event, "type"), text_of(stop))) {
				times[answers++] = time_at(event, "t", 0);
				break;
			}
		}
	}
	return answers;
}

static json_t *
cascade_got(const json_t *input)
{
	static const char *const words[] = { [CASCADE_SEND] = "send",
		[CASCADE_WAIT] = "wait",
		[CASCADE_STOP] = "stop",
		[CASCADE_DONE] = "done" };
	const json_t *list = json_object_get(input, "steps");
	struct cascade_step steps[LIST_MAX] = { { 0 } };
	bool taken[LIST_MAX] = { false };
	int64_t answered[LIST_MAX];
	size_t count = list_size(list);
	struct cascade due;

	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(list, i);

		steps[i].wait = time_at(one, "wait", 0);
		step_sent(
		    &steps[i], one, json_object_get(input, "events"), taken);
	}
	due = cascade_due(steps, count, answered, answers_of(input, answered),
	    time_at(input, "now", 0));
	return json_pack("{s:s, s:I, s:I, s:o}", "action", words[due.action],
	    "step", (json_int_t)due.step, "until", (json_int_t)due.until,
	    "channel",
	    json_text(text_at(json_array_get(list, due.step), "channel")));
}

static json_t *
channels_got(const json_t *input)
{
	const json_t *list = json_object_get(input, "channels");
	struct channel_past channels[LIST_MAX];
	size_t count = list_size(list);
	double value = number_at(input, "value", 0);
	json_t *scores = json_array();
	int best;

	for (size_t i = 0; i < count; i++) {
		const json_t *one = json_array_get(list, i);
		struct appetence score;

		channels[i] = (struct channel_past){ number_at(one, "prior", 0),
			number_at(input, "m", CHANNEL_PRIOR),
			number_at(one, "s", 0), number_at(one, "n", 0),
			number_at(one, "cost", 0),
			truth_at(one, "available", true) };
		score = channel_appetence(&channels[i], value);
		json_array_append_new(
		    scores, json_pack("{s:o, s:f, s:f, s:b}", "channel",
				json_text(text_at(one, "id")), "p", score.rate,
				"net", score.net, "ok", channels[i].available));
	}
	best = channel_best(channels, count, value);
	return json_pack("{s:o, s:o}", "scores", scores, "best",
	    best < 0
		? json_null()
		: json_text(text_at(json_array_get(list, (size_t)best), "id")));
}

bool
run_channels(const json_t *test)
{
	const json_t *input = json_object_get(test, "input");
	json_t *got = json_object_get(input, "steps") ? cascade_got(input)
						      : channels_got(input);
	bool passes = same_near(
	    json_object_get(test, "expect"), got, relative_of(test), 1e-12);

	json_decref(got);
	return passes;
}
