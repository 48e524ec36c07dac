#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/consent.h"

#define MAIL SPAN("mail")
#define PERSONAL SPAN("personal")

START_TEST(lets_the_latest_statement_before_now_count)
{
	static const struct {
		struct consent list[2];
		bool granted;
	} rows[] = {
#define ONE(status, at) { { "mail", 4 }, status, at, false, 0, { "", 0 } }
#define UNTIL(at, end) \
	{ \
		{ "mail", 4 }, CONSENT_GRANTED, at, true, end, \
		{ \
			"", 0 \
		} \
	}
		{ { ONE(CONSENT_GRANTED, 1), ONE(CONSENT_DENIED, 2) }, false },
		{ { ONE(CONSENT_GRANTED, 2), ONE(CONSENT_DENIED, 1) }, true },
		{ { ONE(CONSENT_REVOKED, 1), ONE(CONSENT_GRANTED, 99) }, true },
		{ { ONE(CONSENT_REVOKED, 1), ONE(CONSENT_GRANTED, 100) },
		    false }, /* not before now */
		{ { ONE(CONSENT_GRANTED, 1), ONE(CONSENT_REVOKED, 200) },
		    true },
		{ { UNTIL(1, 101), UNTIL(0, 5) }, true },
		{ { UNTIL(1, 100), UNTIL(0, 500) }, false },
		{ { ONE(CONSENT_GRANTED, 7), ONE(CONSENT_REVOKED, 7) }, false },
		{ { ONE(CONSENT_REVOKED, 7), ONE(CONSENT_GRANTED, 7) }, false },
	};

	ck_assert(
	    consent_granted(rows[_i].list, 2, MAIL, 100) == rows[_i].granted);
	ck_assert(!consent_granted(rows[_i].list, 2, PERSONAL, 100));
}
END_TEST

START_TEST(weighs_objections_more_than_any_consent)
{
	static struct consent both[] = {
		{ { "mail", 4 }, CONSENT_GRANTED, 1, false, 0, { "", 0 } },
		{ { "personal", 8 }, CONSENT_GRANTED, 1, false, 0, { "", 0 } },
	};
	struct profile who = { .consents = both, .consent_count = 2 };

#define ASK() consent_permission(&who, MAIL, PERSONAL, 100)
	ck_assert_int_eq(ASK(), PERMISSION_PERSONAL);
	who.object_profiling = true;
	ck_assert_int_eq(ASK(), PERMISSION_NEUTRAL);
	who.object_marketing = true;
	ck_assert_int_eq(ASK(), PERMISSION_REJECT);
	who = (struct profile){
		.consents = both, .consent_count = 2, .suppressed = true
	};
	ck_assert_int_eq(ASK(), PERMISSION_REJECT);
	who = (struct profile){
		.consents = both, .consent_count = 2, .restricted = true
	};
	ck_assert_int_eq(ASK(), PERMISSION_NEUTRAL);
	who = (struct profile){ .consents = both, .consent_count = 1 };
	ck_assert_int_eq(ASK(), PERMISSION_NEUTRAL);
	who = (struct profile){ .consents = both + 1, .consent_count = 1 };
	ck_assert_int_eq(ASK(), PERMISSION_REJECT);
}
END_TEST

START_TEST(needs_no_consent_for_a_purpose_without_name)
{
	struct profile who = { .consents = NULL };

	ck_assert_int_eq(consent_permission(&who, SPAN(""), SPAN(""), 100),
	    PERMISSION_PERSONAL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("consent");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, lets_the_latest_statement_before_now_count, 0, 9);
	tcase_add_test(tests, weighs_objections_more_than_any_consent);
	tcase_add_test(tests, needs_no_consent_for_a_purpose_without_name);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
