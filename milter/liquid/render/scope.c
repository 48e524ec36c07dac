/* Names and what they stand for while rendering. */
#include "milter/liquid/render/render.h"

static struct span
key_span(const struct key *key)
{
	return span_of(key->at, key->len);
}

static bool
key_is(const struct key *a, const struct key *b)
{
	return a->hash == b->hash && a->len == b->len &&
	       memcmp(a->at, b->at, a->len) == 0;
}

/* ---- self ---- */

/* {{ self.name }} looks the name up where self was taken. */
static int find_in(struct render *r, const struct frame *frame, size_t end,
    const struct key *key, struct value *out);

/* Where the bindings of a frame end: where the next one's begin. */
static size_t
frame_limit(const struct render *r, const struct frame *frame)
{
	const struct frame *at = r->frame;
	size_t end = r->binding_count;

	for (; at != NULL && at != frame; at = at->outer)
		end = at->base;
	return end;
}

static int
self_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	const struct frame *frame = (const struct frame *)object;
	struct key name = { key.at, (uint32_t)key.len, hash };

	(void)arena, (void)err;
	return find_in(frame->render, frame, frame_limit(frame->render, frame),
	    &name, out);
}

static const struct object_type self_type = {
	.name = "Liquid::SelfDrop",
	.get = self_get,
};

bool
scope_is_self(struct value value)
{
	return value.kind == VALUE_OBJECT && value.object->type == &self_type;
}

/* ---- finding ---- */

static int
find_in(struct render *r, const struct frame *frame, size_t end,
    const struct key *key, struct value *out)
{
	const struct value *value;

	/* Few names are part of the price of the instruction. */
	if (end - frame->base > 16 &&
	    render_charge(r, (end - frame->base) / 4) < 0)
		return -1;
	for (size_t i = end; i > frame->base; i--)
		if (key_is(&r->bindings[i - 1].name, key)) {
			*out = r->bindings[i - 1].value;
			return 1;
		}
	if (frame->locals != NULL && (value = map_get(frame->locals,
					  key_span(key), key->hash)) != NULL) {
		*out = *value;
		return 1;
	}
	if (frame->counters != NULL &&
	    (value = map_get(frame->counters, key_span(key), key->hash)) !=
		NULL) {
		*out = *value;
		return 1;
	}
	if (r->env->root.kind == VALUE_MAP) {
		value = map_get(r->env->root.map, key_span(key), key->hash);
		*out = value != NULL ? *value : value_missing();
		return value != NULL;
	}
	if (r->env->root.kind == VALUE_OBJECT)
		return r->env->root.object->type->get(r->env->root.object,
		    key_span(key), key->hash, r->arena, out, r->err);
	*out = value_missing();
	return 0;
}

int
scope_find(struct render *r, const struct key *key, struct value *out)
{
	int found = find_in(r, r->frame, r->binding_count, key, out);

	if (found == 0 && key->len == 4 && memcmp(key->at, "self", 4) == 0) {
		*out = value_object(&r->frame->self);
		return 1;
	}
	return found;
}

int
scope_path(struct render *r, const struct path *path, struct value *out)
{
	int found = scope_find(r, &path->root, out);

	for (uint32_t i = 0; i < path->count && found > 0; i++) {
		const struct key *step = &path->steps[i];

		if (out->kind == VALUE_MAP) {
			const struct value *entry =
			    map_get(out->map, key_span(step), step->hash);

			if (entry != NULL) {
				*out = *entry;
				continue;
			}
		}
		found = value_get(*out, key_span(step), step->hash, r->arena,
		    r->filter.work, out, r->err);
	}
	return found;
}

/* ---- frames and bindings ---- */

void
frame_begin(struct render *r, struct frame *frame)
{
	*frame = (struct frame){ .self = { &self_type },
		.render = r,
		.outer = r->frame,
		.base = r->binding_count };
	r->frame = frame;
}

/* A partial rendered in a loop shall not leave a map behind each turn. */
static void
recycle(struct render *r, struct map *map)
{
	if (map == NULL || r->spare_map_count == SPARE_MAPS || !map_clear(map))
		return;
	r->spare_maps[r->spare_map_count++] = map;
}

void
frame_end(struct render *r, struct frame *frame)
{
	recycle(r, frame->locals);
	recycle(r, frame->counters);
	recycle(r, frame->cycles);
	recycle(r, frame->offsets);
	r->binding_count = frame->base;
	r->frame = frame->outer;
}

int
scope_push(struct render *r, const struct key *name, struct value value)
{
	if (r->binding_count == r->binding_size) {
		size_t size = r->binding_size ? r->binding_size * 2 : 16;
		struct binding *more = arena_grow(r->arena, r->bindings,
		    r->binding_size * sizeof *more, size * sizeof *more);

		if (more == NULL)
			return render_full(r);
		r->bindings = more;
		r->binding_size = size;
	}
	r->bindings[r->binding_count++] = (struct binding){ *name, value };
	return 0;
}

void
scope_drop(struct render *r, size_t count)
{
	r->binding_count -= count;
}

struct map *
scope_map(struct render *r, struct map **map)
{
	if (*map == NULL && r->spare_map_count != 0)
		*map = r->spare_maps[--r->spare_map_count];
	if (*map == NULL)
		*map = map_new(r->arena, 8);
	if (*map == NULL)
		render_full(r);
	return *map;
}

int
scope_set(struct render *r, const struct key *name, struct value value)
{
	struct map *locals = scope_map(r, &r->frame->locals);

	if (locals == NULL)
		return -1;
	if (map_put(r->arena, locals, key_span(name), value) < 0)
		return render_full(r);
	return 0;
}
