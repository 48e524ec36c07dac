#include "tools/input/import.h"

#include "store/base/suggest.h"
#include "store/record/key.h"
#include "tools/input/import_value.h"
#include "tools/input/row_faults.h"
#include "tools/input/row_value.h"

#define TYPE_ENDING ".type" /* of a column that tells another one's types */

enum role {
	ROLE_UNKNOWN,
	ROLE_SKIP,
	ROLE_ADDRESS,
	ROLE_SOURCE,
	ROLE_OBSERVED,
	ROLE_FLAG,
	ROLE_BOUNCES,
	ROLE_FORGIVEN,
	ROLE_CONSENT,	    /* consent.PURPOSE */
	ROLE_CONSENT_AT,    /* consent.PURPOSE.at */
	ROLE_CONSENT_UNTIL, /* consent.PURPOSE.until */
	ROLE_TYPE,	    /* FIELD.type, of a CSV file */
	ROLE_FIELD
};

struct column_plan {
	enum role role;
	const struct field *field; /* of ROLE_FIELD, NULL without schema */
	struct span purpose;	   /* of the consents */
	size_t typed;		   /* where FIELD.type stands, from 1, or 0 */
};

static const struct {
	const char *name;
	enum role role;
	size_t flag;
} columns[] = {
	{ "email", ROLE_ADDRESS, 0 },
	{ "address", ROLE_ADDRESS, 0 },
	{ "source", ROLE_SOURCE, 0 },
	{ "observed_at", ROLE_OBSERVED, 0 },
	{ "object_profiling", ROLE_FLAG,
	    offsetof(struct profile, object_profiling) },
	{ "object_marketing", ROLE_FLAG,
	    offsetof(struct profile, object_marketing) },
	{ "suppressed", ROLE_FLAG, offsetof(struct profile, suppressed) },
	{ "restricted", ROLE_FLAG, offsetof(struct profile, restricted) },
	{ IMPORT_BOUNCES, ROLE_BOUNCES, 0 },
	{ IMPORT_FORGIVEN, ROLE_FORGIVEN, 0 },
};

#define COLUMNS (sizeof(columns) / sizeof(*columns))

bool *
import_flag(struct profile *profile, struct span name)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (columns[i].role == ROLE_FLAG &&
		    span_caseeq(name, span_str(columns[i].name)))
			return (
			    bool *)(void *)((char *)profile + columns[i].flag);
	return NULL;
}

static struct column_plan
consent_plan(struct span name)
{
	struct column_plan plan = { .role = ROLE_CONSENT };

	plan.purpose = span_from(name, sizeof("consent.") - 1);
	if (span_ends(plan.purpose, SPAN(".at")))
		plan.role = ROLE_CONSENT_AT;
	else if (span_ends(plan.purpose, SPAN(".until")))
		plan.role = ROLE_CONSENT_UNTIL;
	if (plan.role == ROLE_CONSENT_AT)
		plan.purpose.len -= 3;
	if (plan.role == ROLE_CONSENT_UNTIL)
		plan.purpose.len -= 6;
	if (plan.purpose.len == 0)
		plan.role = ROLE_UNKNOWN;
	return plan;
}

/* An address is the mail address, unless the schema has a field of that
 * name: that is where letters go. */
static bool
is_postal(struct span name, const struct field *field)
{
	return field != NULL && span_caseeq(name, SPAN("address"));
}

static struct column_plan
plan_for(const struct import *import, struct span name)
{
	struct column_plan plan = { .role = ROLE_FIELD };

	plan.field = schema_field(import->schema, name);
	for (size_t i = 0; i < COLUMNS; i++)
		if (span_caseeq(name, span_str(columns[i].name)) &&
		    !is_postal(name, plan.field))
			return (struct column_plan){ .role = columns[i].role };
	if (span_starts(name, SPAN("consent.")))
		return consent_plan(name);
	if (plan.field && plan.field->derived.len != 0)
		plan.role = ROLE_UNKNOWN;
	if (!plan.field && import->schema->field_count != 0)
		plan.role = ROLE_UNKNOWN;
	if (name.len == 0)
		plan.role = ROLE_UNKNOWN;
	if (plan.role == ROLE_UNKNOWN && import->ignore_unknown)
		plan.role = ROLE_SKIP;
	return plan;
}

static bool
field_name(const void *names, size_t index, struct span *name)
{
	const struct schema *schema = names;

	if (index >= schema->field_count)
		return false;
	*name = schema->fields[index].name;
	return true;
}

/* Where the header stands, for errors. */
struct heading {
	const char *file;
	const struct rows *rows;
};

static int
unknown_column(const struct import *import, struct span name,
    const struct heading *heading, struct err *err)
{
	const struct field *own = schema_field(import->schema, name);
	unsigned line = rows_header_line(heading->rows);
	struct span nearest;

	if (own)
		return err_at(err, ERR_INPUT, heading->file, line, 0,
		    "column `%.*s` is a derived field", SPAN_ARG(name));
	nearest = suggest_nearest(name, field_name, import->schema);
	if (nearest.len != 0)
		return err_at(err, ERR_INPUT, heading->file, line, 0,
		    "column `%.*s` is no field of the schema; did you mean "
		    "`%.*s`? --map '%.*s=%.*s' says so",
		    SPAN_ARG(name), SPAN_ARG(nearest), SPAN_ARG(name),
		    SPAN_ARG(nearest));
	return err_at(err, ERR_INPUT, heading->file, line, 0,
	    "column `%.*s` is no field of the schema; --ignore-unknown skips "
	    "such columns, --map '%.*s=FIELD' names the field",
	    SPAN_ARG(name), SPAN_ARG(name));
}

/* Whether a column's name speaks of mail: "Adresse e-mail", "E-Mail". */
static bool
speaks_of_mail(struct span name)
{
	for (; name.len >= 4; name = span_from(name, 1))
		if (span_caseeq(span_first(name, 4), SPAN("mail")))
			return true;
	return false;
}

static int
no_address(const struct heading *heading, struct err *err)
{
	unsigned line = rows_header_line(heading->rows);
	struct span name;

	for (size_t i = 0; rows_column_name(heading->rows, i, &name); i++)
		if (speaks_of_mail(name))
			return err_at(err, ERR_INPUT, heading->file, line, 0,
			    "no column is called `email`; --map '%.*s=email' "
			    "says that this one is it",
			    SPAN_ARG(name));
	return err_at(err, ERR_INPUT, heading->file, line, 0,
	    "no column is called `email`; --map COLUMN=email says which one "
	    "it is");
}

/* The column of the field whose types a column FIELD.type tells, or count. */
static size_t
typed_column(const struct span *names, size_t count, struct span name)
{
	size_t i = 0;

	if (!span_ends(name, SPAN(TYPE_ENDING)))
		return count;
	name.len -= sizeof TYPE_ENDING - 1;
	while (i < count && !span_eq(names[i], name))
		i++;
	return i;
}

/* What the column means, and what it means for another one. */
static struct column_plan *
plan_column(struct import *import, const struct span *names, size_t index)
{
	struct column_plan *plan = &import->plan[index];
	size_t typed = typed_column(names, import->plan_count, names[index]);
	size_t told = plan->typed; /* by a column before this one */

	*plan = plan_for(import, names[index]);
	plan->typed = told;
	if (typed < import->plan_count && !plan->field) {
		plan->role = ROLE_TYPE;
		import->plan[typed].typed = index + 1;
	}
	return plan;
}

int
import_plan(struct import *import, const struct rows *rows, const char *file,
    struct arena *arena, struct err *err)
{
	const struct span *names = rows_columns(rows, &import->plan_count);
	const struct heading heading = { file, rows };
	const struct column_plan *unknown = NULL;
	bool address = false;

	if (import->plan_count == 0)
		return 0;
	import->plan =
	    arena_calloc(arena, import->plan_count, sizeof(*import->plan));
	if (!import->plan)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < import->plan_count; i++) {
		const struct column_plan *plan = plan_column(import, names, i);

		if (plan->role == ROLE_UNKNOWN && !unknown)
			unknown = plan;
		address |= plan->role == ROLE_ADDRESS;
	}
	if (!address)
		return no_address(&heading, err);
	if (unknown)
		return unknown_column(
		    import, names[unknown - import->plan], &heading, err);
	return 0;
}

static bool
is_blank(const struct row_cell *cell)
{
	return cell->kind != CELL_NULL && span_trim(cell->value).len == 0;
}

/* What the column FIELD.type says of the cell, or "". */
static struct span
told_type(const struct import *import, const struct row *row, size_t index)
{
	size_t typed = import->plan ? import->plan[index].typed : 0;

	return typed ? span_trim(row->cells[typed - 1].value) : SPAN_NONE;
}

/* 1, 0 the row is bad, -1. */
static int
take_value(struct import *import, struct row *row, size_t index,
    const struct field *field, struct arena *arena, struct profile *update,
    struct err *err)
{
	const struct row_cell *cell = &row->cells[index];
	const struct value_question question = { .field = field,
		.cell = cell,
		.text = span_trim(cell->value),
		.formats = &import->formats,
		.type = told_type(import, row, index) };
	struct observation *seen =
	    &update->observations[update->observation_count];
	const char *fault;
	int status;

	if (question.text.len == 0 && question.type.len == 0 &&
	    cell->kind != CELL_NULL)
		return 1;
	status = import_value(&question, arena, seen, &fault, err);
	if (status == 0)
		return row_bad(row, cell,
		    "not of the type that its column of types names");
	if (status < 0)
		return -1;
	seen->field = cell->name;
	update->observation_count++;
	if (fault)
		row_faults_add_value(import->faults, cell, field, fault);
	return 1;
}

static int
read_status(struct span text, enum consent_status *status)
{
	bool yes;

	if (span_caseeq(text, SPAN("granted")))
		*status = CONSENT_GRANTED;
	else if (span_caseeq(text, SPAN("denied")))
		*status = CONSENT_DENIED;
	else if (span_caseeq(text, SPAN("revoked")))
		*status = CONSENT_REVOKED;
	else if (import_switch(text, &yes))
		*status = yes ? CONSENT_GRANTED : CONSENT_DENIED;
	else
		return 0;
	return 1;
}

#define AT_UNSET INT64_MIN

/* The consent to that purpose of this row, made on first sight. */
static struct consent *
consent_of(struct profile *update, struct span purpose)
{
	for (size_t i = 0; i < update->consent_count; i++)
		if (span_eq(update->consents[i].type, purpose))
			return &update->consents[i];
	update->consents[update->consent_count] = (struct consent){
		.type = purpose, .status = CONSENT_REVOKED + 1, .at = AT_UNSET
	};
	return &update->consents[update->consent_count++];
}

static int
take_consent(const struct import *import, struct row *row,
    const struct row_cell *cell, const struct column_plan *plan,
    struct profile *update)
{
	struct consent *consent = consent_of(update, plan->purpose);

	if (plan->role == ROLE_CONSENT_AT) {
		if (!row_when(&import->formats, row, cell, &consent->at))
			return 0;
	} else if (plan->role == ROLE_CONSENT_UNTIL) {
		if (!row_when(&import->formats, row, cell, &consent->revoke_at))
			return 0;
		consent->has_revoke_at = true;
	} else if (!read_status(cell->value, &consent->status)) {
		return row_bad(row, cell,
		    "a consent is granted, denied, revoked, yes or no");
	}
	return 1;
}

static int
take_address(struct import *import, struct row *row,
    const struct row_cell *cell, struct arena *arena, struct profile *update,
    struct err *err)
{
	int valid =
	    address_normalise(cell->value, arena, &update->address, err);

	import->respelled =
	    valid > 0 && !span_eq(span_trim(cell->value), update->address);
	return valid == 0 ? row_bad(row, cell, "not a mail address") : valid;
}

/* 1, 0 the row is bad, -1. */
static int
take_bounces(struct row *row, const struct row_cell *cell, struct arena *arena,
    struct profile *update, struct err *err)
{
	int read = bounces_read(
	    cell->value, arena, &update->bounces, &update->bounce_count, err);

	return read == 0 ? row_bad(row, cell,
			       "bounces are written as `2026-11-03 5.1.1; "
			       "2026-11-20 4.2.2`")
			 : read;
}

/* In a row that brings its own names. As take_value. */
static int
unknown_name(const struct import *import, struct row *row,
    const struct row_cell *cell, struct arena *arena, struct err *err)
{
	struct span nearest =
	    suggest_nearest(cell->name, field_name, import->schema);
	struct buf text;

	if (nearest.len == 0)
		return row_bad(
		    row, cell, "a name that is no field of the schema");
	buf_init(&text, arena, nearest.len + 100);
	buf_printf(&text,
	    "a name that is no field of the schema; did you mean `%.*s`?",
	    SPAN_ARG(nearest));
	if (text.failed)
		return err_set(err, ERR_MEMORY, "no memory for a row");
	return row_bad(row, cell, buf_cstr(&text));
}

/* What the row says of itself, kept until all cells are read. */
struct said {
	struct span source;
	int64_t at;
};

static int
take_cell(struct import *import, struct row *row, size_t index,
    const struct column_plan *plan, struct said *said, struct arena *arena,
    struct profile *update, struct err *err)
{
	const struct row_cell *cell = &row->cells[index];
	bool on = false;

	if (plan->role != ROLE_FIELD && is_blank(cell))
		return 1;
	switch (plan->role) {
	case ROLE_SKIP:
	case ROLE_TYPE:
		return 1;
	case ROLE_ADDRESS:
		return take_address(import, row, cell, arena, update, err);
	case ROLE_SOURCE:
		said->source = cell->value;
		return 1;
	case ROLE_OBSERVED:
		return row_when(&import->formats, row, cell, &said->at);
	case ROLE_FLAG:
		if (!import_switch(cell->value, &on))
			return row_bad(row, cell, "expected yes or no");
		if (on)
			*import_flag(update, cell->name) = true;
		return 1;
	case ROLE_BOUNCES:
		return take_bounces(row, cell, arena, update, err);
	case ROLE_FORGIVEN:
		if (cell->value.len != 0 &&
		    !bounce_day_read(cell->value, &update->forgiven))
			return row_bad(row, cell, "not a day");
		return 1;
	case ROLE_CONSENT:
	case ROLE_CONSENT_AT:
	case ROLE_CONSENT_UNTIL:
		return take_consent(import, row, cell, plan, update);
	case ROLE_FIELD:
		return take_value(
		    import, row, index, plan->field, arena, update, err);
	case ROLE_UNKNOWN:
		break;
	}
	return unknown_name(import, row, cell, arena, err);
}

/* Gives everything the row's source and date. */
static int
settle(const struct import *import, struct row *row, const struct said *said,
    struct profile *update)
{
	struct span source = said->source.len ? said->source : import->source;
	int64_t at = said->at != AT_UNSET ? said->at : import->observed_at;

	if (update->address.len == 0)
		return row_bad(row, NULL, "no address");
	for (size_t i = 0; i < update->observation_count; i++) {
		update->observations[i].source = source;
		update->observations[i].observed_at = at;
	}
	for (size_t i = 0; i < update->consent_count; i++) {
		struct consent *consent = &update->consents[i];

		if (consent->status > CONSENT_REVOKED)
			return row_bad(
			    row, NULL, "a consent has a date but no status");
		consent->source = source;
		if (consent->at == AT_UNSET)
			consent->at = at;
	}
	update->changed_at = at;
	return 1;
}

int
import_row(struct import *import, struct row *row, struct arena *arena,
    struct profile *update, struct err *err)
{
	struct said said = { .at = AT_UNSET };
	struct column_plan plan;

	*update = (struct profile){ 0 };
	update->observations = arena_alloc(
	    arena, (row->count + 1) * sizeof(*update->observations));
	update->consents =
	    arena_alloc(arena, (row->count + 1) * sizeof(*update->consents));
	if (!update->observations || !update->consents)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < row->count; i++) {
		int status;

		plan = import->plan ? import->plan[i]
				    : plan_for(import, row->cells[i].name);
		status =
		    take_cell(import, row, i, &plan, &said, arena, update, err);
		if (status <= 0)
			return status;
	}
	return settle(import, row, &said, update);
}
