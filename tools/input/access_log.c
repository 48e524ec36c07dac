#include "tools/input/access_log.h"

#include <jansson.h>

#include "store/base/ascii.h"
#include "store/base/timestamp.h"

/* ---- combined ---- */

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Two or four digits, or -1. */
static int
digits(struct span text, size_t at, size_t count)
{
	int number = 0;

	for (size_t i = at; i < at + count; i++) {
		if (i >= text.len || !ascii_is_digit(text.at[i]))
			return -1;
		number = number * 10 + (text.at[i] - '0');
	}
	return number;
}

/* "10/Oct/2000:13:55:36 -0700". */
static bool
read_time(struct span text, int64_t *time)
{
	int day = digits(text, 0, 2), year = digits(text, 7, 4);
	int hour = digits(text, 12, 2), minute = digits(text, 15, 2);
	int second = digits(text, 18, 2);
	int zone_hour = digits(text, 22, 2), zone_minute = digits(text, 24, 2);
	char iso[TIMESTAMP_SIZE + 16];
	int month = 0;

	if (text.len != 26 || day < 0 || year < 0 || hour < 0 || minute < 0 ||
	    second < 0 || zone_hour < 0 || zone_minute < 0 ||
	    (text.at[21] != '+' && text.at[21] != '-'))
		return false;
	while (month < 12 &&
	       memcmp(months + (size_t)3 * (size_t)month, text.at + 3, 3) != 0)
		month++;
	snprintf(iso, sizeof iso, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d",
	    year, month + 1, day, hour, minute, second, text.at[21], zone_hour,
	    zone_minute);
	return timestamp_parse(span_str(iso), time) == 1;
}

/* What stands in the next quotes, behind which *rest moves. */
static bool
take_quoted(struct span *rest, struct span *text)
{
	struct span inner = span_from(*rest, span_find(*rest, '"') + 1);
	size_t end = 0;

	while (end < inner.len && inner.at[end] != '"')
		end += inner.at[end] == '\\' ? 2 : 1;
	if (end >= inner.len)
		return false;
	*text = span_first(inner, end);
	*rest = span_from(inner, end + 1);
	return true;
}

/* "GET /path HTTP/1.1". */
static bool
split_request(struct span text, struct access_request *request)
{
	size_t end = span_find(text, ' ');

	request->method = span_first(text, end);
	text = span_from(text, end + 1);
	request->target = span_first(text, span_find(text, ' '));
	return request->method.len != 0 && request->target.len != 0;
}

/* The address is the word before the two names, "- -", before the time. */
static struct span
client_of(struct span before)
{
	size_t end = before.len, words = 0;

	for (; end > 0 && words < 2; end--)
		words += before.at[end - 1] == ' ';
	before = span_first(before, end);
	for (size_t i = before.len; i > 0; i--)
		if (before.at[i - 1] == ' ')
			return span_from(before, i);
	return before;
}

/* The three digits at the front, or 0. */
static unsigned
status_of(struct span text)
{
	int status = digits(text, 0, 3);

	return status > 0 ? (unsigned)status : 0;
}

static bool
read_combined(struct span line, struct access_request *request)
{
	size_t open = span_search(line, SPAN(" ["));
	struct span rest = span_from(line, open + 2), quoted;
	size_t close = span_find(rest, ']');

	if (open == line.len || close == rest.len ||
	    !read_time(span_first(rest, close), &request->time))
		return false;
	request->client = client_of(span_first(line, open));
	rest = span_from(rest, close + 1);
	if (!take_quoted(&rest, &quoted) || !split_request(quoted, request))
		return false;
	request->status = status_of(span_trim(rest));
	/* Without referer and agent it is the common format. */
	if (take_quoted(&rest, &quoted) && take_quoted(&rest, &quoted))
		request->agent = quoted;
	return true;
}

/* ---- JSON ---- */

/* By which names programs call what we ask for, in this order. A stroke goes
 * one object deeper. */
static const char *const time_names[] = { "time", "time_iso8601", "timestamp",
	"@timestamp", "ts", "time_local", "StartUTC", "msec", NULL };
static const char *const client_names[] = { "remote_addr", "client_ip",
	"remote_ip", "clientip", "ClientHost", "request/client_ip",
	"request/remote_ip", "ip", "client", "host", NULL };
static const char *const method_names[] = { "request_method", "method",
	"RequestMethod", "request/method", "verb", NULL };
static const char *const target_names[] = { "request_uri", "uri", "url",
	"RequestPath", "request/uri", "target", "path", NULL };
static const char *const agent_names[] = { "http_user_agent", "user_agent",
	"userAgent", "request_User-Agent", "request/headers/User-Agent",
	"agent", NULL };
static const char *const status_names[] = { "status", "DownstreamStatus",
	"response/status", "status_code", "code", NULL };
static const char *const line_names[] = { "request", "request_line", NULL };

/* The first of the names that is there. A list, of headers, gives its first
 * value. */
static const json_t *
find(const json_t *object, const char *const *names)
{
	for (; *names != NULL; names++) {
		const json_t *value = object;
		const char *name = *names;
		char key[32];

		while (value != NULL && name != NULL) {
			const char *stroke = strchr(name, '/');
			size_t len =
			    stroke ? (size_t)(stroke - name) : strlen(name);

			snprintf(key, sizeof key, "%.*s", (int)len, name);
			value = json_object_get(value, key);
			name = stroke ? stroke + 1 : NULL;
		}
		if (json_is_array(value))
			value = json_array_get(value, 0);
		if (json_is_string(value) || json_is_number(value))
			return value;
	}
	return NULL;
}

/* A copy of the text; SPAN_NONE where there is none. */
static struct span
text_of(const json_t *value, struct arena *arena)
{
	struct span copy;

	if (!json_is_string(value) ||
	    arena_dup(arena,
		span_of(json_string_value(value), json_string_length(value)),
		&copy) < 0)
		return SPAN_NONE;
	return copy;
}

/* Seconds, with fractions, as Caddy and nginx's msec have them; or a text. */
static bool
json_time(const json_t *value, int64_t *time)
{
	double number;
	struct span text;

	if (json_is_string(value)) {
		text = span_of(
		    json_string_value(value), json_string_length(value));
		if (timestamp_parse(text, time) == 1 || read_time(text, time))
			return true;
		if (!span_number(text, &number))
			return false;
	} else {
		number = json_number_value(value);
	}
	/* Milliseconds have more digits than a century of seconds. */
	if (number > 1e11)
		number /= 1000;
	if (!(number > 0) || number > 1e11)
		return false;
	*time = (int64_t)number;
	return true;
}

/* Of three digits, or 0. */
static unsigned
status_number(const json_t *value)
{
	double status = json_number_value(value);

	return status >= 100 && status <= 999 ? (unsigned)status : 0;
}

static bool
read_object(
    const json_t *object, struct arena *arena, struct access_request *request)
{
	struct span line = text_of(find(object, line_names), arena);
	const json_t *status;

	request->client = text_of(find(object, client_names), arena);
	request->agent = text_of(find(object, agent_names), arena);
	request->method = text_of(find(object, method_names), arena);
	request->target = text_of(find(object, target_names), arena);
	if ((request->method.len == 0 || request->target.len == 0) &&
	    !split_request(line, request))
		return false;
	status = find(object, status_names);
	request->status = json_is_string(status)
			      ? status_of(text_of(status, arena))
			      : status_number(status);
	return json_time(find(object, time_names), &request->time);
}

static bool
read_json(struct span line, struct arena *arena, struct access_request *request)
{
	json_t *object =
	    json_loadb(line.at, line.len, JSON_DISABLE_EOF_CHECK, NULL);
	bool read =
	    json_is_object(object) && read_object(object, arena, request);

	json_decref(object);
	return read;
}

bool
access_log_read(struct span line, enum access_format format,
    struct arena *arena, struct access_request *request)
{
	struct span text = span_trim(line);

	*request = (struct access_request){ .time = 0 };
	if (format == ACCESS_AUTO)
		format = span_starts(text, SPAN("{")) ? ACCESS_JSON
						      : ACCESS_COMBINED;
	if (format == ACCESS_JSON)
		return read_json(text, arena, request);
	return read_combined(text, request);
}

/* ---- what was asked for, and by whom ---- */

bool
access_parameter(
    struct span target, size_t *at, struct span *name, struct span *value)
{
	struct span one;

	target = span_first(target, span_find(target, '#'));
	if (*at == 0)
		*at = span_find(target, '?') + 1;
	if (*at >= target.len)
		return false;
	one = span_from(target, *at);
	one = span_first(one, span_find(one, '&'));
	*at += one.len + 1;
	*name = span_first(one, span_find(one, '='));
	*value = span_from(one, name->len + 1);
	return true;
}

/* Words in the names that programs give themselves: those of mail gateways,
 * of previews in chats and mail programs, of crawlers, and of libraries that
 * programs are made with. Some browsers of people have "Safari" in theirs, so
 * that "safelinks" is spelled out; Cubot makes telephones. */
static const char *const scanner_words[] = { "bot", "crawl", "spider", "scan",
	"preview", "barracuda", "proofpoint", "mimecast", "ironport",
	"messagelabs", "symantec", "forcepoint", "trendmicro", "trend micro",
	"fortinet", "fortimail", "sophos", "zscaler", "cloudmark", "vade",
	"hornetsecurity", "trellix", "fireeye", "safelinks", "urldefense",
	"linkcheck", "link check", "validator", "monitor", "headless",
	"phantomjs", "puppeteer", "playwright", "selenium", "curl/", "wget",
	"python", "go-http-client", "java/", "apache-httpclient", "okhttp",
	"libwww", "lwp::", "perl", "ruby", "php/", "guzzle", "axios",
	"node-fetch", "undici", "aiohttp", "httpx", "facebookexternalhit",
	"whatsapp", "googleimageproxy", "yahoomailproxy", "google-safety",
	"microsoft office", "msoffice", "skypeuripreview", "slurp" };

static bool
has_word(struct span text, struct span word)
{
	for (size_t i = 0; i + word.len <= text.len; i++)
		if (ascii_lower(text.at[i]) == word.at[0] &&
		    span_caseeq(span_of(text.at + i, word.len), word))
			return true;
	return false;
}

bool
access_is_scanner(struct span agent)
{
	if (agent.at == NULL || has_word(agent, SPAN("cubot")))
		return false;
	if (agent.len == 0 || span_eq(agent, SPAN("-")))
		return true;
	for (size_t i = 0; i < sizeof scanner_words / sizeof *scanner_words;
	     i++)
		if (has_word(agent, span_str(scanner_words[i])))
			return true;
	return false;
}
