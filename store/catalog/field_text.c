#include "store/catalog/field_text.h"

#include <jansson.h>

#include "store/base/buf.h"
#include "store/base/date_format.h"
#include "store/base/timestamp.h"
#include "store/base/unicode.h"

#define NUMBER_TEXT_MAX 64
#define LIST_TEXT_MAX ((size_t)16 << 20)

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

int
date_text(const struct date_formats *formats, struct span text, char *scratch,
    struct span *date)
{
	int64_t seconds;

	*date = text;
	if (timestamp_parse(text, &seconds))
		return 1;
	for (size_t i = 0; i < formats->count; i++)
		if (date_format_read(formats->list[i], text, scratch)) {
			*date = span_str(scratch);
			return 1;
		}
	return 0;
}

static struct span
spelled(const struct field *field, struct span text)
{
	for (size_t i = 0; i < field->spelling_count; i++)
		if (unicode_same(field->spellings[i].from, text))
			return field->spellings[i].to;
	return text;
}

static int
date_value(const struct field *field, const struct date_formats *formats,
    struct arena *arena, struct span *value, struct err *err)
{
	const struct date_formats own = { field->formats, field->format_count };
	char scratch[DATE_FORMAT_SIZE];
	struct span date;

	if (own.count == 0 && (!formats || formats->count == 0))
		return 0;
	if (!date_text(&own, *value, scratch, &date) &&
	    !(formats && date_text(formats, *value, scratch, &date)))
		return 0;
	if (date.at == value->at)
		return 0;
	return arena_dup(arena, date, value) < 0 ? no_memory(err) : 0;
}

/* What people put between thousands: a blank of any width, an apostrophe, or
 * of point and comma the one that is not the decimal sign. */
static bool
is_group_mark(uint32_t point, char decimal)
{
	return point == ' ' || point == 0xa0 || point == 0x2009 ||
	       point == 0x202f || point == '\'' || point == 0x2019 ||
	       point == (decimal == ',' ? '.' : ',');
}

/* A number that is being read. */
struct digits {
	char whole[NUMBER_TEXT_MAX], fraction[NUMBER_TEXT_MAX];
	size_t whole_len, fraction_len;
	size_t group; /* digits since a mark of thousands; 3 are right */
	bool grouped, broken;
};

static bool
take_digit(struct digits *number, char digit)
{
	size_t *len =
	    number->broken ? &number->fraction_len : &number->whole_len;
	char *digits = number->broken ? number->fraction : number->whole;

	if (*len == NUMBER_TEXT_MAX)
		return false;
	digits[(*len)++] = digit;
	number->group += !number->broken;
	return true;
}

/* The decimal sign, or a mark of thousands. */
static bool
take_mark(struct digits *number, uint32_t point, char decimal)
{
	bool whole = !number->grouped || number->group == 3;

	if (number->broken)
		return false;
	if (point == (uint32_t)decimal) {
		number->broken = true;
		return whole;
	}
	whole = whole && number->group >= 1 && number->group <= 3;
	number->grouped = true;
	number->group = 0;
	return whole && is_group_mark(point, decimal);
}

/* False where the text is no number so written. */
static bool
read_number(struct span text, char decimal, struct digits *number)
{
	*number = (struct digits){ .whole_len = 0 };
	for (size_t at = 0; at < text.len;) {
		uint32_t point = unicode_next(text, &at);
		bool digit = point >= '0' && point <= '9';

		if (digit ? !take_digit(number, (char)point)
			  : !take_mark(number, point, decimal))
			return false;
	}
	if (number->grouped && !number->broken && number->group != 3)
		return false;
	return number->whole_len + number->fraction_len != 0;
}

/* As JSON writes it: one digit at least before the point, and no 0 before
 * others. */
static void
print_number(struct buf *out, bool minus, const struct digits *number)
{
	struct span whole = span_of(number->whole, number->whole_len);

	while (whole.len > 1 && whole.at[0] == '0')
		whole = span_from(whole, 1);
	buf_str(out, minus ? "-" : "");
	buf_add(out, whole.len != 0 ? whole : SPAN("0"));
	buf_str(out, number->fraction_len != 0 ? "." : "");
	buf_add(out, span_of(number->fraction, number->fraction_len));
}

/* "-1 250,50" is -1250.50 where the field has a decimal comma. */
static int
number_value(const struct field *field, struct arena *arena, struct span *value,
    struct err *err)
{
	bool minus = span_starts(*value, SPAN("-"));
	bool plus = span_starts(*value, SPAN("+"));
	struct digits number;
	struct buf out;

	if (field->decimal == '\0' ||
	    !read_number(
		span_from(*value, minus || plus), field->decimal, &number))
		return 0;
	buf_init(&out, arena, (size_t)3 * NUMBER_TEXT_MAX);
	print_number(&out, minus, &number);
	*value = buf_span(&out);
	return out.failed ? no_memory(err) : 0;
}

static bool
is_json_array(struct span text)
{
	json_t *list = json_loadb(text.at, text.len, 0, NULL);
	bool is = json_is_array(list);

	json_decref(list);
	return is;
}

static bool
is_plain(char byte)
{
	return (unsigned char)byte >= ' ' && byte != '"' && byte != '\\';
}

/* A string of JSON. */
static void
add_string(struct buf *out, struct span text)
{
	buf_byte(out, '"');
	while (text.len != 0) {
		size_t plain = 0;
		unsigned char c;

		while (plain < text.len && is_plain(text.at[plain]))
			plain++;
		buf_add(out, span_first(text, plain));
		if (plain == text.len)
			break;
		c = (unsigned char)text.at[plain];
		buf_printf(out, c < ' ' ? "\\u%04x" : "\\%c", c);
		text = span_from(text, plain + 1);
	}
	buf_byte(out, '"');
}

/* "rose|tulip" and "rose;tulip" become ["rose","tulip"]. */
static int
list_value(const struct field *field, struct arena *arena, struct span *value,
    struct err *err)
{
	struct span text = *value;
	char mark = span_find(text, '|') < text.len ? '|' : ';';
	struct buf out;

	if (text.len == 0 || (text.at[0] == '[' && is_json_array(text)))
		return 0;
	buf_init(&out, arena, LIST_TEXT_MAX);
	buf_byte(&out, '[');
	while (text.len != 0) {
		size_t end = span_find(text, mark);
		struct span item = span_trim(span_first(text, end));

		text = span_from(text, end + 1);
		if (item.len == 0)
			continue;
		if (out.len > 1)
			buf_byte(&out, ',');
		add_string(&out, spelled(field, item));
	}
	buf_byte(&out, ']');
	*value = buf_span(&out);
	return out.failed ? no_memory(err) : 0;
}

int
field_value(const struct field *field, const struct date_formats *formats,
    struct span text, struct arena *arena, struct span *value, struct err *err)
{
	*value = text;
	if (field->type == FIELD_STRING && field->spelling_count == 0)
		return 0;
	if (field->type == FIELD_LIST)
		return list_value(field, arena, value, err);
	*value = spelled(field, *value);
	if (field->type == FIELD_DATE)
		return date_value(field, formats, arena, value, err);
	if (field->type == FIELD_NUMBER)
		return number_value(field, arena, value, err);
	return 0;
}

/* A key that is for fields of one type only. */
static int
type_check(const struct yaml_reader *reader, const struct yaml *node,
    const struct field *field, const char *key, enum field_type type,
    const char *word, struct err *err)
{
	const struct yaml *given = yaml_child(node, key);

	if (!given || field->type == type)
		return 0;
	return yaml_fail(reader, given, err, "`%s` is for type %s", key, word);
}

int
field_text_check(const struct yaml_reader *reader, const struct yaml *node,
    const struct field *field, struct err *err)
{
	const struct yaml *map = yaml_child(node, "map");
	const struct yaml *formats = yaml_child(node, "formats");
	const struct yaml *at =
	    formats && formats->kind == YAML_LIST ? formats->first : formats;

	if (type_check(
		reader, node, field, "formats", FIELD_DATE, "date", err) < 0 ||
	    type_check(reader, node, field, "decimal", FIELD_NUMBER, "number",
		err) < 0)
		return -1;
	for (; at; at = at == formats ? NULL : at->next) {
		const char *fault = date_format_fault(at->text);

		if (fault)
			return yaml_fail(reader, at, err,
			    "not a format of dates: %s", fault);
	}
	for (at = map ? map->first : NULL; at; at = at->next) {
		const char *fault = field_fault(field, at->text);

		if (fault && strcmp(fault, "choice") == 0)
			return yaml_fail(reader, at, err,
			    "`%.*s` is none of the field's `values`",
			    SPAN_ARG(at->text));
		for (size_t i = 0; i < field->spelling_count; i++) {
			struct spelling spelling = field->spellings[i];

			if (unicode_same(spelling.from, at->text) &&
			    !span_eq(spelling.to, at->text))
				return yaml_fail(reader, at, err,
				    "`%.*s` is itself written for `%.*s`",
				    SPAN_ARG(at->text), SPAN_ARG(spelling.to));
		}
	}
	return 0;
}
