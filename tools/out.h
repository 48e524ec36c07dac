/*
 * What commands print: JSON for programs, and text for people in which no
 * stored byte can move a terminal's cursor.
 */
#ifndef INLAY_TOOLS_OUT_H
#define INLAY_TOOLS_OUT_H

#include <stdio.h>

#include <jansson.h>

#include "store/base/err.h"
#include "store/base/span.h"
#include "store/base/zone.h"

/* The text with control bytes shown as `\xHH`; width pads with blanks, in
 * characters; 0 does not. */
void out_text(FILE *out, struct span text, int width);

/* "inlay: " and the failure on a line of its own; it may quote a file that
 * somebody else wrote. */
void out_failure(FILE *errors, const struct err *err);

/* The same for programs, one object on one line: {"error": {"code", "status",
 * "message"}}, and file, line and column as far as known. */
void out_failure_json(
    FILE *errors, const struct err *err, const char *code, int status);

/* As out_text, and tabs and line ends stay what they are. */
void out_lines(FILE *out, struct span text);

/* Bytes as they are; lf makes each CRLF an LF. */
void out_mail(FILE *out, struct span bytes, bool lf);

/* One value of CSV, quoted where it must be. A formula that a spreadsheet
 * would run stays what it was: this is data, not a report. */
void out_csv(FILE *out, struct span value);

/* "3,015", into out of size bytes. Returns out. */
const char *out_number(uint64_t number, char *out, size_t size);

/* The digits of a number in JSON that is no whole one. */
#define OUT_DIGITS 15

/* The characters that a moment and a blank behind it take. */
enum { OUT_WHEN = 26 };

/* A moment as the clocks of a zone (UTC for NULL) show it; "-" for the ends of
 * time. */
void out_when(FILE *out, const struct zone *clocks, int64_t seconds, int width);

/* The value on one line; its reference is taken. 0, or -1 memory. */
int out_json(FILE *out, json_t *value, struct err *err);

/* The same over several lines. */
int out_json_pretty(FILE *out, json_t *value, struct err *err);

/* Strings, moments (null for the ends of time); NULL when memory is out. A
 * text that is no UTF-8 loses the bytes that are none. */
json_t *out_string(struct span text);
json_t *out_moment(int64_t seconds);

/* Sets a member; takes the reference, forgives NULL (out_json then tells). */
void out_set(json_t *object, const char *name, json_t *value);
void out_add(json_t *list, json_t *value);

#endif
