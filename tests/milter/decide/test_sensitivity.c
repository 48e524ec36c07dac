#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/sensitivity.h"

/* A person nobody knows, in a cell of which nothing is known. */
static const struct sensitivity nothing = {
	.personal = { .respond = 0.02, .lose = 0.001 },
	.generic = { .respond = 0.02, .lose = 0.001 },
	.value = 10,
	.loss = 40,
	.cost = 0.01,
	.cell_gain = 0,
	.cell_deviation = 1,
};

START_TEST(goes_through_the_rules_in_their_order)
{
	static const struct {
		bool objected;
		double sent, answered, lost, gain, deviation;
		enum sensitivity_state state;
		const char *why;
	} rows[] = {
		{ false, 0, 0, 0, 0, 1, SENSITIVITY_NEUTRAL,
		    "insensitive_or_unknown" },
		{ true, 50, 50, 0, 9, 1, SENSITIVITY_SUPPRESS, "objection" },
		{ false, 50, 0, 30, 9, 1, SENSITIVITY_SUPPRESS,
		    "individual_harm" },
		{ false, 0, 0, 0, -2, 1, SENSITIVITY_SUPPRESS, "cell_harm" },
		{ false, 5, 3, 0, 2, 1, SENSITIVITY_PERSONALISE, "cell_gain" },
		{ false, 50, 40, 0, 0, 1, SENSITIVITY_PERSONALISE,
		    "individual_gain" },
		/* The cell gains, this person does not. */
		{ false, 5, 0, 0, 2, 1, SENSITIVITY_NEUTRAL,
		    "insensitive_or_unknown" },
	};
	struct sensitivity asked = nothing;
	struct sensitivity_verdict verdict;

	asked.objected = rows[_i].objected;
	asked.personal.sent = rows[_i].sent;
	asked.personal.answered = rows[_i].answered;
	asked.personal.lost = rows[_i].lost;
	asked.cell_gain = rows[_i].gain;
	asked.cell_deviation = rows[_i].deviation;
	verdict = sensitivity_judge(&asked);
	ck_assert_str_eq(verdict.why, rows[_i].why);
	ck_assert_int_eq(verdict.state, rows[_i].state);
}
END_TEST

START_TEST(updates_rates_with_the_person_s_own_answers)
{
	struct sensitivity asked = nothing;
	struct sensitivity_verdict verdict;

	asked.personal.sent = 100;
	asked.personal.answered = 10;
	asked.personal.lost = 5;
	verdict = sensitivity_judge(&asked);
	/* (100 x 0.02 + 10) / 200 and (500 x 0.001 + 5) / 600 */
	ck_assert_double_eq_tol(verdict.response[0], 0.06, 1e-12);
	ck_assert_double_eq_tol(verdict.losing[0], 5.5 / 600, 1e-12);
	ck_assert_double_eq_tol(
	    verdict.gain, 10 * (0.06 - 0.02) - 40 * (5.5 / 600 - 0.001), 1e-12);
}
END_TEST

START_TEST(is_certain_where_nothing_varies)
{
	struct sensitivity asked = nothing;

	asked.cell_deviation = 0;
	asked.cell_gain = -1;
	ck_assert_double_eq(sensitivity_judge(&asked).harm_cell, 1);
	asked.cell_gain = 1;
	ck_assert_double_eq(sensitivity_judge(&asked).gain_cell, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sensitivity");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, goes_through_the_rules_in_their_order, 0, 7);
	tcase_add_test(tests, updates_rates_with_the_person_s_own_answers);
	tcase_add_test(tests, is_certain_where_nothing_varies);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
