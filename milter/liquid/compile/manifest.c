#include "milter/liquid/compile/manifest.h"

#include <stdlib.h>

#include "milter/liquid/compile/notes.h"

void *
note_add(struct compiler *c, struct note_list *list, size_t width)
{
	size_t size = list->size ? list->size * 2 : 16;
	void *grown;

	if (list->count == list->size) {
		grown = list->count < UINT32_MAX / 4
			    ? realloc(list->at, size * width)
			    : NULL;
		if (grown == NULL) {
			compile_full(c);
			return NULL;
		}
		list->at = grown;
		list->size = size;
	}
	list->count++;
	return memset((char *)list->at + (list->count - 1) * width, 0, width);
}

int
manifest_begin(struct compiler *c)
{
	c->notes = calloc(1, sizeof *c->notes);
	if (c->notes == NULL)
		return compile_full(c);
	c->notes->slot = c->notes->option = MANIFEST_NONE;
	c->notes->bound = map_new(c->arena, 8);
	c->notes->guarded = map_new(c->arena, 8);
	if (c->notes->bound == NULL || c->notes->guarded == NULL)
		return compile_full(c);
	if (note_bound(c, SPAN("forloop")) < 0)
		return -1;
	return note_bound(c, SPAN("tablerowloop"));
}

static void
free_lists(struct notes *n)
{
	struct note_list *lists[] = { &n->fields, &n->slots, &n->options,
		&n->tests, &n->variants, &n->comparisons, &n->chains,
		&n->tables, &n->partials, &n->blocks, &n->raws, &n->guards,
		&n->candidates };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		free(lists[i]->at);
}

void
manifest_end(struct compiler *c)
{
	if (c->notes == NULL)
		return;
	free_lists(c->notes);
	free(c->notes);
	c->notes = NULL;
}

static struct manifest_place
here(const struct compiler *c)
{
	return (struct manifest_place){ c->line, c->column, c->notes->slot,
		c->notes->option };
}

static struct span
key_span(struct key key)
{
	return span_of(key.at, key.len);
}

/* ---- names the template binds ---- */

static int64_t
bound_count(const struct compiler *c, struct span name)
{
	const struct value *count =
	    map_get(c->notes->bound, name, value_hash(name));

	return count != NULL ? count->integer : 0;
}

static int
set_bound(struct compiler *c, struct span name, int64_t count)
{
	struct span kept;

	if (compile_keep(c, name, &kept) < 0)
		return -1;
	if (map_put(c->arena, c->notes->bound, kept, value_integer(count)) < 0)
		return compile_full(c);
	return 0;
}

int
note_bound(struct compiler *c, struct span name)
{
	return set_bound(c, name, bound_count(c, name) + 1);
}

void
note_unbound(struct compiler *c, struct span name)
{
	set_bound(c, name, bound_count(c, name) - 1);
}

/* ---- fields ---- */

/* "root.step.step", "[]" at the end where the rest is not known. */
static int
path_text(
    struct compiler *c, const struct path *path, bool open, struct span *text)
{
	struct buf buf;

	buf_init(&buf, c->arena, 1 << 20);
	buf_add(&buf, key_span(path->root));
	for (uint32_t i = 0; i < path->count; i++) {
		buf_byte(&buf, '.');
		buf_add(&buf, key_span(path->steps[i]));
	}
	if (open)
		buf_add(&buf, SPAN(".[]"));
	*text = buf_span(&buf);
	return buf.failed ? compile_full(c) : 0;
}

static int64_t
guard_count(const struct notes *n, struct span path, uint32_t hash)
{
	const struct value *count = map_get(n->guarded, path, hash);

	return count != NULL ? count->integer : 0;
}

/* Whether the path or one that it begins with is there. */
static bool
is_guarded(const struct notes *n, struct span path)
{
	uint64_t state = value_hash_begin();

	for (size_t at = 0; n->guards.count != 0 && at < path.len;) {
		size_t step =
		    span_find(span_from(path, at + 1), '.') + (at < path.len);

		state = value_hash_more(state, span_of(path.at + at, step));
		at += step;
		if (guard_count(
			n, span_first(path, at), value_hash_end(state)) > 0)
			return true;
	}
	return false;
}

/* One more guard of that path, or one less. 0 or -1. */
static int
count_guard(struct compiler *c, struct span path, int by)
{
	struct notes *n = c->notes;
	int64_t count = guard_count(n, path, value_hash(path)) + by;

	if (map_put(c->arena, n->guarded, path, value_integer(count)) < 0)
		return compile_full(c);
	return 0;
}

static int
add_name(struct compiler *c, struct note_list *list, struct span name)
{
	struct manifest_name *entry = note_add(c, list, sizeof *entry);

	if (entry == NULL)
		return -1;
	entry->at = here(c);
	return compile_keep(c, name, &entry->name);
}

int
note_path(struct compiler *c, const struct path *path, bool open)
{
	struct notes *n = c->notes;
	struct manifest_field *field;

	if (bound_count(c, key_span(path->root)) > 0)
		return 0;
	if (path->count != 0 && span_eq(key_span(path->root), SPAN("ref")) &&
	    add_name(c, &n->tables, key_span(path->steps[0])) < 0)
		return -1;
	field = note_add(c, &n->fields, sizeof *field);
	if (field == NULL || path_text(c, path, open, &field->path) < 0)
		return -1;
	field->at = here(c);
	field->tested = c->condition;
	field->guarded = is_guarded(n, field->path);
	return 0;
}

size_t
note_mark(const struct compiler *c)
{
	return c->notes->fields.count;
}

void
note_rewind(struct compiler *c, size_t mark)
{
	const struct manifest_comparison *comparisons =
	    c->notes->comparisons.at;

	while (c->notes->comparisons.count != 0 &&
	       comparisons[c->notes->comparisons.count - 1].field >= mark)
		c->notes->comparisons.count--;
	c->notes->fields.count = mark;
	c->notes->candidates.count = 0;
}

void
note_defaults(struct compiler *c, size_t from, size_t to)
{
	struct manifest_field *fields = c->notes->fields.at;

	for (size_t i = from; i < to; i++)
		fields[i].has_default = true;
}

/* ---- guards ---- */

void
note_guard_begin(struct compiler *c)
{
	c->notes->candidates.count = 0;
	c->notes->no_guard = false;
}

void
note_guard(struct compiler *c, size_t mark)
{
	for (size_t i = mark; i < c->notes->fields.count; i++) {
		size_t *field =
		    note_add(c, &c->notes->candidates, sizeof *field);

		if (field != NULL)
			*field = i;
	}
}

void
note_no_guard(struct compiler *c)
{
	c->notes->no_guard = true;
}

int
note_guards_hold(struct compiler *c)
{
	struct notes *n = c->notes;
	const size_t *candidates = n->candidates.at;
	const struct manifest_field *fields = n->fields.at;

	for (size_t i = 0; i < n->candidates.count && !n->no_guard; i++) {
		struct span *guard = note_add(c, &n->guards, sizeof *guard);

		if (guard == NULL)
			return -1;
		*guard = fields[candidates[i]].path;
		if (count_guard(c, *guard, 1) < 0)
			return -1;
	}
	n->candidates.count = 0;
	return 0;
}

size_t
note_guards(const struct compiler *c)
{
	return c->notes->guards.count;
}

void
note_guards_cut(struct compiler *c, size_t count)
{
	const struct span *guards = c->notes->guards.at;

	/* They are there already: making them fewer takes no memory. */
	for (size_t i = count; i < c->notes->guards.count; i++)
		count_guard(c, guards[i], -1);
	c->notes->guards.count = count;
}

int
note_text(struct compiler *c, const struct span **list, unsigned *count,
    struct span text)
{
	struct span *texts = (struct span *)(uintptr_t)*list;

	/* Room for the next power of two. */
	if ((*count & (*count - 1)) == 0) {
		texts =
		    compile_new(c, (*count ? *count * 2 : 1) * sizeof *texts);
		if (texts == NULL)
			return -1;
		if (*count != 0)
			memcpy(texts, *list, *count * sizeof *texts);
		*list = texts;
	}
	if (compile_keep(c, text, &texts[*count]) < 0)
		return -1;
	++*count;
	return 0;
}

/* ---- names ---- */

int
note_partial(struct compiler *c, struct span name)
{
	return add_name(c, &c->notes->partials, name);
}

int
note_block(struct compiler *c, struct span name)
{
	return add_name(c, &c->notes->blocks, name);
}

int
note_raw(struct compiler *c, struct span text)
{
	return add_name(c, &c->notes->raws, text);
}

void
note_now(struct compiler *c)
{
	c->notes->uses_now = true;
}

void
note_abort(struct compiler *c)
{
	c->notes->has_abort = true;
}

void
note_why(struct compiler *c)
{
	c->notes->has_why = true;
}

/* ---- slots and variants ---- */

void
note_inside(struct compiler *c, int slot, int option)
{
	c->notes->slot = slot;
	c->notes->option = option;
}

int
note_slot(struct compiler *c, struct span name, struct span pool)
{
	struct notes *n = c->notes;
	struct manifest_slot *slot = note_add(c, &n->slots, sizeof *slot);

	if (slot == NULL || compile_keep(c, name, &slot->name) < 0 ||
	    compile_keep(c, pool, &slot->pool) < 0)
		return -1;
	slot->at = here(c);
	slot->at.slot = (int)n->slots.count - 1;
	slot->first_option = (unsigned)n->options.count;
	return (int)n->slots.count - 1;
}

int
note_option(struct compiler *c, int slot, struct span name, struct span block)
{
	struct notes *n = c->notes;
	struct manifest_slot *slots = n->slots.at;
	struct manifest_option *option =
	    note_add(c, &n->options, sizeof *option);

	if (option == NULL ||
	    note_add(c, &n->tests, sizeof(struct option_test)) == NULL ||
	    compile_keep(c, name, &option->name) < 0 ||
	    compile_keep(c, block, &option->block) < 0)
		return -1;
	slots[slot].option_count++;
	option->at = here(c);
	option->at.slot = slot;
	option->at.option = (int)n->options.count - 1;
	return option->at.option;
}

void
note_option_test(struct compiler *c, int option, uint32_t entry)
{
	struct manifest_option *options = c->notes->options.at;
	struct option_test *tests = c->notes->tests.at;

	options[option].has_condition = true;
	tests[option] = (struct option_test){ entry, true };
}

unsigned
note_option_first(const struct compiler *c, int slot)
{
	return ((struct manifest_slot *)c->notes->slots.at)[slot].first_option;
}

void
note_slot_else(struct compiler *c, int slot)
{
	((struct manifest_slot *)c->notes->slots.at)[slot].has_else = true;
}

int
note_variant(struct compiler *c, struct span name)
{
	struct notes *n = c->notes;
	struct manifest_variant *variant =
	    note_add(c, &n->variants, sizeof *variant);

	if (variant == NULL || compile_keep(c, name, &variant->name) < 0)
		return -1;
	variant->at = here(c);
	return (int)n->variants.count - 1;
}

int
note_when(struct compiler *c, int variant, struct span name)
{
	struct manifest_variant *entry =
	    (struct manifest_variant *)c->notes->variants.at + variant;

	if (note_text(c, &entry->whens, &entry->when_count, name) < 0)
		return -1;
	return (int)entry->when_count - 1;
}

/* ---- the manifest ---- */

static void *
move(struct compiler *c, const struct note_list *list, size_t width)
{
	void *at = arena_alloc(c->arena, list->count * width + 1);

	if (at == NULL)
		compile_full(c);
	else if (list->count != 0)
		memcpy(at, list->at, list->count * width);
	return at;
}

int
manifest_move(struct compiler *c, struct program *program)
{
	const struct notes *n = c->notes;
	struct manifest *m = &program->manifest;

	m->fields = move(c, &n->fields, sizeof *m->fields);
	m->field_count = n->fields.count;
	m->slots = move(c, &n->slots, sizeof *m->slots);
	m->slot_count = n->slots.count;
	m->options = move(c, &n->options, sizeof *m->options);
	m->option_count = n->options.count;
	m->variants = move(c, &n->variants, sizeof *m->variants);
	m->variant_count = n->variants.count;
	m->comparisons = move(c, &n->comparisons, sizeof *m->comparisons);
	m->comparison_count = n->comparisons.count;
	m->chains = move(c, &n->chains, sizeof *m->chains);
	m->chain_count = n->chains.count;
	m->tables = move(c, &n->tables, sizeof *m->tables);
	m->table_count = n->tables.count;
	m->partials = move(c, &n->partials, sizeof *m->partials);
	m->partial_count = n->partials.count;
	m->blocks = move(c, &n->blocks, sizeof *m->blocks);
	m->block_count = n->blocks.count;
	m->raws = move(c, &n->raws, sizeof *m->raws);
	m->raw_count = n->raws.count;
	m->uses_now = n->uses_now;
	m->has_abort = n->has_abort;
	m->has_why = n->has_why;
	program->tests = move(c, &n->tests, sizeof *program->tests);
	return c->err->code == ERR_NONE ? 0 : -1;
}
