#include "milter/incident.h"

#define KIND "b2f6a4cf2e0d4f1c9d1b7c56a1e4f003"
#define MINUTE_US (60 * INT64_C(1000000))

const struct incident_row incident_kinds[INCIDENT_KINDS] = {
	[INCIDENT_TURNED_AWAY] = { "turned_away", LOG_LEVEL_WARNING,
	    COUNT_TURNED_AWAY },
	[INCIDENT_FOREIGN] = { "foreign", LOG_LEVEL_INFO, COUNT_FOREIGN },
	[INCIDENT_SECOND] = { "recipient", LOG_LEVEL_WARNING, COUNT_SECOND },
	[INCIDENT_RECIPIENT] = { "recipient", LOG_LEVEL_INFO, COUNTERS },
	[INCIDENT_ABORTED] = { "aborted", LOG_LEVEL_INFO, COUNT_ABORTED },
};

static void
add_id(struct log_line *line, const char *key, const struct incident *incident)
{
	if (incident->id != NULL)
		log_text(line, key, span_str(incident->id));
}

static void
add_reason(
    struct log_line *line, const char *key, const struct incident *incident)
{
	if (incident->reason != NULL)
		log_text(line, key, span_str(incident->reason));
}

static void
add_daemon(
    struct log_line *line, const char *key, const struct incident *incident)
{
	if (incident->peer != NULL && incident->peer->daemon.len != 0)
		log_text(line, key, incident->peer->daemon);
}

static void
add_client(
    struct log_line *line, const char *key, const struct incident *incident)
{
	char client[64];

	if (incident->peer != NULL)
		log_text(line, key,
		    span_str(peer_address_text(
			incident->peer, client, sizeof client)));
}

const struct incident_pair incident_pairs[] = {
	{ "id", add_id },
	{ "reason", add_reason },
	{ "daemon", add_daemon },
	{ "client", add_client },
	{ NULL, NULL },
};

static void
begin_line(struct log_line *line, enum incident_kind kind)
{
	log_begin(line);
	log_kind(line, KIND);
	log_text(line, "event", span_str(incident_kinds[kind].word));
}

static void
settle(struct incidents *incidents, enum incident_kind kind, int64_t now_us,
    struct log *log)
{
	struct log_line line;
	unsigned more;

	if (now_us - incidents->kinds[kind].since_us < MINUTE_US)
		return;
	more = incidents->kinds[kind].more;
	incidents->kinds[kind].since_us = now_us;
	incidents->kinds[kind].told = incidents->kinds[kind].more = 0;
	if (more == 0)
		return;
	begin_line(&line, kind);
	log_number(&line, "more", more);
	log_end(log, incident_kinds[kind].level, &line);
}

void
incidents_settle(struct incidents *incidents, int64_t now_us, struct log *log)
{
	pthread_mutex_lock(&incidents->lock);
	for (enum incident_kind kind = 0; kind < INCIDENT_KINDS; kind++)
		settle(incidents, kind, now_us, log);
	pthread_mutex_unlock(&incidents->lock);
}

/* Whether this one may have a line. */
static bool
take(struct incidents *incidents, enum incident_kind kind, int64_t now_us,
    struct log *log)
{
	bool may;

	pthread_mutex_lock(&incidents->lock);
	settle(incidents, kind, now_us, log);
	may = incidents->kinds[kind].told < INCIDENTS_TOLD;
	if (may)
		incidents->kinds[kind].told++;
	else
		incidents->kinds[kind].more++;
	pthread_mutex_unlock(&incidents->lock);
	return may;
}

void
incident_tell(struct incidents *incidents, const struct incident *incident,
    int64_t now_us, struct statistics *statistics, struct log *log)
{
	enum counter counter = incident_kinds[incident->kind].counter;
	struct log_line line;

	if (counter != COUNTERS)
		statistics_count(statistics, counter);
	if (!take(incidents, incident->kind, now_us, log))
		return;
	begin_line(&line, incident->kind);
	for (const struct incident_pair *pair = incident_pairs; pair->key;
	     pair++)
		pair->write(&line, pair->key, incident);
	log_end(log, incident_kinds[incident->kind].level, &line);
}
