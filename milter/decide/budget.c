#include "milter/decide/budget.h"

#include <string.h>

unsigned budget_weight(enum field_class class)
{
	static const unsigned weights[] = { 0, 1, 2, 4, 8 };

	return weights[class];
}

/* What the pieces that are not neutral cost. */
static struct budget
budget_score(const struct budget_piece *pieces, size_t count,
    const enum field_class *classes, size_t class_count, unsigned char *counted)
{
	struct budget out = { 0, 0 };

	if (class_count != 0)
		memset(counted, 0, class_count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0;
		     !pieces[i].neutral && j < pieces[i].field_count; j++) {
			unsigned field = pieces[i].fields[j];

			if (counted[field]++ != 0)
				continue;
			counted[field] = 1;
			out.points += budget_weight(classes[field]);
			out.identifying += classes[field] >= CLASS_IDENTIFYING;
		}
	}
	return out;
}

static bool
piece_is_special(
    const struct budget_piece *piece, const enum field_class *classes)
{
	for (size_t i = 0; i < piece->field_count; i++)
		if (classes[piece->fields[i]] == CLASS_SPECIAL)
			return true;
	return false;
}

/* The piece to go next: the least useful, of equal ones the later. */
static struct budget_piece *
piece_least(struct budget_piece *pieces, size_t count)
{
	struct budget_piece *least = NULL;

	for (size_t i = 0; i < count; i++)
		if (!pieces[i].neutral &&
		    (least == NULL || pieces[i].utility <= least->utility))
			least = &pieces[i];
	return least;
}

struct budget
budget_fit(struct budget_piece *pieces, size_t count,
    const enum field_class *classes, size_t class_count, double points,
    double identifying, unsigned char *counted)
{
	struct budget score;

	for (size_t i = 0; i < count; i++)
		if (piece_is_special(&pieces[i], classes))
			pieces[i].neutral = true;
	for (;;) {
		struct budget_piece *least;

		score =
		    budget_score(pieces, count, classes, class_count, counted);
		if (score.points <= points && score.identifying <= identifying)
			return score;
		least = piece_least(pieces, count);
		if (least == NULL)
			return score;
		least->neutral = true;
	}
}
