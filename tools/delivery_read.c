/*
 * inlay delivery read: reports that came by mail, from a mailbox file or
 * standard input: delivery status (RFC 3464) and complaints (RFC 5965).
 */
#include <sysexits.h>

#include "milter/mail/message.h"
#include "store/base/buf.h"
#include "tools/source.h"
#include "tools/tidings.h"
#include "tools/verbs.h"

#define MAIL_MAX ((size_t)8 << 20) /* of one report */
#define MAIL_MEMORY ((size_t)128 << 20)

struct postbox {
	struct cli *cli;
	struct buf mail; /* the one being gathered, with CRLF */
	struct arena *arena;
	uint64_t mails, reports, changed, strangers, odd;
};

/* What one report says, from all of its parts. */
struct report {
	struct span message_id;
	struct part *status;	/* message/delivery-status */
	struct part *complaint; /* message/feedback-report */
};

static bool
is_type(const struct part *part, const char *type, const char *subtype)
{
	return span_caseeq(part->type.type, span_str(type)) &&
	       span_caseeq(part->type.subtype, span_str(subtype));
}

/* The value of a field in a block of them, unfolded lines not being needed
 * for what we read. */
static struct span
field_of(struct span block, struct span name)
{
	while (block.len != 0) {
		size_t end = span_find(block, '\n');
		struct span line = span_first(block, end);

		if (line.len > name.len && line.at[name.len] == ':' &&
		    span_caseeq(span_first(line, name.len), name))
			return span_trim(span_from(line, name.len + 1));
		block = span_from(block, end + 1);
	}
	return SPAN_NONE;
}

/* "rfc822; <a@b>" -> "a@b". */
static struct span
address_of(struct span value)
{
	size_t semicolon = span_find(value, ';');

	if (semicolon < value.len)
		value = span_trim(span_from(value, semicolon + 1));
	if (value.len > 1 && value.at[0] == '<' &&
	    value.at[value.len - 1] == '>')
		value = span_of(value.at + 1, value.len - 2);
	return value;
}

/* 1 and the state, or 0: the action says nothing final. */
static int
state_of(struct span action, enum exposure_state *state)
{
	if (span_caseeq(action, SPAN("failed")))
		*state = EXPOSURE_BOUNCED;
	else if (span_caseeq(action, SPAN("delivered")) ||
		 span_caseeq(action, SPAN("relayed")))
		*state = EXPOSURE_DELIVERED;
	else
		return 0;
	return 1;
}

static int
tell(struct postbox *postbox, struct tidings *tidings, struct span first,
    struct span second, struct err *err)
{
	int known = tidings_tell(postbox->cli, tidings, first, err);

	if (known == 0)
		known = tidings_tell(postbox->cli, tidings, second, err);
	postbox->reports++;
	postbox->changed += tidings->changed;
	postbox->strangers += known == 0;
	return known < 0 ? -1 : 0;
}

/* Blocks of fields, one per recipient, after the one about the message. */
static int
read_status(struct postbox *postbox, const struct report *report,
    struct span text, struct err *err)
{
	struct tidings tidings = { .message_id = report->message_id,
		.at = cli_now() };

	while (text.len != 0) {
		size_t end = span_search(text, SPAN("\r\n\r\n"));
		struct span block = span_first(text, end);
		struct span final =
		    address_of(field_of(block, SPAN("Final-Recipient")));
		struct span original =
		    address_of(field_of(block, SPAN("Original-Recipient")));

		text = span_from(text, end + 4);
		if (!state_of(field_of(block, SPAN("Action")), &tidings.state))
			continue;
		if (tell(postbox, &tidings, final, original, err) < 0)
			return -1;
	}
	return 0;
}

static int
read_complaint(struct postbox *postbox, const struct report *report,
    struct span text, struct err *err)
{
	struct span type = field_of(text, SPAN("Feedback-Type"));
	struct tidings tidings = { .message_id = report->message_id,
		.complaint = true,
		.at = cli_now() };

	if (span_caseeq(type, SPAN("not-spam")))
		return 0;
	return tell(postbox, &tidings,
	    address_of(field_of(text, SPAN("Original-Rcpt-To"))),
	    address_of(field_of(text, SPAN("Removal-Recipient"))), err);
}

/* The parts that matter, wherever they are. The Message-ID is that of the
 * enclosed message or header, the last one found. */
static void
look_through(const struct message *message, struct report *report)
{
	for (size_t i = 0; i < message->part_count; i++) {
		struct part *part = message->parts[i];

		if (is_type(part, "message", "delivery-status"))
			report->status = part;
		else if (is_type(part, "message", "feedback-report"))
			report->complaint = part;
		else if (is_type(part, "message", "rfc822") ||
			 is_type(part, "text", "rfc822-headers"))
			report->message_id =
			    field_of(part->body, SPAN("Message-ID"));
	}
}

static int
read_mail(struct postbox *postbox, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct report report = { .status = NULL };
	struct part *part;
	struct message *message;
	struct span text;

	if (postbox->mail.len == 0)
		return 0;
	postbox->mails++;
	arena_reset(postbox->arena);
	if (postbox->mail.failed ||
	    message_parse(buf_span(&postbox->mail), &limits, postbox->arena,
		&message, NULL) < 0) {
		postbox->odd++;
		return 0;
	}
	look_through(message, &report);
	part = report.complaint ? report.complaint : report.status;
	if (!part || report.message_id.len == 0 ||
	    part_bytes(part, postbox->arena, &text, NULL) < 0) {
		postbox->odd++;
		return 0;
	}
	return report.complaint ? read_complaint(postbox, &report, text, err)
				: read_status(postbox, &report, text, err);
}

/* One line of the mailbox, without its end. */
static int
take_line(
    struct postbox *postbox, struct span line, bool *blank, struct err *err)
{
	int status = 0;

	if (line.len != 0 && line.at[line.len - 1] == '\r')
		line.len--;
	if (*blank && span_starts(line, SPAN("From "))) {
		status = read_mail(postbox, err);
		buf_clear(&postbox->mail);
		*blank = false;
		return status;
	}
	*blank = line.len == 0;
	buf_add(&postbox->mail, line);
	buf_str(&postbox->mail, "\r\n");
	return 0;
}

static int
read_lines(struct postbox *postbox, struct source *source, struct err *err)
{
	char chunk[16384];
	struct buf line;
	bool blank = true;
	ssize_t got;
	int status = 0;

	buf_init_heap(&line, MAIL_MAX);
	while (status == 0 &&
	       (got = source_read(source, chunk, sizeof(chunk), err)) != 0) {
		if (got < 0)
			status = -1;
		for (ssize_t i = 0; status == 0 && i < got; i++) {
			if (chunk[i] != '\n') {
				buf_byte(&line, chunk[i]);
				continue;
			}
			status =
			    take_line(postbox, buf_span(&line), &blank, err);
			buf_clear(&line);
		}
	}
	if (status == 0 && line.len != 0)
		status = take_line(postbox, buf_span(&line), &blank, err);
	buf_deinit(&line);
	return status < 0 ? -1 : read_mail(postbox, err);
}

int
verb_delivery_read(struct cli *cli, struct err *err)
{
	struct postbox postbox = { .cli = cli };
	struct source *source;
	int status;

	if (source_open(cli->argv[0], fileno(cli->in), &source, err) < 0)
		return -1;
	postbox.arena = arena_new(MAIL_MEMORY);
	buf_init_heap(&postbox.mail, MAIL_MAX);
	status = postbox.arena ? read_lines(&postbox, source, err)
			       : err_set(err, ERR_MEMORY, "out of memory");
	buf_deinit(&postbox.mail);
	arena_free(&postbox.arena);
	source_close(&source);
	if (status < 0)
		return -1;
	fprintf(cli->out,
	    "%llu mails, %llu reports, %llu records changed, %llu of other "
	    "mail, %llu mails that are no report\n",
	    (unsigned long long)postbox.mails,
	    (unsigned long long)postbox.reports,
	    (unsigned long long)postbox.changed,
	    (unsigned long long)postbox.strangers,
	    (unsigned long long)postbox.odd);
	return EX_OK;
}
