#include "tools/input/event_rows.h"

#include "milter/sign/mark.h"
#include "store/base/ascii.h"
#include "store/base/hash.h"
#include "store/base/suggest.h"

#define VALUE_MAX 1e9 /* money in one event; more is a slip */
#define SKEW 300      /* seconds that two clocks may differ */
#define NOTHING_OLDER INT64_C(315532800) /* 1980: no event, but a slip */

enum event_column {
	COLUMN_UNKNOWN,
	COLUMN_SKIP,
	COLUMN_EMAIL,
	COLUMN_TOKEN,
	COLUMN_TYPE,
	COLUMN_AT,
	COLUMN_VALUE,
	COLUMN_CURRENCY,
	COLUMN_ID,
	COLUMN_CAMPAIGN,
	COLUMN_CHANNEL,
	COLUMN_SOURCE,
	COLUMNS
};

static const struct {
	const char *name;
	enum event_column column;
} names[] = {
	{ "email", COLUMN_EMAIL },
	{ "address", COLUMN_EMAIL },
	{ "token", COLUMN_TOKEN },
	{ "type", COLUMN_TYPE },
	{ "at", COLUMN_AT },
	{ "value", COLUMN_VALUE },
	{ "currency", COLUMN_CURRENCY },
	{ "id", COLUMN_ID },
	{ "campaign", COLUMN_CAMPAIGN },
	{ "channel", COLUMN_CHANNEL },
	{ "source", COLUMN_SOURCE },
};

#define NAMES (sizeof names / sizeof *names)

/* ---- columns ---- */

static enum event_column
column_of(const struct event_rows *reading, struct span name)
{
	for (size_t i = 0; i < NAMES; i++)
		if (span_caseeq(name, span_str(names[i].name)))
			return names[i].column;
	return reading->ignore_unknown ? COLUMN_SKIP : COLUMN_UNKNOWN;
}

static bool
next_name(const void *context, size_t index, struct span *name)
{
	(void)context;
	if (index >= NAMES)
		return false;
	*name = span_str(names[index].name);
	return true;
}

static int
unknown_column(
    struct span name, const char *file, unsigned line, struct err *err)
{
	struct span nearest = suggest_nearest(name, next_name, NULL);

	if (nearest.len != 0)
		return err_at(err, ERR_INPUT, file, line, 0,
		    "column `%.*s` says nothing of an event; did you mean "
		    "`%.*s`? --map '%.*s=%.*s' says so",
		    SPAN_ARG(name), SPAN_ARG(nearest), SPAN_ARG(name),
		    SPAN_ARG(nearest));
	return err_at(err, ERR_INPUT, file, line, 0,
	    "column `%.*s` says nothing of an event; --ignore-unknown skips "
	    "such columns, --map '%.*s=type' says what it is",
	    SPAN_ARG(name), SPAN_ARG(name));
}

/* What no file of events can do without. 0 or -1. */
static int
check_columns(
    const bool has[COLUMNS], const char *file, unsigned line, struct err *err)
{
	const char *lacks = NULL;

	if (!has[COLUMN_EMAIL] && !has[COLUMN_TOKEN])
		lacks = "email";
	else if (!has[COLUMN_TYPE])
		lacks = "type";
	else if (!has[COLUMN_AT])
		lacks = "at";
	if (lacks == NULL)
		return 0;
	return err_at(err, ERR_INPUT, file, line, 0,
	    "no column is called `%s`; --map COLUMN=%s says which one it is",
	    lacks, lacks);
}

int
event_rows_plan(struct event_rows *reading, const struct rows *rows,
    const char *file, struct arena *arena, struct err *err)
{
	unsigned line = rows_header_line(rows);
	bool has[COLUMNS] = { false };
	size_t count;
	const struct span *columns = rows_columns(rows, &count);
	int *plan;

	if (count == 0)
		return 0;
	plan = arena_calloc(arena, count, sizeof *plan);
	if (plan == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++) {
		plan[i] = (int)column_of(reading, columns[i]);
		has[plan[i]] = true;
	}
	reading->columns = plan;
	if (check_columns(has, file, line, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++)
		if (plan[i] == COLUMN_UNKNOWN)
			return unknown_column(columns[i], file, line, err);
	return 0;
}

/* ---- cells ---- */

/* The row's cell of each kind, or NULL. */
struct cells {
	const struct row_cell *of[COLUMNS];
};

/* 1, 0 the row is bad. */
static int
sort_cells(
    const struct event_rows *reading, struct row *row, struct cells *cells)
{
	*cells = (struct cells){ .of = { NULL } };
	for (size_t i = 0; i < row->count; i++) {
		const struct row_cell *cell = &row->cells[i];
		enum event_column column =
		    reading->columns ? (enum event_column)reading->columns[i]
				     : column_of(reading, cell->name);

		if (column == COLUMN_UNKNOWN)
			return row_bad(
			    row, cell, "a name that says nothing of an event");
		if (cell->kind != CELL_NULL && span_trim(cell->value).len != 0)
			cells->of[column] = cell;
	}
	return 1;
}

static struct span
text_of(const struct cells *cells, enum event_column column)
{
	const struct row_cell *cell = cells->of[column];

	return cell ? span_trim(cell->value) : SPAN_NONE;
}

/* The text of a token, taken apart. 1, 0 the row is bad, -1. */
static int
read_token(const struct event_rows *reading, struct row *row,
    const struct row_cell *cell, struct arena *arena, struct event *event,
    struct err *err)
{
	struct span text = span_trim(cell->value);
	struct token_claim claim;
	struct err why = ERR_INIT;
	int known;

	if (mark_is_formed(text)) {
		known = mark_check(&reading->tokens->secrets, reading->tenant,
		    text, event->response.tag, err);
		return known == 0 ? row_bad(row, cell,
					"a mark that is forged, or of another "
					"tenant or key")
				  : known;
	}
	/* Who clicks late has clicked: none runs out here. */
	known = token_check(reading->tokens, text, 0, arena, &claim, &why);
	if (known == 0)
		return row_bad(row, cell, "neither a token nor a mark of ours");
	if (known < 0) {
		*err = why;
		return -1;
	}
	if (!span_eq(claim.tenant, reading->tenant))
		return row_bad(row, cell, "the token of another tenant");
	event->address = claim.address;
	if (event->response.campaign.len == 0)
		event->response.campaign = claim.campaign;
	return 1;
}

/* Whose it is. 1, 0 the row is bad, -1. */
static int
read_person(const struct event_rows *reading, struct row *row,
    const struct cells *cells, struct arena *arena, struct event *event,
    struct err *err)
{
	const struct row_cell *email = cells->of[COLUMN_EMAIL];
	const struct row_cell *token = cells->of[COLUMN_TOKEN];
	int valid;

	if (token != NULL) {
		valid = read_token(reading, row, token, arena, event, err);
		if (valid <= 0)
			return valid;
	}
	if (email != NULL) {
		valid = address_normalise(
		    email->value, arena, &event->address, err);
		return valid == 0 ? row_bad(row, email, "not a mail address")
				  : valid;
	}
	return token != NULL ? 1
			     : row_bad(row, NULL, "neither email nor token");
}

/* A short word in small letters. 1, 0 the row is bad, -1. */
static int
read_word(struct row *row, const struct row_cell *cell, struct arena *arena,
    struct span *word, struct err *err)
{
	struct span text = span_trim(cell->value);
	struct buf out;

	if (text.len > EVENT_WORD_MAX)
		return row_bad(row, cell, "longer than 64 bytes");
	buf_init(&out, arena, EVENT_WORD_MAX);
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.at[i] < ' ')
			return row_bad(row, cell, "a control character");
		buf_byte(&out, ascii_lower(text.at[i]));
	}
	*word = buf_span(&out);
	return out.failed ? err_set(err, ERR_MEMORY, "out of memory") : 1;
}

/* Unix seconds, as programs give them. */
static bool
read_seconds(struct span text, int64_t *time)
{
	if (text.len < 9 || text.len > 10)
		return false;
	*time = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.at[i]))
			return false;
		*time = *time * 10 + (text.at[i] - '0');
	}
	return true;
}

/* 1, 0 the row is bad. */
static int
read_time(const struct event_rows *reading, struct row *row,
    const struct row_cell *cell, int64_t *time)
{
	if (cell == NULL)
		return row_bad(row, NULL, "no `at`");
	if (!read_seconds(span_trim(cell->value), time) &&
	    !row_when(&reading->formats, row, cell, time))
		return 0;
	if (*time > reading->now + SKEW)
		return row_bad(row, cell, "lies in the future");
	if (*time < NOTHING_OLDER)
		return row_bad(row, cell, "before 1980");
	return 1;
}

/* "12.50", or "12,50" where that can be nothing else. */
static bool
read_number(struct span text, double *number)
{
	char copy[32];
	size_t comma = span_find(text, ',');

	if (span_number(text, number))
		return true;
	if (comma == text.len || text.len - comma > 3 ||
	    text.len >= sizeof copy || span_find(text, '.') < text.len)
		return false;
	memcpy(copy, text.at, text.len);
	copy[comma] = '.';
	return span_number(span_of(copy, text.len), number);
}

/* What was paid back stands in files as 20 or as -20. 1, 0 the row is bad. */
static int
read_value(
    struct row *row, const struct row_cell *cell, struct response *response)
{
	double value;

	if (!read_number(span_trim(cell->value), &value))
		return row_bad(row, cell, "not a number");
	if (value < 0 && span_eq(response->type, SPAN("refund")))
		value = -value;
	if (value < 0)
		return row_bad(row, cell,
		    "a negative value; a `refund` is "
		    "what was paid back");
	if (value > VALUE_MAX)
		return row_bad(row, cell, "more than 1,000,000,000");
	response->value = value;
	return 1;
}

/* ISO 4217. 1, 0 the row is bad, -1. */
static int
read_currency(struct row *row, const struct row_cell *cell, struct arena *arena,
    struct span *currency, struct err *err)
{
	struct span text = span_trim(cell->value);
	struct buf out;

	buf_init(&out, arena, 4);
	for (size_t i = 0; i < text.len; i++) {
		if (text.len != 3 || !ascii_is_letter(text.at[i]))
			return row_bad(row, cell,
			    "no currency; expected three letters such as EUR");
		buf_byte(&out, ascii_upper(text.at[i]));
	}
	*currency = buf_span(&out);
	return out.failed ? err_set(err, ERR_MEMORY, "out of memory") : 1;
}

/* A campaign that is not stored may have been one. 1, 0 the row is bad, -1. */
static int
read_campaign(const struct event_rows *reading, struct row *row,
    const struct row_cell *cell, struct span *name)
{
	struct span id = span_trim(cell->value);
	const struct campaign *campaign =
	    catalog_campaign(reading->catalog, id);

	if (id.len > EVENT_WORD_MAX)
		return row_bad(row, cell, "longer than 64 bytes");
	if (campaign != NULL &&
	    !span_eq(
		campaign_tenant(campaign, reading->tenant), reading->tenant))
		return row_bad(row, cell, "a campaign of another tenant");
	*name = id;
	return 1;
}

/* ---- the whole ---- */

/* The number of what the row says, or of its source's own. */
static void
make_id(const struct event_rows *reading, const struct cells *cells,
    struct event *event)
{
	const struct response *response = &event->response;
	struct span source = text_of(cells, COLUMN_SOURCE);
	struct span id = text_of(cells, COLUMN_ID);

	if (source.len == 0)
		source = reading->source;
	if (id.len != 0) {
		const struct span parts[] = { SPAN("id"), source, id };

		hash_blake2b128(parts, 3, event->response.id);
	} else {
		const struct span parts[] = { SPAN("row"), source,
			event->address, span_of(response->tag, KEY_TAG),
			response->type,
			span_of(&response->time, sizeof response->time),
			span_of(&response->value, sizeof response->value),
			response->currency, response->campaign,
			response->channel };

		hash_blake2b128(
		    parts, sizeof parts / sizeof *parts, event->response.id);
	}
}

/* What the optional cells say. 1, 0 the row is bad, -1. */
static int
read_rest(struct row *row, const struct cells *cells, struct arena *arena,
    struct response *response, struct err *err)
{
	int read = 1;

	if (cells->of[COLUMN_VALUE])
		read = read_value(row, cells->of[COLUMN_VALUE], response);
	if (read > 0 && cells->of[COLUMN_CURRENCY])
		read = read_currency(row, cells->of[COLUMN_CURRENCY], arena,
		    &response->currency, err);
	if (read > 0 && cells->of[COLUMN_CHANNEL])
		read = read_word(row, cells->of[COLUMN_CHANNEL], arena,
		    &response->channel, err);
	return read;
}

int
event_rows_read(const struct event_rows *reading, struct row *row,
    struct arena *arena, struct event *event, struct err *err)
{
	struct response *response = &event->response;
	const struct row_cell *at, *id;
	struct cells cells;
	int read;

	*event = (struct event){ .line = row->line };
	if (!sort_cells(reading, row, &cells))
		return 0;
	at = cells.of[COLUMN_AT];
	id = cells.of[COLUMN_ID];
	if (!cells.of[COLUMN_TYPE])
		return row_bad(row, NULL, "no `type`");
	if (cells.of[COLUMN_CAMPAIGN] &&
	    !read_campaign(
		reading, row, cells.of[COLUMN_CAMPAIGN], &response->campaign))
		return 0;
	read = read_person(reading, row, &cells, arena, event, err);
	if (read > 0)
		read = read_word(
		    row, cells.of[COLUMN_TYPE], arena, &response->type, err);
	if (read > 0)
		read = read_time(reading, row, at, &response->time);
	if (read > 0)
		read = read_rest(row, &cells, arena, response, err);
	if (read <= 0)
		return read;
	event->line = at->line ? at->line : row->line;
	event->at_column = at->column;
	event->id_column = id ? id->column : 1;
	if (span_eq(response->type, SPAN("open")))
		response->aside = ASIDE_OPEN;
	make_id(reading, &cells, event);
	return 1;
}
