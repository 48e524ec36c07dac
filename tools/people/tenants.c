#include "tools/people/tenants.h"

#include "store/catalog/catalog.h"

static bool
is_listed(const struct span *list, size_t count, struct span tenant)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(list[i], tenant))
			return true;
	return false;
}

int
tenants_served(const struct cli *cli, const struct catalog *catalog,
    struct arena *arena, struct span **tenants, size_t *count, struct err *err)
{
	struct span *list =
	    arena_calloc(arena, catalog->campaign_count + 1, sizeof *list);
	size_t others = cli_flag(cli, "tenant") ? 0 : catalog->campaign_count;

	if (list == NULL)
		return err_set(err, ERR_MEMORY, "no memory for tenants");
	list[0] = cli->tenant;
	*count = 1;
	for (size_t i = 0; i < others; i++) {
		struct span tenant =
		    campaign_tenant(catalog->campaigns[i], cli->tenant);

		if (is_listed(list, *count, tenant))
			continue;
		if (arena_dup(arena, tenant, &list[*count]) < 0)
			return err_set(
			    err, ERR_MEMORY, "no memory for tenants");
		++*count;
	}
	*tenants = list;
	return 0;
}
