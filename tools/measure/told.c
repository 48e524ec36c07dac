#include "tools/measure/told.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tools/measure/reporting.h"

#define NARROW "\xe2\x80\xaf" /* U+202F, a blank that does not break */
#define PATH_MAX_WORDS 8

const struct told_locale told_english = { ".", ",", " %", " points" };
const struct told_locale told_french = { ",", NARROW, NARROW "%",
	NARROW "points" };

const json_t *
told_at(const json_t *tree, const char *path)
{
	while (tree && *path) {
		size_t len = strcspn(path, ".");

		tree = json_object_getn(tree, path, len);
		path += len + (path[len] == '.');
	}
	return json_is_null(tree) ? NULL : tree;
}

const char *
told_text(const json_t *tree, const char *path)
{
	const char *text = json_string_value(told_at(tree, path));

	return text ? text : "";
}

double
told_number(const json_t *tree, const char *path)
{
	return json_number_value(told_at(tree, path));
}

bool
told_true(const json_t *tree, const char *path)
{
	return json_is_true(told_at(tree, path));
}

/* Digits of the C locale's number, grouped by threes, with another point. */
const char *
told_decimal(double value, int digits, const struct told_locale *in, char *out)
{
	char plain[TOLD_SIZE];
	size_t used = 0, whole;
	const char *at = plain;

	if (!isfinite(value) || fabs(value) > 1e15) {
		snprintf(
		    out, TOLD_SIZE, "%s", isfinite(value) ? "over 10^15" : "-");
		return out;
	}
	snprintf(plain, sizeof(plain), "%.*f", digits, value);
	if (strspn(plain, "-0.") == strlen(plain) && *at == '-')
		at++;
	if (*at == '-')
		out[used++] = *at++;
	whole = strcspn(at, ".");
	for (size_t i = 0; i < whole; i++) {
		if (i != 0 && (whole - i) % 3 == 0)
			used += (size_t)snprintf(
			    out + used, TOLD_SIZE - used, "%s", in->group);
		out[used++] = at[i];
	}
	out[used] = '\0';
	if (at[whole] != '\0')
		snprintf(out + used, TOLD_SIZE - used, "%s%s", in->point,
		    at + whole + 1);
	return out;
}

const char *
told_count(double value, const struct told_locale *in, char *out)
{
	return told_decimal(value, 0, in, out);
}

const char *
told_value(
    double value, const char *unit, const struct told_locale *in, char *out)
{
	char number[TOLD_SIZE];
	bool points = strcmp(unit, unit_points) == 0;
	bool money = strcmp(unit, unit_money) == 0;

	told_decimal(money ? value : 100 * value, 2, in, number);
	snprintf(out, TOLD_SIZE, "%s%.40s%s", points && value > 0 ? "+" : "",
	    number,
	    money    ? ""
	    : points ? in->points
		     : in->percent);
	return out;
}
