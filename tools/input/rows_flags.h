/*
 * The flags by which a command says how a file of rows is to be read.
 */
#ifndef INLAY_TOOLS_ROWS_FLAGS_H
#define INLAY_TOOLS_ROWS_FLAGS_H

#include "store/catalog/field_text.h"
#include "tools/cli.h"
#include "tools/input/rows.h"

/* Fills the options from --format, --encoding and --map, where the verb has
 * them, in the command's arena. 0, or -1: misused, memory. */
int rows_flags(struct cli *cli, struct rows_options *options, struct err *err);

/* The word of --format, ROWS_AUTO where it is unsaid. 0, or -1: another. */
int rows_flags_format(
    struct cli *cli, enum rows_format *format, struct err *err);

/* How the file writes dates, from --date-format, in the command's arena. 0, or
 * -1: no such format, memory. */
int rows_flags_dates(
    struct cli *cli, struct date_formats *formats, struct err *err);

#endif
