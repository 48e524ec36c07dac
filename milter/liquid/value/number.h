/*
 * Numbers to text and back as Ruby prints and reads them, without locale.
 */
#ifndef INLAY_LIQUID_NUMBER_H
#define INLAY_LIQUID_NUMBER_H

#include "store/base/span.h"

enum { NUMBER_TEXT = 40 };

/* Decimal digits of an integer into out; returns how many bytes. */
size_t number_integer_text(int64_t integer, char out[NUMBER_TEXT]);

/* Ruby's Float#to_s, the shortest text that reads back the same: "1.0",
 * "0.1", "1.0e-27", "Infinity", "NaN". Returns how many bytes. */
size_t number_float_text(double real, char out[NUMBER_TEXT]);

/* A whole text of optional '-' and digits that fits. 1 or 0. */
int number_parse_integer(struct span text, int64_t *out);

/* The double nearest to optional '-', digits, optional '.' and digits and
 * optional exponent, all of the text. 1, or 0 for any other form. */
int number_parse_float(struct span text, double *out);

#endif
