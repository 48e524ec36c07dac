/*
 * inlay decide: what a slot would show a person next, for a website, a
 * printer or a call centre; the same road as a mail, one slot long.
 */
#include <sysexits.h>

#include "milter/decide/decide.h"
#include "milter/mail/message.h"
#include "milter/settings.h"
#include "store/base/buf.h"
#include "store/catalog/catalog.h"
#include "tools/message/pipeline.h"
#include "tools/message/slot_message.h"
#include "tools/message/slot_source.h"
#include "tools/out.h"
#include "tools/verb/decide_list.h"
#include "tools/verbs.h"

struct deciding {
	struct cli *cli;
	struct pipeline pipeline;
	struct personalise_request request;
	struct personalised made;
	struct excerpt excerpt; /* the slot as tags */
	struct span campaign;
	struct span text, html; /* rendered, or "" */
};

/* The same request is the same message, so that recording it twice is one
 * exposure. */
static int
write_message(struct deciding *deciding, struct err *err)
{
	struct cli *cli = deciding->cli;
	const char *channel = cli_flag(cli, "channel");
	const char *id = cli_flag(cli, "id");
	struct personalise_request *request = &deciding->request;
	const struct slot_part parts[] = { { false, deciding->excerpt.text },
		{ true, deciding->excerpt.html } };
	struct buf message_id;

	buf_init(&message_id, cli->arena, 1000);
	if (id)
		buf_printf(&message_id, "<%s@%s>", id, channel);
	else
		buf_printf(&message_id, "<%lld.%s@%s>", (long long)request->now,
		    cli_flag(cli, "slot"), channel);
	if (message_id.failed)
		return err_set(err, ERR_INPUT, "the names are too long");
	request->campaign = deciding->campaign;
	request->message_id = buf_span(&message_id);
	return slot_message(parts, 2, cli->arena, &request->message, err);
}

/* Names go into a template and a header; they must be names. */
static int
check_names(const struct cli *cli, struct err *err)
{
	static const char *const flags[] = { "to", "channel", "slot", NULL };
	static const char *const names[] = { "campaign", "channel", "slot",
		"pool", "id", NULL };

	for (size_t i = 0; flags[i]; i++)
		if (!cli_flag(cli, flags[i]))
			return cli_misuse(
			    err, "decide needs --to, --channel and --slot");
	for (size_t i = 0; names[i]; i++) {
		const char *value = cli_flag(cli, names[i]);

		if (value && !slot_source_name(value))
			return cli_misuse(
			    err, "--%s: `%s` is no name", names[i], value);
	}
	return 0;
}

/* What the slot is and by whose rules. 0 or -1. */
static int
find_slot(
    struct deciding *deciding, const struct catalog *catalog, struct err *err)
{
	struct cli *cli = deciding->cli;
	const struct campaign *campaign;

	if (slot_source_campaign(
		cli, catalog, deciding->request.now, &campaign, err) < 0 ||
	    cli_when_in(
		cli, "at", campaign->clocks, &deciding->request.now, err) < 0)
		return -1;
	if (arena_dup(cli->arena, campaign->id, &deciding->campaign) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	return slot_source_tags(cli, catalog, campaign, cli_flag(cli, "slot"),
	    &deciding->excerpt, err);
}

static int
prepare(struct deciding *deciding, struct err *err)
{
	struct catalog *catalog;
	int status;

	if (cli_catalog(deciding->cli, &catalog, err) < 0)
		return -1;
	status = find_slot(deciding, catalog, err);
	catalog_free(&catalog);
	return status < 0 ? -1 : write_message(deciding, err);
}

/* The two rendered parts, decoded. 0 or -1. */
static int
read_parts(struct deciding *deciding, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct arena *arena = deciding->cli->arena;
	struct message *message;

	if (message_parse(deciding->made.bytes, &limits, arena, &message, err) <
		0 ||
	    slot_message_part(message, 0, arena, &deciding->text, err) < 0)
		return -1;
	return slot_message_part(message, 1, arena, &deciding->html, err);
}

static json_t *
answer(const struct deciding *deciding, bool recorded)
{
	const struct decision *decision = deciding->made.decision;
	const struct cli *cli = deciding->cli;
	json_t *object = json_object();

	out_set(object, "recipient", out_string(deciding->request.recipient));
	out_set(object, "campaign", out_string(deciding->made.campaign));
	out_set(object, "channel", json_string(cli_flag(cli, "channel")));
	out_set(object, "arm", out_string(deciding->made.arm));
	out_set(object, "reason", out_string(deciding->made.reason));
	out_set(object, "slot", json_string(cli_flag(cli, "slot")));
	out_set(object, "block", json_null());
	if (decision && decision->slot_count == 1 &&
	    decision->slots[0].chosen >= 0)
		out_set(object, "block",
		    out_string(decision->slots[0]
				   .slot->options[decision->slots[0].chosen]
				   .name));
	if (decision) {
		out_set(object, "propensity", json_real(decision->propensity));
		out_set(object, "intensity",
		    json_string(intensity_word(decision->intensity)));
		out_set(object, "eligible",
		    json_boolean(decision->eligible == ELIGIBLE_YES));
	}
	out_set(object, "html", out_string(deciding->html));
	out_set(object, "text", out_string(deciding->text));
	out_set(object, "recorded", json_boolean(recorded));
	return object;
}

static int
make(struct deciding *deciding, struct err *err)
{
	struct cli *cli = deciding->cli;
	struct personaliser *personaliser = deciding->pipeline.personaliser;
	bool record = cli_flag(cli, "record") != NULL;
	int status;

	if (prepare(deciding, err) < 0)
		return -1;
	if (record)
		status = personalise_message(personaliser, &deciding->request,
		    cli->arena, &deciding->made, err);
	else
		status = personalise_preview(personaliser, &deciding->request,
		    NULL, cli->arena, &deciding->made, err);
	if (status < 0)
		return -1;
	if (read_parts(deciding, err) < 0)
		status = -1;
	else
		status =
		    out_json_pretty(cli->out, answer(deciding, record), err);
	personalised_release(personaliser, &deciding->made);
	return status < 0 ? -1 : EX_OK;
}

int
verb_decide(struct cli *cli, struct err *err)
{
	struct deciding deciding = { .cli = cli };
	int status;

	if (cli_flag(cli, "audience"))
		return decide_list(cli, err);
	if (check_names(cli, err) < 0)
		return -1;
	deciding.request.recipient = span_str(cli_flag(cli, "to"));
	deciding.request.channel = span_str(cli_flag(cli, "channel"));
	deciding.request.now = cli_now();
	if (cli_when(cli, "at", &deciding.request.now, err) < 0 ||
	    pipeline_open_unsigned(cli, &deciding.pipeline, err) < 0)
		return -1;
	status = make(&deciding, err);
	pipeline_close(&deciding.pipeline);
	return status;
}
