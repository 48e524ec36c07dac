#include "tools/message/list_columns.h"

#include "milter/decide/decide.h"
#include "store/base/suggest.h"
#include "tools/input/data_path.h"
#include "tools/message/slot_message.h"
#include "tools/message/slot_source.h"

#define PARTS_MAX (3 * LIST_COLUMNS_MAX)

/* What is gathered while the names are read. */
struct column_reader {
	struct cli *cli;
	const struct catalog *catalog;
	const struct campaign *campaign;
	const struct channel *channel; /* NULL: it has no rules */
	struct list_columns *columns;
	struct slot_part parts[PARTS_MAX];
	size_t part_count;
	struct span slots[LIST_COLUMNS_MAX]; /* those with parts */
	unsigned first[LIST_COLUMNS_MAX];    /* of each: its plain text */
	size_t slot_count;
};

/* ---- the values of a row ---- */

static int
value_email(const struct list_column *column, const struct list_row *row,
    struct span *value, struct err *err)
{
	(void)column;
	(void)err;
	*value = row->address;
	return 0;
}

static int
value_arm(const struct list_column *column, const struct list_row *row,
    struct span *value, struct err *err)
{
	(void)column;
	(void)err;
	*value = row->made->decision->arm_name;
	return 0;
}

/* Whether the row is there to compare with. */
static int
value_control(const struct list_column *column, const struct list_row *row,
    struct span *value, struct err *err)
{
	const struct decision *decision = row->made->decision;
	bool control = decision->holdout ||
		       (decision->arm >= 0 &&
			   decision->campaign->arms[decision->arm].control);

	(void)column;
	(void)err;
	*value = control ? SPAN("yes") : SPAN("no");
	return 0;
}

static int
value_need(const struct list_column *column, const struct list_row *row,
    struct span *value, struct err *err)
{
	(void)err;
	*value = row->made->decision->needs[column->need].value->value;
	return 0;
}

/* What the part that was made for it says. */
static int
value_part(const struct list_column *column, const struct list_row *row,
    struct span *value, struct err *err)
{
	return slot_message_part(
	    row->rendered, column->part, row->arena, value, err);
}

/* The block that shows, by its id, or the option by its name. */
static int
value_slot(const struct list_column *column, const struct list_row *row,
    struct span *value, struct err *err)
{
	const struct decision *decision = row->made->decision;

	(void)err;
	*value = SPAN("");
	for (unsigned i = 0; i < decision->slot_count; i++) {
		const struct decided_slot *slot = &decision->slots[i];

		if (span_eq(slot->slot->name, column->of) && slot->chosen >= 0)
			*value = slot->slot->options[slot->chosen].name;
	}
	return 0;
}

/* ---- reading the names ---- */

static int
add_part(
    struct column_reader *reading, bool html, struct span text, struct err *err)
{
	if (reading->part_count == PARTS_MAX)
		return cli_misuse(err, "--columns: too many");
	reading->parts[reading->part_count++] =
	    (struct slot_part){ html, text };
	return 0;
}

/* The two parts of a slot, once; *first is the plain one. 0 or -1. */
static int
need_slot(struct column_reader *reading, struct span slot, unsigned *first,
    struct err *err)
{
	struct excerpt excerpt;
	char name[201];

	for (size_t i = 0; i < reading->slot_count; i++)
		if (span_eq(reading->slots[i], slot)) {
			*first = reading->first[i];
			return 0;
		}
	snprintf(name, sizeof name, "%.*s", SPAN_ARG(slot));
	if (slot_source_tags(reading->cli, reading->catalog, reading->campaign,
		name, &excerpt, err) < 0)
		return -1;
	*first = (unsigned)reading->part_count;
	reading->first[reading->slot_count] = *first;
	reading->slots[reading->slot_count++] = slot;
	if (add_part(reading, false, excerpt.text, err) < 0)
		return -1;
	return add_part(reading, true, excerpt.html, err);
}

/* "hero", "hero.text" or "hero.html". */
static int
read_slot(struct column_reader *reading, struct span name,
    struct list_column *column, struct err *err)
{
	bool html = span_ends(name, SPAN(".html"));
	unsigned first;

	column->value = value_slot;
	if (html || span_ends(name, SPAN(".text"))) {
		column->value = value_part;
		name = span_first(name, name.len - 5);
	}
	column->of = name;
	if (name.len == 0)
		return cli_misuse(
		    err, "--columns: say which slot, slot.NAME.text");
	if (need_slot(reading, name, &first, err) < 0)
		return -1;
	column->part = first + html;
	return 0;
}

/* What a mail would show of the field, or nothing. */
static int
read_field(struct column_reader *reading, const struct field *field,
    struct list_column *column, struct err *err)
{
	struct buf tag;

	column->of = field->name;
	for (size_t i = 0; reading->channel && i < reading->channel->need_count;
	     i++)
		if (span_eq(reading->channel->needs[i], field->name)) {
			column->need = (unsigned)i;
			column->value = value_need;
			return 0;
		}
	column->part = (unsigned)reading->part_count;
	column->value = value_part;
	buf_init(&tag, reading->cli->arena, 1000);
	buf_printf(
	    &tag, "{{ profile.%.*s | default: \"\" }}", SPAN_ARG(field->name));
	if (tag.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	return add_part(reading, false, buf_span(&tag), err);
}

static int
unknown_column(const struct schema *schema, struct span name, struct err *err)
{
	struct span nearest =
	    suggest_nearest(name, data_path_next_field, schema);

	if (nearest.len != 0)
		return cli_misuse(err,
		    "--columns: `%.*s` is no field of the schema; did you mean "
		    "`%.*s`?",
		    SPAN_ARG(name), SPAN_ARG(nearest));
	return cli_misuse(err,
	    "--columns: `%.*s` is no field of the schema; there are email, "
	    "arm, control and slot.NAME.text, too",
	    SPAN_ARG(name));
}

static const struct {
	const char *name;
	int (*value)(const struct list_column *column,
	    const struct list_row *row, struct span *value, struct err *err);
} plain_columns[] = {
	{ "email", value_email },
	{ "arm", value_arm },
	{ "control", value_control },
};

static int
read_column(struct column_reader *reading, struct span name, struct err *err)
{
	struct list_columns *columns = reading->columns;
	struct list_column *column = &columns->list[columns->count];
	const struct field *field;

	if (columns->count == LIST_COLUMNS_MAX)
		return cli_misuse(err, "--columns: too many");
	columns->count++;
	*column = (struct list_column){ .name = name };
	for (size_t i = 0; i < sizeof plain_columns / sizeof *plain_columns;
	     i++)
		if (span_eq(name, span_str(plain_columns[i].name))) {
			column->value = plain_columns[i].value;
			return 0;
		}
	if (span_starts(name, SPAN("slot.")))
		return read_slot(reading, span_from(name, 5), column, err);
	field = schema_field(reading->catalog->schema, name);
	if (!field)
		return unknown_column(reading->catalog->schema, name, err);
	return read_field(reading, field, column, err);
}

static bool
has_control(const struct list_columns *columns)
{
	for (size_t i = 0; i < columns->count; i++)
		if (columns->list[i].value == value_control)
			return true;
	return false;
}

/* A name goes into tags. */
static int
check_name(struct span name, struct err *err)
{
	char text[202];

	snprintf(text, sizeof text, "%.*s", SPAN_ARG(name));
	if (name.len == 0 || name.len > 200 || !slot_source_name(text))
		return cli_misuse(
		    err, "--columns: `%.*s` is no name", SPAN_ARG(name));
	return 0;
}

int
list_columns_read(struct cli *cli, const struct catalog *catalog,
    const struct campaign *campaign, struct list_columns *columns,
    struct err *err)
{
	struct column_reader reading = { .cli = cli,
		.catalog = catalog,
		.campaign = campaign,
		.channel = campaign_channel(
		    campaign, span_str(cli_flag(cli, "channel"))),
		.columns = columns };
	struct span rest = span_str(cli_flag(cli, "columns"));

	columns->count = 0;
	while (rest.len != 0) {
		struct span name = span_first(rest, span_find(rest, ','));

		rest = span_from(rest, name.len + (name.len < rest.len));
		name = span_trim(name);
		if (check_name(name, err) < 0 ||
		    read_column(&reading, name, err) < 0)
			return -1;
	}
	if (!has_control(columns) &&
	    read_column(&reading, SPAN("control"), err) < 0)
		return -1;
	if (reading.part_count == 0 &&
	    add_part(&reading, false, SPAN(""), err) < 0)
		return -1;
	return slot_message(reading.parts, reading.part_count, cli->arena,
	    &columns->message, err);
}
