/* Looking up, comparing, filtering. */
#include "milter/liquid/value/number.h"
#include "milter/liquid/render/render.h"

#include <stdlib.h>

RENDER_OP(op_get)
{
	return value_get(r->top[-1], span_of(code->key->at, code->key->len),
		   code->key->hash, r->arena, r->filter.work, &r->top[-1],
		   r->err) < 0
		   ? -1
		   : render_check(r);
}

RENDER_OP(op_index)
{
	struct value key = *--r->top;

	(void)code;
	return value_index(r->top[-1], key, r->arena, r->filter.work,
		   &r->top[-1], r->err) < 0
		   ? -1
		   : render_check(r);
}

RENDER_OP(op_find)
{
	struct span name = value_span(r->top[-1]);
	struct key key = { name.at, (uint32_t)name.len, 0 };

	(void)code;
	if (r->top[-1].kind != VALUE_STRING) {
		r->top[-1] = value_missing();
		return 0;
	}
	if (!work_read(r->filter.work, name.len))
		return work_fail(r->filter.work, r->err);
	key.hash = value_hash(name);
	return scope_find(r, &key, &r->top[-1]) < 0 ? -1 : 0;
}

int
render_charge_text(struct render *r, struct value value)
{
	return render_charge(r, value_span(value).len / 8);
}

RENDER_OP(op_range)
{
	struct value last = *--r->top;
	int64_t from, to;

	(void)code;
	if (render_charge_text(r, r->top[-1]) < 0 ||
	    render_charge_text(r, last) < 0)
		return -1;
	if (!loose_integer(r->top[-1], &from) || !loose_integer(last, &to))
		return err_set(r->err, ERR_TEMPLATE, "invalid integer");
	if (value_range(r->arena, from, to, &r->top[-1]) < 0)
		return render_full(r);
	return 0;
}

RENDER_OP(op_fail)
{
	return err_set(
	    r->err, ERR_TEMPLATE, "%.*s", (int)code->arg, code->text);
}

/* ---- missing ---- */

int
render_missing(struct render *r, const struct path *path)
{
	const struct site *site = &r->program->sites[r->pc - 1];
	struct buf text;

	buf_init(&text, r->arena, 4096);
	buf_add(&text, span_of(path->root.at, path->root.len));
	for (uint32_t i = 0; i < path->count; i++) {
		buf_byte(&text, '.');
		buf_add(&text, span_of(path->steps[i].at, path->steps[i].len));
	}
	if (r->env->undefined != NULL)
		r->env->undefined(r->env->host, r->program, buf_span(&text),
		    site->line, site->column);
	if (r->env->missing == MISSING_WARN)
		return 0;
	return err_set(r->err, ERR_MISSING, "'%.*s' has no value",
	    SPAN_ARG(buf_span(&text)));
}

RENDER_OP(op_require)
{
	return render_require(r, code->path);
}

RENDER_OP(op_input)
{
	r->mark = arena_mark(r->arena);
	if (scope_path(r, code->path, r->top++) < 0)
		return -1;
	return code->flags ? 0 : render_require(r, code->path);
}

/* ---- filters ---- */

enum { FEW = 16 };

/* Sorts the values on the stack into positional ones and keywords; where the
 * filter takes no keywords they become one argument more, a map. */
static int
sort_arguments(struct render *r, const struct call *call,
    const struct value *values, struct value *args, struct keyword *keywords,
    struct filter_call *out)
{
	struct map *map = NULL;

	for (uint32_t i = 0; i < call->count; i++) {
		if (call->names[i].len == 0)
			args[out->argc++] = values[i];
		else
			keywords[out->keyword_count++] =
			    (struct keyword){ call->names[i], values[i] };
	}
	if (call->filter->flags & FILTER_KEYWORDS)
		return 0;
	map = map_new(r->arena, out->keyword_count);
	for (uint32_t i = 0; i < out->keyword_count && map != NULL; i++)
		if (map_put(
			r->arena, map, keywords[i].name, keywords[i].value) < 0)
			map = NULL;
	if (map == NULL)
		return render_full(r);
	args[out->argc++] = value_map(map);
	out->keyword_count = 0;
	return 0;
}

static int
filter_keywords(struct render *r, const struct call *call,
    struct filter_call *out, struct value *result)
{
	struct value args[65];
	struct keyword keywords[64];

	out->argc = out->keyword_count = 0;
	if (sort_arguments(r, call, r->top - call->count, args, keywords, out) <
	    0)
		return -1;
	out->args = args;
	out->keywords = keywords;
	return call->filter->apply(
	    out, r->top[-(ptrdiff_t)call->count - 1], result);
}

/* A long chain of filters leaves its intermediate values behind; only the last
 * is needed. They lie beyond the mark, where the statement began. */
static int
tidy_up(struct render *r)
{
	struct value *value = &r->top[-1];
	char *copy;
	int done = 0;

	if (value->kind != VALUE_STRING)
		return 0;
	copy = malloc(value->len + 1);
	if (copy == NULL)
		return render_full(r);
	memcpy(copy, value->text, value->len);
	arena_rewind(r->arena, r->mark);
	if (value_string_copy(r->arena, span_of(copy, value->len), value) < 0)
		done = render_full(r);
	free(copy);
	return done;
}

RENDER_OP(op_filter)
{
	const struct call *call = code->call;
	struct filter_call out = { .env = &r->filter,
		.arena = r->arena,
		.args = r->top - call->count,
		.argc = call->count,
		.err = r->err };
	struct value result = value_nil();
	int done;

	if (call->keyword_count != 0)
		done = filter_keywords(r, call, &out, &result);
	else
		done = call->filter->apply(
		    &out, r->top[-(ptrdiff_t)call->count - 1], &result);
	if (done < 0 || render_check(r) < 0)
		return -1;
	r->top -= call->count;
	r->top[-1] = result;
	return code->op == OP_FILTER && code->flags ? tidy_up(r) : 0;
}

/* ---- comparing ---- */

static bool
is_ordered(struct value value)
{
	return value.kind == VALUE_INTEGER || value.kind == VALUE_FLOAT ||
	       value.kind == VALUE_BIG || value.kind == VALUE_STRING;
}

/* Ruby's words: numbers by their value, others by their class. */
static int
not_comparable(struct render *r, struct value a, struct value b)
{
	char text[NUMBER_TEXT + 1];
	size_t len;

	if (b.kind != VALUE_INTEGER && b.kind != VALUE_FLOAT)
		return err_set(r->err, ERR_TEMPLATE,
		    "comparison of %s with %s failed", value_class(a),
		    value_class(b));
	len = b.kind == VALUE_FLOAT ? number_float_text(b.real, text)
				    : number_integer_text(b.integer, text);
	text[len] = '\0';
	return err_set(r->err, ERR_TEMPLATE, "comparison of %s with %s failed",
	    value_class(a), text);
}

static int
contains(struct render *r, struct value in, struct value what)
{
	struct span text;
	struct value found;

	if (!value_truthy(what))
		return 0;
	if (in.kind == VALUE_STRING) {
		if (value_to_s(what, r->arena, r->filter.work, &text) < 0)
			return render_full(r);
		if (render_charge_text(r, in) < 0)
			return -1;
		return text.len == 0 ||
		       span_search(value_span(in), text) < in.len;
	}
	if (in.kind == VALUE_ARRAY) {
		for (uint32_t i = 0; i < in.len && work_take(r->filter.work, 1);
		     i++)
			if (value_equal(in.items[i], what, r->filter.work))
				return 1;
		return 0;
	}
	if (in.kind == VALUE_RANGE && what.kind == VALUE_FLOAT)
		return what.real >= (double)in.range->first &&
		       what.real <= (double)in.range->last;
	if (in.kind == VALUE_RANGE)
		return what.kind == VALUE_INTEGER &&
		       what.integer >= in.range->first &&
		       what.integer <= in.range->last;
	if (in.kind == VALUE_MAP)
		return value_index(
		    in, what, r->arena, r->filter.work, &found, r->err);
	return 0;
}

static int
ordered(struct render *r, enum compare compare, struct value a, struct value b)
{
	int order;

	if (!is_ordered(a) || !is_ordered(b))
		return 0;
	if (value_order(a, b, r->filter.work, &order) == 0) {
		if ((a.kind == VALUE_STRING) != (b.kind == VALUE_STRING))
			return not_comparable(r, a, b);
		return 0; /* NaN */
	}
	if (compare == COMPARE_LT)
		return order < 0;
	if (compare == COMPARE_GT)
		return order > 0;
	return compare == COMPARE_LE ? order <= 0 : order >= 0;
}

RENDER_OP(op_compare)
{
	struct value b = *--r->top;
	struct value a = *--r->top;
	enum compare compare = (enum compare)code->flags;
	int truth;

	if (compare == COMPARE_EQ || compare == COMPARE_NE)
		truth = value_equal(a, b, r->filter.work) ==
			(compare == COMPARE_EQ);
	else if (compare == COMPARE_CONTAINS)
		truth = contains(r, a, b);
	else
		truth = ordered(r, compare, a, b);
	r->flag = truth > 0;
	return truth < 0 ? -1 : render_check(r);
}
