#include "store/record/record.h"

#include "store/base/hash.h"

#define FORMAT 1

static void
put64(char *at, uint64_t number)
{
	for (unsigned i = 0; i < 8; i++)
		at[i] = (char)(unsigned char)(number >> (8 * i));
}

static uint64_t
get64(const char *at)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < 8; i++)
		number |= (uint64_t)(unsigned char)at[i] << (8 * i);
	return number;
}

static uint64_t
checksum(struct span name, unsigned kind, uint64_t version, struct span bytes)
{
	uint64_t seed =
	    hash_xxh3_seeded(name, version ^ ((uint64_t)kind << 56));

	return hash_xxh3_seeded(bytes, seed + FORMAT);
}

void
record_seal(char *at, struct span name, unsigned kind, uint64_t version,
    struct span bytes)
{
	at[0] = FORMAT;
	put64(at + 1, version);
	put64(at + 9, checksum(name, kind, version, bytes));
	if (bytes.len != 0)
		memcpy(at + RECORD_HEADER, bytes.at, bytes.len);
}

/* The version alone, unchecked but for the length. */
static uint64_t
record_version(struct span stored)
{
	return stored.len < RECORD_HEADER ? 0 : get64(stored.at + 1);
}

int
record_check(
    struct span name, unsigned kind, struct span stored, struct stored *value)
{
	struct span bytes = span_from(stored, RECORD_HEADER);
	uint64_t version = record_version(stored);

	if (stored.len >= RECORD_HEADER && stored.at[0] == FORMAT &&
	    version != 0 && version < RECORD_VERSION_END &&
	    get64(stored.at + 9) == checksum(name, kind, version, bytes)) {
		*value = (struct stored){ version, bytes, false };
		return 1;
	}
	*value = (struct stored){ hash_xxh3(stored) | RECORD_VERSION_END,
		SPAN_NONE, true };
	return 0;
}
