#include "tools/message/finding.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

#include "store/base/buf.h"
#include "store/base/err.h"
#include "tools/out.h"

/* For information; campaign lint refuses the campaign for it. */
#define FINDING_LAPSE FINDING_KINDS

enum { TEXT_MAX = 1000, COLUMNS = 160, INDENT = 4 };

/* Every rule and what breaking it does. */
const struct finding_rule finding_rules[] = {
	{ "arms", FINDING_STOPS },
	{ "attached", FINDING_STOPS },
	{ "broken", FINDING_STOPS },
	{ "campaign-header", FINDING_STOPS },
	{ "caps", FINDING_STOPS },
	{ "costs", FINDING_STOPS },
	{ "decode", FINDING_STOPS },
	{ "default", FINDING_STOPS },
	{ "duplicate", FINDING_STOPS },
	{ "eight-bit", FINDING_STOPS },
	{ "else", FINDING_STOPS },
	{ "feedback-id", FINDING_STOPS },
	{ "field", FINDING_STOPS },
	{ "from", FINDING_STOPS },
	{ "hidden", FINDING_STOPS },
	{ "key", FINDING_STOPS },
	{ "list-id", FINDING_STOPS },
	{ "message-id", FINDING_STOPS },
	{ "name", FINDING_STOPS },
	{ "nobody", FINDING_STOPS },
	{ "one-click", FINDING_STOPS },
	{ "personal", FINDING_STOPS },
	{ "placeholder", FINDING_STOPS },
	{ "purpose", FINDING_STOPS },
	{ "raw", FINDING_STOPS },
	{ "render", FINDING_STOPS },
	{ "segments", FINDING_STOPS },
	{ "slot", FINDING_STOPS },
	{ "special", FINDING_STOPS },
	{ "unsubscribe-link", FINDING_STOPS },
	{ "value", FINDING_STOPS },
	{ "variant", FINDING_STOPS },
	{ "window", FINDING_STOPS },
	{ "coverage", FINDING_COSTS },
	{ "refused", FINDING_COSTS },
	{ "neutral", FINDING_COSTS },
	{ "missing", FINDING_COSTS },
	{ "exhausted", FINDING_COSTS },
	{ "unserved", FINDING_COSTS },
	{ "held back", FINDING_COSTS },
	{ "minority", FINDING_COSTS },
	{ "over budget", FINDING_COSTS },
	{ "source", FINDING_COSTS },
	{ "encoded", FINDING_INFORMS },
	{ "label", FINDING_INFORMS },
	{ "links", FINDING_INFORMS },
	{ "seen enough", FINDING_INFORMS },
	{ "arms seen", FINDING_INFORMS },
	{ "segments seen", FINDING_INFORMS },
	{ "largest", FINDING_INFORMS },
	{ "slowest", FINDING_INFORMS },
	{ "size", FINDING_INFORMS },
	{ "image", FINDING_INFORMS },
	{ "date", FINDING_INFORMS },
	{ "campaign", FINDING_INFORMS },
	{ "waive", FINDING_INFORMS },
	{ "renamed", FINDING_INFORMS },
	{ "measure", FINDING_INFORMS },
	{ "power", FINDING_INFORMS },
	{ "challenger", FINDING_INFORMS },
	{ "learning", FINDING_INFORMS },
	{ "control", FINDING_LAPSE },
	{ .rule = NULL },
};

static const struct {
	const char *title, *key;
} sections[FINDING_KINDS] = {
	[FINDING_STOPS] = { "stops the mailing", "stops" },
	[FINDING_COSTS] = { "costs you personal copies", "costs" },
	[FINDING_INFORMS] = { "for information", "information" },
};

static enum finding_kind
kind_of(const char *rule)
{
	const struct finding_rule *at = finding_rules;

	while (at->rule && strcmp(at->rule, rule) != 0)
		at++;
	assert(at->rule);
	return at->rule ? at->kind : FINDING_STOPS;
}

static struct found *
more(struct findings *findings)
{
	size_t room = findings->room ? 2 * findings->room : 32;
	struct found *grown;

	if (findings->count < findings->room)
		return &findings->list[findings->count++];
	grown = arena_calloc(findings->arena, room, sizeof(*grown));
	if (!grown)
		return NULL;
	if (findings->count)
		memcpy(grown, findings->list,
		    findings->count * sizeof(*findings->list));
	findings->list = grown;
	findings->room = room;
	return &findings->list[findings->count++];
}

/* The same is said once. */
static bool
is_known(const struct findings *findings, const char *rule, const char *text)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->list[i].rule, rule) == 0 &&
		    span_eq(findings->list[i].text, span_str(text)))
			return true;
	return false;
}

static void
add(struct findings *findings, const char *rule, uint64_t people,
    const char *text)
{
	struct found found = { .rule = rule,
		.kind = kind_of(rule),
		.waived = campaign_waives(findings->campaign, rule),
		.people = people,
		.nth = findings->count };
	struct found *kept;

	if (is_known(findings, rule, text))
		return;
	findings->problems += found.kind == FINDING_STOPS && !found.waived;
	findings->lapses += found.kind == FINDING_LAPSE && !found.waived;
	if (found.kind == FINDING_LAPSE)
		found.kind = FINDING_INFORMS;
	if (arena_dup(findings->arena, span_str(text), &found.text) < 0)
		return;
	kept = more(findings);
	if (kept)
		*kept = found;
}

void
finding(struct findings *findings, const char *rule, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(findings, rule, 0, text);
}

void
finding_of(struct findings *findings, const char *rule, uint64_t people,
    const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	add(findings, rule, people, text);
}

void
finding_at(struct findings *findings, const char *rule, struct span where,
    unsigned line, unsigned column, const char *format, ...)
{
	char text[TEXT_MAX], name[200];
	va_list args;
	size_t len;

	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(where));
	err_place(name, line, column, text, sizeof(text));
	len = strlen(text);
	len += (size_t)snprintf(text + len, sizeof(text) - len, ": ");
	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - len, format, args);
	va_end(args);
	add(findings, rule, 0, text);
}

/* ---- telling ---- */

/* What stops first, then the most people, then as they were found. */
static int
compare(const void *a, const void *b)
{
	const struct found *one = a, *other = b;

	if (one->kind != other->kind)
		return one->kind < other->kind ? -1 : 1;
	if (one->people != other->people)
		return one->people > other->people ? -1 : 1;
	return one->nth < other->nth ? -1 : 1;
}

/* How many bytes of the text fill at most that many columns, cut at a blank
 * where there is one. */
static size_t
fitting(struct span text, size_t columns)
{
	size_t at = 0, blank = 0;

	for (size_t seen = 0; at < text.len; at++) {
		if (((unsigned char)text.at[at] & 0xc0) != 0x80 &&
		    ++seen > columns)
			break;
		if (text.at[at] == ' ')
			blank = at;
	}
	return at == text.len || blank == 0 ? at : blank;
}

/* Prints the line, the rest of a long one on lines of its own. */
static void
print_wrapped(FILE *out, struct span line)
{
	size_t columns = COLUMNS - 2, len;

	fputs("  ", out);
	while ((len = fitting(line, columns)) < line.len) {
		out_text(out, span_first(line, len), 0);
		line = span_trim(span_from(line, len));
		columns = COLUMNS - INDENT;
		fprintf(out, "\n%*s", INDENT, "");
	}
	out_text(out, line, 0);
	fputc('\n', out);
}

static double
share(const struct findings *findings, uint64_t people)
{
	return findings->copies ? (double)people / (double)findings->copies : 0;
}

static void
print_one(const struct findings *findings, const struct found *found, FILE *out)
{
	char text[TEXT_MAX + 200], number[32];
	int len = 0;

	if (found->people)
		len = snprintf(text, sizeof(text), "%s",
		    out_number(found->people, number, sizeof(number)));
	if (found->people && findings->copies)
		len += snprintf(text + len, sizeof(text) - (size_t)len,
		    " (%.1f %%)", 100 * share(findings, found->people));
	snprintf(text + len, sizeof(text) - (size_t)len, "%s%s: %.*s%s",
	    found->people ? "  " : "", found->rule, SPAN_ARG(found->text),
	    found->waived ? " (waived)" : "");
	print_wrapped(out, span_str(text));
}

void
findings_print(struct findings *findings, FILE *out)
{
	enum finding_kind told = FINDING_KINDS;

	if (findings->count)
		qsort(findings->list, findings->count, sizeof(*findings->list),
		    compare);
	for (size_t i = 0; i < findings->count; i++) {
		const struct found *found = &findings->list[i];

		if (found->kind != told)
			fprintf(out, "%s\n", sections[found->kind].title);
		told = found->kind;
		print_one(findings, found, out);
	}
}

static json_t *
one_json(const struct findings *findings, const struct found *found)
{
	json_t *object = json_object();

	out_set(object, "rule", json_string(found->rule));
	out_set(object, "text", out_string(found->text));
	out_set(object, "people", json_integer((json_int_t)found->people));
	out_set(object, "share", json_real(share(findings, found->people)));
	out_set(object, "waived", json_boolean(found->waived));
	return object;
}

void
findings_json(struct findings *findings, json_t *object)
{
	json_t *lists[FINDING_KINDS];

	for (int i = 0; i < FINDING_KINDS; i++)
		lists[i] = json_array();
	if (findings->count)
		qsort(findings->list, findings->count, sizeof(*findings->list),
		    compare);
	for (size_t i = 0; i < findings->count; i++)
		out_add(lists[findings->list[i].kind],
		    one_json(findings, &findings->list[i]));
	for (int i = 0; i < FINDING_KINDS; i++)
		out_set(object, sections[i].key, lists[i]);
}
