#include "milter/template/raw_tags.h"

#include "store/base/hash.h"

#define TAG_MAX 4096 /* a longer tag is not looked for */

/* How a tag begins and ends; the last two as editors write it into links. */
static const struct {
	struct span open, close;
} marks[] = {
	{ { "{{", 2 }, { "}}", 2 } },
	{ { "{%", 2 }, { "%}", 2 } },
	{ { "%7B%7B", 6 }, { "%7D%7D", 6 } },
	{ { "%7B%25", 6 }, { "%25%7D", 6 } },
};

enum { MARKS = sizeof marks / sizeof *marks, LONGEST_MARK = 6 };

/* Goes over a text from tag to tag. Each end is looked for once, however
 * many beginnings stand before it. */
struct raw_walk {
	struct span text;
	size_t at;
	size_t ends[MARKS]; /* the next end at or after where it was sought */
};

static bool
stands_at(struct span text, size_t at, struct span what)
{
	return span_caseeq(span_first(span_from(text, at), what.len), what);
}

static size_t
end_from(struct raw_walk *walk, unsigned mark, size_t from)
{
	size_t *end = &walk->ends[mark];

	if (*end < from)
		*end = from;
	while (*end < walk->text.len &&
	       !stands_at(walk->text, *end, marks[mark].close))
		(*end)++;
	return *end;
}

/* The whole tag where the walk is, or the empty span. */
static struct span
tag_here(struct raw_walk *walk)
{
	for (unsigned i = 0; i < MARKS; i++) {
		struct span open = marks[i].open;
		size_t end;

		if (!stands_at(walk->text, walk->at, open))
			continue;
		end = end_from(walk, i, walk->at + open.len);
		if (end < walk->text.len && end - walk->at < TAG_MAX)
			return span_first(span_from(walk->text, walk->at),
			    end - walk->at + marks[i].close.len);
	}
	return SPAN_NONE;
}

/* The next tag, or the empty span. */
static struct span
next_tag(struct raw_walk *walk)
{
	while (walk->at < walk->text.len) {
		char c = walk->text.at[walk->at];
		struct span tag =
		    c == '{' || c == '%' ? tag_here(walk) : SPAN_NONE;

		walk->at++;
		if (tag.len != 0)
			return tag;
	}
	return SPAN_NONE;
}

/* Where the tag is, or where it belongs. */
static struct span *
slot_of(const struct raw_tags *tags, struct span tag)
{
	size_t at = (size_t)hash_xxh3(tag) & (tags->size - 1);

	while (tags->slots[at].len != 0 && !span_eq(tags->slots[at], tag))
		at = (at + 1) & (tags->size - 1);
	return &tags->slots[at];
}

/* "raw" of {%- raw -%}. */
static bool
is_block(struct span tag, struct span name)
{
	struct span words = span_first(span_from(tag, 2), tag.len - 4);

	if (tag.at[1] != '%')
		return false;
	if (words.len != 0 && words.at[0] == '-')
		words = span_from(words, 1);
	words = span_trim(words);
	return span_starts(words, name) &&
	       (words.len == name.len || words.at[name.len] == ' ' ||
		   words.at[name.len] == '-');
}

/* Counts the tags of a source, and keeps them where there is a table. */
static size_t
gather(struct span source, struct raw_tags *tags)
{
	struct raw_walk walk = { .text = source };
	size_t count = 0;
	bool raw = false;
	struct span tag;

	while ((tag = next_tag(&walk)).len != 0) {
		if (raw)
			raw = !is_block(tag, SPAN("endraw"));
		else {
			raw = is_block(tag, SPAN("raw"));
			count++;
			if (tags->slots != NULL) {
				*slot_of(tags, tag) = tag;
				tags->lengths[tag.len] = true;
			}
		}
	}
	return count;
}

int
raw_tags_gather(const struct template *template, struct arena *arena,
    struct raw_tags *tags, struct err *err)
{
	size_t count = 0;

	*tags = (struct raw_tags){ .size = 16 };
	for (size_t i = 0; i < template->fragment_count; i++)
		if (template->fragments[i].cached != NULL)
			count += gather(template->fragments[i].source, tags);
	while (tags->size < 2 * count)
		tags->size *= 2;
	tags->slots = arena_calloc(arena, tags->size, sizeof *tags->slots);
	tags->lengths = arena_calloc(
	    arena, TAG_MAX + LONGEST_MARK + 1, sizeof *tags->lengths);
	if (tags->slots == NULL || tags->lengths == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the guard");
	for (size_t i = 0; i < template->fragment_count; i++)
		if (template->fragments[i].cached != NULL)
			gather(template->fragments[i].source, tags);
	return 0;
}

struct span
raw_tags_find(const struct raw_tags *tags, struct span text)
{
	struct raw_walk walk = { .text = text };
	struct span tag;

	while ((tag = next_tag(&walk)).len != 0)
		if (tags->lengths[tag.len] && slot_of(tags, tag)->len != 0)
			break;
	return tag;
}
