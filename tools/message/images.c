#include "tools/message/images.h"

#include "store/catalog/block.h"
#include "milter/mail/html_tag.h"

/* The HTML of an option, and what its first image says of its size. */
struct picture {
	struct span option;
	struct span width, height; /* "" where it says none */
};

/* Where a line and column stand in a text. */
static size_t
offset_of(struct span text, unsigned line, unsigned column)
{
	size_t at = 0;

	while (line > 1 && at < text.len)
		line -= text.at[at++] == '\n';
	at += column - 1;
	return at < text.len ? at : text.len;
}

/* The option's own text in a part: up to the next option, else or end. */
static struct span
inline_text(struct span source, const struct manifest *manifest, size_t option)
{
	const struct manifest_option *at = &manifest->options[option];
	struct span text =
	    span_from(source, offset_of(source, at->at.line, at->at.column));
	struct span rest;

	text = span_first(text, span_search(text, SPAN("endslot")));
	if (option + 1 < manifest->option_count) {
		at = &manifest->options[option + 1];
		rest = span_from(
		    source, offset_of(source, at->at.line, at->at.column));
		if (rest.at < text.at + text.len)
			return span_first(text, (size_t)(rest.at - text.at));
	}
	for (size_t i = text.len; i > 0; i--)
		if (span_starts(span_from(text, i - 1), SPAN("else")))
			return span_first(text, i - 1);
	return text;
}

static struct span
shown(struct span size)
{
	return size.len != 0 ? span_first(size, 20) : SPAN("?");
}

static void
compare(struct findings *findings, struct span slot,
    const struct picture *first, const struct picture *other)
{
	if (first->option.len == 0 ||
	    (span_eq(first->width, other->width) &&
		span_eq(first->height, other->height)))
		return;
	finding(findings, "image",
	    "slot %.*s: the image of option %.*s is %.*s x %.*s, that of %.*s "
	    "%.*s x %.*s: what stands below moves",
	    SPAN_ARG(slot), SPAN_ARG(other->option),
	    SPAN_ARG(shown(other->width)), SPAN_ARG(shown(other->height)),
	    SPAN_ARG(first->option), SPAN_ARG(shown(first->width)),
	    SPAN_ARG(shown(first->height)));
}

/* Looks at the images of an option; *first becomes that of the first option
 * that has one. */
static void
look_at_option(struct findings *findings, struct span slot, struct span option,
    struct span html, struct picture *first)
{
	struct picture picture = { .option = SPAN_NONE };
	struct html_tag tag;
	struct span alt;
	size_t from = 0;

	while (html_tag_next(html, &from, &tag)) {
		if (!span_caseeq(tag.name, SPAN("img")))
			continue;
		if (!html_tag_attribute(&tag, SPAN("alt"), &alt))
			finding(findings, "image",
			    "slot %.*s: an image of option %.*s has no alt",
			    SPAN_ARG(slot), SPAN_ARG(option));
		if (picture.option.len != 0)
			continue;
		picture.option = option;
		if (!html_tag_attribute(&tag, SPAN("width"), &picture.width))
			picture.width = SPAN_NONE;
		if (!html_tag_attribute(&tag, SPAN("height"), &picture.height))
			picture.height = SPAN_NONE;
	}
	if (picture.option.len == 0)
		return;
	compare(findings, slot, first, &picture);
	if (first->option.len == 0)
		*first = picture;
}

static void
look_at_inline(struct findings *findings, const struct fragment *fragment,
    const struct manifest_slot *slot, struct picture *first)
{
	const struct manifest *manifest =
	    program_manifest(cached_program(fragment->cached));

	for (size_t i = slot->first_option;
	     i < slot->first_option + slot->option_count; i++)
		if (manifest->options[i].block.len == 0)
			look_at_option(findings, slot->name,
			    manifest->options[i].name,
			    inline_text(fragment->source, manifest, i), first);
}

static void
look_at_stored(struct findings *findings, const struct outline *outline,
    struct span name, struct picture *first)
{
	unsigned at = outline_slot(outline, name);
	const struct outline_slot *slot;

	if (at == OUTLINE_NONE)
		return;
	slot = &outline->slots[at];
	for (unsigned i = 0; i < slot->count; i++)
		if (slot->options[i].stored != NULL)
			look_at_option(findings, name, slot->options[i].name,
			    slot->options[i].stored->html, first);
}

static void
look_at_part(struct findings *findings, const struct template *template,
    const struct fragment *fragment)
{
	const struct manifest *manifest =
	    program_manifest(cached_program(fragment->cached));

	for (size_t i = 0; i < manifest->slot_count; i++) {
		struct picture first = { .option = SPAN_NONE };

		look_at_inline(findings, fragment, &manifest->slots[i], &first);
		look_at_stored(findings, template->outline,
		    manifest->slots[i].name, &first);
	}
}

void
images_look(struct findings *findings, const struct template *template)
{
	for (size_t i = 0; i < template->fragment_count; i++)
		if (template->fragments[i].cached != NULL &&
		    template->fragments[i].place == PLACE_HTML)
			look_at_part(
			    findings, template, &template->fragments[i]);
}
