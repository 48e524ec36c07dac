#include "milter/liquid/filter/filter.h"

#include "store/base/ascii.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

/* Steps of a digest of nothing; a keyed one makes two. */
enum { DIGEST = 200 };

static int
put_hex(const struct filter_call *call, const unsigned char *digest,
    unsigned len, struct value *out)
{
	char *text = filter_alloc(call, (size_t)len * 2);

	if (text == NULL)
		return -1;
	hex_write(digest, len, text);
	*out = value_string(span_of(text, (size_t)len * 2));
	return 0;
}

static int
digest(const struct filter_call *call, struct value input, const EVP_MD *kind,
    struct value *out)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	struct span text;
	unsigned len;

	if (filter_text(call, input, &text) < 0 ||
	    filter_charge(call, DIGEST + text.len / 4) < 0)
		return -1;
	if (EVP_Digest(text.at, text.len, bytes, &len, kind, NULL) != 1)
		return filter_fail(call, "the digest is not available");
	return put_hex(call, bytes, len, out);
}

static int
keyed(const struct filter_call *call, struct value input, const EVP_MD *kind,
    struct value *out)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	struct span text, key;
	unsigned len;

	if (filter_text(call, input, &text) < 0 ||
	    filter_text(call, call->args[0], &key) < 0 ||
	    filter_charge(call, 2 * DIGEST + (text.len + key.len) / 4) < 0)
		return -1;
	if (key.len > INT32_MAX ||
	    HMAC(kind, key.at ? key.at : "", (int)key.len,
		(const unsigned char *)(text.at ? text.at : ""), text.len,
		bytes, &len) == NULL)
		return filter_fail(call, "the digest is not available");
	return put_hex(call, bytes, len, out);
}

static int
md5(const struct filter_call *call, struct value input, struct value *out)
{
	return digest(call, input, EVP_md5(), out);
}

static int
sha1(const struct filter_call *call, struct value input, struct value *out)
{
	return digest(call, input, EVP_sha1(), out);
}

static int
sha256(const struct filter_call *call, struct value input, struct value *out)
{
	return digest(call, input, EVP_sha256(), out);
}

static int
sha512(const struct filter_call *call, struct value input, struct value *out)
{
	return digest(call, input, EVP_sha512(), out);
}

static int
hmac_sha1(const struct filter_call *call, struct value input, struct value *out)
{
	return keyed(call, input, EVP_sha1(), out);
}

static int
hmac_sha256(
    const struct filter_call *call, struct value input, struct value *out)
{
	return keyed(call, input, EVP_sha256(), out);
}

static int
hmac_sha512(
    const struct filter_call *call, struct value input, struct value *out)
{
	return keyed(call, input, EVP_sha512(), out);
}

/* Braze says sha2 and hmac_sha1_hex. */
static const struct filter rows[] = {
	{ "hmac_sha1", hmac_sha1, 1, 1, FILTER_PURE },
	{ "hmac_sha1_hex", hmac_sha1, 1, 1, FILTER_PURE },
	{ "hmac_sha256", hmac_sha256, 1, 1, FILTER_PURE },
	{ "hmac_sha512", hmac_sha512, 1, 1, FILTER_PURE },
	{ "md5", md5, 0, 0, FILTER_PURE },
	{ "sha1", sha1, 0, 0, FILTER_PURE },
	{ "sha2", sha256, 0, 0, FILTER_PURE },
	{ "sha256", sha256, 0, 0, FILTER_PURE },
	{ "sha512", sha512, 0, 0, FILTER_PURE },
};

const struct filter_set filters_digest = { rows, sizeof rows / sizeof rows[0] };
