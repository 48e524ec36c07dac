#include "milter/liquid/filter/filter.h"

#include "store/base/ascii.h"
#include "milter/liquid/html/escape.h"
#include "milter/liquid/filter/filter_base64.h"
#include "milter/liquid/filter/filter_input.h"
#include "milter/liquid/value/letters.h"
#include "store/base/unicode.h"

static int
encode(const struct filter_call *call, struct value input,
    void (*put)(struct span text, struct buf *out), struct value *out)
{
	struct buf encoded;
	struct span text;
	int done;

	*out = value_nil();
	if (value_is_nil(input))
		return 0;
	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len) < 0)
		return -1;
	filter_begin(call, &encoded);
	put(text, &encoded);
	done = filter_finish(call, &encoded, out);
	out->flags = VALUE_ENCODED;
	return done;
}

static int
url_encode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return encode(call, input, escape_form, out);
}

static int
url_param_escape(
    const struct filter_call *call, struct value input, struct value *out)
{
	return encode(call, input, escape_component, out);
}

/* Only what no URL may hold. */
static void
put_url(struct span text, struct buf *out)
{
	escape_text(ESCAPE_CSS_URL_PART, text, out);
}

static int
url_escape(
    const struct filter_call *call, struct value input, struct value *out)
{
	int done = encode(call, input, put_url, out);

	out->flags = 0;
	return done;
}

static int
url_decode(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct span text;
	size_t len = 0;
	char *decoded;

	*out = value_nil();
	if (value_is_nil(input))
		return 0;
	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 2) < 0)
		return -1;
	decoded = filter_alloc(call, text.len);
	if (decoded == NULL)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];

		if (c == '%' && i + 2 < text.len &&
		    hex_value(text.at[i + 1]) >= 0 &&
		    hex_value(text.at[i + 2]) >= 0) {
			c = (char)(hex_value(text.at[i + 1]) * 16 +
				   hex_value(text.at[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		decoded[len++] = c;
	}
	if (!unicode_valid(span_of(decoded, len)))
		return filter_fail(call, "invalid byte sequence in UTF-8");
	*out = value_string(span_of(decoded, len));
	return 0;
}

/* For addresses that are read by people: letters, digits and dashes. */
static int
parameterize(
    const struct filter_call *call, struct value input, struct value *out)
{
	struct buf lower, made;
	struct span text;
	bool gap = false;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len * 3) < 0)
		return -1;
	filter_begin(call, &lower);
	letters_lower(text, &lower);
	if (lower.failed)
		return filter_full(call);
	filter_begin(call, &made);
	for (size_t i = 0; i < lower.len; i++) {
		char c = lower.at[i];
		bool kept = ascii_is_word(c) || (unsigned char)c >= 128;

		if (kept && gap && made.len != 0)
			buf_byte(&made, '-');
		if (kept)
			buf_byte(&made, c);
		gap = !kept && (gap || made.len != 0);
	}
	return filter_finish(call, &made, out);
}

static const struct filter rows[] = {
	{ "base64_decode", filter_base64_decode, 0, 0, FILTER_PURE },
	{ "base64_encode", filter_base64_encode, 0, 0, FILTER_PURE },
	{ "base64_url_safe_decode", filter_base64_url_safe_decode, 0, 0,
	    FILTER_PURE },
	{ "base64_url_safe_encode", filter_base64_url_safe_encode, 0, 0,
	    FILTER_PURE },
	{ "parameterize", parameterize, 0, 0, FILTER_PURE },
	{ "url_decode", url_decode, 0, 0, FILTER_PURE },
	{ "url_encode", url_encode, 0, 0, FILTER_PURE },
	{ "url_escape", url_escape, 0, 0, FILTER_PURE },
	{ "url_param_escape", url_param_escape, 0, 0, FILTER_PURE },
};

const struct filter_set filters_url = { rows, sizeof rows / sizeof rows[0] };
