#include "milter/template/template_steps.h"

#include <stdio.h>

bool
template_sniff(struct span text)
{
	static const char *const marks[] = { "%7B%7B", "%7b%7b", "%7B%25",
		"%7b%25" };
	struct span rest = text;

	while ((rest = span_from(rest, span_find(rest, '{'))).len > 1) {
		if (rest.at[1] == '{' || rest.at[1] == '%')
			return true;
		rest = span_from(rest, 1);
	}
	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (span_search(text, span_str(marks[i])) < text.len)
			return true;
	return false;
}

/* Whether the bytes that a reader is shown hold a tag. */
static int
holds_tag(struct template *template, const struct part *part, struct err *err)
{
	struct err why = ERR_INIT;
	struct span bytes;

	if (part_bytes(part, template->arena, &bytes, &why) == 0)
		return template_sniff(bytes);
	return why.code == ERR_DECODE ? part_may_hold_tag(part)
				      : template_full(err);
}

/* Headers that the mail system wrote, or that are about to go. */
static const char *const not_templates[] = { "ARC-Authentication-Results",
	"ARC-Message-Signature", "ARC-Seal", "Authentication-Results",
	"Content-Transfer-Encoding", "DKIM-Signature", "Message-ID", "Received",
	"Received-SPF", "Return-Path", "X-Inlay-Seal" };

bool
template_may_render(struct span name)
{
	for (size_t i = 0; i < sizeof not_templates / sizeof *not_templates;
	     i++)
		if (span_caseeq(name, span_str(not_templates[i])))
			return false;
	return name.len != 0;
}

/* 1, 0 or -1. */
static int
field_holds_tag(
    const struct header_field *field, struct arena *arena, struct err *err)
{
	struct err why = ERR_INIT;
	struct header header;

	if (template_sniff(field->value))
		return 1;
	if (span_search(field->value, SPAN("=?")) == field->value.len)
		return 0;
	if (header_read(field, arena, &header, &why) < 0)
		return why.code == ERR_DECODE ? 0 : template_full(err);
	for (size_t i = 0; i < header.count; i++)
		if (template_sniff(header.pieces[i].text))
			return 1;
	return 0;
}

int
template_renders_field(
    const struct header_field *field, struct arena *arena, struct err *err)
{
	if (!template_may_render(field->name))
		return 0;
	return field_holds_tag(field, arena, err);
}

static int
fields_hold_tag(
    struct template *template, const struct part *part, struct err *err)
{
	int found = 0;

	for (size_t i = 0; part->sealed && found == 0 && i < part->fields.count;
	     i++)
		found =
		    field_holds_tag(&part->fields.at[i], template->arena, err);
	return found;
}

static bool
is_any_of(const struct part *part, const char *const *subtypes)
{
	for (; *subtypes != NULL; subtypes++)
		if (part_is(part, SPAN("text"), span_str(*subtypes)))
			return true;
	return false;
}

bool
template_is_card(const struct part *part)
{
	static const char *const cards[] = { "calendar", "vcard", "x-vcard",
		NULL };

	return is_any_of(part, cards);
}

/* "{{ a }}" without a domain becomes "{{a}}@host", or "{{@host, a@host". */
int
template_blame_rewriting(const struct header *header, struct err *err)
{
	size_t len = strlen(err->text);

	for (size_t i = 0; i < header->count; i++) {
		struct span text = header->pieces[i].text;

		if (header->kind != HEADER_ADDRESS ||
		    (span_search(text, SPAN("}}@")) == text.len &&
			span_search(text, SPAN("{{@")) == text.len))
			continue;
		snprintf(err->text + len, sizeof err->text - len, "%s",
		    " (the mail server rewrote the address before inlayd saw "
		    "it)");
		return -1;
	}
	return -1;
}

/* Why a tag may not stand in the part's body, or NULL. */
static const char *
reason(const struct part *part)
{
	static const char *const unsafe[] = { "rtf", "enriched", "richtext",
		"xml", NULL };
	bool text = span_caseeq(part->type.type, SPAN("text"));

	if (part->sealed && text)
		return "a tag in a part that must not be changed: it is "
		       "signed, encrypted or another message";
	if (part->role == PART_MESSAGE && part->first == NULL)
		return "a tag in another message, which must not be changed";
	if (part->role == PART_OTHER && template_is_card(part))
		return "a tag in an attached calendar or card, which is not "
		       "rendered";
	if (is_any_of(part, unsafe))
		return "a tag in a text whose language no value can be made "
		       "safe for";
	return NULL;
}

int
template_check_untouchable(
    struct template *template, const struct part *part, struct err *err)
{
	const char *why = reason(part);
	struct span title;
	int found = 0;

	if (why != NULL)
		found = holds_tag(template, part, err);
	if (found == 0) {
		why = "a tag in the header of a part that must not be changed";
		found = fields_hold_tag(template, part, err);
	}
	if (found <= 0)
		return found;
	if (part_title(part, template->arena, &title, err) < 0)
		return -1;
	return err_at(err, ERR_TEMPLATE, title.at, 0, 0, "%s", why);
}
