/*
 * A report's tree as its faces read it: values by path, numbers in words. One
 * place decides how many digits a number has, so that text and page agree.
 */
#ifndef INLAY_TOOLS_TOLD_H
#define INLAY_TOOLS_TOLD_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#define TOLD_SIZE 64 /* of a number in words, with its end */

/* How a language writes numbers. */
struct told_locale {
	const char *point, *group; /* "." and ",", or "," and a narrow blank */
	const char *percent;	   /* what stands behind a per cent */
	const char *points;	   /* the word for percentage points */
};
extern const struct told_locale told_english;
extern const struct told_locale told_french;

/* The value at "people.enrolled"; NULL: there is none, or it is null. */
const json_t *told_at(const json_t *tree, const char *path);

/* The same as what it is expected to be; nothing and 0 where it is not. */
const char *told_text(const json_t *tree, const char *path);
double told_number(const json_t *tree, const char *path);
bool told_true(const json_t *tree, const char *path);

/* A number by its unit, "3.04 %", "+1.93 points", "12.50", and a count,
 * "4,600"; into out of TOLD_SIZE bytes. Returns out. */
const char *told_value(
    double value, const char *unit, const struct told_locale *in, char *out);
const char *told_count(double value, const struct told_locale *in, char *out);

/* With so many digits behind the point. */
const char *told_decimal(
    double value, int digits, const struct told_locale *in, char *out);

#endif
