/*
 * The names a template asks for that nothing answers: with a default they
 * fail nobody, and everybody gets the default.
 */
#ifndef INLAY_TOOLS_NAMES_H
#define INLAY_TOOLS_NAMES_H

#include "milter/template/template.h"
#include "tools/message/finding.h"

/* Adds a finding of rule `name` for each path whose beginning is no name of
 * ours: prenom, customer.x, recipient.adress, ref.nope. */
void names_look(struct findings *findings, struct span where,
    const struct manifest *manifest);

/* Adds a finding of rule `field` for a field that the schema does not have,
 * `special` for one that no mail may show. */
void names_look_at_field(struct findings *findings,
    const struct outline_use *use, const struct outline_field *field);

/* Both for a condition or an expression by itself, whose fields no outline
 * has. */
void names_look_alone(struct findings *findings, struct span where,
    const struct manifest *manifest);

#endif
