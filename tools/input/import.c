#include "tools/input/import.h"

#include "store/base/suggest.h"
#include "store/base/timestamp.h"
#include "store/record/key.h"
#include "tools/input/row_faults.h"

enum role {
	ROLE_UNKNOWN,
	ROLE_SKIP,
	ROLE_ADDRESS,
	ROLE_SOURCE,
	ROLE_OBSERVED,
	ROLE_FLAG,
	ROLE_CONSENT,	    /* consent.PURPOSE */
	ROLE_CONSENT_AT,    /* consent.PURPOSE.at */
	ROLE_CONSENT_UNTIL, /* consent.PURPOSE.until */
	ROLE_FIELD
};

struct column_plan {
	enum role role;
	const struct field *field; /* of ROLE_FIELD, NULL without schema */
	struct span purpose;	   /* of the consents */
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

int
import_switch(struct span text, bool *value)
{
	static const char *const words[] = { "false", "true", "no", "yes", "0",
		"1", "off", "on" };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_caseeq(text, span_str(words[i]))) {
			*value = i % 2 == 1;
			return 1;
		}
	return 0;
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

static struct column_plan
plan_for(const struct import *import, struct span name)
{
	struct column_plan plan = { .role = ROLE_FIELD };

	for (size_t i = 0; i < COLUMNS; i++)
		if (span_caseeq(name, span_str(columns[i].name)))
			return (struct column_plan){ .role = columns[i].role };
	if (span_starts(name, SPAN("consent.")))
		return consent_plan(name);
	plan.field = schema_field(import->schema, name);
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

static int
unknown_column(const struct import *import, struct span name, const char *file,
    struct err *err)
{
	const struct field *own = schema_field(import->schema, name);
	struct span nearest;

	if (own)
		return err_at(err, ERR_INPUT, file, 1, 0,
		    "column `%.*s` is a derived field", SPAN_ARG(name));
	nearest = suggest_nearest(name, field_name, import->schema);
	if (nearest.len != 0)
		return err_at(err, ERR_INPUT, file, 1, 0,
		    "column `%.*s` is no field of the schema; did you mean "
		    "`%.*s`?",
		    SPAN_ARG(name), SPAN_ARG(nearest));
	return err_at(err, ERR_INPUT, file, 1, 0,
	    "column `%.*s` is no field of the schema; --ignore-unknown skips "
	    "such columns",
	    SPAN_ARG(name));
}

int
import_plan(struct import *import, const struct rows *rows, const char *file,
    struct arena *arena, struct err *err)
{
	const struct span *names = rows_columns(rows, &import->plan_count);
	bool address = false;

	if (import->plan_count == 0)
		return 0;
	import->plan =
	    arena_calloc(arena, import->plan_count, sizeof(*import->plan));
	if (!import->plan)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < import->plan_count; i++) {
		import->plan[i] = plan_for(import, names[i]);
		if (import->plan[i].role == ROLE_UNKNOWN)
			return unknown_column(import, names[i], file, err);
		address |= import->plan[i].role == ROLE_ADDRESS;
	}
	if (!address)
		return err_at(
		    err, ERR_INPUT, file, 1, 0, "no column is called `email`");
	return 0;
}

/* Marks the row bad at a cell. Returns 0. */
static int
bad(struct row *row, const struct row_cell *cell, const char *why)
{
	row->bad = why;
	row->bad_name = cell ? cell->name : SPAN_NONE;
	row->bad_value = cell ? cell->value : SPAN_NONE;
	row->bad_line = cell ? cell->line : row->line;
	row->bad_column = cell ? cell->column : 1;
	return 0;
}

static enum observed_type
observed_type(const struct row_cell *cell, const struct field *field)
{
	static const enum observed_type by_cell[] = {
		[CELL_TEXT] = OBSERVED_STRING,
		[CELL_NUMBER] = OBSERVED_NUMBER,
		[CELL_BOOLEAN] = OBSERVED_BOOLEAN,
		[CELL_JSON] = OBSERVED_JSON,
		[CELL_NULL] = OBSERVED_STRING,
	};
	static const enum observed_type by_field[] = {
		[FIELD_STRING] = OBSERVED_STRING,
		[FIELD_NUMBER] = OBSERVED_NUMBER,
		[FIELD_DATE] = OBSERVED_DATE,
		[FIELD_BOOLEAN] = OBSERVED_BOOLEAN,
		[FIELD_LIST] = OBSERVED_STRING,
		[FIELD_JSON] = OBSERVED_JSON,
	};

	return field && cell->kind == CELL_TEXT ? by_field[field->type]
						: by_cell[cell->kind];
}

/* A text under a typed field keeps its type only where it is valid: what
 * cannot be read as a number must not be stored as one. */
static void
add_observation(struct import *import, const struct row_cell *cell,
    const struct field *field, struct profile *update)
{
	struct observation *observation =
	    &update->observations[update->observation_count++];
	struct span value = span_trim(cell->value);
	const char *fault;
	bool dull = false;

	*observation = (struct observation){ .field = cell->name,
		.type = observed_type(cell, field),
		.value = value,
		.retracted = cell->kind == CELL_NULL };
	if (!field || observation->retracted)
		return;
	if (field->type == FIELD_BOOLEAN && cell->kind == CELL_TEXT &&
	    import_switch(value, &dull))
		observation->value = dull ? SPAN("true") : SPAN("false");
	if (field->type == FIELD_LIST && value.len != 0 && value.at[0] == '[')
		observation->type = OBSERVED_JSON;
	fault = field_fault(field, observation->value);
	if (fault) {
		row_faults_add_value(import->faults, cell, fault);
		if (cell->kind == CELL_TEXT)
			observation->type = OBSERVED_STRING;
	}
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
take_consent(struct row *row, const struct row_cell *cell,
    const struct column_plan *plan, struct profile *update)
{
	struct consent *consent = consent_of(update, plan->purpose);

	if (plan->role == ROLE_CONSENT_AT) {
		if (!timestamp_parse(cell->value, &consent->at))
			return bad(row, cell, "not a date");
	} else if (plan->role == ROLE_CONSENT_UNTIL) {
		if (!timestamp_parse(cell->value, &consent->revoke_at))
			return bad(row, cell, "not a date");
		consent->has_revoke_at = true;
	} else if (!read_status(cell->value, &consent->status)) {
		return bad(row, cell,
		    "a consent is granted, denied, revoked, yes or no");
	}
	return 1;
}

static int
take_address(struct row *row, const struct row_cell *cell, struct arena *arena,
    struct profile *update, struct err *err)
{
	int valid =
	    address_normalise(cell->value, arena, &update->address, err);

	return valid == 0 ? bad(row, cell, "not a mail address") : valid;
}

/* What the row says of itself, kept until all cells are read. */
struct said {
	struct span source;
	int64_t at;
};

static int
take_cell(struct import *import, struct row *row, const struct row_cell *cell,
    const struct column_plan *plan, struct said *said, struct arena *arena,
    struct profile *update, struct err *err)
{
	bool on = false;

	if (cell->kind != CELL_NULL && span_trim(cell->value).len == 0)
		return 1;
	switch (plan->role) {
	case ROLE_SKIP:
		return 1;
	case ROLE_ADDRESS:
		return take_address(row, cell, arena, update, err);
	case ROLE_SOURCE:
		said->source = cell->value;
		return 1;
	case ROLE_OBSERVED:
		if (!timestamp_parse(cell->value, &said->at))
			return bad(row, cell, "not a date");
		return 1;
	case ROLE_FLAG:
		if (!import_switch(cell->value, &on))
			return bad(row, cell, "expected yes or no");
		if (on)
			*import_flag(update, cell->name) = true;
		return 1;
	case ROLE_CONSENT:
	case ROLE_CONSENT_AT:
	case ROLE_CONSENT_UNTIL:
		return take_consent(row, cell, plan, update);
	case ROLE_FIELD:
		add_observation(import, cell, plan->field, update);
		return 1;
	case ROLE_UNKNOWN:
		break;
	}
	return bad(row, cell, "a name that is no field of the schema");
}

/* Gives everything the row's source and date. */
static int
settle(const struct import *import, struct row *row, const struct said *said,
    struct profile *update)
{
	struct span source = said->source.len ? said->source : import->source;
	int64_t at = said->at != AT_UNSET ? said->at : import->observed_at;

	if (update->address.len == 0)
		return bad(row, NULL, "no address");
	for (size_t i = 0; i < update->observation_count; i++) {
		update->observations[i].source = source;
		update->observations[i].observed_at = at;
	}
	for (size_t i = 0; i < update->consent_count; i++) {
		struct consent *consent = &update->consents[i];

		if (consent->status > CONSENT_REVOKED)
			return bad(
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
		status = take_cell(import, row, &row->cells[i], &plan, &said,
		    arena, update, err);
		if (status <= 0)
			return status;
	}
	return settle(import, row, &said, update);
}
