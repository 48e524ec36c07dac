#include <stdlib.h>
#include <string.h>

#include "milter/metrics.h"
#include "tests/manual.h"
#include "tests/suite.h"

static struct statistics statistics = STATISTICS_INIT;
static struct metrics_now now = { .session.statistics = &statistics };

static void
setup(void)
{
	statistics = (struct statistics)STATISTICS_INIT;
}

static struct span
printed(struct buf *out)
{
	buf_init_heap(out, 1 << 20);
	metrics_print(&now, out);
	ck_assert(!out->failed);
	return buf_span(out);
}

START_TEST(are_told_of_in_the_manual_row_by_row)
{
	struct buf manual;
	struct span section;
	char item[200];

	manual_read("conf/man/inlayd.8", &manual);
	section = manual_section(&manual, ".Sh METRICS");
	for (size_t i = 0; metrics_families[i].name != NULL; i++) {
		const struct metrics_family *family = &metrics_families[i];

		snprintf(item, sizeof item, "Sy %s Pq %s\n%s", family->name,
		    family->type, family->help);
		ck_assert_msg(manual_says(section, item), "%s", item);
	}
	buf_deinit(&manual);
}
END_TEST

START_TEST(count_each_time_in_its_bucket_and_all_above)
{
	struct buf out;
	struct span text;

	statistics_took(&statistics, PHASE_SIGN, 100);
	statistics_took(&statistics, PHASE_SIGN, 101);
	statistics_took(&statistics, PHASE_SIGN, 60000000);
	text = printed(&out);
	ck_assert(manual_says(
	    text, "inlay_sign_duration_seconds_bucket{le=\"0.0001\"} 1\n"));
	ck_assert(manual_says(
	    text, "inlay_sign_duration_seconds_bucket{le=\"0.00025\"} 2\n"));
	ck_assert(manual_says(
	    text, "inlay_sign_duration_seconds_bucket{le=\"30\"} 2\n"));
	ck_assert(manual_says(
	    text, "inlay_sign_duration_seconds_bucket{le=\"+Inf\"} 3\n"));
	ck_assert(
	    manual_says(text, "inlay_sign_duration_seconds_sum 60.000201\n"));
	buf_deinit(&out);
}
END_TEST

START_TEST(quote_what_a_label_must_not_hold)
{
	struct buf out;
	struct span text;

	statistics_message(
	    &statistics, COUNT_REFUSED, SPAN("a"), SPAN("q\"b\\n\nz"));
	text = printed(&out);
	ck_assert(manual_says(text,
	    "inlay_messages_total{verdict=\"refused\",reason=\"a\","
	    "campaign=\"q\\\"b\\\\n\\nz\"} 1\n"));
	buf_deinit(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("milter/metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, are_told_of_in_the_manual_row_by_row);
	tcase_add_test(tcase, count_each_time_in_its_bucket_and_all_above);
	tcase_add_test(tcase, quote_what_a_label_must_not_hold);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
