#define _XOPEN_SOURCE 700 /* strptime */

#include "tools/input/log_line.h"

#include <jansson.h>
#include <stdlib.h>
#include <time.h>

#include "store/base/ascii.h"
#include "store/base/timestamp.h"

#define DAY 86400

static struct span
first_word(struct span text)
{
	return span_first(text, span_find(text, ' '));
}

/* What follows the first word and the blanks after it. */
static struct span
after_word(struct span text)
{
	size_t at = span_find(text, ' ');

	while (at < text.len && text.at[at] == ' ')
		at++;
	return span_from(text, at);
}

/* ---- when ---- */

/* "Nov 21 10:00:00" in local time, of the year that is nearest before now.
 * The names of months are English: no program here calls setlocale. */
static int64_t
syslog_time(struct span line, int64_t now)
{
	char text[16];
	const char *end;
	struct tm tm;
	time_t clock = (time_t)now, moment;

	if (line.len < 15 || !localtime_r(&clock, &tm))
		return 0;
	memcpy(text, line.at, 15);
	text[15] = '\0';
	end = strptime(text, "%b %d %H:%M:%S", &tm);
	if (!end || *end != '\0')
		return 0;
	tm.tm_isdst = -1;
	moment = mktime(&tm);
	if ((int64_t)moment > now + DAY) {
		tm.tm_year--;
		tm.tm_isdst = -1;
		moment = mktime(&tm);
	}
	return (int64_t)moment;
}

/* The journal's short-iso writes the zone without a colon: "+0100". */
static int64_t
iso_time(struct span word)
{
	char text[48];
	int64_t seconds;
	struct span zone;

	if (timestamp_parse(word, &seconds))
		return seconds;
	if (word.len < 5 || word.len > 40)
		return 0;
	zone = span_from(word, word.len - 5);
	if (zone.at[0] != '+' && zone.at[0] != '-')
		return 0;
	snprintf(text, sizeof(text), "%.*s:%.2s", (int)(word.len - 2), word.at,
	    zone.at + 3);
	return timestamp_parse(span_str(text), &seconds) ? seconds : 0;
}

static int64_t
line_time(struct span line, int64_t now)
{
	int64_t seconds = iso_time(first_word(line));

	return seconds ? seconds : syslog_time(line, now);
}

/* ---- RFC 5424 ---- */

/* What follows the structured data, "-" or "[id name="value"]...". */
static struct span
after_data(struct span text)
{
	bool quoted = false, within = false;
	size_t at = 0;

	if (!span_starts(text, SPAN("[")))
		return after_word(text);
	for (; at < text.len && (within || text.at[at] == '['); at++) {
		within = true;
		for (; at < text.len && (quoted || text.at[at] != ']'); at++) {
			if (quoted && text.at[at] == '\\')
				at++;
			else if (text.at[at] == '"')
				quoted = !quoted;
		}
		within = false;
	}
	if (at < text.len && text.at[at] == ' ')
		at++;
	return span_from(text, at);
}

/* "TIME HOST PROGRAM PROCESS MESSAGE DATA TEXT", after "<22>1 ". */
static bool
read_rfc5424(struct span text, struct logged_line *read)
{
	read->time = iso_time(first_word(text));
	text = after_word(after_word(text));
	read->program = first_word(text);
	text = after_data(after_word(after_word(after_word(text))));
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		text = span_from(text, 3);
	read->text = text;
	return read->time != 0 && text.len != 0;
}

/* ---- lines of syslog ---- */

/* Without "<22>". */
static struct span
after_priority(struct span line)
{
	size_t len = 1;

	if (!span_starts(line, SPAN("<")))
		return line;
	while (len < line.len && len < 4 && ascii_is_digit(line.at[len]))
		len++;
	return len > 1 && len < line.len && line.at[len] == '>'
		   ? span_from(line, len + 1)
		   : line;
}

/* Without what runs of containers put before a line: "postfix-1  | " and
 * "2026-11-27T10:00:00.1Z stdout F ". */
static struct span
after_container(struct span line)
{
	struct span second = after_word(line);
	struct span stream = first_word(second);

	if (span_starts(second, SPAN("| ")))
		return span_from(second, 2);
	if (span_eq(stream, SPAN("stdout")) || span_eq(stream, SPAN("stderr")))
		return after_word(after_word(second));
	return line;
}

/* The last word before "[PID]: ". */
static struct span
last_word(struct span text)
{
	size_t at = text.len;

	while (at > 0 && text.at[at - 1] != ' ')
		at--;
	return span_from(text, at);
}

/* "TIME LEVEL PAIRS", as inlayd writes to a file or to standard error. */
static bool
read_own(struct span line, struct logged_line *read)
{
	static const char *const levels[] = { "error", "warning", "info",
		"debug" };
	struct span rest = after_word(line), level = first_word(rest);
	int64_t time = iso_time(first_word(line));

	for (size_t i = 0; time != 0 && i < sizeof levels / sizeof *levels; i++)
		if (span_eq(level, span_str(levels[i]))) {
			read->time = time;
			read->program = SPAN("inlayd");
			read->text = after_word(rest);
			return true;
		}
	return false;
}

static bool
read_text(struct span line, int64_t now, struct logged_line *read)
{
	size_t open, close;

	line = after_priority(line);
	if (span_starts(line, SPAN("1 ")))
		return read_rfc5424(span_from(line, 2), read);
	line = after_priority(after_container(line));
	if (read_own(line, read))
		return true;
	read->time = line_time(line, now);
	open = span_find(line, '[');
	close = span_search(line, SPAN("]: "));
	if (open < close && close < line.len) {
		read->program = last_word(span_first(line, open));
		read->text = span_from(line, close + 3);
	}
	return read->time != 0 || read->program.len != 0;
}

/* ---- JSON ---- */

/* The member as text that lies in scratch, or "". What is no UTF-8 the
 * journal gives as an array of bytes. */
static struct span
member(const json_t *object, const char *name, struct buf *scratch)
{
	const json_t *value = json_object_get(object, name);
	size_t begin = scratch->len;

	if (json_is_string(value))
		buf_add(scratch, span_of(json_string_value(value),
				     json_string_length(value)));
	for (size_t i = 0; i < json_array_size(value); i++)
		buf_byte(scratch,
		    (char)json_integer_value(json_array_get(value, i)));
	return scratch->failed
		   ? SPAN_NONE
		   : span_of(scratch->at + begin, scratch->len - begin);
}

static bool
read_journal(
    const json_t *object, struct buf *scratch, struct logged_line *read)
{
	struct span micros = member(object, "__REALTIME_TIMESTAMP", scratch);

	read->cursor = member(object, "__CURSOR", scratch);
	read->program = member(object, "SYSLOG_IDENTIFIER", scratch);
	read->text = member(object, "MESSAGE", scratch);
	for (size_t i = 0; i + 6 < micros.len && i < 18; i++)
		if (ascii_is_digit(micros.at[i]))
			read->time = read->time * 10 + (micros.at[i] - '0');
	(void)read_own(read->text, read);
	return !scratch->failed;
}

static bool
read_docker(const json_t *object, int64_t now, struct buf *scratch,
    struct logged_line *read)
{
	struct span line = span_trim(member(object, "log", scratch));
	struct span time = member(object, "time", scratch);
	bool known = read_text(line, now, read);

	if (known && read->time == 0)
		read->time = iso_time(time);
	return known;
}

static bool
read_json(struct span line, int64_t now, struct buf *scratch,
    struct logged_line *read)
{
	json_t *object;
	bool known = false;

	/* No member is longer unescaped: spans into it stay where they are. */
	if (buf_reserve(scratch, line.len) < 0)
		return false;
	object = json_loadb(line.at, line.len, 0, NULL);
	if (json_object_get(object, "MESSAGE"))
		known = read_journal(object, scratch, read);
	else if (json_object_get(object, "log"))
		known = read_docker(object, now, scratch, read);
	json_decref(object);
	return known;
}

bool
log_line_read(struct span line, int64_t now, struct buf *scratch,
    struct logged_line *read)
{
	*read = (struct logged_line){ .time = 0 };
	buf_clear(scratch);
	line = span_trim(line);
	return span_starts(line, SPAN("{"))
		   ? read_json(line, now, scratch, read)
		   : read_text(line, now, read);
}
