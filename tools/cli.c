#include "tools/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "milter/options.h"
#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "store/record/key.h"
#include "tools/out.h"

#define CATALOG_MEMORY ((size_t)1 << 30)

/* Misuse travels as an ERR_CONFIG whose place is the command line. */
#define COMMAND_LINE "command line"

int
cli_status(const struct err *err)
{
	if (err->code == ERR_CONFIG && strcmp(err->where, COMMAND_LINE) == 0)
		return EX_USAGE;
	return err_status(err->code);
}

int
cli_misuse(struct err *err, const char *format, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_at(err, ERR_CONFIG, COMMAND_LINE, 0, 0, "%s", text);
}

int64_t
cli_now(void)
{
	return (int64_t)time(NULL);
}

void
cli_serve(struct cli *cli, struct span tenant)
{
	if (!span_eq(tenant, SPAN("default")))
		cli->tenant = tenant;
}

const char *
cli_flag_nth(const struct cli *cli, const char *name, size_t nth)
{
	for (size_t i = 0; i < cli->given_count; i++)
		if (strcmp(cli->given[i].flag->name, name) == 0 && nth-- == 0)
			return cli->given[i].value;
	return NULL;
}

const char *
cli_flag(const struct cli *cli, const char *name)
{
	return cli_flag_nth(cli, name, 0);
}

int
cli_fail(const struct cli *cli, int status, const char *code,
    const char *format, ...)
{
	struct err err = { .code = ERR_INPUT };
	va_list args;

	va_start(args, format);
	vsnprintf(err.text, sizeof err.text, format, args);
	va_end(args);
	if (cli->json)
		out_failure_json(cli->errors, &err, code, status);
	else
		out_failure(cli->errors, &err);
	return status;
}

int
cli_when(
    const struct cli *cli, const char *name, int64_t *value, struct err *err)
{
	return cli_when_in(cli, name, zone_utc(), value, err);
}

int
cli_when_in(const struct cli *cli, const char *name, const struct zone *clocks,
    int64_t *value, struct err *err)
{
	const char *text = cli_flag(cli, name);

	if (!text)
		return 0;
	if (strcmp(text, "now") == 0)
		*value = cli_now();
	else if (!zone_timestamp(clocks, span_str(text), value))
		return cli_misuse(err,
		    "--%s: `%s` is no date such as 2026-03-01T08:00+01:00",
		    name, text);
	return 1;
}

int
cli_lapse(
    const struct cli *cli, const char *name, int64_t *value, struct err *err)
{
	const char *text = cli_flag(cli, name);

	if (!text)
		return 0;
	if (!duration_parse(span_str(text), value))
		return cli_misuse(err,
		    "--%s: `%s` is no time such as 30d or 12h", name, text);
	return 1;
}

int
cli_number(const struct cli *cli, const char *name, int64_t least, int64_t most,
    int64_t *value, struct err *err)
{
	const char *text = cli_flag(cli, name);
	char *end;
	long long number;

	if (!text)
		return 0;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number < least ||
	    number > most)
		return most == INT64_MAX
			   ? cli_misuse(err,
				 "--%s: `%s` is no number from %lld up", name,
				 text, (long long)least)
			   : cli_misuse(err,
				 "--%s: `%s` is no number from %lld to %lld",
				 name, text, (long long)least, (long long)most);
	*value = number;
	return 1;
}

int
cli_address(
    struct cli *cli, const char *text, struct span *address, struct err *err)
{
	int valid = address_normalise(span_str(text), cli->arena, address, err);

	if (valid == 0)
		return err_set(err, ERR_INPUT, "`%s` is no mail address", text);
	return valid < 0 ? -1 : 0;
}

int
cli_catalog(struct cli *cli, struct catalog **catalog, struct err *err)
{
	return catalog_load(cli->engine, CATALOG_MEMORY, catalog, err);
}

int
cli_when_of(struct cli *cli, const char *name, struct span campaign,
    int64_t *value, struct err *err)
{
	const struct campaign *found;
	struct catalog *catalog;
	int given;

	if (!cli_flag(cli, name))
		return 0;
	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	found = catalog_campaign(catalog, campaign);
	given = cli_when_in(
	    cli, name, found ? found->clocks : zone_utc(), value, err);
	catalog_free(&catalog);
	return given;
}

static void
report_event(void *context, enum engine_event event, const char *text)
{
	FILE *errors = context;

	(void)event;
	fprintf(errors, "inlay: store: %s\n", text);
}

struct engine_options
cli_store(struct cli *cli)
{
	struct engine_options options = options_of_engine(cli->settings);

	options.report = report_event;
	options.context = cli->errors;
	return options;
}
