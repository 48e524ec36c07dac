#include "tests/suite.h"

#include <math.h>

#include "tests/tools/measure/kit_chance.h"
#include "tools/measure/multiplicity.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

/* The fifteen p-values of Benjamini and Hochberg 1995, section 4: at 0.05
 * their procedure rejects four, Bonferroni's three. */
static const double published[] = { 0.0001, 0.0004, 0.0019, 0.0095, 0.0201,
	0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
	1.0000 };

static unsigned
at_most(const double *p, size_t count, double limit)
{
	unsigned found = 0;

	for (size_t i = 0; i < count; i++)
		found += p[i] <= limit;
	return found;
}

START_TEST(rejects_what_the_article_rejects)
{
	double adjusted[COUNT(published)];

	benjamini_hochberg_adjust(published, COUNT(published), adjusted);
	ck_assert_uint_eq(at_most(adjusted, COUNT(published), 0.05), 4);
	holm_adjust(published, COUNT(published), adjusted);
	ck_assert_uint_eq(at_most(adjusted, COUNT(published), 0.05), 3);
}
END_TEST

/* The order of the questions, and which is asked beside which, is nothing. */
START_TEST(order_changes_nothing_and_nothing_becomes_smaller)
{
	struct dice dice = { 1 };

	for (int round = 0; round < 200; round++) {
		double p[12], turned[12], holm[12], bh[12], other[12];

		for (int i = 0; i < 12; i++) {
			p[i] = floor(dice_roll(&dice) * 20) / 20;
			turned[11 - i] = p[i];
		}
		holm_adjust(p, 12, holm);
		holm_adjust(turned, 12, other);
		for (int i = 0; i < 12; i++)
			ck_assert_double_eq(holm[i], other[11 - i]);
		benjamini_hochberg_adjust(p, 12, bh);
		benjamini_hochberg_adjust(turned, 12, other);
		for (int i = 0; i < 12; i++) {
			ck_assert_double_eq(bh[i], other[11 - i]);
			ck_assert_double_ge(bh[i], p[i]);
			ck_assert_double_ge(holm[i], bh[i]);
			ck_assert_double_le(holm[i], 1);
		}
	}
}
END_TEST

START_TEST(one_question_alone_is_as_it_was)
{
	const double p = 0.03, log_e = log(25);
	double out;
	bool chosen;

	holm_adjust(&p, 1, &out);
	ck_assert_double_eq(out, p);
	benjamini_hochberg_adjust(&p, 1, &out);
	ck_assert_double_eq(out, p);
	ck_assert_uint_eq(e_values_choose(&log_e, 1, 0.05, &chosen), 1);
	ck_assert(chosen);
	ck_assert_double_eq(chosen_alpha(0.05, 1, 4), 0.0125);
}
END_TEST

START_TEST(what_is_no_number_is_chosen_never)
{
	const double p[] = { NAN, 0.001, INFINITY, -1 };
	const double log_e[] = { NAN, -INFINITY, 50, INFINITY };
	double out[4];
	bool chosen[4];

	holm_adjust(p, 4, out);
	ck_assert_double_eq(out[0], 1);
	benjamini_hochberg_adjust(p, 4, out);
	ck_assert_double_eq(out[0], 1);
	ck_assert_double_eq(out[2], 1);
	ck_assert_double_eq(out[3], 0);
	ck_assert_uint_eq(e_values_choose(log_e, 4, 0.05, chosen), 2);
	ck_assert(!chosen[0] && !chosen[1] && chosen[2] && chosen[3]);
	holm_adjust(p, 0, out);
	ck_assert_uint_eq(e_values_choose(log_e, 0, 0.05, chosen), 0);
	ck_assert_double_eq(chosen_alpha(0.05, 0, 0), 0.05);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("multiplicity");
	TCase *tests = tcase_create("multiplicity");

	tcase_add_test(tests, rejects_what_the_article_rejects);
	tcase_add_test(
	    tests, order_changes_nothing_and_nothing_becomes_smaller);
	tcase_add_test(tests, one_question_alone_is_as_it_was);
	tcase_add_test(tests, what_is_no_number_is_chosen_never);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
