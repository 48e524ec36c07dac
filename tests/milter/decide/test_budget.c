#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/budget.h"

static const enum field_class classes[] = { CLASS_PUBLIC, CLASS_CONTEXTUAL,
	CLASS_IDENTIFYING, CLASS_BEHAVIOURAL, CLASS_SPECIAL,
	CLASS_IDENTIFYING };
static const unsigned fields[] = { 0, 1, 2, 3, 4, 5 };
static unsigned char marks[6];

START_TEST(counts_each_field_once_by_its_class)
{
	struct budget_piece pieces[] = { { fields, 4, 1, false },
		{ fields + 1, 2, 1, false }, { fields + 5, 1, 1, true } };
	struct budget score =
	    budget_fit(pieces, 3, classes, 6, 1000, 1000, marks);

	ck_assert_uint_eq(score.points, 7);
	ck_assert_uint_eq(score.identifying, 2);
}
END_TEST

START_TEST(drops_special_pieces_whatever_the_budget)
{
	struct budget_piece pieces[] = { { fields, 1, 1, false },
		{ fields + 3, 2, 99, false } };
	struct budget score =
	    budget_fit(pieces, 2, classes, 6, 1000, 1000, marks);

	ck_assert(!pieces[0].neutral);
	ck_assert(pieces[1].neutral);
	ck_assert_uint_eq(score.points, 0);
}
END_TEST

START_TEST(drops_the_least_useful_until_it_fits)
{
	static const struct {
		double points, identifying;
		bool neutral[3];
	} rows[] = {
		{ 8, 9, { false, false, false } },
		{ 7, 9, { true, false, false } },
		{ 6, 2, { true, false, false } },
		{ 6, 1, { true, false, true } },
		{ 1, 9, { true, true, true } },
		{ 0, 0, { true, true, true } },
	};
	struct budget_piece pieces[] = { { fields + 2, 1, 1, false },
		{ fields + 3, 1, 5, false }, { fields + 5, 1, 3, false } };
	struct budget score = budget_fit(pieces, 3, classes, 6, rows[_i].points,
	    rows[_i].identifying, marks);

	for (unsigned i = 0; i < 3; i++)
		ck_assert(pieces[i].neutral == rows[_i].neutral[i]);
	ck_assert(score.points <= rows[_i].points);
	ck_assert(score.identifying <= rows[_i].identifying);
}
END_TEST

START_TEST(drops_the_later_of_equally_useful_pieces)
{
	struct budget_piece pieces[] = { { fields + 2, 1, 1, false },
		{ fields + 5, 1, 1, false } };

	budget_fit(pieces, 2, classes, 6, 2, 9, marks);
	ck_assert(!pieces[0].neutral);
	ck_assert(pieces[1].neutral);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("budget");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, counts_each_field_once_by_its_class);
	tcase_add_test(tests, drops_special_pieces_whatever_the_budget);
	tcase_add_loop_test(tests, drops_the_least_useful_until_it_fits, 0, 6);
	tcase_add_test(tests, drops_the_later_of_equally_useful_pieces);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
