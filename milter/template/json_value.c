#include "milter/template/json_value.h"

#include <jansson.h>

#define DEPTH_MAX 64

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for a JSON value");
}

static int convert(json_t *json, unsigned depth, struct arena *arena,
    struct value *value, struct err *err);

static int
convert_array(const json_t *json, unsigned depth, struct arena *arena,
    struct value *value, struct err *err)
{
	size_t count = json_array_size(json);
	struct value *items = arena_calloc(arena, count, sizeof *items);

	if (items == NULL || count > UINT32_MAX)
		return full(err);
	for (size_t i = 0; i < count; i++)
		if (convert(json_array_get(json, i), depth + 1, arena,
			&items[i], err) < 0)
			return -1;
	*value = value_array(items, (uint32_t)count);
	return 0;
}

static int
convert_object(json_t *json, unsigned depth, struct arena *arena,
    struct value *value, struct err *err)
{
	struct map *map = map_new(arena, (uint32_t)json_object_size(json));
	void *at;

	if (map == NULL)
		return full(err);
	for (at = json_object_iter(json); at != NULL;
	     at = json_object_iter_next(json, at)) {
		struct span key;
		struct value item;

		if (arena_dup(arena, span_str(json_object_iter_key(at)), &key) <
		    0)
			return full(err);
		if (convert(json_object_iter_value(at), depth + 1, arena, &item,
			err) < 0)
			return -1;
		if (map_put(arena, map, key, item) < 0)
			return full(err);
	}
	*value = value_map(map);
	return 0;
}

/* Recursive, but never deeper than DEPTH_MAX whatever the input. */
static int
convert(json_t *json, unsigned depth, struct arena *arena, struct value *value,
    struct err *err)
{
	if (depth > DEPTH_MAX)
		return err_set(err, ERR_INPUT,
		    "JSON nested deeper than %d levels", DEPTH_MAX);
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return convert_object(json, depth, arena, value, err);
	case JSON_ARRAY:
		return convert_array(json, depth, arena, value, err);
	case JSON_STRING:
		if (value_string_copy(arena,
			span_of(
			    json_string_value(json), json_string_length(json)),
			value) < 0)
			return full(err);
		return 0;
	case JSON_INTEGER:
		*value = value_integer(json_integer_value(json));
		return 0;
	case JSON_REAL:
		*value = value_float(json_real_value(json));
		return 0;
	case JSON_TRUE:
	case JSON_FALSE:
		*value = value_bool(json_is_true(json));
		return 0;
	case JSON_NULL:
		*value = value_nil();
		return 0;
	}
	return err_set(err, ERR_INPUT, "unknown kind of JSON value");
}

int
json_value(
    struct span text, struct arena *arena, struct value *value, struct err *err)
{
	json_error_t error;
	json_t *json = json_loadb(text.at, text.len, JSON_DECODE_ANY, &error);
	int result;

	if (json == NULL) {
		err_at(err, ERR_INPUT, NULL, (unsigned)error.line,
		    (unsigned)error.column, "%s", error.text);
		return err_quotes(err);
	}
	result = convert(json, 0, arena, value, err);
	json_decref(json);
	return result;
}
