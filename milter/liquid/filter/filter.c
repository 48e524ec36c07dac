#include "milter/liquid/filter/filter.h"

#include <stdio.h>

int
filter_charge(const struct filter_call *call, uint64_t steps)
{
	if (!work_take(call->env->work, steps))
		return work_fail(call->env->work, call->err);
	return 0;
}

int
filter_full(const struct filter_call *call)
{
	return err_set(
	    call->err, ERR_LIMIT, "the rendering needs too much memory");
}

int
filter_fail(const struct filter_call *call, const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return err_set(call->err, ERR_TEMPLATE, "%s", text);
}

const struct value *
filter_keyword(const struct filter_call *call, struct span name)
{
	for (uint32_t i = 0; i < call->keyword_count; i++)
		if (span_eq(call->keywords[i].name, name))
			return &call->keywords[i].value;
	return NULL;
}

/* Read or written once, in words rather than bytes. */
enum { BYTES_PER_STEP = 16 };

int
filter_text(
    const struct filter_call *call, struct value value, struct span *text)
{
	if (value_to_s(value, call->arena, call->env->work, text) < 0)
		return filter_full(call);
	return filter_charge(call, text->len / BYTES_PER_STEP);
}

char *
filter_alloc(const struct filter_call *call, size_t len)
{
	char *at = NULL;

	if (filter_charge(call, len / BYTES_PER_STEP) < 0)
		return NULL;
	if (len <= call->env->text_max)
		at = arena_alloc(call->arena, len);
	if (at == NULL)
		filter_full(call);
	return at;
}

void
filter_begin(const struct filter_call *call, struct buf *text)
{
	buf_init(text, call->arena, call->env->text_max);
}

int
filter_finish(
    const struct filter_call *call, const struct buf *text, struct value *out)
{
	if (text->failed)
		return filter_full(call);
	*out = value_string(buf_span(text));
	return filter_charge(call, text->len / BYTES_PER_STEP);
}
