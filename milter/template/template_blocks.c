#include "milter/template/template_steps.h"

#include <stdio.h>

#define BODIES_MAX 4096 /* stored blocks and partials of one message */

int
template_full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* One more element of size at the end of a list, zeroed; NULL when full. */
void *
template_more(
    struct arena *arena, void *list, size_t *count, size_t *room, size_t size)
{
	void *at;

	memcpy(&at, list, sizeof at);
	if (*count == *room) {
		size_t wider = *room ? *room * 2 : 8;
		void *grown = arena_grow(arena, at, *room * size, wider * size);

		if (grown == NULL)
			return NULL;
		at = grown;
		memcpy(list, &at, sizeof at);
		*room = wider;
	}
	memset((char *)at + *count * size, 0, size);
	return (char *)at + (*count)++ * size;
}

const char *
template_word(struct template *template, const char *kind, struct span name)
{
	struct span copy;
	char text[120];

	snprintf(text, sizeof text, "%s %.*s", kind, SPAN_ARG(name));
	if (arena_dup(template->arena, span_str(text), &copy) < 0)
		return NULL;
	return copy.at;
}

/* ---- stored blocks ---- */

const struct program *
template_block(const struct template *template, const struct block *block,
    enum place place)
{
	for (size_t i = 0; i < template->body_count; i++)
		if (template->bodies[i].block == block &&
		    template->bodies[i].place == place)
			return cached_program(template->bodies[i].cached);
	return NULL;
}

/* The text of a block that is HTML only is its HTML without the tags. */
static struct span
block_source(const struct block *block, enum place place, struct arena *arena)
{
	struct buf text;

	if (place == PLACE_HTML)
		return block->html.len != 0 ? block->html : block->text;
	if (block->text.len != 0 || block->html.len == 0)
		return block->text;
	buf_init(&text, arena, block->html.len + 128);
	buf_str(&text, "{%- capture block_html -%}");
	buf_add(&text, block->html);
	buf_str(
	    &text, "{%- endcapture -%}{{- block_html | strip_html | strip -}}");
	return text.failed ? SPAN_NONE : buf_span(&text);
}

/* Compiles the block for the place unless it is there. 1 new, 0, -1. */
static int
add_body(struct template *template, const struct block *block, enum place place,
    struct err *err)
{
	struct block_body *body;
	struct span source;
	const char *where;

	if (template_block(template, block, place) != NULL)
		return 0;
	if (template->body_count == BODIES_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than %d stored blocks", BODIES_MAX);
	where = template_word(template, "block", block->id);
	source = block_source(block, place, template->arena);
	body = MORE(template, bodies, body_count, body_room);
	if (where == NULL || body == NULL)
		return template_full(err);
	body->block = block;
	body->place = place;
	if (cache_acquire(template->cache, source, place, where, template->work,
		&body->cached, err) < 0) {
		template->body_count--;
		return -1;
	}
	return 1;
}

/* Every stored block an option may show, in the place where it is asked. */
static int
add_slot_bodies(struct template *template, const struct manifest *manifest,
    enum place place, struct err *err)
{
	const struct outline *outline = template->outline;

	for (size_t i = 0; i < manifest->slot_count; i++) {
		unsigned at = outline_slot(outline, manifest->slots[i].name);
		const struct outline_slot *slot;

		/* A slot within a stored block always shows its else. */
		if (at == OUTLINE_NONE)
			continue;
		slot = &outline->slots[at];
		for (unsigned o = 0; o < slot->count; o++) {
			const struct block *block = slot->options[o].stored;

			if (block == NULL)
				continue;
			if (add_body(template, block, place, err) < 0)
				return -1;
		}
	}
	return 0;
}

/* content_blocks.NAME and render 'NAME' are stored blocks too. Those that
 * are not there fail when they are asked for, as partials do. */
static int
add_named_bodies(struct template *template, const struct manifest_name *names,
    size_t count, enum place place, struct err *err)
{
	for (size_t i = 0; i < count; i++) {
		const struct block *block =
		    catalog_block(template->catalog, names[i].name);
		int fresh;

		if (block == NULL)
			continue;
		fresh = add_body(template, block, place, err);
		if (fresh < 0)
			return -1;
		template->outline->where = block->id;
		if (fresh && outline_add_outside(template->outline,
				 program_manifest(
				     template_block(template, block, place)),
				 err) < 0)
			return -1;
	}
	return 0;
}

static int
add_needed_bodies(struct template *template, const struct program *program,
    enum place place, struct err *err)
{
	const struct manifest *manifest = program_manifest(program);

	if (add_slot_bodies(template, manifest, place, err) < 0 ||
	    add_named_bodies(template, manifest->partials,
		manifest->partial_count, place, err) < 0)
		return -1;
	return add_named_bodies(
	    template, manifest->blocks, manifest->block_count, place, err);
}

/* Bodies may name further ones; the list grows while it is walked. */
int
template_add_bodies(struct template *template, struct err *err)
{
	for (size_t i = 0; i < template->fragment_count; i++) {
		struct fragment *fragment = &template->fragments[i];

		if (fragment->cached != NULL &&
		    add_needed_bodies(template,
			cached_program(fragment->cached), fragment->place,
			err) < 0)
			return -1;
	}
	for (size_t i = 0; i < template->body_count; i++) {
		struct block_body body = template->bodies[i];
		const struct program *program = cached_program(body.cached);

		template->outline->where = body.block->id;
		if (outline_add_block(template->outline, body.block,
			program_manifest(program), err) < 0 ||
		    add_needed_bodies(template, program, body.place, err) < 0)
			return -1;
	}
	return 0;
}

/* ---- conditions ---- */

static int
add_option_conditions(
    struct template *template, const struct program *program, struct err *err)
{
	const struct manifest *manifest = program_manifest(program);
	const struct outline *outline = template->outline;

	for (size_t i = 0; i < manifest->option_count; i++) {
		const struct manifest_option *option = &manifest->options[i];
		struct option_condition *condition;
		unsigned slot;

		if (!option->has_condition)
			continue;
		slot = outline_slot(
		    outline, manifest->slots[option->at.slot].name);
		condition = MORE(template, option_conditions,
		    option_condition_count, option_condition_room);
		if (condition == NULL)
			return template_full(err);
		condition->slot = slot;
		condition->option =
		    outline_option(&outline->slots[slot], option->name);
		condition->program = program;
		condition->index = (unsigned)i;
	}
	return 0;
}

static int
add_block_condition(struct template *template, const struct block *block,
    struct span text, bool unless, struct err *err)
{
	struct block_condition *condition;

	if (text.len == 0)
		return 0;
	condition = MORE(template, block_conditions, block_condition_count,
	    block_condition_room);
	if (condition == NULL)
		return template_full(err);
	condition->block = block;
	condition->unless = unless;
	if (condition_compile(text, template_word(template, "block", block->id),
		&condition->condition, err) < 0)
		return -1;
	template->outline->where = block->id;
	return outline_add_block(template->outline, block,
	    condition_manifest(condition->condition), err);
}

/* A block may be an option of several slots. */
static int
add_block_conditions(
    struct template *template, const struct block *block, struct err *err)
{
	for (size_t i = 0; i < template->block_condition_count; i++)
		if (template->block_conditions[i].block == block)
			return 0;
	if (add_block_condition(template, block, block->condition, false, err) <
	    0)
		return -1;
	return add_block_condition(
	    template, block, block->exception, true, err);
}

static int
add_segments(struct template *template, struct err *err)
{
	const struct campaign *campaign = template->campaign;

	template->segments = arena_calloc(template->arena,
	    campaign->segment_count, sizeof *template->segments);
	if (template->segments == NULL)
		return template_full(err);
	template->segment_count = campaign->segment_count;
	for (size_t i = 0; i < campaign->segment_count; i++) {
		const char *where = template_word(
		    template, "segment", campaign->segments[i].name);

		if (where == NULL)
			return template_full(err);
		template->outline->where = span_str(where);
		if (condition_compile(campaign->segments[i].condition, where,
			&template->segments[i], err) < 0 ||
		    outline_add_asked(template->outline,
			condition_manifest(template->segments[i]), err) < 0)
			return -1;
	}
	return 0;
}

int
template_add_derivations(struct template *template, struct err *err)
{
	const struct outline *outline = template->outline;

	for (unsigned i = 0; i < outline->field_count; i++) {
		const struct field *field = outline->fields[i].field;
		struct derivation *derivation;

		if (field == NULL || field->derived.len == 0)
			continue;
		derivation = MORE(
		    template, derivations, derivation_count, derivation_room);
		if (derivation == NULL)
			return template_full(err);
		derivation->field = field;
		if (expression_compile(field->derived,
			template_word(template, "field", field->name),
			&derivation->expression, err) < 0)
			return -1;
	}
	return 0;
}

int
template_add_conditions(struct template *template, struct err *err)
{
	const struct outline *outline = template->outline;

	for (size_t i = 0; i < template->fragment_count; i++)
		if (template->fragments[i].cached != NULL &&
		    add_option_conditions(template,
			cached_program(template->fragments[i].cached), err) < 0)
			return -1;
	for (unsigned s = 0; s < outline->slot_count; s++)
		for (unsigned o = 0; o < outline->slots[s].count; o++) {
			const struct block *block =
			    outline->slots[s].options[o].stored;

			if (block != NULL &&
			    add_block_conditions(template, block, err) < 0)
				return -1;
		}
	if (add_segments(template, err) < 0)
		return -1;
	return template_add_derivations(template, err);
}
