/*
 * What whoever reads rows needs of one cell: to say what is wrong with the
 * row there, and a date as the file writes dates.
 */
#ifndef INLAY_TOOLS_ROW_VALUE_H
#define INLAY_TOOLS_ROW_VALUE_H

#include "store/catalog/field_text.h"
#include "tools/input/rows.h"

/* Marks the row bad at a cell; NULL: as a whole. Returns 0. */
int row_bad(struct row *row, const struct row_cell *cell, const char *why);

/* 1 and the moment; 0 the cell is no date, and the row says so. */
int row_when(const struct date_formats *formats, struct row *row,
    const struct row_cell *cell, int64_t *when);

#endif
