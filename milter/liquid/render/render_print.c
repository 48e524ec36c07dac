/* Printing and keeping values. */
#include "milter/liquid/value/number.h"
#include "milter/liquid/html/escape.h"
#include "milter/liquid/render/render.h"

static void
print_number(struct buf *out, int64_t integer)
{
	char text[NUMBER_TEXT];

	buf_add(out, span_of(text, number_integer_text(integer, text)));
}

/* After {{ name | escape | upcase }} the entities must not be escaped again,
 * but what the later filters brought in must: as in an attribute, which keeps
 * entities and no tags. */
static enum escape
escape_rest(enum escape escape, struct value *value)
{
	if (value->kind != VALUE_STRING || value->flags != 0)
		return escape;
	value->flags = VALUE_HTML;
	return escape == ESCAPE_HTML ? ESCAPE_ATTRIBUTE : escape;
}

RENDER_OP(op_emit)
{
	struct value value = *--r->top;
	enum escape escape = (enum escape)code->flags;
	struct buf *out = r->out;
	size_t size = out->size;

	/* Not even where a header holds a URL. */
	if (r->program->place == PLACE_HEADER)
		value.flags &= (uint8_t)~VALUE_RAW;
	if (escape != ESCAPE_NONE) {
		if (code->extra)
			escape = escape_rest(escape, &value);
		if (escape_value(escape, value, r->arena, r->filter.work, out) <
		    0)
			return render_full(r);
	} else if (value.kind == VALUE_STRING) {
		buf_add(out, span_of(value.text, value.len));
	} else if (value.kind == VALUE_INTEGER) {
		print_number(out, value.integer);
	} else {
		value_write(out, value, r->filter.work);
	}
	/* What the statement allocated dies with it, unless the output grew
	 * in the same arena since. */
	if (out->size == size)
		arena_rewind(r->arena, r->mark);
	return render_check(r);
}

RENDER_OP(op_emit_path)
{
	r->mark = arena_mark(r->arena);
	if (scope_path(r, code->path, r->top++) < 0 ||
	    render_require(r, code->path) < 0)
		return -1;
	return op_emit(r, code);
}

/* Longer texts take the road on which they are charged. */
enum { LONG = 4096 };

/* The commonest of all, {{ name | escape }}: nothing is made in between. */
RENDER_OP(op_emit_html)
{
	struct value value = r->top[-1];

	if (value.kind == VALUE_STRING && value.flags == 0 &&
	    value.len < LONG) {
		r->top--;
		escape_text((enum escape)code->flags,
		    span_of(value.text, value.len), r->out);
		return 0;
	}
	if (op_filter(r, code) < 0)
		return -1;
	if (r->top[-1].kind == VALUE_STRING)
		r->top[-1].flags |= VALUE_HTML; /* escaping off, too */
	return op_emit(r, code);
}

RENDER_OP(op_assign)
{
	struct value value = *--r->top;

	loop_keep(value);
	if (scope_set(r, code->key, value) < 0)
		return -1;
	return render_charge(r, 1);
}

/* ---- capture ---- */

static int
capture_begin(struct render *r)
{
	struct capture *capture = r->spare_capture;

	if (capture != NULL)
		r->spare_capture = capture->outer;
	else
		capture = ARENA_NEW(r->arena, struct capture);
	if (capture == NULL)
		return render_full(r);
	capture->outer = r->capture;
	capture->out = r->out;
	buf_init(&capture->buf, r->arena, r->filter.text_max);
	r->capture = capture;
	r->out = &capture->buf;
	return 0;
}

/* Steps for the memory that holds even a short text. */
enum { CAPTURING = 16 };

static int
capture_end(struct render *r, struct span *text)
{
	struct capture *capture = r->capture;

	r->out = capture->out;
	r->capture = capture->outer;
	capture->outer = r->spare_capture;
	r->spare_capture = capture;
	*text = buf_span(&capture->buf);
	if (capture->buf.failed)
		return err_set(r->err, ERR_LIMIT,
		    "a captured text is longer than %zu bytes, or memory "
		    "ran out",
		    r->filter.text_max);
	return render_charge(r, CAPTURING + text->len / 4);
}

RENDER_OP(op_capture)
{
	(void)code;
	return capture_begin(r);
}

RENDER_OP(op_capture_end)
{
	struct value value;
	struct span text;

	if (capture_end(r, &text) < 0)
		return -1;
	value = value_string(text);
	if (r->program->place == PLACE_HTML)
		value.flags = VALUE_HTML;
	return scope_set(r, code->key, value);
}

/* ---- ifchanged ---- */

RENDER_OP(op_changed)
{
	(void)code;
	return capture_begin(r);
}

RENDER_OP(op_changed_end)
{
	struct span text;

	(void)code;
	if (capture_end(r, &text) < 0)
		return -1;
	if (r->frame->any_changed && span_eq(text, r->frame->changed))
		return 0;
	r->frame->any_changed = true;
	r->frame->changed = text;
	buf_add(r->out, text);
	return 0;
}

/* ---- counters ---- */

static int
count(struct render *r, const struct key *key, int64_t by, int64_t *was)
{
	struct map *counters = scope_map(r, &r->frame->counters);
	struct span name = span_of(key->at, key->len);
	const struct value *found;

	if (counters == NULL)
		return -1;
	found = map_get(counters, name, key->hash);
	*was = found != NULL ? found->integer : 0;
	if (map_put(r->arena, counters, name, value_integer(*was + by)) < 0)
		return render_full(r);
	return 0;
}

RENDER_OP(op_increment)
{
	int64_t was;

	if (count(r, code->key, 1, &was) < 0)
		return -1;
	print_number(r->out, was);
	return 0;
}

RENDER_OP(op_decrement)
{
	int64_t was;

	if (count(r, code->key, -1, &was) < 0)
		return -1;
	print_number(r->out, was - 1);
	return 0;
}

/* ---- cycle ---- */

/* Where the group stands; a named one is keyed by its value's text. */
static int
cycle_group(struct render *r, const struct cycle *cycle, struct span *group)
{
	struct buf text;

	if (!cycle->named) {
		*group = span_of(cycle->group.at, cycle->group.len);
		return 0;
	}
	buf_init(&text, r->arena, r->filter.text_max);
	buf_byte(&text, ':');
	value_inspect(
	    &text, r->top[-(ptrdiff_t)cycle->count - 1], r->filter.work);
	*group = buf_span(&text);
	/* It is kept, and hashed twice. */
	return text.failed ? render_full(r) : render_charge(r, group->len / 4);
}

RENDER_OP(op_cycle)
{
	const struct cycle *cycle = code->cycle;
	struct map *cycles = scope_map(r, &r->frame->cycles);
	const struct value *found;
	struct value value = value_nil();
	struct span group;
	int64_t at;

	if (cycles == NULL || cycle_group(r, cycle, &group) < 0)
		return -1;
	found = map_get(cycles, group, value_hash(group));
	at = found != NULL ? found->integer : 0;
	if (at < cycle->count)
		value = r->top[at - (int64_t)cycle->count];
	at = at + 1 < cycle->count ? at + 1 : 0;
	if (map_put(r->arena, cycles, group, value_integer(at)) < 0)
		return render_full(r);
	r->top -= cycle->count + cycle->named;
	*r->top++ = value;
	r->mark = arena_mark(r->arena);
	return op_emit(r, code);
}
