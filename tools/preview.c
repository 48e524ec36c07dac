/*
 * inlay preview: one recipient's mail exactly as it would leave, without
 * recording it.
 */
#include <errno.h>
#include <sysexits.h>

#include "milter/decide.h"
#include "milter/mail/message.h"
#include "milter/settings.h"
#include "milter/sign.h"
#include "milter/why.h"
#include "tools/diff.h"
#include "tools/out.h"
#include "tools/studio.h"
#include "tools/verbs.h"

#define SEEN_MAX CLI_FLAGS_MAX

struct previewing {
	struct cli *cli;
	struct studio studio;
	struct studio_message message;
	struct personalise_request request;
	struct personalise_pretence pretence;
	struct span seen[SEEN_MAX];
	struct personalised made;
};

static const char *
verdict_word(enum personalise_verdict verdict)
{
	switch (verdict) {
	case VERDICT_PERSONALISED:
		return "personalised";
	case VERDICT_REPLAYED:
		return "replayed";
	case VERDICT_DISCARD:
		return "discard";
	}
	return "";
}

/* The bytes with line ends as they were given. */
static void
put_bytes(const struct previewing *previewing, struct span bytes)
{
	FILE *out = previewing->cli->out;

	if (!previewing->message.bare) {
		fwrite(bytes.at, 1, bytes.len, out);
		return;
	}
	for (size_t i = 0; i < bytes.len; i++)
		if (bytes.at[i] != '\r' || i + 1 == bytes.len ||
		    bytes.at[i + 1] != '\n')
			fputc(bytes.at[i], out);
}

/* The message in memory, header first; signatures go before it. */
static int
put_message(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	const struct personalised *made = &previewing->made;
	const struct service *service = previewing->studio.service;
	struct signatures signatures = { .count = 0 };
	struct span bytes = made->bytes;

	if (service && service->signer &&
	    signer_sign(service->signer, made->bytes, made->signing_domain,
		cli->arena, &signatures, err) < 0)
		return -1;
	for (size_t i = 0; i < signatures.count; i++) {
		fprintf(cli->out, "DKIM-Signature:");
		put_bytes(previewing, signatures.values[i]);
		put_bytes(previewing, SPAN("\r\n"));
	}
	if (cli_flag(cli, "headers"))
		bytes =
		    span_first(bytes, span_search(bytes, SPAN("\r\n\r\n")) + 2);
	put_bytes(previewing, bytes);
	return EX_OK;
}

/* The first text part of that subtype, decoded. 1, 0 none, -1. */
static int
find_text(const struct previewing *previewing, struct span bytes,
    const char *subtype, struct span *text, struct err *err)
{
	const struct message_limits limits = MESSAGE_LIMITS;
	struct arena *arena = previewing->cli->arena;
	struct message *message;

	*text = SPAN("");
	if (message_parse(bytes, &limits, arena, &message, err) < 0)
		return -1;
	for (size_t i = 0; i < message->part_count; i++) {
		struct part *part = message->parts[i];

		if (part->role == PART_TEXT &&
		    span_caseeq(part->type.subtype, span_str(subtype)))
			return part_text(part, arena, text, err) < 0 ? -1 : 1;
	}
	return 0;
}

static int
put_text(struct previewing *previewing, struct err *err)
{
	struct span text;
	int found =
	    find_text(previewing, previewing->made.bytes, "plain", &text, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, ERR_INPUT, "there is no text part");
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != '\r')
			fputc(text.at[i], previewing->cli->out);
	return EX_OK;
}

static int
put_html(struct previewing *previewing, const char *path, struct err *err)
{
	struct span html;
	FILE *file;
	int found =
	    find_text(previewing, previewing->made.bytes, "html", &html, err);

	if (found < 0)
		return -1;
	if (found == 0)
		return err_set(err, ERR_INPUT, "there is no HTML part");
	file = fopen(path, "w");
	if (!file)
		return err_at(err, ERR_SYSTEM, path, 0, 0,
		    "cannot be written: %s", strerror(errno));
	if (html.len != 0)
		fwrite(html.at, 1, html.len, file);
	if (fclose(file) != 0)
		return err_at(err, ERR_SYSTEM, path, 0, 0,
		    "cannot be written: %s", strerror(errno));
	return EX_OK;
}

static int
put_diff(struct previewing *previewing, struct err *err)
{
	static const char *const subtypes[] = { "plain", "html" };
	struct span a = previewing->request.message;
	struct span b = previewing->made.bytes, before, after;
	FILE *out = previewing->cli->out;
	struct arena *arena = previewing->cli->arena;

	fprintf(out, "=== header\n");
	if (diff_print(out, span_first(a, span_search(a, SPAN("\r\n\r\n"))),
		span_first(b, span_search(b, SPAN("\r\n\r\n"))), arena,
		err) < 0)
		return -1;
	for (size_t i = 0; i < 2; i++) {
		int found = find_text(previewing, a, subtypes[i], &before, err);

		if (found > 0)
			found =
			    find_text(previewing, b, subtypes[i], &after, err);
		if (found < 0)
			return -1;
		if (found == 0)
			continue;
		fprintf(out, "=== text/%s\n", subtypes[i]);
		if (diff_print(out, before, after, arena, err) < 0)
			return -1;
	}
	return EX_OK;
}

static int
write_message(struct previewing *previewing, struct err *err)
{
	const struct cli *cli = previewing->cli;

	if (previewing->made.verdict == VERDICT_DISCARD) {
		fprintf(cli->errors, "inlay: this mail would be discarded\n");
		return EX_OK;
	}
	if (cli_flag(cli, "diff"))
		return put_diff(previewing, err);
	if (cli_flag(cli, "text"))
		return put_text(previewing, err);
	if (cli_flag(cli, "html"))
		return put_html(previewing, cli_flag(cli, "html"), err);
	return put_message(previewing, err);
}

static json_t *
why_json(const struct why_line *lines, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *line = json_object();

		out_set(
		    line, "kind", json_string(why_kind_word(lines[i].kind)));
		out_set(line, "subject", out_string(lines[i].subject));
		if (lines[i].of.len != 0)
			out_set(line, "of", out_string(lines[i].of));
		out_set(line, "yes", json_boolean(lines[i].yes));
		out_set(line, "reason", json_string(lines[i].reason));
		out_set(line, "text", out_string(lines[i].text));
		out_add(list, line);
	}
	return list;
}

static int
tell_json(struct previewing *previewing, const struct why_line *lines,
    size_t count, struct err *err)
{
	const struct personalised *made = &previewing->made;
	json_t *object = json_object();

	out_set(object, "recipient", out_string(previewing->request.recipient));
	out_set(object, "verdict", json_string(verdict_word(made->verdict)));
	out_set(object, "campaign", out_string(made->campaign));
	out_set(object, "arm", out_string(made->arm));
	out_set(object, "reason", out_string(made->reason));
	out_set(object, "why", why_json(lines, count));
	if (!cli_flag(previewing->cli, "why"))
		out_set(object, "message", out_string(made->bytes));
	return out_json_pretty(previewing->cli->out, object, err) < 0 ? -1
								      : EX_OK;
}

static int
tell_why(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	const struct why_line *lines = NULL;
	size_t count = 0;

	if (previewing->made.decision &&
	    why_lines(
		previewing->made.decision, cli->arena, &lines, &count, err) < 0)
		return -1;
	if (cli->json)
		return tell_json(previewing, lines, count, err);
	for (size_t i = 0; i < count; i++) {
		fprintf(cli->out, "%-8s", why_kind_word(lines[i].kind));
		out_text(cli->out, lines[i].subject, 20);
		fprintf(cli->out, " %s ", lines[i].yes ? "+" : "-");
		out_text(cli->out, lines[i].text, 0);
		fputc('\n', cli->out);
	}
	return EX_OK;
}

static int
make(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	const struct personalise_pretence *pretence = NULL;
	int status;

	previewing->request.message = previewing->message.bytes;
	/* Without a pretence a mail that was sent already is shown again as
	 * it was, for so it would leave. */
	if (previewing->pretence.arm.len != 0 ||
	    previewing->pretence.seen_count != 0)
		pretence = &previewing->pretence;
	if (personalise_preview(previewing->studio.personaliser,
		&previewing->request, pretence, cli->arena, &previewing->made,
		err) < 0)
		return -1;
	if (cli->json || cli_flag(cli, "why"))
		status = tell_why(previewing, err);
	else
		status = write_message(previewing, err);
	personalised_release(
	    previewing->studio.personaliser, &previewing->made);
	return status;
}

int
verb_preview(struct cli *cli, struct err *err)
{
	struct previewing previewing = { .cli = cli };
	const char *to = cli_flag(cli, "to"), *arm = cli_flag(cli, "arm");
	const char *from = cli_flag(cli, "from");
	const char *block;
	int status;

	/* Somebody whom nobody knows. */
	previewing.request.recipient =
	    span_str(to ? to : "preview@localhost.invalid");
	previewing.request.sender = span_str(from ? from : "");
	previewing.request.now = cli_now();
	if (cli_when(cli, "at", &previewing.request.now, err) < 0)
		return -1;
	previewing.pretence.arm = span_str(arm ? arm : "");
	previewing.pretence.seen = previewing.seen;
	while ((block = cli_flag_nth(
		    cli, "seen", previewing.pretence.seen_count)) != NULL)
		previewing.seen[previewing.pretence.seen_count++] =
		    span_str(block);
	if (studio_message(cli, cli->argv[0], &previewing.message, err) < 0)
		return -1;
	if (!previewing.message.campaign) {
		fprintf(cli->errors, "inlay: no X-Campaign-Id: this is no "
				     "campaign mail and passes as it is\n");
		if (previewing.message.given.len != 0)
			fwrite(previewing.message.given.at, 1,
			    previewing.message.given.len, cli->out);
		return EX_OK;
	}
	status = cli_flag(cli, "unsigned")
		     ? studio_open_unsigned(cli, &previewing.studio, err)
		     : studio_open(cli, &previewing.studio, err);
	if (status < 0)
		return -1;
	status = make(&previewing, err);
	studio_close(&previewing.studio);
	return status;
}
