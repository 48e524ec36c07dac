/*
 * inlay exposure: record, void.
 */
#include <sysexits.h>

#include "store/base/ascii.h"
#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/people/audit.h"
#include "tools/people/person_edit.h"
#include "tools/out.h"
#include "tools/verbs.h"

/* An exposure through another channel, as told on the command line. */
struct recording {
	struct exposure exposure;
	struct exposure_slot slot;
	struct message_key key;
	struct span tenant, id;
};

static int
record_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct recording *recording = context;
	int added;

	if (person->erased)
		return err_set(err, ERR_INPUT,
		    "this person was erased; nothing is kept about them");
	recording->key = message_key(recording->tenant,
	    recording->exposure.campaign, recording->id, person->address);
	memcpy(recording->exposure.tag, recording->key.bytes, KEY_TAG);
	added =
	    history_append(&person->history, &recording->exposure, arena, err);
	return added <= 0 ? added : EDIT_HISTORY;
}

static struct span
flag_span(const struct cli *cli, const char *name, const char *unsaid)
{
	const char *value = cli_flag(cli, name);

	return span_str(value ? value : unsaid);
}

/* The same command twice is one exposure: its id is made of what it says. */
static int
make_id(struct cli *cli, const struct recording *recording, struct span *id,
    struct err *err)
{
	struct buf buf;

	buf_init(&buf, cli->arena, 1024);
	buf_printf(&buf, "<%lld.", (long long)recording->exposure.time);
	buf_add(&buf, recording->slot.slot);
	buf_byte(&buf, '.');
	buf_add(&buf, recording->slot.block);
	buf_byte(&buf, '@');
	buf_add(&buf, recording->exposure.channel);
	buf_byte(&buf, '>');
	*id = buf_span(&buf);
	return buf.failed ? err_set(err, ERR_INPUT, "the names are too long")
			  : 0;
}

/* EX_OK, or the status of a block or campaign that is not stored, or -1. */
static int
names_known(struct cli *cli, struct err *err)
{
	int status = document_missing(
	    cli, CATALOG_BLOCK, cli_flag(cli, "block"), "block", err);

	if (status != EX_OK)
		return status;
	return document_missing(
	    cli, CATALOG_CAMPAIGN, cli_flag(cli, "campaign"), "campaign", err);
}

int
verb_exposure_record(struct cli *cli, struct err *err)
{
	struct recording recording = { .tenant = cli->tenant };
	struct exposure *exposure = &recording.exposure;
	int done, known;

	if (!cli_flag(cli, "to") || !cli_flag(cli, "block") ||
	    !cli_flag(cli, "channel"))
		return cli_misuse(
		    err, "exposure record needs --to, --channel and --block");
	known = names_known(cli, err);
	if (known != EX_OK)
		return known;
	exposure->time = cli_now();
	if (cli_when_of(cli, "at", flag_span(cli, "campaign", ""),
		&exposure->time, err) < 0)
		return -1;
	exposure->state_at = exposure->time;
	exposure->state = EXPOSURE_DELIVERED;
	exposure->channel = flag_span(cli, "channel", "");
	exposure->campaign = flag_span(cli, "campaign", "");
	exposure->topic = flag_span(cli, "topic", "");
	exposure->propensity = 1;
	exposure->slots = &recording.slot;
	exposure->slot_count = 1;
	recording.slot.slot = flag_span(cli, "slot", "");
	recording.slot.block = recording.slot.option =
	    flag_span(cli, "block", "");
	if (make_id(cli, &recording, &recording.id, err) < 0)
		return -1;
	done = person_edit_run(
	    cli, cli_flag(cli, "to"), record_one, &recording, err);
	if (done < 0)
		return -1;
	fprintf(cli->out, "%s\n", done ? "recorded" : "was recorded already");
	return EX_OK;
}

/* What to take back. */
struct voiding {
	struct span message; /* hex of the tag, or a beginning of it; or "" */
	struct span campaign;
	struct span block;
	int64_t now;
	uint64_t count;
};

static bool
meant(const struct voiding *voiding, const struct exposure *exposure)
{
	char tag[2 * KEY_TAG + 1] = "";
	bool block = voiding->block.len == 0;

	hex_write(exposure->tag, KEY_TAG, tag);
	for (size_t i = 0; i < exposure->slot_count; i++)
		block |= span_eq(exposure->slots[i].block, voiding->block);
	return block && span_starts(span_str(tag), voiding->message) &&
	       (voiding->campaign.len == 0 ||
		   span_eq(voiding->campaign, exposure->campaign));
}

static int
void_some(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct voiding *voiding = context;

	(void)arena;
	(void)err;
	voiding->count = 0;
	for (size_t i = 0; i < person->history.exposure_count; i++) {
		struct exposure *exposure = &person->history.exposures[i];

		if (exposure->state == EXPOSURE_VOID ||
		    !meant(voiding, exposure))
			continue;
		exposure->state = EXPOSURE_VOID;
		exposure->state_at = voiding->now;
		voiding->count++;
	}
	return voiding->count ? EDIT_HISTORY : 0;
}

int
verb_exposure_void(struct cli *cli, struct err *err)
{
	struct voiding voiding = { .now = cli_now(),
		.message = flag_span(cli, "message", ""),
		.campaign = flag_span(cli, "campaign", ""),
		.block = flag_span(cli, "block", "") };

	if (!cli_flag(cli, "to") ||
	    (voiding.message.len == 0 && voiding.campaign.len == 0 &&
		voiding.block.len == 0))
		return cli_misuse(err, "exposure void needs --to and one of "
				       "--message, --campaign, --block");
	if (person_edit_run(
		cli, cli_flag(cli, "to"), void_some, &voiding, err) < 0)
		return -1;
	fprintf(cli->out, "%llu exposures no longer count\n",
	    (unsigned long long)voiding.count);
	return voiding.count != 0 ? EX_OK : names_known(cli, err);
}
