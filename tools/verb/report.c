/*
 * inlay report: what a campaign brought, all of them, or several as one.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/measure/report.h"
#include "tools/measure/study.h"
#include "tools/out.h"
#include "tools/people/walk.h"
#include "tools/verbs.h"

struct reporter {
	struct cli *cli;
	struct study *study;
	struct study_options options;
	const struct campaign *campaign; /* NULL: all, or several as one */
};

static int
add_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct reporter *reporter = context;

	return study_add(reporter->study, &person->history, arena, err);
}

/* Text and JSON go to standard output, a page into its file. */
static int
write_page(
    struct cli *cli, const json_t *tree, const char *path, struct err *err)
{
	const char *said = cli_flag(cli, "language");
	const char *language = said ? said : report_language(tree);
	FILE *out = fopen(path, "w");
	int status;

	if (!out)
		return err_at(err, ERR_INPUT, path, 0, 0,
		    "cannot be written: "
		    "%s",
		    strerror(errno));
	status = report_page(tree, language, out, err);
	if (fclose(out) != 0 && status == 0)
		status = err_at(err, ERR_INPUT, path, 0, 0,
		    "cannot be written: %s", strerror(errno));
	if (status == 0 && !cli->json)
		fprintf(cli->errors, "inlay: the report is in %s\n", path);
	return status;
}

/* Takes the tree. */
static int
print_tree(struct reporter *reporter, json_t *tree, struct err *err)
{
	struct cli *cli = reporter->cli;
	const char *page = cli_flag(cli, "html");
	int status = EX_OK;

	if (!tree)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (page && write_page(cli, tree, page, err) < 0)
		status = -1;
	if (cli->json)
		return out_json_pretty(cli->out, tree, err) < 0 ? -1 : status;
	if (!page && json_is_array(tree))
		report_text_list(tree, cli->out);
	else if (!page)
		report_text(tree, cli->out);
	json_decref(tree);
	return status;
}

static int
tell(struct reporter *reporter, struct err *err)
{
	const struct study_options *options = &reporter->options;
	struct sums *sums = study_sums(reporter->study);
	const struct report_ask ask = { options->catalog, sums, options->now,
		options->since, options->segment };

	if (options->pool != POOL_NONE)
		return print_tree(reporter,
		    report_pool(
			&ask, reporter->study, options->pool, options->pooled),
		    err);
	return print_tree(reporter,
	    reporter->campaign ? report_campaign(&ask, reporter->campaign)
			       : report_list(&ask),
	    err);
}

static int
study_all(struct reporter *reporter, struct err *err)
{
	struct walk over = {
		.label = "reading", .each = add_one, .context = reporter
	};
	int status;

	reporter->study = study_new(&reporter->options, err);
	if (!reporter->study)
		return -1;
	status = walk(reporter->cli, &over, err);
	if (status == 0)
		status = err_set(err, ERR_STORE, "interrupted");
	if (status == 1) {
		study_sums(reporter->study)->damaged = over.damaged;
		status = tell(reporter, err);
	}
	study_free(&reporter->study);
	return status;
}

/* What is asked for, by flags. 1, 0 there is no such campaign, -1. */
static int
read_flags(struct reporter *reporter, struct err *err)
{
	struct cli *cli = reporter->cli;
	struct study_options *options = &reporter->options;
	const char *topic = cli_flag(cli, "topic");
	const char *seed = cli_flag(cli, "holdout");
	const char *segment = cli_flag(cli, "segment");
	const char *language = cli_flag(cli, "language");
	const struct zone *clocks = zone_utc();

	if ((topic != NULL) + (seed != NULL) + (cli->argc > 0) > 1)
		return cli_misuse(err,
		    "a report is of one CAMPAIGN, of --topic or of --holdout");
	if (language && strcmp(language, "en") != 0 &&
	    strcmp(language, "fr") != 0)
		return cli_misuse(
		    err, "--language: `%s` is neither en nor fr", language);
	if (cli_flag(cli, "html") && !topic && !seed && cli->argc == 0)
		return cli_misuse(err, "--html needs a CAMPAIGN");
	if (cli->argc > 0) {
		reporter->campaign =
		    catalog_campaign(options->catalog, span_str(cli->argv[0]));
		if (!reporter->campaign)
			return 0;
		clocks = reporter->campaign->clocks;
	}
	options->pool = topic ? POOL_TOPIC : seed ? POOL_HOLDOUT : POOL_NONE;
	options->pooled = span_str(topic ? topic : seed ? seed : "");
	options->segment = span_str(segment ? segment : "");
	if (cli_when_in(cli, "since", clocks, &options->since, err) < 0 ||
	    cli_when_in(cli, "at", clocks, &options->now, err) < 0)
		return -1;
	return 1;
}

int
verb_report(struct cli *cli, struct err *err)
{
	struct reporter reporter = { .cli = cli,
		.options = { .now = cli_now(), .since = WHEN_PAST } };
	struct catalog *catalog;
	int status;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	reporter.options.catalog = catalog;
	status = read_flags(&reporter, err);
	if (status == 0)
		status = document_absent(cli, "campaign", cli->argv[0]);
	else if (status == 1) {
		if (reporter.campaign)
			cli_serve(cli, reporter.campaign->tenant);
		status = study_all(&reporter, err);
	}
	catalog_free(&catalog);
	return status;
}
