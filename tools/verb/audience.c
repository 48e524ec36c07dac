/*
 * inlay audience: who will be mailed by a campaign, and why the others are
 * not. Nothing is rendered: it is the first step of the mail's own decision.
 */
#include <sysexits.h>

#include "milter/decide/decide.h"
#include "tools/input/document.h"
#include "tools/input/rows_flags.h"
#include "tools/message/minority.h"
#include "tools/message/names.h"
#include "tools/out.h"
#include "tools/people/audience.h"
#include "tools/people/counts.h"
#include "tools/people/walk.h"
#include "tools/verbs.h"

#define SENTENCE_MAX 600

struct canvass {
	struct cli *cli;
	const struct catalog *catalog; /* as the campaign's tenant sees it */
	const struct campaign *campaign;
	struct audience *audience; /* NULL: everybody */
	int64_t now;
	/* Writes one who is mailed; NULL: they are only counted. 0 or -1. */
	int (*put)(const struct canvass *canvass, struct span address,
	    struct err *err);
	uint64_t people;	    /* of the audience */
	uint64_t answers[REFUSALS]; /* of these; of NONE are mailed */
};

static int
ask_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct canvass *canvass = context;
	const struct decide_request request = { .catalog = canvass->catalog,
		.campaign = canvass->campaign,
		.profile = &person->profile,
		.erased = person->erased,
		.history = &person->history,
		.unit = person->address,
		.now = canvass->now };
	struct decision *decision;
	int fits = 1;

	if (!person->known)
		return 0;
	if (canvass->audience)
		fits = audience_test(
		    canvass->audience, &person->profile, arena, err);
	if (fits <= 0)
		return fits;
	fits = decide_refusal(&request, arena, &decision, err);
	if (fits < 0)
		return -1;
	canvass->people++;
	canvass->answers[decision->refusal]++;
	return fits && canvass->put
		   ? canvass->put(canvass, person->address, err)
		   : 0;
}

static int
put_csv(const struct canvass *canvass, struct span address, struct err *err)
{
	(void)err;
	out_csv(canvass->cli->out, address);
	fputc('\n', canvass->cli->out);
	return 0;
}

static int
put_json(const struct canvass *canvass, struct span address, struct err *err)
{
	json_t *object = json_object();

	out_set(object, "email", out_string(address));
	return out_json(canvass->cli->out, object, err);
}

/* ---- what is told ---- */

/* Why some are not mailed, in sentences. */
static void
count_others(const struct canvass *canvass, struct counts *others)
{
	const struct refusal_names names = { canvass->campaign,
		campaign_channel(canvass->campaign, SPAN_NONE), NULL };
	struct buf text;

	buf_init(&text, canvass->cli->arena, SENTENCE_MAX);
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		if (canvass->answers[i] == 0)
			continue;
		buf_clear(&text);
		refusal_tell((enum refusal)i, &names, &text);
		counts_add(others, buf_span(&text), canvass->answers[i]);
	}
	counts_sort(others);
}

/* The sums, each line behind that beginning. */
static void
tell(const struct canvass *canvass, FILE *out, const char *beginning)
{
	struct counts others = { .arena = canvass->cli->arena };
	char number[32], all[32];

	count_others(canvass, &others);
	fprintf(out, "%s%s of %s people will be mailed\n", beginning,
	    out_number(canvass->answers[REFUSAL_NONE], number, sizeof number),
	    out_number(canvass->people, all, sizeof all));
	for (size_t i = 0; i < others.used; i++) {
		fprintf(out, "%s%s not: ", beginning,
		    out_number(others.list[i].number, number, sizeof number));
		out_text(out, others.list[i].name, 0);
		fputc('\n', out);
	}
}

static int
tell_json(
    const struct canvass *canvass, const struct walk *over, struct err *err)
{
	json_t *object = json_object(), *refused = json_object();

	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++)
		out_set(refused, refusal_word((enum refusal)i),
		    json_integer((json_int_t)canvass->answers[i]));
	out_set(object, "campaign", out_string(canvass->campaign->id));
	out_set(object, "people", json_integer((json_int_t)canvass->people));
	out_set(object, "mailed",
	    json_integer((json_int_t)canvass->answers[REFUSAL_NONE]));
	out_set(object, "refused", refused);
	out_set(object, "damaged", json_integer((json_int_t)over->damaged));
	return out_json_pretty(canvass->cli->out, object, err);
}

/* ---- whom it is asked of ---- */

/* The names of the condition, which nothing else looks at. */
static void
look_at_condition(const struct canvass *canvass)
{
	struct cli *cli = canvass->cli;
	struct findings findings = { .catalog = canvass->catalog,
		.campaign = canvass->campaign,
		.arena = cli->arena };
	const struct manifest *manifest = audience_manifest(canvass->audience);

	names_look_alone(&findings, SPAN("CONDITION"), manifest);
	minority_look(&findings, SPAN("CONDITION"), manifest);
	for (size_t i = 0; i < findings.count; i++) {
		if (findings.list[i].waived)
			continue;
		fputs("inlay: ", cli->errors);
		out_text(cli->errors, findings.list[i].text, 0);
		fputc('\n', cli->errors);
	}
}

static int
open_condition(
    struct canvass *canvass, const struct catalog *catalog, struct err *err)
{
	struct cli *cli = canvass->cli;
	const struct audience_options options = { catalog, canvass->campaign,
		canvass->now };

	if (cli->argc == 0)
		return 0;
	if (audience_open(cli, &options, span_str(cli->argv[0]), "CONDITION",
		&canvass->audience, err) < 0)
		return -1;
	look_at_condition(canvass);
	return 0;
}

/* Asks everybody. Exit status, or -1. */
static int
ask_all(struct canvass *canvass, struct err *err)
{
	struct cli *cli = canvass->cli;
	struct walk over = {
		.label = "asking", .each = ask_one, .context = canvass
	};
	int done = walk(cli, &over, err);

	if (done < 0)
		return -1;
	if (done == 0)
		fprintf(cli->errors, "inlay: interrupted; this is a part\n");
	walk_tell_damaged(&over, cli->errors);
	if (canvass->put)
		tell(canvass, cli->errors, "inlay: ");
	else if (!cli->json)
		tell(canvass, cli->out, "");
	else if (tell_json(canvass, &over, err) < 0)
		return -1;
	return done == 0 ? EX_TEMPFAIL : EX_OK;
}

static int
ask(struct canvass *canvass, const struct catalog *catalog, const char *id,
    struct err *err)
{
	struct cli *cli = canvass->cli;

	canvass->campaign = catalog_campaign(catalog, span_str(id));
	if (!canvass->campaign)
		return document_absent(cli, "campaign", id);
	canvass->catalog = catalog_of(catalog, canvass->campaign->tenant);
	cli_serve(cli, canvass->campaign->tenant);
	if (cli_when_in(
		cli, "at", canvass->campaign->clocks, &canvass->now, err) < 0 ||
	    open_condition(canvass, catalog, err) < 0)
		return -1;
	if (canvass->put == put_csv)
		fputs("email\n", cli->out);
	return ask_all(canvass, err);
}

static int
ask_campaign(struct canvass *canvass, struct err *err)
{
	struct cli *cli = canvass->cli;
	const char *id = cli_flag(cli, "campaign");
	struct catalog *catalog;
	int status;

	if (!id)
		return cli_misuse(
		    err, "audience %s needs --campaign ID", cli->verb->name);
	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	status = ask(canvass, catalog, id, err);
	audience_close(&canvass->audience);
	catalog_free(&catalog);
	return status;
}

int
verb_audience_count(struct cli *cli, struct err *err)
{
	struct canvass canvass = { .cli = cli, .now = cli_now() };

	return ask_campaign(&canvass, err);
}

int
verb_audience_list(struct cli *cli, struct err *err)
{
	struct canvass canvass = { .cli = cli, .now = cli_now() };
	enum rows_format format;

	if (rows_flags_format(cli, &format, err) < 0)
		return -1;
	canvass.put = cli->json || format == ROWS_JSON ? put_json : put_csv;
	return ask_campaign(&canvass, err);
}
