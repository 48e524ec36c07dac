#include "milter/duty.h"

#include "tests/manual.h"
#include "tests/suite.h"

START_TEST(the_manual_tells_of_every_key_of_the_start)
{
	struct buf manual;
	struct span log;
	char item[40];

	manual_read("conf/man/inlayd.8", &manual);
	log = manual_section(&manual, ".Sh LOG");
	log = span_from(log, span_search(log, SPAN("Ns = Ns start")));
	ck_assert(log.len != 0);
	log = span_first(log, span_search(log, SPAN("\n.El")));
	for (const struct duty_start_pair *pair = duty_start_pairs; pair->key;
	     pair++) {
		snprintf(item, sizeof item, "\n.It Sy %s\n", pair->key);
		ck_assert_msg(manual_says(log, item), "no %s", pair->key);
		log = span_from(log, span_search(log, span_str(item)));
	}
	buf_deinit(&manual);
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("duty");
	TCase *tests = tcase_create("log");

	tcase_add_test(tests, the_manual_tells_of_every_key_of_the_start);
	suite_add_tcase(suite, tests);
	return suite;
}

int
main(void)
{
	return suite_run(suite());
}
