#include "tools/message/bulk.h"

#include "milter/mail/header.h"
#include "tools/message/foreign.h"
#include "tools/message/hidden.h"

#define SENDER_LEAST 5 /* characters of a Feedback-ID's sender */
#define SENDER_MOST 15

/* The value with which a header leaves: the campaign's template, or what the
 * message has. 1, 0 there is none, -1. */
static int
leaving(const struct findings *findings, const struct message *message,
    struct span name, struct arena *arena, struct span *value, struct err *err)
{
	const struct campaign *campaign = findings->campaign;
	const struct header_field *field = message_field(message, name, 1);

	for (size_t i = 0; i < campaign->header_count; i++)
		if (span_caseeq(campaign->headers[i].name, name)) {
			*value = campaign->headers[i].template;
			return 1;
		}
	if (field == NULL)
		return 0;
	return field_unfold(field, arena, value, err) < 0 ? -1 : 1;
}

static bool
holds(struct span text, const char *words)
{
	size_t len = strlen(words);

	for (size_t i = 0; i + len <= text.len; i++)
		if (span_caseeq(span_of(text.at + i, len), span_of(words, len)))
			return true;
	return false;
}

/* ---- unsubscribing ---- */

/* What `unsubscribe:` of the campaign makes wins over the message's own. */
static int
look_at_one_click(struct findings *findings, const struct message *message,
    struct arena *arena, struct err *err)
{
	const struct campaign *campaign = findings->campaign;
	struct span url = campaign->unsubscribe_url, own, post;
	int has_own = leaving(
	    findings, message, SPAN("List-Unsubscribe"), arena, &own, err);
	int has_post = leaving(findings, message, SPAN("List-Unsubscribe-Post"),
	    arena, &post, err);
	bool ours = url.len != 0 || campaign->unsubscribe_mailto.len != 0;

	if (has_own < 0 || has_post < 0)
		return -1;
	if (!ours && has_own == 0)
		finding(findings, "one-click",
		    "neither campaign nor message has List-Unsubscribe");
	else if (ours ? !span_starts(url, SPAN("https://"))
		      : !holds(own, "<https://"))
		finding(findings, "one-click",
		    "List-Unsubscribe has no https address: one-click "
		    "unsubscribe (RFC 8058) needs one");
	if (ours && url.len != 0 && campaign->unsubscribe_post)
		return 0;
	if (has_post == 0)
		finding(findings, "one-click",
		    "neither campaign nor message has "
		    "List-Unsubscribe-Post: one-click unsubscribe (RFC 8058) "
		    "needs it");
	else if (!span_eq(span_trim(post), SPAN("List-Unsubscribe=One-Click")))
		finding(findings, "one-click",
		    "List-Unsubscribe-Post is not "
		    "\"List-Unsubscribe=One-Click\"");
	return 0;
}

/* Whether the text shows a way out: the token, the campaign's address of
 * unsubscription, or a word that says so where there is a link. */
static bool
shows_way_out(const struct campaign *campaign, struct span text)
{
	static const char *const words[] = { "unsubscribe", "opt-out",
		"opt out", "optout", "/leave", "abmelden", "abbestellen",
		"sinscri", "darse de baja", "cancella" };
	struct span url = campaign->unsubscribe_url;

	url = span_first(url, span_search(url, SPAN("{{")));
	if (url.len > 8 && span_search(text, url) < text.len)
		return true;
	if (holds(text, "recipient.token"))
		return true;
	if (!holds(text, "://") && !holds(text, "mailto:"))
		return false;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds(text, words[i]))
			return true;
	return false;
}

/* ---- parts ---- */

static int
look_at_parts(struct findings *findings, const struct message *message,
    struct arena *arena, struct err *err)
{
	bool shown = false, seen = false;

	for (size_t i = 0; i < message->part_count; i++) {
		struct part *part = message->parts[i];
		struct span title, text;

		if (part->role != PART_TEXT || part->sealed ||
		    part_text(part, arena, &text, NULL) < 0)
			continue;
		if (part_title(part, arena, &title, err) < 0)
			return -1;
		if (part_is(part, SPAN("text"), SPAN("html")))
			hidden_look(findings, title, text);
		foreign_look(findings, title, text);
		shown |= shows_way_out(findings->campaign, text);
		seen = true;
	}
	if (seen && !shown)
		finding(findings, "unsubscribe-link",
		    "no part shows a link to unsubscribe");
	return 0;
}

/* ---- headers ---- */

/* a:b:c:SenderId, the last of 5 to 15 characters; what a tag makes of it is
 * not known yet. */
static void
look_at_feedback_id(struct findings *findings, struct span value)
{
	size_t colons = 0, from = 0;

	value = span_trim(value);
	for (size_t i = 0; i < value.len; i++)
		if (value.at[i] == ':') {
			colons++;
			from = i + 1;
		}
	if (span_find(value, '{') < value.len)
		return;
	if (colons != 3)
		finding(findings, "feedback-id",
		    "Feedback-ID is not four fields a:b:c:SenderId");
	else if (value.len - from < SENDER_LEAST ||
		 value.len - from > SENDER_MOST)
		finding(findings, "feedback-id",
		    "the SenderId of Feedback-ID has %zu characters, not %d "
		    "to %d",
		    value.len - from, SENDER_LEAST, SENDER_MOST);
}

static void
look_at_list_id(struct findings *findings, struct span value)
{
	size_t open = span_find(value, '<');
	struct span id = span_from(value, open + 1);

	id = span_first(id, span_find(id, '>'));
	if (open == value.len || span_find(id, '.') == id.len)
		finding(findings, "list-id",
		    "List-Id is not \"name <id.domain>\" (RFC 2919)");
}

/* Those that the campaign sets leave once in any case. */
static void
look_for_doubles(struct findings *findings, const struct message *message)
{
	static const char *const names[] = { "List-Unsubscribe",
		"List-Unsubscribe-Post", "List-Id", "Feedback-ID" };
	const struct campaign *campaign = findings->campaign;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct span name = span_str(names[i]);
		bool ours = i < 2 && (campaign->unsubscribe_url.len != 0 ||
					 campaign->unsubscribe_mailto.len != 0);

		for (size_t j = 0; j < campaign->header_count; j++)
			ours |= span_caseeq(campaign->headers[j].name, name);
		if (!ours && message_field(message, name, 2) != NULL)
			finding(
			    findings, "duplicate", "%s stands twice", names[i]);
	}
}

static int
look_at_headers(struct findings *findings, const struct message *message,
    struct arena *arena, struct err *err)
{
	static const struct {
		const char *name;
		void (*look)(struct findings *findings, struct span value);
	} rules[] = {
		{ "Feedback-ID", look_at_feedback_id },
		{ "List-Id", look_at_list_id },
	};
	const struct header_field *subject =
	    message_field(message, SPAN("Subject"), 1);
	struct err ignored = ERR_INIT;
	struct header header;
	struct span value;

	if (subject && header_read(subject, arena, &header, &ignored) == 0)
		for (size_t i = 0; i < header.count; i++)
			foreign_look(findings, SPAN("header Subject"),
			    header.pieces[i].text);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		int found = leaving(findings, message, span_str(rules[i].name),
		    arena, &value, err);

		if (found < 0)
			return -1;
		if (found)
			rules[i].look(findings, value);
	}
	look_for_doubles(findings, message);
	if (message_field(message, SPAN("From"), 1) == NULL)
		finding(findings, "from", "there is no From header");
	if (message_field(message, SPAN("Message-ID"), 1) == NULL)
		finding(findings, "message-id",
		    "there is no Message-ID: such campaign mail is refused "
		    "where the mail server adds none");
	if (message_field(message, SPAN("Date"), 1) == NULL)
		finding(findings, "date",
		    "there is no Date: behind a content filter nobody adds "
		    "one");
	return 0;
}

int
bulk_look(struct findings *findings, const struct message *message,
    struct arena *arena, struct err *err)
{
	if (look_at_headers(findings, message, arena, err) < 0 ||
	    look_at_one_click(findings, message, arena, err) < 0)
		return -1;
	return look_at_parts(findings, message, arena, err);
}
