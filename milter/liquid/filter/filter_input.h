/*
 * What filters make of their inputs, as Ruby's Liquid coerces them: a list of
 * items, an integer, a property of an item. All return 0 or more, or -1 with
 * the call's error set.
 */
#ifndef INLAY_LIQUID_FILTER_INPUT_H
#define INLAY_LIQUID_FILTER_INPUT_H

#include "milter/liquid/filter/filter.h"
#include "milter/liquid/value/locale.h"

struct items {
	const struct value *at;
	uint32_t count;
};

/* Arrays flattened, a range spelled out, nil nothing, all else one item. */
int filter_items(
    const struct filter_call *call, struct value input, struct items *items);

/* Room for a new array of so many; charges for it. NULL and the error set. */
struct value *filter_array(const struct filter_call *call, uint64_t count);

/* Integer(value.to_s): "invalid integer" where it is none. Beyond 64 bits
 * the nearest that fits. */
int filter_integer(
    const struct filter_call *call, struct value value, int64_t *integer);

/* item[property]: 1 and the value (nil where there is none), 0 for an item
 * that has no properties at all, -1 where the property cannot be one. */
int filter_property(const struct filter_call *call, struct value item,
    struct value property, struct value *out);

/* The keyword's text, else that of the argument at that place; empty where
 * there is none or it is nil. */
int filter_option(const struct filter_call *call, const char *name,
    uint32_t place, struct span *text);

/* The locale that such an option names, else the rendering's. */
int filter_locale(const struct filter_call *call, uint32_t place,
    const struct locale **locale);

/* Text from a string being made to a value, keeping the HTML-ness given. */
struct value filter_string(struct span text, uint8_t flags);

#endif
