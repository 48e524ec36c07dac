/*
 * A report as text: the sample ratio first, then what decides, then the rest.
 */
#include <string.h>

#include "tools/measure/report.h"
#include "tools/measure/reporting.h"
#include "tools/measure/told.h"
#include "tools/out.h"

#define LOCALE (&told_english)

/* One number of a tree at a time. */
struct told_room {
	char text[TOLD_SIZE];
};

static const char *
count(const json_t *tree, const char *path, struct told_room *into)
{
	return told_count(told_number(tree, path), LOCALE, into->text);
}

static const char *
value(const json_t *figure, double number, struct told_room *into)
{
	return told_value(
	    number, told_text(figure, "unit"), LOCALE, into->text);
}

static const char *
decimal(
    const json_t *tree, const char *path, int digits, struct told_room *into)
{
	return told_decimal(
	    told_number(tree, path), digits, LOCALE, into->text);
}

/* "3.04 % (70 of 2,300; 2.41 % to 3.82 %)" */
static void
print_figure(const json_t *figure, FILE *out)
{
	const json_t *ends = told_at(figure, "interval");
	struct told_room a, b;

	fprintf(out, "%s (", value(figure, told_number(figure, "value"), &a));
	if (told_at(figure, "k"))
		fprintf(out, "%s of ", count(figure, "k", &a));
	fprintf(out, "%s", count(figure, "n", &b));
	if (ends)
		fprintf(out, "; %s to %s",
		    value(
			figure, json_number_value(json_array_get(ends, 0)), &a),
		    value(figure, json_number_value(json_array_get(ends, 1)),
			&b));
	fputc(')', out);
}

static void
print_name(const char *name, int width, FILE *out)
{
	out_text(out, span_str(name), width);
}

static void
print_day(const json_t *tree, const char *path, FILE *out)
{
	fprintf(out, "%.10s", told_text(tree, path));
}

/* ---- head ---- */

static void
print_verdict(const json_t *tree, FILE *out)
{
	const char *word = told_text(tree, "verdict.word");
	const char *arm = told_text(tree, "verdict.arm");
	const char *money = told_text(tree, "verdict.money");
	struct told_room days;

	fputs("verdict       ", out);
	if (strcmp(word, "stopped") == 0) {
		fputs("stopped: the arms do not hold the people that they "
		      "were dealt; no difference is told until it is known "
		      "why\n",
		    out);
		return;
	}
	fputs(word, out);
	if (strcmp(word, "not measured") == 0)
		fputs(": the campaign has no `measure:`", out);
	if (strcmp(word, "no control") == 0)
		fputs(": no arm is a control, so nothing can be compared", out);
	if (*arm && (strcmp(word, "better") == 0 || strcmp(word, "worse") == 0))
		fprintf(out, ": %s", arm);
	if (told_true(tree, "verdict.early"))
		fprintf(out, ": it waits for %s days",
		    count(tree, "campaign.min_days", &days));
	if (*money)
		fprintf(out, "; money: %s", money);
	fputc('\n', out);
}

static const struct {
	const char *path, *text;
} apart[] = {
	{ "people.open", "whose window is still open" },
	{ "people.bounced", "whose first mail bounced" },
	{ "people.held_out", "held out of all campaigns" },
	{ "people.outside", "who take no part in the experiment" },
	{ "people.gone", "in arms that the campaign has no more" },
	{ "people.earlier_versions", "enrolled by other versions" },
	{ "people.folded", "whose first enrolment is folded away" },
	{ "damaged", "whose record is damaged" },
};

static void
print_people(const json_t *tree, FILE *out)
{
	struct told_room a, b;

	fprintf(out, "people        %s enrolled",
	    count(tree, "people.enrolled", &a));
	if (told_at(tree, "people.first")) {
		fputs(" from ", out);
		print_day(tree, "people.first", out);
		fputs(" to ", out);
		print_day(tree, "people.last", out);
	}
	fprintf(out, "; %s eligible", count(tree, "people.eligible", &b));
	if (strcmp(told_text(tree, "people.compared"), "everybody") == 0)
		fputs("; of nobody is it known, so all are compared", out);
	fputc('\n', out);
	for (size_t i = 0; i < sizeof(apart) / sizeof(*apart); i++)
		if (told_number(tree, apart[i].path) > 0)
			fprintf(out, "              %s %s\n",
			    count(tree, apart[i].path, &a), apart[i].text);
}

static void
print_ratio(const json_t *ratio, const char *of, FILE *out)
{
	const json_t *arm;
	struct told_room a, b, c;
	size_t i;

	fprintf(out, "  %-12schi-square %s, p %s, e %s%s:", of,
	    decimal(ratio, "chi_square", 2, &a), decimal(ratio, "p", 3, &b),
	    decimal(ratio, "e", 3, &c),
	    told_true(ratio, "alarm") ? " ALARM" : "");
	json_array_foreach(told_at(ratio, "arms"), i, arm)
	{
		fprintf(out, "%s ", i ? "," : "");
		print_name(told_text(arm, "arm"), 0, out);
		fprintf(out, " %s", count(arm, "people", &a));
		told_value(
		    told_number(arm, "share"), unit_rate, LOCALE, b.text);
		fprintf(out, " (dealt %s)", b.text);
	}
	fputc('\n', out);
}

/* ---- goals ---- */

static void
print_rate(const json_t *rate, FILE *out)
{
	struct told_room open;

	fputs("  ", out);
	print_name(told_text(rate, "arm"), 13, out);
	fputc(' ', out);
	print_figure(told_at(rate, "mean"), out);
	if (told_at(rate, "uncapped")) {
		fputs(", without the cap ", out);
		print_figure(told_at(rate, "uncapped"), out);
	}
	if (told_number(rate, "open") > 0)
		fprintf(out, ", %s still open", count(rate, "open", &open));
	fputc('\n', out);
}

static void
print_comparison(const json_t *comparison, FILE *out)
{
	struct told_room a, b;

	fputs("  ", out);
	print_name(told_text(comparison, "arm"), 13, out);
	fputc(' ', out);
	if (!told_true(comparison, "enough")) {
		fprintf(out, "%s: %s of %s in ", told_text(comparison, "word"),
		    count(comparison, "fewest", &a),
		    count(comparison, "needed", &b));
		print_name(told_text(comparison, "fewest_arm"), 0, out);
		fputc('\n', out);
		return;
	}
	fprintf(out, "%s: ", told_text(comparison, "word"));
	print_figure(told_at(comparison, "difference"), out);
	fprintf(out, ", e %s, p %s", decimal(comparison, "e", 2, &a),
	    decimal(comparison, "p", 4, &b));
	if (told_at(comparison, "p_adjusted"))
		fprintf(out, ", %s among all of these",
		    decimal(comparison, "p_adjusted", 4, &a));
	fputc('\n', out);
	if (told_at(comparison, "everybody")) {
		fputs("                of all enrolled ", out);
		print_figure(told_at(comparison, "everybody"), out);
		fputc('\n', out);
	}
	if (told_at(comparison, "adjusted")) {
		fputs("                less what they did before ", out);
		print_figure(told_at(comparison, "adjusted"), out);
		fputc('\n', out);
	}
}

static void
print_effect(const json_t *effect, const char *title, FILE *out)
{
	const json_t *one;
	struct told_room days;
	size_t i;

	fprintf(out, "\n%s: ", title);
	print_name(told_text(effect, "event"), 0, out);
	fprintf(out, "%s within %s days\n",
	    strcmp(told_text(effect, "unit"), "money") == 0
		? ", money a person,"
		: "",
	    decimal(effect, "within_days",
		json_is_integer(told_at(effect, "within_days")) ? 0 : 2,
		&days));
	json_array_foreach(told_at(effect, "rates"), i, one)
	    print_rate(one, out);
	json_array_foreach(told_at(effect, "comparisons"), i, one)
	    print_comparison(one, out);
}

static void
print_effects(const json_t *list, const char *title, FILE *out)
{
	const json_t *effect;
	size_t i;

	json_array_foreach(list, i, effect) print_effect(effect, title, out);
}

/* ---- the rest ---- */

static void
print_power(const json_t *power, FILE *out)
{
	struct told_room a, b, c;

	if (!(told_number(power, "base") > 0)) {
		fputs("  what this test can see is not known before anybody "
		      "responded\n",
		    out);
		return;
	}
	if (told_at(power, "visible"))
		fprintf(out,
		    "  this test can see differences from %s points with "
		    "80 %% power",
		    told_decimal(100 * told_number(power, "visible"), 1, LOCALE,
			a.text));
	else
		fputs("  this test can see no difference, however large, with "
		      "80 % power",
		    out);
	if (told_at(power, "wanted"))
		fprintf(out,
		    "; for %s points it needs %s people, about %s mailings "
		    "like this one",
		    told_decimal(
			100 * told_number(power, "wanted"), 1, LOCALE, a.text),
		    count(power, "wanted_people", &b),
		    count(power, "wanted_mailings", &c));
	fputc('\n', out);
	if (told_at(power, "larger_control"))
		fprintf(out, "  with %s in control: from %s points\n",
		    told_value(told_number(power, "larger_control"), unit_rate,
			LOCALE, a.text),
		    told_decimal(
			100 * told_number(power, "larger_control_visible"), 1,
			LOCALE, b.text));
	if (told_at(power, "pooled_visible"))
		fprintf(out,
		    "  %s mailings like this one as one (report --topic): "
		    "from %s points\n",
		    count(power, "pooled_mailings", &a),
		    told_decimal(100 * told_number(power, "pooled_visible"), 1,
			LOCALE, b.text));
}

static void
print_parts(const json_t *list, const char *title, FILE *out)
{
	const json_t *part;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fprintf(out, "\n%s\n", title);
	json_array_foreach(list, i, part)
	{
		const json_t *chosen = told_at(part, "difference");
		const json_t *figure =
		    chosen ? chosen : told_at(part, "shrunk");

		fputs("  ", out);
		print_name(told_text(part, "name"), 16, out);
		fprintf(out, "%s", told_text(part, "word"));
		if (figure) {
			fputs(chosen ? ": " : "; drawn to the mean: ", out);
			print_figure(figure, out);
		}
		fputc('\n', out);
	}
}

static const struct {
	const char *step, *text;
} steps[] = {
	{ "gain", "margin that the difference brought" },
	{ "content", "content, shared by its campaigns" },
	{ "setup", "setting it up" },
	{ "fixed", "fixed" },
	{ "sending", "personal copies" },
	{ "leavers", "people who left" },
	{ "complaints", "complaints" },
};

static void
print_money(const json_t *money, FILE *out)
{
	const json_t *step;
	struct told_room a;
	size_t i;

	fprintf(out, "\nmoney: %s", told_text(money, "word"));
	if (*told_text(money, "currency"))
		fprintf(out, ", in %s", told_text(money, "currency"));
	fputc('\n', out);
	if (told_true(money, "mixed"))
		fputs("  events are in several currencies, added as if they "
		      "were one\n",
		    out);
	json_array_foreach(told_at(money, "steps"), i, step) fprintf(
	    out, "  %14s  %s\n", decimal(step, "amount", 2, &a), steps[i].text);
	fputs("  net           ", out);
	print_figure(told_at(money, "net"), out);
	told_value(told_number(money, "chance"), unit_rate, LOCALE, a.text);
	fprintf(out,
	    "; above 0 with a probability of %s, if this is "
	    "the only look\n",
	    a.text);
	if (told_at(money, "roi"))
		fprintf(out, "  return        %s on direct costs\n",
		    value(told_at(money, "roi"),
			told_number(money, "roi.value"), &a));
	if (told_number(money, "break_even") > 0)
		fprintf(out, "  break-even    a difference of %s a person\n",
		    decimal(money, "break_even", 4, &a));
	if (told_at(money, "brand")) {
		fprintf(out, "  assumed       %s for the brand",
		    decimal(money, "brand", 2, &a));
		fprintf(out, ", which would make it %s\n",
		    decimal(money, "net_with_brand", 2, &a));
	}
}

static void
print_showings(const json_t *list, FILE *out)
{
	const json_t *showing;
	struct told_room nth;
	size_t i;

	if (json_array_size(list) == 0)
		return;
	fputs("\nby showing of a block (a description: who is left after many "
	      "mails is another kind of person)\n",
	    out);
	json_array_foreach(list, i, showing)
	{
		fputs("  ", out);
		print_name(told_text(showing, "block"), 16, out);
		fprintf(out, "%2s. ", count(showing, "nth", &nth));
		print_figure(told_at(showing, "rate"), out);
		fputs(told_true(showing, "control") ? " in control\n" : "\n",
		    out);
	}
}

static void
print_bounces(const json_t *funnel, FILE *out)
{
	const json_t *arm;
	size_t i;

	fputs("\nguard: bounces\n", out);
	json_array_foreach(funnel, i, arm)
	{
		fputs("  ", out);
		print_name(told_text(arm, "arm"), 13, out);
		fputc(' ', out);
		print_figure(told_at(arm, "bounces"), out);
		fputc('\n', out);
	}
}

static void
print_left_out(const json_t *list, FILE *out)
{
	const json_t *id;
	size_t i;

	if (json_array_size(list) != 0)
		fputs(
		    "\nleft out, for they measure another goal or none:", out);
	json_array_foreach(list, i, id)
	{
		fputs(i ? ", " : " ", out);
		print_name(json_string_value(id), 0, out);
	}
}

static void
print_pool(const json_t *tree, FILE *out)
{
	const json_t *id;
	struct told_room a;
	size_t i;

	fprintf(out, "%s ", told_text(tree, "pool.kind"));
	print_name(told_text(tree, "pool.name"), 0, out);
	fputs(", on ", out);
	print_day(tree, "at", out);
	fputs(":", out);
	json_array_foreach(told_at(tree, "pool.campaigns"), i, id)
	{
		fputs(i ? ", " : " ", out);
		print_name(json_string_value(id), 0, out);
	}
	print_left_out(told_at(tree, "pool.left_out"), out);
	fprintf(out, "\nverdict       %s\n", told_text(tree, "verdict.word"));
	fprintf(out, "people        %s, of whom %s are compared",
	    count(tree, "people.enrolled", &a),
	    told_text(tree, "people.compared"));
	fprintf(out, "; %s windows are still open\n",
	    count(tree, "people.open", &a));
	if (told_at(tree, "sample_ratio"))
		print_ratio(
		    told_at(tree, "sample_ratio.enrolled"), "people", out);
	else
		fprintf(out, "  no sample ratio: %s\n",
		    strcmp(told_text(tree, "pool.kind"), "topic") == 0
			? "each campaign deals people anew; see the report of "
			  "each"
			: "the campaigns hold out different shares");
	if (told_at(tree, "goal"))
		print_effect(told_at(tree, "goal"), "goal", out);
}

void
report_text(const json_t *tree, FILE *out)
{
	struct told_room version;

	if (told_at(tree, "pool")) {
		print_pool(tree, out);
		return;
	}

	print_name(told_text(tree, "campaign.id"), 0, out);
	fprintf(out, ", version %s, topic ",
	    count(tree, "campaign.version", &version));
	print_name(told_text(tree, "campaign.topic"), 0, out);
	fputs(", on ", out);
	print_day(tree, "at", out);
	fputc('\n', out);
	fputs("sample ratio  (an alarm comes at e 1,000)\n", out);
	print_ratio(told_at(tree, "sample_ratio.enrolled"), "enrolled", out);
	print_ratio(told_at(tree, "sample_ratio.eligible"), "eligible", out);
	print_verdict(tree, out);
	print_people(tree, out);
	if (told_at(tree, "goal"))
		print_effect(told_at(tree, "goal"), "goal", out);
	if (told_at(tree, "power"))
		print_power(told_at(tree, "power"), out);
	print_effects(
	    told_at(tree, "also"), "also, which decides nothing", out);
	print_effects(told_at(tree, "guard"), "guard", out);
	print_bounces(told_at(tree, "funnel"), out);
	print_parts(told_at(tree, "segments"), "by segment", out);
	print_parts(told_at(tree, "clusters"), "by cluster", out);
	if (told_at(tree, "money"))
		print_money(told_at(tree, "money"), out);
	print_showings(told_at(tree, "showings"), out);
}

void
report_text_list(const json_t *list, FILE *out)
{
	const json_t *one;
	struct told_room people;
	size_t i;

	json_array_foreach(list, i, one)
	{
		print_name(told_text(one, "campaign.id"), 24, out);
		fprintf(out, " version %-3s",
		    count(one, "campaign.version", &people));
		fprintf(out, " %10s enrolled  ",
		    count(one, "people.enrolled", &people));
		fputs(told_text(one, "verdict.word"), out);
		if (*told_text(one, "verdict.money"))
			fprintf(out, "; %s", told_text(one, "verdict.money"));
		fputc('\n', out);
	}
}
