#include "tools/message/minority.h"

#include "store/base/hash.h"
#include "store/base/suggest.h"
#include "store/catalog/schema.h"
#include "store/record/profile.h"

/* ---- what templates ask ---- */

/* The field with `values:` that a use asks for, or NULL. */
static const struct field *
listed_field(const struct findings *findings, const struct manifest_field *use)
{
	const struct field *field;

	if (!span_starts(use->path, SPAN("profile.")))
		return NULL;
	field = schema_field(findings->catalog->schema,
	    span_from(use->path, strlen("profile.")));
	return field != NULL && field->choice_count != 0 &&
		       field->type == FIELD_STRING
		   ? field
		   : NULL;
}

static bool
is_among(const struct span *list, size_t count, struct span text)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(list[i], text))
			return true;
	return false;
}

static bool
next_choice(const void *names, size_t index, struct span *name)
{
	const struct field *field = names;

	if (index >= field->choice_count)
		return false;
	*name = field->choices[index];
	return true;
}

/* Whoever has a value that no clause is for, or none. */
static void
look_at_chain(struct findings *findings, struct span where,
    const struct manifest *manifest, const struct manifest_chain *chain)
{
	const struct manifest_field *use = &manifest->fields[chain->field];
	const struct field *field = listed_field(findings, use);
	char text[400] = "";
	size_t len = 0;

	if (field == NULL || chain->has_else || chain->asks_more ||
	    chain->text_count < 2)
		return;
	for (size_t i = 0; i < field->choice_count && len < 300; i++)
		if (!is_among(
			chain->texts, chain->text_count, field->choices[i]))
			len += (size_t)snprintf(text + len, sizeof text - len,
			    "%s%.*s", len ? ", " : "",
			    SPAN_ARG(span_first(field->choices[i], 60)));
	finding_at(findings, "minority", where, use->at.line, use->at.column,
	    "there is no else: whose %.*s is %s%sunknown sees nothing here",
	    SPAN_ARG(field->name), text, len ? " or " : "");
}

static void
look_at_comparison(struct findings *findings, struct span where,
    const struct manifest *manifest,
    const struct manifest_comparison *comparison)
{
	const struct manifest_field *use = &manifest->fields[comparison->field];
	const struct field *field = listed_field(findings, use);
	struct span nearest;

	if (field == NULL || comparison->text.len == 0 ||
	    is_among(field->choices, field->choice_count, comparison->text))
		return;
	nearest = suggest_nearest(comparison->text, next_choice, field);
	finding_at(findings, "value", where, use->at.line, use->at.column,
	    "%.*s is never \"%.*s\": it is none of its `values:`%s%.*s%s",
	    SPAN_ARG(use->path), SPAN_ARG(comparison->text),
	    nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
	    nearest.len ? "`?" : "");
}

void
minority_look(struct findings *findings, struct span where,
    const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->comparison_count; i++)
		look_at_comparison(
		    findings, where, manifest, &manifest->comparisons[i]);
	for (size_t i = 0; i < manifest->chain_count; i++)
		look_at_chain(findings, where, manifest, &manifest->chains[i]);
}

/* ---- what people have ---- */

enum { ROWS = 512, ROWS_MOST = 384, VALUE_MAX = 100 };

/* People with that value where that slot asks. */
struct holding {
	unsigned slot, field; /* of the outline, the same for all copies */
	struct span value;
	struct span slot_name, field_name;
	uint64_t people; /* 0: the row is free */
	bool served;
};

struct minorities {
	struct arena *arena;
	struct holding rows[ROWS]; /* by hash; what comes when they are full is
				  not told */
	size_t count;
};

struct minorities *
minorities_new(struct arena *arena)
{
	struct minorities *made = ARENA_NEW(arena, struct minorities);

	if (made != NULL)
		made->arena = arena;
	return made;
}

/* The row, or the free one where it belongs. */
static struct holding *
row_of(struct minorities *minorities, const struct holding *like)
{
	size_t at = hash_xxh3(like->value) + 31 * like->slot + like->field;

	for (;; at++) {
		struct holding *row = &minorities->rows[at % ROWS];

		if (row->people == 0 ||
		    (row->slot == like->slot && row->field == like->field &&
			span_eq(row->value, like->value)))
			return row;
	}
}

static void
count_row(struct minorities *minorities, const struct holding *like)
{
	struct holding *row = row_of(minorities, like), fresh = *like;

	if (row->people != 0) {
		row->people += like->people;
		row->served |= like->served;
		return;
	}
	if (minorities->count == ROWS_MOST ||
	    arena_dup(minorities->arena, like->value, &fresh.value) < 0 ||
	    arena_dup(minorities->arena, like->slot_name, &fresh.slot_name) <
		0 ||
	    arena_dup(minorities->arena, like->field_name, &fresh.field_name) <
		0)
		return;
	*row = fresh;
	minorities->count++;
}

/* Whether an option was there for the person, shown or shown before. */
static bool
is_served(const struct decided_slot *slot)
{
	static const bool not_for_them[LOSSES] = {
		[LOSS_FIELD] = true,
		[LOSS_CONDITION] = true,
		[LOSS_MISSING] = true,
		[LOSS_EARLY] = true,
		[LOSS_LATE] = true,
		[LOSS_TOPIC] = true,
	};

	for (unsigned i = 0; i < slot->slot->count; i++)
		if (!not_for_them[slot->options[i].loss])
			return true;
	return false;
}

/* Whether a field's value makes people a minority that nobody thought of: it
 * is no secret, and not one for each of them. */
static bool
is_contextual(const struct decided_field *field)
{
	return field->field != NULL &&
	       field->field->class <= CLASS_CONTEXTUAL &&
	       field->field->type == FIELD_STRING &&
	       field->absence == ABSENCE_NONE && field->value != NULL &&
	       field->value->value.len <= VALUE_MAX;
}

/* Whether an option before asks for the field, too: it counts once. */
static bool
asks_before(const struct outline_slot *slot, unsigned option, unsigned field)
{
	for (unsigned i = 0; i < option; i++)
		for (unsigned j = 0; j < slot->options[i].uses.count; j++)
			if (slot->options[i].uses.at[j].field == field &&
			    slot->options[i].uses.at[j].tested)
				return true;
	return false;
}

static void
count_option(struct minorities *minorities, const struct decision *decision,
    const struct outline_slot *slot, unsigned option, struct holding *like)
{
	const struct outline_uses *uses = &slot->options[option].uses;

	for (unsigned i = 0; i < uses->count; i++) {
		const struct decided_field *field =
		    &decision->fields[uses->at[i].field];

		if (!uses->at[i].tested || !is_contextual(field) ||
		    asks_before(slot, option, uses->at[i].field))
			continue;
		like->field = uses->at[i].field;
		like->field_name = field->name;
		like->value = field->value->value;
		count_row(minorities, like);
	}
}

void
minorities_add(struct minorities *minorities, const struct decision *decision)
{
	if (minorities == NULL || decision->neutral != ABSENCE_NONE)
		return;
	for (unsigned i = 0; i < decision->slot_count; i++) {
		const struct decided_slot *slot = &decision->slots[i];
		struct holding like = { .slot = i,
			.slot_name = slot->slot->name,
			.people = 1,
			.served = is_served(slot) };

		for (unsigned j = 0; j < slot->slot->count; j++)
			count_option(
			    minorities, decision, slot->slot, j, &like);
	}
}

void
minorities_merge(struct minorities *into, const struct minorities *from)
{
	for (size_t i = 0; into != NULL && from != NULL && i < ROWS; i++)
		if (from->rows[i].people != 0)
			count_row(into, &from->rows[i]);
}

void
minorities_find(struct findings *findings, const struct minorities *minorities,
    uint64_t people)
{
	for (size_t i = 0; minorities != NULL && i < ROWS; i++) {
		const struct holding *row = &minorities->rows[i];

		if (row->people == 0 || row->served ||
		    (double)row->people < MINORITY * (double)people)
			continue;
		finding_of(findings, "minority", row->people,
		    "slot %.*s has no option for %.*s %.*s",
		    SPAN_ARG(row->slot_name), SPAN_ARG(row->field_name),
		    SPAN_ARG(row->value));
	}
}
