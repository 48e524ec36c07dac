/*
 * Learning against not learning: people of clusters that answer differently,
 * mailed month after month by the product's own cells and its own decision.
 */
#include "tests/suite.h"

#include <math.h>

#include "milter/decide/sensitivity.h"
#include "tests/tools/measure/kit_chance.h"
#include "tools/measure/learning.h"

#define TOPICS 3
#define CLUSTERS 4
#define CELLS (TOPICS * CLUSTERS)
#define MAILINGS 12

static const struct learning_costs costs = {
	.response = 10, .loss = 60, .send = 0.01
};

/* What clusters truly do: rates of answers and of leaving. */
struct truth {
	double respond[2]; /* generic, personal */
	double leave[2];
};

static const struct truth kinds[] = {
	{ { 0.02, 0.05 }, { 0.001, 0.001 } },	/* gains */
	{ { 0.03, 0.03 }, { 0.001, 0.001 } },	/* indifferent */
	{ { 0.03, 0.028 }, { 0.001, 0.012 } },	/* feels spied on */
	{ { 0.025, 0.035 }, { 0.001, 0.002 } }, /* gains a little */
};

enum policy { NEVER, ALWAYS, LEARN };

struct outcome_sum {
	double value;
	double left;
};

static void
side_count(struct learned_side *side, double sent, double answered, double lost)
{
	side->sent += sent;
	side->answered += answered;
	side->lost += lost;
}

/* Mails so many people of a cell one way, and counts it where people were
 * chosen by lot. */
static void
mail(struct dice *dice, const struct truth *truth, int personal, double people,
    struct learned_side *seen, double *left, struct outcome_sum *sum)
{
	double answered = dice_hits(dice, people, truth->respond[personal]);
	double lost = dice_hits(dice, people, truth->leave[personal]);

	if (seen)
		side_count(seen, people, answered, lost);
	*left -= lost;
	sum->left += lost;
	sum->value += costs.response * answered - costs.loss * lost -
		      (personal ? costs.send * people : 0);
}

/* What a person without a history gets, by the decision of the milter. */
static bool
gets_personal(const struct learned_cell *cell)
{
	const struct sensitivity asked = {
		.personal = { .respond = cell->respond_personal,
		    .lose = cell->lose_personal },
		.generic = { .respond = cell->respond_generic,
		    .lose = cell->lose_generic },
		.value = costs.response,
		.loss = costs.loss,
		.cost = costs.send,
		.cell_gain = cell->gain,
		.cell_deviation = cell->deviation,
	};

	return cell->word != LEARNED_NOT_KNOWN &&
	       sensitivity_judge(&asked).state == SENSITIVITY_PERSONALISE;
}

/* One mailing to a cell: a fifth by lot where there is something to learn, the
 * rest by the policy. */
static void
cell_mail(struct dice *dice, enum policy policy, const struct truth *truth,
    struct learned_cell *cell, double *people, struct outcome_sum *sum)
{
	double lot = policy == LEARN ? floor(*people / 5) : 0;
	double rest = *people - lot, half = floor(lot / 2);
	int personal =
	    policy == ALWAYS || (policy == LEARN && gets_personal(cell));

	mail(dice, truth, personal, rest, NULL, people, sum);
	mail(dice, truth, 1, half, &cell->personal, people, sum);
	mail(dice, truth, 0, lot - half, &cell->generic, people, sum);
}

/* A year of mailings about every topic; the cells are learned again after
 * each. */
static struct outcome_sum
year(enum policy policy, uint64_t seed)
{
	struct dice dice = { seed };
	struct learned_cell cells[CELLS] = { { .topic = 0 } };
	double people[CLUSTERS];
	struct outcome_sum sum = { 0, 0 };
	struct arena *arena = arena_new(1 << 20);

	for (int i = 0; i < CLUSTERS; i++)
		people[i] = 3000;
	for (size_t i = 0; i < CELLS; i++)
		cells[i] = (struct learned_cell){ .topic = i / CLUSTERS,
			.costs = costs };
	for (int mailing = 0; mailing < MAILINGS; mailing++) {
		for (size_t i = 0; i < CELLS; i++)
			cell_mail(&dice, policy,
			    &kinds[(i + i / CLUSTERS) % CLUSTERS], &cells[i],
			    &people[i % CLUSTERS], &sum);
		ck_assert_int_eq(learning_run(cells, CELLS, arena, NULL), 0);
		arena_reset(arena);
	}
	arena_free(&arena);
	return sum;
}

START_TEST(learning_beats_always_and_never_and_loses_few)
{
	struct outcome_sum sums[3] = { { 0, 0 } };

	for (uint64_t seed = 1; seed <= 20; seed++)
		for (int policy = NEVER; policy <= LEARN; policy++) {
			struct outcome_sum one =
			    year((enum policy)policy, seed);

			sums[policy].value += one.value;
			sums[policy].left += one.left;
		}
	ck_assert_msg(sums[LEARN].value > sums[ALWAYS].value &&
			  sums[LEARN].value > sums[NEVER].value,
	    "never %g, always %g, learning %g", sums[NEVER].value,
	    sums[ALWAYS].value, sums[LEARN].value);
	ck_assert_msg(sums[LEARN].left <= 1.4 * sums[NEVER].left,
	    "leavers: never %g, always %g, learning %g", sums[NEVER].left,
	    sums[ALWAYS].left, sums[LEARN].left);
	/* Who personalises for everybody loses more than that. */
	ck_assert_double_gt(sums[ALWAYS].left, 1.4 * sums[NEVER].left);
}
END_TEST

static struct learned_cell
cell_of(double personal, double personal_lost, double generic,
    double generic_lost, double sent)
{
	return (struct learned_cell){ .costs = costs,
		.personal = { sent, personal, personal_lost },
		.generic = { sent, generic, generic_lost } };
}

START_TEST(each_word_has_its_cell)
{
	struct learned_cell cells[] = {
		cell_of(3000, 10, 1500, 10, 40000),
		cell_of(1500, 10, 1500, 10, 40000),
		cell_of(1500, 400, 1500, 40, 40000),
		cell_of(2, 0, 1, 0, 40),
	};
	static const char *const words[] = { "gains", "indifferent",
		"feels spied on", "not known" };
	struct arena *arena = arena_new(1 << 20);

	for (size_t i = 0; i < 4; i++)
		cells[i].topic = i;
	ck_assert_int_eq(learning_run(cells, 4, arena, NULL), 0);
	for (size_t i = 0; i < 4; i++)
		ck_assert_str_eq(learned_word(cells[i].word), words[i]);
	arena_free(&arena);
}
END_TEST

/* A handful of people in a topic that others know well are believed to be
 * like the others; people with much data of their own are not. */
START_TEST(a_small_cell_is_drawn_to_its_topic)
{
	struct learned_cell cells[] = {
		cell_of(800, 5, 400, 5, 20000),
		cell_of(820, 5, 400, 5, 20000),
		cell_of(790, 5, 400, 5, 20000),
		cell_of(0, 0, 1, 0, 20),
	};
	struct arena *arena = arena_new(1 << 20);

	ck_assert_int_eq(learning_run(cells, 4, arena, NULL), 0);
	ck_assert_double_gt(cells[3].gain, 0.1);
	ck_assert_double_eq_tol(
	    cells[0].respond_personal - cells[0].respond_generic, 0.02, 0.002);
	ck_assert_double_eq_tol(cells[0].gain,
	    costs.response *
		    (cells[0].respond_personal - cells[0].respond_generic) -
		costs.loss * (cells[0].lose_personal - cells[0].lose_generic),
	    1e-9);
	arena_free(&arena);
}
END_TEST

START_TEST(nothing_seen_is_nothing_known)
{
	struct learned_cell cells[3] = { { .topic = 0 }, { .topic = 1 },
		{ .topic = 1, .personal = { 5, 1, 0 } } };
	struct arena *arena = arena_new(1 << 20);

	ck_assert_int_eq(learning_run(cells, 3, arena, NULL), 0);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(cells[i].word, LEARNED_NOT_KNOWN);
		ck_assert(isfinite(cells[i].gain));
		ck_assert(isfinite(cells[i].deviation));
		ck_assert_double_ge(cells[i].respond_generic, 0);
		ck_assert_double_le(cells[i].respond_personal, 1);
	}
	ck_assert_int_eq(learning_run(NULL, 0, arena, NULL), 0);
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("learning");
	TCase *tests = tcase_create("learning");

	tcase_add_test(tests, learning_beats_always_and_never_and_loses_few);
	tcase_add_test(tests, each_word_has_its_cell);
	tcase_add_test(tests, a_small_cell_is_drawn_to_its_topic);
	tcase_add_test(tests, nothing_seen_is_nothing_known);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
