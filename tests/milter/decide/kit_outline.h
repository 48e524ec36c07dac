/*
 * An outline put together piece by piece, as no template would: each piece
 * goes in as a manifest of its own. All give 0 or -1, as outline_add.
 */
#ifndef INLAY_TESTS_KIT_OUTLINE_H
#define INLAY_TESTS_KIT_OUTLINE_H

#include "milter/decide/outline.h"
#include "milter/liquid/liquid.h"

static inline int
outline_put_slot(struct outline *outline, struct span name, struct span pool,
    unsigned *slot, struct err *err)
{
	const struct manifest_slot made = { .name = name, .pool = pool };
	const struct manifest manifest = { .slots = &made, .slot_count = 1 };
	int added = outline_add(outline, &manifest, err);

	*slot = outline_slot(outline, name);
	return added;
}

static inline int
outline_put_option(struct outline *outline, unsigned slot, struct span name,
    struct span block, bool conditional, unsigned *option, struct err *err)
{
	const struct manifest_slot in = { .name = outline->slots[slot].name,
		.option_count = 1 };
	const struct manifest_option made = {
		.name = name, .block = block, .has_condition = conditional
	};
	const struct manifest manifest = { .slots = &in,
		.slot_count = 1,
		.options = &made,
		.option_count = 1 };
	int added = outline_add(outline, &manifest, err);

	*option = outline_option(&outline->slots[slot], name);
	return added;
}

static inline int
outline_put_variant(
    struct outline *outline, struct span name, struct span arm, struct err *err)
{
	const struct manifest_variant made = {
		.name = name, .whens = &arm, .when_count = 1
	};
	const struct manifest manifest = { .variants = &made,
		.variant_count = 1 };

	return outline_add(outline, &manifest, err);
}

/* uses: of an option, or &outline->outside. */
static inline int
outline_put_use(struct outline *outline, const struct outline_uses *uses,
    struct span path, const struct outline_use *place, struct err *err)
{
	struct manifest_slot slot = { .option_count = 1 };
	struct manifest_option option = { .name = SPAN_NONE };
	struct manifest_field field = { .path = path,
		.at = { place->line, place->column, MANIFEST_NONE,
		    MANIFEST_NONE },
		.has_default = !place->needed,
		.tested = place->tested };
	struct manifest manifest = { .fields = &field, .field_count = 1 };

	for (unsigned i = 0; i < outline->slot_count; i++)
		for (unsigned j = 0; j < outline->slots[i].count; j++)
			if (uses == &outline->slots[i].options[j].uses) {
				slot.name = outline->slots[i].name;
				option.name = outline->slots[i].options[j].name;
				manifest.slots = &slot;
				manifest.options = &option;
				manifest.slot_count = manifest.option_count = 1;
				field.at.slot = field.at.option = 0;
			}
	return outline_add(outline, &manifest, err);
}

#endif
