/*
 * inlay trace: what became of a copy, from the logs of mail servers and of
 * inlayd, and from the store.
 */
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/logged_id.h"
#include "milter/settings.h"
#include "store/base/log.h"
#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/log_source.h"
#include "tools/input/trail.h"
#include "tools/interrupt.h"
#include "tools/out.h"
#include "tools/people/exposure_text.h"
#include "tools/people/person_edit.h"
#include "tools/people/profile_json.h"
#include "tools/progress.h"
#include "tools/verbs.h"

#define COPIES 20
#define COPIES_MAX 10000
#define SOURCES (CLI_FLAGS_MAX + 2)
#define VALUE_MAX 4096
#define WIDTH 21 /* of a moment that is told in UTC */

struct tracing {
	struct cli *cli;
	struct trail_question question;
	char hex[LOGGED_ID_HEX];
	struct trail *trail;
	const char *sources[SOURCES]; /* NULL: the journal */
	size_t source_count;
	uint64_t lines;
	struct catalog *catalog;
	struct buf value;
	struct progress progress;
};

/* ---- what is asked ---- */

static struct span
with_brackets(struct cli *cli, struct span id)
{
	struct buf made;

	if (span_starts(id, SPAN("<")))
		return id;
	buf_init(&made, cli->arena, id.len + 2);
	buf_byte(&made, '<');
	buf_add(&made, id);
	buf_byte(&made, '>');
	return buf_span(&made);
}

/* A word with brackets is a Message-ID, and so is the first of two. One by
 * itself may be that or an address. */
static int
read_question(struct tracing *tracing, struct err *err)
{
	struct cli *cli = tracing->cli;
	struct trail_question *question = &tracing->question;
	const char *last = cli->argv[cli->argc - 1];

	question->message_id = with_brackets(cli, span_str(cli->argv[0]));
	question->hashed =
	    logged_id(LOGGED_ID_HASH, question->message_id, tracing->hex);
	if (cli->argc == 1 && cli->argv[0][0] == '<')
		return 0;
	question->either = cli->argc == 1;
	return cli_address(cli, last, &question->address, err);
}

/* Where nothing is named the journal is read; inlayd's own file always. */
static void
find_sources(struct tracing *tracing)
{
	const char *file, *own = tracing->cli->settings->log_target;
	size_t *count = &tracing->source_count;

	while ((file = cli_flag_nth(tracing->cli, "log", *count)))
		tracing->sources[(*count)++] = file;
	if (*count == 0 || cli_flag(tracing->cli, "journal"))
		tracing->sources[(*count)++] = NULL;
	for (size_t i = 0; i < *count; i++)
		if (tracing->sources[i] &&
		    strcmp(tracing->sources[i], own) == 0)
			return;
	if (own[0] == '/' && access(own, R_OK) == 0)
		tracing->sources[(*count)++] = own;
}

/* ---- reading ---- */

static int
read_source(struct tracing *tracing, const char *path, struct err *err)
{
	const struct log_origin origin = { .path = path,
		.in = tracing->cli->in,
		.errors = tracing->cli->errors,
		.since = tracing->question.since,
		.whole = true };
	struct log_source *source = NULL;
	struct span line;
	int more = log_source_open(&origin, NULL, &source, err);

	while (more >= 0 && !interrupt_seen() &&
	       (more = log_source_line(source, &line, err)) > 0) {
		if (trail_line(tracing->trail, line, cli_now(), err) < 0)
			more = -1;
		progress_at(&tracing->progress, ++tracing->lines, 0, 0);
	}
	log_source_close(&source);
	return more < 0 ? -1 : 0;
}

/* What cannot be read twice, standard input, was read. */
static int
read_all(struct tracing *tracing, bool again, struct err *err)
{
	for (size_t i = 0; i < tracing->source_count; i++) {
		const char *path = tracing->sources[i];

		if (again && path && strcmp(path, "-") == 0)
			continue;
		if (read_source(tracing, path, err) < 0)
			return -1;
	}
	return 0;
}

static int
follow(struct tracing *tracing, struct err *err)
{
	tracing->trail = trail_new(&tracing->question);
	if (!tracing->trail)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (read_all(tracing, false, err) < 0)
		return -1;
	return trail_wants_again(tracing->trail) ? read_all(tracing, true, err)
						 : 0;
}

/* ---- what the store says ---- */

/* The value of a key of inlayd's line, or "". Lives until the next call. */
static struct span
pair(struct tracing *tracing, const struct trail_step *step, const char *name)
{
	struct span text = step->said, key;

	while (log_next(&text, &key, &tracing->value))
		if (span_eq(key, span_str(name)))
			return buf_span(&tracing->value);
	return SPAN_NONE;
}

/* The copy's tenant is its campaign's. */
static void
serve_tenant(struct tracing *tracing, const struct trail_copy *copy)
{
	for (size_t i = 0; i < copy->count; i++) {
		const struct campaign *campaign =
		    copy->steps[i]->verdict
			? catalog_campaign(tracing->catalog,
			      pair(tracing, copy->steps[i], "campaign"))
			: NULL;

		if (campaign)
			cli_serve(tracing->cli, campaign->tenant);
	}
}

/* The record of the copy, or NULL where there is none. -1 or 0. */
static int
find_exposure(struct tracing *tracing, const struct trail_copy *copy,
    struct exposure **exposure, struct err *err)
{
	struct cli *cli = tracing->cli;
	struct span before = cli->tenant;
	struct person_edit person;
	struct message_key key;
	struct err why = ERR_INIT;
	struct buf address;

	*exposure = NULL;
	if (copy->message_id.len == 0 || copy->to.len == 0)
		return 0;
	buf_init(&address, cli->arena, copy->to.len + 1);
	buf_add(&address, copy->to);
	serve_tenant(tracing, copy);
	if (!buf_cstr(&address))
		return err_set(err, ERR_MEMORY, "out of memory");
	if (person_edit_read(cli, address.at, &person, &why) == 1)
		*exposure = history_find_mail(&person.history, cli->tenant,
		    person.address, copy->message_id, &key);
	cli->tenant = before;
	return 0;
}

/* ---- telling ---- */

static const struct {
	const char *word; /* for programs */
	const char *said, *by;
} events[] = {
	[MAILLOG_NOTHING] = { "", "", "" },
	[MAILLOG_UNKNOWN] = { "", "", "" },
	[MAILLOG_ACCEPTED] = { "accepted", "accepted", " from " },
	[MAILLOG_MESSAGE] = { "accepted", "accepted", " from " },
	[MAILLOG_QUEUED] = { "queued", "in the queue", "" },
	[MAILLOG_REFUSED] = { "refused", "refused", " to " },
	[MAILLOG_SENT] = { "sent", "sent", " to " },
	[MAILLOG_BOUNCED] = { "bounced", "bounced", " by " },
	[MAILLOG_DEFERRED] = { "deferred", "deferred", " by " },
	[MAILLOG_EXPIRED] = { "expired", "given up", "" },
	[MAILLOG_REMOVED] = { "removed", "out of the queue", "" },
};

static const char *const told[] = { "campaign", "arm" };

static void
print_verdict(struct tracing *tracing, const struct trail_step *step)
{
	FILE *out = tracing->cli->out;
	struct span value = pair(tracing, step, "verdict");

	out_text(out, value, 0);
	value = pair(tracing, step, "reason");
	if (value.len != 0) {
		fputs(" (", out);
		out_text(out, value, 0);
		fputc(')', out);
	}
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		value = pair(tracing, step, told[i]);
		if (value.len == 0)
			continue;
		fprintf(out, ", %s ", told[i]);
		out_text(out, value, 0);
	}
	value = pair(tracing, step, "detail");
	if (value.len != 0)
		fputs(": ", out);
	out_text(out, value, 0);
}

static void
print_step(struct tracing *tracing, const struct trail_step *step)
{
	FILE *out = tracing->cli->out;

	fputs("  ", out);
	out_when(out, NULL, step->time != 0 ? step->time : WHEN_PAST, WIDTH);
	out_text(out, step->queue.len != 0 ? step->queue : SPAN("-"), 16);
	fputc(' ', out);
	out_text(out, step->program, 22);
	fputc(' ', out);
	if (step->verdict) {
		print_verdict(tracing, step);
	} else {
		fputs(events[step->kind].said, out);
		if (step->peer.len != 0)
			fputs(events[step->kind].by, out);
		if (events[step->kind].by[0] != '\0')
			out_text(out, step->peer, 0);
		if (step->said.len != 0)
			fputs(": ", out);
		out_text(out, step->said, 0);
	}
	fputc('\n', out);
}

static int
print_copy(
    struct tracing *tracing, const struct trail_copy *copy, struct err *err)
{
	FILE *out = tracing->cli->out;
	struct exposure *exposure;

	if (find_exposure(tracing, copy, &exposure, err) < 0)
		return -1;
	out_text(out,
	    copy->message_id.len != 0 ? copy->message_id
				      : SPAN("(no queue file)"),
	    0);
	fputs(" to ", out);
	out_text(out, copy->to.len != 0 ? copy->to : SPAN("?"), 0);
	fputc('\n', out);
	for (size_t i = 0; i < copy->count; i++)
		print_step(tracing, copy->steps[i]);
	fputs("  in the store: ", out);
	if (exposure)
		exposure_print(out, tracing->catalog, exposure);
	else
		fputs("nothing of this copy\n", out);
	return 0;
}

static json_t *
verdict_json(struct tracing *tracing, const struct trail_step *step)
{
	json_t *pairs = json_object();
	struct span text = step->said, key;
	char name[64];

	while (log_next(&text, &key, &tracing->value)) {
		snprintf(name, sizeof name, "%.*s", SPAN_ARG(key));
		out_set(pairs, name, out_string(buf_span(&tracing->value)));
	}
	return pairs;
}

static json_t *
step_json(struct tracing *tracing, const struct trail_step *step)
{
	json_t *object = json_object();

	out_set(object, "time",
	    step->time != 0 ? out_moment(step->time) : json_null());
	out_set(object, "queue", out_string(step->queue));
	out_set(object, "program", out_string(step->program));
	if (step->verdict) {
		out_set(object, "event", json_string("verdict"));
		out_set(object, "inlay", verdict_json(tracing, step));
		return object;
	}
	out_set(object, "event", json_string(events[step->kind].word));
	out_set(object, "peer", out_string(step->peer));
	out_set(object, "reply", out_string(step->said));
	if (step->queued_as.len != 0)
		out_set(object, "queued_as", out_string(step->queued_as));
	return object;
}

static json_t *
copy_json(struct tracing *tracing, const struct trail_copy *copy,
    const struct exposure *exposure)
{
	json_t *object = json_object(), *steps = json_array();

	out_set(object, "message_id", out_string(copy->message_id));
	out_set(object, "to", out_string(copy->to));
	for (size_t i = 0; i < copy->count; i++)
		out_add(steps, step_json(tracing, copy->steps[i]));
	out_set(object, "steps", steps);
	out_set(object, "exposure",
	    exposure ? exposure_json(exposure) : json_null());
	return object;
}

/* "/var/log/mail.log, the journal" into the arena. */
static struct span
searched(struct tracing *tracing)
{
	struct buf text;

	buf_init(&text, tracing->cli->arena, VALUE_MAX);
	for (size_t i = 0; i < tracing->source_count; i++)
		buf_printf(&text, "%s%s", i != 0 ? ", " : "",
		    tracing->sources[i] ? tracing->sources[i] : "the journal");
	return buf_span(&text);
}

static int
tell_json(struct tracing *tracing, const struct trail_copy *copies,
    size_t count, bool more, struct err *err)
{
	json_t *object = json_object(), *list = json_array();
	struct exposure *exposure;

	for (size_t i = 0; i < count; i++) {
		if (find_exposure(tracing, &copies[i], &exposure, err) < 0)
			return -1;
		out_add(list, copy_json(tracing, &copies[i], exposure));
	}
	out_set(object, "copies", list);
	out_set(object, "more", json_boolean(more));
	out_set(object, "lines", json_integer((json_int_t)tracing->lines));
	out_set(object, "searched", out_string(searched(tracing)));
	return out_json_pretty(tracing->cli->out, object, err);
}

static int
tell(struct tracing *tracing, const struct trail_copy *copies, size_t count,
    bool more, struct err *err)
{
	struct cli *cli = tracing->cli;

	if (count == 0)
		return cli_fail(cli, EX_NOINPUT, "not_found",
		    "nothing about %s in the %llu lines of %.*s",
		    cli->argv[cli->argc - 1],
		    (unsigned long long)tracing->lines,
		    SPAN_ARG(searched(tracing)));
	if (cli->json)
		return tell_json(tracing, copies, count, more, err) < 0 ? -1
									: EX_OK;
	for (size_t i = 0; i < count; i++)
		if (print_copy(tracing, &copies[i], err) < 0)
			return -1;
	if (more)
		fprintf(cli->errors,
		    "inlay: there are more copies than %zu; name an address, "
		    "or --limit\n",
		    count);
	return EX_OK;
}

static int
trace(struct tracing *tracing, struct err *err)
{
	struct cli *cli = tracing->cli;
	struct trail_copy *copies;
	int64_t limit = COPIES;
	size_t count;
	bool more;

	tracing->question.since = WHEN_PAST;
	if (read_question(tracing, err) < 0 ||
	    cli_when(cli, "since", &tracing->question.since, err) < 0 ||
	    cli_number(cli, "limit", 1, COPIES_MAX, &limit, err) < 0 ||
	    cli_catalog(cli, &tracing->catalog, err) < 0)
		return -1;
	find_sources(tracing);
	if (follow(tracing, err) < 0 ||
	    trail_copies(
		tracing->trail, (size_t)limit, &copies, &count, &more, err) < 0)
		return -1;
	progress_end(&tracing->progress);
	return tell(tracing, copies, count, more, err);
}

int
verb_trace(struct cli *cli, struct err *err)
{
	struct tracing tracing = { .cli = cli };
	int status;

	buf_init_heap(&tracing.value, VALUE_MAX);
	interrupt_watch();
	progress_begin(&tracing.progress, cli->errors, "reading", "lines");
	status = trace(&tracing, err);
	progress_end(&tracing.progress);
	trail_free(&tracing.trail);
	catalog_free(&tracing.catalog);
	buf_deinit(&tracing.value);
	return status;
}
