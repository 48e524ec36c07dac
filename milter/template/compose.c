#include "milter/template/compose.h"

#include <stdio.h>
#include <time.h>

#include "milter/mail/guard.h"
#include "milter/template/link_mark.h"
#include "milter/template/raw_tags.h"

/* A failure while putting a rendered text in its place is the template's:
 * it made an address that is none, or a text that is not UTF-8. */
static int
misplaced(struct err *err, const char *where)
{
	if (err->code == ERR_INPUT)
		err->code = ERR_TEMPLATE;
	return err_in(err, where);
}

static int
render(const struct fragment *fragment, struct data *data, size_t text_max,
    struct arena *arena, struct span *text, struct err *err)
{
	struct buf out;

	if (fragment->cached == NULL) {
		*text = fragment->source;
		return 0;
	}
	buf_init(&out, arena, text_max);
	if (program_render(cached_program(fragment->cached),
		data_env(data, fragment->place), arena, &out, err) < 0)
		return err_in(err, fragment->where);
	*text = buf_span(&out);
	return 0;
}

static bool
all_blank(const struct span *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_trim(texts[i]).len != 0)
			return false;
	return true;
}

/* The first field of the name gets the campaign's text and the others go;
 * where it renders to nothing, all of them go. */
static int
place_own_header(const struct template *template, const struct header *header,
    const struct span *texts, struct rendering *rendering, struct err *err)
{
	struct span name = header->field->name;
	bool blank = all_blank(texts, header->count);
	const struct header_field *field =
	    message_field(template->message, name, 1);

	if (!blank &&
	    rendering_place_pieces(rendering, field, header, texts, err) < 0)
		return -1;
	return rendering_remove_from(rendering, name, blank ? 1 : 2, err);
}

/* *at stands on the header's first piece and moves past the last. */
static int
compose_header(const struct template *template, size_t *at, struct data *data,
    size_t text_max, struct arena *arena, struct rendering *rendering,
    struct err *err)
{
	const struct fragment *first = &template->fragments[*at];
	const struct header *header = first->header;
	struct span *texts = arena_calloc(arena, header->count, sizeof *texts);
	int placed;

	if (texts == NULL)
		return err_set(err, ERR_MEMORY, "no memory for a header");
	for (size_t i = 0; i < header->count; i++, (*at)++)
		if (render(&template->fragments[*at], data, text_max, arena,
			&texts[i], err) < 0)
			return -1;
	if (first->own)
		placed =
		    place_own_header(template, header, texts, rendering, err);
	else
		placed = rendering_set_pieces(rendering, header, texts, err);
	if (placed == 0)
		return 0;
	template_blame_rewriting(header, err);
	return misplaced(err, first->where);
}

/* A part's text with the marks on its links. 0 or -1. */
static int
mark_links(const struct template *template, const struct fragment *fragment,
    struct data *data, struct arena *arena, struct span *text, size_t *marked,
    struct err *err)
{
	struct span mark;
	int marks;

	if (fragment->place == PLACE_CARD)
		return 0;
	marks = data_link_mark(data, arena, &mark, err);
	if (marks <= 0)
		return marks;
	return link_mark_text(template->campaign, *text,
	    fragment->place == PLACE_HTML, mark, arena, text, marked, err);
}

static int
compose_fragments(const struct template *template, struct data *data,
    size_t text_max, struct arena *arena, struct composed *composed,
    struct err *err)
{
	struct rendering *rendering = composed->rendering;
	size_t at = 0;

	while (at < template->fragment_count) {
		const struct fragment *fragment = &template->fragments[at];
		struct span text;

		if (fragment->header != NULL) {
			if (compose_header(template, &at, data, text_max, arena,
				rendering, err) < 0)
				return -1;
			continue;
		}
		at++;
		if (render(fragment, data, text_max, arena, &text, err) < 0 ||
		    mark_links(template, fragment, data, arena, &text,
			&composed->marked, err) < 0)
			return -1;
		if (rendering_set_text(rendering, fragment->part, text, err) <
		    0)
			return misplaced(err, fragment->where);
	}
	return 0;
}

/* A signature of the template holds only while nothing changed. */
static int
drop_own_marks(const struct template *template, struct rendering *rendering,
    struct err *err)
{
	if (rendering_changed(rendering) &&
	    rendering_remove_headers(rendering, SPAN("DKIM-Signature"), err) <
		0)
		return -1;
	if (template->campaign_header.len != 0 &&
	    rendering_remove_headers(
		rendering, template->campaign_header, err) < 0)
		return -1;
	return rendering_remove_headers(rendering, SPAN("X-Inlay-Seal"), err);
}

/* ---- the guard ---- */

struct guard {
	const struct template *template;
	struct arena *arena;
	struct raw_tags tags; /* gathered when something looks like one */
	struct err *err;
};

/* Braces in somebody's data are data; the template's own tags are not. */
static int
guard_text(void *context, const char *where, struct span text)
{
	struct guard *guard = context;
	struct span tag;

	if (!template_sniff(text))
		return 0;
	if (guard->tags.slots == NULL &&
	    raw_tags_gather(
		guard->template, guard->arena, &guard->tags, guard->err) < 0)
		return -1;
	tag = raw_tags_find(&guard->tags, text);
	if (tag.len == 0)
		return 0;
	return err_at(guard->err, ERR_GUARD, where, 0, 0,
	    "a raw tag would have left: %.*s", SPAN_ARG(span_first(tag, 60)));
}

/* RFC 5322 section 3.3. A mail server on the way would add one behind the
 * signature. */
static int
add_date(const struct template *template, int64_t now,
    struct rendering *rendering, struct err *err)
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)now;
	struct tm tm;
	char text[64];

	if (message_field(template->message, SPAN("Date"), 1) != NULL ||
	    gmtime_r(&seconds, &tm) == NULL)
		return 0;
	snprintf(text, sizeof text, "%s, %d %s %d %02d:%02d:%02d +0000",
	    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900,
	    tm.tm_hour, tm.tm_min, tm.tm_sec);
	return rendering_add_header(
	    rendering, SPAN("Date"), span_str(text), err);
}

/* What is no template's work but must be right before it is signed. */
static int
complete(const struct template *template, int64_t now,
    struct rendering *rendering, struct err *err)
{
	if (template->fragment_count == 0)
		return 0;
	if (add_date(template, now, rendering, err) < 0)
		return -1;
	return template->harden ? rendering_harden(rendering, err) : 0;
}

int
compose(const struct template *template, struct data *data, size_t text_max,
    size_t message_max, struct arena *arena, struct composed *composed,
    struct err *err)
{
	struct guard guard = {
		.template = template, .arena = arena, .err = err
	};
	struct buf bytes;

	*composed = (struct composed){ .marked = 0 };
	if (rendering_new(template->message, arena, &composed->rendering, err) <
		0 ||
	    compose_fragments(template, data, text_max, arena, composed, err) <
		0 ||
	    complete(template, data_env(data, PLACE_HEADER)->now,
		composed->rendering, err) < 0 ||
	    drop_own_marks(template, composed->rendering, err) < 0)
		return -1;
	buf_init(&bytes, arena, message_max);
	if (message_write(template->message, composed->rendering, &bytes, err) <
	    0)
		return -1;
	composed->bytes = buf_span(&bytes);
	return guard_walk(composed->bytes, arena, guard_text, &guard, err);
}
