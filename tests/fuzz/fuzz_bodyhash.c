/* The fast canonical body is the one of RFC 6376, whatever the bytes. */
#include <openssl/evp.h>

#include "milter/sign/bodyhash.h"
#include "store/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
slow(struct span body, unsigned char digest[32], struct arena *arena)
{
	struct buf out;
	bool blank = false;

	buf_init(&out, arena, body.len + 2);
	for (size_t i = 0; i < body.len; i++) {
		char c = body.at[i];

		if (c == ' ' || c == '\t') {
			blank = true;
			continue;
		}
		if (blank && c != '\r')
			buf_byte(&out, ' ');
		blank = false;
		buf_byte(&out, c);
	}
	while (out.len != 0 &&
	       (out.at[out.len - 1] == '\r' || out.at[out.len - 1] == '\n'))
		out.len--;
	if (out.len != 0)
		buf_str(&out, "\r\n");
	EVP_Digest(out.at, out.len, digest, NULL, EVP_sha256(), NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = span_of(data, size);
	struct arena *arena = arena_new(1 << 24);
	unsigned char fast[32], other[32];

	if (arena != NULL && body_hash(body, SIGN_RELAXED, fast, NULL) == 1) {
		slow(body, other, arena);
		if (memcmp(fast, other, 32) != 0)
			__builtin_trap();
	}
	arena_free(&arena);
	return 0;
}
