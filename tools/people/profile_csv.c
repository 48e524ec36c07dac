#include "tools/people/profile_csv.h"

#include "store/base/buf.h"
#include "store/base/timestamp.h"
#include "tools/input/import.h"
#include "tools/input/import_value.h"
#include "tools/out.h"
#include "tools/people/profile_json.h"

#define NAME_MAX 4096

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

/* The index of a column, or count. */
static size_t
find(const struct profile_csv *csv, struct span name)
{
	size_t i = 0;

	while (i < csv->count && !span_eq(csv->columns[i], name))
		i++;
	return i;
}

static int
add_column(struct profile_csv *csv, struct span name, struct err *err)
{
	if (find(csv, name) < csv->count)
		return 0;
	if (csv->count == ROWS_CELLS_MAX)
		return err_set(err, ERR_LIMIT,
		    "CSV would need more than %d columns; --format json has "
		    "none",
		    ROWS_CELLS_MAX);
	if (arena_dup(csv->arena, name, &csv->columns[csv->count]) < 0)
		return no_memory(err);
	csv->count++;
	return 0;
}

/* "consent.newsletter.at" */
static int
join(const char *before, struct span name, const char *after,
    struct arena *arena, struct span *joined, struct err *err)
{
	struct buf buf;

	buf_init(&buf, arena, NAME_MAX);
	buf_str(&buf, before);
	buf_add(&buf, name);
	buf_str(&buf, after);
	*joined = buf_span(&buf);
	return buf.failed ? no_memory(err) : 0;
}

int
profile_csv_begin(struct profile_csv *csv, struct err *err)
{
	static const char *const always[] = { "email", "source", "observed_at",
		"object_profiling", "object_marketing", "suppressed",
		"restricted", IMPORT_BOUNCES, IMPORT_FORGIVEN };

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		if (add_column(csv, span_str(always[i]), err) < 0)
			return -1;
	for (size_t i = 0; i < csv->schema->field_count; i++)
		if (csv->schema->fields[i].derived.len == 0 &&
		    add_column(csv, csv->schema->fields[i].name, err) < 0)
			return -1;
	return 0;
}

/* One value under one column, made and put by the walk over a profile. */
struct putting {
	const struct profile_csv *csv;
	struct profile_csv *columns; /* where they are made, or NULL */
	struct arena *arena;
	struct span *cells; /* of the row, by column, or NULL */
	bool left_out;
};

static int
put(struct putting *putting, const char *before, struct span name,
    const char *after, struct span value, struct err *err)
{
	struct span column;
	size_t at;

	if (join(before, name, after, putting->arena, &column, err) < 0)
		return -1;
	if (putting->columns)
		return add_column(putting->columns, column, err);
	at = find(putting->csv, column);
	if (at < putting->csv->count)
		putting->cells[at] = value;
	else
		putting->left_out = true;
	return 0;
}

static int
put_moment(struct putting *putting, const char *before, struct span name,
    const char *after, int64_t seconds, struct err *err)
{
	char text[TIMESTAMP_SIZE];
	struct span kept;

	timestamp_print(seconds, text);
	if (arena_dup(putting->arena, span_str(text), &kept) < 0)
		return no_memory(err);
	return put(putting, before, name, after, kept, err);
}

static int
put_consent(
    struct putting *putting, const struct consent *consent, struct err *err)
{
	const char *word = consent_word(consent->status);

	if (put(putting, "consent.", consent->type, "", span_str(word), err) <
		0 ||
	    put_moment(putting, "consent.", consent->type, ".at", consent->at,
		err) < 0)
		return -1;
	if (!consent->has_revoke_at)
		return 0;
	return put_moment(putting, "consent.", consent->type, ".until",
	    consent->revoke_at, err);
}

/* Whether `profile load` makes the same of the bare text. 1, 0, -1. */
static int
reads_back(const struct putting *putting, const struct observation *seen,
    struct err *err)
{
	const struct row_cell cell = { .value = seen->value };
	const struct value_question question = {
		.field = schema_field(putting->csv->schema, seen->field),
		.cell = &cell,
		.text = span_trim(seen->value)
	};
	struct observation again;
	const char *fault;

	if (seen->retracted || span_trim(seen->value).len == 0)
		return 0;
	if (import_value(&question, putting->arena, &again, &fault, err) < 0)
		return -1;
	return again.type == seen->type && span_eq(again.value, seen->value);
}

static int
put_observation(
    struct putting *putting, const struct observation *seen, struct err *err)
{
	struct span value = seen->retracted ? SPAN_NONE : seen->value;
	const char *type = import_type_word(seen);
	int same = reads_back(putting, seen, err);

	if (same < 0 || put(putting, "", seen->field, "", value, err) < 0)
		return -1;
	return same ? 0
		    : put(putting, "", seen->field, ".type", span_str(type),
			  err);
}

int
profile_csv_see(struct profile_csv *csv, const struct profile *profile,
    struct arena *scratch, struct err *err)
{
	struct putting putting = {
		.csv = csv, .columns = csv, .arena = scratch
	};

	for (size_t i = 0; i < profile->consent_count; i++)
		if (put_consent(&putting, &profile->consents[i], err) < 0)
			return -1;
	for (size_t i = 0; i < profile->observation_count; i++)
		if (put_observation(&putting, &profile->observations[i], err) <
		    0)
			return -1;
	return 0;
}

void
profile_csv_header(const struct profile_csv *csv, FILE *out)
{
	for (size_t i = 0; i < csv->count; i++) {
		if (i != 0)
			fputc(',', out);
		out_csv(out, csv->columns[i]);
	}
	fputc('\n', out);
}

/* What one row is about. */
struct csv_row {
	struct span source;
	int64_t at;
	struct span purpose; /* of the last consent that it holds */
};

/* The rows of a profile, and in which of them each consent stands. */
struct csv_rows {
	struct csv_row *list;
	size_t count;
	size_t *consents;
};

/* The row of that source and moment, made on first sight. */
static void
place_observation(struct csv_rows *rows, const struct observation *seen)
{
	for (size_t i = 0; i < rows->count; i++)
		if (rows->list[i].at == seen->observed_at &&
		    span_eq(rows->list[i].source, seen->source))
			return;
	rows->list[rows->count++] =
	    (struct csv_row){ .source = seen->source, .at = seen->observed_at };
}

/* A row of that source without a consent to that purpose, made where there is
 * none. Consents of one purpose stand together, so that the last one that a
 * row took is the one to compare. */
static size_t
place_consent(struct csv_rows *rows, const struct consent *consent)
{
	size_t i = 0;

	while (i < rows->count &&
	       (!span_eq(rows->list[i].source, consent->source) ||
		   span_eq(rows->list[i].purpose, consent->type)))
		i++;
	if (i == rows->count)
		rows->list[rows->count++] =
		    (struct csv_row){ .source = consent->source,
			    .at = consent->at };
	rows->list[i].purpose = consent->type;
	return i;
}

/* As many steps as rows times statements: a record of them is small. */
static int
place_all(const struct profile *profile, struct arena *arena,
    struct csv_rows *rows, struct err *err)
{
	size_t most = profile->consent_count + profile->observation_count + 1;

	*rows = (struct csv_rows){ .count = 0 };
	rows->list = arena_calloc(arena, most, sizeof *rows->list);
	rows->consents = arena_calloc(arena, most, sizeof *rows->consents);
	if (!rows->list || !rows->consents)
		return no_memory(err);
	for (size_t i = 0; i < profile->observation_count; i++)
		place_observation(rows, &profile->observations[i]);
	for (size_t i = 0; i < profile->consent_count; i++)
		rows->consents[i] = place_consent(rows, &profile->consents[i]);
	if (rows->count == 0)
		rows->list[rows->count++].at = WHEN_PAST;
	return 0;
}

static int
put_bounces(
    struct putting *putting, const struct profile *profile, struct err *err)
{
	char text[BOUNCE_DAY_SIZE];
	struct buf list, day;

	buf_init(&list, putting->arena, NAME_MAX);
	buf_init(&day, putting->arena, sizeof text);
	bounces_print(profile->bounces, profile->bounce_count, &list);
	if (profile->forgiven != 0)
		buf_str(&day, bounce_day_print(profile->forgiven, text));
	if (list.failed || day.failed)
		return no_memory(err);
	if (put(putting, IMPORT_BOUNCES, SPAN_NONE, "", buf_span(&list), err) <
	    0)
		return -1;
	return put(
	    putting, IMPORT_FORGIVEN, SPAN_NONE, "", buf_span(&day), err);
}

static int
put_head(struct putting *putting, const struct profile *profile,
    const struct csv_row *row, struct err *err)
{
	const struct {
		const char *name;
		bool on;
	} flags[] = {
		{ "object_profiling", profile->object_profiling },
		{ "object_marketing", profile->object_marketing },
		{ "suppressed", profile->suppressed },
		{ "restricted", profile->restricted },
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (put(putting, flags[i].name, SPAN_NONE, "",
			flags[i].on ? SPAN("1") : SPAN("0"), err) < 0)
			return -1;
	if (put_bounces(putting, profile, err) < 0 ||
	    put(putting, "email", SPAN_NONE, "", profile->address, err) < 0 ||
	    put(putting, "source", SPAN_NONE, "", row->source, err) < 0)
		return -1;
	if (row->at == WHEN_PAST)
		return 0;
	return put_moment(putting, "observed_at", SPAN_NONE, "", row->at, err);
}

static int
put_row(struct putting *putting, const struct profile *profile,
    const struct csv_rows *rows, size_t index, struct err *err)
{
	const struct csv_row *row = &rows->list[index];

	if (put_head(putting, profile, row, err) < 0)
		return -1;
	for (size_t i = 0; i < profile->consent_count; i++)
		if (rows->consents[i] == index &&
		    put_consent(putting, &profile->consents[i], err) < 0)
			return -1;
	for (size_t i = 0; i < profile->observation_count; i++) {
		const struct observation *seen = &profile->observations[i];

		if (seen->observed_at == row->at &&
		    span_eq(seen->source, row->source) &&
		    put_observation(putting, seen, err) < 0)
			return -1;
	}
	return 0;
}

int
profile_csv_rows(const struct profile_csv *csv, const struct profile *profile,
    struct arena *scratch, FILE *out, struct err *err)
{
	struct putting putting = { .csv = csv, .arena = scratch };
	struct csv_rows rows;

	if (place_all(profile, scratch, &rows, err) < 0)
		return -1;
	for (size_t i = 0; i < rows.count; i++) {
		putting.cells =
		    arena_calloc(scratch, csv->count, sizeof *putting.cells);
		if (!putting.cells)
			return no_memory(err);
		if (put_row(&putting, profile, &rows, i, err) < 0)
			return -1;
		for (size_t j = 0; j < csv->count; j++) {
			if (j != 0)
				fputc(',', out);
			out_csv(out, putting.cells[j]);
		}
		fputc('\n', out);
	}
	return putting.left_out ? 0 : 1;
}
