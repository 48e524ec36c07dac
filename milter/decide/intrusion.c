/*
 * Pieces, in this order: each field used outside of the options by itself,
 * then each slot's chosen option. A field that is needed outside goes last,
 * for without it the message may have to be refused.
 *
 * 1. What the pieces leave is decided by budget_fit alone; a piece that it
 *    turned neutral does not come back.
 * 2. After that, slots from the first neutral one on choose again, in order:
 *    each sees the slots before it as they are, and finds the budget that
 *    those behind it hold taken.
 * 3. Held is exactly what shows: its fields are the ones shown.
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
	unsigned *held;	      /* for each field: by how many that show */
	int *kept;    /* each slot's option that budget_fit left, or -1 */
	int *dropped; /* ... and turned neutral, or -1 */
	struct budget spent;	    /* on what is held */
	double points, identifying; /* at most */
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
	holder->held =
	    arena_calloc(arena, decision->field_count, sizeof *holder->held);
	holder->kept =
	    arena_calloc(arena, decision->slot_count, sizeof *holder->kept);
	holder->dropped =
	    arena_calloc(arena, decision->slot_count, sizeof *holder->dropped);
	if (holder->pieces == NULL || holder->slots == NULL ||
	    holder->classes == NULL || holder->marks == NULL ||
	    holder->held == NULL || holder->kept == NULL ||
	    holder->dropped == NULL)
		return memory_fail(err);
	for (unsigned i = 0; i < decision->field_count; i++)
		holder->classes[i] = visible_class(&decision->fields[i]);
	for (unsigned i = 0; i < decision->slot_count; i++) {
		holder->kept[i] = decision->slots[i].chosen;
		holder->dropped[i] = -1;
	}
	holder->points = holder->identifying = HUGE_VAL;
	if (decision->campaign->has_budget) {
		holder->points = decision->campaign->budget_points;
		holder->identifying = decision->campaign->budget_identifying;
	}
	return 0;
}

/* ---- what is held ---- */

static void
field_hold(struct holder *holder, unsigned field)
{
	enum field_class class = holder->classes[field];

	if (holder->held[field]++ != 0)
		return;
	holder->spent.points += budget_weight(class);
	holder->spent.identifying += class >= CLASS_IDENTIFYING;
}

static void
field_release(struct holder *holder, unsigned field)
{
	enum field_class class = holder->classes[field];

	if (--holder->held[field] != 0)
		return;
	holder->spent.points -= budget_weight(class);
	holder->spent.identifying -= class >= CLASS_IDENTIFYING;
}

/* Holds or releases what the option shows; -1 is the slot's else. */
static void
option_each(struct holder *holder, unsigned slot, int option,
    void (*change)(struct holder *holder, unsigned field))
{
	const struct decision *decision = holder->decision;
	const struct outline_uses *uses;

	if (option < 0)
		return;
	uses = &decision->slots[slot].slot->options[option].uses;
	for (unsigned i = 0; i < uses->count; i++)
		if (decision->fields[uses->at[i].field].absence == ABSENCE_NONE)
			change(holder, uses->at[i].field);
}

/* Whether the option may show beside all that is held. */
static bool
option_fits(void *context, unsigned slot, unsigned option)
{
	struct holder *holder = context;
	bool fits;

	if (holder->dropped[slot] == (int)option)
		return false;
	option_each(holder, slot, (int)option, field_hold);
	fits = holder->spent.points <= holder->points &&
	       holder->spent.identifying <= holder->identifying;
	option_each(holder, slot, (int)option, field_release);
	return fits;
}

/* Takes over what budget_fit left. Returns the first slot that it turned
 * neutral, or the number of slots. */
static unsigned
pieces_hold(struct holder *holder)
{
	unsigned first = holder->decision->slot_count;

	for (unsigned i = 0; i < holder->count; i++) {
		const struct budget_piece *piece = &holder->pieces[i];
		unsigned slot = holder->slots[i];

		for (size_t j = 0; !piece->neutral && j < piece->field_count;
		     j++)
			field_hold(holder, piece->fields[j]);
		if (!piece->neutral || slot == OUTLINE_NONE)
			continue;
		holder->dropped[slot] = holder->kept[slot];
		holder->kept[slot] = -1;
		if (slot < first)
			first = slot;
	}
	return first;
}

static int
slots_refill(struct holder *holder, struct chooser *chooser, unsigned first,
    struct err *err)
{
	struct decided_slot *slots = holder->decision->slots;
	unsigned count = holder->decision->slot_count;

	for (unsigned i = first; i < count; i++)
		slots[i].chosen = -1;
	for (unsigned i = first; i < count; i++) {
		option_each(holder, i, holder->kept[i], field_release);
		if (choose_again(chooser, i, option_fits, holder, err) < 0)
			return -1;
		option_each(holder, i, slots[i].chosen, field_hold);
	}
	return 0;
}

/* What is held shows; what only neutral pieces asked for is absent. */
static void
fields_apply(struct holder *holder)
{
	struct decided_field *fields = holder->decision->fields;

	for (unsigned i = 0; i < holder->decision->field_count; i++)
		fields[i].shown = holder->held[i] != 0;
	for (unsigned i = 0; i < holder->count; i++) {
		const struct budget_piece *piece = &holder->pieces[i];

		for (size_t j = 0; piece->neutral && j < piece->field_count;
		     j++)
			if (!fields[piece->fields[j]].shown)
				fields[piece->fields[j]].absence =
				    ABSENCE_BUDGET;
	}
}

int
intrusion_hold(
    struct decision *decision, struct chooser *chooser, struct err *err)
{
	struct holder holder = { .decision = decision };
	unsigned first;

	if (holder_init(&holder, err) < 0 || pieces_gather(&holder, err) < 0)
		return -1;
	budget_fit(holder.pieces, holder.count, holder.classes,
	    decision->field_count, holder.points, holder.identifying,
	    holder.marks);
	first = pieces_hold(&holder);
	if (slots_refill(&holder, chooser, first, err) < 0)
		return -1;
	decision->points = holder.spent.points;
	decision->identifying = holder.spent.identifying;
	fields_apply(&holder);
	return 0;
}
