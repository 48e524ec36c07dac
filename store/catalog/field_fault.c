/* Whether a value is one that the schema allows, and how its list spells it. */

#include <jansson.h>
#include <stdlib.h>

#include "store/base/regex.h"
#include "store/base/timestamp.h"
#include "store/base/unicode.h"
#include "store/catalog/schema.h"

static bool
json_valid(struct span text)
{
	json_t *value = json_loadb(text.at, text.len, JSON_DECODE_ANY, NULL);
	bool valid = value != NULL;

	json_decref(value);
	return valid;
}

/* The one of the list that the value is, or NULL. */
static const struct span *
listed(const struct span *list, size_t count, struct span value)
{
	for (size_t i = 0; i < count; i++)
		if (unicode_same(list[i], value))
			return &list[i];
	return NULL;
}

static bool
in_range(const struct field *field, double number)
{
	return !(field->has_min && number < field->min) &&
	       !(field->has_max && number > field->max);
}

/* The fault of the type and its range, or NULL. */
static const char *
type_fault(const struct field *field, struct span value)
{
	double number = 0;
	int64_t when;

	switch (field->type) {
	case FIELD_NUMBER:
		if (!span_number(value, &number))
			return "type";
		return in_range(field, number) ? NULL : "range";
	case FIELD_DATE:
		if (!timestamp_parse(value, &when))
			return "type";
		return in_range(field, (double)when) ? NULL : "range";
	case FIELD_BOOLEAN:
		return span_caseeq(value, SPAN("true")) ||
			       span_caseeq(value, SPAN("false"))
			   ? NULL
			   : "type";
	case FIELD_JSON:
		return json_valid(value) ? NULL : "type";
	case FIELD_STRING:
	case FIELD_LIST:
		break;
	}
	return NULL;
}

/* The fault of a value that is none of the schema's, or NULL. */
static const char *
choice_fault(const struct field *field, struct span value)
{
	if (field->choice_count != 0 &&
	    !listed(field->choices, field->choice_count, value))
		return "choice";
	if (field->compiled && !regex_matches(field->compiled, value))
		return "pattern";
	return NULL;
}

/* Of a list each item must be valid by itself. */
static const char *
items_fault(const struct field *field, const json_t *list)
{
	const json_t *item;
	size_t index;

	json_array_foreach(list, index, item)
	{
		struct span text =
		    span_of(json_string_value(item), json_string_length(item));
		const char *fault;

		if (!json_is_string(item))
			continue;
		if (listed(field->placeholders, field->placeholder_count, text))
			return "placeholder";
		fault = choice_fault(field, text);
		if (fault)
			return fault;
	}
	return NULL;
}

static bool
is_bound(const struct field *field)
{
	return field->placeholder_count != 0 || field->choice_count != 0 ||
	       field->compiled;
}

const char *
field_fault(const struct field *field, struct span value)
{
	const char *fault;
	json_t *list = NULL;

	value = span_trim(value);
	if (value.len == 0)
		return "empty";
	if (field->type == FIELD_LIST && value.at[0] == '[' && is_bound(field))
		list = json_loadb(value.at, value.len, 0, NULL);
	if (list) {
		fault = items_fault(field, list);
		json_decref(list);
		return fault;
	}
	if (listed(field->placeholders, field->placeholder_count, value))
		return "placeholder";
	fault = field->type == FIELD_STRING ? NULL : type_fault(field, value);
	return fault ? fault : choice_fault(field, value);
}

/* ---- the spelling ---- */

static struct span
choice_of(const struct field *field, struct span value)
{
	const struct span *choice =
	    listed(field->choices, field->choice_count, span_trim(value));

	return choice ? *choice : value;
}

static void
spell_items(const struct field *field, json_t *list)
{
	json_t *item;
	size_t index;

	json_array_foreach(list, index, item)
	{
		struct span text = choice_of(field,
		    span_of(json_string_value(item), json_string_length(item)));

		if (json_is_string(item))
			json_array_set_new(
			    list, index, json_stringn(text.at, text.len));
	}
}

/* The list with its items spelled. 0, or -1 memory. */
static int
spell_list(const struct field *field, json_t *list, struct arena *arena,
    struct span *value)
{
	char *text;
	int status;

	spell_items(field, list);
	text = json_dumps(list, JSON_COMPACT);
	status = text ? arena_dup(arena, span_str(text), value) : -1;
	free(text);
	return status;
}

int
field_spelling(const struct field *field, struct arena *arena,
    struct span *value, struct err *err)
{
	json_t *list = NULL;
	int status;

	if (field->choice_count == 0)
		return 0;
	if (field->type == FIELD_LIST)
		list = json_loadb(value->at, value->len, 0, NULL);
	if (!json_is_array(list)) {
		json_decref(list);
		*value = choice_of(field, *value);
		return 0;
	}
	status = spell_list(field, list, arena, value);
	json_decref(list);
	return status < 0 ? err_set(err, ERR_MEMORY, "out of memory") : 0;
}
