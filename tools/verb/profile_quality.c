/*
 * inlay profile quality: per field, and per source of it, how good the data
 * is. A filled field is not yet a reliable one.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "milter/decide/census.h"
#include "milter/decide/trust.h"
#include "store/base/unicode.h"
#include "store/catalog/catalog.h"
#include "tools/out.h"
#include "tools/verbs.h"
#include "tools/people/walk.h"

#define CENSUS_MEMORY ((size_t)256 << 20)
#define SOURCES_MAX 32 /* told apart per field */

/* One line of the report. */
struct column {
	struct span source; /* "" for the field as a whole */
	struct census *census;
	uint64_t usable;    /* people whose value may be used, by itself */
	uint64_t conflicts; /* ... and people whom others describe otherwise */
	bool partial; /* too many different values: the rest is not counted */
};

struct inspected {
	const struct field *field;
	struct column columns[SOURCES_MAX + 1];
	size_t column_count;
	uint64_t conflicts, usable;
};

struct inspecting {
	struct cli *cli;
	const struct schema *schema;
	struct inspected *fields;
	size_t field_count;
	int64_t now;
	uint64_t people;
};

static int
add_column(const struct inspecting *inspecting, struct inspected *inspected,
    struct span source, struct err *err)
{
	int64_t age = inspected->field->max_age;
	struct column *column = &inspected->columns[inspected->column_count];

	if (arena_dup(inspecting->cli->arena, source, &column->source) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	column->census =
	    census_new(CENSUS_MEMORY, inspecting->now, age ? age : -1);
	if (!column->census)
		return err_set(err, ERR_MEMORY, "out of memory");
	inspected->column_count++;
	return 0;
}

/* The column of a source, made on first sight; NULL: one too many. */
static int
find_column(const struct inspecting *inspecting, struct inspected *inspected,
    struct span source, struct column **column, struct err *err)
{
	*column = NULL;
	for (size_t i = 1; i < inspected->column_count; i++)
		if (span_eq(inspected->columns[i].source, source))
			*column = &inspected->columns[i];
	if (*column || inspected->column_count > SOURCES_MAX)
		return 0;
	if (add_column(inspecting, inspected, source, err) < 0)
		return -1;
	*column = &inspected->columns[inspected->column_count - 1];
	return 0;
}

static int
count_value(struct column *column, const struct field *field,
    const struct observation *seen, struct err *err)
{
	struct census_value value = { .text = SPAN("") };
	struct err full = ERR_INIT;
	const char *fault;

	if (column->partial)
		return 0;
	if (seen && !seen->retracted) {
		fault = field_fault(field, seen->value);
		value.text = seen->value;
		value.at = seen->observed_at;
		value.placeholder = fault && strcmp(fault, "placeholder") == 0;
		value.valid = !fault || value.placeholder;
	}
	if (census_add(column->census, &value, &full) == 0)
		return 0;
	column->partial = full.code == ERR_LIMIT;
	return column->partial ? 0 : err_set(err, full.code, "%s", full.text);
}

/* What the person's field is worth, as a mail would see it. */
static int
weigh(const struct inspecting *inspecting, const struct field *field,
    const struct profile *profile, struct arena *arena, struct trusted *trusted,
    struct err *err)
{
	const struct trust_question question = {
		.schema = inspecting->schema,
		.profile = profile,
		.field = field,
		.name = field->name,
		.now = inspecting->now,
	};

	return trust_field(&question, arena, trusted, err);
}

/* How one source would do without the others. */
static int
judge_source(const struct inspecting *inspecting, const struct field *field,
    const struct observation *seen, const struct trusted *believed,
    struct arena *arena, struct column *column, struct err *err)
{
	struct observation one = *seen;
	const struct profile alone = { .observations = &one,
		.observation_count = 1 };
	struct trusted own;

	if (weigh(inspecting, field, &alone, arena, &own, err) < 0)
		return -1;
	column->usable += own.shortfall == SHORTFALL_NONE;
	column->conflicts += own.value && believed->value &&
			     !unicode_same(one.value, believed->value->value);
	return 0;
}

static int
inspect_source(const struct inspecting *inspecting, struct inspected *inspected,
    const struct observation *seen, const struct trusted *believed,
    struct arena *arena, struct err *err)
{
	struct column *column;

	if (find_column(inspecting, inspected, seen->source, &column, err) < 0)
		return -1;
	if (!column)
		return 0;
	if (judge_source(inspecting, inspected->field, seen, believed, arena,
		column, err) < 0)
		return -1;
	return count_value(column, inspected->field, seen, err);
}

static int
inspect_field(const struct inspecting *inspecting, struct inspected *inspected,
    const struct profile *profile, struct arena *arena, struct err *err)
{
	const struct field *field = inspected->field;
	size_t count;
	const struct observation *seen =
	    profile_observations(profile, field->name, &count);
	struct trusted believed;

	if (weigh(inspecting, field, profile, arena, &believed, err) < 0)
		return -1;
	inspected->conflicts += believed.conflict;
	inspected->usable += believed.shortfall == SHORTFALL_NONE;
	if (count_value(&inspected->columns[0], field,
		believed.value ? believed.value
		: count	       ? seen
			       : NULL,
		err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (inspect_source(inspecting, inspected, &seen[i], &believed,
			arena, err) < 0)
			return -1;
	return 0;
}

static int
inspect_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct inspecting *inspecting = context;

	if (!person->known)
		return 0;
	inspecting->people++;
	for (size_t i = 0; i < inspecting->field_count; i++)
		if (inspect_field(inspecting, &inspecting->fields[i],
			&person->profile, arena, err) < 0)
			return -1;
	return 0;
}

static double
share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static void
print_column(FILE *out, const struct inspected *inspected,
    const struct column *column, uint64_t people)
{
	struct census_report report = census_report(column->census);

	out_text(out,
	    column->source.len ? column->source : inspected->field->name, 0);
	fprintf(out,
	    "\n    filled %.1f %%, valid %.1f %%, placeholders %.1f %%, "
	    "fresh %.1f %%, median age %.0f days\n",
	    100 * share(report.filled, people),
	    100 * share(report.valid, report.filled),
	    100 * share(report.placeholders, report.filled),
	    100 * share(report.fresh, report.filled),
	    report.median_age / 86400);
	fprintf(out, "    %llu different%s, most often \"",
	    (unsigned long long)report.distinct,
	    column->partial ? " or more" : "");
	out_text(out, report.top, 0);
	fprintf(
	    out, "\" %.1f %%\n", 100 * share(report.top_count, report.filled));
}

static json_t *
column_json(const struct column *column, uint64_t people)
{
	struct census_report report = census_report(column->census);
	json_t *object = json_object();

	out_set(object, "fill_rate", json_real(share(report.filled, people)));
	out_set(object, "validity_rate",
	    json_real(share(report.valid, report.filled)));
	out_set(object, "placeholder_rate",
	    json_real(share(report.placeholders, report.filled)));
	out_set(object, "fresh_rate",
	    json_real(share(report.fresh, report.filled)));
	out_set(
	    object, "median_age_days", json_real(report.median_age / 86400));
	out_set(object, "distinct", json_integer((json_int_t)report.distinct));
	out_set(object, "top_value", out_string(report.top));
	out_set(object, "top_share",
	    json_real(share(report.top_count, report.filled)));
	out_set(object, "entropy_bits", json_real(report.entropy));
	out_set(object, "partial", json_boolean(column->partial));
	return object;
}

static json_t *
field_json(const struct inspected *inspected, uint64_t people)
{
	json_t *object = column_json(&inspected->columns[0], people);
	json_t *sources = json_object(), *source;
	char name[200];

	out_set(object, "field", out_string(inspected->field->name));
	out_set(object, "conflict_rate",
	    json_real(share(inspected->conflicts, people)));
	out_set(
	    object, "usable_rate", json_real(share(inspected->usable, people)));
	for (size_t i = 1; i < inspected->column_count; i++) {
		snprintf(name, sizeof(name), "%.*s",
		    SPAN_ARG(inspected->columns[i].source));
		source = column_json(&inspected->columns[i], people);
		out_set(source, "usable_rate",
		    json_real(share(inspected->columns[i].usable, people)));
		out_set(source, "conflict_rate",
		    json_real(share(inspected->columns[i].conflicts, people)));
		out_set(sources, name, source);
	}
	out_set(object, "sources", sources);
	return object;
}

static int
tell(const struct inspecting *inspecting, struct err *err)
{
	FILE *out = inspecting->cli->out;
	json_t *list = inspecting->cli->json ? json_array() : NULL;
	uint64_t people = inspecting->people;

	for (size_t i = 0; i < inspecting->field_count; i++) {
		const struct inspected *inspected = &inspecting->fields[i];

		if (list) {
			out_add(list, field_json(inspected, people));
			continue;
		}
		print_column(out, inspected, &inspected->columns[0], people);
		fprintf(out,
		    "    usable %.1f %% of people, sources disagree on "
		    "%.1f %%\n",
		    100 * share(inspected->usable, people),
		    100 * share(inspected->conflicts, people));
		for (size_t j = 1; j < inspected->column_count; j++) {
			fputs("  source ", out);
			print_column(
			    out, inspected, &inspected->columns[j], people);
			fprintf(out,
			    "    usable alone %.1f %% of people, another is "
			    "believed for %.1f %%\n",
			    100 * share(inspected->columns[j].usable, people),
			    100 *
				share(inspected->columns[j].conflicts, people));
		}
	}
	if (list)
		return out_json_pretty(out, list, err);
	fprintf(out, "%llu people\n", (unsigned long long)people);
	return 0;
}

static int
set_up(struct inspecting *inspecting, struct err *err)
{
	const struct schema *schema = inspecting->schema;
	const char *only = cli_flag(inspecting->cli, "field");

	inspecting->fields =
	    calloc(schema->field_count + 1, sizeof(*inspecting->fields));
	if (!inspecting->fields)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct field *field = &schema->fields[i];
		struct inspected *inspected =
		    &inspecting->fields[inspecting->field_count];

		if (field->derived.len != 0 ||
		    (only && !span_eq(field->name, span_str(only))))
			continue;
		inspected->field = field;
		inspecting->field_count++;
		if (add_column(inspecting, inspected, SPAN(""), err) < 0)
			return -1;
	}
	if (inspecting->field_count == 0)
		return err_set(err, ERR_INPUT, "the schema has no such field");
	return 0;
}

int
verb_profile_quality(struct cli *cli, struct err *err)
{
	struct inspecting inspecting = { .cli = cli, .now = cli_now() };
	struct walk over = { .label = "inspecting",
		.each = inspect_one,
		.context = &inspecting };
	struct catalog *catalog;
	int status = -1;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	inspecting.schema = catalog->schema;
	if (set_up(&inspecting, err) == 0 && walk(cli, &over, err) >= 0)
		status = tell(&inspecting, err) < 0 ? -1 : EX_OK;
	for (size_t i = 0; i < inspecting.field_count; i++)
		for (size_t j = 0; j < inspecting.fields[i].column_count; j++)
			census_free(&inspecting.fields[i].columns[j].census);
	free(inspecting.fields);
	catalog_free(&catalog);
	return status;
}
