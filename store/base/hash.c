#include "store/base/hash.h"

#include <blake2.h>
#include <xxhash.h>

uint64_t
hash_xxh3(struct span bytes)
{
	return XXH3_64bits(bytes.at, bytes.len);
}

uint64_t
hash_xxh3_seeded(struct span bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.at, bytes.len, seed);
}

void
hash_blake2b128(
    const struct span *parts, size_t count, unsigned char digest[16])
{
	blake2b_state state;

	blake2b_init(&state, 16);
	for (size_t i = 0; i < count; i++) {
		unsigned char len[8];

		for (unsigned b = 0; b < 8; b++)
			len[b] =
			    (unsigned char)((uint64_t)parts[i].len >> (8 * b));
		blake2b_update(&state, len, sizeof len);
		if (parts[i].len != 0)
			blake2b_update(
			    &state, (const uint8_t *)parts[i].at, parts[i].len);
	}
	blake2b_final(&state, digest, 16);
}
