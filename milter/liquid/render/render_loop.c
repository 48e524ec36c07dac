/* for, tablerow and the objects that count their turns. */
#include "milter/liquid/render/render.h"

/* ---- forloop, tablerowloop ---- */

struct cycle_counter {
	const char *name;
	size_t len;
	struct value (*value)(const struct loop *loop);
};

static struct value
get_index(const struct loop *loop)
{
	return value_integer((int64_t)loop->index + 1);
}

static struct value
get_index0(const struct loop *loop)
{
	return value_integer((int64_t)loop->index);
}

static struct value
get_rindex(const struct loop *loop)
{
	return value_integer((int64_t)(loop->count - loop->index));
}

static struct value
get_rindex0(const struct loop *loop)
{
	return value_integer((int64_t)(loop->count - loop->index) - 1);
}

static struct value
get_first(const struct loop *loop)
{
	return value_bool(loop->index == 0);
}

static struct value
get_last(const struct loop *loop)
{
	return value_bool(loop->index + 1 == loop->count);
}

static struct value
get_length(const struct loop *loop)
{
	return value_integer((int64_t)loop->count);
}

static struct value
get_name(const struct loop *loop)
{
	return value_string(loop->name);
}

static struct value
get_parent(const struct loop *loop)
{
	if (loop->parent == NULL)
		return value_nil();
	loop->parent->escaped |= loop->escaped;
	return loop_value(loop->parent);
}

static struct value
get_col(const struct loop *loop)
{
	return value_integer((int64_t)(loop->index % loop->cols) + 1);
}

static struct value
get_col0(const struct loop *loop)
{
	return value_integer((int64_t)(loop->index % loop->cols));
}

static struct value
get_col_first(const struct loop *loop)
{
	return value_bool(loop->index % loop->cols == 0);
}

static struct value
get_col_last(const struct loop *loop)
{
	return value_bool(loop->index % loop->cols == loop->cols - 1);
}

static struct value
get_row(const struct loop *loop)
{
	return value_integer((int64_t)(loop->index / loop->cols) + 1);
}

#define COUNTER(name, get) \
	{ \
		name, sizeof name - 1, get \
	}

static const struct cycle_counter for_counters[] = {
	COUNTER("index", get_index),
	COUNTER("first", get_first),
	COUNTER("last", get_last),
	COUNTER("index0", get_index0),
	COUNTER("length", get_length),
	COUNTER("rindex", get_rindex),
	COUNTER("rindex0", get_rindex0),
	COUNTER("parentloop", get_parent),
	COUNTER("name", get_name),
};

static const struct cycle_counter row_counters[] = {
	COUNTER("index", get_index),
	COUNTER("first", get_first),
	COUNTER("last", get_last),
	COUNTER("col", get_col),
	COUNTER("row", get_row),
	COUNTER("col_first", get_col_first),
	COUNTER("col_last", get_col_last),
	COUNTER("col0", get_col0),
	COUNTER("index0", get_index0),
	COUNTER("length", get_length),
	COUNTER("rindex", get_rindex),
	COUNTER("rindex0", get_rindex0),
};

static int
get_counter(const struct cycle_counter *counters, size_t count,
    const struct object *object, struct span key, struct value *out)
{
	for (size_t i = 0; i < count; i++)
		if (counters[i].len == key.len &&
		    memcmp(counters[i].name, key.at, key.len) == 0) {
			*out = counters[i].value((const struct loop *)object);
			return 1;
		}
	*out = value_missing();
	return 0;
}

static int
for_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	(void)hash, (void)arena, (void)err;
	return get_counter(for_counters,
	    sizeof for_counters / sizeof for_counters[0], object, key, out);
}

static int
row_get(const struct object *object, struct span key, uint32_t hash,
    struct arena *arena, struct value *out, struct err *err)
{
	(void)hash, (void)arena, (void)err;
	return get_counter(row_counters,
	    sizeof row_counters / sizeof row_counters[0], object, key, out);
}

static const struct object_type for_type = {
	.name = "Liquid::ForloopDrop",
	.get = for_get,
};

static const struct object_type row_type = {
	.name = "Liquid::TablerowloopDrop",
	.get = row_get,
};

struct value
loop_value(struct loop *loop)
{
	return value_object(&loop->object);
}

void
loop_keep(struct value value)
{
	if (value.kind == VALUE_OBJECT && (value.object->type == &for_type ||
					      value.object->type == &row_type))
		((struct loop *)(uintptr_t)value.object)->escaped = true;
}

/* ---- walking ---- */

struct loop *
loop_take(struct render *r)
{
	struct loop *loop = r->spare;

	if (loop != NULL) {
		r->spare = loop->outer;
		memset(loop, 0, sizeof *loop);
	} else if ((loop = ARENA_NEW(r->arena, struct loop)) == NULL) {
		render_full(r);
		return NULL;
	}
	loop->object.type = &for_type;
	return loop;
}

void
loop_drop(struct render *r, struct loop *loop)
{
	if (loop->escaped)
		return;
	loop->outer = r->spare;
	r->spare = loop;
}

void
loop_over(struct loop *loop, struct value collection)
{
	if (collection.kind == VALUE_ARRAY) {
		loop->items = collection.items;
		loop->count = collection.len;
	} else if (collection.kind == VALUE_RANGE) {
		loop->first = collection.range->first;
		loop->count = range_count(collection.range);
	} else if (collection.kind == VALUE_MAP) {
		loop->map = collection.map;
		loop->count = collection.map->count;
	}
}

int
loop_item(struct render *r, const struct loop *loop, struct value *out)
{
	uint64_t at =
	    loop->reversed ? loop->count - 1 - loop->index : loop->index;
	const struct map_entry *entry;
	struct value *pair;

	if (loop->items != NULL) {
		*out = loop->items[at];
	} else if (loop->map == NULL) {
		*out = value_integer((int64_t)((uint64_t)loop->first + at));
	} else {
		entry = &loop->map->entries[(uint64_t)loop->first + at];
		pair = arena_alloc(r->arena, 2 * sizeof *pair);
		if (pair == NULL)
			return render_full(r);
		pair[0] = value_string(span_of(entry->key, entry->key_len));
		pair[1] = entry->value;
		*out = value_array(pair, 2);
	}
	return 0;
}

/* Cuts the loop to the items from offset on, at most limit of them, as Ruby's
 * each would with a counter: a negative offset skips none but still counts
 * towards the end. */
static void
cut(struct loop *loop, int64_t offset, int64_t limit, bool limited)
{
	uint64_t skip = offset > 0 ? (uint64_t)offset : 0;

	if (limited) {
		int64_t end;

		if (__builtin_add_overflow(offset, limit, &end))
			end = offset > 0 ? INT64_MAX : INT64_MIN;
		if (end < 0)
			end = 0;
		if (loop->count > (uint64_t)end)
			loop->count = (uint64_t)end;
	}
	if (skip > loop->count)
		skip = loop->count;
	loop->count -= skip;
	if (loop->items != NULL)
		loop->items += skip;
	else
		loop->first = (int64_t)((uint64_t)loop->first + skip);
}

static int
take_integer(struct render *r, struct value value, int64_t *out, bool *given)
{
	*given = !value_is_nil(value);
	*out = 0;
	if (render_charge_text(r, value) < 0)
		return -1;
	if (!*given || strict_integer(value, out))
		return 0;
	return err_set(r->err, ERR_TEMPLATE, "invalid integer");
}

/* A string is walked as one item, whole and whatever the offset. */
static int
over_string(struct render *r, struct loop *loop, struct value text)
{
	struct value *item = arena_alloc(r->arena, sizeof *item);

	if (item == NULL)
		return render_full(r);
	*item = text;
	loop->items = item;
	loop->count = text.len != 0;
	return 0;
}

/* The values of a header, taken off the stack in the order of their flags. */
struct row_header {
	struct value collection;
	int64_t offset, limit;
	bool limited, any_offset;
};

static int
take_header(
    struct render *r, const struct loop_head *head, struct row_header *header)
{
	const struct value *at;

	r->top -=
	    1 + !!(head->flags & LOOP_LIMIT) + !!(head->flags & LOOP_OFFSET);
	at = r->top;
	*header = (struct row_header){ .collection = *at++ };
	if ((head->flags & LOOP_LIMIT) &&
	    take_integer(r, *at++, &header->limit, &header->limited) < 0)
		return -1;
	if ((head->flags & LOOP_OFFSET) &&
	    take_integer(r, *at++, &header->offset, &header->any_offset) < 0)
		return -1;
	return 0;
}

/* ---- for ---- */

static int
remember(struct render *r, const struct loop_head *head, int64_t offset)
{
	struct map *offsets = scope_map(r, &r->frame->offsets);

	if (offsets == NULL)
		return -1;
	if (map_put(r->arena, offsets, span_of(head->memo.at, head->memo.len),
		value_integer(offset)) < 0)
		return render_full(r);
	return 0;
}

static int64_t
remembered(const struct render *r, const struct loop_head *head)
{
	const struct value *found;

	if (r->frame->offsets == NULL)
		return 0;
	found = map_get(r->frame->offsets,
	    span_of(head->memo.at, head->memo.len), head->memo.hash);
	return found != NULL ? found->integer : 0;
}

static int
bind(struct render *r, struct loop *loop)
{
	loop->binding = r->binding_count;
	if (scope_push(r, &loop->head->name, value_nil()) < 0 ||
	    scope_push(r, &loop->head->drop, loop_value(loop)) < 0)
		return -1;
	loop->outer = r->loop;
	r->loop = loop;
	return loop_item(r, loop, &r->bindings[loop->binding].value);
}

RENDER_OP(op_for)
{
	const struct loop_head *head = code->loop;
	struct loop *loop = loop_take(r);
	struct row_header header;

	if (loop == NULL || take_header(r, head, &header) < 0)
		return -1;
	if (head->flags & LOOP_CONTINUE)
		header.offset = remembered(r, head);
	if (header.collection.kind == VALUE_STRING) {
		if (over_string(r, loop, header.collection) < 0)
			return -1;
	} else {
		loop_over(loop, header.collection);
		cut(loop, header.offset, header.limit, header.limited);
	}
	if (remember(r, head, header.offset + (int64_t)loop->count) < 0)
		return -1;
	if (loop->count == 0) {
		loop_drop(r, loop);
		r->pc = code->arg;
		return render_charge(r, 1);
	}
	loop->head = head;
	loop->reversed = head->flags & LOOP_REVERSED;
	loop->name = span_of(head->memo.at, head->memo.len);
	loop->parent = r->frame->loop;
	r->frame->loop = loop;
	return bind(r, loop);
}

static void
leave(struct render *r)
{
	struct loop *loop = r->loop;

	r->loop = loop->outer;
	if (loop->object.type == &for_type)
		r->frame->loop = loop->parent;
	r->binding_count = loop->binding;
	loop_drop(r, loop);
}

/* One turn's price: the turn itself, and each instruction it may run. */
static int
charge_turn(struct render *r, const struct code *code)
{
	return render_charge(r, 4 + r->pc - code->arg);
}

RENDER_OP(op_for_next)
{
	struct loop *loop = r->loop;

	if (++loop->index == loop->count) {
		leave(r);
		return 0;
	}
	if (charge_turn(r, code) < 0)
		return -1;
	r->pc = code->arg;
	return loop_item(r, loop, &r->bindings[loop->binding].value);
}

RENDER_OP(op_for_leave)
{
	(void)code;
	leave(r);
	return 0;
}

/* ---- tablerow ---- */

/* As Ruby's to_i: text as far as it is a number, nil is nothing. */
static int
take_loose(struct render *r, struct value value, int64_t *out)
{
	if (render_charge_text(r, value) < 0)
		return -1;
	if (value.kind == VALUE_FLOAT && value.real > -9e18 &&
	    value.real < 9e18)
		*out = (int64_t)value.real;
	else if (value.kind == VALUE_BOOL || !loose_integer(value, out))
		return err_set(r->err, ERR_TEMPLATE, "invalid integer");
	return 0;
}

static int
over_row(struct render *r, const struct loop_head *head, struct loop *loop)
{
	const struct value *at = r->top + 1;
	struct value collection = r->top[0];
	int64_t limit = 0, offset = 0, cols = 0;

	if ((head->flags & LOOP_LIMIT) && take_loose(r, *at++, &limit) < 0)
		return -1;
	if ((head->flags & LOOP_OFFSET) && take_loose(r, *at++, &offset) < 0)
		return -1;
	if ((head->flags & LOOP_COLS) && take_loose(r, *at, &cols) < 0)
		return -1;
	if (collection.kind == VALUE_STRING) {
		if (over_string(r, loop, collection) < 0)
			return -1;
	} else {
		loop_over(loop, collection);
		cut(loop, offset, limit, head->flags & LOOP_LIMIT);
	}
	if (!(head->flags & LOOP_COLS))
		cols = (int64_t)loop->count;
	loop->cols = cols > 0 ? (uint64_t)cols : UINT64_MAX;
	return 0;
}

/* Steps for the markup around a cell. */
enum { CELL = 48 };

static void
open_cell(struct render *r, const struct loop *loop)
{
	buf_printf(r->out, "<td class=\"col%llu\">",
	    (unsigned long long)(loop->index % loop->cols) + 1);
}

RENDER_OP(op_row)
{
	const struct loop_head *head = code->loop;
	struct loop *loop = loop_take(r);

	r->top -= 1 + !!(head->flags & LOOP_LIMIT) +
		  !!(head->flags & LOOP_OFFSET) + !!(head->flags & LOOP_COLS);
	if (loop == NULL)
		return -1;
	if (!value_truthy(r->top[0])) {
		loop_drop(r, loop);
		r->pc = code->arg;
		return 0;
	}
	if (over_row(r, head, loop) < 0)
		return -1;
	buf_add(r->out, SPAN("<tr class=\"row1\">\n"));
	if (loop->count == 0) {
		loop_drop(r, loop);
		buf_add(r->out, SPAN("</tr>\n"));
		r->pc = code->arg;
		return 0;
	}
	loop->head = head;
	loop->object.type = &row_type;
	open_cell(r, loop);
	return bind(r, loop);
}

RENDER_OP(op_row_next)
{
	struct loop *loop = r->loop;

	buf_add(r->out, SPAN("</td>"));
	if (++loop->index == loop->count) {
		leave(r);
		buf_add(r->out, SPAN("</tr>\n"));
		return 0;
	}
	if (loop->index % loop->cols == 0)
		buf_printf(r->out, "</tr>\n<tr class=\"row%llu\">",
		    (unsigned long long)(loop->index / loop->cols) + 1);
	if (render_charge(r, CELL) < 0 || charge_turn(r, code) < 0)
		return -1;
	r->pc = code->arg;
	open_cell(r, loop);
	return loop_item(r, loop, &r->bindings[loop->binding].value);
}

RENDER_OP(op_row_leave)
{
	(void)code;
	leave(r);
	buf_add(r->out, SPAN("</td></tr>\n"));
	return 0;
}
