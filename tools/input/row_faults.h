/*
 * Row faults are what was wrong with the rows of one file: for each column
 * and rule how often, and the first few places with what stood there. They
 * say at the end, in flat memory, what a line for each bad row would bury.
 */
#ifndef INLAY_TOOLS_ROW_FAULTS_H
#define INLAY_TOOLS_ROW_FAULTS_H

#include <stdio.h>

#include <jansson.h>

#include "tools/input/encoding_guess.h"
#include "tools/input/rows.h"

struct field;

#define ROW_FAULTS_MAX 100 /* kinds; further ones are only counted */
#define ROW_FAULTS_SHOWN 3 /* places of each */
#define ROW_FAULTS_TEXT 60 /* bytes of a value that are shown */

struct row_place {
	struct span value;     /* cut to ROW_FAULTS_TEXT bytes */
	unsigned line, column; /* column 0: nobody knows */
};

/* What became of what is told. */
enum row_fate {
	ROW_LEFT_OUT,
	ROW_VALUE_UNUSED, /* the row was stored, the value is never used */
	ROW_NOTED	  /* stored and used, and worth a word */
};

struct row_fault {
	struct span name; /* of the column, "" for the row itself */
	struct span rule; /* "not a mail address" */
	enum row_fate fate;
	uint64_t count;
	struct row_place first[ROW_FAULTS_SHOWN];
};

struct row_faults {
	struct arena *arena; /* keeps the texts */
	struct row_fault list[ROW_FAULTS_MAX];
	size_t used;
	uint64_t rows;	 /* left out */
	uint64_t values; /* of rows that were kept: not valid, never used */
	uint64_t other;	 /* of kinds beyond the list */
	struct encoding_guess foreign; /* of rows that are not UTF-8 */
};

/* Counts a row that is left out, for the reason that it holds. */
void row_faults_add_row(struct row_faults *faults, const struct row *row);

/* Counts a value that its field does not allow; the row stays. rule is a
 * word as field_fault() gives it. */
void row_faults_add_value(struct row_faults *faults,
    const struct row_cell *cell, const struct field *field, const char *rule);

/* Counts a row that is stored and used, and what is to be known about it. */
void row_faults_add_note(
    struct row_faults *faults, const struct row_cell *cell, const char *note);

/* A line for each kind, the most frequent first:
 * "inlay: people.csv:3:1: email: not a mail address: `nobody` (412 rows left
 * out; also line 9 `x`, line 12 `y`)". Then what rows that are not UTF-8 look
 * like. */
void row_faults_print(
    struct row_faults *faults, FILE *errors, const char *file);

/* The same as a list of objects. */
json_t *row_faults_json(struct row_faults *faults);

/* The exit status of a load of so many rows: EX_DATAERR where more than most
 * of them were left out, or all. */
int row_faults_status(
    const struct row_faults *faults, uint64_t rows, uint64_t most);

#endif
