#include "tools/message/findings.h"

#include "milter/former_header.h"
#include "milter/mail/reencode.h"
#include "milter/template/link_mark.h"
#include "milter/template/template.h"
#include "tools/message/bulk.h"
#include "tools/message/images.h"
#include "tools/message/minority.h"
#include "tools/message/names.h"
#include "tools/message/split.h"

#define CACHE_MEMORY ((size_t)64 << 20)

static void
look_at_slots(struct findings *findings, struct span where,
    const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->slot_count; i++) {
		const struct manifest_slot *slot = &manifest->slots[i];

		if (!slot->has_else)
			finding_at(findings, "else", where, slot->at.line,
			    slot->at.column, "slot %.*s has no neutral else",
			    SPAN_ARG(slot->name));
	}
}

static void
look_at_raws(struct findings *findings, struct span where,
    const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->raw_count; i++)
		finding_at(findings, "raw", where, manifest->raws[i].at.line,
		    manifest->raws[i].at.column,
		    "raw: what a profile holds would be read as HTML");
}

static void
look_at_uses(struct findings *findings, const struct outline *outline,
    const struct outline_uses *uses)
{
	for (unsigned i = 0; i < uses->count; i++) {
		const struct outline_field *field =
		    &outline->fields[uses->at[i].field];

		names_look_at_field(findings, &uses->at[i], field);
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
		for (unsigned j = 0; j < slot->count; j++) {
			look_at_uses(findings, outline, &slot->options[j].uses);
			if (slot->options[j].missing.len != 0)
				finding(findings, "slot",
				    "slot %.*s names block %.*s, which is not "
				    "stored",
				    SPAN_ARG(slot->name),
				    SPAN_ARG(slot->options[j].missing));
		}
	}
	look_at_uses(findings, outline, uses);
	look_at_uses(findings, outline, &outline->asked);
	for (unsigned i = 0; i < uses->count; i++)
		if (uses->at[i].needed &&
		    findings->campaign->missing == MISSING_REFUSE)
			finding_at(findings, "default", uses->at[i].where,
			    uses->at[i].line, uses->at[i].column,
			    "%.*s has no default: whoever lacks it gets no "
			    "mail",
			    SPAN_ARG(outline->fields[uses->at[i].field].name));
}

/* ---- what {% why %} would have to tell without its name ---- */

static bool
speaks(const struct findings *findings, const struct template *template)
{
	if (!findings->campaign->why)
		return false;
	for (size_t i = 0; i < template->fragment_count; i++) {
		const struct fragment *fragment = &template->fragments[i];

		if (fragment->cached != NULL &&
		    program_manifest(cached_program(fragment->cached))->has_why)
			return true;
	}
	return false;
}

static void
look_at_label(struct findings *findings, const struct labels *labels,
    const char *what, struct span name)
{
	struct span locale = findings->campaign->locale;
	bool others = labels->count != 0;

	if (labels_text(labels, locale).len == 0)
		finding(findings, "label",
		    "%s %.*s has no label%s%.*s in the schema: {%% why %%} "
		    "tells it in words that fit anything",
		    what, SPAN_ARG(name), others ? " for " : "",
		    SPAN_ARG(others ? locale : SPAN_NONE));
}

static void
look_at_labels(struct findings *findings, const struct outline *outline)
{
	const struct schema *schema = findings->catalog->schema;

	for (unsigned i = 0; i < outline->field_count; i++) {
		const struct field *field = outline->fields[i].field;

		if (field != NULL && field->class != CLASS_SPECIAL)
			look_at_label(
			    findings, &field->labels, "field", field->name);
	}
	for (size_t i = 0;
	     outline->field_count != 0 && i < schema->source_count; i++)
		look_at_label(findings, &schema->sources[i].labels, "source",
		    schema->sources[i].name);
}

/* What a text by itself asks for. */
static void
look_at_program(
    struct findings *findings, struct span where, const struct cached *cached)
{
	const struct manifest *manifest =
	    program_manifest(cached_program(cached));

	names_look(findings, where, manifest);
	minority_look(findings, where, manifest);
	look_at_raws(findings, where, manifest);
}

static void
look_at_fragment(struct findings *findings, const struct fragment *fragment)
{
	struct span where = span_str(fragment->where);
	const struct manifest *manifest;

	if (!fragment->cached)
		return;
	manifest = program_manifest(cached_program(fragment->cached));
	look_at_slots(findings, where, manifest);
	look_at_program(findings, where, fragment->cached);
}

/* Stored blocks are told once, whatever the places they are shown in. */
static void
look_at_bodies(struct findings *findings, const struct template *template)
{
	for (size_t i = 0; i < template->body_count; i++) {
		const struct block_body *body = &template->bodies[i];
		char where[200];
		bool told = false;

		for (size_t j = 0; j < i; j++)
			told |= template->bodies[j].block == body->block;
		snprintf(where, sizeof where, "block %.*s",
		    SPAN_ARG(body->block->id));
		if (!told)
			look_at_program(
			    findings, span_str(where), body->cached);
	}
}

/* Segments and the conditions of blocks. */
static void
look_at_conditions(struct findings *findings, const struct template *template)
{
	char where[200];

	for (size_t i = 0; i < template->segment_count; i++) {
		snprintf(where, sizeof where, "segment %.*s",
		    SPAN_ARG(template->campaign->segments[i].name));
		names_look(findings, span_str(where),
		    condition_manifest(template->segments[i]));
		minority_look(findings, span_str(where),
		    condition_manifest(template->segments[i]));
	}
	for (size_t i = 0; i < template->block_condition_count; i++) {
		const struct block_condition *one =
		    &template->block_conditions[i];

		snprintf(where, sizeof where, "block %.*s, %s",
		    SPAN_ARG(one->block->id), one->unless ? "unless" : "if");
		names_look(findings, span_str(where),
		    condition_manifest(one->condition));
		minority_look(findings, span_str(where),
		    condition_manifest(one->condition));
	}
}

/* A field computed from one that is not there is never there itself. */
static void
look_at_derivations(struct findings *findings, const struct template *template)
{
	char where[200];

	for (size_t i = 0; i < template->derivation_count; i++) {
		const struct derivation *one = &template->derivations[i];

		snprintf(where, sizeof where, "derived %.*s",
		    SPAN_ARG(one->field->name));
		names_look_alone(findings, span_str(where),
		    expression_manifest(one->expression));
	}
}

static void
look_at_former(struct findings *findings, const struct message *message)
{
	if (!message_field(message, findings->campaign_header, 1) &&
	    message_field(message, SPAN(FORMER_HEADER), 1))
		finding(findings, "campaign-header",
		    FORMER_HEADER " makes no campaign mail any more; %.*s does",
		    SPAN_ARG(findings->campaign_header));
}

/* ---- what a mail server on the way may change ---- */

static bool
is_within_message(const struct part *part)
{
	while ((part = part->parent) != NULL)
		if (part->role == PART_MESSAGE)
			return true;
	return false;
}

/* Whether the part leaves encoded: 1, 0 it stays as it is, -1. */
static int
is_encoded(const struct part *part, struct arena *arena, struct err *err)
{
	struct reencoded result;

	if (part->sealed || part_seals(part))
		return 0;
	return part_harden(part, arena, &result, err);
}

/* Where the body is fragile, and how: the first 8-bit byte, else the first line
 * that is too long; line 0 where it only claims to be 8-bit. */
static const char *
find_fragile(struct span body, unsigned *line, unsigned *column)
{
	unsigned long_line = 0;

	*line = *column = 1;
	for (size_t i = 0; i < body.len; i++) {
		if ((unsigned char)body.at[i] >= 0x80)
			return "8-bit";
		if (body.at[i] != '\n') {
			++*column;
			if (*column > 1000 && long_line == 0)
				long_line = *line;
			continue;
		}
		++*line;
		*column = 1;
	}
	*line = long_line;
	*column = long_line != 0 ? 999 : 0;
	return long_line != 0 ? "a line over 998 bytes" : "declared 8-bit";
}

static int
look_at_bytes(struct findings *findings, const struct part *part,
    struct arena *arena, struct err *err)
{
	struct span title;
	unsigned line, column;
	const char *how;
	int encoded;

	if (part->role == PART_MULTIPART || !part_is_fragile(part) ||
	    is_within_message(part))
		return 0;
	encoded = is_encoded(part, arena, err);
	if (encoded < 0 || part_title(part, arena, &title, err) < 0)
		return -1;
	how = find_fragile(part->body, &line, &column);
	if (encoded)
		finding_at(findings, "encoded", title, line, column,
		    "%s: the part leaves encoded, its text unchanged", how);
	else
		finding_at(findings, "eight-bit", title, line, column,
		    "%s, and the part must stay as it is: a mail server that "
		    "changes it breaks the signature",
		    how);
	return 0;
}

/* Attached files are no templates; their readers would see the tags. */
static int
look_at_attached(struct findings *findings, const struct part *part,
    struct arena *arena, struct err *err)
{
	struct span text, title;
	size_t at;
	unsigned line = 1;

	if (part->role != PART_OTHER || part->sealed ||
	    !span_caseeq(part->type.type, SPAN("text")) ||
	    part_bytes(part, arena, &text, NULL) < 0)
		return 0;
	at = span_search(text, SPAN("{{"));
	if (at == text.len)
		at = span_search(text, SPAN("{%"));
	if (at == text.len)
		return 0;
	if (part_title(part, arena, &title, err) < 0)
		return -1;
	for (size_t i = 0; i < at; i++)
		line += text.at[i] == '\n';
	finding_at(findings, "attached", title, line, 0,
	    "a tag in an attached text leaves as it stands");
	return 0;
}

/* Only what is rendered is encoded. */
static int
look_at_parts(struct findings *findings, const struct template *template,
    struct arena *arena, struct err *err)
{
	const struct message *message = template->message;
	bool encodes = findings->harden && template->fragment_count != 0;

	for (size_t i = 0; i < message->part_count; i++) {
		const struct part *part = message->parts[i];

		if (look_at_attached(findings, part, arena, err) < 0 ||
		    (encodes && look_at_bytes(findings, part, arena, err) < 0))
			return -1;
	}
	return 0;
}

/* How many links stand in the texts that would carry the mark. 0 or -1. */
static int
look_at_links(struct findings *findings, const struct template *template,
    struct arena *arena, struct err *err)
{
	const struct campaign_links *links = &template->campaign->links;
	size_t count = 0;

	for (size_t i = 0; i < template->fragment_count; i++) {
		const struct fragment *at = &template->fragments[i];
		struct span text;

		if (at->part != NULL && at->place != PLACE_CARD &&
		    link_mark_text(template->campaign, at->source,
			at->place == PLACE_HTML, SPAN("-"), arena, &text,
			&count, err) < 0)
			return -1;
	}
	if (count == 0 && links->domain_count != 0)
		finding(findings, "links",
		    "no link of the message leads to the domains of `links:`: "
		    "nobody's clicks can be known again");
	else if (count != 0)
		finding(findings, "links",
		    "%zu links carry the mark `%.*s` for whoever consents to "
		    "%.*s",
		    count, SPAN_ARG(links->mark), SPAN_ARG(links->purpose));
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
		status =
		    template_prepare(&template, message, findings->campaign,
			findings->catalog, cache, NULL, arena, err);
	for (size_t i = 0; status == 0 && i < template.fragment_count; i++)
		look_at_fragment(findings, &template.fragments[i]);
	if (status == 0) {
		look_at_bodies(findings, &template);
		look_at_conditions(findings, &template);
		look_at_derivations(findings, &template);
		images_look(findings, &template);
		if (template.undecodable)
			finding(findings, "decode",
			    "%s cannot be read and stays as it is",
			    template.undecodable);
		look_at_outline(findings, template.outline);
		split_look(findings, template.outline);
		if (speaks(findings, &template))
			look_at_labels(findings, template.outline);
		look_at_former(findings, message);
		if (look_at_links(findings, &template, arena, err) < 0 ||
		    look_at_parts(findings, &template, arena, err) < 0)
			status = -1;
		else
			status = bulk_look(findings, message, arena, err);
	}
	template_release(&template);
	cache_free(&cache);
	return status;
}
