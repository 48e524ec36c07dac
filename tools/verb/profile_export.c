/*
 * inlay profile export, exposure export: everything, as JSON Lines or CSV.
 * `profile load` reads exported profiles again.
 */
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/input/import.h"
#include "tools/input/rows_flags.h"
#include "tools/out.h"
#include "tools/people/profile_csv.h"
#include "tools/people/profile_json.h"
#include "tools/verbs.h"
#include "tools/people/walk.h"

struct exporting {
	struct cli *cli;
	const char *campaign;
	int64_t since;
	bool csv;
	uint64_t exposures; /* told */
	const struct schema *schema;
	struct profile_csv *columns; /* of profiles as CSV */
	uint64_t left_out; /* people who have more than the columns hold */
};

static void
csv_when(FILE *out, int64_t seconds)
{
	char text[TIMESTAMP_SIZE];

	fputs(timestamp_print(seconds, text), out);
}

/* Whether an earlier observation has the same source and moment: then its
 * row holds this one too. */
static bool
told_before(const struct profile *profile, size_t i)
{
	const struct observation *now = &profile->observations[i];

	for (size_t j = 0; j < i; j++)
		if (profile->observations[j].observed_at == now->observed_at &&
		    span_eq(profile->observations[j].source, now->source))
			return true;
	return false;
}

static json_t *
line_begin(const struct profile *profile, struct span source)
{
	json_t *object = json_object();

	out_set(object, "email", out_string(profile->address));
	out_set(object, "source", out_string(source));
	return object;
}

/* A line per consent, for each has a source of its own. */
static int
consent_lines(FILE *out, const struct profile *profile, struct err *err)
{
	char purpose[300];

	for (size_t i = 0; i < profile->consent_count; i++) {
		const struct consent *consent = &profile->consents[i];
		json_t *object = line_begin(profile, consent->source);
		json_t *group = json_object(), *said = json_object();

		out_set(
		    said, "status", json_string(consent_word(consent->status)));
		out_set(said, "at", out_moment(consent->at));
		if (consent->has_revoke_at)
			out_set(said, "until", out_moment(consent->revoke_at));
		snprintf(
		    purpose, sizeof(purpose), "%.*s", SPAN_ARG(consent->type));
		out_set(group, purpose, said);
		out_set(object, "consent", group);
		if (out_json(out, object, err) < 0)
			return -1;
	}
	return 0;
}

static void
set_flags(json_t *object, const struct profile *profile)
{
	if (profile->object_profiling)
		out_set(object, "object_profiling", json_true());
	if (profile->object_marketing)
		out_set(object, "object_marketing", json_true());
	if (profile->suppressed)
		out_set(object, "suppressed", json_true());
	if (profile->restricted)
		out_set(object, "restricted", json_true());
}

/* As `profile load` reads them. 0 or -1. */
static int
set_bounces(json_t *object, const struct profile *profile, struct arena *arena,
    struct err *err)
{
	char day[BOUNCE_DAY_SIZE];
	struct buf list;

	buf_init(&list, arena, BOUNCES_MAX * sizeof day);
	bounces_print(profile->bounces, profile->bounce_count, &list);
	if (list.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (profile->bounce_count != 0)
		out_set(object, IMPORT_BOUNCES, out_string(buf_span(&list)));
	if (profile->forgiven != 0)
		out_set(object, IMPORT_FORGIVEN,
		    json_string(bounce_day_print(profile->forgiven, day)));
	return 0;
}

/* The lines that `profile load` reads back: one per source and moment. */
static int
profile_lines(FILE *out, const struct profile *profile, struct arena *arena,
    struct err *err)
{
	char field[300];
	json_t *object = line_begin(profile, SPAN("export"));

	set_flags(object, profile);
	if (set_bounces(object, profile, arena, err) < 0 ||
	    out_json(out, object, err) < 0)
		return -1;
	for (size_t i = 0; i < profile->observation_count; i++) {
		const struct observation *like = &profile->observations[i];

		if (told_before(profile, i))
			continue;
		object = line_begin(profile, like->source);
		out_set(object, "observed_at", out_moment(like->observed_at));
		for (size_t j = i; j < profile->observation_count; j++) {
			const struct observation *seen =
			    &profile->observations[j];

			if (seen->observed_at != like->observed_at ||
			    !span_eq(seen->source, like->source))
				continue;
			snprintf(field, sizeof(field), "%.*s",
			    SPAN_ARG(seen->field));
			out_set(object, field, observation_json(seen));
		}
		if (out_json(out, object, err) < 0)
			return -1;
	}
	return consent_lines(out, profile, err);
}

/* Values loaded before the schema listed them get its spelling here. */
static int
respell(const struct schema *schema, struct profile *profile,
    struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < profile->observation_count; i++) {
		struct observation *seen = &profile->observations[i];
		const struct field *field = schema_field(schema, seen->field);

		if (field && field->choice_count != 0 &&
		    !field_fault(field, seen->value) &&
		    field_spelling(field, arena, &seen->value, err) < 0)
			return -1;
	}
	return 0;
}

static int
export_profile(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct exporting *exporting = context;
	struct profile *profile = &person->profile;
	int told;

	if (!person->known)
		return 0;
	if (respell(exporting->schema, profile, arena, err) < 0)
		return -1;
	if (!exporting->csv)
		return profile_lines(exporting->cli->out, profile, arena, err);
	told = profile_csv_rows(
	    exporting->columns, profile, arena, exporting->cli->out, err);
	exporting->left_out += told == 0;
	return told < 0 ? -1 : 0;
}

static int
see_profile(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct exporting *exporting = context;

	if (!person->known)
		return 0;
	if (respell(exporting->schema, &person->profile, arena, err) < 0)
		return -1;
	return profile_csv_see(
	    exporting->columns, &person->profile, arena, err);
}

/* One row per slot; one with empty columns where there is none. */
static void
slot_row(FILE *out, struct span address, const struct exposure *exposure,
    const struct exposure_slot *slot)
{
	const struct span columns[] = {
		exposure->campaign,
		exposure->arm,
		exposure->channel,
		span_str(exposure_word(exposure->state)),
		slot->slot,
		slot->option,
		slot->block,
		span_str(reason_word(exposure->reason)),
		span_str(eligible_word(exposure->eligible)),
		exposure->segment,
		exposure->cluster,
		span_str(fall_word(slot->fall)),
	};

	out_csv(out, address);
	fputc(',', out);
	csv_when(out, exposure->time);
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
		fputc(',', out);
		out_csv(out, columns[i]);
	}
	fprintf(out, ",%.10g,", exposure->propensity);
	if (slot->propensity > 0)
		fprintf(out, "%.10g", slot->propensity);
	fputc('\n', out);
}

static void
exposure_rows(FILE *out, struct span address, const struct exposure *exposure)
{
	static const struct exposure_slot none;

	for (size_t i = 0; i < exposure->slot_count; i++)
		slot_row(out, address, exposure, &exposure->slots[i]);
	if (exposure->slot_count == 0)
		slot_row(out, address, exposure, &none);
}

static int
export_exposures(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct exporting *exporting = context;
	FILE *out = exporting->cli->out;

	(void)arena;
	for (size_t i = 0; i < person->history.exposure_count; i++) {
		const struct exposure *exposure = &person->history.exposures[i];
		json_t *object;

		if (exposure->time < exporting->since)
			continue;
		if (exporting->campaign &&
		    !span_eq(exposure->campaign, span_str(exporting->campaign)))
			continue;
		exporting->exposures++;
		if (exporting->csv) {
			exposure_rows(out, person->address, exposure);
			continue;
		}
		object = exposure_json(exposure);
		out_set(object, "email", out_string(person->address));
		if (out_json(out, object, err) < 0)
			return -1;
	}
	return 0;
}

/* 0, or -1: another word than csv or json. */
static int
find_format(struct exporting *exporting, struct err *err)
{
	enum rows_format format;

	if (rows_flags_format(exporting->cli, &format, err) < 0)
		return -1;
	exporting->csv = format == ROWS_CSV;
	return 0;
}

static int
export_all(struct exporting *exporting, struct walk *over, struct err *err)
{
	over->label = "exporting";
	over->context = exporting;
	if (walk(exporting->cli, over, err) < 0)
		return -1;
	if (over->damaged == 0)
		return EX_OK;
	fprintf(exporting->cli->errors,
	    "inlay: %llu damaged records are left out\n",
	    (unsigned long long)over->damaged);
	return EX_DATAERR;
}

/* Looks at all profiles for the columns they need, and prints their names. */
static int
find_columns(struct exporting *exporting, struct err *err)
{
	struct cli *cli = exporting->cli;
	struct walk over = {
		.label = "looking", .each = see_profile, .context = exporting
	};

	exporting->columns = ARENA_NEW(cli->arena, struct profile_csv);
	if (!exporting->columns)
		return err_set(err, ERR_MEMORY, "out of memory");
	exporting->columns->arena = cli->arena;
	exporting->columns->schema = exporting->schema;
	if (profile_csv_begin(exporting->columns, err) < 0 ||
	    walk(cli, &over, err) < 0)
		return -1;
	profile_csv_header(exporting->columns, cli->out);
	return EX_OK;
}

int
verb_profile_export(struct cli *cli, struct err *err)
{
	struct exporting exporting = { .cli = cli };
	struct walk over = { .each = export_profile };
	struct catalog *catalog;
	int status = EX_OK;

	if (find_format(&exporting, err) < 0 ||
	    cli_catalog(cli, &catalog, err) < 0)
		return -1;
	exporting.schema = catalog->schema;
	if (exporting.csv)
		status = find_columns(&exporting, err);
	if (status == EX_OK)
		status = export_all(&exporting, &over, err);
	if (status >= 0 && exporting.left_out != 0) {
		fprintf(cli->errors,
		    "inlay: %llu people were told of something new meanwhile, "
		    "which is left out; export again\n",
		    (unsigned long long)exporting.left_out);
		status = EX_TEMPFAIL;
	}
	catalog_free(&catalog);
	return status;
}

int
verb_exposure_export(struct cli *cli, struct err *err)
{
	struct exporting exporting = { .cli = cli,
		.campaign = cli_flag(cli, "campaign"),
		.since = WHEN_PAST };
	struct walk over = { .each = export_exposures };
	int status;

	if (find_format(&exporting, err) < 0 ||
	    cli_when(cli, "since", &exporting.since, err) < 0)
		return -1;
	if (exporting.csv)
		fprintf(cli->out, "email,time,campaign,arm,channel,state,"
				  "slot,option,block,reason,eligible,segment,"
				  "cluster,fall,propensity,"
				  "variant_propensity\n");
	status = export_all(&exporting, &over, err);
	if (status != EX_OK || exporting.exposures != 0)
		return status;
	return document_missing(
	    cli, CATALOG_CAMPAIGN, exporting.campaign, "campaign", err);
}
