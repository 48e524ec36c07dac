#include "milter/outcome.h"

#include <limits.h>
#include <time.h>

#include "milter/former_header.h"
#include "store/base/monotonic.h"

#define KIND "b2f6a4cf2e0d4f1c9d1b7c56a1e4f004"

void
outcome_begin(struct outcome *outcome)
{
	*outcome = (struct outcome){ .verdict = COUNT_PASSED,
		.err = ERR_INIT,
		.begun = monotonic_us() };
}

int
outcome_admit(struct outcome *outcome, const struct loaded_config *config,
    const struct rule *rule, const struct intake *intake)
{
	struct err *err = &outcome->err;

	if (intake_oversize(intake))
		return err_set(err, ERR_SIZE, "over the limit of %llu bytes",
		    (unsigned long long)intake->size_max);
	if (intake->out_of_memory)
		return err_set(err, ERR_MEMORY, "no memory for the message");
	if (loaded_config_authentic(config, rule, buf_span(&intake->bytes),
		time(NULL), intake->arena, err) != 1)
		return -1;
	return 0;
}

void
outcome_lacks_campaign(struct outcome *outcome, const struct intake *intake)
{
	err_set(&outcome->err, ERR_CAMPAIGN, "add the header %.*s: CAMPAIGN%s",
	    SPAN_ARG(intake->campaign_header),
	    intake->has_former ? "; " FORMER_HEADER " no longer counts" : "");
}

void
outcome_stowaway(struct outcome *outcome, const struct peer *peer)
{
	char client[64];

	err_set(&outcome->err, ERR_AUTH,
	    "no allow rule holds for daemon=%.*s client=%s login=%.*s",
	    SPAN_ARG(peer->daemon),
	    peer_address_text(peer, client, sizeof client),
	    SPAN_ARG(peer->login));
}

static int
sign(struct outcome *outcome, const struct loaded_config *config,
    const struct intake *intake)
{
	const struct personalised *personalised = &outcome->personalised;
	int64_t begun = monotonic_us();
	int result;

	if (config->signer == NULL)
		return 0;
	result = signer_sign(config->signer, personalised->bytes,
	    personalised->signing_domain, intake->arena, &outcome->signatures,
	    &outcome->err);
	outcome->sign_us = monotonic_us() - begun;
	return result;
}

/* A signature's folds are CRLF; libmilter wants LF. */
static char *
signature_value(struct span value, struct arena *arena)
{
	char *out = arena_alloc(arena, value.len + 1);
	size_t len = 0;

	for (size_t i = 0; out != NULL && i < value.len; i++)
		if (value.at[i] != '\r')
			out[len++] = value.at[i];
	if (out != NULL)
		out[len] = '\0';
	return out;
}

static int
order_signatures(struct outcome *outcome, struct arena *arena)
{
	const struct signatures *signatures = &outcome->signatures;
	char **values = arena_calloc(arena, signatures->count, sizeof *values);

	outcome->signature_values = values;
	for (size_t i = 0; values != NULL && i < signatures->count; i++) {
		values[i] = signature_value(signatures->values[i], arena);
		if (values[i] == NULL)
			values = NULL;
	}
	if (values == NULL)
		return err_set(&outcome->err, ERR_MEMORY, "out of memory");
	return 0;
}

static int
order_changes(struct outcome *outcome, struct arena *arena)
{
	struct rendering *rendering = outcome->personalised.rendering;
	struct err *err = &outcome->err;

	if (rendering_changes(
		rendering, &outcome->changes, &outcome->change_count, err) < 0)
		return -1;
	outcome->has_body = rendering_body_changed(rendering);
	if (!outcome->has_body)
		return 0;
	buf_init(&outcome->body, arena, outcome->personalised.bytes.len);
	if (rendering_write_body(rendering, &outcome->body, err) < 0)
		return -1;
	if (outcome->body.len > INT_MAX)
		return err_set(err, ERR_SIZE, "the body is too big");
	return 0;
}

static int
check_time(struct outcome *outcome, const struct loaded_config *config)
{
	uint64_t ms = (uint64_t)(monotonic_us() - outcome->begun) / 1000;

	if (ms <= config->settings->deadline_ms)
		return 0;
	return err_set(&outcome->err, ERR_DEADLINE, "the message took %llu ms",
	    (unsigned long long)ms);
}

int
outcome_prepare(struct outcome *outcome, const struct loaded_config *config,
    const struct rule *rule, struct personaliser *personaliser,
    const struct intake *intake)
{
	const struct personalise_request request = {
		.message = buf_span(&intake->bytes),
		.sender = intake->sender,
		.recipient = intake->recipient,
		.now = time(NULL),
		.campaign_header = intake->campaign_header,
		.tokens = &config->settings->tokens,
		.rules = &config->settings->rules,
		.rule = rule,
		.begun = outcome->begun,
	};

	if (personalise_message(personaliser, &request, intake->arena,
		&outcome->personalised, &outcome->err) < 0)
		return -1;
	if (outcome->personalised.verdict == VERDICT_DISCARD)
		return 0;
	if (sign(outcome, config, intake) < 0 ||
	    order_signatures(outcome, intake->arena) < 0 ||
	    order_changes(outcome, intake->arena) < 0)
		return -1;
	return check_time(outcome, config);
}

enum counter
outcome_counter(enum personalise_verdict verdict)
{
	static const enum counter counters[VERDICTS] = {
		[VERDICT_PERSONALISED] = COUNT_PERSONALISED,
		[VERDICT_REPLAYED] = COUNT_REPLAYED,
		[VERDICT_DISCARD] = COUNT_DISCARDED,
		[VERDICT_REFUSED] = COUNT_REFUSED,
	};

	return counters[verdict];
}

/* A word, but for a message that the template itself declined. */
static struct span
reason_of(const struct outcome *outcome)
{
	return outcome->err.code != ERR_NONE
		   ? span_str(err_word(outcome->err.code))
		   : outcome->personalised.reason;
}

void
outcome_count(const struct outcome *outcome, struct statistics *statistics)
{
	const struct personalised *done = &outcome->personalised;
	bool declined = outcome->verdict == COUNT_DISCARDED;

	statistics_message(statistics, outcome->verdict,
	    declined ? span_str(err_word(ERR_ABORT)) : reason_of(outcome),
	    done->campaign);
	statistics_took(
	    statistics, PHASE_WHOLE, monotonic_us() - outcome->begun);
	if (done->decision == NULL)
		return;
	statistics_took(statistics, PHASE_DECIDE, done->decide_us);
	statistics_took(statistics, PHASE_RENDER, done->render_us);
	if (outcome->verdict == COUNT_PERSONALISED)
		statistics_took(statistics, PHASE_COMMIT, done->commit_us);
	if (outcome->signatures.count != 0)
		statistics_took(statistics, PHASE_SIGN, outcome->sign_us);
}

/* ---- the line in the log ---- */

struct outcome_told {
	const struct outcome *outcome;
	const char *id;
	const struct intake *intake;
	enum logged_id message_id;
};

static void
log_id(struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_text(line, key, span_str(told->id ? told->id : "-"));
}

static void
log_verdict(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_text(line, key, span_str(counter_word(told->outcome->verdict)));
}

static void
log_reason(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	struct span reason = reason_of(told->outcome);

	if (reason.len != 0)
		log_text(line, key, reason);
}

static void
log_bytes(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_number(line, key, (long long)told->intake->size);
}

static void
log_ms(struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_number(line, key, (monotonic_us() - told->outcome->begun) / 1000);
}

static void
log_campaign(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	if (told->outcome->personalised.campaign.len != 0)
		log_text(line, key, told->outcome->personalised.campaign);
}

static void
log_arm(struct log_line *line, const char *key, const struct outcome_told *told)
{
	if (told->outcome->personalised.arm.len != 0)
		log_text(line, key, told->outcome->personalised.arm);
}

static void
log_slots(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_number(line, key, told->outcome->personalised.slots);
}

static void
log_commit_ms(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_number(line, key, told->outcome->personalised.commit_us / 1000);
}

static void
log_turn_ms(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	int64_t ms = told->outcome->personalised.turn_us / 1000;

	if (ms != 0)
		log_number(line, key, ms);
}

static void
log_sign_us(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_number(line, key, told->outcome->sign_us);
}

static void
log_signatures(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	log_number(line, key, (long long)told->outcome->signatures.count);
}

static void
log_undecodable(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	const char *part = told->outcome->personalised.undecodable;

	if (part != NULL)
		log_text(line, key, span_str(part));
}

static void
log_detail(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	const struct err *err = &told->outcome->err;
	char detail[sizeof err->where + sizeof err->text + 32];

	if (err->code != ERR_NONE)
		log_text(line, key,
		    span_str(err_public(err, detail, sizeof detail)));
}

static void
log_message_id(
    struct log_line *line, const char *key, const struct outcome_told *told)
{
	char hex[LOGGED_ID_HEX];
	struct span id =
	    logged_id(told->message_id, told->intake->message_id, hex);

	if (id.len != 0)
		log_text(line, key, id);
}

const struct outcome_pair outcome_pairs[] = {
	{ "id", log_id },
	{ "verdict", log_verdict },
	{ "reason", log_reason },
	{ "bytes", log_bytes },
	{ "ms", log_ms },
	{ "campaign", log_campaign },
	{ "arm", log_arm },
	{ "slots", log_slots },
	{ "commit_ms", log_commit_ms },
	{ "turn_ms", log_turn_ms },
	{ "sign_us", log_sign_us },
	{ "signatures", log_signatures },
	{ "undecodable", log_undecodable },
	{ "detail", log_detail },
	{ "message_id", log_message_id },
	{ NULL, NULL },
};

void
outcome_log(const struct outcome *outcome, const char *id,
    const struct intake *intake, enum logged_id message_id, struct log *log)
{
	const struct outcome_told told = { outcome, id, intake, message_id };
	bool odd = outcome->err.code != ERR_NONE ||
		   outcome->personalised.undecodable != NULL;
	struct log_line line;

	log_begin(&line);
	log_kind(&line, KIND);
	for (const struct outcome_pair *pair = outcome_pairs; pair->key; pair++)
		pair->write(&line, pair->key, &told);
	log_end(log, odd ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, &line);
}

void
outcome_end(struct outcome *outcome, struct personaliser *personaliser)
{
	if (outcome->personalised.catalog != NULL)
		personalised_release(personaliser, &outcome->personalised);
}
