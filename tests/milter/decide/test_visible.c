#include "tests/milter/decide/kit_decide.h"

#include "milter/decide/visible.h"

static struct kit kit;
static struct decision decision;

static void
set_up(void)
{
	kit_begin(&kit, kit_campaign);
	kit_ready(&kit);
	decision = (struct decision){ .request = &kit.request,
		.arena = kit.arena,
		.outline = kit.outline,
		.campaign = kit.campaign,
		.intensity = INTENSITY_INDIVIDUAL };
}

static void
tear_down(void)
{
	kit_end(&kit);
}

/* fixture: set_up tear_down */

static struct decided_field
look(const char *name)
{
	const struct decided_field *field;

	ck_assert_int_eq(visible_fields(&decision, &kit.err), 0);
	for (unsigned i = 0; i < decision.field_count; i++) {
		field = &decision.fields[i];
		if (span_eq(field->name, span_str(name)))
			return *field;
	}
	ck_abort_msg("the outline lacks %s", name);
}

/* One field of each class, all with a value; the nobody of the schema too. */
static const char *const names[] = { "segment", "city", "first_name", "bought",
	"health", "nobody" };

enum { FIELDS = sizeof names / sizeof *names };

static void
fill(void)
{
	char path[64];

	for (size_t i = 0; i < FIELDS; i++) {
		snprintf(path, sizeof path, "profile.%s", names[i]);
		kit_use(&kit, NULL, path, false);
		kit_observe(&kit, names[i], "Anna");
	}
}

#define YES ABSENCE_NONE
#define TOO ABSENCE_CLASS
#define OBJ ABSENCE_OBJECTION
#define SPE ABSENCE_SPECIAL
#define UNK ABSENCE_UNKNOWN

static const struct {
	enum intensity intensity;
	enum absence neutral;
	enum absence absences[FIELDS];
} rows[] = {
	{ INTENSITY_INDIVIDUAL, YES, { YES, YES, YES, YES, SPE, UNK } },
	{ INTENSITY_SEGMENT, YES, { YES, YES, TOO, TOO, SPE, UNK } },
	{ INTENSITY_NEUTRAL, YES, { TOO, TOO, TOO, TOO, SPE, UNK } },
	{ INTENSITY_INDIVIDUAL, OBJ, { OBJ, OBJ, OBJ, OBJ, SPE, UNK } },
	{ INTENSITY_NEUTRAL, OBJ, { OBJ, OBJ, OBJ, OBJ, SPE, UNK } },
};

START_TEST(shows_a_class_as_far_as_the_copy_may)
{
	fill();
	decision.intensity = rows[_i].intensity;
	decision.neutral = rows[_i].neutral;
	for (size_t i = 0; i < FIELDS; i++)
		ck_assert_msg(look(names[i]).absence == rows[_i].absences[i],
		    "%s: %s", names[i], absence_word(look(names[i]).absence));
}
END_TEST

START_TEST(who_is_not_known_has_no_values)
{
	fill();
	kit.request.profile = NULL;
	for (size_t i = 0; i < 4; i++) {
		ck_assert_int_eq(look(names[i]).absence, ABSENCE_RECIPIENT);
		ck_assert_ptr_null(look(names[i]).value);
	}
	ck_assert_int_eq(look("health").absence, ABSENCE_SPECIAL);
}
END_TEST

START_TEST(a_value_must_be_there_valid_fresh_and_trusted)
{
	static const struct {
		const char *field, *value, *source;
		int64_t days;
		enum absence absence;
	} values[] = {
		{ "bought", "tea", "crm", 99, ABSENCE_NONE },
		{ "bought", "tea", "crm", 101, ABSENCE_STALE },
		{ "bought", "tea", "coreg", 1, ABSENCE_TRUST },
		{ "first_name", "test", "crm", 1, ABSENCE_INVALID },
		{ "first_name", "4nna", "crm", 1, ABSENCE_INVALID },
		{ "city", NULL, NULL, 0, ABSENCE_VALUE },
	};
	char path[64];
	struct decided_field field;

	snprintf(path, sizeof path, "profile.%s", values[_i].field);
	kit_use(&kit, NULL, path, false);
	if (values[_i].value != NULL)
		kit_observe_at(&kit, values[_i].field, values[_i].value,
		    values[_i].source, NOW - DAYS(values[_i].days));
	ck_assert_int_eq(look(values[_i].field).absence, values[_i].absence);
	ck_assert_int_eq(visible_value(&decision, span_str(values[_i].field),
			     &field, &kit.err),
	    values[_i].absence == ABSENCE_NONE);
	ck_assert_int_eq(field.absence, values[_i].absence);
}
END_TEST

static int
derive(void *context, const struct decision *of, const struct field *field,
    struct arena *arena, struct span *text, struct err *err)
{
	(void)of;
	(void)field;
	(void)arena;
	(void)err;
	*text = span_str(context);
	return text->len != 0;
}

START_TEST(a_derived_field_is_asked_for_only_where_it_may_show)
{
	char band[] = "30-39";

	kit_use(&kit, NULL, "profile.age_band", false);
	kit.request.derive = derive;
	kit.request.context = band;
	ck_assert_int_eq(look("age_band").absence, ABSENCE_NONE);
	ck_assert(look("age_band").derived);
	ck_assert(span_eq(look("age_band").value->value, SPAN("30-39")));
	decision.neutral = ABSENCE_OBJECTION;
	ck_assert_int_eq(look("age_band").absence, ABSENCE_OBJECTION);
	ck_assert_ptr_null(look("age_band").value);
	decision.neutral = ABSENCE_NONE;
	band[0] = '\0';
	ck_assert_int_eq(look("age_band").absence, ABSENCE_VALUE);
	kit.request.profile = NULL;
	ck_assert_int_eq(look("age_band").absence, ABSENCE_RECIPIENT);
}
END_TEST

START_TEST(a_derived_field_is_no_value_to_make_others_from)
{
	struct decided_field field;

	ck_assert_int_eq(
	    visible_value(&decision, SPAN("age_band"), &field, &kit.err), 0);
	ck_assert_int_eq(field.absence, ABSENCE_VALUE);
}
END_TEST

START_TEST(the_first_absent_use_is_named)
{
	struct outline_use needs[] = {
		{ .field = 0, .needed = true },
		{ .field = 1, .tested = true },
		{ .field = 2, .needed = true, .tested = true },
	};
	const struct outline_uses uses = { needs, 3, 3 };
	struct decided_field fields[3] = { { .absence = ABSENCE_NONE } };

	decision.fields = fields;
	decision.field_count = 3;
	ck_assert_uint_eq(visible_missing(&decision, &uses), OUTLINE_NONE);
	ck_assert_uint_eq(visible_absent(&decision, &uses), OUTLINE_NONE);
	fields[1].absence = fields[2].absence = ABSENCE_VALUE;
	ck_assert_uint_eq(visible_missing(&decision, &uses), 2);
	ck_assert_uint_eq(visible_absent(&decision, &uses), 1);
	fields[0].absence = ABSENCE_TRUST;
	ck_assert_uint_eq(visible_missing(&decision, &uses), 0);
	ck_assert_uint_eq(visible_absent(&decision, &uses), 1);
}
END_TEST

START_TEST(what_no_schema_knows_is_identifying)
{
	struct decided_field field = { .field = NULL };

	ck_assert_int_eq(visible_class(&field), CLASS_IDENTIFYING);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("visible");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, shows_a_class_as_far_as_the_copy_may, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_test(tests, who_is_not_known_has_no_values);
	tcase_add_loop_test(
	    tests, a_value_must_be_there_valid_fresh_and_trusted, 0, 6);
	tcase_add_test(
	    tests, a_derived_field_is_asked_for_only_where_it_may_show);
	tcase_add_test(tests, a_derived_field_is_no_value_to_make_others_from);
	tcase_add_test(tests, the_first_absent_use_is_named);
	tcase_add_test(tests, what_no_schema_knows_is_identifying);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
