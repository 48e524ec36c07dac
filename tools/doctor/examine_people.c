/*
 * What campaigns need of the data, looked for in as many people as a second
 * is long: what all of them lack, nearly everybody lacks.
 */
#include "tools/doctor/examine.h"

#include "milter/settings.h"
#include "store/base/monotonic.h"
#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "store/engine/sweep.h"
#include "tools/people/counts.h"
#include "tools/people/person_edit.h"

#define LOOK_US 1000000
#define LATE ((int64_t)86400)
#define UNDONE ((int64_t)2 * 86400) /* of what is done each day */
#define AHEAD \
	((int64_t)3600) /* seconds that clocks of two boxes may differ \
			 */

struct look {
	struct diagnosis *diagnosis;
	const struct catalog *catalog;
	int64_t now;
	int64_t end; /* of the second that there is, on the monotonic clock */
	uint64_t people;
	bool all; /* nobody is left */
	uint64_t damaged;
	uint64_t reserved; /* wait for a delivery */
	uint64_t late;	   /* of these, for more than a day */
	uint64_t ahead;
	int64_t oldest;		/* exposure */
	struct counts *granted; /* purposes and permissions, by people */
	struct counts *unknown; /* sources that the schema lacks */
};

/* ---- one person ---- */

static void
look_at_profile(struct look *look, const struct profile *profile)
{
	struct span last = SPAN_NONE;

	for (size_t i = 0; i < profile->consent_count; i++)
		if (profile->consents[i].status == CONSENT_GRANTED)
			counts_add(look->granted, profile->consents[i].type, 1);
	for (size_t i = 0; i < profile->observation_count; i++) {
		struct span source = profile->observations[i].source;

		if (source.len == 0 || span_eq(source, last) ||
		    schema_source(look->catalog->schema, source) != NULL)
			continue;
		counts_add(look->unknown, source, 1);
		last = source;
	}
}

static void
look_at_history(struct look *look, const struct history *history)
{
	for (size_t i = 0; i < history->exposure_count; i++) {
		const struct exposure *entry = &history->exposures[i];

		bool reserved = entry->state == EXPOSURE_RESERVED;

		look->reserved += reserved;
		look->late += reserved && entry->time < look->now - LATE;
		look->ahead += entry->time > look->now + AHEAD;
		if (entry->time < look->oldest)
			look->oldest = entry->time;
	}
}

static int
look_at_person(void *context, const struct record *record, struct arena *arena,
    struct err *none)
{
	struct look *look = context;
	struct person_edit person = { .key = record->key, .record = *record };
	struct err err = ERR_INIT;

	(void)none;
	if (person_edit_decode(&person, arena, &err) < 0) {
		look->damaged++;
		return 0;
	}
	look->people += person.known;
	look_at_profile(look, &person.profile);
	look_at_history(look, &person.history);
	return 0;
}

static bool
is_over(void *context, uint64_t read)
{
	(void)read;
	return monotonic_us() >= ((struct look *)context)->end;
}

/* ---- what they tell together ---- */

static void
tell_records(const struct look *look)
{
	struct diagnosis *diagnosis = look->diagnosis;

	if (look->damaged != 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "store", HEALTH_FAIL,
			"%llu records are damaged: these people are unknown",
			(unsigned long long)look->damaged),
		    "inlay db verify, and inlay db restore");
	if (look->late != 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "reserved", HEALTH_WARN,
			"%llu copies have no delivery after more than a day",
			(unsigned long long)look->late),
		    "inlay delivery sync, then inlay db tidy");
	if (look->ahead != 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "future", HEALTH_WARN,
			"%llu copies were recorded in the future: the clock "
			"of some machine is wrong, or was",
			(unsigned long long)look->ahead),
		    "timedatectl set-ntp true");
}

/* When the last of them was, or before all time. */
static int64_t
newest(const struct chore_readings *readings)
{
	int64_t at = INT64_MIN;

	for (size_t i = 0; i < readings->count; i++)
		if (readings->list[i].at > at)
			at = readings->list[i].at;
	return at;
}

/* Logs that are read no more while others are. */
static void
tell_stopped(const struct look *look, const char *check,
    const struct chore_readings *readings, const char *noun, const char *loss)
{
	struct diagnosis *diagnosis = look->diagnosis;

	for (size_t i = 0; i < readings->count; i++) {
		const struct chore_reading *reading = &readings->list[i];
		char since[TIMESTAMP_SIZE];

		if (reading->at > look->now - UNDONE)
			continue;
		timestamp_print(reading->at, since);
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, check, HEALTH_WARN,
			"%s%.*s was not read since %.10s: %s; read it, or "
			"forget it where it is gone",
			reading->log.len != 0 ? "" : "a log",
			SPAN_ARG(reading->log), since, loss),
		    "inlay %s sync --forget %.*s", noun, SPAN_ARG(reading->id));
	}
}

/* Bounced copies count as shown until somebody reads that they bounced. */
static void
tell_log(const struct look *look, const struct chore_readings *read)
{
	struct diagnosis *diagnosis = look->diagnosis;
	struct symptom *symptom;

	if (newest(read) > look->now - UNDONE) {
		tell_stopped(look, "sync", read, "delivery",
		    "what was recorded since never expires");
		return;
	}
	if (read->count == 0 && look->reserved == 0)
		return;
	symptom = diagnose(diagnosis, "sync", HEALTH_WARN,
	    "nobody %s the delivery log%s: bounced copies count as shown",
	    read->count ? "reads" : "has ever read",
	    read->count ? " any more" : "");
	diagnose_advise(diagnosis, symptom,
	    "systemctl enable --now inlay-sync, or inlay delivery sync --log "
	    "FILE each hour");
}

/* Marks are for nothing where nobody reads who followed them. */
static void
tell_clicks(const struct look *look, const struct chore_readings *clicks)
{
	struct symptom *symptom;
	bool marks = false;

	for (size_t i = 0; i < look->catalog->campaign_count; i++)
		marks |= look->catalog->campaigns[i]->links.domain_count != 0;
	if (!marks || look->oldest > look->now - UNDONE)
		return;
	if (newest(clicks) > look->now - UNDONE) {
		tell_stopped(look, "clicks", clicks, "event",
		    "its clicks are not known");
		return;
	}
	symptom = diagnose(look->diagnosis, "clicks", HEALTH_WARN,
	    "links carry marks, but nobody %s the web server's log%s: no "
	    "click is known",
	    clicks->count ? "reads" : "has ever read",
	    clicks->count ? " any more" : "");
	diagnose_advise(look->diagnosis, symptom,
	    "inlay event sync --log FILE, each hour or with --follow");
}

static void
tell_tidying(const struct look *look, const int64_t *tidied)
{
	struct diagnosis *diagnosis = look->diagnosis;
	struct symptom *symptom;

	if ((tidied ? *tidied : look->oldest) > look->now - UNDONE)
		return;
	symptom = diagnose(diagnosis, "tidy", HEALTH_WARN,
	    "nobody %s the store%s: what no log confirmed never expires, and "
	    "it grows",
	    tidied ? "tidies" : "has ever tidied", tidied ? " any more" : "");
	diagnose_advise(diagnosis, symptom,
	    "systemctl enable --now inlay-tidy.timer, or inlay db tidy each "
	    "day");
}

static void
tell_sources(const struct look *look)
{
	for (size_t i = 0; i < look->unknown->used; i++) {
		const struct count *source = &look->unknown->list[i];

		diagnose_advise(look->diagnosis,
		    diagnose(look->diagnosis, "source", HEALTH_WARN,
			"%llu people have values of the source %.*s, which is "
			"not in the schema",
			(unsigned long long)source->number,
			SPAN_ARG(source->name)),
		    "a line %.*s: below sources: in the schema, and inlay "
		    "schema load",
		    SPAN_ARG(source->name));
	}
}

/* What the campaign asks for that nobody has given. */
static void
tell_consent(const struct look *look, const struct campaign *campaign,
    struct span asked, const char *loss)
{
	struct diagnosis *diagnosis = look->diagnosis;

	if (asked.len == 0 || look->people == 0 ||
	    counts_of(look->granted, asked) != 0)
		return;
	diagnose_advise(diagnosis,
	    diagnose(diagnosis, "consent", HEALTH_FAIL,
		"campaign %.*s asks for the consent %.*s, which %s%llu people "
		"have given: %s",
		SPAN_ARG(campaign->id), SPAN_ARG(asked),
		look->all ? "none of all " : "none of ",
		(unsigned long long)look->people, loss),
	    "the name in the campaign, or a column consent.%.*s in the data",
	    SPAN_ARG(asked));
}

/* A domain that a rule lets the campaign come from, and that signs it. */
static void
tell_sender(const struct look *look, const struct settings *settings,
    const struct campaign *campaign, struct span domain)
{
	if (span_find(domain, '*') < domain.len ||
	    span_find(domain, '?') < domain.len ||
	    settings_have_key(settings, SPAN_NONE, domain, NULL) == 0)
		return;
	diagnose_advise(look->diagnosis,
	    diagnose(look->diagnosis, "signing", HEALTH_FAIL,
		"a rule lets campaign %.*s come from %.*s, which has no key: "
		"such mail is deferred",
		SPAN_ARG(campaign->id), SPAN_ARG(domain)),
	    "inlay key new %.*s", SPAN_ARG(domain));
}

static void
tell_senders(const struct look *look, const struct settings *settings,
    const struct campaign *campaign)
{
	for (size_t i = 0; i < settings->rules.count; i++) {
		const struct rule *rule = &settings->rules.rules[i];

		for (size_t j = 0; j < rule->domains.count; j++)
			if (rule_reaches(rule, campaign->tenant,
				span_str(settings->tenant), campaign->id))
				tell_sender(look, settings, campaign,
				    rule->domains.at[j]);
	}
}

static void
tell_signing(const struct look *look, const struct settings *settings,
    const struct campaign *campaign)
{
	struct span domain = campaign->signing_domain;

	if (domain.len == 0) {
		tell_senders(look, settings, campaign);
		return;
	}
	if (settings_have_key(settings, SPAN_NONE, domain, NULL) == 0)
		return;
	diagnose_advise(look->diagnosis,
	    diagnose(look->diagnosis, "signing", HEALTH_FAIL,
		"campaign %.*s is signed for %.*s, which has no key: its mail "
		"is deferred",
		SPAN_ARG(campaign->id), SPAN_ARG(domain)),
	    "inlay key new %.*s", SPAN_ARG(domain));
}

/* Pools that have blocks now and will have none before the campaign ends. */
static void
tell_pools(const struct look *look, const struct campaign *campaign)
{
	const struct catalog *catalog =
	    catalog_of(look->catalog, campaign->tenant);

	for (size_t i = 0; i < catalog->pool_count; i++) {
		const struct pool *pool = &catalog->pools[i];
		int64_t until = INT64_MIN;

		for (size_t j = 0; j < pool->count; j++) {
			int64_t ends =
			    block_until(pool->blocks[j], campaign->clocks);

			until = ends > until ? ends : until;
		}
		if (until <= campaign->from || until >= campaign->until ||
		    campaign->until == INT64_MAX)
			continue;
		diagnose_advise(look->diagnosis,
		    diagnose(look->diagnosis, "pools", HEALTH_WARN,
			"the last block of the pool %.*s %s before campaign "
			"%.*s is over",
			SPAN_ARG(pool->name),
			until <= look->now ? "ended" : "ends",
			SPAN_ARG(campaign->id)),
		    "a later valid_until, or new blocks, by inlay block load");
	}
}

static void
tell_campaigns(const struct look *look, const struct settings *settings)
{
	for (size_t i = 0; i < look->catalog->campaign_count; i++) {
		const struct campaign *campaign = look->catalog->campaigns[i];

		if (campaign_phase(campaign, look->now) != 0)
			continue;
		tell_consent(look, campaign, campaign->purpose,
		    "all copies are neutral");
		tell_consent(
		    look, campaign, campaign->permission, "nobody gets it");
		tell_signing(look, settings, campaign);
		tell_pools(look, campaign);
	}
}

static void
examine_records(struct diagnosis *diagnosis, struct cli *cli,
    const struct catalog *catalog, const struct chores_done *done)
{
	struct look look = { .diagnosis = diagnosis,
		.catalog = catalog,
		.now = cli_now(),
		.end = monotonic_us() + LOOK_US,
		.oldest = INT64_MAX,
		.granted = ARENA_NEW(cli->arena, struct counts),
		.unknown = ARENA_NEW(cli->arena, struct counts) };
	struct sweep sweep = { look_at_person, is_over, &look };

	if (look.granted && look.unknown) {
		look.granted->arena = look.unknown->arena = cli->arena;
		look.all = sweep_run(&sweep, cli->engine, NULL) == 1;
		tell_records(&look);
		tell_log(&look, &done->read);
		tell_tidying(&look, done->tidied);
		tell_clicks(&look, &done->clicks);
		tell_sources(&look);
		tell_campaigns(&look, cli->settings);
	}
}

void
examine_people(struct diagnosis *diagnosis, struct cli *cli,
    const struct chores_done *done)
{
	struct catalog *catalog = NULL;
	struct err err = ERR_INIT;
	char line[512];

	if (cli_catalog(cli, &catalog, &err) < 0) {
		diagnose(diagnosis, "store", HEALTH_DOWN,
		    "what marketing has loaded cannot be read: %s",
		    err_line(&err, line, sizeof(line)));
		return;
	}
	examine_records(diagnosis, cli, catalog, done);
	catalog_free(&catalog);
}
