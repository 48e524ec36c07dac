#include "store/base/hash.h"

#include <blake2.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

static uint64_t secret;

/* Before main(), when there are no other threads. Without randomness, which
 * only an old kernel at its very start lacks, a clock must do. */
static void __attribute__((constructor)) draw_secret(void)
{
	struct timespec now;

	if (getrandom(&secret, sizeof secret, GRND_NONBLOCK) !=
	    (ssize_t)sizeof secret) {
		clock_gettime(CLOCK_REALTIME, &now);
		secret = hash_xxh3_seeded(
		    span_of(&now, sizeof now), (uint64_t)getpid());
	}
	secret |= 1;
}

uint64_t
hash_secret(void)
{
	return secret;
}

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
