/*
 * inlay profile export, exposure export: everything, as JSON Lines or CSV.
 * `profile load` reads exported profiles again; consents are in JSON only.
 */
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/out.h"
#include "tools/people/profile_json.h"
#include "tools/verbs.h"
#include "tools/people/walk.h"

struct exporting {
	struct cli *cli;
	struct catalog *catalog;
	const char *campaign;
	int64_t since;
	bool csv;
};

/* A CSV value; quoted where it must be. A formula that a spreadsheet would
 * run is text to us, and stays what it was: this is data, not a report. */
static void
csv_value(FILE *out, struct span value)
{
	bool quote = value.len == 0;

	for (size_t i = 0; i < value.len; i++)
		quote |= strchr(",\"\r\n ;\t", value.at[i]) != NULL;
	if (!quote) {
		fwrite(value.at, 1, value.len, out);
		return;
	}
	if (value.len == 0)
		return;
	fputc('"', out);
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '"')
			fputc('"', out);
		fputc(value.at[i], out);
	}
	fputc('"', out);
}

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

static const struct observation *
told_by(const struct profile *profile, struct span field,
    const struct observation *like)
{
	for (size_t i = 0; i < profile->observation_count; i++) {
		const struct observation *seen = &profile->observations[i];

		if (seen->observed_at == like->observed_at &&
		    span_eq(seen->source, like->source) &&
		    span_eq(seen->field, field))
			return seen;
	}
	return NULL;
}

static void
profile_row(struct exporting *exporting, const struct profile *profile,
    const struct observation *like)
{
	FILE *out = exporting->cli->out;
	const struct schema *schema = exporting->catalog->schema;

	csv_value(out, profile->address);
	fputc(',', out);
	csv_value(out, like->source);
	fputc(',', out);
	csv_when(out, like->observed_at);
	fprintf(out, ",%d,%d,%d,%d", profile->object_profiling,
	    profile->object_marketing, profile->suppressed,
	    profile->restricted);
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct observation *seen =
		    told_by(profile, schema->fields[i].name, like);

		if (schema->fields[i].derived.len != 0)
			continue;
		fputc(',', out);
		if (seen && !seen->retracted)
			csv_value(out, seen->value);
	}
	fputc('\n', out);
}

static void
profile_header(struct exporting *exporting)
{
	FILE *out = exporting->cli->out;
	const struct schema *schema = exporting->catalog->schema;

	fputs("email,source,observed_at,object_profiling,object_marketing,"
	      "suppressed,restricted",
	    out);
	for (size_t i = 0; i < schema->field_count; i++) {
		if (schema->fields[i].derived.len != 0)
			continue;
		fputc(',', out);
		csv_value(out, schema->fields[i].name);
	}
	fputc('\n', out);
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

/* The lines that `profile load` reads back: one per source and moment. */
static int
profile_lines(FILE *out, const struct profile *profile, struct err *err)
{
	char field[300];
	json_t *object = line_begin(profile, SPAN("export"));

	set_flags(object, profile);
	if (out_json(out, object, err) < 0)
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

static int
export_profile(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct exporting *exporting = context;
	const struct profile *profile = &person->profile;

	(void)arena;
	if (!person->known)
		return 0;
	if (!exporting->csv)
		return profile_lines(exporting->cli->out, profile, err);
	for (size_t i = 0; i < profile->observation_count; i++)
		if (!told_before(profile, i))
			profile_row(
			    exporting, profile, &profile->observations[i]);
	return 0;
}

static void
exposure_row(FILE *out, struct span address, const struct exposure *exposure)
{
	for (size_t i = 0; i < exposure->slot_count; i++) {
		const struct exposure_slot *slot = &exposure->slots[i];

		csv_value(out, address);
		fputc(',', out);
		csv_when(out, exposure->time);
		fputc(',', out);
		csv_value(out, exposure->campaign);
		fputc(',', out);
		csv_value(out, exposure->arm);
		fputc(',', out);
		csv_value(out, exposure->channel);
		fprintf(out, ",%s,", exposure_word(exposure->state));
		csv_value(out, slot->slot);
		fputc(',', out);
		csv_value(out, slot->option);
		fputc(',', out);
		csv_value(out, slot->block);
		fputc('\n', out);
	}
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
		if (exporting->csv) {
			exposure_row(out, person->address, exposure);
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
	const char *format = cli_flag(exporting->cli, "format");

	exporting->csv = format && strcmp(format, "csv") == 0;
	if (format && !exporting->csv && strcmp(format, "json") != 0)
		return cli_misuse(err, "--format is csv or json");
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

int
verb_profile_export(struct cli *cli, struct err *err)
{
	struct exporting exporting = { .cli = cli };
	struct walk over = { .each = export_profile };
	int status;

	if (find_format(&exporting, err) < 0 ||
	    cli_catalog(cli, &exporting.catalog, err) < 0)
		return -1;
	if (exporting.csv)
		profile_header(&exporting);
	status = export_all(&exporting, &over, err);
	catalog_free(&exporting.catalog);
	return status;
}

int
verb_exposure_export(struct cli *cli, struct err *err)
{
	struct exporting exporting = { .cli = cli,
		.campaign = cli_flag(cli, "campaign"),
		.since = WHEN_PAST };
	struct walk over = { .each = export_exposures };

	if (find_format(&exporting, err) < 0 ||
	    cli_when(cli, "since", &exporting.since, err) < 0)
		return -1;
	if (exporting.csv)
		fprintf(cli->out, "email,time,campaign,arm,channel,state,"
				  "slot,option,block\n");
	return export_all(&exporting, &over, err);
}
