/*
 * Everything is visibility: for each profile field a message asks for, either
 * a value it may show or the reason why the field is absent. Steps of
 * decide(); each promises to make fields absent only, never visible again.
 */
#ifndef INLAY_MILTER_VISIBLE_H
#define INLAY_MILTER_VISIBLE_H

#include "milter/decide/decide.h"

/* Allocates decision.fields and looks up each one's value and trust; says
 * why it is absent as far as the field itself is the reason, and the class
 * against decision.intensity, and decision.neutral. Derived fields are asked
 * for last. 0 or -1. */
int visible_fields(struct decision *decision, struct err *err);

/* The surviving value of any field of the schema, whatever the outline asks
 * for; absence only as far as the field itself is the reason. 1 a value that
 * may be relied on, 0 none, -1 memory. */
int visible_value(const struct decision *decision, struct span name,
    struct decided_field *field, struct err *err);

/* The class that counts for a field. */
enum field_class visible_class(const struct decided_field *field);

/* The first use whose field is absent and needed, or OUTLINE_NONE; the index
 * is of decision.fields. */
unsigned visible_missing(
    const struct decision *decision, const struct outline_uses *uses);

/* The first that a condition asks for and that is absent: likely why it is not
 * true; or OUTLINE_NONE. */
unsigned visible_absent(
    const struct decision *decision, const struct outline_uses *uses);

#endif
