#include "milter/sign/mark.h"

#include <openssl/crypto.h>

#include "store/base/base64.h"

enum { MAC_SIZE = 8 };

static int
mark_mac(const struct secret *secret, struct span tenant,
    const unsigned char tag[MARK_TAG], unsigned char mac[32], struct err *err)
{
	const struct span parts[] = { SPAN("inlay-mark"), secret->name, tenant,
		span_of(tag, MARK_TAG) };

	return secret_mac(secret, parts, 4, mac, err);
}

int
mark_make(const struct secrets *secrets, struct span tenant,
    const unsigned char tag[MARK_TAG], struct arena *arena, struct span *mark,
    struct err *err)
{
	unsigned char mac[32], bytes[MARK_TAG + MAC_SIZE];
	struct buf out;

	if (secrets->count == 0)
		return err_set(err, ERR_KEY,
		    "marks on links need a token-key in inlay.conf");
	if (mark_mac(&secrets->secrets[0], tenant, tag, mac, err) < 0)
		return -1;
	memcpy(bytes, tag, MARK_TAG);
	memcpy(bytes + MARK_TAG, mac, MAC_SIZE);
	buf_init(&out, arena, MARK_LENGTH + 1);
	base64_write(span_of(bytes, sizeof bytes), BASE64_URL, &out);
	if (out.failed)
		return err_set(err, ERR_MEMORY, "no room for a mark");
	*mark = buf_span(&out);
	return 0;
}

/* The bytes of what has the form of a mark. */
static bool
read_bytes(struct span text, unsigned char bytes[MARK_TAG + MAC_SIZE])
{
	char room[MARK_TAG + MAC_SIZE + 1];
	struct buf out = {
		.at = room, .size = sizeof room, .max = MARK_TAG + MAC_SIZE
	};

	if (text.len != MARK_LENGTH || base64_read(text, BASE64_URL, &out) < 0)
		return false;
	memcpy(bytes, room, MARK_TAG + MAC_SIZE);
	return true;
}

bool
mark_is_formed(struct span text)
{
	unsigned char bytes[MARK_TAG + MAC_SIZE];

	return read_bytes(text, bytes);
}

int
mark_check(const struct secrets *secrets, struct span tenant, struct span text,
    unsigned char tag[MARK_TAG], struct err *err)
{
	unsigned char mac[32], bytes[MARK_TAG + MAC_SIZE];

	if (!read_bytes(text, bytes))
		return 0;
	for (size_t i = 0; i < secrets->count; i++) {
		if (mark_mac(&secrets->secrets[i], tenant, bytes, mac, err) < 0)
			return -1;
		if (CRYPTO_memcmp(mac, bytes + MARK_TAG, MAC_SIZE) != 0)
			continue;
		memcpy(tag, bytes, MARK_TAG);
		return 1;
	}
	return 0;
}
