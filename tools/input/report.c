#include "tools/input/report.h"

#include "milter/mail/message.h"
#include "store/base/ascii.h"
#include "store/base/buf.h"
#include "store/base/unicode.h"
#include "store/record/bounce.h"

/* What a report says of the mail it is about. */
struct about {
	bool notice; /* the whole mail is a report: what it says counts */
	struct span message_id;
	struct span to;	      /* where the copy went, or "" */
	struct span complain; /* who complained, or "" (Microsoft's form) */
};

/* What is told of one recipient. */
struct recipient_news {
	struct span whom, or_else;
	enum exposure_state state;
	uint32_t status;
};

/* Kinds of parts, the first being what is wanted most. RFC 3464, RFC 6522;
 * RFC 6533 has the same in UTF-8. */
struct part_kind {
	const char *type, *subtype;
};

#define KINDS_END \
	{ \
		NULL, NULL \
	}

static const struct part_kind returned_parts[] = {
	{ "message", "rfc822" },
	{ "text", "rfc822-headers" },
	{ "message", "global" },
	{ "message", "global-headers" },
	KINDS_END,
};
static const struct part_kind status_parts[] = {
	{ "message", "delivery-status" },
	{ "message", "global-delivery-status" },
	KINDS_END,
};
static const struct part_kind feedback_parts[] = {
	{ "message", "feedback-report" },
	KINDS_END,
};

static const struct part *
find_part(const struct message *message, const struct part_kind *kind)
{
	for (; kind->type != NULL; kind++)
		for (size_t i = 0; i < message->part_count; i++)
			if (part_is(message->parts[i], span_str(kind->type),
				span_str(kind->subtype)))
				return message->parts[i];
	return NULL;
}

/* What is in the part. Many systems give it a transfer encoding, though
 * RFC 2046 wants none; one that nobody can undo leaves it as it is. */
static int
read_body(const struct part *part, struct arena *arena, struct span *body,
    struct err *err)
{
	struct err why = ERR_INIT;

	if (part_bytes(part, arena, body, &why) == 0)
		return 0;
	*body = part->body;
	return why.code == ERR_DECODE ? 0
				      : err_set(err, why.code, "%s", why.text);
}

static struct span
field_text(const struct fields *fields, struct span name, struct arena *arena)
{
	const struct header_field *field = fields_find(fields, name, 1);
	struct span line;

	if (field == NULL || field_unfold(field, arena, &line, NULL) < 0)
		return SPAN_NONE;
	return line;
}

/* "rfc822; anna@example.org" and "<anna@example.org>". */
static struct span
address_of(struct span text)
{
	size_t semicolon = span_find(text, ';');
	size_t open;

	if (semicolon != text.len)
		text = span_from(text, semicolon + 1);
	open = span_find(text, '<');
	if (open != text.len) {
		text = span_from(text, open + 1);
		text = span_first(text, span_find(text, '>'));
	}
	return span_trim(text);
}

/* "\x{FC}" in "utf-8; j\x{FC}rgen@..." (RFC 6533 section 3): how much of the
 * text it is, or 0. */
static size_t
unitext_char(struct span text, struct buf *out)
{
	size_t end = span_find(text, '}');
	uint32_t code = 0;

	if (!span_starts(text, SPAN("\\x{")) || end == text.len || end < 4 ||
	    end > 9)
		return 0;
	for (size_t i = 3; i < end; i++) {
		int digit = hex_value(text.at[i]);

		if (digit < 0)
			return 0;
		code = code * 16 + (uint32_t)digit;
	}
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	unicode_write(out, code);
	return end + 1;
}

/* The address of "rfc822; anna@example.org" or "utf-8; j\x{FC}rgen@...". */
static int
typed_address(struct span text, struct arena *arena, struct span *address,
    struct err *err)
{
	bool utf8 =
	    text.len > 5 && span_caseeq(span_first(text, 5), SPAN("utf-8"));
	struct buf out;

	text = address_of(text);
	buf_init(&out, arena, text.len + 1);
	while (text.len != 0) {
		size_t used = utf8 ? unitext_char(text, &out) : 0;

		if (used == 0) {
			buf_byte(&out, text.at[0]);
			used = 1;
		}
		text = span_from(text, used);
	}
	if (out.failed)
		return err_set(err, ERR_MEMORY, "no memory for a report");
	*address = buf_span(&out);
	return 0;
}

/* The one address of a To field; a list of them says nothing of whose the
 * copy was. */
static struct span
only_address(struct span list)
{
	return span_find(list, ',') == list.len ? address_of(list) : SPAN_NONE;
}

/* The returned message, whole or only its header section. 1, 0 none, -1. */
static int
read_about(const struct message *message, struct arena *arena,
    struct about *about, struct err *err)
{
	const struct part *part = find_part(message, returned_parts);
	struct fields fields;
	struct span body;
	size_t used, separator;

	*about = (struct about){ .notice = part_is(message->root,
				     SPAN("multipart"), SPAN("report")) };
	if (part == NULL)
		return 0;
	if (read_body(part, arena, &body, err) < 0 ||
	    fields_read(body, arena, &fields, &used, &separator, err) < 0)
		return -1;
	about->message_id = field_text(&fields, SPAN("Message-ID"), arena);
	about->to = only_address(field_text(&fields, SPAN("To"), arena));
	about->complain = address_of(
	    field_text(&fields, SPAN("X-HmXmrOriginalRecipient"), arena));
	return about->message_id.len != 0;
}

/* ---- RFC 3464 ---- */

/* What names nobody tells nothing. */
static int
add_news(struct report_news ***end, const struct about *about,
    const struct recipient_news *told, struct arena *arena, struct err *err)
{
	struct report_news *news;

	if (told->whom.len == 0)
		return 0;
	news = arena_calloc(arena, 1, sizeof(*news));
	if (!news)
		return err_set(err, ERR_MEMORY, "no memory for a report");
	*news = (struct report_news){ .message_id = about->message_id,
		.recipient = told->whom,
		.or_else = told->or_else,
		.state = told->state,
		.status = told->status };
	**end = news;
	*end = &news->next;
	return 0;
}

/* What failed. The server's own code is that of Diagnostic-Code, "smtp; 550
 * 5.1.1 unknown" (RFC 3464 section 2.3.6); a Status is what the reporting
 * system makes of it, and some write 5.1.1 for every 550. */
static uint32_t
failure_status(
    const struct fields *fields, struct span text, struct arena *arena)
{
	struct span told = field_text(fields, SPAN("Diagnostic-Code"), arena);
	struct span reply =
	    span_trim(span_from(told, span_find(told, ';') + 1));
	uint32_t status = 0;

	(void)(bounce_status_of_reply(reply, &status) ||
	       bounce_status_read(text, &status));
	return status;
}

static int
read_recipient(const struct fields *fields, const struct about *about,
    struct report_news ***end, struct arena *arena, struct err *err)
{
	struct span action = field_text(fields, SPAN("Action"), arena);
	struct span status = field_text(fields, SPAN("Status"), arena);
	struct span whom =
	    field_text(fields, SPAN("Original-Recipient"), arena);
	struct recipient_news told = { .or_else = SPAN_NONE };

	/* Forwarded mail fails elsewhere: the returned copy says whose. */
	if (whom.len == 0) {
		whom = field_text(fields, SPAN("Final-Recipient"), arena);
		told.or_else = about->to;
	}
	if (span_caseeq(action, SPAN("delivered")) ||
	    span_caseeq(action, SPAN("relayed")) ||
	    span_caseeq(action, SPAN("expanded")))
		told.state = EXPOSURE_DELIVERED;
	else if (span_caseeq(action, SPAN("failed")))
		told.state = span_starts(status, SPAN("4")) ? EXPOSURE_FAILED
							    : EXPOSURE_BOUNCED;
	else
		return 0;
	if (about->notice && told.state != EXPOSURE_DELIVERED)
		told.status = failure_status(fields, status, arena);
	if (typed_address(whom, arena, &told.whom, err) < 0)
		return -1;
	return add_news(end, about, &told, arena, err);
}

/* Groups of fields with blank lines between: the message's, then one for
 * each recipient. */
static int
read_status(struct span text, const struct about *about,
    struct report_news **news, struct arena *arena, struct err *err)
{
	while (text.len != 0) {
		struct fields fields;
		size_t used, separator;

		if (fields_read(text, arena, &fields, &used, &separator, err) <
			0 ||
		    read_recipient(&fields, about, &news, arena, err) < 0)
			return -1;
		if (used + separator == 0)
			break;
		text = span_from(text, used + separator);
	}
	return 1;
}

/* ---- RFC 5965 ---- */

static int
read_feedback(struct span text, const struct about *about,
    struct report_news **news, struct arena *arena, struct err *err)
{
	struct fields fields;
	size_t used, separator;
	struct recipient_news told = { .or_else = about->to,
		.state = EXPOSURE_STATES };
	struct span type;

	if (fields_read(text, arena, &fields, &used, &separator, err) < 0)
		return -1;
	type = field_text(&fields, SPAN("Feedback-Type"), arena);
	told.whom =
	    address_of(field_text(&fields, SPAN("Original-Rcpt-To"), arena));
	if (told.whom.len == 0)
		told.whom = about->to;
	if (!span_caseeq(type, SPAN("abuse")) &&
	    !span_caseeq(type, SPAN("fraud")) &&
	    !span_caseeq(type, SPAN("opt-out")) &&
	    !span_caseeq(type, SPAN("other")))
		return 1;
	return add_news(&news, about, &told, arena, err) < 0 ? -1 : 1;
}

/* Outlook's feedback loop returns the mail with one field more, and no
 * report of RFC 5965. */
static int
read_outlook(const struct about *about, struct report_news **news,
    struct arena *arena, struct err *err)
{
	const struct recipient_news told = { about->complain, about->to,
		EXPOSURE_STATES, 0 };

	if (about->complain.len == 0)
		return 0;
	return add_news(&news, about, &told, arena, err) < 0 ? -1 : 1;
}

int
report_read(struct span bytes, struct arena *arena, struct report_news **news,
    struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	const struct part *status, *feedback;
	struct message *message;
	struct about about;
	struct span body;
	int known;

	*news = NULL;
	if (message_parse(bytes, &limits, arena, &message, err) < 0)
		return -1;
	status = find_part(message, status_parts);
	feedback = find_part(message, feedback_parts);
	known = read_about(message, arena, &about, err);
	if (known < 0)
		return -1;
	if (status == NULL && feedback == NULL)
		return known ? read_outlook(&about, news, arena, err) : 0;
	if (known == 0)
		return 0;
	if (read_body(status ? status : feedback, arena, &body, err) < 0)
		return -1;
	return status ? read_status(body, &about, news, arena, err)
		      : read_feedback(body, &about, news, arena, err);
}

/* ---- mbox ---- */

static size_t
next_from_line(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t hit =
		    at + span_search(span_from(text, at), SPAN("\nFrom "));

		if (hit == text.len)
			break;
		/* RFC 4155: a blank line stands before the next message. */
		if (hit == 0 || text.at[hit - 1] == '\n' ||
		    (text.at[hit - 1] == '\r' && hit > 1 &&
			text.at[hit - 2] == '\n'))
			return hit + 1;
		at = hit + 1;
	}
	return text.len;
}

int
mbox_next(struct span *rest, struct span *message)
{
	size_t end;

	if (rest->len == 0)
		return 0;
	if (span_starts(*rest, SPAN("From ")))
		*rest = span_from(*rest, span_find(*rest, '\n') + 1);
	end = next_from_line(*rest);
	*message = span_first(*rest, end);
	*rest = span_from(*rest, end);
	return 1;
}
