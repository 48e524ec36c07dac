/*
 * Any bytes as a profile: refused, or read and written and read again to
 * the same bytes. Half of the input is merged into the other.
 */
#include <stdlib.h>

#include "store/record/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
encode_twice(const struct profile *profile, struct arena *arena)
{
	struct profile again;
	struct buf one, two;

	buf_init(&one, arena, (size_t)1 << 22);
	buf_init(&two, arena, (size_t)1 << 22);
	if (profile_encode(profile, arena, &one, NULL) < 0)
		return;
	if (profile_decode(buf_span(&one), arena, &again, NULL) < 0)
		abort();
	if (profile_encode(&again, arena, &two, NULL) < 0)
		return;
	if (!span_eq(buf_span(&one), buf_span(&two)))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct arena *arena = arena_new((size_t)1 << 26);
	struct span whole = span_of(bytes, len);
	struct profile one, two;
	size_t count;

	if (profile_decode(whole, arena, &one, NULL) == 0) {
		encode_twice(&one, arena);
		for (size_t i = 0; i < one.observation_count && i < 8; i++)
			(void)profile_observations(
			    &one, one.observations[i].field, &count);
	}
	if (len > 1 &&
	    profile_decode(
		span_of(bytes + 1, bytes[0] % len), arena, &one, NULL) == 0 &&
	    profile_decode(
		span_from(whole, 1 + bytes[0] % len), arena, &two, NULL) == 0 &&
	    profile_merge(&one, &two, arena, NULL) >= 0) {
		if (profile_merge(&one, &two, arena, NULL) > 0 &&
		    two.observation_count + two.consent_count < 2)
			abort();
		encode_twice(&one, arena);
	}
	arena_free(&arena);
	return 0;
}
