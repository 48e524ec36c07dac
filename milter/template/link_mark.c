#include "milter/template/link_mark.h"

#include "milter/mail/link.h"
#include "milter/sign/mark.h"
#include "store/catalog/campaign_links.h"
#include "store/record/key.h"

/* Marking one text. */
struct marking {
	const struct campaign *campaign;
	bool html;
	struct span mark;
	struct arena *arena;
	struct span source;
	size_t copied; /* of the source: what stands in out */
	struct buf out;
	size_t count;
	struct link link;
};

bool
link_mark_sniff(const struct campaign *campaign, struct span text)
{
	return campaign->links.domain_count != 0 &&
	       (span_find(text, ':') < text.len ||
		   span_find(text, '&') < text.len);
}

/* 1, 0 or -1. */
static int
is_own(struct marking *marking, struct span host, struct err *err)
{
	struct span normal;
	int is_domain = domain_normalise(host, marking->arena, &normal, err);

	if (is_domain != 1)
		return is_domain;
	return campaign_links_own(&marking->campaign->links, normal);
}

/* Whether the link is that of `unsubscribe`, as far as no tag stands in it. */
static bool
is_leaving(const struct marking *marking)
{
	struct span url = marking->campaign->unsubscribe_url;

	url = span_first(url, span_find(url, '{'));
	return url.len != 0 && span_starts(marking->link.text, url);
}

/* Puts text in place of bytes of the link. */
static void
replace(struct marking *marking, size_t from, size_t until, struct span text)
{
	size_t begin = marking->link.begin[from];

	buf_add(&marking->out, span_of(marking->source.at + marking->copied,
				   begin - marking->copied));
	buf_add(&marking->out, text);
	marking->copied = marking->link.begin[until];
}

/* The value of the mark's parameter that the link has. */
static bool
find_value(const struct marking *marking, const struct link_pieces *pieces,
    struct span *value)
{
	struct span text = marking->link.text;
	struct span name = marking->campaign->links.mark;
	size_t at = pieces->query + 1;

	while (at < pieces->fragment) {
		struct span one = span_of(text.at + at, pieces->fragment - at);

		one = span_first(one, span_find(one, '&'));
		at += one.len + 1;
		if (span_starts(one, name) &&
		    (one.len == name.len || one.at[name.len] == '=')) {
			*value = span_from(one, name.len + 1);
			return true;
		}
	}
	return false;
}

static void
add_parameter(struct marking *marking, const struct link_pieces *pieces)
{
	const struct link *link = &marking->link;
	size_t at = pieces->fragment;
	char last = link->text.at[at - 1];
	bool asks = pieces->query < at;

	replace(marking, at, at, SPAN_NONE);
	if (!asks && pieces->path == at)
		buf_byte(&marking->out, '/');
	if (!asks)
		buf_byte(&marking->out, '?');
	else if (pieces->query != at - 1 && last != '&')
		buf_str(&marking->out, marking->html ? "&amp;" : "&");
	buf_add(&marking->out, marking->campaign->links.mark);
	buf_byte(&marking->out, '=');
	buf_add(&marking->out, marking->mark);
}

static int
mark_link(struct marking *marking, struct err *err)
{
	const struct link *link = &marking->link;
	struct link_pieces pieces;
	struct span value;
	int own;

	if (!link_split(link, &pieces) || is_leaving(marking))
		return 0;
	own = is_own(marking, pieces.host, err);
	if (own <= 0)
		return own;
	if (!find_value(marking, &pieces, &value)) {
		add_parameter(marking, &pieces);
	} else if (mark_is_formed(value)) {
		size_t at = (size_t)(value.at - link->text.at);

		replace(marking, at, at + value.len, marking->mark);
	} else {
		return 0;
	}
	marking->count++;
	return 0;
}

int
link_mark_text(const struct campaign *campaign, struct span text, bool html,
    struct span mark, struct arena *arena, struct span *marked, size_t *count,
    struct err *err)
{
	struct marking *marking = ARENA_NEW(arena, struct marking);
	size_t from = 0;

	if (marking == NULL)
		return err_set(err, ERR_MEMORY, "no memory to mark links");
	marking->campaign = campaign;
	marking->html = html;
	marking->mark = mark;
	marking->arena = arena;
	marking->source = text;
	buf_init(&marking->out, arena, SIZE_MAX / 4);
	while (html ? link_next_html(text, &from, &marking->link)
		    : link_next_plain(text, &from, &marking->link))
		if (mark_link(marking, err) < 0)
			return -1;
	*count += marking->count;
	*marked = text;
	if (marking->count == 0)
		return 0;
	buf_add(&marking->out, span_from(text, marking->copied));
	if (marking->out.failed)
		return err_set(err, ERR_MEMORY, "no memory to mark links");
	*marked = buf_span(&marking->out);
	return 0;
}
