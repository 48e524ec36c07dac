#include "tools/input/import_value.h"

#include <jansson.h>

#include "store/base/unicode.h"

#define RETRACTED "none"

static const char *const type_words[] = {
	[OBSERVED_STRING] = "string",
	[OBSERVED_NUMBER] = "number",
	[OBSERVED_BOOLEAN] = "boolean",
	[OBSERVED_DATE] = "date",
	[OBSERVED_JSON] = "json",
};

#define TYPES (sizeof type_words / sizeof *type_words)

const char *
import_type_word(const struct observation *seen)
{
	return seen->retracted ? RETRACTED : type_words[seen->type];
}

/* As people write them where spreadsheets are in their language. */
static const struct {
	const char *no, *yes;
} switches[] = {
	{ "no", "yes" }, { "false", "true" }, { "0", "1" }, { "off", "on" },
	{ "non", "oui" }, { "faux", "vrai" },		/* French */
	{ "nein", "ja" }, { "falsch", "wahr" },		/* German */
	{ "nee", "ja" }, { "onwaar", "waar" },		/* Dutch */
	{ "nej", "ja" }, { "nei", "ja" },		/* Scandinavian */
	{ "no", "s\u00ed" }, { "no", "si" },		/* Spanish, Italian */
	{ "no", "s\u00ec" }, { "falso", "verdadero" },	/* Italian, Spanish */
	{ "falso", "vero" }, { "falso", "verdadeiro" }, /* and Portuguese */
	{ "n\u00e3o", "sim" },				/* Portuguese */
	{ "nie", "tak" }, { "fa\u0142sz", "prawda" },	/* Polish */
};

int
import_switch(struct span text, bool *value)
{
	for (size_t i = 0; i < sizeof(switches) / sizeof(*switches); i++) {
		*value = unicode_same(text, span_str(switches[i].yes));
		if (*value || unicode_same(text, span_str(switches[i].no)))
			return 1;
	}
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
		[FIELD_LIST] = OBSERVED_JSON,
		[FIELD_JSON] = OBSERVED_JSON,
	};

	return field && cell->kind == CELL_TEXT ? by_field[field->type]
						: by_cell[cell->kind];
}

/* Whether JSON would have written that text for a value of that type. */
static bool
is_json(enum observed_type type, struct span text)
{
	json_t *value = json_loadb(text.at ? text.at : "", text.len,
	    JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
	bool fits = type == OBSERVED_NUMBER    ? json_is_number(value)
		    : type == OBSERVED_BOOLEAN ? json_is_boolean(value)
					       : value != NULL;

	json_decref(value);
	return fits;
}

/* A value whose type the file says: it is taken as it stands. */
static int
value_as_told(const struct value_question *question, struct observation *seen)
{
	size_t type = 0;

	seen->type = OBSERVED_STRING;
	seen->value = SPAN_NONE;
	seen->retracted = span_caseeq(question->type, SPAN(RETRACTED));
	if (seen->retracted)
		return 1;
	while (type < TYPES &&
	       !span_caseeq(question->type, span_str(type_words[type])))
		type++;
	if (type == TYPES)
		return 0;
	seen->type = (enum observed_type)type;
	seen->value = question->cell->value;
	return seen->type == OBSERVED_STRING || seen->type == OBSERVED_DATE ||
	       is_json(seen->type, seen->value);
}

/* A value whose type follows from the cell and the field. 0, or -1 memory. */
static int
value_as_read(const struct value_question *question, struct arena *arena,
    struct observation *seen, struct err *err)
{
	const struct row_cell *cell = question->cell;
	const struct field *field = question->field;
	bool dull = false;

	seen->type = observed_type(cell, field);
	seen->value = question->text;
	seen->retracted = cell->kind == CELL_NULL;
	if (!field || cell->kind != CELL_TEXT)
		return 0;
	if (field_value(field, question->formats, seen->value, arena,
		&seen->value, err) < 0)
		return -1;
	if (field->type == FIELD_BOOLEAN && import_switch(seen->value, &dull))
		seen->value = dull ? SPAN("true") : SPAN("false");
	return 0;
}

/* A text under a typed field keeps its type only where it is valid: what
 * cannot be read as a number must not be stored as one. */
int
import_value(const struct value_question *question, struct arena *arena,
    struct observation *seen, const char **fault, struct err *err)
{
	const struct field *field = question->field;
	int told = 1;

	*fault = NULL;
	if (question->type.len != 0)
		told = value_as_told(question, seen);
	else if (value_as_read(question, arena, seen, err) < 0)
		return -1;
	if (told <= 0 || !field || seen->retracted)
		return told;
	*fault = field_fault(field, seen->value);
	if (!*fault && field_spelling(field, arena, &seen->value, err) < 0)
		return -1;
	if (*fault && question->type.len == 0 &&
	    question->cell->kind == CELL_TEXT)
		seen->type = OBSERVED_STRING;
	return 1;
}
