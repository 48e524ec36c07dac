#include "tools/measure/learning.h"

#include <math.h>

#include "milter/decide/sensitivity.h"
#include "store/base/chance.h"
#include "tools/measure/comparison.h"
#include "tools/measure/shrinkage.h"

/* Messages that the rate of all cells weighs as much as, where a cell's own
 * rate is asked for its variance, or for itself: nobody among ten says little
 * of one in a hundred. */
#define USUAL_WEIGHT 100.0

/* What is counted of a side: answers, or losses. */
struct learned_count {
	double (*hits)(const struct learned_side *side);
	double usual[2]; /* the rate over all cells: personal, generic */
};

static double
side_answered(const struct learned_side *side)
{
	return side->answered;
}

static double
side_lost(const struct learned_side *side)
{
	return side->lost;
}

const char *
learned_word(enum learned_word word)
{
	static const char *const words[] = {
		[LEARNED_NOT_KNOWN] = "not known",
		[LEARNED_GAINS] = "gains",
		[LEARNED_INDIFFERENT] = "indifferent",
		[LEARNED_SPIED_ON] = "feels spied on",
	};

	return words[word];
}

/* The rates over all cells; never 0 or 1, for nobody knows that. */
static void
usual_rates(struct learned_count *learned, const struct learned_cell *cells,
    size_t count)
{
	double hits[2] = { 0.5, 0.5 }, sent[2] = { 1, 1 };

	for (size_t i = 0; i < count; i++) {
		hits[0] += learned->hits(&cells[i].personal);
		hits[1] += learned->hits(&cells[i].generic);
		sent[0] += cells[i].personal.sent;
		sent[1] += cells[i].generic.sent;
	}
	learned->usual[0] = fmin(hits[0] / sent[0], 1);
	learned->usual[1] = fmin(hits[1] / sent[1], 1);
}

/* The variance of a side's rate, by what is believed of the rate. */
static double
side_variance(const struct learned_count *learned,
    const struct learned_side *side, double usual)
{
	double rate =
	    beta_update(usual, USUAL_WEIGHT, learned->hits(side), side->sent)
		.mean;

	return rate * (1 - rate) / side->sent;
}

/* What personalising did to the rate in one cell; no error where one of the
 * sides was sent nothing. */
static struct effect
cell_effect(
    const struct learned_count *learned, const struct learned_cell *cell)
{
	const struct learned_side *p = &cell->personal, *g = &cell->generic;

	if (!(p->sent > 0) || !(g->sent > 0))
		return (struct effect){ 0, 0 };
	return (struct effect){ learned->hits(p) / p->sent -
				    learned->hits(g) / g->sent,
		sqrt(side_variance(learned, p, learned->usual[0]) +
		     side_variance(learned, g, learned->usual[1])) };
}

/* The end of the run of cells of one topic. */
static size_t
topic_end(const struct learned_cell *cells, size_t count, size_t from)
{
	size_t end = from;

	while (end < count && cells[end].topic == cells[from].topic)
		end++;
	return end;
}

/* What all topics have in common, by what each topic's cells have. */
static struct common_effect
topics_common(const struct learned_cell *cells, size_t count,
    const struct effect *effects, struct effect *topics)
{
	size_t topic_count = 0;

	for (size_t from = 0, end; from < count; from = end) {
		struct common_effect own;

		end = topic_end(cells, count, from);
		own = effects_common(effects + from, end - from);
		topics[topic_count++] = (struct effect){ own.mean, own.error };
	}
	return effects_common(topics, topic_count);
}

/* What a topic's cells are drawn to: the topic's own estimate. */
static struct common_effect
topic_common(
    const struct effect *effects, size_t count, const struct common_effect *all)
{
	struct common_effect out = effects_common(effects, count);
	const struct effect own = { out.mean, out.error };
	struct shrunk_effect drawn = effect_shrink(&own, all);

	out.mean = drawn.mean;
	out.error = drawn.deviation;
	return out;
}

/* Draws every cell's effect to its topic and the topics together. 0 or -1. */
static int
effects_draw(const struct learned_count *learned,
    const struct learned_cell *cells, size_t count, struct shrunk_effect *drawn,
    struct arena *arena)
{
	struct effect *effects = arena_calloc(arena, count, sizeof *effects);
	struct effect *topics = arena_calloc(arena, count, sizeof *topics);
	struct common_effect all, topic;

	if (effects == NULL || topics == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		effects[i] = cell_effect(learned, &cells[i]);
	all = topics_common(cells, count, effects, topics);
	for (size_t from = 0, end; from < count; from = end) {
		end = topic_end(cells, count, from);
		topic = topic_common(effects + from, end - from, &all);
		for (size_t i = from; i < end; i++)
			drawn[i] = effect_shrink(&effects[i], &topic);
	}
	return 0;
}

/* A rate with the effect on top of it, so that the two stay rates and differ
 * by the effect wherever they can. */
static void
rates_set(double *personal, double *generic, double usual, double effect)
{
	*generic = fmin(fmax(fmax(usual, -effect), 0), 1);
	*personal = fmin(fmax(*generic + effect, 0), 1);
}

enum learned_word
learning_judge(double gain, double deviation, double cost)
{
	if (chance_above_zero(-gain, deviation) >= SENSITIVITY_HARM)
		return LEARNED_SPIED_ON;
	if (chance_above_zero(gain - cost, deviation) >= SENSITIVITY_GAIN)
		return LEARNED_GAINS;
	return LEARNED_INDIFFERENT;
}

static enum learned_word
cell_word(const struct learned_cell *cell)
{
	double fewest = fmin(cell->personal.answered, cell->generic.answered);
	enum learned_word word =
	    learning_judge(cell->gain, cell->deviation, cell->costs.send);

	return word == LEARNED_INDIFFERENT && fewest < RESPONSES_NEEDED
		   ? LEARNED_NOT_KNOWN
		   : word;
}

static void
cell_fill(struct learned_cell *cell, const struct shrunk_effect *response,
    const struct shrunk_effect *loss, const struct learned_count *learned)
{
	const struct learning_costs *costs = &cell->costs;
	const struct learned_side *generic = &cell->generic;

	rates_set(&cell->respond_personal, &cell->respond_generic,
	    beta_update(learned[0].usual[1], USUAL_WEIGHT, generic->answered,
		generic->sent)
		.mean,
	    response->mean);
	rates_set(&cell->lose_personal, &cell->lose_generic,
	    beta_update(
		learned[1].usual[1], USUAL_WEIGHT, generic->lost, generic->sent)
		.mean,
	    loss->mean);
	cell->gain =
	    costs->response * response->mean - costs->loss * loss->mean;
	cell->deviation = hypot(costs->response * response->deviation,
	    costs->loss * loss->deviation);
	cell->word = cell_word(cell);
}

int
learning_run(struct learned_cell *cells, size_t count, struct arena *arena,
    struct err *err)
{
	struct learned_count learned[] = { { .hits = side_answered },
		{ .hits = side_lost } };
	struct shrunk_effect *drawn[2];

	for (int i = 0; i < 2; i++) {
		usual_rates(&learned[i], cells, count);
		drawn[i] = arena_calloc(arena, count, sizeof *drawn[i]);
		if (drawn[i] == NULL || effects_draw(&learned[i], cells, count,
					    drawn[i], arena) < 0)
			return err_set(err, ERR_MEMORY,
			    "no memory for %zu sensitivity cells", count);
	}
	for (size_t i = 0; i < count; i++)
		cell_fill(&cells[i], &drawn[0][i], &drawn[1][i], learned);
	return 0;
}
