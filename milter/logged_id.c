#include "milter/logged_id.h"

#include "store/base/ascii.h"
#include "store/base/hash.h"

struct span
logged_id(enum logged_id how, struct span id, char hex[LOGGED_ID_HEX])
{
	unsigned char hash[16];

	if (how == LOGGED_ID_PLAIN || id.len == 0)
		return id;
	if (how == LOGGED_ID_NO)
		return SPAN_NONE;
	hash_blake2b128(&id, 1, hash);
	hex_write(hash, sizeof hash, hex);
	return span_of(hex, LOGGED_ID_HEX - 1);
}
