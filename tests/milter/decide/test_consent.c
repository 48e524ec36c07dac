#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/decide/consent.h"

#define MAIL SPAN("mail")
#define PERSONAL SPAN("personal")

START_TEST(lets_the_latest_statement_up_to_now_count)
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
		    true }, /* this very second */
		{ { ONE(CONSENT_GRANTED, 1), ONE(CONSENT_REVOKED, 100) },
		    false },
		{ { ONE(CONSENT_REVOKED, 1), ONE(CONSENT_GRANTED, 101) },
		    false },
		{ { ONE(CONSENT_GRANTED, 1), ONE(CONSENT_REVOKED, 200) },
		    true },
		{ { UNTIL(1, 101), UNTIL(0, 5) }, true },
		{ { UNTIL(1, 100), UNTIL(0, 500) }, false },
		{ { ONE(CONSENT_GRANTED, 7), ONE(CONSENT_REVOKED, 7) }, false },
		{ { ONE(CONSENT_REVOKED, 7), ONE(CONSENT_GRANTED, 7) }, false },
	};

	struct consent list[2] = { rows[_i].list[0], rows[_i].list[1] };
	struct profile who = { .consents = list, .consent_count = 2 };

	ck_assert(consent_given(&who, MAIL, 100) == rows[_i].granted);
	ck_assert(!consent_given(&who, PERSONAL, 100));
}
END_TEST

static struct kit kit;

/* "reject", "neutral" or "personal", as decide() says. */
static const char *
asked(const struct profile *who)
{
	kit.profile = *who;
	if (kit_decide(&kit) == 0)
		return "reject";
	return kit.decision->neutral != ABSENCE_NONE ? "neutral" : "personal";
}

START_TEST(weighs_objections_more_than_any_consent)
{
	static struct consent both[] = {
		{ { "mail", 4 }, CONSENT_GRANTED, 1, false, 0, { "", 0 } },
		{ { "personal", 8 }, CONSENT_GRANTED, 1, false, 0, { "", 0 } },
	};
	static const struct {
		struct profile who;
		const char *answer;
	} rows[] = {
#define WHO(first, count, ...) \
	{ .consents = (first), .consent_count = (count), __VA_ARGS__ }
		{ WHO(both, 2, ), "personal" },
		{ WHO(both, 2, .object_profiling = true), "neutral" },
		{ WHO(both, 2, .object_profiling = true,
		      .object_marketing = true),
		    "reject" },
		{ WHO(both, 2, .suppressed = true), "reject" },
		{ WHO(both, 2, .restricted = true), "neutral" },
		{ WHO(both, 1, ), "neutral" },
		{ WHO(both + 1, 1, ), "reject" },
	};

	kit_begin(&kit, "id: spring\npermission: mail\npurpose: personal\n");
	kit_ready(&kit);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		ck_assert_str_eq(asked(&rows[i].who), rows[i].answer);
	kit_end(&kit);
}
END_TEST

START_TEST(needs_no_consent_for_a_purpose_without_name)
{
	struct profile who = { .consents = NULL };

	kit_begin(&kit, "id: spring\n");
	kit_ready(&kit);
	ck_assert_str_eq(asked(&who), "personal");
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("consent");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(
	    tests, lets_the_latest_statement_up_to_now_count, 0, 11);
	tcase_add_test(tests, weighs_objections_more_than_any_consent);
	tcase_add_test(tests, needs_no_consent_for_a_purpose_without_name);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
