#include "tests/suites/decide/vectors.h"

#include <math.h>

struct span
text_of(const json_t *json)
{
	return span_of(json_string_value(json), json_string_length(json));
}

struct span
text_at(const json_t *object, const char *key)
{
	return text_of(json_object_get(object, key));
}

double
number_at(const json_t *object, const char *key, double otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : otherwise;
}

int64_t
time_at(const json_t *object, const char *key, int64_t otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? (int64_t)json_number_value(value)
				     : otherwise;
}

bool
truth_at(const json_t *object, const char *key, bool otherwise)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

size_t
list_size(const json_t *list)
{
	size_t count = json_array_size(list);

	return count < LIST_MAX ? count : LIST_MAX;
}

json_t *
json_text(struct span text)
{
	return text.at ? json_stringn(text.at, text.len) : json_null();
}

bool
close_to(double expected, double got, double relative, double absolute)
{
	return fabs(expected - got) <=
	       relative * fmax(fabs(expected), fabs(got)) + absolute;
}

size_t
numbers_of(const json_t *list, double *out)
{
	size_t count = list_size(list);

	for (size_t i = 0; i < count; i++)
		out[i] = json_number_value(json_array_get(list, i));
	return count;
}

double
relative_of(const json_t *test)
{
	return number_at(json_object_get(test, "tolerance"), "rel", 0);
}

bool
same_near(
    const json_t *expected, const json_t *got, double relative, double absolute)
{
	const char *key;
	json_t *value;
	size_t index;

	if (json_is_number(expected))
		return json_is_number(got) &&
		       close_to(json_number_value(expected),
			   json_number_value(got), relative, absolute);
	if (json_is_object(expected)) {
		json_object_foreach((json_t *)(uintptr_t)expected, key,
		    value) if (!same_near(value, json_object_get(got, key),
				   relative, absolute)) return false;
		return true;
	}
	if (!json_is_array(expected))
		return json_equal(expected, got);
	if (json_array_size(expected) != json_array_size(got))
		return false;
	json_array_foreach(expected, index,
	    value) if (!same_near(value, json_array_get(got, index), relative,
			   absolute)) return false;
	return true;
}

bool
same(const json_t *expected, const json_t *got, double tolerance)
{
	return same_near(expected, got, tolerance, 1e-300);
}

bool
same_sets(const json_t *expected, const json_t *got)
{
	const char *key;
	json_t *value, *item, *other;
	size_t i, j;

	json_object_foreach((json_t *)(uintptr_t)expected, key, value)
	{
		const json_t *mine = json_object_get(got, key);

		if (!json_is_array(value)) {
			if (!same(value, mine, 0))
				return false;
			continue;
		}
		if (json_array_size(value) != json_array_size(mine))
			return false;
		json_array_foreach(value, i, item)
		{
			bool found = false;

			json_array_foreach(mine, j, other) found =
			    found || json_equal(item, other);
			if (!found)
				return false;
		}
	}
	return true;
}

const char *
string_at(const json_t *object, const char *key, const char *otherwise)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : otherwise;
}
