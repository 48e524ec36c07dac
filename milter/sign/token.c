#include "milter/sign/token.h"

#include <openssl/crypto.h>

#include "store/base/base64.h"

/*
 * KEY.CLAIM.MAC, where CLAIM is base64url of "day \0 tenant \0 campaign \0
 * address" (the day in decimal digits, 0 for never) and MAC base64url of the
 * first 16 bytes of the HMAC over key name and claim.
 */

enum { MAC_SIZE = 16, TOKEN_MAX = 2048, DAY = 24 * 60 * 60 };

static int
token_mac(const struct secret *secret, struct span claim, unsigned char mac[32],
    struct err *err)
{
	const struct span parts[] = { SPAN("inlay-token"), secret->name,
		claim };

	return secret_mac(secret, parts, 3, mac, err);
}

int64_t
token_expires(const struct token_keys *keys, int64_t now)
{
	int64_t end;

	if (keys->ttl_ms == 0)
		return 0;
	end = now + (int64_t)(keys->ttl_ms / 1000);
	return (end / DAY + 1) * DAY;
}

int
token_make(const struct token_keys *keys, const struct token_claim *claim,
    struct arena *arena, struct span *token, struct err *err)
{
	const struct secret *secret = keys->secrets.secrets;
	unsigned char mac[32];
	struct buf clear, out;

	if (keys->secrets.count == 0)
		return err_set(err, ERR_KEY, "no token-key is configured");
	buf_init(&clear, arena, TOKEN_MAX / 2);
	buf_printf(&clear, "%lld", (long long)(claim->expires / DAY));
	buf_byte(&clear, '\0');
	buf_add(&clear, claim->tenant);
	buf_byte(&clear, '\0');
	buf_add(&clear, claim->campaign);
	buf_byte(&clear, '\0');
	buf_add(&clear, claim->address);
	if (clear.failed)
		return err_set(err, ERR_MEMORY, "no room for a token");
	if (token_mac(secret, buf_span(&clear), mac, err) < 0)
		return -1;
	buf_init(&out, arena, TOKEN_MAX);
	buf_add(&out, secret->name);
	buf_byte(&out, '.');
	base64_write(buf_span(&clear), BASE64_URL, &out);
	buf_byte(&out, '.');
	base64_write(span_of(mac, MAC_SIZE), BASE64_URL, &out);
	if (out.failed)
		return err_set(err, ERR_MEMORY, "no room for a token");
	*token = buf_span(&out);
	return 0;
}

static int
refuse(struct err *err, const char *why)
{
	err_set(err, ERR_AUTH, "the token is %s", why);
	return 0;
}

/* Cuts what stands before the separator off the text. */
static struct span
cut(struct span *text, char separator)
{
	size_t end = span_find(*text, separator);
	struct span head = span_first(*text, end);

	*text = span_from(*text, end + 1);
	return head;
}

static int
read_claim(struct span clear, struct token_claim *claim)
{
	struct span day = cut(&clear, '\0');
	int64_t days = 0;

	if (day.len == 0 || day.len > 9)
		return 0;
	for (size_t i = 0; i < day.len; i++) {
		if (day.at[i] < '0' || day.at[i] > '9')
			return 0;
		days = days * 10 + (day.at[i] - '0');
	}
	claim->expires = days * DAY;
	claim->tenant = cut(&clear, '\0');
	claim->campaign = cut(&clear, '\0');
	claim->address = clear;
	return 1;
}

int
token_check(const struct token_keys *keys, struct span token, int64_t now,
    struct arena *arena, struct token_claim *claim, struct err *err)
{
	struct span rest = token, name = cut(&rest, '.');
	struct span body = cut(&rest, '.');
	const struct secret *secret = secrets_find(&keys->secrets, name);
	unsigned char mac[32];
	struct buf clear, given;

	if (token.len > TOKEN_MAX || body.len == 0 || rest.len == 0)
		return refuse(err, "malformed");
	if (secret == NULL)
		return refuse(err, "made with an unknown key");
	buf_init(&clear, arena, TOKEN_MAX);
	buf_init(&given, arena, TOKEN_MAX);
	if (buf_reserve(&clear, body.len) < 0 ||
	    buf_reserve(&given, rest.len) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (base64_read(body, BASE64_URL, &clear) < 0 ||
	    base64_read(rest, BASE64_URL, &given) < 0 || given.len != MAC_SIZE)
		return refuse(err, "malformed");
	if (token_mac(secret, buf_span(&clear), mac, err) < 0)
		return -1;
	if (CRYPTO_memcmp(mac, given.at, MAC_SIZE) != 0)
		return refuse(err, "forged");
	if (!read_claim(buf_span(&clear), claim))
		return refuse(err, "malformed");
	if (claim->expires != 0 && now >= claim->expires)
		return refuse(err, "expired");
	return 1;
}
