#include "tools/input/report.h"

#include "milter/mail/message.h"

/* What a report says of the mail it is about. */
struct about {
	struct span message_id;
	struct span to;
};

static const struct part *
find_part(const struct message *message, struct span type, struct span subtype)
{
	for (size_t i = 0; i < message->part_count; i++)
		if (part_is(message->parts[i], type, subtype))
			return message->parts[i];
	return NULL;
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

/* The returned message, whole or only its header section. */
static int
read_about(const struct message *message, struct arena *arena,
    struct about *about, struct err *err)
{
	const struct part *part =
	    find_part(message, SPAN("message"), SPAN("rfc822"));
	struct fields fields;
	size_t used, separator;

	if (part == NULL)
		part = find_part(message, SPAN("text"), SPAN("rfc822-headers"));
	if (part == NULL)
		part = find_part(message, SPAN("message"), SPAN("global"));
	*about = (struct about){ .to = SPAN_NONE };
	if (part == NULL)
		return 0;
	if (fields_read(part->body, arena, &fields, &used, &separator, err) < 0)
		return -1;
	about->message_id = field_text(&fields, SPAN("Message-ID"), arena);
	about->to = address_of(field_text(&fields, SPAN("To"), arena));
	return about->message_id.len != 0;
}

/* ---- RFC 3464 ---- */

/* What names nobody tells nothing. */
static int
add_news(struct report_news ***end, const struct about *about,
    struct span recipient, enum exposure_state state, struct arena *arena,
    struct err *err)
{
	struct report_news *news;

	if (recipient.len == 0)
		return 0;
	news = arena_calloc(arena, 1, sizeof(*news));
	if (!news)
		return err_set(err, ERR_MEMORY, "no memory for a report");
	*news = (struct report_news){ .message_id = about->message_id,
		.recipient = recipient,
		.state = state };
	**end = news;
	*end = &news->next;
	return 0;
}

static int
read_recipient(const struct fields *fields, const struct about *about,
    struct report_news ***end, struct arena *arena, struct err *err)
{
	struct span action = field_text(fields, SPAN("Action"), arena);
	struct span status = field_text(fields, SPAN("Status"), arena);
	struct span whom =
	    field_text(fields, SPAN("Original-Recipient"), arena);
	enum exposure_state state;

	if (whom.len == 0)
		whom = field_text(fields, SPAN("Final-Recipient"), arena);
	if (span_caseeq(action, SPAN("delivered")) ||
	    span_caseeq(action, SPAN("relayed")) ||
	    span_caseeq(action, SPAN("expanded")))
		state = EXPOSURE_DELIVERED;
	else if (span_caseeq(action, SPAN("failed")))
		state = span_starts(status, SPAN("4")) ? EXPOSURE_FAILED
						       : EXPOSURE_BOUNCED;
	else
		return 0;
	return add_news(end, about, address_of(whom), state, arena, err);
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
	struct span type, whom;

	if (fields_read(text, arena, &fields, &used, &separator, err) < 0)
		return -1;
	type = field_text(&fields, SPAN("Feedback-Type"), arena);
	whom = address_of(field_text(&fields, SPAN("Original-Rcpt-To"), arena));
	if (whom.len == 0)
		whom = about->to;
	if (!span_caseeq(type, SPAN("abuse")) &&
	    !span_caseeq(type, SPAN("fraud")) &&
	    !span_caseeq(type, SPAN("opt-out")) &&
	    !span_caseeq(type, SPAN("other")))
		return 1;
	return add_news(&news, about, whom, EXPOSURE_STATES, arena, err) < 0
		   ? -1
		   : 1;
}

int
report_read(struct span bytes, struct arena *arena, struct report_news **news,
    struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	const struct part *status, *feedback;
	struct message *message;
	struct about about;
	int known;

	*news = NULL;
	if (message_parse(bytes, &limits, arena, &message, err) < 0)
		return -1;
	status = find_part(message, SPAN("message"), SPAN("delivery-status"));
	feedback = find_part(message, SPAN("message"), SPAN("feedback-report"));
	if (status == NULL && feedback == NULL)
		return 0;
	known = read_about(message, arena, &about, err);
	if (known != 1)
		return known;
	if (status != NULL)
		return read_status(status->body, &about, news, arena, err);
	return read_feedback(feedback->body, &about, news, arena, err);
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
