/*
 * inlay event sync: clicks, from a web server's log.
 *
 *  1. Reading a line again changes nothing: a click's id is made of the mark,
 *     the link and the moment.
 *  2. What no person did is set aside when the person's events are together;
 *     so the next run begins some seconds before the end of this one.
 *  3. The marks of one run are joined with the ledger in one pass; a follower
 *     does so once a minute, where there are any.
 */
#include <sysexits.h>

#include "milter/settings.h"
#include "milter/sign/mark.h"
#include "store/base/ascii.h"
#include "store/base/hash.h"
#include "store/catalog/catalog.h"
#include "store/engine/chore.h"
#include "tools/input/access_log.h"
#include "tools/input/log_reading.h"
#include "tools/out.h"
#include "tools/people/event_intake.h"
#include "tools/people/event_store.h"
#include "tools/people/tenants.h"
#include "tools/verbs.h"

#define LINE_MEMORY ((size_t)4 << 20)
#define SETTLE_SECONDS 60 /* of a follower */
#define OVERLAP 3	  /* seconds that a burst may take, and more */
#define RECENT_BYTES ((size_t)1 << 20)
#define REDIRECTS 64 /* that wait for what follows them */
#define PATH_MAX_HELD 200
#define SKEW 300 /* seconds that two clocks may differ */

/* A redirected request: what the same client asks for next is the same click.
 */
struct redirect {
	unsigned char tag[KEY_TAG];
	uint32_t client;
	int64_t time;
	char path[PATH_MAX_HELD];
	size_t path_len; /* 0: free */
};

struct clicking {
	struct cli *cli;
	struct log_reading reading;
	enum access_format format;
	struct catalog *catalog;
	struct span *tenants;
	size_t tenant_count;
	struct arena *line; /* of the line at hand */
	struct event_intake *intake;
	uint64_t pending;  /* in it, and not brought in before */
	int64_t settled;   /* when that was last done */
	struct buf recent; /* packed: of the last seconds, for the next time */
	int64_t window;	   /* since when they are recent */
	struct log_place begin, before; /* where this window and the last do */
	bool has_begin, has_before;
	struct redirect redirects[REDIRECTS];
	size_t redirect_at;
	uint64_t clicks, odd, forged;
	struct event_store_count counted; /* of all that was brought in */
	struct row_faults faults;
	uint64_t strangers;
};

/* ---- campaigns ---- */

/* What the campaigns say. 0 or -1. */
static int
read_catalog(struct clicking *clicking, struct err *err)
{
	struct cli *cli = clicking->cli;

	catalog_free(&clicking->catalog);
	if (cli_catalog(cli, &clicking->catalog, err) < 0)
		return -1;
	return tenants_served(cli, clicking->catalog, clicking->catalog->arena,
	    &clicking->tenants, &clicking->tenant_count, err);
}

/* What the campaigns say now: a follower outlives many. 0 or -1. */
static int
renew_catalog(struct clicking *clicking, struct err *err)
{
	uint64_t now;

	if (engine_catalog_generation(clicking->cli->engine, &now, err) < 0)
		return -1;
	return now == clicking->catalog->generation
		   ? 0
		   : read_catalog(clicking, err);
}

/* ---- lines ---- */

/* Whether some campaign calls its marks so. */
static bool
is_mark_name(const struct clicking *clicking, struct span name)
{
	const struct catalog *catalog = clicking->catalog;

	for (size_t i = 0; i < catalog->campaign_count; i++)
		if (span_eq(catalog->campaigns[i]->links.mark, name))
			return true;
	return span_eq(name, SPAN("iv"));
}

/* The tag of the mark in the target. 1, 0 there is none of ours, -1. */
static int
find_mark(struct clicking *clicking, struct span target,
    unsigned char tag[KEY_TAG], struct err *err)
{
	const struct secrets *secrets =
	    &clicking->cli->settings->tokens.secrets;
	struct span name, value;
	int known = 0;

	for (size_t at = 0; access_parameter(target, &at, &name, &value);) {
		if (!mark_is_formed(value))
			continue;
		if (renew_catalog(clicking, err) < 0)
			return -1;
		if (!is_mark_name(clicking, name))
			continue;
		for (size_t i = 0; known == 0 && i < clicking->tenant_count;
		     i++)
			known = mark_check(
			    secrets, clicking->tenants[i], value, tag, err);
		clicking->forged += known == 0;
		if (known != 0)
			return known;
	}
	return 0;
}

/* The path of a target, without what stands around it. */
static struct span
path_of(struct span target)
{
	size_t scheme = span_search(target, SPAN("://"));
	struct span path = span_first(target, span_find(target, '?'));

	if (scheme < path.len) {
		path = span_from(path, scheme + 3);
		path = span_from(path, span_find(path, '/'));
	}
	while (span_starts(path, SPAN("/")))
		path = span_from(path, 1);
	while (span_ends(path, SPAN("/")))
		path.len--;
	return path;
}

static bool
holds(struct span text, struct span part)
{
	for (size_t at = 0; part.len != 0 && at + part.len <= text.len; at++)
		if (span_caseeq(span_of(text.at + at, part.len), part))
			return true;
	return false;
}

/* Whether the path is where the redirect may have led: "a" to "a/", "de/a". */
static bool
follows(const struct redirect *redirect, const struct event *event,
    struct span path)
{
	struct span from = span_of(redirect->path, redirect->path_len - 1);

	if (redirect->path_len == 0 || redirect->client != event->client ||
	    event->response.time > redirect->time + OVERLAP ||
	    memcmp(redirect->tag, event->response.tag, KEY_TAG) != 0)
		return false;
	return span_caseeq(from, path) || holds(path, from) ||
	       holds(from, path) || (from.len == 0 && path.len <= 5);
}

/* Whether the click was seen when it was redirected. */
static bool
was_redirected(
    struct clicking *clicking, const struct event *event, struct span path)
{
	for (size_t i = 0; i < REDIRECTS; i++)
		if (follows(&clicking->redirects[i], event, path)) {
			clicking->redirects[i].path_len = 0;
			return true;
		}
	return false;
}

static void
hold_redirect(
    struct clicking *clicking, const struct event *event, struct span path)
{
	struct redirect *redirect =
	    &clicking->redirects[clicking->redirect_at++ % REDIRECTS];

	if (path.len >= PATH_MAX_HELD)
		return;
	*redirect = (struct redirect){ .client = event->client,
		.time = event->response.time,
		.path_len = path.len + 1 };
	memcpy(redirect->tag, event->response.tag, KEY_TAG);
	if (path.len != 0)
		memcpy(redirect->path, path.at, path.len);
}

/* The target without the mark, so that one link is one link. */
static void
make_id(const struct access_request *request, struct event *event)
{
	struct span query =
	    span_from(request->target, span_find(request->target, '?') + 1);
	struct span path = path_of(request->target);
	const struct span parts[] = { SPAN("log"),
		span_of(event->response.tag, KEY_TAG), path, query,
		span_of(&event->response.time, sizeof(int64_t)),
		request->method };
	const struct span link[] = { path, query };
	const struct span client[] = { request->client, request->agent };
	unsigned char digest[16];

	hash_blake2b128(parts, 6, event->response.id);
	hash_blake2b128(link, 2, digest);
	memcpy(&event->link, digest, sizeof event->link);
	event->link |= event->link == 0;
	hash_blake2b128(client, 2, digest);
	memcpy(&event->client, digest, sizeof event->client);
}

/* A click of the request; its tag is known. */
static void
make_click(const struct access_request *request, struct event *event)
{
	event->response.type = SPAN("click");
	event->response.channel = SPAN("email");
	event->response.time = request->time;
	if (!span_caseeq(request->method, SPAN("GET")))
		event->response.aside = ASIDE_HEAD;
	else if (access_is_scanner(request->agent))
		event->response.aside = ASIDE_SCANNER;
	make_id(request, event);
}

/* A form that is sent, or the click of a program, is no click. */
static bool
is_click(const struct access_request *request)
{
	return span_caseeq(request->method, SPAN("GET")) ||
	       span_caseeq(request->method, SPAN("HEAD")) ||
	       span_caseeq(request->method, SPAN("OPTIONS"));
}

/* What is recent is brought in with what follows it, too. */
static void
keep_recent(struct clicking *clicking, const struct event *event)
{
	struct buf *recent = &clicking->recent;

	if (recent->len > RECENT_BYTES / 2)
		buf_clear(recent);
	event_pack(event, recent);
}

/* The windows move on with the log's own time. */
static void
move_window(struct clicking *clicking, int64_t time, const struct log_place *at)
{
	if (clicking->has_begin && time < clicking->window + OVERLAP)
		return;
	clicking->before = clicking->has_begin ? clicking->begin : *at;
	clicking->has_before = true;
	clicking->begin = *at;
	clicking->has_begin = true;
	clicking->window = time;
}

static bool
is_redirect(const struct access_request *request)
{
	return request->status >= 300 && request->status <= 308 &&
	       request->status != 304;
}

static int
take_request(struct clicking *clicking, const struct access_request *request,
    struct err *err)
{
	struct event event = { .line = 0 };
	struct span path = path_of(request->target);
	bool followed;
	int known =
	    find_mark(clicking, request->target, event.response.tag, err);

	if (known <= 0)
		return known;
	make_click(request, &event);
	if (event.response.time > cli_now() + SKEW)
		return 0;
	followed = was_redirected(clicking, &event, path);
	if (is_redirect(request))
		hold_redirect(clicking, &event, path);
	if (followed)
		return 0;
	clicking->clicks++;
	clicking->pending++;
	keep_recent(clicking, &event);
	return event_intake_add(clicking->intake, &event, err);
}

static int
take_line(
    void *context, struct span line, struct log_place *at, struct err *err)
{
	struct clicking *clicking = context;
	struct access_request request;

	arena_reset(clicking->line);
	if (!access_log_read(
		line, clicking->format, clicking->line, &request)) {
		clicking->odd += span_trim(line).len != 0;
		return 0;
	}
	move_window(clicking, request.time, at);
	return is_click(&request) ? take_request(clicking, &request, err) : 0;
}

/* ---- bringing in ---- */

static void
add_counts(struct event_store_count *sum, const struct event_store_count *one)
{
	sum->added += one->added;
	sum->known += one->known;
	sum->unknown += one->unknown;
	sum->erased += one->erased;
	sum->aside += one->aside;
	sum->alone += one->alone;
}

/* 1 all stored, 0 interrupted, -1. */
static int
store_all(struct clicking *clicking, struct err *err)
{
	struct event_store store = { .arena = clicking->cli->arena,
		.faults = &clicking->faults,
		.now = cli_now() };
	struct load_source source = { .step = NULL };
	uint64_t people, strangers;
	int status =
	    event_intake_finish(clicking->intake, &store.sort, &strangers, err);

	if (status <= 0)
		return status;
	clicking->strangers += strangers;
	if (renew_catalog(clicking, err) < 0)
		return -1;
	store.catalog = clicking->catalog;
	event_store_begin(&store, &source);
	status = engine_load(clicking->cli->engine, &source, &people, err);
	event_store_end(&store);
	add_counts(&clicking->counted, &store.counted);
	return status;
}

/* An intake that begins with what was recent. 0 or -1. */
static int
begin_again(struct clicking *clicking, struct err *err)
{
	struct span recent = buf_span(&clicking->recent);
	int failed = 0;

	event_intake_free(&clicking->intake);
	clicking->intake = event_intake_new(clicking->cli, err);
	if (clicking->intake == NULL)
		return -1;
	while (failed == 0 && recent.len != 0) {
		struct event event;

		recent = span_from(recent, event_unpack(recent, &event));
		if (event.response.time >= clicking->window - OVERLAP)
			failed =
			    event_intake_add(clicking->intake, &event, err);
	}
	clicking->pending = 0;
	return failed;
}

static int
settle(void *context, bool end, struct log_place *safe, struct err *err)
{
	struct clicking *clicking = context;
	int64_t now = cli_now();

	if (clicking->pending != 0) {
		if (!end && (!clicking->reading.origin.follow ||
				now < clicking->settled + SETTLE_SECONDS))
			return 0;
		if (store_all(clicking, err) <= 0)
			return err != NULL && err->code != ERR_NONE ? -1 : 0;
		clicking->settled = now;
		if (!end && begin_again(clicking, err) < 0)
			return -1;
	}
	if (clicking->has_before)
		*safe = clicking->before;
	return 1;
}

/* ---- telling ---- */

static int
tell(struct clicking *clicking, struct err *err)
{
	const struct event_store_count *counted = &clicking->counted;
	const struct cli *cli = clicking->cli;
	const struct {
		const char *key, *text;
		uint64_t count;
	} numbers[] = {
		{ "lines", "lines", clicking->reading.lines },
		{ "clicks", "requests with a mark", clicking->clicks },
		{ "added", "clicks added", counted->added },
		{ "aside", "of them set aside", counted->aside },
		{ "known", "known before", counted->known },
		{ "unknown", "of people nobody knows any more",
		    clicking->strangers + counted->unknown + counted->erased },
		{ "left_out", "left out", clicking->faults.rows },
		{ "forged", "marks that nobody made", clicking->forged },
		{ "odd", "lines in no known form", clicking->odd },
	};
	json_t *object = json_object();

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		out_set(object, numbers[i].key,
		    json_integer((json_int_t)numbers[i].count));
		if (!cli->json && (i < 4 || numbers[i].count != 0))
			fprintf(cli->out, "%s%llu %s", i ? ", " : "",
			    (unsigned long long)numbers[i].count,
			    numbers[i].text);
	}
	if (cli->json)
		return out_json(cli->out, object, err);
	json_decref(object);
	fputc('\n', cli->out);
	return 0;
}

/* ---- the whole ---- */

static int
read_format(struct clicking *clicking, struct err *err)
{
	const char *format = cli_flag(clicking->cli, "format");

	clicking->format = ACCESS_AUTO;
	if (format == NULL)
		return 0;
	if (strcmp(format, "combined") == 0)
		clicking->format = ACCESS_COMBINED;
	else if (strcmp(format, "json") == 0)
		clicking->format = ACCESS_JSON;
	else
		return cli_misuse(err, "--format is combined or json");
	return 0;
}

static int
sync_clicks(struct clicking *clicking, struct err *err)
{
	struct cli *cli = clicking->cli;

	if (read_format(clicking, err) < 0 ||
	    settings_secrets(cli->settings, err) < 0)
		return -1;
	if (cli->settings->tokens.secrets.count == 0)
		return err_set(err, ERR_CONFIG,
		    "there is no token-key, with which marks are made");
	clicking->line = arena_new(LINE_MEMORY);
	clicking->intake = event_intake_new(cli, err);
	if (clicking->line == NULL || clicking->intake == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (read_catalog(clicking, err) < 0 ||
	    log_reading_run(&clicking->reading, err) < 0)
		return -1;
	return tell(clicking, err);
}

int
verb_event_sync(struct cli *cli, struct err *err)
{
	struct clicking clicking = { .cli = cli,
		.settled = cli_now(),
		.faults = { .arena = cli->arena },
		.reading = { .cli = cli,
		    .origin = { .path = cli_flag(cli, "log"),
			.in = cli->in,
			.errors = cli->errors,
			.follow = cli_flag(cli, "follow") != NULL },
		    .notes = CHORE_EVENTS,
		    .restart = cli_flag(cli, "restart") != NULL,
		    .take = take_line,
		    .settle = settle } };
	int status;

	if (cli_flag(cli, "forget"))
		return log_reading_forget(cli, CHORE_EVENTS, err);
	if (!clicking.reading.origin.path)
		return cli_misuse(err, "event sync needs --log FILE");
	clicking.reading.context = &clicking;
	buf_init_heap(&clicking.recent, RECENT_BYTES);
	status = sync_clicks(&clicking, err);
	event_intake_free(&clicking.intake);
	arena_free(&clicking.line);
	buf_deinit(&clicking.recent);
	catalog_free(&clicking.catalog);
	return status < 0 ? -1 : EX_OK;
}
