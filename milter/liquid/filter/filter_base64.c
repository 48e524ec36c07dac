#include "milter/liquid/filter/filter_base64.h"

static const char standard[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int
encode(const struct filter_call *call, struct value input, const char *alphabet,
    struct value *out)
{
	struct span text;
	size_t len = 0;
	char *made;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 4) < 0)
		return -1;
	if (text.len > SIZE_MAX / 2)
		return filter_full(call);
	made = filter_alloc(call, (text.len + 2) / 3 * 4);
	if (made == NULL)
		return -1;
	for (size_t i = 0; i < text.len; i += 3) {
		size_t have = text.len - i < 3 ? text.len - i : 3;
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++)
			bits = bits << 8 |
			       (k < have ? (unsigned char)text.at[i + k] : 0);
		for (size_t k = 0; k < 4; k++)
			made[len++] = k <= have
					  ? alphabet[bits >> (18 - 6 * k) & 63]
					  : '=';
	}
	*out = value_string(span_of(made, len));
	return 0;
}

static int
digit_value(const char *alphabet, char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	/* As in Ruby, the URL-safe decoder takes both alphabets. */
	if (c == alphabet[62] || (c == '+' && alphabet == url_safe))
		return 62;
	if (c == alphabet[63] || (c == '/' && alphabet == url_safe))
		return 63;
	return -1;
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

/* How many bytes, or SIZE_MAX where the text is not base64. */
static size_t
decode_text(struct span text, const char *alphabet, char *made)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		int value = digit_value(alphabet, text.at[i]);

		if (value < 0)
			return SIZE_MAX;
		bits = bits << 6 | (unsigned)value;
		have += 6;
		if (have >= 8) {
			have -= 8;
			made[len++] = (char)(bits >> have & 255);
		}
	}
	/* Bits left over must be zero. */
	return (bits & ((1u << have) - 1)) == 0 ? len : SIZE_MAX;
}

static int
decode(const struct filter_call *call, struct value input, const char *alphabet,
    const char *name, struct value *out)
{
	struct span text;
	size_t len;
	char *made;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, text.len / 4) < 0)
		return -1;
	made = filter_alloc(call, text.len);
	if (made == NULL)
		return -1;
	len = SIZE_MAX;
	if (unpad(&text, alphabet == url_safe))
		len = decode_text(text, alphabet, made);
	if (len == SIZE_MAX)
		return filter_fail(call, "invalid base64 provided to %s", name);
	*out = value_string(span_of(made, len));
	return 0;
}

int
filter_base64_encode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return encode(call, input, standard, out);
}

int
filter_base64_url_safe_encode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return encode(call, input, url_safe, out);
}

int
filter_base64_decode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return decode(call, input, standard, "base64_decode", out);
}

int
filter_base64_url_safe_decode(
    const struct filter_call *call, struct value input, struct value *out)
{
	return decode(call, input, url_safe, "base64_url_safe_decode", out);
}
