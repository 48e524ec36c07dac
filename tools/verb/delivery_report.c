/*
 * inlay delivery report: what mails about mails say.
 */
#include <sysexits.h>

#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/input/report.h"
#include "tools/input/input_stream.h"
#include "tools/input/line_ends.h"
#include "tools/people/delivery_batch.h"
#include "tools/verbs.h"

#define MAILBOX_MAX ((size_t)1 << 30)

struct mailbox_count {
	uint64_t reports, others;
};

static int
tell(struct cli *cli, const struct delivery_batch *batch,
    const struct mailbox_count *read, struct err *err)
{
	const struct delivery_batch_count *counted =
	    delivery_batch_counted(batch);
	const uint64_t numbers[] = { read->reports,
		counted->changed[EXPOSURE_DELIVERED],
		counted->changed[EXPOSURE_BOUNCED],
		counted->changed[EXPOSURE_FAILED], counted->complaints,
		counted->bounces, counted->known, counted->foreign,
		counted->damaged, read->others };
	const char *const words[] = { "reports read", "delivered", "bounced",
		"failed", "complained", "bounces noted", "known before",
		"not campaign mail", "damaged", "no report" };
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		out_set(object, words[i], json_integer((json_int_t)numbers[i]));
		if (!cli->json && (i < 5 || numbers[i] != 0))
			fprintf(cli->out, "%s%llu %s", i ? ", " : "",
			    (unsigned long long)numbers[i], words[i]);
	}
	if (cli->json)
		return out_json(cli->out, object, err);
	json_decref(object);
	fputc('\n', cli->out);
	return 0;
}

/* 1 noted, 0 the message is no report, -1. */
static int
note_report(struct span message, struct delivery_batch *batch,
    struct arena *arena, struct err *err)
{
	struct report_news *news;
	struct span bytes;
	int is_report;

	if (line_ends_crlf(message, arena, &bytes, err) < 0)
		return -1;
	is_report = report_read(bytes, arena, &news, err);
	for (; is_report == 1 && news; news = news->next) {
		struct delivery_news told = { .message_id = news->message_id,
			.recipient = news->recipient,
			.or_else = news->or_else,
			.state = news->state,
			.status = news->status,
			.at = cli_now() };

		if (delivery_batch_add(batch, &told, err) < 0)
			return -1;
	}
	return is_report;
}

static int
read_reports(struct span mailbox, struct delivery_batch *batch,
    struct mailbox_count *count, struct err *err)
{
	struct arena *arena = arena_new(MAILBOX_MAX);
	struct span message;
	int failed = 0;

	if (arena == NULL)
		return err_set(err, ERR_MEMORY, "no memory for reports");
	while (failed == 0 && !interrupt_seen() &&
	       mbox_next(&mailbox, &message) == 1) {
		int is_report;

		arena_reset(arena);
		is_report = note_report(message, batch, arena, err);
		if (is_report < 0)
			failed = -1;
		else if (is_report == 1)
			count->reports++;
		else
			count->others++;
	}
	arena_free(&arena);
	return failed < 0 ? -1 : delivery_batch_flush(batch, err);
}

int
verb_delivery_report(struct cli *cli, struct err *err)
{
	struct delivery_batch *batch = delivery_batch_new(cli);
	struct mailbox_count count = { 0, 0 };
	struct buf mailbox;
	int failed;

	if (batch == NULL)
		return err_set(err, ERR_MEMORY, "no memory for batch");
	interrupt_watch();
	buf_init_heap(&mailbox, MAILBOX_MAX);
	failed = delivery_batch_all_tenants(batch, cli, err);
	if (failed == 0)
		failed = input_stream_read_whole(cli->argc ? cli->argv[0] : "-",
		    fileno(cli->in), &mailbox, ERR_INPUT, err);
	if (failed == 0)
		failed = read_reports(buf_span(&mailbox), batch, &count, err);
	if (failed == 0)
		failed = tell(cli, batch, &count, err);
	buf_deinit(&mailbox);
	delivery_batch_free(&batch);
	return failed < 0 ? -1 : EX_OK;
}
