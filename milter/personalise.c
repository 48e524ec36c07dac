#include "milter/personalise.h"

#include <stdlib.h>

#include "milter/authorise.h"
#include "milter/journey.h"

int
personaliser_open(const struct personalise_options *options,
    struct engine *engine, struct personaliser **personaliser, struct err *err)
{
	struct personaliser *fresh = calloc(1, sizeof *fresh);

	if (fresh == NULL)
		return err_set(err, ERR_MEMORY, "no memory to begin with");
	fresh->options = *options;
	fresh->engine = engine;
	fresh->cache = cache_new(options->cache_bytes);
	fresh->zones = zones_new(NULL);
	fresh->late = late_new();
	if (fresh->cache == NULL || fresh->zones == NULL || fresh->late == NULL)
		err_set(err, ERR_MEMORY, "no memory for the caches");
	if (fresh->cache == NULL || fresh->zones == NULL ||
	    fresh->late == NULL || turns_open(&fresh->turns, err) < 0 ||
	    snapshot_open(engine, &fresh->snapshot, err) < 0) {
		personaliser_close(&fresh);
		return -1;
	}
	*personaliser = fresh;
	return 0;
}

void
personaliser_close(struct personaliser **personaliser)
{
	if (*personaliser == NULL)
		return;
	snapshot_close(&(*personaliser)->snapshot);
	cache_free(&(*personaliser)->cache);
	zones_free(&(*personaliser)->zones);
	late_free(&(*personaliser)->late);
	turns_close(&(*personaliser)->turns);
	free(*personaliser);
	*personaliser = NULL;
}

uint64_t
personaliser_lookups(const struct personaliser *personaliser)
{
	return atomic_load(&personaliser->lookups);
}

int
personaliser_trouble(struct personaliser *personaliser, struct err *err)
{
	return snapshot_trouble(personaliser->snapshot, err);
}

uint64_t
personaliser_generation(struct personaliser *personaliser, uint64_t *failures)
{
	return snapshot_generation(personaliser->snapshot, failures);
}

void
personalised_release(
    struct personaliser *personaliser, struct personalised *result)
{
	snapshot_release(personaliser->snapshot, result->catalog);
	*result = (struct personalised){ .catalog = NULL };
}

int
personalise_message(struct personaliser *personaliser,
    const struct personalise_request *request, struct arena *arena,
    struct personalised *result, struct err *err)
{
	struct journey journey = {
		.personaliser = personaliser, .request = request, .arena = arena
	};

	return journey_run(&journey, result, err);
}

int
personalise_preview(struct personaliser *personaliser,
    const struct personalise_request *request,
    const struct personalise_pretence *pretence, struct arena *arena,
    struct personalised *result, struct err *err)
{
	struct journey journey = { .personaliser = personaliser,
		.request = request,
		.pretence = pretence,
		.preview = true,
		.arena = arena };

	return journey_run(&journey, result, err);
}

/* Whether a campaign that the rule reaches wants no bounce of those whom it
 * refuses: which campaign it is is known when the message is. */
static bool
may_discard(const struct personaliser *personaliser,
    const struct catalog *catalog, const struct rule *rule)
{
	struct span own = personaliser->options.tenant;

	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *campaign = catalog->campaigns[i];

		if (campaign->refuse == REFUSE_DISCARD &&
		    rule_reaches(rule, campaign_tenant(campaign, own), own,
			campaign->id))
			return true;
	}
	return false;
}

/* What somebody told one tenant is none of another's business. */
int
personalise_refuses(struct personaliser *personaliser, const struct rule *rule,
    struct span recipient, struct arena *arena, struct err *err)
{
	struct span tenant = rule_tenant(rule, personaliser->options.tenant);
	struct refusal_person asked;
	const struct catalog *catalog;
	enum refusal refusal;
	struct person person;

	if (tenant.len == 0)
		return 0;
	atomic_fetch_add(&personaliser->lookups, 1);
	if (person_read(personaliser->engine, tenant, recipient, arena, &person,
		err) < 0)
		return -1;
	catalog = snapshot_acquire(personaliser->snapshot);
	asked = (struct refusal_person){ person.profile, person.erased,
		&catalog->schema->bounces };
	refusal = may_discard(personaliser, catalog, rule)
		      ? REFUSAL_NONE
		      : refusal_of_person(&asked, NULL);
	snapshot_release(personaliser->snapshot, catalog);
	if (refusal == REFUSAL_NONE)
		return 0;
	err_set(err, ERR_SUPPRESSED, "no campaign mail for this recipient");
	return 1;
}

/* ---- one message, many people ---- */

struct prepared {
	struct journey journey;
};

int
personalise_prepare(struct personaliser *personaliser,
    const struct personalise_request *request, struct arena *arena,
    struct prepared **prepared, struct err *err)
{
	struct prepared *fresh = ARENA_NEW(arena, struct prepared);
	struct journey *journey;

	if (fresh == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the message");
	fresh->journey = (struct journey){ .personaliser = personaliser,
		.request = request,
		.preview = true,
		.arena = arena };
	journey = &fresh->journey;
	journey_start(journey);
	journey->catalog = snapshot_acquire(personaliser->snapshot);
	journey->compiled = journey_compile(journey, err) == 0;
	*prepared = fresh;
	if (journey->compiled)
		return 0;
	prepared_release(prepared);
	return -1;
}

int
personalise_prepared(const struct prepared *prepared,
    const struct personalise_request *request, struct arena *arena,
    struct personalised *result, struct err *err)
{
	/* Nobody is shown again what an earlier attempt showed. */
	const struct personalise_pretence nothing = { .seen_count = 0 };
	struct journey journey = prepared->journey;

	journey.request = request;
	journey.pretence = &nothing;
	journey.arena = arena;
	journey_start(&journey);
	return journey_live(&journey, result, err);
}

void
prepared_release(struct prepared **prepared)
{
	struct journey *journey;

	if (*prepared == NULL)
		return;
	journey = &(*prepared)->journey;
	template_release(&journey->template);
	snapshot_release(journey->personaliser->snapshot, journey->catalog);
	*prepared = NULL;
}
