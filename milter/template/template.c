#include "milter/template/link_mark.h"
#include "milter/template/template_steps.h"

static struct fragment *
add_fragment(struct template *template, const char *where, enum place place,
    struct span source, struct err *err)
{
	struct fragment *fragment = NULL;

	if (where != NULL)
		fragment =
		    MORE(template, fragments, fragment_count, fragment_room);
	if (fragment == NULL) {
		template_full(err);
		return NULL;
	}
	fragment->where = where;
	fragment->place = place;
	fragment->source = source;
	if (template_sniff(source) &&
	    cache_acquire(template->cache, source, place, where, template->work,
		&fragment->cached, err) < 0)
		return NULL;
	return fragment;
}

/* ---- parts ---- */

static enum place
part_place(const struct part *part)
{
	if (part_is(part, SPAN("text"), SPAN("html")) ||
	    part_is(part, SPAN("text"), SPAN("x-amp-html")) ||
	    part_is(part, SPAN("text"), SPAN("watch-html")))
		return PLACE_HTML;
	return template_is_card(part) ? PLACE_CARD : PLACE_TEXT;
}

static int
add_part(struct template *template, struct part *part, struct err *err)
{
	struct err why = ERR_INIT;
	struct fragment *fragment;
	struct span title, text;
	const char *where;

	if (part_title(part, template->arena, &title, err) < 0)
		return -1;
	where = title.at;
	if (part_text(part, template->arena, &text, &why) < 0) {
		if (why.code != ERR_DECODE)
			return template_full(err);
		if (part_may_hold_tag(part))
			return err_at(
			    err, ERR_DECODE, where, 0, 0, "%s", why.text);
		template->undecodable = where;
		return 0;
	}
	if (!template_sniff(text) && !link_mark_sniff(template->campaign, text))
		return 0;
	fragment = add_fragment(template, where, part_place(part), text, err);
	if (fragment == NULL)
		return -1;
	fragment->part = part;
	return 0;
}

/* ---- headers ---- */

static bool
is_template_header(const struct template *template, struct span name)
{
	const struct campaign *campaign = template->campaign;

	for (size_t i = 0; i < campaign->header_count; i++)
		if (span_caseeq(name, campaign->headers[i].name))
			return false;
	return template_may_render(name);
}

static int
add_pieces(struct template *template, const struct header *header,
    const char *kind, bool own, struct err *err)
{
	const char *where = template_word(template, kind, header->field->name);

	for (size_t i = 0; i < header->count; i++) {
		struct fragment *fragment = add_fragment(
		    template, where, PLACE_HEADER, header->pieces[i].text, err);

		if (fragment == NULL)
			return template_blame_rewriting(header, err);
		fragment->header = header;
		fragment->own = own;
	}
	return 0;
}

static bool
has_tag(const struct header *header)
{
	for (size_t i = 0; i < header->count; i++)
		if (template_sniff(header->pieces[i].text))
			return true;
	return false;
}

/* What stands before the parameters says what the part is: no value's work,
 * and in no piece of the header. */
static int
check_kind(struct template *template, const struct header *header,
    struct span value, struct err *err)
{
	struct span kind = span_first(value, span_find(value, ';'));

	if (header->kind != HEADER_PARAMS || !template_sniff(kind))
		return 0;
	return err_at(err, ERR_TEMPLATE,
	    template_word(template, "header", header->field->name), 0, 0,
	    "a tag before the parameters, where it says what the part is");
}

/* The Content-Type of text belongs to who encodes it, that of a multipart to
 * nobody; an attachment's may say its name. */
static int
check_type(struct template *template, const struct part *part,
    const struct header_field *field, struct err *err)
{
	if (!span_caseeq(field->name, SPAN("Content-Type")) ||
	    part->role == PART_OTHER)
		return 1;
	if (part->role != PART_TEXT)
		return 0;
	return err_at(err, ERR_TEMPLATE,
	    template_word(template, "header", field->name), 0, 0,
	    "a text part's Content-Type holds a tag");
}

static int
add_header(struct template *template, const struct part *part,
    const struct header_field *field, struct err *err)
{
	bool encoded = span_search(field->value, SPAN("=?")) < field->value.len;
	bool tagged = template_sniff(field->value);
	struct err why = ERR_INIT;
	struct header *header;
	int fits;

	if ((!encoded && !tagged) || !is_template_header(template, field->name))
		return 0;
	header = ARENA_NEW(template->arena, struct header);
	if (header == NULL)
		return template_full(err);
	if (header_read(field, template->arena, header, &why) < 0) {
		if (why.code != ERR_DECODE)
			return template_full(err);
		if (!tagged)
			return 0;
		return err_at(err, ERR_DECODE,
		    template_word(template, "header", field->name), 0, 0, "%s",
		    why.text);
	}
	if (check_kind(template, header, field->value, err) < 0)
		return -1;
	if (!has_tag(header))
		return 0;
	fits = check_type(template, part, field, err);
	if (fits <= 0)
		return fits;
	return add_pieces(template, header, "header", false, err);
}

static int
add_fields(struct template *template, const struct part *part,
    const struct fields *fields, struct err *err)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (template_sniff(fields->at[i].name))
			return err_set(err, ERR_TEMPLATE,
			    "a tag in the name of a header field");
		if (add_header(template, part, &fields->at[i], err) < 0)
			return -1;
	}
	return 0;
}

/* Read as a field first, so that a value in a display name is quoted as one
 * and never becomes an address. */
static int
add_own_header(struct template *template, struct span name, struct span source,
    struct err *err)
{
	struct header_field *field =
	    ARENA_NEW(template->arena, struct header_field);
	struct header *header = ARENA_NEW(template->arena, struct header);

	if (field == NULL || header == NULL)
		return template_full(err);
	field->name = name;
	field->value = source;
	field->nth = 1;
	if (header_read(field, template->arena, header, err) < 0)
		return -1;
	return add_pieces(template, header, "campaign header", true, err);
}

/* RFC 2369 and RFC 8058: the mailbox first, then the link of one click. */
static int
add_unsubscribe(struct template *template, struct err *err)
{
	const struct campaign *campaign = template->campaign;
	struct span mailto = campaign->unsubscribe_mailto;
	struct span url = campaign->unsubscribe_url;
	struct buf value;

	if (mailto.len == 0 && url.len == 0)
		return 0;
	buf_init(&value, template->arena, 65536);
	if (mailto.len != 0) {
		buf_str(&value,
		    span_starts(mailto, SPAN("mailto:")) ? "<" : "<mailto:");
		buf_add(&value, mailto);
		buf_str(&value, url.len != 0 ? ">, " : ">");
	}
	if (url.len != 0) {
		buf_byte(&value, '<');
		buf_add(&value, url);
		buf_byte(&value, '>');
	}
	if (value.failed)
		return template_full(err);
	if (add_own_header(
		template, SPAN("List-Unsubscribe"), buf_span(&value), err) < 0)
		return -1;
	/* Empty, it takes away what the message says of another link. */
	return add_own_header(template, SPAN("List-Unsubscribe-Post"),
	    campaign->unsubscribe_post ? SPAN("List-Unsubscribe=One-Click")
				       : SPAN(""),
	    err);
}

static int
add_own_headers(struct template *template, struct err *err)
{
	const struct campaign *campaign = template->campaign;

	for (size_t i = 0; i < campaign->header_count; i++)
		if (add_own_header(template, campaign->headers[i].name,
			campaign->headers[i].template, err) < 0)
			return -1;
	return add_unsubscribe(template, err);
}

/* ---- the whole ---- */

static int
add_fragments(struct template *template, struct err *err)
{
	struct message *message = template->message;

	if (add_fields(template, message->root, &message->fields, err) < 0)
		return -1;
	for (size_t i = 0; i < message->part_count; i++) {
		struct part *part = message->parts[i];

		if (template_check_untouchable(template, part, err) < 0)
			return -1;
		if (part->sealed)
			continue;
		if (!part->root &&
		    add_fields(template, part, &part->fields, err) < 0)
			return -1;
		if (part->role == PART_TEXT &&
		    add_part(template, part, err) < 0)
			return -1;
	}
	return add_own_headers(template, err);
}

static int
make_outline(struct template *template, struct err *err)
{
	template->outline = outline_new(template->arena, template->catalog);
	if (template->outline == NULL)
		return template_full(err);
	for (size_t i = 0; i < template->fragment_count; i++) {
		const struct fragment *fragment = &template->fragments[i];

		template->outline->where = span_str(fragment->where);
		if (fragment->cached != NULL &&
		    outline_add(template->outline,
			program_manifest(cached_program(fragment->cached)),
			err) < 0)
			return err_in(err, fragment->where);
	}
	return 0;
}

int
template_prepare(struct template *template, struct message *message,
    const struct campaign *campaign, const struct catalog *catalog,
    struct cache *cache, struct work *work, struct arena *arena,
    struct err *err)
{
	*template = (struct template){ .arena = arena,
		.cache = cache,
		.work = work,
		.catalog = catalog,
		.campaign = campaign,
		.message = message };
	if (message->ambiguous != NULL)
		return err_set(err, ERR_AMBIGUOUS, "%s", message->ambiguous);
	if (message->truncated)
		return err_set(
		    err, ERR_AMBIGUOUS, "the message has too many parts");
	if (add_fragments(template, err) < 0 ||
	    make_outline(template, err) < 0 ||
	    template_add_bodies(template, err) < 0)
		return -1;
	return template_add_conditions(template, err);
}

int
template_prepare_condition(struct template *template,
    const struct condition *condition, const struct campaign *campaign,
    const struct catalog *catalog, struct arena *arena, struct err *err)
{
	*template = (struct template){ .arena = arena,
		.catalog = catalog,
		.campaign = campaign,
		.outline = outline_new(arena, catalog) };
	if (template->outline == NULL)
		return template_full(err);
	if (outline_add_outside(
		template->outline, condition_manifest(condition), err) < 0)
		return -1;
	return template_add_derivations(template, err);
}

void
template_release(struct template *template)
{
	for (size_t i = 0; i < template->fragment_count; i++)
		if (template->fragments[i].cached != NULL)
			cache_release(
			    template->cache, template->fragments[i].cached);
	for (size_t i = 0; i < template->body_count; i++)
		cache_release(template->cache, template->bodies[i].cached);
	for (size_t i = 0; i < template->block_condition_count; i++)
		condition_free(&template->block_conditions[i].condition);
	for (size_t i = 0; i < template->segment_count; i++)
		condition_free(&template->segments[i]);
	for (size_t i = 0; i < template->derivation_count; i++)
		expression_free(&template->derivations[i].expression);
	*template = (struct template){ .arena = NULL };
}
