#include "milter/unreached.h"

#include "store/catalog/catalog.h"

#define CATALOG_LIMIT ((size_t)1 << 30)

static bool
is_reached(const struct settings *settings, struct span tenant, struct span id)
{
	const struct rules *rules = &settings->rules;

	for (size_t i = 0; i < rules->count; i++)
		if (rule_reaches(&rules->rules[i], tenant,
			span_str(settings->tenant), id))
			return true;
	return false;
}

int
unreached_tell(const struct settings *settings, struct engine *engine,
    FILE *out, struct err *err)
{
	struct catalog *catalog;

	if (catalog_load(engine, CATALOG_LIMIT, &catalog, err) < 0)
		return -1;
	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *campaign = catalog->campaigns[i];
		struct span tenant =
		    campaign_tenant(campaign, span_str(settings->tenant));

		if (!is_reached(settings, tenant, campaign->id))
			fprintf(out,
			    "no allow rule reaches the campaign %.*s of tenant "
			    "%.*s: its mail is refused\n",
			    SPAN_ARG(campaign->id), SPAN_ARG(tenant));
	}
	catalog_free(&catalog);
	return 0;
}
