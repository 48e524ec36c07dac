#include "tests/milter/decide/kit_decide.h"

#include "tests/manual.h"
#include "tests/suite.h"

#include "milter/decide/why.h"
#include "milter/reply.h"

static struct kit kit;

static const struct why_line *
line(enum why_kind kind, const char *subject)
{
	const struct why_line *lines;
	size_t count;

	ck_assert_int_eq(
	    why_lines(kit.decision, kit.arena, &lines, &count, &kit.err), 0);
	for (size_t i = 0; i < count; i++)
		if (lines[i].kind == kind &&
		    (subject == NULL ||
			span_eq(lines[i].subject, span_str(subject))))
			return &lines[i];
	ck_abort_msg("no line about %s", subject ? subject : "it");
	return NULL;
}

static void
assert_tells(enum why_kind kind, const char *subject, const char *text)
{
	const struct why_line *told = line(kind, subject);

	ck_assert_msg(span_search(told->text, span_str(text)) < told->text.len,
	    "\"%.*s\" does not say \"%s\"", SPAN_ARG(told->text), text);
}

static void
begin(const char *campaign)
{
	struct outline_uses *uses;
	unsigned slot;

	kit_begin(&kit, campaign);
	kit_ready(&kit);
	kit_observe(&kit, "city", "Paris");
	kit_observe(&kit, "first_name", "test");
	kit_observe_at(&kit, "segment", "a", "coreg", NOW);
	kit_use(&kit, NULL, "profile.first_name", false);
	kit_use(&kit, NULL, "profile.segment", false);
	kit_use(&kit, NULL, "profile.city", false);
	slot = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, slot, "named", "");
	kit_use(&kit, uses, "profile.first_name", true);
	kit_option(&kit, slot, "plain", "");
	kit_option(&kit, slot, "other", "");
	kit_decide(&kit);
}

START_TEST(tells_each_reason_in_words)
{
	begin(kit_campaign);
	assert_tells(WHY_COPY, NULL, "individual");
	assert_tells(WHY_ARM, NULL, "hash of \"spring\" and the address");
	assert_tells(WHY_ARM, NULL, "owns 0.0000 to 1.0000");
	assert_tells(WHY_FIELD, "first_name", "not a valid value");
	assert_tells(WHY_FIELD, "segment", "trust 30 %, 50 % is needed");
	assert_tells(WHY_FIELD, "city", "shown, from crm");
	assert_tells(WHY_SLOT, "hero", "shows plain");
	assert_tells(WHY_OPTION, "named",
	    "needs data (first_name is absent: what we have");
	assert_tells(WHY_OPTION, "plain", "not seen before");
	assert_tells(WHY_OPTION, "other", "another comes first");
	assert_tells(WHY_BUDGET, NULL, "1 points, 0 identifying");
	ck_assert(line(WHY_FIELD, "city")->yes);
	ck_assert_str_eq(line(WHY_FIELD, "segment")->reason, "trust");
	ck_assert_str_eq(line(WHY_OPTION, "other")->reason, "rank");
	kit_end(&kit);
}
END_TEST

START_TEST(tells_why_a_copy_is_neutral_or_not_mailed)
{
	begin("id: spring\nholdout: {share: 1, seed: year}\n");
	assert_tells(WHY_COPY, NULL, "global holdout");
	assert_tells(WHY_ARM, NULL, "hash of \"year\"");
	kit_end(&kit);
	begin("id: spring\npurpose: offers\n");
	assert_tells(WHY_FIELD, "city", "not consented to offers");
	kit.profile.object_marketing = true;
	kit_decide(&kit);
	assert_tells(WHY_COPY, NULL, "not mailed");
	kit_end(&kit);
}
END_TEST

START_TEST(blames_what_the_condition_asks_for_and_not_what_the_text_shows)
{
	struct outline_use asked = { .tested = true };
	struct outline_uses *uses;
	unsigned slot;

	kit_begin(&kit, kit_campaign);
	kit_ready(&kit);
	kit_observe(&kit, "city", "Paris");
	slot = kit_slot(&kit, "hero", "");
	uses = kit_option(&kit, slot, "city=Rome", "");
	kit_use(&kit, uses, "profile.first_name", false);
	outline_put_use(
	    kit.outline, uses, SPAN("profile.city"), &asked, &kit.err);
	uses = kit_option(&kit, slot, "city=Oslo", "");
	outline_put_use(
	    kit.outline, uses, SPAN("profile.segment"), &asked, &kit.err);
	kit_decide(&kit);
	ck_assert_uint_eq(
	    span_search(line(WHY_OPTION, "city=Rome")->text, SPAN("absent")),
	    line(WHY_OPTION, "city=Rome")->text.len);
	assert_tells(WHY_OPTION, "city=Oslo", "segment is absent");
	kit_end(&kit);
}
END_TEST

START_TEST(names_no_value_of_the_profile)
{
	const struct why_line *lines;
	size_t count;

	begin(kit_campaign);
	why_lines(kit.decision, kit.arena, &lines, &count, &kit.err);
	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(span_search(lines[i].text, SPAN("Paris")),
		    lines[i].text.len);
	kit_end(&kit);
}
END_TEST

START_TEST(has_a_sentence_and_a_word_for_every_reason)
{
	begin(kit_campaign);
	for (int i = ABSENCE_NONE + 1; i < ABSENCES; i++) {
		kit.decision->fields[0].absence = (enum absence)i;
		ck_assert_uint_gt(line(WHY_FIELD, NULL)->text.len, 5);
		ck_assert_str_ne(line(WHY_FIELD, NULL)->reason, "");
	}
	for (int i = LOSS_NONE + 1; i < LOSSES; i++) {
		kit.decision->slots[0].options[0].loss = (enum loss)i;
		ck_assert_uint_gt(line(WHY_OPTION, NULL)->text.len, 5);
		ck_assert_str_ne(line(WHY_OPTION, NULL)->reason, "");
	}
	kit_end(&kit);
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	int done = -1;

	begin(kit_campaign);
	for (size_t limit = 1; done < 0; limit++) {
		struct arena *arena = arena_new(limit);
		const struct why_line *lines;
		size_t count;

		if (arena == NULL)
			continue;
		err_clear(&kit.err);
		done = why_lines(kit.decision, arena, &lines, &count, &kit.err);
		if (done < 0)
			ck_assert_int_eq(kit.err.code, ERR_MEMORY);
		arena_free(&arena);
	}
	kit_end(&kit);
}
END_TEST

/* ---- the tables and the manual ---- */

static void
assert_told(struct span page, const char *word, const char *text)
{
	char item[300];

	ck_assert_msg(word != NULL && text != NULL, "a row is missing");
	snprintf(item, sizeof item, "\n.It Cm %s\n%s\n", word, text);
	ck_assert_msg(manual_says(page, item), "the manual lacks%s", item);
}

START_TEST(the_manual_tells_of_every_reason_and_no_other)
{
	const struct campaign campaign = { .permission = SPAN_NONE };
	const struct refusal_names names = { &campaign, NULL, NULL };
	struct buf manual, text;
	struct span page;

	manual_read("conf/man/inlay.1", &manual);
	page = manual_section(&manual, ".Ss preview");
	for (unsigned i = 1; i < ABSENCES; i++)
		assert_told(page, absence_word(i), absence_text(i));
	for (unsigned i = 1; i < LOSSES; i++)
		assert_told(page, loss_word(i), loss_text(i));
	buf_init_heap(&text, 1000);
	for (unsigned i = 1; i < REFUSALS; i++) {
		buf_clear(&text);
		refusal_tell(i, &names, &text);
		assert_told(page, refusal_word(i), buf_cstr(&text));
	}
	ck_assert_uint_eq(
	    manual_items(page, "Cm "), ABSENCES + LOSSES + REFUSALS - 3);
	buf_deinit(&text);
	buf_deinit(&manual);
}
END_TEST

START_TEST(every_refusal_is_a_failure_with_a_reply_that_refuses)
{
	const struct campaign campaign = { .id = SPAN("spring"),
		.permission = SPAN("email") };
	const struct bounced bounced = { true, 1, 20760 };
	const struct refusal_names names = { &campaign, NULL, &bounced };

	for (unsigned i = 1; i < REFUSALS; i++) {
		struct err err = ERR_INIT;

		ck_assert_int_eq(refusal_fail(i, &names, &err), -1);
		ck_assert_msg(
		    err.code != ERR_NONE, "%s fails not", refusal_word(i));
		ck_assert_int_eq(reply_for(err.code)->action, REPLY_REJECT);
		ck_assert_uint_ne(strlen(err.text), 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("why");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, tells_each_reason_in_words);
	tcase_add_test(tests, tells_why_a_copy_is_neutral_or_not_mailed);
	tcase_add_test(tests,
	    blames_what_the_condition_asks_for_and_not_what_the_text_shows);
	tcase_add_test(tests, names_no_value_of_the_profile);
	tcase_add_test(tests, has_a_sentence_and_a_word_for_every_reason);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	tcase_add_test(tests, the_manual_tells_of_every_reason_and_no_other);
	tcase_add_test(
	    tests, every_refusal_is_a_failure_with_a_reply_that_refuses);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
