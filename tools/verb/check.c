/*
 * inlay check: a message rendered for everybody it may go to, without
 * recording, and what would go wrong.
 */
#include <sysexits.h>
#include <unistd.h>

#include "milter/settings.h"
#include "store/catalog/catalog.h"
#include "tools/people/audience.h"
#include "tools/message/campaign_findings.h"
#include "tools/message/evidence.h"
#include "tools/message/findings.h"
#include "tools/message/foresight.h"
#include "tools/message/losses.h"
#include "tools/out.h"
#include "tools/message/rehearsal.h"
#include "tools/message/message_file.h"
#include "tools/message/names.h"
#include "tools/message/pipeline.h"
#include "tools/verbs.h"
#include "tools/people/walk.h"

struct checking {
	struct cli *cli;
	struct pipeline pipeline;
	struct rehearsal *rehearsal;
	struct audience *audience; /* NULL: everybody */
	struct findings findings;
	struct evidence evidence;
	double share; /* of people without option, to be told */
};

static int
check_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct checking *checking = context;
	int fits = 1;

	if (!person->known)
		return 0;
	if (checking->audience)
		fits = audience_test(
		    checking->audience, &person->profile, arena, err);
	if (fits <= 0)
		return fits;
	evidence_add(&checking->evidence, checking->findings.catalog->schema,
	    &person->profile);
	return rehearsal_add(checking->rehearsal, person->address, err);
}

static void
print_report(FILE *out, const struct rehearsed *sums)
{
	char verdict[300];

	out_text(
	    out, span_str(losses_verdict(sums, verdict, sizeof(verdict))), 0);
	fputc('\n', out);
	fprintf(out,
	    "%-12s%llu, rendered %llu (%llu neutral), refused %llu, "
	    "broken %llu\n",
	    "people", (unsigned long long)sums->people,
	    (unsigned long long)sums->rendered,
	    (unsigned long long)sums->neutral,
	    (unsigned long long)sums->refused,
	    (unsigned long long)sums->broken);
}

static json_t *
number_json(uint64_t number)
{
	return json_integer((json_int_t)number);
}

static json_t *
report_json(const struct rehearsed *sums, struct findings *findings)
{
	json_t *object = json_object(), *problems = json_array();

	out_set(object, "verdict", losses_json(sums));
	out_set(object, "people", number_json(sums->people));
	out_set(object, "rendered", number_json(sums->rendered));
	out_set(object, "neutral", number_json(sums->neutral));
	out_set(object, "refused", number_json(sums->refused));
	out_set(object, "broken", number_json(sums->broken));
	out_set(object, "over_budget", number_json(sums->over_budget));
	out_set(object, "refusals", counts_json(&sums->refusals));
	out_set(object, "arms", counts_json(&sums->arms));
	out_set(object, "segments", counts_json(&sums->segments));
	out_set(object, "missing", counts_json(&sums->missing));
	out_set(object, "exhausted", counts_json_each(&sums->exhausted));
	out_set(object, "unserved", counts_json_each(&sums->unserved));
	out_set(object, "seen_enough", counts_json_each(&sums->worn));
	out_set(object, "held_back", counts_json_each(&sums->held));
	out_set(object, "reasons", counts_json(&sums->reasons));
	out_set(object, "largest_bytes", number_json(sums->largest));
	out_set(object, "largest_to", out_string(sums->largest_to));
	out_set(object, "slowest_seconds", json_real(sums->slowest));
	out_set(object, "slowest_to", out_string(sums->slowest_to));
	for (size_t i = 0; i < sums->problem_count; i++) {
		json_t *problem = json_object();

		out_set(problem, "email",
		    out_string(sums->problems[i].whom.address));
		out_set(problem, "text", out_string(sums->problems[i].text));
		out_add(problems, problem);
	}
	out_set(object, "problems", problems);
	findings_json(findings, object);
	return object;
}

static int
check_all(struct checking *checking, struct err *err)
{
	struct cli *cli = checking->cli;
	struct walk over = {
		.label = "checking", .each = check_one, .context = checking
	};
	const struct rehearsed *sums;
	int done = walk(cli, &over, err);

	if (done < 0)
		return -1;
	sums = rehearsal_finish(checking->rehearsal);
	if (done == 0)
		fprintf(cli->errors, "inlay: interrupted; this is a part\n");
	if (sums->people == 0)
		finding(&checking->findings, "nobody",
		    checking->audience ? "--audience fits nobody"
				       : "the store knows nobody");
	evidence_find(&checking->findings, &checking->evidence);
	losses_find(&checking->findings, sums);
	losses_of_slots(&checking->findings, sums, checking->share);
	foresight_tell(&checking->findings, sums->eligible);
	if (!cli->json) {
		print_report(cli->out, sums);
		findings_print(&checking->findings, cli->out);
	} else if (out_json_pretty(cli->out,
		       report_json(sums, &checking->findings), err) < 0)
		return -1;
	return sums->broken || checking->findings.problems ? EX_DATAERR : EX_OK;
}

/* The message's own word on its campaign wins; who said another is told. */
static void
overridden(struct checking *checking, const struct personalise_request *request,
    struct span id)
{
	struct span said = request->campaign;

	if (said.len && !span_eq(said, id))
		finding(&checking->findings, "campaign",
		    "the message says %.*s, which wins over --campaign %.*s",
		    SPAN_ARG(id), SPAN_ARG(said));
}

/* A copy of a domain without key would be refused when all is rendered. */
static void
look_for_key(struct checking *checking, struct span message)
{
	struct err err = ERR_INIT;

	if (settings_have_key(checking->pipeline.settings, message,
		checking->findings.campaign->signing_domain, &err) < 0)
		finding(&checking->findings, "key", "%s", err.text);
}

/* What can be said without a recipient. 0, or -1: refused. */
static int
look_at_message(struct checking *checking, const struct catalog *catalog,
    struct personalise_request *request, struct err *err)
{
	struct cli *cli = checking->cli;
	struct span id;
	int found = message_file_campaign(cli, request, &id, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return err_at(err, ERR_CAMPAIGN, cli->argv[0], 0, 0,
		    "the message has no %.*s; say --campaign ID",
		    SPAN_ARG(request->campaign_header));
	checking->findings = (struct findings){ .catalog = catalog,
		.campaign = catalog_campaign(catalog, id),
		.campaign_header = request->campaign_header,
		.harden = settings_harden(checking->pipeline.settings),
		.arena = cli->arena };
	if (!checking->findings.campaign)
		return catalog_lacks_campaign(catalog, id, err);
	checking->findings.catalog =
	    catalog_of(catalog, checking->findings.campaign->tenant);
	if (cli_when_in(cli, "at", checking->findings.campaign->clocks,
		&request->now, err) < 0)
		return -1;
	campaign_findings(&checking->findings, request->now);
	overridden(checking, request, id);
	look_for_key(checking, request->message);
	return findings_message(
	    &checking->findings, request->message, cli->arena, err);
}

/* The condition of --audience, whose names nothing else looks at. */
static int
open_audience(struct checking *checking, const struct catalog *catalog,
    int64_t now, struct err *err)
{
	const char *condition = cli_flag(checking->cli, "audience");
	const struct audience_options options = { catalog,
		checking->findings.campaign, now };
	const struct manifest *manifest;

	if (!condition)
		return 0;
	if (audience_open(checking->cli, &options, span_str(condition),
		"--audience", &checking->audience, err) < 0)
		return -1;
	manifest = audience_manifest(checking->audience);
	names_look_alone(&checking->findings, SPAN("--audience"), manifest);
	minority_look(&checking->findings, SPAN("--audience"), manifest);
	return 0;
}

static int
set_up(
    struct checking *checking, const struct catalog *catalog, struct err *err)
{
	struct cli *cli = checking->cli;
	const char *from = cli_flag(cli, "from");
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t threads = processors > 0 ? processors : 1;
	struct rehearsal_options options = {
		.personaliser = checking->pipeline.personaliser,
		.request = { .sender = span_str(from ? from : ""),
		    .now = cli_now() },
		.memory = (size_t)checking->pipeline.settings->message_memory
	};

	if (cli_number(cli, "threads", 1, 64, &threads, err) < 0 ||
	    losses_share(cli, &checking->share, err) < 0 ||
	    message_file_read(cli, cli->argv[0], &options.request, err) < 0 ||
	    look_at_message(checking, catalog, &options.request, err) < 0)
		return -1;
	cli_serve(cli, checking->findings.campaign->tenant);
	options.threads = (unsigned)threads;
	if (open_audience(checking, catalog, options.request.now, err) < 0)
		return -1;
	return rehearsal_begin(&options, &checking->rehearsal, err);
}

int
verb_check(struct cli *cli, struct err *err)
{
	struct checking checking = { .cli = cli, .share = COVERAGE };
	struct catalog *catalog;
	int status = -1;

	checking.evidence.purposes.arena = cli->arena;
	checking.evidence.sources.arena = cli->arena;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	if (pipeline_open_unsigned(cli, &checking.pipeline, err) == 0 &&
	    set_up(&checking, catalog, err) == 0)
		status = check_all(&checking, err);
	rehearsal_end(&checking.rehearsal);
	audience_close(&checking.audience);
	pipeline_close(&checking.pipeline);
	catalog_free(&catalog);
	return status;
}
