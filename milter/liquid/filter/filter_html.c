#include "milter/liquid/filter/filter.h"

#include "milter/liquid/html/escape.h"
#include "milter/liquid/filter/filter_input.h"
#include "milter/liquid/html/json.h"
#include "store/base/ascii.h"

/* The text begins with &name; or &#123; */
static bool
is_entity(struct span text)
{
	bool numeric = text.len > 1 && text.at[1] == '#';
	size_t first = numeric ? 2 : 1, at = first;

	while (at < text.len && (numeric ? ascii_is_digit(text.at[at])
					 : ascii_is_letter(text.at[at])))
		at++;
	return at > first && at < text.len && text.at[at] == ';';
}

static void
escape_but_entities(struct span text, struct buf *out)
{
	for (;;) {
		size_t at = span_find(text, '&');

		escape_html(span_first(text, at), out);
		if (at == text.len)
			return;
		text = span_from(text, at);
		if (is_entity(text))
			buf_byte(out, '&');
		else
			buf_add(out, SPAN("&amp;"));
		text = span_from(text, 1);
	}
}

static int
finish_html(const struct filter_call *call, struct buf *text, struct value *out)
{
	int done = filter_finish(call, text, out);

	out->flags = call->env->html ? VALUE_HTML : 0;
	return done;
}

static int
escape_once(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct buf escaped;
	struct span text;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len * 2) < 0)
		return -1;
	filter_begin(call, &escaped);
	escape_but_entities(text, &escaped);
	return finish_html(call, &escaped, out);
}

/* What is HTML already, because escaping is on, is not escaped twice. */
static int
escape(const struct filter_call *call, struct value input, struct value *out)
{
	struct buf escaped;
	struct span text;

	*out = value_nil();
	if (value_is_nil(input))
		return 0;
	if (call->env->html && (input.flags & VALUE_HTML))
		return escape_once(call, input, out);
	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 2) < 0)
		return -1;
	filter_begin(call, &escaped);
	escape_html(text, &escaped);
	return finish_html(call, &escaped, out);
}

/* ---- strip_html ---- */

/* From the opening to behind the closing; once the closing is known to be
 * missing nobody looks for it again, which keeps the whole linear. */
struct html_block {
	struct span open;
	struct span close;
	bool missing;
};

/* Bytes of the block that begins the text, or 0. */
static size_t
block_len(struct html_block *block, struct span text)
{
	struct span rest = span_from(text, block->open.len);
	size_t at;

	if (block->missing || !span_starts(text, block->open))
		return 0;
	at = span_search(rest, block->close);
	if (at == rest.len) {
		block->missing = true;
		return 0;
	}
	return block->open.len + at + block->close.len;
}

static void
strip_blocks(
    struct span text, struct html_block *blocks, size_t count, struct buf *out)
{
	for (;;) {
		size_t at = span_find(text, '<'), len = 0;

		buf_add(out, span_first(text, at));
		if (at == text.len)
			return;
		text = span_from(text, at);
		for (size_t i = 0; i < count && len == 0; i++)
			len = block_len(&blocks[i], text);
		if (len == 0)
			buf_byte(out, '<');
		text = span_from(text, len ? len : 1);
	}
}

static int
strip_html(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct html_block blocks[] = {
		{ SPAN("<script"), SPAN("</script>"), false },
		{ SPAN("<!--"), SPAN("-->"), false },
		{ SPAN("<style"), SPAN("</style>"), false },
	};
	struct html_block tag = { SPAN("<"), SPAN(">"), false };
	struct buf first, second;
	struct span text;
	int done;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len * 3) < 0)
		return -1;
	filter_begin(call, &first);
	strip_blocks(text, blocks, sizeof blocks / sizeof *blocks, &first);
	if (first.failed)
		return filter_full(call);
	filter_begin(call, &second);
	strip_blocks(buf_span(&first), &tag, 1, &second);
	done = filter_finish(call, &second, out);
	out->flags = input.flags & VALUE_HTML;
	return done;
}

/* ---- JSON ---- */

static int
json(const struct filter_call *call, struct value input, struct value *out)
{
	struct buf text;
	int done;

	filter_begin(call, &text);
	json_write(input, call->env->work, &text);
	done = filter_finish(call, &text, out);
	out->flags = VALUE_JSON;
	return done;
}

static int
json_inside(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct buf escaped;
	struct span text;
	int done;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len) < 0)
		return -1;
	filter_begin(call, &escaped);
	json_escape(text, &escaped);
	done = filter_finish(call, &escaped, out);
	out->flags = VALUE_JSON_INSIDE;
	return done;
}

static const struct filter rows[] = {
	{ "as_json", json, 0, 0, FILTER_PURE },
	{ "as_json_string", json, 0, 0, FILTER_PURE },
	{ "escape", escape, 0, 0, FILTER_PURE },
	{ "escape_once", escape_once, 0, 0, FILTER_PURE },
	{ "h", escape, 0, 0, FILTER_PURE },
	{ "json", json, 0, 0, FILTER_PURE },
	{ "json_escape", json_inside, 0, 0, FILTER_PURE },
	{ "strip_html", strip_html, 0, 0, FILTER_PURE },
	{ "to_json", json, 0, 0, FILTER_PURE },
};

const struct filter_set filters_html = { rows, sizeof rows / sizeof rows[0] };
