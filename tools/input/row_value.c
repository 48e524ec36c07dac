#include "tools/input/row_value.h"

#include "store/base/date_format.h"
#include "store/base/timestamp.h"

int
row_bad(struct row *row, const struct row_cell *cell, const char *why)
{
	row->bad = why;
	row->bad_name = cell ? cell->name : SPAN_NONE;
	row->bad_value = cell ? cell->value : SPAN_NONE;
	row->bad_line = cell ? cell->line : row->line;
	row->bad_column = cell ? cell->column : 1;
	return 0;
}

int
row_when(const struct date_formats *formats, struct row *row,
    const struct row_cell *cell, int64_t *when)
{
	char scratch[DATE_FORMAT_SIZE];
	struct span date;

	if (timestamp_parse(cell->value, when))
		return 1;
	if (date_text(formats, cell->value, scratch, &date) &&
	    timestamp_parse(date, when))
		return 1;
	return row_bad(row, cell,
	    formats->count != 0
		? "not a date"
		: "not a date; --date-format says how dates are written");
}
