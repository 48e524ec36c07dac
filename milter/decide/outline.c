#include "milter/decide/outline.h"

#include "milter/liquid/liquid.h"
#include "store/catalog/catalog.h"

struct outline *
outline_new(struct arena *arena, const struct catalog *catalog)
{
	struct outline *outline = ARENA_NEW(arena, struct outline);

	if (outline == NULL)
		return NULL;
	outline->arena = arena;
	outline->catalog = catalog;
	return outline;
}

static int
memory_fail(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the message's outline");
}

/* Lists are looked through, and so are those of the decision: no message of
 * people's making comes near. */
enum { LIST_MAX = 2000 };

/* Makes room for one more item of the list. */
static int
list_grow(struct outline *outline, void **list, unsigned count, unsigned *room,
    size_t size, struct err *err)
{
	unsigned more = *room == 0 ? 4 : *room * 2;
	void *grown;

	if (count >= LIST_MAX)
		return err_set(err, ERR_LIMIT,
		    "more than %d different fields, slots, options or variants",
		    LIST_MAX);
	if (count < *room)
		return 0;
	grown = arena_grow(outline->arena, *list, *room * size, more * size);
	if (grown == NULL)
		return memory_fail(err);
	*list = grown;
	*room = more;
	return 0;
}

/* Programs may go before the decision does: names are the outline's own. */
static int
name_keep(struct outline *outline, struct span name, struct span *kept,
    struct err *err)
{
	if (arena_dup(outline->arena, name, kept) < 0)
		return memory_fail(err);
	return 0;
}

unsigned
outline_slot(const struct outline *outline, struct span name)
{
	for (unsigned i = 0; i < outline->slot_count; i++)
		if (span_eq(outline->slots[i].name, name))
			return i;
	return OUTLINE_NONE;
}

unsigned
outline_option(const struct outline_slot *slot, struct span name)
{
	for (unsigned i = 0; i < slot->count; i++)
		if (span_eq(slot->options[i].name, name))
			return i;
	return OUTLINE_NONE;
}

/* The index of that field (name without "profile."), or OUTLINE_NONE. */
static unsigned
find_field(const struct outline *outline, struct span name)
{
	for (unsigned i = 0; i < outline->field_count; i++)
		if (span_eq(outline->fields[i].name, name))
			return i;
	return OUTLINE_NONE;
}

/* ---- fields ---- */

static int
field_put(
    struct outline *outline, struct span name, unsigned *field, struct err *err)
{
	void *list = outline->fields;

	*field = find_field(outline, name);
	if (*field != OUTLINE_NONE)
		return 0;
	if (list_grow(outline, &list, outline->field_count,
		&outline->field_room, sizeof *outline->fields, err) < 0)
		return -1;
	outline->fields = list;
	if (name_keep(outline, name, &name, err) < 0)
		return -1;
	*field = outline->field_count++;
	outline->fields[*field] = (struct outline_field){ name,
		schema_field(outline->catalog->schema, name) };
	return 0;
}

static int
use_put(struct outline *outline, struct outline_uses *uses, struct span name,
    const struct outline_use *place, struct err *err)
{
	void *list = uses->at;
	unsigned field;
	bool needed;

	if (field_put(outline, name, &field, err) < 0)
		return -1;
	needed =
	    place->needed && (outline->fields[field].field == NULL ||
				 !outline->fields[field].field->has_preset);
	for (unsigned i = 0; i < uses->count; i++)
		if (uses->at[i].field == field) {
			bool tested = uses->at[i].tested | place->tested;

			if (needed && !uses->at[i].needed)
				uses->at[i] = *place;
			uses->at[i].field = field;
			uses->at[i].tested = tested;
			return 0;
		}
	if (list_grow(outline, &list, uses->count, &uses->room,
		sizeof *uses->at, err) < 0)
		return -1;
	uses->at = list;
	uses->at[uses->count] = *place;
	uses->at[uses->count].field = field;
	uses->at[uses->count].needed = needed;
	uses->count++;
	return 0;
}

/* Only the data tells which field is meant: it may be any. */
static int
use_any(struct outline *outline, struct outline_uses *uses,
    const struct outline_use *place, struct err *err)
{
	const struct schema *schema = outline->catalog->schema;
	struct outline_use any = *place;

	outline->any = true;
	any.needed = false;
	for (size_t i = 0; i < schema->field_count; i++)
		if (use_put(outline, uses, schema->fields[i].name, &any, err) <
		    0)
			return -1;
	return 0;
}

/* path is dotted, "profile.tier"; other roots are ignored. */
static int
use_path(struct outline *outline, struct outline_uses *uses, struct span path,
    const struct outline_use *place, struct err *err)
{
	struct span rest, name;
	size_t end;

	if (!span_starts(path, SPAN("profile")))
		return 0;
	rest = span_from(path, strlen("profile"));
	if (rest.len == 0 || rest.at[0] == '[')
		return use_any(outline, uses, place, err);
	if (rest.at[0] != '.')
		return 0;
	name = span_from(rest, 1);
	end = span_find(name, '.');
	name = span_first(name, end);
	name = span_first(name, span_find(name, '['));
	if (name.len == 0)
		return use_any(outline, uses, place, err);
	return use_put(outline, uses, name, place, err);
}

/* ---- slots and options ---- */

/* Lets the option show the stored block of that name. */
static int
option_store(struct outline *outline, struct outline_option *option,
    struct span block, struct err *err)
{
	struct span has =
	    option->stored != NULL ? option->stored->id : option->missing;

	if (block.len == 0 || span_eq(has, block))
		return 0;
	if (has.len != 0)
		return err_set(err, ERR_TEMPLATE,
		    "option %.*s shows the block %.*s in one part and %.*s "
		    "in another",
		    SPAN_ARG(option->name), SPAN_ARG(has), SPAN_ARG(block));
	option->stored = catalog_block(outline->catalog, block);
	if (option->stored != NULL)
		return 0;
	return name_keep(outline, block, &option->missing, err);
}

/* What the block's author says it uses, beyond what its bodies show. */
static int
stored_fields(
    struct outline *outline, struct outline_option *option, struct err *err)
{
	const struct block *block = option->stored;
	struct outline_use place = { .needed = true, .where = block->id };

	for (size_t i = 0; i < block->field_count; i++) {
		struct span name = block->fields[i];

		if (span_starts(name, SPAN("profile.")))
			name = span_from(name, strlen("profile."));
		if (use_put(outline, &option->uses, name, &place, err) < 0)
			return -1;
	}
	return 0;
}

/* Adds the option, or what is new about it. */
static int
option_put(struct outline *outline, unsigned slot, struct span name,
    struct span block, bool conditional, unsigned *option, struct err *err)
{
	struct outline_slot *in = &outline->slots[slot];
	struct outline_option *made;
	const struct block *before;
	void *list = in->options;

	*option = outline_option(in, name);
	if (*option == OUTLINE_NONE) {
		if (list_grow(outline, &list, in->count, &in->room,
			sizeof *in->options, err) < 0)
			return -1;
		in->options = list;
		if (name_keep(outline, name, &name, err) < 0)
			return -1;
		*option = in->count++;
		in->options[*option] = (struct outline_option){ .name = name };
	}
	made = &in->options[*option];
	made->conditional |= conditional;
	before = made->stored;
	if (option_store(outline, made, block, err) < 0)
		return -1;
	if (made->stored == before)
		return 0;
	return stored_fields(outline, made, err);
}

/* All stored blocks of a pool become options of the slot. */
static int
pool_options(struct outline *outline, unsigned slot, struct err *err)
{
	const struct pool *pool =
	    catalog_pool(outline->catalog, outline->slots[slot].pool);

	for (size_t i = 0; pool != NULL && i < pool->count; i++) {
		struct span id = pool->blocks[i]->id;
		unsigned option;

		if (option_put(outline, slot, id, id, false, &option, err) < 0)
			return -1;
	}
	return 0;
}

static int
slot_put(struct outline *outline, struct span name, struct span pool,
    unsigned *slot, struct err *err)
{
	void *list = outline->slots;
	struct outline_slot *made;

	*slot = outline_slot(outline, name);
	if (*slot == OUTLINE_NONE) {
		if (list_grow(outline, &list, outline->slot_count,
			&outline->slot_room, sizeof *outline->slots, err) < 0)
			return -1;
		outline->slots = list;
		if (name_keep(outline, name, &name, err) < 0)
			return -1;
		*slot = outline->slot_count++;
		outline->slots[*slot] = (struct outline_slot){ .name = name };
	}
	made = &outline->slots[*slot];
	if (pool.len == 0 || span_eq(made->pool, pool))
		return 0;
	if (made->pool.len != 0)
		return err_set(err, ERR_TEMPLATE,
		    "slot %.*s has the pool %.*s in one part and %.*s in "
		    "another",
		    SPAN_ARG(name), SPAN_ARG(made->pool), SPAN_ARG(pool));
	if (name_keep(outline, pool, &made->pool, err) < 0)
		return -1;
	return pool_options(outline, *slot, err);
}

static int
variant_put(struct outline *outline, struct span name,
    struct outline_variant **variant, struct err *err)
{
	void *list = outline->variants;

	for (unsigned i = 0; i < outline->variant_count; i++)
		if (span_eq(outline->variants[i].name, name)) {
			*variant = &outline->variants[i];
			return 0;
		}
	if (list_grow(outline, &list, outline->variant_count,
		&outline->variant_room, sizeof *outline->variants, err) < 0)
		return -1;
	outline->variants = list;
	if (name_keep(outline, name, &name, err) < 0)
		return -1;
	*variant = &outline->variants[outline->variant_count++];
	**variant = (struct outline_variant){ .name = name };
	return 0;
}

static int
arm_put(struct outline *outline, struct outline_variant *variant,
    struct span arm, struct err *err)
{
	void *list = variant->arms;

	for (unsigned i = 0; i < variant->count; i++)
		if (span_eq(variant->arms[i], arm))
			return 0;
	if (list_grow(outline, &list, variant->count, &variant->room,
		sizeof *variant->arms, err) < 0)
		return -1;
	variant->arms = list;
	if (name_keep(outline, arm, &variant->arms[variant->count], err) < 0)
		return -1;
	variant->count++;
	return 0;
}

/* ---- manifests ---- */

static int
manifest_use(struct outline *outline, struct outline_uses *uses,
    const struct manifest_field *field, struct err *err)
{
	struct outline_use place = {
		.needed =
		    !field->has_default && !field->tested && !field->guarded,
		.tested = field->tested,
		.line = field->at.line,
		.column = field->at.column,
		.where = outline->where,
	};

	return use_path(outline, uses, field->path, &place, err);
}

/* Whose uses a place's are: the option's it stands in, or else outside. */
static struct outline_uses *
manifest_owner(struct outline *outline, const struct manifest *manifest,
    const struct manifest_place *at)
{
	const struct manifest_option *option;
	struct outline_slot *slot;
	unsigned index;

	if (at->option < 0 || (size_t)at->option >= manifest->option_count)
		return &outline->outside;
	option = &manifest->options[at->option];
	index = outline_slot(outline, manifest->slots[option->at.slot].name);
	if (index == OUTLINE_NONE)
		return &outline->outside;
	slot = &outline->slots[index];
	index = outline_option(slot, option->name);
	return index == OUTLINE_NONE ? &outline->outside
				     : &slot->options[index].uses;
}

static int
manifest_slots(
    struct outline *outline, const struct manifest *manifest, struct err *err)
{
	for (size_t i = 0; i < manifest->slot_count; i++) {
		const struct manifest_slot *slot = &manifest->slots[i];
		unsigned at, made;

		if (slot_put(outline, slot->name, SPAN_NONE, &at, err) < 0)
			return -1;
		for (unsigned j = 0; j < slot->option_count; j++) {
			const struct manifest_option *option =
			    &manifest->options[slot->first_option + j];

			if (option_put(outline, at, option->name, option->block,
				option->has_condition, &made, err) < 0)
				return -1;
		}
		/* What the author lists comes before what the pool adds. */
		if (slot_put(outline, slot->name, slot->pool, &at, err) < 0)
			return -1;
	}
	return 0;
}

static int
manifest_variants(
    struct outline *outline, const struct manifest *manifest, struct err *err)
{
	for (size_t i = 0; i < manifest->variant_count; i++) {
		const struct manifest_variant *from = &manifest->variants[i];
		struct outline_variant *variant;

		if (variant_put(outline, from->name, &variant, err) < 0)
			return -1;
		for (unsigned j = 0; j < from->when_count; j++)
			if (arm_put(outline, variant, from->whens[j], err) < 0)
				return -1;
	}
	return 0;
}

int
outline_add(
    struct outline *outline, const struct manifest *manifest, struct err *err)
{
	if (manifest_slots(outline, manifest, err) < 0 ||
	    manifest_variants(outline, manifest, err) < 0)
		return -1;
	for (size_t i = 0; i < manifest->field_count; i++) {
		const struct manifest_field *field = &manifest->fields[i];

		if (manifest_use(outline,
			manifest_owner(outline, manifest, &field->at), field,
			err) < 0)
			return -1;
	}
	return 0;
}

static int
uses_add(struct outline *outline, struct outline_uses *uses,
    const struct manifest *manifest, struct err *err)
{
	for (size_t i = 0; i < manifest->field_count; i++)
		if (manifest_use(outline, uses, &manifest->fields[i], err) < 0)
			return -1;
	return 0;
}

int
outline_add_block(struct outline *outline, const struct block *block,
    const struct manifest *manifest, struct err *err)
{
	for (unsigned i = 0; i < outline->slot_count; i++) {
		struct outline_slot *slot = &outline->slots[i];

		for (unsigned j = 0; j < slot->count; j++) {
			if (slot->options[j].stored != block)
				continue;
			if (uses_add(outline, &slot->options[j].uses, manifest,
				err) < 0)
				return -1;
		}
	}
	return 0;
}

int
outline_add_outside(
    struct outline *outline, const struct manifest *manifest, struct err *err)
{
	return uses_add(outline, &outline->outside, manifest, err);
}

int
outline_add_asked(
    struct outline *outline, const struct manifest *manifest, struct err *err)
{
	return uses_add(outline, &outline->asked, manifest, err);
}
