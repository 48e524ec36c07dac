/*
 * Pieces, in this order: each field used outside of the options by itself,
 * then each slot's chosen option. A field that is needed outside goes last,
 * for without it the message may have to be refused.
 */
#include "milter/decide/intrusion.h"

#include <math.h>

#include "milter/decide/budget.h"
#include "milter/decide/visible.h"

#define UTILITY_OUTSIDE 1.0
#define UTILITY_INLINE 1.0

struct holder {
	struct decision *decision;
	struct budget_piece *pieces;
	unsigned *slots; /* of each piece, or OUTLINE_NONE */
	unsigned count;
	enum field_class *classes;
	unsigned char *marks; /* a byte for each field */
};

static int
memory_fail(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the intrusion budget");
}

/* A piece of the visible fields among the uses; none, no piece. */
static int
piece_add(struct holder *holder, const struct outline_use *uses,
    unsigned use_count, double utility, unsigned slot, struct err *err)
{
	const struct decision *decision = holder->decision;
	struct budget_piece *piece = &holder->pieces[holder->count];
	unsigned *fields =
	    arena_calloc(decision->arena, use_count, sizeof *fields);

	if (fields == NULL)
		return memory_fail(err);
	*piece = (struct budget_piece){ fields, 0, utility, false };
	for (unsigned i = 0; i < use_count; i++)
		if (decision->fields[uses[i].field].absence == ABSENCE_NONE)
			fields[piece->field_count++] = uses[i].field;
	if (piece->field_count != 0)
		holder->slots[holder->count++] = slot;
	return 0;
}

static int
pieces_gather(struct holder *holder, struct err *err)
{
	const struct decision *decision = holder->decision;
	const struct outline_uses *outside = &decision->outline->outside;

	for (unsigned i = 0; i < outside->count; i++)
		if (piece_add(holder, &outside->at[i], 1,
			outside->at[i].needed ? HUGE_VAL : UTILITY_OUTSIDE,
			OUTLINE_NONE, err) < 0)
			return -1;
	for (unsigned i = 0; i < decision->slot_count; i++) {
		const struct decided_slot *slot = &decision->slots[i];
		const struct outline_option *option;

		if (slot->chosen < 0)
			continue;
		option = &slot->slot->options[slot->chosen];
		if (piece_add(holder, option->uses.at, option->uses.count,
			option->stored != NULL ? option->stored->utility
					       : UTILITY_INLINE,
			i, err) < 0)
			return -1;
	}
	return 0;
}

static int
holder_init(struct holder *holder, struct err *err)
{
	struct decision *decision = holder->decision;
	struct arena *arena = decision->arena;
	unsigned most = decision->outline->outside.count + decision->slot_count;

	holder->pieces = arena_calloc(arena, most + 1, sizeof *holder->pieces);
	holder->slots = arena_calloc(arena, most + 1, sizeof *holder->slots);
	holder->classes =
	    arena_calloc(arena, decision->field_count, sizeof *holder->classes);
	holder->marks = arena_calloc(arena, decision->field_count, 1);
	if (holder->pieces == NULL || holder->slots == NULL ||
	    holder->classes == NULL || holder->marks == NULL)
		return memory_fail(err);
	for (unsigned i = 0; i < decision->field_count; i++)
		holder->classes[i] = visible_class(&decision->fields[i]);
	return 0;
}

/* The slot of a piece that went neutral shows its else. */
static void
slot_drop(struct decision *decision, unsigned index)
{
	struct decided_slot *slot = &decision->slots[index];

	slot->options[slot->chosen].loss = LOSS_BUDGET;
	slot->chosen = -1;
}

/* Fields of the pieces that show are shown; those that only neutral pieces
 * asked for are absent from now on. */
static void
pieces_apply(struct holder *holder)
{
	struct decision *decision = holder->decision;

	for (unsigned i = 0; i < holder->count; i++)
		for (size_t j = 0; !holder->pieces[i].neutral &&
				   j < holder->pieces[i].field_count;
		     j++)
			decision->fields[holder->pieces[i].fields[j]].shown =
			    true;
	for (unsigned i = 0; i < holder->count; i++) {
		const struct budget_piece *piece = &holder->pieces[i];

		if (!piece->neutral)
			continue;
		for (size_t j = 0; j < piece->field_count; j++) {
			struct decided_field *field =
			    &decision->fields[piece->fields[j]];

			if (!field->shown)
				field->absence = ABSENCE_BUDGET;
		}
		if (holder->slots[i] != OUTLINE_NONE)
			slot_drop(decision, holder->slots[i]);
	}
}

int
intrusion_hold(struct decision *decision, struct err *err)
{
	const struct campaign *campaign = decision->campaign;
	struct holder holder = { .decision = decision };
	double points = HUGE_VAL, identifying = HUGE_VAL;
	struct budget left;

	if (holder_init(&holder, err) < 0 || pieces_gather(&holder, err) < 0)
		return -1;
	if (campaign->has_budget) {
		points = campaign->budget_points;
		identifying = campaign->budget_identifying;
	}
	left = budget_fit(holder.pieces, holder.count, holder.classes,
	    decision->field_count, points, identifying, holder.marks);
	decision->points = left.points;
	decision->identifying = left.identifying;
	pieces_apply(&holder);
	return 0;
}
