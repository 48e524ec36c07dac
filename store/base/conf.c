#include "store/base/conf.h"

#include "store/base/suggest.h"

/* The file being read, with the place of what is looked at. */
struct conf_reader {
	const struct conf_table *table;
	const char *file;
	struct arena *arena;
	char *into;
	unsigned *seen; /* per option: line it was set on, 0 for not yet */
	struct err *err;
	unsigned line;
	unsigned column; /* of the key or the value under consideration */
};

static const char *const type_words[] = {
	[CONF_TEXT] = "text",
	[CONF_SIZE] = "size",
	[CONF_TIME] = "time",
	[CONF_COUNT] = "number",
	[CONF_MODE] = "mode",
	[CONF_SWITCH] = "yes or no",
	[CONF_CHOICE] = "choice",
	[CONF_LIST] = "list",
};

/* A unit and how many of the base unit it is worth. */
struct unit {
	const char *word;
	uint64_t worth;
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "K", 1024 },
	{ "M", 1024 * 1024 },
	{ "G", 1024 * 1024 * 1024 },
	{ "T", (uint64_t)1024 * 1024 * 1024 * 1024 },
	{ NULL, 0 },
};

static const struct unit time_units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60 * 1000 },
	{ "h", 3600 * 1000 },
	{ "d", 24 * 3600 * 1000 },
	{ "w", 7 * 24 * 3600 * 1000 },
	{ NULL, 0 },
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };

const char *
conf_type_word(enum conf_type type)
{
	return type_words[type];
}

static int
fail(struct conf_reader *reader, const char *text, struct span what)
{
	return err_at(reader->err, ERR_CONFIG, reader->file, reader->line,
	    reader->column, "%s: %.*s", text, SPAN_ARG(span_first(what, 80)));
}

/* Digits of the base and one of the units. 1, or 0 for anything else. */
static int
parse_number(
    struct span text, unsigned base, const struct unit *units, uint64_t *number)
{
	size_t i = 0;

	*number = 0;
	for (; i < text.len; i++) {
		unsigned digit = (unsigned)(text.at[i] - '0');

		if (digit >= base)
			break;
		if (*number > (UINT64_MAX - digit) / base)
			return 0;
		*number = *number * base + digit;
	}
	if (i == 0)
		return 0;
	for (; units->word != NULL; units++) {
		if (!span_caseeq(span_from(text, i), span_str(units->word)))
			continue;
		if (*number > UINT64_MAX / units->worth)
			return 0;
		*number *= units->worth;
		return 1;
	}
	return 0;
}

static int
parse_amount(enum conf_type type, struct span text, uint64_t *number)
{
	if (type == CONF_MODE)
		return parse_number(text, 8, no_units, number);
	if (type == CONF_COUNT)
		return parse_number(text, 10, no_units, number);
	if (type == CONF_SIZE)
		return parse_number(text, 10, size_units, number);
	/* A bare 0 needs no unit. */
	if (span_eq(text, SPAN("0"))) {
		*number = 0;
		return 1;
	}
	return parse_number(text, 10, time_units, number);
}

static int
set_amount(struct conf_reader *reader, const struct conf_option *option,
    struct span text)
{
	uint64_t bound;
	uint64_t number;

	if (!parse_amount(option->type, text, &number))
		return err_at(reader->err, ERR_CONFIG, reader->file,
		    reader->line, reader->column, "%s wants a %s: %.*s",
		    option->name, conf_type_word(option->type), SPAN_ARG(text));
	if (option->least != NULL &&
	    parse_amount(option->type, span_str(option->least), &bound) &&
	    number < bound)
		return err_at(reader->err, ERR_CONFIG, reader->file,
		    reader->line, reader->column, "%s is at least %s",
		    option->name, option->least);
	if (option->most != NULL &&
	    parse_amount(option->type, span_str(option->most), &bound) &&
	    number > bound)
		return err_at(reader->err, ERR_CONFIG, reader->file,
		    reader->line, reader->column, "%s is at most %s",
		    option->name, option->most);
	memcpy(reader->into + option->offset, &number, sizeof number);
	return 0;
}

static int
set_text(struct conf_reader *reader, const struct conf_option *option,
    struct span text)
{
	struct span copy;
	const char *cstr;

	if (arena_dup(reader->arena, text, &copy) < 0)
		return err_set(reader->err, ERR_MEMORY, "out of memory");
	cstr = text.len != 0 ? copy.at : NULL;
	memcpy(reader->into + option->offset, &cstr, sizeof cstr);
	return 0;
}

static int
set_switch(struct conf_reader *reader, const struct conf_option *option,
    struct span text)
{
	bool yes = span_eq(text, SPAN("yes"));

	if (!yes && !span_eq(text, SPAN("no")))
		return fail(reader, "neither yes nor no", text);
	memcpy(reader->into + option->offset, &yes, sizeof yes);
	return 0;
}

static int
set_choice(struct conf_reader *reader, const struct conf_option *option,
    struct span text)
{
	for (int i = 0; option->words[i] != NULL; i++) {
		if (!span_eq(text, span_str(option->words[i])))
			continue;
		memcpy(reader->into + option->offset, &i, sizeof i);
		return 0;
	}
	return fail(reader, "none of the words it may be", text);
}

/* Lists grow by copying: they are short, and the arena forgets in one go. */
static int
add_entry(struct conf_reader *reader, const struct conf_option *option,
    struct span text)
{
	struct conf_list list;
	struct conf_entry *entries;
	struct span copy;

	memcpy(&list, reader->into + option->offset, sizeof list);
	entries = arena_calloc(reader->arena, list.count + 1, sizeof *entries);
	if (entries == NULL || arena_dup(reader->arena, text, &copy) < 0)
		return err_set(reader->err, ERR_MEMORY, "out of memory");
	if (list.count != 0)
		memcpy(entries, list.entries, list.count * sizeof *entries);
	entries[list.count] = (struct conf_entry){
		.text = copy.at,
		.line = reader->line,
		.column = reader->column,
	};
	list.entries = entries;
	list.count++;
	memcpy(reader->into + option->offset, &list, sizeof list);
	return 0;
}

static int
set_option(struct conf_reader *reader, const struct conf_option *option,
    struct span text)
{
	switch (option->type) {
	case CONF_TEXT:
		return set_text(reader, option, text);
	case CONF_SIZE:
	case CONF_TIME:
	case CONF_COUNT:
	case CONF_MODE:
		return set_amount(reader, option, text);
	case CONF_SWITCH:
		return set_switch(reader, option, text);
	case CONF_CHOICE:
		return set_choice(reader, option, text);
	case CONF_LIST:
		return add_entry(reader, option, text);
	}
	return -1;
}

/* Cuts off a comment: '#' after a blank. */
static struct span
without_comment(struct span value)
{
	for (size_t i = 1; i < value.len; i++)
		if (value.at[i] == '#' &&
		    (value.at[i - 1] == ' ' || value.at[i - 1] == '\t'))
			return span_trim(span_first(value, i));
	return value;
}

/* Takes a quoted value apart into the arena. */
static int
unquote(struct conf_reader *reader, struct span value, struct span *text)
{
	char *out = arena_alloc(reader->arena, value.len);
	size_t len = 0, i = 1;

	if (out == NULL)
		return err_set(reader->err, ERR_MEMORY, "out of memory");
	for (; i < value.len && value.at[i] != '"'; i++) {
		if (value.at[i] == '\\' && i + 1 < value.len)
			i++;
		out[len++] = value.at[i];
	}
	if (i >= value.len)
		return fail(reader, "the quote is not closed", value);
	value = span_trim(span_from(value, i + 1));
	if (value.len != 0 && value.at[0] != '#')
		return fail(reader, "more text after the quote", value);
	*text = span_of(out, len);
	return 0;
}

static int
set_value(struct conf_reader *reader, const struct conf_option *option,
    struct span value)
{
	struct span text = without_comment(value);

	if (value.len != 0 && value.at[0] == '"') {
		if (unquote(reader, value, &text) < 0)
			return -1;
	} else if (text.len == 0 || text.at[0] == '#') {
		return err_at(reader->err, ERR_CONFIG, reader->file,
		    reader->line, reader->column, "%s has no value",
		    option->name);
	}
	return set_option(reader, option, text);
}

static bool
option_name(const void *names, size_t index, struct span *name)
{
	const struct conf_table *table = names;

	if (index >= table->count)
		return false;
	*name = span_str(table->options[index].name);
	return true;
}

static int
fail_unknown(struct conf_reader *reader, struct span key)
{
	struct span near = suggest_nearest(key, option_name, reader->table);

	return err_at(reader->err, ERR_CONFIG, reader->file, reader->line,
	    reader->column, "unknown option %.*s%s%.*s%s",
	    SPAN_ARG(span_first(key, 80)),
	    near.len != 0 ? " (did you mean " : "", SPAN_ARG(near),
	    near.len != 0 ? "?)" : "");
}

static int
find_option(struct conf_reader *reader, struct span key, size_t *index)
{
	const struct conf_table *table = reader->table;

	for (size_t i = 0; i < table->count; i++) {
		if (!span_eq(key, span_str(table->options[i].name)))
			continue;
		*index = i;
		return 0;
	}
	return fail_unknown(reader, key);
}

static int
read_line(struct conf_reader *reader, struct span line)
{
	const struct conf_option *option;
	struct span key = span_trim(line), value;
	size_t equals, index = 0;

	reader->column = 1;
	if (line.len != 0 && memchr(line.at, '\0', line.len) != NULL)
		return fail(reader, "a NUL byte in the line", SPAN_NONE);
	if (key.len == 0 || key.at[0] == '#')
		return 0;
	reader->column = (unsigned)(key.at - line.at) + 1;
	equals = span_find(line, '=');
	if (equals == line.len)
		return fail(reader, "no '=' in the line", key);
	key = span_trim(span_first(line, equals));
	if (find_option(reader, key, &index) < 0)
		return -1;
	option = &reader->table->options[index];
	if (reader->seen[index] != 0 && option->type != CONF_LIST)
		return err_at(reader->err, ERR_CONFIG, reader->file,
		    reader->line, reader->column,
		    "%s was set in line %u already", option->name,
		    reader->seen[index]);
	reader->seen[index] = reader->line;
	value = span_trim(span_from(line, equals + 1));
	reader->column = value.len != 0 ? (unsigned)(value.at - line.at) + 1
					: (unsigned)equals + 2;
	return set_value(reader, option, value);
}

/* A default that the table itself gets wrong is a bug; the tests load it. */
static int
set_defaults(struct conf_reader *reader)
{
	for (size_t i = 0; i < reader->table->count; i++) {
		const struct conf_option *option = &reader->table->options[i];

		if (option->initial == NULL)
			continue;
		if (set_option(reader, option, span_str(option->initial)) < 0)
			return -1;
	}
	return 0;
}

int
conf_parse(const struct conf_table *table, struct span text, const char *file,
    struct arena *arena, void *into, struct err *err)
{
	struct conf_reader reader = {
		.table = table,
		.file = file,
		.arena = arena,
		.into = into,
		.err = err,
	};

	reader.seen = arena_calloc(arena, table->count, sizeof *reader.seen);
	if (reader.seen == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (set_defaults(&reader) < 0)
		return -1;
	while (text.len != 0) {
		size_t end = span_find(text, '\n');

		reader.line++;
		if (read_line(&reader, span_first(text, end)) < 0)
			return -1;
		text = span_from(text, end + 1);
	}
	return 0;
}
