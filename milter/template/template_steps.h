/*
 * The steps of template_prepare that have files of their own, and what they
 * share. Only the template's own files include this.
 */
#ifndef INLAY_MILTER_TEMPLATE_STEPS_H
#define INLAY_MILTER_TEMPLATE_STEPS_H

#include "milter/template/template.h"

/* Whether the part is text/calendar or text/vcard. */
bool template_is_card(const struct part *part);

/* Whether tags in a header field of that name are tags: the mail system did
 * not write it, and it is not about to go. */
bool template_may_render(struct span name);

/* Refuses a tag where nothing may be rendered: in what is signed, encrypted or
 * another message, in an attached calendar or card, in rich text of other
 * kinds than HTML. 0, or -1 with ERR_TEMPLATE or ERR_MEMORY. */
int template_check_untouchable(
    struct template *template, const struct part *part, struct err *err);

/* Compiles every stored block that the fragments may show. 0 or -1. */
int template_add_bodies(struct template *template, struct err *err);

/* Gathers the conditions of options, blocks and segments, and the fields
 * computed from others. 0 or -1. */
int template_add_conditions(struct template *template, struct err *err);

/* Compiles the fields computed from others. 0 or -1. */
int template_add_derivations(struct template *template, struct err *err);

/* "block NAME" in the template's arena, or NULL when that is full. */
const char *template_word(
    struct template *template, const char *kind, struct span name);

/* ERR_MEMORY. Returns -1. */
int template_full(struct err *err);

/* One more element of size at the end of a list (a pointer to the pointer),
 * zeroed; NULL when the arena is full. */
void *template_more(
    struct arena *arena, void *list, size_t *count, size_t *room, size_t size);

#define MORE(template, list, count, room) \
	template_more((template)->arena, &(template)->list, \
	    &(template)->count, &(template)->room, sizeof *(template)->list)

#endif
