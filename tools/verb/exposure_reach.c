/*
 * inlay exposure reach: whom a block can be shown to. It is asked of the mail
 * itself: a mail of one slot with that block, made for everybody.
 */
#include <sysexits.h>

#include "milter/decide/why.h"
#include "milter/settings.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/message/pipeline.h"
#include "tools/message/slot_message.h"
#include "tools/out.h"
#include "tools/people/audience.h"
#include "tools/people/counts.h"
#include "tools/people/walk.h"
#include "tools/verbs.h"

struct reaching {
	struct cli *cli;
	const struct catalog *catalog;
	const struct block *block;
	struct campaign campaign;
	struct audience *audience; /* NULL: everybody */
	struct pipeline pipeline;
	struct personalise_request request;
	struct prepared *prepared;
	struct arena *ready; /* of what all copies share */
	uint64_t found, failed;
	struct err first;     /* why the first copy failed */
	struct counts others; /* why those who are not shown it are not */
};

enum { OTHERS_TOLD = 5, REASON_MAX = 300 };

/* Whether the copy shows the block; if not, counts why. */
static bool
shows(struct reaching *reaching, const struct decision *decision,
    struct arena *arena)
{
	const struct decided_slot *slot = &decision->slots[0];
	struct buf why;

	if (slot->chosen >= 0)
		return true;
	buf_init(&why, arena, REASON_MAX);
	if (decision->neutral != ABSENCE_NONE)
		buf_str(&why, absence_text(decision->neutral));
	else
		why_lost(&why, decision, &slot->options[0]);
	counts_add(&reaching->others, buf_span(&why), 1);
	return false;
}

/* Whether the person's mail would show the block. 1, 0 or -1. */
static int
is_shown(struct reaching *reaching, struct span address, struct arena *arena,
    struct err *err)
{
	struct personalised made;
	struct err why = ERR_INIT;

	reaching->request.recipient = address;
	if (personalise_prepared(reaching->prepared, &reaching->request, arena,
		&made, &why) == 0)
		return made.decision != NULL &&
		       shows(reaching, made.decision, arena);
	if (why.code == ERR_SUPPRESSED)
		counts_add(&reaching->others, span_str(why.text), 1);
	if (why.code == ERR_MEMORY || why.code == ERR_STORE)
		return err_set(err, why.code, "%s", why.text);
	if (why.code != ERR_SUPPRESSED && reaching->failed++ == 0)
		reaching->first = why;
	return 0;
}

static int
reach_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct reaching *reaching = context;
	struct span address = person->address;
	int fits = 1;

	if (!person->known)
		return 0;
	if (reaching->audience)
		fits = audience_test(
		    reaching->audience, &person->profile, arena, err);
	if (fits == 1)
		fits = is_shown(reaching, address, arena, err);
	if (fits <= 0)
		return fits;
	reaching->found++;
	if (reaching->cli->json)
		return out_json(reaching->cli->out, out_string(address), err);
	fwrite(address.at, 1, address.len, reaching->cli->out);
	fputc('\n', reaching->cli->out);
	return 0;
}

/* By whose rules: the campaign's, or of one that has none. 1, 0 there is no
 * such campaign, -1. */
static int
find_campaign(struct reaching *reaching, struct err *err)
{
	const char *id = cli_flag(reaching->cli, "campaign");
	const struct campaign *stored;
	struct campaign *plain;

	if (id) {
		stored = catalog_campaign(reaching->catalog, span_str(id));
		if (!stored)
			return 0;
		reaching->campaign = *stored;
		return 1;
	}
	if (campaign_parse(SPAN("id: reach\n"), "reach", reaching->cli->arena,
		&plain, err) < 0)
		return -1;
	reaching->campaign = *plain;
	if (reaching->block->topic.len != 0)
		reaching->campaign.topic = reaching->block->topic;
	return 1;
}

/* The mail of one slot, ready for everybody. */
static int
prepare(struct reaching *reaching, struct err *err)
{
	struct cli *cli = reaching->cli;
	struct slot_part parts[] = { { .html = false }, { .html = true } };
	struct buf tags;

	buf_init(&tags, cli->arena, 4096);
	buf_printf(&tags,
	    "{%% slot \"reach\" %%}{%% option \"reach\", block: \"%.*s\" %%}"
	    "{%% else %%}{%% endslot %%}",
	    SPAN_ARG(reaching->block->id));
	reaching->ready =
	    arena_new((size_t)reaching->pipeline.settings->message_memory);
	if (tags.failed || !reaching->ready)
		return err_set(err, ERR_MEMORY, "out of memory");
	parts[0].text = parts[1].text = buf_span(&tags);
	if (slot_message(
		parts, 2, cli->arena, &reaching->request.message, err) < 0)
		return -1;
	reaching->request.message_id = SPAN("<reach@localhost>");
	reaching->request.unstored = &reaching->campaign;
	return personalise_prepare(reaching->pipeline.personaliser,
	    &reaching->request, reaching->ready, &reaching->prepared, err);
}

/* Most of those who are not shown it, and why. */
static void
tell_others(struct reaching *reaching)
{
	const struct counts *others = &reaching->others;
	char number[32];

	counts_sort(&reaching->others);
	for (size_t i = 0; i < others->used && i < OTHERS_TOLD; i++)
		fprintf(reaching->cli->errors, "inlay: %s not: %.*s\n",
		    out_number(others->list[i].number, number, sizeof(number)),
		    SPAN_ARG(others->list[i].name));
}

static int
search(struct reaching *reaching, struct err *err)
{
	struct cli *cli = reaching->cli;
	struct walk over = {
		.label = "searching", .each = reach_one, .context = reaching
	};
	char line[sizeof(reaching->first)];

	if (walk(cli, &over, err) < 0)
		return -1;
	fprintf(cli->errors, "inlay: %llu of %llu people\n",
	    (unsigned long long)reaching->found, (unsigned long long)over.seen);
	tell_others(reaching);
	if (reaching->failed == 0)
		return EX_OK;
	fprintf(cli->errors, "inlay: %llu copies cannot be made: %s\n",
	    (unsigned long long)reaching->failed,
	    err_line(&reaching->first, line, sizeof(line)));
	return EX_DATAERR;
}

static int
reach(struct reaching *reaching, struct err *err)
{
	struct cli *cli = reaching->cli;
	const char *condition = cli_flag(cli, "audience");
	const struct audience_options options = { reaching->catalog,
		&reaching->campaign, reaching->request.now };

	cli_serve(cli, reaching->campaign.tenant);
	if (condition && audience_open(cli, &options, span_str(condition),
			     "--audience", &reaching->audience, err) < 0)
		return -1;
	if (pipeline_open_unsigned(cli, &reaching->pipeline, err) < 0 ||
	    prepare(reaching, err) < 0)
		return -1;
	return search(reaching, err);
}

static void
reaching_end(struct reaching *reaching)
{
	prepared_release(&reaching->prepared);
	arena_free(&reaching->ready);
	audience_close(&reaching->audience);
	pipeline_close(&reaching->pipeline);
}

static int
find_and_reach(struct reaching *reaching, const char *id, struct err *err)
{
	struct cli *cli = reaching->cli;
	int found;

	reaching->block = catalog_block(reaching->catalog, span_str(id));
	if (!reaching->block)
		return document_absent(cli, "block", id);
	found = find_campaign(reaching, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return document_absent(
		    cli, "campaign", cli_flag(cli, "campaign"));
	if (cli_when_in(cli, "at", reaching->campaign.clocks,
		&reaching->request.now, err) < 0)
		return -1;
	return reach(reaching, err);
}

int
verb_exposure_reach(struct cli *cli, struct err *err)
{
	struct reaching reaching = { .cli = cli,
		.request = { .now = cli_now() },
		.others = { .arena = cli->arena } };
	const char *id = cli_flag(cli, "block");
	struct catalog *catalog;
	int status;

	if (!id)
		return cli_misuse(err, "exposure reach needs --block ID");
	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	reaching.catalog = catalog;
	status = find_and_reach(&reaching, id, err);
	reaching_end(&reaching);
	catalog_free(&catalog);
	return status;
}
