/*
 * The split of a running experiment stays as people were dealt it.
 */
#include "tests/tools/kit_cli.h"

#define BEGIN "id: spring\nseed: s\n"
#define ARMS "arms: [{name: a}, {name: b}, {name: c, control: true}]\n"
#define VARIANTS "variants: {subject: {warm: 1, cold: 1}}\n"

/* Two people who were mailed, one of them where no variant was. */
static void
begin(void)
{
	set_up();
	write_file("c.yaml", BEGIN ARMS VARIANTS);
	write_file("m.eml",
	    "From: a@s.example\nMessage-ID: <1@s.example>\n"
	    "X-Inlay-Campaign: spring\nSubject: News\n\n"
	    "{% slot \"hero\" %}{% option \"x\" %}X{% variant \"subject\" %}"
	    "{% when \"warm\" %}w{% when \"cold\" %}c{% else %}-"
	    "{% endvariant %}{% else %}.{% endslot %}\n");
	write_file("plain.eml",
	    "From: a@s.example\nMessage-ID: <2@s.example>\n"
	    "X-Inlay-Campaign: spring\nSubject: News\n\n"
	    "{% slot \"hero\" %}{% option \"x\" %}X{% else %}.{% endslot %}\n");
	expect(EX_OK, "campaign load @/c.yaml");
	expect(EX_OK, "decide --to a@b.c --message @/m.eml --slot hero "
		      "--channel web --record");
	expect(EX_OK, "decide --to b@b.c --message @/plain.eml --slot hero "
		      "--channel web --record");
}

static const struct {
	const char *text;
	const char *said; /* NULL: it is loaded */
} changes[] = {
	{ BEGIN ARMS VARIANTS "about: only words\n", NULL },
	{ BEGIN "arms: [{name: a, weight: 3}, {name: b, weight: 3},"
		" {name: c, weight: 3, control: true}]\n" VARIANTS,
	    NULL }, /* the same shares */
	{ BEGIN "arms: [{name: a, weight: 2}, {name: b},"
		" {name: c, control: true}]\n" VARIANTS,
	    "inlay: d.yaml:3:7: 2 people are already assigned; raise "
	    "`version`\n" },
	{ BEGIN
	    "arms: [{name: b}, {name: a}, {name: c, control: true}]\n" VARIANTS,
	    "inlay: d.yaml:3:7: 2 people are already assigned; raise "
	    "`version`\n" },
	{ BEGIN
	    "arms: [{name: a}, {name: x}, {name: c, control: true}]\n" VARIANTS,
	    "inlay: d.yaml:3:7: 2 people are already assigned; raise "
	    "`version`\n" },
	{ BEGIN "arms: [{name: a}, {name: b, control: true},"
		" {name: c, control: true}]\n" VARIANTS,
	    "inlay: d.yaml:3:7: 2 people are already assigned; raise "
	    "`version`\n" },
	{ "id: spring\nseed: t\n" ARMS VARIANTS,
	    "inlay: d.yaml:3:7: 2 people are already assigned; raise "
	    "`version`\n" },
	{ BEGIN "version: 2\narms: [{name: a, weight: 2}, {name: b}]\n", NULL },
	{ BEGIN ARMS "variants: {subject: {warm: 2, cold: 1}}\n",
	    "inlay: d.yaml:4:11: variant `subject`: 1 person is already "
	    "assigned; raise `version`\n" },
	{ BEGIN ARMS "variants: {subject: {cold: 1, warm: 1}}\n",
	    "inlay: d.yaml:4:11: variant `subject`: 1 person is already "
	    "assigned; raise `version`\n" },
	{ BEGIN ARMS,
	    "inlay: d.yaml: variant `subject`: 1 person is already assigned; "
	    "raise `version`\n" },
	{ BEGIN ARMS "variants: {subject: {warm: 2, cold: 1, version: 2}}\n",
	    NULL },
	{ BEGIN ARMS
	    "variants: {subject: {warm: 1, cold: 1}, colour: {red: 1}}\n",
	    NULL }, /* which nobody has seen */
};

START_TEST(a_changed_split_is_another_version)
{
	begin();
	write_file("d.yaml", changes[_i].text);
	expect(changes[_i].said ? EX_DATAERR : EX_OK, "campaign load @/d.yaml");
	if (changes[_i].said)
		said_exactly(&errors, changes[_i].said);
	tear_down();
}
END_TEST

START_TEST(a_split_that_nobody_was_dealt_may_change)
{
	set_up();
	write_file("c.yaml", BEGIN ARMS);
	write_file("d.yaml", BEGIN "arms: [{name: a, weight: 7}]\n");
	expect(EX_OK, "campaign load @/c.yaml");
	expect(EX_OK, "campaign load @/d.yaml");
	tear_down();
}
END_TEST

/* A test copy that was taken back was dealt to nobody. */
START_TEST(what_was_taken_back_does_not_count)
{
	begin();
	write_file("d.yaml", BEGIN "arms: [{name: a, weight: 7}]\n");
	expect(EX_OK, "exposure void --to a@b.c --campaign spring");
	expect(EX_OK, "exposure void --to b@b.c --campaign spring");
	expect(EX_OK, "campaign load @/d.yaml");
	tear_down();
}
END_TEST

static const struct {
	const char *text, *said;
} mistakes[] = {
	{ "id: c\narms: [{name: a, slots: {hero: [x]}}]\n",
	    "inlay: c.yaml:2:32: expected `slot: block` lines\n" },
	{ "id: c\narms: [{name: a, control: true, slots: {hero: x}}]\n",
	    "inlay: c.yaml:2:40: a control arm shows the else of every "
	    "slot\n" },
	{ "id: c\nvariants: {subject: 1}\n",
	    "inlay: c.yaml:2:21: expected `variant: {name: weight}` lines\n" },
	{ "id: c\nvariants: {subject: {warm: 0}}\n",
	    "inlay: c.yaml:2:21: the weights of the variant are all 0\n" },
	{ "id: c\nvariants: {subject: {warm: -1}}\n",
	    "inlay: c.yaml:2:28: -1 is not between 0 and 1e+06\n" },
	{ "id: c\narms: [{name: warm}]\nvariants: {subject: {warm: 1}}\n",
	    "inlay: c.yaml:3:11: `warm` of variant `subject` is an arm: a "
	    "variant named after the arms is chosen by the arm\n" },
};

START_TEST(what_makes_no_split_is_refused)
{
	set_up();
	write_file("c.yaml", mistakes[_i].text);
	expect(EX_DATAERR, "campaign load @/c.yaml");
	said_exactly(&errors, mistakes[_i].said);
	tear_down();
}
END_TEST

static const struct {
	const char *campaign, *body, *said;
} lints[] = {
	{ ARMS,
	    "{% variant \"v\" %}{% when \"a\" %}1{% when \"x\" %}2{% else %}3"
	    "{% endvariant %}",
	    "variant: variant v: a is an arm and x is none; name all of them "
	    "after arms, and the arm chooses, or none\n" },
	{ ARMS,
	    "{% variant \"v\" %}{% when \"a\" %}1{% when \"c\" %}2{% else %}3"
	    "{% endvariant %}",
	    "variant: variant v: nobody sees c, for a control group gets the "
	    "else\n" },
	{ "variants: {v: {x: 1, z: 1}}\n" ARMS,
	    "{% variant \"v\" %}{% when \"x\" %}1{% when \"y\" %}2{% else %}3"
	    "{% endvariant %}",
	    "variant: variant v has no text for z, to which the campaign gives "
	    "a weight\n" },
	{ "variants: {v: {x: 1}}\n" ARMS,
	    "{% variant \"v\" %}{% when \"x\" %}1{% when \"y\" %}2{% else %}3"
	    "{% endvariant %}",
	    "variant: variant v: nobody sees y, to which the campaign gives no "
	    "weight\n" },
	{ "variants: {v: {x: 1}}\n" ARMS, "Hello",
	    "variant: the message has no variant v, which the campaign gives "
	    "weights\n" },
	{ "arms: [{name: a, slots: {hero: x}}, {name: c, control: true}]\n",
	    "Hello",
	    "arms: arm a pins slot hero, which the message has not\n" },
	{ "arms: [{name: a, slots: {hero: y}}, {name: c, control: true}]\n",
	    "{% slot \"hero\" %}{% option \"x\" %}1{% else %}2{% endslot %}",
	    "arms: arm a pins y, which is no option of slot hero\n" },
};

START_TEST(lint_compares_the_split_with_the_message)
{
	char text[600];

	set_up();
	snprintf(text, sizeof text, "id: spring\n%s", lints[_i].campaign);
	write_file("c.yaml", text);
	snprintf(text, sizeof text,
	    "From: a@s.example\nMessage-ID: <1@s.example>\n"
	    "X-Inlay-Campaign: spring\nSubject: x\n\n%s\n",
	    lints[_i].body);
	write_file("m.eml", text);
	expect(EX_OK, "campaign load @/c.yaml");
	expect(EX_DATAERR, "campaign lint spring --message @/m.eml");
	said(&out, lints[_i].said);
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("campaign load");
	TCase *tests = tcase_create("campaign load");

	tcase_add_loop_test(tests, a_changed_split_is_another_version, 0,
	    sizeof changes / sizeof *changes);
	tcase_add_test(tests, a_split_that_nobody_was_dealt_may_change);
	tcase_add_test(tests, what_was_taken_back_does_not_count);
	tcase_add_loop_test(tests, what_makes_no_split_is_refused, 0,
	    sizeof mistakes / sizeof *mistakes);
	tcase_add_loop_test(tests, lint_compares_the_split_with_the_message, 0,
	    sizeof lints / sizeof *lints);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
