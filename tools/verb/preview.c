/*
 * inlay preview: one recipient's mail exactly as it would leave, without
 * recording it; as bytes, or decoded for people.
 */
#include <errno.h>
#include <sysexits.h>

#include "milter/decide/decide.h"
#include "milter/outcome.h"
#include "milter/settings.h"
#include "milter/sign/sign.h"
#include "milter/decide/why.h"
#include "tools/message/admission.h"
#include "tools/message/diff.h"
#include "tools/out.h"
#include "milter/mail/html_tag.h"
#include "tools/message/message_file.h"
#include "tools/message/pipeline.h"
#include "tools/verbs.h"
#include "tools/message/view.h"

#define SEEN_MAX CLI_FLAGS_MAX

struct previewing {
	struct cli *cli;
	struct pipeline pipeline;
	struct personalise_request request;
	struct personalise_pretence pretence;
	struct span seen[SEEN_MAX];
	struct personalised made;
	bool lf; /* the file's lines end in LF, and so shall ours */
};

static int
write_message(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	const struct personalised *made = &previewing->made;
	const struct loaded_config *config = previewing->pipeline.config;
	struct signatures signatures = { .count = 0 };

	if (config && config->signer && made->message &&
	    signer_sign(config->signer, made->bytes, made->signing_domain,
		cli->arena, &signatures, err) < 0)
		return -1;
	for (size_t i = 0; i < signatures.count; i++) {
		out_mail(cli->out, SPAN("DKIM-Signature:"), previewing->lf);
		out_mail(cli->out, signatures.values[i], previewing->lf);
		out_mail(cli->out, SPAN("\r\n"), previewing->lf);
	}
	out_mail(cli->out, made->bytes, previewing->lf);
	return EX_OK;
}

/* ---- decoded, for people ---- */

static bool
wants_view(const struct cli *cli)
{
	return cli_flag(cli, "diff") || cli_flag(cli, "headers") ||
	       cli_flag(cli, "text") || cli_flag(cli, "html");
}

static int
write_diff(
    struct previewing *previewing, const struct view *made, struct err *err)
{
	struct cli *cli = previewing->cli;
	struct view template;
	size_t j = 0;

	if (view_read(previewing->request.message, cli->arena, &template, err) <
	    0)
		return -1;
	fprintf(cli->out, "--- template\n+++ ");
	out_text(cli->out, previewing->request.recipient, 0);
	fputc('\n', cli->out);
	for (size_t i = 0; i < template.count && j < made->count; i++, j++)
		if (diff_print(cli->out, made->sections[j].title,
			template.sections[i].text, made->sections[j].text,
			cli->arena, err) < 0)
			return -1;
	return 0;
}

/* What stands between the tags, in lines as the source has them. */
static void
write_text_of_html(const struct cli *cli, struct span html)
{
	struct html_tag tag;
	size_t from = 0;

	fputs("inlay: there is no text/plain part; this is what the HTML "
	      "says\n",
	    cli->errors);
	while (html_tag_next(html, &from, &tag))
		out_lines(cli->out, tag.text);
}

static int
write_text(const struct cli *cli, const struct view *view, struct err *err)
{
	bool found = false;

	for (size_t i = 0; i < view->count; i++)
		if (view->sections[i].kind == VIEW_TEXT) {
			out_lines(cli->out, view->sections[i].text);
			found = true;
		}
	for (size_t i = 0; i < view->count && !found; i++)
		if (view->sections[i].kind == VIEW_HTML) {
			write_text_of_html(cli, view->sections[i].text);
			found = true;
		}
	return found ? 0 : err_set(err, ERR_INPUT, "there is no text part");
}

/* The first HTML part. What its meta element says of its charset no longer
 * holds: a mark at the start tells every browser better. */
static int
write_html(const struct view *view, const char *path, struct err *err)
{
	size_t i = 0;
	FILE *file;
	int failed;

	while (i < view->count && view->sections[i].kind != VIEW_HTML)
		i++;
	if (i == view->count)
		return err_set(err, ERR_INPUT, "there is no text/html part");
	file = fopen(path, "w");
	if (!file)
		return err_set(err, ERR_SYSTEM, "cannot write %s: %s", path,
		    strerror(errno));
	fputs("\xef\xbb\xbf", file);
	out_mail(file, view->sections[i].text, false);
	failed = ferror(file);
	if (fclose(file) != 0 || failed)
		return err_set(err, ERR_SYSTEM, "cannot write %s", path);
	return 0;
}

static int
write_views(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	const char *html = cli_flag(cli, "html");
	struct view view;

	if (view_read(previewing->made.bytes, cli->arena, &view, err) < 0)
		return -1;
	if (cli_flag(cli, "headers"))
		out_lines(cli->out, view.sections[0].text);
	if (cli_flag(cli, "headers") && cli_flag(cli, "text"))
		fputc('\n', cli->out);
	if (cli_flag(cli, "text") && write_text(cli, &view, err) < 0)
		return -1;
	if (cli_flag(cli, "diff") && write_diff(previewing, &view, err) < 0)
		return -1;
	if (html && write_html(&view, html, err) < 0)
		return -1;
	return EX_OK;
}

/* ---- why ---- */

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
	out_set(object, "verdict",
	    json_string(counter_word(outcome_counter(made->verdict))));
	out_set(object, "campaign", out_string(made->campaign));
	out_set(object, "arm", out_string(made->arm));
	out_set(object, "reason", out_string(made->reason));
	out_set(object, "marked_links", json_integer((json_int_t)made->marked));
	out_set(object, "why", why_json(lines, count));
	if (!cli_flag(previewing->cli, "why") &&
	    made->verdict != VERDICT_REFUSED)
		out_set(object, "message", out_string(made->bytes));
	return out_json_pretty(previewing->cli->out, object, err) < 0 ? -1
								      : EX_OK;
}

static void
print_links(const struct personalised *made, FILE *out)
{
	const struct campaign_links *links;

	if (made->decision == NULL || made->verdict == VERDICT_REFUSED)
		return;
	links = &made->decision->campaign->links;
	if (links->domain_count == 0)
		return;
	fprintf(out, "%-8s", "links");
	out_text(out, links->mark, 20);
	if (made->marked != 0)
		fprintf(out, " + %zu links carry the mark\n", made->marked);
	else
		fprintf(out, " - no link carries the mark\n");
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
	print_links(&previewing->made, cli->out);
	return EX_OK;
}

/* ---- making it ---- */

/* Whether another rule may let through what this one does not. */
static bool
is_of_rule(const struct err *err)
{
	return err->code == ERR_FROM || err->code == ERR_CAMPAIGN;
}

/* The copy as the first rule that lets it through does; of those that do not,
 * the one that found the least to say against it is believed. */
static int
make_by_rules(struct previewing *previewing,
    const struct personalise_pretence *pretence, struct err *err)
{
	const struct settings *settings = previewing->pipeline.settings;
	struct err now = ERR_INIT;
	int status = -1;

	while (status < 0 && admission_next(settings, &previewing->request)) {
		err_clear(&now);
		status = personalise_preview(previewing->pipeline.personaliser,
		    &previewing->request, pretence, previewing->cli->arena,
		    &previewing->made, &now);
		if (err->code == ERR_NONE || now.code != ERR_CAMPAIGN)
			*err = now;
		if (status < 0 && !is_of_rule(&now))
			break;
	}
	return status;
}

static bool
asks_why(const struct cli *cli)
{
	return cli->json || cli_flag(cli, "why");
}

static int
make_copy(struct previewing *previewing, struct err *err)
{
	const struct personalise_pretence *pretence = NULL;

	/* Without a pretence a mail that was sent already is shown again as
	 * it was, for so it would leave. */
	if (previewing->pretence.arm.len != 0 ||
	    previewing->pretence.seen_count != 0)
		pretence = &previewing->pretence;
	previewing->request.explain = asks_why(previewing->cli);
	return make_by_rules(previewing, pretence, err);
}

/* A copy that nobody signs would not leave. Where there is no key at all this
 * is no machine that sends. */
static int
has_key(const struct previewing *previewing, struct err *err)
{
	const struct personalised *made = &previewing->made;
	const struct settings *settings = previewing->pipeline.settings;

	if (settings->signing.key_count == 0 || made->bytes.len == 0)
		return 0;
	return settings_have_key(
	    settings, made->bytes, made->signing_domain, err);
}

/* Who gets it not, or what the template said. */
static int
tell_discarded(const struct previewing *previewing, struct err *err)
{
	const struct decision *decision = previewing->made.decision;
	struct refusal_names names;
	struct buf text;

	buf_init(&text, previewing->cli->arena, 1000);
	if (decision != NULL && decision->refusal != REFUSAL_NONE) {
		names = decision_names(decision);
		refusal_tell(decision->refusal, &names, &text);
	} else {
		buf_add(&text, previewing->made.reason);
	}
	if (text.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	fprintf(
	    previewing->cli->errors, "inlay: this mail would be discarded: ");
	out_text(previewing->cli->errors, buf_span(&text), 0);
	fputc('\n', previewing->cli->errors);
	return EX_OK;
}

static int
show(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;

	if (asks_why(cli))
		return tell_why(previewing, err);
	if (previewing->made.verdict == VERDICT_DISCARD)
		return tell_discarded(previewing, err);
	if (wants_view(cli))
		return write_views(previewing, err);
	return write_message(previewing, err);
}

/* Mail of no campaign leaves as it came. */
static int
show_foreign(struct previewing *previewing, struct err *err)
{
	if (admission_foreign(previewing->cli->settings, err) < 0)
		return -1;
	fprintf(previewing->cli->errors,
	    "inlay: no %s: this is no campaign mail and passes as it is\n",
	    previewing->cli->settings->campaign_header);
	previewing->made = (struct personalised){
		.bytes = previewing->request.message,
		.reason = SPAN("foreign"),
	};
	return show(previewing, err);
}

/* The exit status is the same as without an explanation. */
static int
refusal_status(const struct decision *decision)
{
	const struct refusal_names names = decision_names(decision);
	struct err err = ERR_INIT;

	refusal_fail(decision->refusal, &names, &err);
	return cli_status(&err);
}

static int
show_copy(struct previewing *previewing, struct err *err)
{
	int status;

	if (make_copy(previewing, err) < 0)
		return -1;
	status = has_key(previewing, err);
	if (status == 0)
		status = show(previewing, err);
	if (status == EX_OK && previewing->made.verdict == VERDICT_REFUSED)
		status = refusal_status(previewing->made.decision);
	personalised_release(
	    previewing->pipeline.personaliser, &previewing->made);
	return status;
}

/* Most people who preview may not read the keys. */
static int
open_pipeline(struct previewing *previewing, struct err *err)
{
	struct cli *cli = previewing->cli;
	char line[sizeof(*err)];

	if (asks_why(cli) || wants_view(cli) || cli_flag(cli, "unsigned"))
		return pipeline_open_unsigned(cli, &previewing->pipeline, err);
	if (pipeline_open(cli, &previewing->pipeline, err) == 0)
		return 0;
	if (err->code != ERR_KEY && err->code != ERR_CONFIG)
		return -1;
	fprintf(cli->errors, "inlay: not signed: %s\n",
	    err_line(err, line, sizeof(line)));
	err_clear(err);
	return pipeline_open_unsigned(cli, &previewing->pipeline, err);
}

static int
read_flags(struct previewing *previewing, struct err *err)
{
	const struct cli *cli = previewing->cli;
	const char *to = cli_flag(cli, "to"), *arm = cli_flag(cli, "arm");
	const char *from = cli_flag(cli, "from");
	const char *block;

	/* Else somebody whom nobody knows. */
	previewing->request.recipient =
	    span_str(to ? to : "preview@localhost.invalid");
	previewing->request.sender = span_str(from ? from : "");
	previewing->request.now = cli_now();
	previewing->pretence.arm = span_str(arm ? arm : "");
	previewing->pretence.seen = previewing->seen;
	while ((block = cli_flag_nth(
		    cli, "seen", previewing->pretence.seen_count)) != NULL)
		previewing->seen[previewing->pretence.seen_count++] =
		    span_str(block);
	return cli_when(cli, "at", &previewing->request.now, err);
}

int
verb_preview(struct cli *cli, struct err *err)
{
	struct previewing previewing = { .cli = cli };
	struct span campaign;
	int status;

	if (read_flags(&previewing, err) < 0)
		return -1;
	status = message_file_read(cli, cli->argv[0], &previewing.request, err);
	if (status < 0)
		return -1;
	previewing.lf = status == 1;
	previewing.request.message_id = SPAN_NONE; /* inlayd has no other */
	status =
	    message_file_campaign(cli, &previewing.request, &campaign, err);
	if (status < 0)
		return -1;
	if (status == 0)
		return show_foreign(&previewing, err);
	if (cli_when_of(cli, "at", campaign, &previewing.request.now, err) <
		0 ||
	    open_pipeline(&previewing, err) < 0)
		return -1;
	status = show_copy(&previewing, err);
	pipeline_close(&previewing.pipeline);
	return status;
}
