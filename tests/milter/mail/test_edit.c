#include "milter/mail/edit.h"

#include "tests/milter/mail/kit.h"

#include "tests/suite.h"

static struct span
apply(const struct edits *edits, struct span text, size_t start, size_t end)
{
	struct buf out;

	buf_init(&out, arena, 10000);
	edits_write(edits, text, start, end, &out);
	return buf_span(&out);
}

START_TEST(edits_come_out_sorted)
{
	struct edits edits = { NULL, 0, 0 };
	struct span text = SPAN("0123456789");

	ck_assert_int_eq(edits_add(&edits, 8, 10, SPAN("E"), arena, &err), 0);
	ck_assert_int_eq(edits_add(&edits, 0, 1, SPAN("A"), arena, &err), 0);
	ck_assert_int_eq(edits_add(&edits, 3, 5, SPAN(""), arena, &err), 0);
	ck_assert_int_eq(edits_add(&edits, 3, 3, SPAN("+"), arena, &err), 0);
	ck_assert_int_eq(edits_add(&edits, 3, 3, SPAN("-"), arena, &err), 0);
	ck_assert_int_eq(edits_add(&edits, 5, 5, SPAN("*"), arena, &err), 0);
	ck_span(apply(&edits, text, 0, 10), "A12+-*567E");
	ck_span(apply(&edits, text, 2, 7), "2+-*56");
}
END_TEST

/* Each goes in front of all others, through every size of the list. */
START_TEST(a_list_filled_from_behind_keeps_all)
{
	struct edits edits = { NULL, 0, 0 };
	char text[100], marks[sizeof text], want[2 * sizeof text + 1];

	for (size_t i = 0; i < sizeof text; i++) {
		text[i] = (char)('a' + i % 26);
		marks[i] = (char)('A' + i % 26);
		want[2 * i] = marks[i];
		want[2 * i + 1] = text[i];
	}
	want[2 * sizeof text] = '\0';
	for (size_t i = sizeof text; i > 0; i--) {
		ck_assert_int_eq(edits_add(&edits, i - 1, i - 1,
				     span_of(&marks[i - 1], 1), arena, &err),
		    0);
		ck_assert_uint_eq(edits.count, sizeof text - i + 1);
		ck_assert_uint_eq(
		    edits.at[edits.count - 1].start, sizeof text - 1);
	}
	ck_span(
	    apply(&edits, span_of(text, sizeof text), 0, sizeof text), want);
}
END_TEST

START_TEST(edits_never_overlap)
{
	struct edits edits = { NULL, 0, 0 };

	ck_assert_int_eq(edits_add(&edits, 4, 6, SPAN("x"), arena, &err), 0);
	ck_assert_int_eq(edits_add(&edits, 5, 7, SPAN("y"), arena, NULL), -1);
	ck_assert_int_eq(edits_add(&edits, 3, 5, SPAN("y"), arena, NULL), -1);
	ck_assert_int_eq(edits_add(&edits, 5, 5, SPAN("y"), arena, NULL), -1);
	ck_assert_int_eq(edits_add(&edits, 3, 7, SPAN("y"), arena, NULL), -1);
	ck_assert_int_eq(edits_add(&edits, 4, 6, SPAN("z"), arena, &err), 0);
	ck_span(apply(&edits, SPAN("0123456789"), 0, 10), "0123z6789");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("edit");
	TCase *tcase = kit_case(suite, "edit");

	tcase_add_test(tcase, edits_come_out_sorted);
	tcase_add_test(tcase, a_list_filled_from_behind_keeps_all);
	tcase_add_test(tcase, edits_never_overlap);
	return suite_run(suite);
}
