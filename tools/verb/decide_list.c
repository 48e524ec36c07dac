/*
 * inlay decide --audience: the list that a printer or a call centre works
 * through. Each row is decided, and recorded if asked, as a mail would be.
 */
#include "tools/verb/decide_list.h"

#include <iconv.h>
#include <stdlib.h>
#include <sysexits.h>

#include "milter/decide/decide.h"
#include "milter/mail/message.h"
#include "milter/reply.h"
#include "milter/settings.h"
#include "store/base/hash.h"
#include "store/base/timestamp.h"
#include "store/record/profile.h"
#include "tools/input/rows_flags.h"
#include "tools/interrupt.h"
#include "tools/message/list_columns.h"
#include "tools/message/pipeline.h"
#include "tools/message/slot_source.h"
#include "tools/out.h"
#include "tools/people/audience.h"
#include "tools/people/counts.h"
#include "tools/people/walk.h"
#include "tools/progress.h"

#define PEOPLE_MEMORY ((size_t)4 << 30)

struct listed {
	struct span address;
	uint64_t lot;
};

struct roster {
	struct cli *cli;
	const struct catalog *catalog;
	const struct campaign *campaign;
	const struct channel *channel; /* NULL: it has no rules */
	struct pipeline pipeline;
	struct personalise_request request;
	struct list_columns columns;
	struct audience *audience;
	struct arena *people; /* keeps the addresses */
	struct arena *one;    /* of one row */
	struct listed *list;
	size_t count, room;
	bool csv, record;
	iconv_t encoding; /* from UTF-8; -1: none */
	uint64_t lost;	  /* characters that it has not */
	uint64_t rows;
	struct counts others; /* why somebody is not on the list */
};

/* ---- who ---- */

static bool
make_room(struct roster *roster)
{
	size_t room = roster->room ? 2 * roster->room : 1024;
	struct listed *grown;

	if (roster->count < roster->room)
		return true;
	grown = realloc(roster->list, room * sizeof *grown);
	if (!grown)
		return false;
	roster->list = grown;
	roster->room = room;
	return true;
}

static int
gather_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct roster *roster = context;
	struct listed *one;
	int fits;

	if (!person->known)
		return 0;
	fits = audience_test(roster->audience, &person->profile, arena, err);
	if (fits <= 0)
		return fits;
	if (!make_room(roster))
		return err_set(err, ERR_MEMORY, "out of memory");
	one = &roster->list[roster->count++];
	one->lot = hash_xxh3_seeded(
	    person->address, hash_xxh3(roster->campaign->seed));
	return arena_dup(roster->people, person->address, &one->address) < 0
		   ? err_set(err, ERR_MEMORY, "out of memory")
		   : 0;
}

static int
by_lot(const void *a, const void *b)
{
	const struct listed *one = a, *other = b;

	return one->lot < other->lot ? -1 : one->lot > other->lot;
}

/* Where not everybody can be reached lots are drawn, the same ones each time:
 * whoever comes first in the store is no fair choice. 0 or -1. */
static int
gather(struct roster *roster, struct err *err)
{
	struct walk over = {
		.label = "choosing", .each = gather_one, .context = roster
	};

	if (walk(roster->cli, &over, err) < 0)
		return -1;
	walk_tell_damaged(&over, roster->cli->errors);
	if (roster->channel && roster->channel->capacity != 0)
		qsort(
		    roster->list, roster->count, sizeof *roster->list, by_lot);
	return 0;
}

/* ---- a row ---- */

/* The text in the list's encoding; what that has not becomes "?". */
static void
write_encoded(struct roster *roster, char *text, size_t len)
{
	char out[512], *to;
	size_t room;

	while (len != 0) {
		to = out;
		room = sizeof out;
		if (iconv(roster->encoding, &text, &len, &to, &room) ==
			(size_t)-1 &&
		    len != 0 && room != 0 && to == out) {
			*to++ = '?';
			roster->lost++;
			do {
				text++;
				len--;
			} while (
			    len != 0 && ((unsigned char)*text & 0xc0) == 0x80);
		}
		fwrite(out, 1, (size_t)(to - out), roster->cli->out);
	}
}

/* The line that print made, encoded. 0 or -1. */
static int
write_line(struct roster *roster,
    int (*print)(struct roster *roster, FILE *out, const struct list_row *row,
	struct err *err),
    const struct list_row *row, struct err *err)
{
	char *text = NULL;
	size_t len = 0;
	FILE *memory;
	int status;

	if (roster->encoding == (iconv_t)-1)
		return print(roster, roster->cli->out, row, err);
	memory = open_memstream(&text, &len);
	if (!memory)
		return err_set(err, ERR_MEMORY, "out of memory");
	status = print(roster, memory, row, err);
	if (fclose(memory) != 0)
		status = err_set(err, ERR_MEMORY, "out of memory");
	else if (status == 0)
		write_encoded(roster, text, len);
	free(text);
	return status;
}

static int
print_header(struct roster *roster, FILE *out, const struct list_row *row,
    struct err *err)
{
	(void)row;
	(void)err;
	for (size_t i = 0; i < roster->columns.count; i++) {
		fputs(i == 0 ? "" : ",", out);
		out_csv(out, roster->columns.list[i].name);
	}
	fputc('\n', out);
	return 0;
}

static int
print_csv(struct roster *roster, FILE *out, const struct list_row *row,
    struct err *err)
{
	for (size_t i = 0; i < roster->columns.count; i++) {
		const struct list_column *column = &roster->columns.list[i];
		struct span value;

		if (column->value(column, row, &value, err) < 0)
			return -1;
		fputs(i == 0 ? "" : ",", out);
		out_csv(out, value);
	}
	fputc('\n', out);
	return 0;
}

static int
print_json(struct roster *roster, FILE *out, const struct list_row *row,
    struct err *err)
{
	json_t *object = json_object();

	for (size_t i = 0; i < roster->columns.count; i++) {
		const struct list_column *column = &roster->columns.list[i];
		struct span value;
		char name[201];

		if (column->value(column, row, &value, err) < 0) {
			json_decref(object);
			return -1;
		}
		snprintf(name, sizeof name, "%.*s", SPAN_ARG(column->name));
		out_set(object, name, out_string(value));
	}
	return out_json(out, object, err);
}

static int
write_row(
    struct roster *roster, const struct personalised *made, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct list_row row = { .address = roster->request.recipient,
		.made = made,
		.arena = roster->one };
	struct message *rendered;

	if (message_parse(made->bytes, &limits, row.arena, &rendered, err) < 0)
		return -1;
	row.rendered = rendered;
	roster->rows++;
	return write_line(
	    roster, roster->csv ? print_csv : print_json, &row, err);
}

/* Why this person is not on the list; without what is their own. */
static void
leave_out(struct roster *roster, const struct personalised *made)
{
	struct refusal_names names;
	struct buf text;

	buf_init(&text, roster->one, 1000);
	if (made->decision && made->decision->refusal != REFUSAL_NONE) {
		names = decision_names(made->decision);
		names.bounced = NULL;
		refusal_tell(made->decision->refusal, &names, &text);
	} else {
		buf_add(&text, made->reason);
	}
	counts_add(&roster->others, buf_span(&text), 1);
}

/* One person: a row, or a reason why not. 0, or -1 nothing goes on. */
static int
list_one(struct roster *roster, struct span address, struct err *err)
{
	struct personaliser *personaliser = roster->pipeline.personaliser;
	struct personalised made;
	struct err why = ERR_INIT;
	int status;

	arena_reset(roster->one);
	roster->request.recipient = address;
	status = roster->record
		     ? personalise_message(personaliser, &roster->request,
			   roster->one, &made, &why)
		     : personalise_preview(personaliser, &roster->request, NULL,
			   roster->one, &made, &why);
	if (status < 0 && reply_for(why.code)->action != REPLY_REJECT)
		return err_set(err, why.code, "%s", why.text);
	if (status < 0) {
		counts_add(&roster->others, span_str(why.text), 1);
		return 0;
	}
	if (made.verdict == VERDICT_REFUSED || made.verdict == VERDICT_DISCARD)
		leave_out(roster, &made);
	else
		status = write_row(roster, &made, err);
	personalised_release(personaliser, &made);
	return status;
}

/* ---- the list ---- */

static void
tell_others(struct roster *roster, size_t done)
{
	FILE *errors = roster->cli->errors;
	char number[32];

	counts_sort(&roster->others);
	for (size_t i = 0; i < roster->others.used; i++) {
		const struct count *one = &roster->others.list[i];

		fprintf(errors, "inlay: %s left out: ",
		    out_number(one->number, number, sizeof number));
		out_text(errors, one->name, 0);
		fputc('\n', errors);
	}
	if (done < roster->count)
		fprintf(errors,
		    "inlay: %s left out: the channel's capacity is used up\n",
		    out_number(roster->count - done, number, sizeof number));
	if (roster->lost != 0)
		fprintf(errors,
		    "inlay: %s characters are not in %s and became ?\n",
		    out_number(roster->lost, number, sizeof number),
		    cli_flag(roster->cli, "encoding"));
}

static int
list_all(struct roster *roster, struct err *err)
{
	uint64_t capacity = roster->channel && roster->channel->capacity
				? roster->channel->capacity
				: UINT64_MAX;
	struct progress progress;
	size_t done = 0;
	int status = 0;

	if (roster->csv)
		status = write_line(roster, print_header, NULL, err);
	progress_begin(&progress, roster->cli->errors, "deciding", "people");
	interrupt_watch();
	for (; status == 0 && done < roster->count && roster->rows < capacity &&
	       !interrupt_seen();
	     done++) {
		status = list_one(roster, roster->list[done].address, err);
		progress_at(&progress, done, done, roster->count);
	}
	progress_end(&progress);
	if (status < 0)
		return -1;
	if (interrupt_seen())
		fprintf(roster->cli->errors,
		    "inlay: interrupted; this is a part\n");
	else
		tell_others(roster, done);
	return interrupt_seen() ? EX_TEMPFAIL : EX_OK;
}

/* The same list of the same day is the same, so that recording it twice is one
 * exposure for each person. */
static int
name_list(struct roster *roster, struct err *err)
{
	struct cli *cli = roster->cli;
	const char *channel = cli_flag(cli, "channel");
	const char *id = cli_flag(cli, "id");
	char when[TIMESTAMP_SIZE];
	struct buf text;

	zone_print(roster->campaign->clocks, roster->request.now, when);
	buf_init(&text, cli->arena, 1000);
	buf_printf(
	    &text, "<list.%.*s@%s>", id ? 200 : 10, id ? id : when, channel);
	roster->request.message_id = buf_span(&text);
	return text.failed ? err_set(err, ERR_MEMORY, "out of memory") : 0;
}

/* What the flags say that needs no store. 0 or -1. */
static int
read_flags(struct roster *roster, struct err *err)
{
	static const char *const names[] = { "campaign", "channel", "pool",
		"id", NULL };
	struct cli *cli = roster->cli;
	const char *encoding = cli_flag(cli, "encoding");
	enum rows_format format;

	if (!cli_flag(cli, "channel") || !cli_flag(cli, "columns"))
		return cli_misuse(
		    err, "decide --audience needs --channel and --columns");
	for (size_t i = 0; names[i]; i++) {
		const char *value = cli_flag(cli, names[i]);

		if (value && !slot_source_name(value))
			return cli_misuse(
			    err, "--%s: `%s` is no name", names[i], value);
	}
	if (rows_flags_format(cli, &format, err) < 0)
		return -1;
	roster->csv = !cli->json && format != ROWS_JSON;
	roster->record = cli_flag(cli, "record") != NULL;
	if (encoding)
		roster->encoding = iconv_open(encoding, "UTF-8");
	if (encoding && roster->encoding == (iconv_t)-1)
		return cli_misuse(
		    err, "--encoding: nobody knows `%s`", encoding);
	return 0;
}

static int
set_up(struct roster *roster, struct err *err)
{
	struct cli *cli = roster->cli;
	struct audience_options options = { .catalog = roster->catalog };

	roster->request.now = cli_now();
	roster->request.channel = span_str(cli_flag(cli, "channel"));
	roster->request.explain = true;
	if (slot_source_campaign(cli, roster->catalog, roster->request.now,
		&roster->campaign, err) < 0 ||
	    cli_when_in(cli, "at", roster->campaign->clocks,
		&roster->request.now, err) < 0)
		return -1;
	roster->channel =
	    campaign_channel(roster->campaign, roster->request.channel);
	roster->request.campaign = roster->campaign->id;
	cli_serve(cli, roster->campaign->tenant);
	if (list_columns_read(cli, roster->catalog, roster->campaign,
		&roster->columns, err) < 0 ||
	    name_list(roster, err) < 0)
		return -1;
	roster->request.message = roster->columns.message;
	options.campaign = roster->campaign;
	options.now = roster->request.now;
	return audience_open(cli, &options, span_str(cli_flag(cli, "audience")),
	    "--audience", &roster->audience, err);
}

static int
run(struct roster *roster, struct err *err)
{
	size_t memory = (size_t)roster->cli->settings->message_memory;

	roster->people = arena_new(PEOPLE_MEMORY);
	roster->one = arena_new(memory);
	if (!roster->people || !roster->one)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (set_up(roster, err) < 0 || gather(roster, err) < 0)
		return -1;
	return list_all(roster, err);
}

int
decide_list(struct cli *cli, struct err *err)
{
	struct roster roster = { .cli = cli, .encoding = (iconv_t)-1 };
	struct catalog *catalog;
	int status = -1;

	roster.others.arena = cli->arena;
	if (read_flags(&roster, err) < 0 || cli_catalog(cli, &catalog, err) < 0)
		return -1;
	roster.catalog = catalog;
	if (pipeline_open_unsigned(cli, &roster.pipeline, err) == 0)
		status = run(&roster, err);
	audience_close(&roster.audience);
	pipeline_close(&roster.pipeline);
	arena_free(&roster.people);
	arena_free(&roster.one);
	free(roster.list);
	if (roster.encoding != (iconv_t)-1)
		iconv_close(roster.encoding);
	catalog_free(&catalog);
	return status;
}
