#include "milter/liquid/filter/filter_base64.h"

#include "store/base/base64.h"

static int
encode(const struct filter_call *call, struct value input,
    enum base64_alphabet alphabet, struct value *out)
{
	struct span text;
	struct buf made;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 4) < 0)
		return -1;
	filter_begin(call, &made);
	base64_write(text, alphabet, &made);
	buf_add(&made, span_first(SPAN("=="), (3 - text.len % 3) % 3));
	return filter_finish(call, &made, out);
}

/* The text without its padding; false where that is wrong. */
static bool
unpad(struct span *text, bool optional)
{
	size_t padding = 0;

	while (padding < 2 && text->len && text->at[text->len - 1] == '=') {
		text->len--;
		padding++;
	}
	if (padding == 0 && optional)
		return text->len % 4 != 1;
	return (text->len + padding) % 4 == 0;
}

/* As in Ruby, the URL-safe decoder takes both alphabets. */
static int
decode(const struct filter_call *call, struct value input,
    enum base64_alphabet alphabet, const char *name, struct value *out)
{
	struct span text;
	struct buf made;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 4) < 0)
		return -1;
	filter_begin(call, &made);
	if (!unpad(&text, alphabet == BASE64_EITHER) ||
	    (base64_read(text, alphabet, &made) < 0 && !made.failed))
		return filter_fail(call, "invalid base64 provided to %s", name);
	return filter_finish(call, &made, out);
}

int
filter_base64_encode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return encode(call, input, BASE64_PLAIN, out);
}

int
filter_base64_url_safe_encode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return encode(call, input, BASE64_URL, out);
}

int
filter_base64_decode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return decode(call, input, BASE64_PLAIN, "base64_decode", out);
}

int
filter_base64_url_safe_decode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return decode(
	    call, input, BASE64_EITHER, "base64_url_safe_decode", out);
}
