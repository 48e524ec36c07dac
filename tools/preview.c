/*
 * inlay preview: one recipient's mail exactly as it would leave, without
 * recording it.
 */
#include <sysexits.h>

#include "milter/decide.h"
#include "milter/settings.h"
#include "milter/sign.h"
#include "milter/why.h"
#include "tools/out.h"
#include "tools/studio.h"
#include "tools/verbs.h"

#define SEEN_MAX CLI_FLAGS_MAX

struct previewing {
	struct cli *cli;
	struct studio studio;
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

static int
write_message(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	const struct personalised *made = &previewing->made;
	const struct service *service = previewing->studio.service;
	struct signatures signatures = { .count = 0 };

	if (made->verdict == VERDICT_DISCARD) {
		fprintf(cli->errors, "inlay: this mail would be discarded\n");
		return EX_OK;
	}
	if (service && service->signer &&
	    signer_sign(service->signer, made->bytes, made->signing_domain,
		cli->arena, &signatures, err) < 0)
		return -1;
	for (size_t i = 0; i < signatures.count; i++)
		fprintf(cli->out, "DKIM-Signature:%.*s\r\n",
		    SPAN_ARG(signatures.values[i]));
	fwrite(made->bytes.at, 1, made->bytes.len, cli->out);
	return EX_OK;
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

	if (studio_message(
		cli, cli->argv[0], &previewing->request.message, err) < 0)
		return -1;
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

	if (!to)
		return cli_misuse(err, "preview needs --to ADDRESS");
	previewing.request.recipient = span_str(to);
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
	status = cli_flag(cli, "unsigned")
		     ? studio_open_unsigned(cli, &previewing.studio, err)
		     : studio_open(cli, &previewing.studio, err);
	if (status < 0)
		return -1;
	status = make(&previewing, err);
	studio_close(&previewing.studio);
	return status;
}
