/*
 * Who counts in a comparison: judged from what is known of a person, and the
 * same whichever arm the hash deals them.
 */
#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

static struct kit kit;

#define TWO_ARMS \
	"id: spring\ntopic: garden\n" \
	"arms: [{name: a}, {name: b, control: true}]\n"

static void
ready(const char *campaign)
{
	kit_begin(&kit, campaign);
	kit_ready(&kit);
}

/* Decided as if the hash had dealt that arm; "" as it has. */
static enum exposure_eligible
eligible_in(const char *arm)
{
	kit.request.arm = span_str(arm);
	kit_decide(&kit);
	return kit.decision->eligible;
}

/* The same in the arm, in control and in the holdout. */
static void
expect(enum exposure_eligible eligible)
{
	static const char *const arms[] = { "a", "b", "holdout" };

	for (size_t i = 0; i < 3; i++)
		ck_assert_msg(eligible_in(arms[i]) == eligible, "in %s: not %s",
		    arms[i], eligible_word(eligible));
}

START_TEST(a_field_that_could_be_shown_makes_eligible)
{
	ready(TWO_ARMS);
	kit_use(&kit, NULL, "profile.first_name", false);
	expect(ELIGIBLE_NO); /* no value */
	kit_observe(&kit, "first_name", "test");
	expect(ELIGIBLE_NO); /* not valid */
	kit_observe_at(&kit, "first_name", "Anna", "coreg", NOW);
	expect(ELIGIBLE_NO); /* not trusted */
	kit_observe(&kit, "first_name", "Anna");
	expect(ELIGIBLE_YES);
	kit_end(&kit);
}
END_TEST

START_TEST(a_slot_that_could_show_an_option_makes_eligible)
{
	unsigned slot;

	ready(TWO_ARMS);
	slot = kit_slot(&kit, "hero", "");
	kit_use(&kit, kit_option(&kit, slot, "city=Paris", ""), "profile.city",
	    true);
	kit_observe(&kit, "city", "Rome");
	expect(ELIGIBLE_NO);
	kit_option(&kit, slot, "plain", "");
	expect(ELIGIBLE_YES);
	kit_end(&kit);
}
END_TEST

/* Whether it shows now is the hash's word: before that, either may. */
START_TEST(a_variant_makes_eligible_whatever_it_shows)
{
	ready(TWO_ARMS);
	outline_put_variant(
	    kit.outline, SPAN("subject"), SPAN("warm"), &kit.err);
	for (unsigned i = 0; i < 20; i++) {
		char unit[16];

		snprintf(unit, sizeof unit, "u%u@x.example", i);
		kit.request.unit = span_str(unit);
		expect(ELIGIBLE_YES);
	}
	kit_end(&kit);
}
END_TEST

START_TEST(the_word_of_the_person_is_stronger_than_any_arm)
{
	ready(TWO_ARMS "purpose: personalisation\n");
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_option(&kit, kit_slot(&kit, "hero", ""), "plain", "");
	kit_observe(&kit, "first_name", "Anna");
	expect(ELIGIBLE_NO);
	kit_consent(&kit, "personalisation", CONSENT_GRANTED);
	expect(ELIGIBLE_YES);
	kit.profile.object_profiling = true;
	expect(ELIGIBLE_NO);
	kit.profile.object_profiling = false;
	kit.profile.restricted = true;
	expect(ELIGIBLE_NO);
	kit.request.profile = NULL;
	expect(ELIGIBLE_NO); /* a stranger has consented to nothing */
	kit_end(&kit);
}
END_TEST

START_TEST(an_arm_of_higher_intensity_makes_eligible_in_the_others)
{
	ready("id: spring\ntopic: garden\n"
	      "arms: [{name: a, intensity: individual},"
	      " {name: b, control: true}, {name: c, intensity: segment}]\n");
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_observe(&kit, "first_name", "Anna");
	expect(ELIGIBLE_YES);
	ck_assert_int_eq(eligible_in("c"), ELIGIBLE_YES);
	kit_end(&kit);
	ready("id: spring\ntopic: garden\n"
	      "arms: [{name: a, intensity: segment},"
	      " {name: b, control: true}]\n");
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_observe(&kit, "first_name", "Anna");
	expect(ELIGIBLE_NO);
	kit_end(&kit);
}
END_TEST

START_TEST(an_arm_that_nobody_is_dealt_makes_nobody_eligible)
{
	ready("id: spring\ntopic: garden\n"
	      "arms: [{name: a, intensity: segment},"
	      " {name: b, control: true},"
	      " {name: c, intensity: individual, weight: 0}]\n");
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_observe(&kit, "first_name", "Anna");
	expect(ELIGIBLE_NO);
	ck_assert_int_eq(eligible_in("c"), ELIGIBLE_NO);
	kit_end(&kit);
}
END_TEST

/* Those who feel spied on get the neutral text in every arm. */
START_TEST(sensitivity_counts)
{
	static const char *const clusters[] = { "young", "senior" };

	for (size_t i = 0; i < 2; i++) {
		kit_begin(&kit, TWO_ARMS "costs: {value: 10, loss: 40}\n");
		kit_add(&kit, SPAN("sensitivity"),
		    "- {cluster: young, topic: garden, pi_p: 0.09, pi_g: 0.04,"
		    " psi_p: 0.001, psi_g: 0.001, H_cell: 0.5, sd_cell: 0.1}\n"
		    "- {cluster: senior, topic: garden, pi_p: 0.02, pi_g: 0.06,"
		    " psi_p: 0.01, psi_g: 0.001, H_cell: -0.5, sd_cell: "
		    "0.1}\n");
		kit_ready(&kit);
		kit_use(&kit, NULL, "profile.first_name", false);
		kit_observe(&kit, "first_name", "Anna");
		kit_observe(&kit, "cluster", clusters[i]);
		expect(i == 0 ? ELIGIBLE_YES : ELIGIBLE_NO);
		ASSERT_SPAN(kit.decision->cluster, clusters[i]);
		kit_end(&kit);
	}
}
END_TEST

static int
is_senior(void *context, const struct decision *decision, unsigned segment,
    struct err *err)
{
	const struct decided_field *field =
	    decision_field(decision, SPAN("bought"));

	(void)context;
	(void)err;
	return segment == 1 && field != NULL && field->absence == ABSENCE_NONE;
}

/* A report by segment compares arms, control with the others. */
START_TEST(the_segment_is_the_same_in_every_arm)
{
	static const char *const arms[] = { "a", "b", "c", "holdout" };
	struct outline_use place = { .needed = false };

	ready("id: spring\ntopic: garden\n"
	      "arms: [{name: a}, {name: b, control: true},"
	      " {name: c, intensity: segment}]\n"
	      "segments: [{name: young, if: 'true'},"
	      " {name: senior, if: profile.bought}]\n");
	outline_put_use(kit.outline, &kit.outline->asked,
	    SPAN("profile.bought"), &place, &kit.err);
	kit.request.segment_test = is_senior;
	kit_observe(&kit, "bought", "x");
	for (size_t i = 0; i < 4; i++) {
		eligible_in(arms[i]);
		ck_assert_int_eq(kit.decision->segment, 1);
	}
	kit.profile.object_profiling = true;
	for (size_t i = 0; i < 4; i++) {
		eligible_in(arms[i]);
		ck_assert_int_eq(kit.decision->segment, -1);
	}
	kit_end(&kit);
}
END_TEST

/* ---- twenty thousand people with the data that shops have ---- */

#define PEOPLE 20000
#define ARMS 3

static uint64_t state;

static unsigned
chance(unsigned below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % below;
}

/* Missing, invalid, stale, distrusted and good values; people who said no. */
static void
person(uint64_t number, struct profile *profile, struct observation *seen,
    struct consent *consent)
{
	static const char *const names[] = { "Anna", "test", "X1", "Zoe" };
	static const char *const cities[] = { "Paris", "Rome", "Lyon" };
	static const char *const sources[] = { "crm", "form", "coreg" };
	size_t count = 0;

	state = number * 2654435761u + 99;
	*consent = (struct consent){ .type = SPAN("personalisation"),
		.status = chance(5) ? CONSENT_GRANTED : CONSENT_DENIED,
		.at = NOW - DAYS(5) };
	*profile = (struct profile){ .observations = seen,
		.consents = consent,
		.consent_count = chance(10) != 0,
		.object_profiling = chance(20) == 0 };
	/* Sorted by field as a decoded profile is. */
	if (chance(3))
		seen[count++] = (struct observation){ SPAN("city"),
			OBSERVED_STRING, span_str(cities[chance(3)]),
			span_str(sources[chance(3)]), NOW - DAYS(chance(900)),
			false };
	if (chance(3))
		seen[count++] = (struct observation){ SPAN("first_name"),
			OBSERVED_STRING, span_str(names[chance(4)]),
			span_str(sources[chance(3)]), NOW - DAYS(chance(900)),
			false };
	profile->observation_count = count;
}

/* Pearson's statistic of the shares of eligible people in the arms. */
static double
unequal(const unsigned enrolled[ARMS], const unsigned eligible[ARMS])
{
	unsigned all = 0, yes = 0;
	double sum = 0;

	for (size_t i = 0; i < ARMS; i++) {
		all += enrolled[i];
		yes += eligible[i];
	}
	for (size_t i = 0; i < ARMS; i++) {
		double share = (double)yes / all, n = enrolled[i];
		double off = eligible[i] - n * share;

		sum += off * off / (n * share * (1 - share));
	}
	return sum;
}

static void
populate(void)
{
	unsigned slot;

	ready("id: spring\ntopic: garden\npurpose: personalisation\n"
	      "arms: [{name: a, weight: 2}, {name: b, weight: 2, intensity: "
	      "segment}, {name: c, control: true}]\n");
	kit_use(&kit, NULL, "profile.first_name", false);
	slot = kit_slot(&kit, "hero", "");
	kit_use(&kit, kit_option(&kit, slot, "city=Paris", ""), "profile.city",
	    true);
}

/* Eligible whatever the seed, so in whatever arm; the shares are equal. */
START_TEST(shares_of_eligible_are_equal_and_people_the_same_in_every_arm)
{
	unsigned enrolled[ARMS] = { 0 }, eligible[ARMS] = { 0 };
	struct arena *arena = arena_new((size_t)1 << 20);
	struct observation seen[2];
	struct decision *decision;
	struct profile profile;
	struct consent consent;

	populate();
	for (uint64_t i = 0; i < PEOPLE; i++) {
		struct campaign dealt[4];
		enum exposure_eligible first = ELIGIBLE_UNKNOWN;
		char unit[32];

		person(i, &profile, seen, &consent);
		snprintf(unit, sizeof unit, "u%u@x.example", (unsigned)i);
		kit.request.profile = &profile;
		kit.request.unit = span_str(unit);
		for (size_t j = 0; j < 4; j++) {
			static const char *const seeds[] = { "s0", "s1", "s2",
				"s3" };

			dealt[j] = *kit.campaign;
			dealt[j].seed = span_str(seeds[j]);
			kit.request.campaign = &dealt[j];
			arena_reset(arena);
			ck_assert_int_eq(
			    decide(&kit.request, arena, &decision, &kit.err),
			    1);
			if (j == 0) {
				first = decision->eligible;
				enrolled[decision->arm]++;
				eligible[decision->arm] +=
				    first == ELIGIBLE_YES;
			}
			ck_assert_int_eq(decision->eligible, first);
		}
	}
	for (size_t i = 0; i < ARMS; i++) {
		ck_assert_uint_gt(enrolled[i], PEOPLE / 6);
		ck_assert_uint_gt(eligible[i], enrolled[i] / 10);
		ck_assert_uint_lt(eligible[i], enrolled[i] * 4 / 5);
	}
	/* Of chi-square with 2 degrees of freedom, one in a thousand. */
	ck_assert_double_lt(unequal(enrolled, eligible), 13.8);
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("eligible");
	TCase *cases = tcase_create("all");

	tcase_set_timeout(cases, 120);
	tcase_add_test(cases, a_field_that_could_be_shown_makes_eligible);
	tcase_add_test(cases, a_slot_that_could_show_an_option_makes_eligible);
	tcase_add_test(cases, a_variant_makes_eligible_whatever_it_shows);
	tcase_add_test(cases, the_word_of_the_person_is_stronger_than_any_arm);
	tcase_add_test(
	    cases, an_arm_of_higher_intensity_makes_eligible_in_the_others);
	tcase_add_test(
	    cases, an_arm_that_nobody_is_dealt_makes_nobody_eligible);
	tcase_add_test(cases, sensitivity_counts);
	tcase_add_test(cases, the_segment_is_the_same_in_every_arm);
	tcase_add_test(cases,
	    shares_of_eligible_are_equal_and_people_the_same_in_every_arm);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
