#include "tools/input/maillog.h"

#include "store/base/ascii.h"
#include "store/record/bounce.h"

static bool
is_id_byte(char c)
{
	return ascii_is_digit(c) || ascii_is_letter(c);
}

/* The queue id at the start, or the empty span. */
static struct span
queue_id(struct span text)
{
	size_t len = 0;

	while (len < text.len && is_id_byte(text.at[len]))
		len++;
	return len >= 6 && len <= 64 ? span_first(text, len) : SPAN_NONE;
}

/* What follows the first occurrence of the words, or nothing. */
static struct span
after(struct span text, struct span words)
{
	size_t at = span_search(text, words);

	return at == text.len ? SPAN_NONE : span_from(text, at + words.len);
}

/* The value of "name=" among ", " separated pairs. */
static struct span
pair(struct span text, struct span name)
{
	while (text.len != 0) {
		if (span_starts(text, name))
			return span_from(text, name.len);
		text = after(text, SPAN(", "));
	}
	return SPAN_NONE;
}

/* "<a@b>, relay=..." -> "a@b". */
static struct span
bracketed(struct span text)
{
	size_t end;

	if (text.len == 0 || text.at[0] != '<')
		return SPAN_NONE;
	text = span_from(text, 1);
	end = span_find(text, '>');
	return end == text.len ? SPAN_NONE : span_first(text, end);
}

/* The word up to a blank, comma or parenthesis. */
static struct span
word(struct span text)
{
	size_t len = 0;

	while (len < text.len && !strchr(" ,()", text.at[len]))
		len++;
	return span_first(text, len);
}

/* The queue id in "(250 2.0.0 Ok: queued as QID)" or "(QID Message accepted
 * for delivery)" or "(250 2.0.0 QID Message accepted ...)". */
static struct span
next_queue(struct span text)
{
	struct span queued = after(text, SPAN("queued as "));
	size_t accepted = span_search(text, SPAN(" Message accepted"));

	if (queued.len != 0)
		return queue_id(queued);
	if (accepted == text.len)
		return SPAN_NONE;
	text = span_first(text, accepted);
	for (size_t i = text.len; i-- > 0;)
		if (text.at[i] == ' ' || text.at[i] == '(')
			return queue_id(span_from(text, i + 1));
	return SPAN_NONE;
}

static enum maillog_kind
postfix_status(struct span status)
{
	static const struct {
		const char *word;
		enum maillog_kind kind;
	} words[] = {
		{ "sent", MAILLOG_SENT },
		{ "bounced", MAILLOG_BOUNCED },
		{ "deferred", MAILLOG_DEFERRED },
		{ "expired", MAILLOG_EXPIRED },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_eq(word(status), span_str(words[i].word)))
			return words[i].kind;
	return MAILLOG_NOTHING;
}

/* The enhanced status code of a "dsn=" pair; 0 none. */
static uint32_t
read_status(struct span rest)
{
	uint32_t status;

	return bounce_status_read(pair(rest, SPAN("dsn=")), &status) ? status
								     : 0;
}

/* Up to the words, or all of it. */
static struct span
until(struct span text, struct span words)
{
	return span_first(text, span_search(text, words));
}

/* Without the last ", name=" and what follows it. */
static struct span
before_last(struct span text, struct span name)
{
	for (size_t at = text.len; at-- > 0;)
		if (span_starts(span_from(text, at), name))
			return span_first(text, at);
	return text;
}

/* "RCPT from HOST[ADDRESS]: REPLY; from=<a> to=<b> proto=...", a reply of
 * somebody's own words. */
static void
read_refusal(struct span rest, struct maillog_event *event)
{
	struct span reply = after(rest, SPAN("]: "));
	struct span said = before_last(reply, SPAN("; from=<"));
	struct span who = span_from(reply, said.len + 2);

	event->kind = MAILLOG_REFUSED;
	event->peer = until(after(rest, SPAN(" from ")), SPAN(": "));
	event->said = said;
	event->from = bracketed(after(who, SPAN("from=")));
	event->to = bracketed(after(who, SPAN(" to=")));
}

/* What is told of a queue file by its first word. */
static bool
read_queue_file(struct span rest, struct maillog_event *event)
{
	if (span_starts(rest, SPAN("message-id="))) {
		/* Whatever it holds: nothing comes after it. */
		event->message_id = span_trim(span_from(rest, 11));
		event->kind = MAILLOG_MESSAGE;
	} else if (span_eq(rest, SPAN("removed"))) {
		event->kind = MAILLOG_REMOVED;
	} else if (span_starts(rest, SPAN("client="))) {
		event->kind = MAILLOG_ACCEPTED;
		event->peer = until(span_from(rest, 7), SPAN(", "));
	} else if (span_starts(rest, SPAN("uid="))) {
		event->kind = MAILLOG_ACCEPTED;
		event->peer = word(rest);
	} else if (span_starts(rest, SPAN("from=<")) &&
		   span_ends(rest, SPAN("(queue active)"))) {
		event->kind = MAILLOG_QUEUED;
		event->from = bracketed(span_from(rest, 5));
	} else if (span_starts(rest, SPAN("milter-reject: ")) ||
		   span_starts(rest, SPAN("reject: "))) {
		read_refusal(after(rest, SPAN("reject: ")), event);
	}
	return event->kind != MAILLOG_NOTHING;
}

static void
read_postfix(struct span rest, struct maillog_event *event)
{
	struct span status = pair(rest, SPAN("status="));

	if (read_queue_file(rest, event))
		return;
	event->to = bracketed(pair(rest, SPAN("to=")));
	event->orig_to = bracketed(pair(rest, SPAN("orig_to=")));
	event->peer = until(pair(rest, SPAN("relay=")), SPAN(", "));
	if (span_eq(event->peer, SPAN("none")))
		event->peer = SPAN_NONE;
	event->status = read_status(rest);
	event->kind = postfix_status(status);
	event->said = before_last(after(status, SPAN(" (")), SPAN(")"));
	if (event->kind == MAILLOG_SENT)
		event->next = next_queue(status);
	if (event->to.len == 0 && event->kind != MAILLOG_EXPIRED)
		event->kind = MAILLOG_NOTHING;
}

/* "NEWQID: DSN: Cannot send message for 5 days", or in other words of the
 * same: the queue file's time is over. */
static bool
is_given_up(struct span rest)
{
	struct span what = after(rest, SPAN(": "));

	return queue_id(rest).len != 0 &&
	       (span_starts(what, SPAN("DSN: Cannot send message")) ||
		   span_starts(
		       what, SPAN("return to sender: Cannot send message")));
}

/* "msgid=ID, bodytype=..., proto=..., daemon=..., relay=...": an id may hold
 * commas and blanks, so what follows is taken away from the end. */
static struct span
sendmail_message_id(struct span rest)
{
	static const char *const after_it[] = { ", relay=", ", auth=",
		", tls_verify=", ", daemon=", ", proto=", ", bodytype=" };
	struct span id = pair(rest, SPAN("msgid="));

	for (size_t i = 0; i < sizeof(after_it) / sizeof(*after_it); i++)
		id = before_last(id, span_str(after_it[i]));
	return span_trim(id);
}

/* "to=<a>, reject=550 5.7.1 ..." or "data, reject=...". */
static void
read_milter(struct span rest, struct maillog_event *event)
{
	event->said = after(rest, SPAN("reject="));
	event->to = bracketed(pair(rest, SPAN("to=")));
	if (event->said.len != 0)
		event->kind = MAILLOG_REFUSED;
}

/* sendmail makes up a dsn= where the server offers no such codes, 5.1.1 of
 * every 550 and 5.1.3 of every 553: what the server replied counts. */
static uint32_t
sendmail_status(struct span rest)
{
	struct span reply = pair(rest, SPAN("reply="));
	uint32_t status;

	if (bounce_status_of_reply(reply, &status))
		return status;
	return span_starts(reply, SPAN("55")) ? bounce_status(5, 0, 0)
					      : read_status(rest);
}

static void
read_sendmail(struct span rest, struct maillog_event *event)
{
	struct span stat = pair(rest, SPAN("stat="));
	struct span dsn = pair(rest, SPAN("dsn="));

	event->message_id = sendmail_message_id(rest);
	event->peer = until(pair(rest, SPAN("relay=")), SPAN(", "));
	if (event->message_id.len != 0) {
		event->kind = MAILLOG_MESSAGE;
		event->from = bracketed(pair(rest, SPAN("from=")));
		return;
	}
	if (span_starts(rest, SPAN("Milter: "))) {
		read_milter(span_from(rest, 8), event);
		return;
	}
	if (is_given_up(rest))
		event->kind = MAILLOG_EXPIRED;
	event->to = bracketed(pair(rest, SPAN("to=")));
	event->status = sendmail_status(rest);
	event->said = stat;
	if (event->to.len == 0 || stat.len == 0)
		return;
	if (dsn.len == 0 && pair(rest, SPAN("mailer=")).len == 0)
		event->kind = MAILLOG_REFUSED;
	if (span_starts(stat, SPAN("Sent"))) {
		event->kind = MAILLOG_SENT;
		event->next = next_queue(stat);
	} else if (span_starts(dsn, SPAN("5."))) {
		event->kind = MAILLOG_BOUNCED;
	} else if (span_starts(dsn, SPAN("4."))) {
		event->kind = MAILLOG_DEFERRED;
	}
	event->last =
	    event->kind == MAILLOG_SENT || event->kind == MAILLOG_BOUNCED;
}

/* Postfix's daemons call themselves NAME/DAEMON; NAME is syslog_name, which
 * listeners and transports may have of their own. */
static bool
is_postfix(struct span program)
{
	return span_find(program, '/') < program.len;
}

static bool
is_sendmail(struct span program)
{
	return span_search(program, SPAN("sendmail")) < program.len ||
	       span_search(program, SPAN("sm-mta")) < program.len;
}

/* Blank lines, and journalctl's of boots and rotations. */
static bool
is_filling(struct span line)
{
	return span_trim(line).len == 0 || span_starts(line, SPAN("-- "));
}

struct maillog_event
maillog_of(const struct logged_line *read)
{
	struct maillog_event event = { .kind = MAILLOG_NOTHING,
		.cursor = read->cursor,
		.program = read->program,
		.queue = queue_id(read->text) };
	struct span rest = span_from(read->text, event.queue.len);

	if (event.queue.len == 0 || !span_starts(rest, SPAN(": ")))
		return (struct maillog_event){ .cursor = read->cursor };
	rest = span_from(rest, 2);
	if (is_postfix(read->program))
		read_postfix(rest, &event);
	else if (is_sendmail(read->program))
		read_sendmail(rest, &event);
	if (event.kind != MAILLOG_NOTHING)
		event.time = read->time;
	if (span_eq(event.queue, SPAN("NOQUEUE")))
		event.queue = SPAN_NONE;
	return event;
}

struct maillog_event
maillog_read(struct span line, int64_t now, struct buf *scratch)
{
	struct logged_line read;

	if (log_line_read(line, now, scratch, &read))
		return maillog_of(&read);
	return (struct maillog_event){
		.kind = is_filling(line) ? MAILLOG_NOTHING : MAILLOG_UNKNOWN
	};
}
