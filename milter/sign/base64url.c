#include "milter/sign/base64url.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "abcdefghijklmnopqrstuvwxyz0123456789-_";

void
base64url_write(struct span bytes, struct buf *out)
{
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t have = bytes.len - i < 3 ? bytes.len - i : 3;
		unsigned group = 0;

		for (size_t j = 0; j < 3; j++)
			group = group << 8 |
				(j < have ? (unsigned char)bytes.at[i + j] : 0);
		for (size_t j = 0; j <= have; j++)
			buf_byte(out, letters[group >> (18 - 6 * j) & 63]);
	}
}

int
base64url_read(struct span text, struct buf *out)
{
	unsigned group = 0, bits = 0;

	if (text.len % 4 == 1)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		const char *hit =
		    text.at[i] != '\0' ? strchr(letters, text.at[i]) : NULL;

		if (hit == NULL)
			return -1;
		group = group << 6 | (unsigned)(hit - letters);
		bits += 6;
		if (bits < 8)
			continue;
		bits -= 8;
		buf_byte(out, (char)(group >> bits));
		group &= (1u << bits) - 1;
	}
	/* Two spellings of one token would be two tokens. */
	return group == 0 && !out->failed ? 0 : -1;
}
