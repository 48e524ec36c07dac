#include "milter/journey.h"

#include "milter/authorise.h"
#include "milter/mail/address.h"
#include "milter/recording.h"
#include "milter/sign/raw_message.h"

#include "store/base/monotonic.h"

#define TEXTS_MAX 8 /* a copy grows by this many times part_max at most */

/* ---- the steps, in the order of a message's life ---- */

/* The one value of a header that must be there exactly once; *value is what
 * a request gives instead. */
static int
only_value(struct journey *journey, struct span name, enum err_code code,
    struct span *value, struct err *err)
{
	const struct header_field *field =
	    message_field(journey->message, name, 1);

	if (field == NULL && value->len != 0)
		return 0;
	if (field == NULL)
		return err_set(
		    err, code, "campaign mail without %.*s", SPAN_ARG(name));
	if (message_field(journey->message, name, 2) != NULL)
		return err_set(err, code, "more than one %.*s", SPAN_ARG(name));
	if (field_unfold(field, journey->arena, value, err) < 0)
		return -1;
	if (value->len == 0)
		return err_set(err, code, "an empty %.*s", SPAN_ARG(name));
	return 0;
}

static struct span
campaign_header(const struct journey *journey)
{
	struct span name = journey->request->campaign_header;

	return name.len != 0 ? name : SPAN(CAMPAIGN_HEADER);
}

static int
parse(struct journey *journey, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	const struct campaign *unstored = journey->request->unstored;
	struct span id =
	    unstored != NULL ? unstored->id : journey->request->campaign;

	journey->message_id = journey->request->message_id;
	if (message_parse(journey->request->message, &limits, journey->arena,
		&journey->message, err) < 0 ||
	    only_value(
		journey, campaign_header(journey), ERR_CAMPAIGN, &id, err) < 0)
		return -1;
	journey->campaign = unstored;
	if (journey->campaign == NULL)
		journey->campaign = catalog_campaign(journey->catalog, id);
	if (journey->campaign == NULL)
		return catalog_lacks_campaign(journey->catalog, id, err);
	journey->tenant = campaign_tenant(
	    journey->campaign, journey->personaliser->options.tenant);
	journey->view = catalog_of(journey->catalog, journey->campaign->tenant);
	if (journey->request->rule != NULL &&
	    !rule_reaches(journey->request->rule, journey->tenant,
		journey->personaliser->options.tenant, journey->campaign->id))
		return err_set(err, ERR_CAMPAIGN,
		    "the campaign %.*s of tenant %.*s is beyond the allow rule",
		    SPAN_ARG(journey->campaign->id), SPAN_ARG(journey->tenant));
	return only_value(journey, SPAN("Message-ID"), ERR_MESSAGE_ID,
	    &journey->message_id, err);
}

static int
compile(struct journey *journey, struct err *err)
{
	if (template_prepare(&journey->template, journey->message,
		journey->campaign, journey->view, journey->personaliser->cache,
		&journey->work, journey->arena, err) < 0)
		return -1;
	journey->template.campaign_header = campaign_header(journey);
	journey->template.harden = journey->personaliser->options.harden;
	return 0;
}

int
journey_compile(struct journey *journey, struct err *err)
{
	if (parse(journey, err) < 0)
		return -1;
	return compile(journey, err);
}

static int
read_person(struct journey *journey, struct err *err)
{
	atomic_fetch_add(&journey->personaliser->lookups, 1);
	if (person_read(journey->personaliser->engine, journey->tenant,
		journey->request->recipient, journey->arena, &journey->person,
		err) < 0)
		return -1;
	journey->key = message_key(journey->tenant, journey->campaign->id,
	    journey->message_id, journey->person.address);
	return 0;
}

static int
make_data(struct journey *journey, struct err *err)
{
	const struct personalise_options *options =
	    &journey->personaliser->options;
	const struct data_request request = { .template = &journey->template,
		.engine = journey->personaliser->engine,
		.tokens = journey->request->tokens ? journey->request->tokens
						   : options->tokens,
		.zones = journey->personaliser->zones,
		.tenant = journey->tenant,
		.address = journey->person.address,
		.tag = journey->key.bytes,
		.now = journey->now,
		.work = &journey->work,
		.depth_max = options->depth_max,
		.part_max = options->part_max };

	return data_new(&request, journey->arena, &journey->data, err);
}

static void
pretend(struct journey *journey, struct decide_request *request)
{
	if (journey->pretence == NULL)
		return;
	request->arm = journey->pretence->arm;
	request->seen = journey->pretence->seen;
	request->seen_count = journey->pretence->seen_count;
}

/* What an earlier attempt decided; NULL: nothing, or that no copy leaves. */
static const struct exposure *
find_recorded(const struct journey *journey)
{
	const struct exposure *recorded =
	    history_find(&journey->person.history, &journey->key);

	return journey->pretence == NULL && recorded != NULL &&
		       !exposure_unsent(recorded->state)
		   ? recorded
		   : NULL;
}

static int
refuse(const struct decision *decision, struct err *err)
{
	const struct refusal_names names = decision_names(decision);

	return refusal_fail(decision->refusal, &names, err);
}

/* A retry shows the recorded decision (I2), unless the recipient has said no
 * in the meantime. */
static int
decide_copy(struct journey *journey, struct err *err)
{
	const struct exposure *recorded = find_recorded(journey);
	struct decide_request request = { .catalog = journey->view,
		.campaign = journey->campaign,
		.profile = journey->person.profile,
		.erased = journey->person.erased,
		.history = &journey->person.history,
		.outline = journey->template.outline,
		.unit = journey->person.address,
		.channel = journey->request->channel,
		.option_test = data_option_test,
		.block_test = data_block_test,
		.segment_test = data_segment_test,
		.derive = data_derive };
	int decided;

	journey->replayed = recorded != NULL;
	journey->now =
	    recorded != NULL ? recorded->time : journey->request->now;
	if (make_data(journey, err) < 0)
		return -1;
	request.now = journey->request->now;
	request.context = journey->data;
	pretend(journey, &request);
	if (recorded != NULL)
		decided = decide_replay(&request, recorded, journey->arena,
		    &journey->decision, err);
	else
		decided =
		    decide(&request, journey->arena, &journey->decision, err);
	if (decided == 0)
		return refuse(journey->decision, err);
	return decided < 0 ? -1 : 0;
}

static int
render(struct journey *journey, struct err *err)
{
	size_t part_max = journey->personaliser->options.part_max;

	data_see(journey->data, journey->decision);
	return compose(&journey->template, journey->data, part_max,
	    journey->request->message.len + TEXTS_MAX * part_max,
	    journey->arena, &journey->composed, err);
}

/* The domain itself may be a value of the profile: the log need not have it. */
static int
check_domain(const struct journey *journey, struct span domain, struct err *err)
{
	if (rules_may_sign(
		journey->request->rules, journey->request->rule, domain))
		return 0;
	return err_set(err, ERR_FROM,
	    "a domain in From, or the one that signs, is not in from= of the "
	    "allow rule, or is in that of another");
}

/* Whether every @ outside of quotes and comments is a mailbox's own, and all
 * of those are closed: a@b <c@d> has one reader see a@b, another c@d. */
static bool
reads_one_way(struct span line, const struct address_list *list)
{
	size_t signs = 0, mailboxes = 0, depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < line.len; i++) {
		char c = line.at[i];

		if (c == '\\' && (quoted || depth != 0))
			i++;
		else if (c == '"' && depth == 0)
			quoted = !quoted;
		else if (c == '(' && !quoted)
			depth++;
		else if (c == ')' && !quoted && depth != 0)
			depth--;
		else if (c == '@' && !quoted && depth == 0)
			signs++;
	}
	for (size_t i = 0; i < list->count; i++)
		mailboxes += list->at[i].kind == MAILBOX;
	return signs == mailboxes && !quoted && depth == 0;
}

/* Every author that a reader may be shown. */
static int
check_authors(const struct journey *journey, struct span line, struct err *err)
{
	struct arena *arena = journey->arena;
	struct address_list list;
	int read = address_list_read(line, arena, &list, err);

	if (read == 0 || (read == 1 && !reads_one_way(line, &list)))
		return err_set(err, ERR_FROM,
		    "From is no list of addresses that all read alike");
	for (size_t i = 0; read == 1 && i < list.count; i++) {
		struct span address;
		size_t at;

		if (list.at[i].kind != MAILBOX)
			continue;
		if (address_check(list.at[i].address, arena, &address, err) < 0)
			return -1;
		for (at = address.len; at > 0 && address.at[at - 1] != '@';)
			at--;
		if (check_domain(journey, span_from(address, at), err) < 0)
			return -1;
	}
	return read < 0 ? -1 : 0;
}

/* In whose name the copy would leave: the domain that signs and those of its
 * From, which two readings of an odd field need not agree on. */
static int
check_names(const struct journey *journey, struct err *err)
{
	struct span message = journey->composed.bytes, line;
	struct span domain = journey->campaign->signing_domain;
	struct fields fields;
	size_t used, separator;

	if (journey->request->rule == NULL ||
	    !rules_bind_domains(journey->request->rules))
		return 0;
	if (domain.len == 0 && !raw_message_author_domain(message, &domain))
		return err_set(err, ERR_FROM, "no usable From address");
	if (check_domain(journey, domain, err) < 0 ||
	    fields_read(
		message, journey->arena, &fields, &used, &separator, err) < 0)
		return -1;
	for (size_t i = 0; i < fields.count; i++)
		if (span_caseeq(fields.at[i].name, SPAN("From")) &&
		    (field_unfold(&fields.at[i], journey->arena, &line, err) <
			    0 ||
			check_authors(journey, line, err) < 0))
			return -1;
	return 0;
}

/* Why this copy is as personal as it is: one word for the log. */
static struct span
reason_of(const struct journey *journey)
{
	if (journey->replayed)
		return SPAN("replayed");
	if (journey->decision->neutral == ABSENCE_NONE)
		return SPAN("decided");
	return span_str(absence_word(journey->decision->neutral));
}

static void
report(const struct journey *journey, struct personalised *result)
{
	const struct decision *decision = journey->decision;

	*result = (struct personalised){
		.verdict =
		    journey->replayed ? VERDICT_REPLAYED : VERDICT_PERSONALISED,
		.campaign = journey->campaign->id,
		.arm = decision->arm_name,
		.reason = reason_of(journey),
		.bytes = journey->composed.bytes,
		.signing_domain = journey->campaign->signing_domain,
		.message = journey->message,
		.rendering = journey->composed.rendering,
		.decision = decision,
		.undecodable = journey->template.undecodable,
		.marked = journey->composed.marked,
		.slots = decision->slot_count,
		.decide_us = journey->decide_us,
		.render_us = journey->render_us,
		.commit_us = journey->commit_us,
		.turn_us = journey->turn_us,
		.catalog = journey->catalog,
	};
}

/* Whoever asks why learns it of those who get nothing, too. */
static int
explain(
    const struct journey *journey, struct personalised *result, struct err *err)
{
	const struct decision *decision = journey->decision;

	*result = (struct personalised){
		.verdict = VERDICT_REFUSED,
		.campaign = journey->campaign->id,
		.reason = span_str(refusal_word(decision->refusal)),
		.message = journey->message,
		.decision = decision,
		.catalog = journey->catalog,
	};
	err_clear(err);
	return 0;
}

/* The mail vanishes: why is for the log. 0. */
static int
discard(
    const struct journey *journey, struct personalised *result, struct err *err)
{
	*result = (struct personalised){ .verdict = VERDICT_DISCARD,
		.campaign = journey->campaign->id,
		.message = journey->message,
		.decision = journey->decision,
		.catalog = journey->catalog };
	if (journey->discarded)
		result->reason =
		    span_str(refusal_word(journey->decision->refusal));
	else if (err->quotes || arena_dup(journey->arena, span_str(err->text),
				    &result->reason) < 0)
		result->reason = span_str(err_word(err->code));
	err_clear(err);
	return 0;
}

/* Ends a life that failed. {% abort_message %}, and who may not be mailed:
 * some campaigns want the mail to vanish, not bounce. */
static int
fail(
    const struct journey *journey, struct personalised *result, struct err *err)
{
	if (journey->request->explain && journey->decision != NULL &&
	    journey->decision->refusal != REFUSAL_NONE)
		return explain(journey, result, err);
	if (journey->discarded ||
	    (err->code == ERR_ABORT &&
		journey->campaign->abort == ABORT_DISCARD))
		return discard(journey, result, err);
	return -1;
}

/* The clock of a message, or of one more recipient of a prepared one, whose
 * compiling is paid for. */
void
journey_start(struct journey *journey)
{
	const struct personalise_options *options =
	    &journey->personaliser->options;
	int64_t begun = journey->request->begun, ms = options->deadline_ms;

	if (!journey->compiled)
		journey->work = work_new(options->steps_max, 1);
	journey->begun = begun != 0 ? begun : monotonic_us();
	journey->work.deadline = ms != 0 ? journey->begun + ms * 1000 : 0;
}

/* Whether its own templates took the time, not the others before it. */
static bool
is_slow(const struct journey *journey)
{
	int64_t ms = journey->personaliser->options.deadline_ms;

	return !journey->preview && journey->work.end == WORK_LATE &&
	       journey->turn_us / 1000 < ms / 2;
}

static int
judge_late(const struct journey *journey, struct err *err)
{
	const struct span parts[] = { journey->request->sender,
		journey->request->recipient, journey->campaign->id,
		journey->message_id };

	return late_judge(journey->personaliser->late, parts, 4, err);
}

/* Both are timed. 0 or -1. */
static int
decide_and_render(struct journey *journey, struct err *err)
{
	int64_t begun = monotonic_us(), decided;
	int status;

	if (read_person(journey, err) < 0 || decide_copy(journey, err) < 0)
		return -1;
	decided = monotonic_us();
	journey->decide_us += decided - begun;
	status = render(journey, err);
	journey->render_us += monotonic_us() - decided;
	return status;
}

/* Another daemon, or the command, may write to this person between reading and
 * committing: then it decides again, on what the store says then. 1 or -1. */
static int
decide_and_record(struct journey *journey, struct err *err)
{
	struct arena_mark mark = arena_mark(journey->arena);
	struct work ready = journey->work;
	int recorded = 0;

	while (recorded == 0) {
		arena_rewind(journey->arena, mark);
		journey->work = ready;
		journey->decision = NULL;
		if (decide_and_render(journey, err) < 0)
			recorded = journey_settle_unsent(journey, err);
		else if (check_names(journey, err) < 0)
			recorded = -1;
		else
			recorded = journey_commit(journey, err);
	}
	return recorded;
}

/* The same once nobody else of this daemon is at it for this person. */
static int
decide_in_turn(struct journey *journey, struct err *err)
{
	struct turns *turns = journey->personaliser->turns;
	int64_t begun = monotonic_us();
	struct turn turn;
	int done;

	if (person_name(journey->tenant, journey->request->recipient,
		journey->arena, &journey->person, err) < 0)
		return -1;
	done = turn_take(turns, &journey->person.key,
	    journey_patience_ms(journey, begun), &turn, err);
	journey->turn_us = monotonic_us() - begun;
	if (done <= 0)
		return done < 0 ? -1 : journey_out_of_time(journey, err);
	done = decide_and_record(journey, err);
	turn_give(turns, &turn);
	return done;
}

/* The life of a message. */
int
journey_live(
    struct journey *journey, struct personalised *result, struct err *err)
{
	int done;

	if (!journey->compiled && journey_compile(journey, err) < 0)
		return -1;
	done = journey->preview ? decide_and_record(journey, err)
				: decide_in_turn(journey, err);
	if (done < 0) {
		err_personal(err);
		return fail(journey, result, err);
	}
	report(journey, result);
	return 0;
}

/* The same on a catalog that stays as it is, which the result keeps. */
int
journey_run(
    struct journey *journey, struct personalised *result, struct err *err)
{
	struct snapshot *snapshot = journey->personaliser->snapshot;
	int status;

	journey_start(journey);
	journey->catalog = snapshot_acquire(snapshot);
	status = journey_live(journey, result, err);
	if (status < 0 && is_slow(journey))
		judge_late(journey, err);
	template_release(&journey->template);
	if (status < 0)
		snapshot_release(snapshot, journey->catalog);
	return status;
}
