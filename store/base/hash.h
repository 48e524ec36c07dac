/*
 * The hashes Inlay names things by: XXH3 for cache keys and checksums, BLAKE2b
 * for record keys.
 */
#ifndef INLAY_BASE_HASH_H
#define INLAY_BASE_HASH_H

#include "store/base/span.h"

/* XXH3-64 of the bytes; the same on every machine. */
uint64_t hash_xxh3(struct span bytes);

/* XXH3-64 with a seed, to chain several spans. */
uint64_t hash_xxh3_seeded(struct span bytes, uint64_t seed);

/* The seed of tables whose keys strangers choose, the names of a message's
 * header or a template's maps: drawn by each process, never 0, so that nobody
 * can choose keys that meet in one slot. Never for what is kept or sent. */
uint64_t hash_secret(void);

/* BLAKE2b-128 (RFC 7693) over the parts; each part's length goes in before
 * it, so that no two lists of parts give the same input. */
void hash_blake2b128(
    const struct span *parts, size_t count, unsigned char digest[16]);

#endif
