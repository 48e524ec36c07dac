#include "store/base/zone.h"

#include "store/base/zone_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int64_t moments[] = { INT64_MIN / 4, -1, 0, 1704067318,
		INT64_MAX / 4 };
	struct span bytes = span_of(data, size);
	struct arena *arena = arena_new((size_t)1 << 20);
	const struct zone *zone;
	struct zone_rule rule;
	bool is_rule, is_zone;

	if (arena == NULL)
		return 0;
	is_zone = zone_parse(bytes, arena, &zone, NULL) == 1;
	is_rule = zone_rule_parse(bytes, &rule);
	for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
		if (is_zone) {
			zone_at(zone, moments[i]);
			zone_epoch(zone, moments[i]);
		}
		if (is_rule)
			zone_rule_at(&rule, moments[i]);
	}
	arena_free(&arena);
	return 0;
}
