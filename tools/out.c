#include "tools/out.h"

#include <stdlib.h>

#include "store/base/unicode.h"
#include "store/base/timestamp.h"

/* A member that could not be made must not vanish silently. */
#define LOST "\x01"

void
out_text(FILE *out, struct span text, int width)
{
	for (size_t at = 0; at < text.len;) {
		size_t from = at;
		uint32_t point = unicode_next(text, &at);

		if (point < ' ' || (point >= 0x7f && point < 0xa0) ||
		    (point >= 0xdc00 && point < 0xdd00)) {
			for (; from < at; from++, width -= 4)
				fprintf(out, "\\x%02x",
				    (unsigned char)text.at[from]);
			continue;
		}
		fwrite(text.at + from, 1, at - from, out);
		width--;
	}
	for (; width > 0; width--)
		fputc(' ', out);
}

void
out_failure(FILE *errors, const struct err *err)
{
	char line[sizeof(*err)];

	fputs("inlay: ", errors);
	out_text(errors, span_str(err_line(err, line, sizeof(line))), 0);
	fputc('\n', errors);
}

void
out_failure_json(
    FILE *errors, const struct err *err, const char *code, int status)
{
	json_t *object = json_object(), *error = json_object();
	struct err unsaid = ERR_INIT;

	out_set(error, "code", json_string(code));
	out_set(error, "status", json_integer(status));
	out_set(error, "message", out_string(span_str(err->text)));
	if (err->where[0] != '\0')
		out_set(error, "file", out_string(span_str(err->where)));
	if (err->line != 0)
		out_set(error, "line", json_integer(err->line));
	if (err->column != 0)
		out_set(error, "column", json_integer(err->column));
	out_set(object, "error", error);
	(void)out_json(errors, object, &unsaid);
}

void
out_lines(FILE *out, struct span text)
{
	while (text.len != 0) {
		size_t end = 0;

		while (end < text.len && text.at[end] != '\n' &&
		       text.at[end] != '\t')
			end++;
		out_text(out, span_first(text, end), 0);
		if (end < text.len)
			fputc(text.at[end], out);
		text = span_from(text, end + 1);
	}
}

void
out_csv(FILE *out, struct span value)
{
	bool quote = false;

	for (size_t i = 0; i < value.len; i++)
		quote |= strchr(",\"\r\n ;\t|", value.at[i]) != NULL;
	if (!quote) {
		fwrite(value.at ? value.at : "", 1, value.len, out);
		return;
	}
	fputc('"', out);
	for (size_t i = 0; i < value.len; i++) {
		if (value.at[i] == '"')
			fputc('"', out);
		fputc(value.at[i], out);
	}
	fputc('"', out);
}

/* fwrite takes no NULL, even of no bytes. */
void
out_mail(FILE *out, struct span bytes, bool lf)
{
	while (lf && bytes.len != 0) {
		size_t end = span_search(bytes, SPAN("\r\n"));

		fwrite(bytes.at, 1, end, out);
		if (end < bytes.len)
			fputc('\n', out);
		bytes = span_from(bytes, end + 2);
	}
	if (bytes.len != 0)
		fwrite(bytes.at, 1, bytes.len, out);
}

const char *
out_number(uint64_t number, char *out, size_t size)
{
	char digits[24];
	int len = snprintf(
	    digits, sizeof(digits), "%llu", (unsigned long long)number);
	size_t at = 0;

	for (int i = 0; i < len && at + 2 < size; i++) {
		if (i != 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

void
out_when(FILE *out, const struct zone *clocks, int64_t seconds, int width)
{
	char text[TIMESTAMP_SIZE];

	fprintf(out, "%-*s", width,
	    zone_print(clocks ? clocks : zone_utc(), seconds, text));
}

json_t *
out_string(struct span text)
{
	json_t *value = json_stringn(text.at ? text.at : "", text.len);
	char *clean;
	size_t len = 0;

	if (value)
		return value;
	clean = malloc(text.len + 1);
	if (!clean)
		return NULL;
	for (size_t at = 0; at < text.len;) {
		size_t from = at;
		uint32_t point = unicode_next(text, &at);

		if (point >= 0xdc00 && point < 0xdd00)
			continue;
		memcpy(clean + len, text.at + from, at - from);
		len += at - from;
	}
	value = json_stringn(clean, len);
	free(clean);
	return value;
}

json_t *
out_moment(int64_t seconds)
{
	char text[TIMESTAMP_SIZE];

	timestamp_print(seconds, text);
	return *text == '-' ? json_null() : json_string(text);
}

void
out_set(json_t *object, const char *name, json_t *value)
{
	if (json_object_set_new(object, name, value) != 0)
		json_object_set_new(object, LOST, json_true());
}

void
out_add(json_t *list, json_t *value)
{
	json_array_append_new(list, value);
}

static int
dump(FILE *out, json_t *value, size_t flags, struct err *err)
{
	char *text =
	    value && !json_object_get(value, LOST)
		? json_dumps(value,
		      flags | JSON_ENCODE_ANY | JSON_REAL_PRECISION(OUT_DIGITS))
		: NULL;

	json_decref(value);
	if (!text)
		return err_set(err, ERR_MEMORY, "out of memory");
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}

int
out_json(FILE *out, json_t *value, struct err *err)
{
	return dump(out, value, JSON_COMPACT, err);
}

int
out_json_pretty(FILE *out, json_t *value, struct err *err)
{
	return dump(out, value, JSON_INDENT(2), err);
}
