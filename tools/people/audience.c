#include "tools/people/audience.h"

#include <stdlib.h>

#include "milter/settings.h"
#include "milter/template/data.h"
#include "store/record/profile.h"

#define MEMORY ((size_t)64 << 20) /* of the condition and its outline */

struct audience {
	struct cli *cli;
	struct arena *arena;
	const struct catalog *catalog;
	const struct campaign *campaign;
	struct condition *condition;
	struct template template;
	struct zones *zones;
	int64_t now;
};

/* Where nobody's rules count: all defaults. */
static int
plain_campaign(struct audience *audience, struct err *err)
{
	struct campaign *plain;

	if (audience->campaign != NULL)
		return 0;
	if (campaign_parse(SPAN("id: audience\n"), "audience", audience->arena,
		&plain, err) < 0)
		return -1;
	audience->campaign = plain;
	return 0;
}

static int
make(struct audience *audience, struct span condition, const char *name,
    struct err *err)
{
	audience->arena = arena_new(MEMORY);
	audience->zones = zones_new(NULL);
	if (audience->arena == NULL || audience->zones == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the audience");
	if (condition_compile(condition, name, &audience->condition, err) < 0 ||
	    plain_campaign(audience, err) < 0)
		return -1;
	audience->catalog =
	    catalog_of(audience->catalog, audience->campaign->tenant);
	return template_prepare_condition(&audience->template,
	    audience->condition, audience->campaign, audience->catalog,
	    audience->arena, err);
}

int
audience_open(struct cli *cli, const struct audience_options *options,
    struct span condition, const char *name, struct audience **audience,
    struct err *err)
{
	struct audience *made = calloc(1, sizeof *made);

	if (made == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the audience");
	made->cli = cli;
	made->catalog = options->catalog;
	made->campaign = options->campaign;
	made->now = options->now;
	if (make(made, condition, name, err) < 0) {
		audience_close(&made);
		return -1;
	}
	*audience = made;
	return 0;
}

const struct manifest *
audience_manifest(const struct audience *audience)
{
	return condition_manifest(audience->condition);
}

void
audience_close(struct audience **audience)
{
	struct audience *it = *audience;

	if (it == NULL)
		return;
	template_release(&it->template);
	if (it->condition != NULL)
		condition_free(&it->condition);
	zones_free(&it->zones);
	arena_free(&it->arena);
	free(it);
	*audience = NULL;
}

static int
make_data(const struct audience *audience, const struct profile *profile,
    struct work *work, struct arena *arena, struct data **data, struct err *err)
{
	const struct cli *cli = audience->cli;
	const struct data_request request = {
		.template = &audience->template,
		.engine = cli->engine,
		.zones = audience->zones,
		.tenant = cli->tenant,
		.address = profile->address,
		.now = audience->now,
		.work = work,
		.depth_max = (unsigned)cli->settings->render_depth,
		.part_max = (size_t)cli->settings->max_part_size,
	};

	return data_new(&request, arena, data, err);
}

int
audience_test(struct audience *audience, const struct profile *profile,
    struct arena *arena, struct err *err)
{
	struct decide_request request = { .catalog = audience->catalog,
		.campaign = audience->campaign,
		.profile = profile,
		.outline = audience->template.outline,
		.unit = profile->address,
		.now = audience->now,
		.derive = data_derive };
	struct work work = work_new(audience->cli->settings->render_steps, 0);
	struct decision *decision;
	struct data *data;

	if (make_data(audience, profile, &work, arena, &data, err) < 0)
		return -1;
	request.context = data;
	if (decide_known(&request, arena, &decision, err) < 0)
		return -1;
	data_see(data, decision);
	return condition_test(
	    audience->condition, data_env(data, PLACE_TEXT), arena, err);
}
