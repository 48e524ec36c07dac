#include "milter/session.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "milter/incident.h"
#include "milter/macro.h"
#include "milter/orders.h"
#include "milter/outcome.h"
#include "milter/reply.h"
#include "milter/statistics.h"
#include "store/base/monotonic.h"

/*
 * 1. Of mail that no rule allows nothing is kept and the store is not asked;
 *    when it turns out to be campaign mail it does not pass (promise I11).
 * 2. Everything that can fail is done before the first smfi_ call that
 *    changes the message; if one of those fails the message is deferred.
 * 3. The reply to a campaign message is given after personalise_message()
 *    returned, that is, after its record is durable (promise I7).
 * 4. A message has one arena, one config, one recipient. message_end() gives
 *    all of it back, whichever way the message ended.
 */

#define ACTIONS (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY)

/* What we would rather not see, and what we would rather not answer: one
 * round trip for the recipient and one for the message remain. */
#define STEPS \
	(SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NOEOH | \
	    SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_HDR | SMFIP_NR_BODY | \
	    SMFIP_HDR_LEADSPC)

/* Of the mail server: a header may be longer than libmilter's own 65,535. */
#define PACKET_MAX ((size_t)256 * 1024)

enum session_state {
	STATE_IDLE,    /* between messages */
	STATE_FOREIGN, /* no rule allows it; its header is watched */
	STATE_ALLOWED, /* a rule does; it is gathered */
	STATE_CLOSED,  /* came after session_drain() */
};

struct session {
	unsigned long steps; /* of STEPS, what the mail server agreed to */
	struct peer peer;
	char daemon[128];
	char login[256];

	/* of the message */
	enum session_state state;
	const struct loaded_config *config;
	const struct rule *rule;
	struct intake intake;
};

static struct {
	pthread_mutex_t lock; /* guards config */
	const struct loaded_config *config;
	struct personaliser *personaliser;
	struct log *log;
	struct statistics statistics;
	struct incidents incidents;
	atomic_uint under_way; /* messages that a rule allows */
	atomic_uint open;      /* connections that negotiated */
	atomic_uint open_max;
	struct arena_budget memory; /* of all messages */
	atomic_bool draining;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER,
	.statistics = STATISTICS_INIT,
	.incidents = INCIDENTS_INIT };

static const struct loaded_config *
current_service(void)
{
	const struct loaded_config *config;

	pthread_mutex_lock(&shared.lock);
	config = loaded_config_acquire(shared.config);
	pthread_mutex_unlock(&shared.lock);
	return config;
}

static char *
queue_id(SMFICTX *ctx)
{
	return smfi_getsymval(ctx, (char[]){ "i" });
}

static void
tell(SMFICTX *ctx, enum incident_kind kind, const struct peer *peer,
    const char *reason)
{
	const struct incident incident = { kind, queue_id(ctx), reason, peer };

	incident_tell(&shared.incidents, &incident, monotonic_us(),
	    &shared.statistics, shared.log);
}

/* ---- one message ---- */

static bool
is_under_way(const struct session *session)
{
	return session->state == STATE_ALLOWED;
}

static bool
is_gathered(const struct session *session)
{
	return session->state == STATE_ALLOWED ||
	       session->state == STATE_FOREIGN;
}

static void
message_end(struct session *session)
{
	if (is_under_way(session))
		atomic_fetch_sub(&shared.under_way, 1);
	intake_end(&session->intake);
	if (session->config != NULL)
		loaded_config_release(&session->config);
	session->state = STATE_IDLE;
	session->rule = NULL;
}

/* Counted first and asked afterwards: session_drain() asks the other way
 * round, so that no message slips through between. */
static void
message_begin(struct session *session, const char *sender)
{
	const struct settings *settings;
	struct span header;

	atomic_fetch_add(&shared.under_way, 1);
	if (atomic_load(&shared.draining)) {
		session->state = STATE_CLOSED;
		atomic_fetch_sub(&shared.under_way, 1);
		return;
	}
	session->config = current_service();
	settings = session->config->settings;
	header = span_str(settings->campaign_header);
	session->rule = rules_match(&settings->rules, &session->peer);
	if (session->rule == NULL) {
		session->state = STATE_FOREIGN;
		atomic_fetch_sub(&shared.under_way, 1);
		intake_watch(&session->intake, header);
		return;
	}
	session->state = STATE_ALLOWED;
	intake_begin(&session->intake, header,
	    arena_new_within(settings->message_memory, &shared.memory),
	    settings->max_message_size, sender);
}

/* ---- the answer ---- */

/* 0 and the mail server knows all it needs to, or -1. */
static int
settle(SMFICTX *ctx, const struct session *session, struct outcome *outcome)
{
	if (outcome_admit(
		outcome, session->config, session->rule, &session->intake) < 0)
		return -1;
	/* DNS may have taken seconds of the mail server's patience. */
	if (session->rule->require != REQUIRE_NOTHING)
		smfi_progress(ctx);
	if (outcome_prepare(outcome, session->config, session->rule,
		shared.personaliser, &session->intake) < 0)
		return -1;
	if (outcome->personalised.verdict == VERDICT_DISCARD)
		return 0;
	if (orders_give(
		ctx, outcome, (session->steps & SMFIP_HDR_LEADSPC) != 0) < 0)
		return err_set(&outcome->err, ERR_SYSTEM,
		    "the mail server did not take the changes");
	return 0;
}

static sfsistat
accepted(struct outcome *outcome)
{
	outcome->verdict = outcome_counter(outcome->personalised.verdict);
	return outcome->verdict == COUNT_DISCARDED ? SMFIS_DISCARD
						   : SMFIS_ACCEPT;
}

static sfsistat
declined(SMFICTX *ctx, const struct reply *reply, struct outcome *outcome)
{
	outcome->verdict =
	    reply->action == REPLY_REJECT ? COUNT_REFUSED : COUNT_DEFERRED;
	return orders_reply(ctx, reply, &outcome->err);
}

static void
note_refused(const struct session *session)
{
	if (session->rule != NULL)
		loaded_config_refused(
		    session->config, session->rule, time(NULL), shared.log);
}

/* What became of it is counted and logged. */
static void
conclude(SMFICTX *ctx, const struct session *session, struct outcome *outcome)
{
	outcome_count(outcome, &shared.statistics);
	if (outcome->verdict == COUNT_REFUSED)
		note_refused(session);
	outcome_log(outcome, queue_id(ctx), &session->intake,
	    session->config->settings->log_message_id, shared.log);
	outcome_end(outcome, shared.personaliser);
}

static sfsistat
finish(SMFICTX *ctx, struct session *session)
{
	struct outcome outcome;
	sfsistat status = SMFIS_ACCEPT;

	outcome_begin(&outcome);
	if (session->intake.has_campaign) {
		status =
		    settle(ctx, session, &outcome) == 0
			? accepted(&outcome)
			: declined(ctx, reply_for(outcome.err.code), &outcome);
	} else if (session->rule->only_campaign) {
		outcome_lacks_campaign(&outcome, &session->intake);
		status = declined(ctx, reply_for(REPLY_NO_CAMPAIGN), &outcome);
	}
	conclude(ctx, session, &outcome);
	return status;
}

/* Campaign mail that no rule allows: a wrong port or a wrong rule would let
 * the raw template out to everybody, a stranger's would get in. */
static sfsistat
stop_stowaway(SMFICTX *ctx, struct session *session)
{
	struct outcome outcome;
	sfsistat status;

	outcome_begin(&outcome);
	outcome_stowaway(&outcome, &session->peer);
	status = declined(ctx,
	    reply_for(session->config->settings->otherwise == OTHERWISE_DEFER
			  ? REPLY_STOWAWAY_DEFERRED
			  : REPLY_STOWAWAY),
	    &outcome);
	conclude(ctx, session, &outcome);
	return status;
}

static sfsistat
finish_foreign(SMFICTX *ctx, struct session *session)
{
	if (session->intake.has_campaign)
		return stop_stowaway(ctx, session);
	tell(ctx, INCIDENT_FOREIGN, &session->peer, NULL);
	return SMFIS_ACCEPT;
}

/* ---- libmilter's events ----
 *
 * libmilter lets commands through that come before the negotiation, when there
 * is no session yet: each event looks for it first.
 */

static sfsistat
quiet(const struct session *session, unsigned long step)
{
	return (session->steps & step) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* A session, or NULL where there are too many or no memory. */
static struct session *
begin(SMFICTX *ctx)
{
	struct session *session = NULL;

	if (atomic_fetch_add(&shared.open, 1) < atomic_load(&shared.open_max))
		session = calloc(1, sizeof *session);
	if (session != NULL)
		return session;
	atomic_fetch_sub(&shared.open, 1);
	tell(ctx, INCIDENT_TURNED_AWAY, NULL, NULL);
	return NULL;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long other1, unsigned long other2, unsigned long *want_actions,
    unsigned long *want_steps, unsigned long *want_other1,
    unsigned long *want_other2)
{
	struct session *session;

	(void)other1, (void)other2;
	if ((actions & ACTIONS) != ACTIONS) {
		log_say(shared.log, LOG_LEVEL_ERROR,
		    "the mail server does not let filters change mail");
		return SMFIS_REJECT;
	}
	session = begin(ctx);
	if (session == NULL)
		return SMFIS_REJECT;
	session->steps = STEPS & steps;
	*want_actions = ACTIONS | (actions & SMFIF_SETSYMLIST);
	*want_steps = session->steps;
	*want_other1 = *want_other2 = 0;
	if ((actions & SMFIF_SETSYMLIST) != 0) {
		smfi_setsymlist(
		    ctx, SMFIM_CONNECT, (char[]){ "{daemon_name}" });
		smfi_setsymlist(ctx, SMFIM_ENVFROM,
		    (char[]){ "i {auth_authen} {auth_type}" });
		smfi_setsymlist(ctx, SMFIM_EOM, (char[]){ "i" });
	}
	statistics_count(&shared.statistics, COUNT_CONNECTIONS);
	smfi_setpriv(ctx, session);
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *address)
{
	struct session *session = smfi_getpriv(ctx);

	(void)host;
	if (session == NULL)
		return SMFIS_TEMPFAIL;
	peer_set_address(&session->peer, address);
	session->peer.daemon =
	    macro_daemon(ctx, session->daemon, sizeof session->daemon);
	return quiet(session, SMFIP_NR_CONN);
}

static sfsistat
on_envfrom(SMFICTX *ctx, char **words)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	message_end(session);
	session->peer.login =
	    macro_login(ctx, session->login, sizeof session->login);
	message_begin(session, words[0]);
	return quiet(session, SMFIP_NR_MAIL);
}

/* Where nothing but campaign mail comes, who wants none can be refused
 * before DATA; what cannot be told yet is found out at the end. */
static sfsistat
welcome(SMFICTX *ctx, struct session *session)
{
	struct err err = ERR_INIT;

	if (!session->rule->only_campaign ||
	    personalise_refuses(shared.personaliser, session->rule,
		session->intake.recipient, session->intake.arena, &err) != 1)
		return SMFIS_CONTINUE;
	session->intake.has_recipient = false;
	statistics_message(&shared.statistics, COUNT_REFUSED,
	    span_str(err_word(err.code)), SPAN(""));
	tell(ctx, INCIDENT_RECIPIENT, &session->peer, err_word(err.code));
	note_refused(session);
	return orders_reply(ctx, reply_for(err.code), &err);
}

static sfsistat
put_off(SMFICTX *ctx, const struct session *session, unsigned occasion,
    const char *reason)
{
	tell(ctx,
	    occasion == REPLY_SECOND_RECIPIENT ? INCIDENT_SECOND
					       : INCIDENT_RECIPIENT,
	    &session->peer, reason);
	return orders_reply(ctx, reply_for(occasion), NULL);
}

static sfsistat
on_envrcpt(SMFICTX *ctx, char **words)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (session->state == STATE_FOREIGN)
		return SMFIS_CONTINUE;
	if (atomic_load(&shared.draining))
		return put_off(ctx, session, REPLY_SHUTDOWN, "stopping");
	if (session->intake.has_recipient)
		return put_off(ctx, session, REPLY_SECOND_RECIPIENT, "second");
	if (intake_recipient(&session->intake, words[0]) < 0)
		return put_off(ctx, session, ERR_MEMORY, err_word(ERR_MEMORY));
	return welcome(ctx, session);
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (is_gathered(session))
		intake_field(&session->intake, span_str(name), span_str(value),
		    (session->steps & SMFIP_HDR_LEADSPC) == 0);
	return quiet(session, SMFIP_NR_HDR);
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t len)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (is_gathered(session)) {
		intake_header_end(&session->intake);
		intake_body(&session->intake, span_of(chunk, len));
	}
	return quiet(session, SMFIP_NR_BODY);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);
	sfsistat status;

	if (session == NULL)
		return SMFIS_TEMPFAIL;
	if (is_under_way(session)) {
		intake_header_end(&session->intake);
		status = finish(ctx, session);
	} else if (session->state == STATE_FOREIGN) {
		status = finish_foreign(ctx, session);
	} else {
		/* Nobody gets here who was answered at RCPT. */
		status = orders_reply(ctx, reply_for(REPLY_SHUTDOWN), NULL);
	}
	message_end(session);
	return status;
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_CONTINUE;
	if (is_under_way(session))
		tell(ctx, INCIDENT_ABORTED, &session->peer, NULL);
	message_end(session);
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	struct session *session = smfi_getpriv(ctx);

	if (session == NULL)
		return SMFIS_CONTINUE;
	message_end(session);
	smfi_setpriv(ctx, NULL);
	free(session);
	atomic_fetch_sub(&shared.open, 1);
	return SMFIS_CONTINUE;
}

/* ---- the process ---- */

static void
share_limits(const struct settings *settings)
{
	atomic_store(&shared.open_max, (unsigned)settings->max_connections);
	atomic_store(&shared.memory.limit, (size_t)settings->total_memory);
}

void
session_share(const struct loaded_config *config,
    struct personaliser *personaliser, struct log *log)
{
	shared.config = loaded_config_acquire(config);
	shared.personaliser = personaliser;
	shared.log = log;
	share_limits(config->settings);
	atomic_store(&shared.draining, false);
}

void
session_replace(const struct loaded_config *config)
{
	const struct loaded_config *old;

	loaded_config_acquire(config);
	share_limits(config->settings);
	pthread_mutex_lock(&shared.lock);
	old = shared.config;
	shared.config = config;
	pthread_mutex_unlock(&shared.lock);
	loaded_config_release(&old);
}

void
session_unshare(void)
{
	loaded_config_release(&shared.config);
	shared.personaliser = NULL;
}

int
session_listen(const struct socket_place *place, unsigned mode, long group,
    struct err *err)
{
	struct smfiDesc filter = {
		.xxfi_name = (char[]){ "inlay" },
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = ACTIONS,
		.xxfi_connect = on_connect,
		.xxfi_envfrom = on_envfrom,
		.xxfi_envrcpt = on_envrcpt,
		.xxfi_header = on_header,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};
	const char *path = socket_path(place);
	char name[sizeof place->name];
	mode_t mask;
	int opened;

	if (path != NULL && socket_clear(path, err) < 0)
		return -1;
	snprintf(name, sizeof name, "%s", place->name);
	if (smfi_register(filter) != MI_SUCCESS ||
	    smfi_setconn(name) != MI_SUCCESS)
		return err_set(
		    err, ERR_CONFIG, "libmilter does not take %s", name);
	smfi_setbacklog(1024);
	smfi_setmaxdatasize(PACKET_MAX);
	/* Nobody gets in before the socket has its mode and group. */
	mask = umask(0777);
	opened = smfi_opensocket(false);
	umask(mask);
	if (opened != MI_SUCCESS)
		return err_set(err, ERR_SYSTEM, "cannot listen at %s: %s", name,
		    strerror(errno));
	return path ? socket_set_access(path, mode, group, err) : 0;
}

int
session_run(struct err *err)
{
	(void)smfi_main();
	return err_set(err, ERR_SYSTEM, "libmilter ended");
}

int
session_drain(uint64_t ms)
{
	const struct timespec moment = { 0, 5 * 1000 * 1000 };
	int64_t begun = monotonic_us();

	atomic_store(&shared.draining, true);
	while (atomic_load(&shared.under_way) != 0) {
		if ((uint64_t)(monotonic_us() - begun) / 1000 >= ms)
			return 0;
		nanosleep(&moment, NULL);
	}
	return 1;
}

void
session_tell_more(void)
{
	incidents_settle(&shared.incidents, monotonic_us(), shared.log);
}

void
session_numbers(struct session_numbers *numbers)
{
	*numbers = (struct session_numbers){ &shared.statistics,
		atomic_load(&shared.open), atomic_load(&shared.under_way),
		atomic_load(&shared.memory.held) };
}
