#include "tools/findings.h"

#include <stdarg.h>

#include "milter/template.h"
#include "tools/out.h"

#define CACHE_MEMORY ((size_t)64 << 20)

void
finding(struct findings *findings, const char *rule, const char *format, ...)
{
	bool waived = campaign_waives(findings->campaign, rule);
	char text[400];
	va_list args;
	json_t *object;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	findings->problems += !waived;
	if (!findings->list) {
		fprintf(findings->out, "%s: ", rule);
		out_text(findings->out, span_str(text), 0);
		fputs(waived ? " (waived)\n" : "\n", findings->out);
		return;
	}
	object = json_object();
	out_set(object, "rule", json_string(rule));
	out_set(object, "text", out_string(span_str(text)));
	out_set(object, "waived", json_boolean(waived));
	out_add(findings->list, object);
}

static void
look_at_slots(struct findings *findings, const char *where,
    const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->slot_count; i++) {
		const struct manifest_slot *slot = &manifest->slots[i];

		if (!slot->has_else)
			finding(findings, "else",
			    "%s:%u:%u: slot %.*s has no neutral else", where,
			    slot->at.line, slot->at.column,
			    SPAN_ARG(slot->name));
	}
}

static void
look_at_outline(struct findings *findings, const struct outline *outline)
{
	const struct outline_uses *uses = &outline->outside;

	for (unsigned i = 0; i < outline->slot_count; i++) {
		const struct outline_slot *slot = &outline->slots[i];

		if (slot->count == 0)
			finding(findings, "slot",
			    "slot %.*s has no option at all",
			    SPAN_ARG(slot->name));
		for (unsigned j = 0; j < slot->count; j++)
			if (slot->options[j].missing.len != 0)
				finding(findings, "slot",
				    "slot %.*s names block %.*s, which is not "
				    "stored",
				    SPAN_ARG(slot->name),
				    SPAN_ARG(slot->options[j].missing));
	}
	for (unsigned i = 0; i < uses->count; i++)
		if (uses->at[i].needed &&
		    findings->campaign->missing == MISSING_REFUSE)
			finding(findings, "default",
			    "%.*s:%u:%u: %.*s has no default: whoever lacks "
			    "it gets no mail",
			    SPAN_ARG(uses->at[i].where), uses->at[i].line,
			    uses->at[i].column,
			    SPAN_ARG(outline->fields[uses->at[i].field].name));
}

/* Whether the text shows a way out: the token, the campaign's address of
 * unsubscription, or a link that says so. */
static bool
shows_way_out(const struct campaign *campaign, struct span text)
{
	static const char *const words[] = { "recipient.token", "unsubscribe",
		"Unsubscribe", "opt-out", "optout", "abmelden", "Abmelden",
		"sinscri" };
	struct span url = campaign->unsubscribe_url;
	size_t tag = span_search(url, SPAN("{{"));

	url = span_first(url, tag);
	if (url.len > 8 && span_search(text, url) < text.len)
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_search(text, span_str(words[i])) < text.len)
			return true;
	return false;
}

static int
look_for_way_out(struct findings *findings, const struct message *message,
    struct arena *arena)
{
	const struct campaign *campaign = findings->campaign;
	bool shown = false, text_seen = false;
	struct span text;

	for (size_t i = 0; i < message->part_count; i++) {
		if (message->parts[i]->role != PART_TEXT ||
		    part_text(message->parts[i], arena, &text, NULL) < 0)
			continue;
		text_seen = true;
		shown |= shows_way_out(campaign, text);
	}
	if (text_seen && !shown)
		finding(findings, "unsubscribe-link",
		    "no part shows a link to unsubscribe");
	if (!campaign->unsubscribe_post &&
	    !message_field(message, SPAN("List-Unsubscribe-Post"), 1))
		finding(findings, "one-click",
		    "neither campaign nor message has one-click unsubscribe "
		    "(RFC 8058)");
	return 0;
}

int
findings_message(struct findings *findings, struct span text,
    struct arena *arena, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct cache *cache = cache_new(CACHE_MEMORY);
	struct template template = { .arena = NULL };
	struct message *message;
	int status = -1;

	if (!cache)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (message_parse(text, &limits, arena, &message, err) == 0)
		status = template_prepare(&template, message,
		    findings->campaign, findings->catalog, cache, arena, err);
	for (size_t i = 0; status == 0 && i < template.fragment_count; i++)
		if (template.fragments[i].cached)
			look_at_slots(findings, template.fragments[i].where,
			    program_manifest(
				cached_program(template.fragments[i].cached)));
	if (status == 0) {
		look_at_outline(findings, template.outline);
		status = look_for_way_out(findings, message, arena);
	}
	template_release(&template);
	cache_free(&cache);
	return status;
}
