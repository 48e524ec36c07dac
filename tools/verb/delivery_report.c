/*
 * inlay delivery report: what mails about mails say.
 */
#include <sysexits.h>

#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/input/report.h"
#include "tools/input/input_stream.h"
#include "tools/people/delivery_batch.h"
#include "tools/verbs.h"

#define MAILBOX_MAX ((size_t)1 << 30)

static int
tell(struct cli *cli, const struct delivery_batch *batch, const char *unit,
    uint64_t units, struct err *err)
{
	const struct delivery_batch_count *counted =
	    delivery_batch_counted(batch);
	const uint64_t numbers[] = { units,
		counted->changed[EXPOSURE_DELIVERED],
		counted->changed[EXPOSURE_BOUNCED],
		counted->changed[EXPOSURE_FAILED], counted->complaints,
		counted->known, counted->foreign, counted->damaged };
	const char *const words[] = { unit, "delivered", "bounced", "failed",
		"complained", "known before", "not campaign mail", "damaged" };
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

static int
read_mailbox(
    struct cli *cli, const char *path, struct buf *mailbox, struct err *err)
{
	struct input_stream *source;
	ssize_t got = 0;

	if (input_stream_open(path, fileno(cli->in), &source, err) < 0)
		return -1;
	do {
		if (buf_reserve(mailbox, 65536) < 0)
			break;
		got = input_stream_read(source, mailbox->at + mailbox->len,
		    mailbox->size - mailbox->len - 1, err);
		if (got > 0)
			mailbox->len += (size_t)got;
	} while (got > 0);
	input_stream_close(&source);
	if (mailbox->failed)
		return err_at(err, ERR_INPUT, path, 0, 0,
		    "larger than %zu bytes", MAILBOX_MAX);
	return got < 0 ? -1 : 0;
}

static int
with_crlf(
    struct span text, struct arena *arena, struct span *out, struct err *err)
{
	struct buf buf;

	buf_init(&buf, arena, 2 * text.len + 2);
	while (text.len != 0) {
		size_t end = span_find(text, '\n');
		struct span line = span_first(text, end);

		text = span_from(text, end + 1);
		if (span_ends(line, SPAN("\r")))
			line.len--;
		buf_add(&buf, line);
		buf_add(&buf, SPAN("\r\n"));
	}
	if (buf.failed)
		return err_set(err, ERR_MEMORY, "no memory for a report");
	*out = buf_span(&buf);
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

	if (with_crlf(message, arena, &bytes, err) < 0)
		return -1;
	is_report = report_read(bytes, arena, &news, err);
	for (; is_report == 1 && news; news = news->next)
		if (delivery_batch_add(batch, news->message_id, news->recipient,
			news->state, cli_now(), err) < 0)
			return -1;
	return is_report;
}

static int
read_reports(struct span mailbox, struct delivery_batch *batch,
    uint64_t *reports, struct err *err)
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
		else
			*reports += (uint64_t)is_report;
	}
	arena_free(&arena);
	return failed < 0 ? -1 : delivery_batch_flush(batch, err);
}

int
verb_delivery_report(struct cli *cli, struct err *err)
{
	struct delivery_batch *batch = delivery_batch_new(cli);
	uint64_t reports = 0;
	struct buf mailbox;
	int failed;

	if (batch == NULL)
		return err_set(err, ERR_MEMORY, "no memory for batch");
	interrupt_watch();
	buf_init_heap(&mailbox, MAILBOX_MAX);
	failed =
	    read_mailbox(cli, cli->argc ? cli->argv[0] : "-", &mailbox, err);
	if (failed == 0)
		failed = read_reports(buf_span(&mailbox), batch, &reports, err);
	if (failed == 0)
		failed = tell(cli, batch, "reports read", reports, err);
	buf_deinit(&mailbox);
	delivery_batch_free(&batch);
	return failed < 0 ? -1 : EX_OK;
}
