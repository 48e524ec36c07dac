#include "tools/input/row_faults.h"

#include <stdlib.h>
#include <sysexits.h>

#include "store/catalog/schema.h"
#include "tools/out.h"

/* The fault of that kind, made on first sight; NULL where the list is full
 * or memory is out. */
static struct row_fault *
find(struct row_faults *faults, struct span name, struct span rule,
    enum row_fate fate)
{
	struct row_fault *fault = faults->list;

	for (size_t i = 0; i < faults->used; i++, fault++)
		if (span_eq(fault->name, name) && span_eq(fault->rule, rule) &&
		    fault->fate == fate)
			return fault;
	if (faults->used == ROW_FAULTS_MAX)
		return NULL;
	*fault = (struct row_fault){ .fate = fate };
	if (arena_dup(faults->arena, name, &fault->name) < 0 ||
	    arena_dup(faults->arena, rule, &fault->rule) < 0)
		return NULL;
	faults->used++;
	return fault;
}

static void
add(struct row_faults *faults, struct span name, struct span rule,
    enum row_fate fate, struct row_place place)
{
	struct row_fault *fault = find(faults, name, rule, fate);
	struct span text = place.value;

	if (fault == NULL) {
		faults->other++;
		return;
	}
	if (fault->count < ROW_FAULTS_SHOWN) {
		if (arena_dup(faults->arena,
			span_first(text, text.len < ROW_FAULTS_TEXT
					     ? text.len
					     : ROW_FAULTS_TEXT),
			&place.value) < 0)
			place.value = SPAN_NONE;
		fault->first[fault->count] = place;
	}
	fault->count++;
}

void
row_faults_add_row(struct row_faults *faults, const struct row *row)
{
	struct row_place place = { .value = row->bad_value,
		.line = row->bad_line,
		.column = row->bad_column };

	faults->rows++;
	if (row->not_utf8)
		encoding_guess_add(&faults->foreign, row->bad_value);
	add(faults, row->bad_name, span_str(row->bad), ROW_LEFT_OUT, place);
}

/* The words of field_fault(), as a sentence ends with them. */
static const struct {
	const char *word;
	const char *rule;
} values[] = {
	{ "placeholder", "a placeholder by the schema" },
	{ "pattern", "not what the schema's pattern allows" },
	{ "range", "outside the schema's range" },
	{ "choice", "none of the schema's values" },
	{ "empty", "empty" },
};

static const char *const types[] = {
	[FIELD_STRING] = "no text",
	[FIELD_LIST] = "no list",
	[FIELD_NUMBER] = "not a number",
	[FIELD_DATE] = "not a date such as 2026-11-30",
	[FIELD_BOOLEAN] = "neither true nor false",
	[FIELD_JSON] = "not JSON",
};

void
row_faults_add_value(struct row_faults *faults, const struct row_cell *cell,
    const struct field *field, const char *rule)
{
	struct row_place place = { cell->value, cell->line, cell->column };

	if (strcmp(rule, "type") == 0)
		rule = types[field->type];
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (strcmp(values[i].word, rule) == 0)
			rule = values[i].rule;
	faults->values++;
	add(faults, cell->name, span_str(rule), ROW_VALUE_UNUSED, place);
}

void
row_faults_add_note(
    struct row_faults *faults, const struct row_cell *cell, const char *note)
{
	add(faults, cell->name, span_str(note), ROW_NOTED,
	    (struct row_place){ cell->value, cell->line, cell->column });
}

static int
most_first(const void *a, const void *b)
{
	const struct row_fault *one = a, *other = b;

	if (one->count != other->count)
		return one->count < other->count ? 1 : -1;
	if (one->first[0].line != other->first[0].line)
		return one->first[0].line < other->first[0].line ? -1 : 1;
	return one->first[0].column < other->first[0].column ? -1 : 1;
}

static size_t
shown(const struct row_fault *fault)
{
	return fault->count < ROW_FAULTS_SHOWN ? (size_t)fault->count
					       : ROW_FAULTS_SHOWN;
}

static void
print_value(FILE *errors, struct span value)
{
	if (value.len == 0)
		return;
	fputs(" `", errors);
	out_text(errors, value, 0);
	fputc('`', errors);
}

static const char *const fates[] = { "left out", "kept, never used", "kept" };

static void
print_fault(const struct row_fault *fault, FILE *errors, const char *file)
{
	const struct row_place *first = &fault->first[0];

	fprintf(errors, "inlay: %s:%u:", file, first->line);
	if (first->column != 0)
		fprintf(errors, "%u:", first->column);
	fputc(' ', errors);
	if (fault->name.len != 0) {
		out_text(errors, fault->name, 0);
		fputs(": ", errors);
	}
	out_text(errors, fault->rule, 0);
	if (first->value.len != 0)
		fputc(':', errors);
	print_value(errors, first->value);
	fprintf(errors, " (%llu %s%s", (unsigned long long)fault->count,
	    fault->fate == ROW_LEFT_OUT && fault->count > 1 ? "rows "
	    : fault->fate == ROW_LEFT_OUT		    ? "row "
							    : "",
	    fates[fault->fate]);
	for (size_t i = 1; i < shown(fault); i++) {
		fprintf(errors, "%s line %u", i == 1 ? "; also" : ",",
		    fault->first[i].line);
		print_value(errors, fault->first[i].value);
	}
	fputs(")\n", errors);
}

/* Offers to read the file as what its rows look like. */
static void
print_offer(const struct row_faults *faults, FILE *errors, const char *file)
{
	const char *best = encoding_guess_best(&faults->foreign);
	bool one = faults->foreign.texts == 1;

	if (faults->foreign.texts == 0)
		return;
	fprintf(errors, "inlay: %s: %llu %s not UTF-8", file,
	    (unsigned long long)faults->foreign.texts,
	    one ? "row is" : "rows are");
	if (best)
		fprintf(errors, "; %s like %s: --encoding %s reads %s\n",
		    one ? "it looks" : "they look", best, best,
		    one ? "it" : "them");
	else
		fputs("; --encoding says what they are\n", errors);
}

void
row_faults_print(struct row_faults *faults, FILE *errors, const char *file)
{
	qsort(faults->list, faults->used, sizeof *faults->list, most_first);
	for (size_t i = 0; i < faults->used; i++)
		print_fault(&faults->list[i], errors, file);
	if (faults->other != 0)
		fprintf(errors, "inlay: %s: %llu faults of other kinds\n", file,
		    (unsigned long long)faults->other);
	print_offer(faults, errors, file);
}

static json_t *
places_json(const struct row_fault *fault)
{
	json_t *list = json_array();

	for (size_t i = 0; i < shown(fault); i++) {
		const struct row_place *place = &fault->first[i];
		json_t *object = json_object();

		out_set(object, "line", json_integer(place->line));
		if (place->column != 0)
			out_set(object, "column", json_integer(place->column));
		out_set(object, "value", out_string(place->value));
		out_add(list, object);
	}
	return list;
}

json_t *
row_faults_json(struct row_faults *faults)
{
	json_t *list = json_array();

	qsort(faults->list, faults->used, sizeof *faults->list, most_first);
	for (size_t i = 0; i < faults->used; i++) {
		const struct row_fault *fault = &faults->list[i];
		json_t *object = json_object();

		out_set(object, "name", out_string(fault->name));
		out_set(object, "rule", out_string(fault->rule));
		out_set(
		    object, "count", json_integer((json_int_t)fault->count));
		out_set(
		    object, "kept", json_boolean(fault->fate != ROW_LEFT_OUT));
		out_set(object, "first", places_json(fault));
		out_add(list, object);
	}
	return list;
}

int
row_faults_status(const struct row_faults *faults, uint64_t rows, uint64_t most)
{
	if (faults->rows == 0)
		return EX_OK;
	return faults->rows > most || faults->rows == rows ? EX_DATAERR : EX_OK;
}
