/*
 * The images of a slot's options: of one size, or the mail looks different
 * for everybody; with a text for whoever sees no images.
 */
#ifndef INLAY_TOOLS_IMAGES_H
#define INLAY_TOOLS_IMAGES_H

#include "milter/template/template.h"
#include "tools/message/finding.h"

/* Adds findings of rule `image`: the first image of an option has another size
 * than that of the option before, an image has no alt. */
void images_look(struct findings *findings, const struct template *template);

#endif
