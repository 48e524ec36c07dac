/*
 * What a text of a file stands for as a value of a field: by the field's own
 * spellings, formats of dates and decimal sign, and by the ways in which
 * several values are written into one cell.
 */
#ifndef INLAY_STORE_FIELD_TEXT_H
#define INLAY_STORE_FIELD_TEXT_H

#include "store/catalog/schema.h"
#include "store/catalog/yaml.h"

/* How dates are written in the file at hand, besides what the field says. */
struct date_formats {
	struct span *list; /* each without a fault */
	size_t count;
};

/* A date as timestamp_parse reads it: the text itself if it is one, else by
 * the first format that fits, into DATE_FORMAT_SIZE bytes. 1, 0 none. */
int date_text(const struct date_formats *formats, struct span text,
    char *scratch, struct span *date);

/* The value of a trimmed text, in the arena or the text itself; a list of
 * several values is a JSON array. A text that stands for nothing comes out as
 * it is. 0, or -1 memory. */
int field_value(const struct field *field, const struct date_formats *formats,
    struct span text, struct arena *arena, struct span *value, struct err *err);

/* Whether what the schema says of files at that node can be meant: not
 * ambiguous, and a value that was read and written stays what it is. 0, or -1
 * with its place. */
int field_text_check(const struct yaml_reader *reader, const struct yaml *node,
    const struct field *field, struct err *err);

#endif
