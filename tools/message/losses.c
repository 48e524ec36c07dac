#include "tools/message/losses.h"

#include <stdlib.h>

#include "tools/out.h"

enum { TEXT_MAX = 900, MAIL_MAX = 102 * 1024 };

/* ---- slots ---- */

/* Names the slot once, and the segment where most of them are. */
static void
tell_slot(struct findings *findings, const struct rehearsed *sums, size_t index,
    double least)
{
	const struct counts *unserved = &sums->unserved;
	const struct count *slot = &unserved->list[index];
	uint64_t people = counts_of(unserved, slot->name);
	double share =
	    (double)people / (double)(sums->rendered - sums->neutral);

	for (size_t i = 0; i < index; i++)
		if (span_eq(unserved->list[i].name, slot->name))
			return;
	if (share < least)
		return;
	finding_of(findings, "coverage", people,
	    "slot %.*s has no option for %.1f %% of those who may be "
	    "personalised (%llu people, %llu of them in segment %.*s, as %.*s)",
	    SPAN_ARG(slot->name), 100 * share, (unsigned long long)people,
	    (unsigned long long)slot->number,
	    SPAN_ARG(slot->segment.len ? slot->segment : SPAN("-")),
	    SPAN_ARG(slot->named ? slot->first[0].address : SPAN("")));
}

void
losses_of_slots(
    struct findings *findings, const struct rehearsed *sums, double share)
{
	for (size_t i = 0; i < sums->unserved.used; i++)
		tell_slot(findings, sums, i, share);
}

int
losses_share(const struct cli *cli, double *share, struct err *err)
{
	const char *text = cli_flag(cli, "coverage");
	char *end;

	if (!text)
		return 0;
	*share = strtod(text, &end);
	return *text && !*end && *share >= 0 && *share <= 1
		   ? 0
		   : err_set(err, ERR_INPUT,
			 "--coverage is a share from 0 to 1, not `%s`", text);
}

/* ---- counts ---- */

/* A finding for each: "name, segment x: a@x, b@y, ...". */
static void
tell_each(
    struct findings *findings, const char *rule, const struct counts *counts)
{
	for (size_t i = 0; i < counts->used; i++) {
		const struct count *count = &counts->list[i];
		char text[TEXT_MAX];
		int len = snprintf(text, sizeof(text), "%.*s%s%.*s",
		    SPAN_ARG(span_first(count->name, 200)),
		    count->segment.len ? ", segment " : "",
		    SPAN_ARG(span_first(count->segment, 200)));

		for (size_t j = 0; j < count->named; j++)
			len += snprintf(text + len, sizeof(text) - (size_t)len,
			    "%s%.*s", j ? ", " : ": ",
			    SPAN_ARG(span_first(count->first[j].address, 100)));
		finding_of(findings, rule, count->number, "%s%s", text,
		    count->named && count->named < count->number ? ", ..."
								 : "");
	}
}

/* One finding for all: "a 12 (60.0 %), b 8 (40.0 %)". */
static void
tell_all(struct findings *findings, const char *rule,
    const struct counts *counts, uint64_t of)
{
	char text[TEXT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < counts->used && len < sizeof(text) - 1; i++) {
		const struct count *count = &counts->list[i];

		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%.*s %llu (%.1f %%)", i ? ", " : "",
		    SPAN_ARG(span_first(count->name, 200)),
		    (unsigned long long)count->number,
		    of ? 100.0 * (double)count->number / (double)of : 0);
	}
	if (counts->used)
		finding(findings, rule, "%s", text);
}

static void
tell_broken(struct findings *findings, const struct rehearsed *sums)
{
	tell_each(findings, "broken", &sums->reasons);
	for (size_t i = 0; i < sums->problem_count; i++)
		finding(findings, "broken", "%.*s: %.*s",
		    SPAN_ARG(span_first(sums->problems[i].whom.address, 200)),
		    SPAN_ARG(sums->problems[i].text));
}

static void
tell_extremes(struct findings *findings, const struct rehearsed *sums)
{
	if (sums->rendered == 0)
		return;
	finding(findings, "largest", "%zu bytes, %.*s", sums->largest,
	    SPAN_ARG(sums->largest_to));
	finding(findings, "slowest", "%.2f ms, %.*s", sums->slowest * 1000,
	    SPAN_ARG(sums->slowest_to));
	if (sums->largest > MAIL_MAX)
		finding(findings, "size",
		    "a copy has %zu kB: Gmail shows 102 kB and clips the rest, "
		    "the link to unsubscribe with it",
		    sums->largest / 1024);
}

void
losses_find(struct findings *findings, const struct rehearsed *sums)
{
	findings->copies = sums->rendered;
	tell_broken(findings, sums);
	if (sums->people != 0 && sums->personal == 0)
		finding_of(findings, "personal",
		    sums->rendered ? sums->rendered : sums->people,
		    sums->rendered ? "no copy is personal: everybody would get "
				     "the same mail"
				   : "nobody would get a mail");
	tell_each(findings, "refused", &sums->refusals);
	if (sums->refused != 0 && findings->campaign != NULL &&
	    findings->campaign->refuse == REFUSE_DISCARD)
		finding_of(findings, "refused", sums->refused,
		    "their copies are discarded with a line in the log, as "
		    "`refuse: discard` says");
	tell_each(findings, "neutral", &sums->neutrals);
	tell_each(findings, "missing", &sums->missing);
	tell_each(findings, "exhausted", &sums->exhausted);
	tell_each(findings, "unserved", &sums->unserved);
	tell_each(findings, "held back", &sums->held);
	minorities_find(
	    findings, sums->minorities, sums->rendered - sums->neutral);
	tell_each(findings, "seen enough", &sums->worn);
	if (sums->over_budget != 0)
		finding_of(findings, "over budget", sums->over_budget,
		    "copies hold back what is too personal for the budget");
	tell_all(findings, "arms seen", &sums->arms, sums->rendered);
	tell_all(findings, "segments seen", &sums->segments, sums->rendered);
	tell_extremes(findings, sums);
}

/* ---- the verdict ---- */

/* What costs the most people their personal copy; NULL: nothing does. Where
 * there is no copy at all it is what refuses them. */
static const struct count *
biggest(const struct rehearsed *sums)
{
	const struct counts *lists[] = { &sums->missing, &sums->neutrals,
		&sums->held, &sums->refusals };
	size_t count = sums->rendered != 0 ? 3 : 4;
	const struct count *most = NULL;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < lists[i]->used; j++)
			if (!most || lists[i]->list[j].number > most->number)
				most = &lists[i]->list[j];
	return most;
}

/* Of the copies, or of the people where there is none. */
static double
share_of(const struct rehearsed *sums, const struct count *loss)
{
	uint64_t all = sums->rendered ? sums->rendered : sums->people;

	return all ? (double)loss->number / (double)all : 0;
}

const char *
losses_verdict(const struct rehearsed *sums, char *out, size_t size)
{
	const struct count *loss = biggest(sums);
	char personal[32], rendered[32];
	int len = snprintf(out, size, "%s of %s copies will be personal",
	    out_number(sums->personal, personal, sizeof(personal)),
	    out_number(sums->rendered, rendered, sizeof(rendered)));

	if (loss)
		snprintf(out + len, size - (size_t)len,
		    "; biggest loss: %.*s, %.1f %%",
		    SPAN_ARG(span_first(loss->name, 100)),
		    100 * share_of(sums, loss));
	return out;
}

json_t *
losses_json(const struct rehearsed *sums)
{
	const struct count *loss = biggest(sums);
	json_t *verdict = json_object(), *most = json_null();

	if (loss) {
		most = json_object();
		out_set(most, "text", out_string(loss->name));
		out_set(most, "people", json_integer((json_int_t)loss->number));
		out_set(most, "share", json_real(share_of(sums, loss)));
	}
	out_set(verdict, "copies", json_integer((json_int_t)sums->rendered));
	out_set(verdict, "personal", json_integer((json_int_t)sums->personal));
	out_set(verdict, "biggest_loss", most);
	return verdict;
}
