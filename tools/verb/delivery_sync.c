/*
 * inlay delivery sync: what became of the copies, from the mail server's log.
 *
 *  1. Reading a line again changes nothing: the same reports in the same
 *     order give the same states.
 *  2. Where the reading stopped is kept in the store, far enough back to
 *     know again every queue file that was open, through rotations.
 *  3. A hand-over to a queue of the same log is no delivery (split first):
 *     the next hop's own report counts.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "store/base/buf.h"
#include "store/base/hash.h"
#include "store/engine/chore.h"
#include "tools/interrupt.h"
#include "tools/input/log_source.h"
#include "tools/input/maillog.h"
#include "tools/people/delivery_batch.h"
#include "tools/out.h"
#include "tools/progress.h"
#include "tools/verbs.h"

#define QUEUES 65536	 /* queue files remembered at once */
#define WAYS 16		 /* of them compete for a place */
#define LATE_MAX 50	 /* deferred recipients of one */
#define ID_MAX 64	 /* bytes of a queue id */
#define TEXT_MAX 1000	 /* of a Message-ID, of an address */
#define MARGIN 262144	 /* bytes read again before the oldest open one */
#define NOTE_EVERY 20000 /* lines */
#define LINE_SCRATCH ((size_t)1 << 18)

/* A deferred recipient, and what was said the last time. */
struct deferred {
	char *address;
	uint32_t status;
};

/* What is known of one queue file. */
struct queue {
	char id[ID_MAX];
	size_t id_len;
	char *message_id;
	struct deferred late[LATE_MAX];
	size_t late_count;
	struct log_place first; /* its first line */
	bool removed;
};

struct syncing {
	struct cli *cli;
	struct log_origin origin;
	struct log_source *log;
	struct buf scratch;   /* of one line */
	struct queue *queues; /* rows of WAYS, by hash of the id */
	struct span note;
	struct delivery_batch *batch;
	uint64_t lines, unknown, reports;
	struct progress progress;
};

static void
queue_clear(struct queue *queue)
{
	for (size_t i = 0; i < queue->late_count; i++)
		free(queue->late[i].address);
	free(queue->message_id);
	memset(queue, 0, sizeof(*queue));
}

/* Where the queue files with such an id may be: WAYS in a row. */
static struct queue *
queue_row(struct syncing *syncing, struct span id)
{
	return &syncing->queues[hash_xxh3(id) % (QUEUES / WAYS) * WAYS];
}

/* The queue file of that id, or NULL. */
static struct queue *
queue_find(struct syncing *syncing, struct span id)
{
	struct queue *row = queue_row(syncing, id);

	for (size_t i = 0; id.len != 0 && i < WAYS; i++)
		if (span_eq(span_of(row[i].id, row[i].id_len), id))
			return &row[i];
	return NULL;
}

static bool
is_before(const struct log_place *a, const struct log_place *b)
{
	return a->file != b->file ? a->file < b->file : a->offset < b->offset;
}

/* A place for a newcomer: an empty one, or that of the queue file which can
 * be missed most, a removed one before an open one, an old before a new. */
static struct queue *
queue_place(struct syncing *syncing, struct span id)
{
	struct queue *row = queue_row(syncing, id), *best = row;

	for (size_t i = 0; i < WAYS; i++) {
		if (row[i].id_len == 0)
			return &row[i];
		if (row[i].removed != best->removed
			? row[i].removed
			: is_before(&row[i].first, &best->first))
			best = &row[i];
	}
	return best;
}

static char *
copy(struct span text)
{
	char *made = text.len <= TEXT_MAX ? malloc(text.len + 1) : NULL;

	if (!made)
		return NULL;
	memcpy(made, text.at, text.len);
	made[text.len] = '\0';
	return made;
}

static void
queue_begin(struct syncing *syncing, const struct maillog_event *event)
{
	struct queue *queue = queue_find(syncing, event->queue);

	if (!queue)
		queue = queue_place(syncing, event->queue);
	queue_clear(queue);
	memcpy(queue->id, event->queue.at, event->queue.len);
	queue->id_len = event->queue.len;
	queue->message_id = copy(event->message_id);
	queue->first = *log_source_at(syncing->log);
}

static void
queue_late(struct queue *queue, const struct maillog_event *event)
{
	struct deferred *late = queue->late;
	size_t i = 0;

	while (i < queue->late_count &&
	       !span_eq(span_str(late[i].address), event->to))
		i++;
	if (i == LATE_MAX)
		return;
	if (i == queue->late_count) {
		late[i].address = copy(event->to);
		queue->late_count += late[i].address != NULL;
	}
	late[i].status = event->status;
}

static int
report_to(struct syncing *syncing, const struct queue *queue,
    const struct maillog_event *event, enum exposure_state state,
    struct err *err)
{
	/* The filter saw the address before aliases, if there were any. */
	bool aliased = event->orig_to.len != 0;
	struct delivery_news news = {
		.message_id = span_str(queue->message_id),
		.recipient = aliased ? event->orig_to : event->to,
		.or_else = aliased ? event->to : SPAN_NONE,
		.state = state,
		.status = state == EXPOSURE_DELIVERED ? 0 : event->status,
		.at = event->time ? event->time : cli_now(),
	};

	syncing->reports++;
	return delivery_batch_add(syncing->batch, &news, err);
}

/* Everybody who was deferred to the end. */
static int
give_up(struct syncing *syncing, const struct queue *queue,
    const struct maillog_event *event, struct err *err)
{
	struct maillog_event one = *event;

	for (size_t i = 0; i < queue->late_count; i++) {
		one.to = span_str(queue->late[i].address);
		one.status = queue->late[i].status;
		if (report_to(syncing, queue, &one, EXPOSURE_FAILED, err) < 0)
			return -1;
	}
	return 0;
}

static int
take_event(
    struct syncing *syncing, const struct maillog_event *event, struct err *err)
{
	struct queue *queue = queue_find(syncing, event->queue);

	if (event->kind == MAILLOG_MESSAGE) {
		queue_begin(syncing, event);
		return 0;
	}
	if (!queue || !queue->message_id)
		return 0;
	queue->removed |= event->last;
	switch (event->kind) {
	case MAILLOG_SENT:
		if (queue_find(syncing, event->next))
			return 0;
		return report_to(
		    syncing, queue, event, EXPOSURE_DELIVERED, err);
	case MAILLOG_BOUNCED:
		return report_to(syncing, queue, event, EXPOSURE_BOUNCED, err);
	case MAILLOG_DEFERRED:
		queue_late(queue, event);
		return 0;
	case MAILLOG_EXPIRED:
		return give_up(syncing, queue, event, err);
	case MAILLOG_REMOVED:
		queue->removed = true;
		return 0;
	case MAILLOG_NOTHING:
	case MAILLOG_UNKNOWN:
	case MAILLOG_ACCEPTED:
	case MAILLOG_MESSAGE:
	case MAILLOG_QUEUED:
	case MAILLOG_REFUSED:
		break;
	}
	return 0;
}

/* Where to begin next time. */
static struct log_place
safe_position(const struct syncing *syncing)
{
	struct log_place least = *log_source_at(syncing->log);

	for (size_t i = 0; i < QUEUES; i++) {
		const struct queue *queue = &syncing->queues[i];

		if (queue->id_len != 0 && !queue->removed &&
		    is_before(&queue->first, &least))
			least = queue->first;
	}
	least.offset = least.offset > MARGIN ? least.offset - MARGIN : 0;
	return least;
}

/* What was read is in the histories before the note says so. */
static int
keep_note(struct syncing *syncing, struct err *err)
{
	struct log_place safe = safe_position(syncing);
	struct entry entry = { .name = syncing->note };
	char text[LOG_PLACE_SIZE];

	if (delivery_batch_flush(syncing->batch, err) < 0)
		return -1;
	if (!log_source_has_places(syncing->log))
		return 0;
	entry.bytes = span_str(log_place_print(&safe, cli_now(), text));
	return engine_catalog_change(syncing->cli->engine, &entry, 1, err);
}

static int
take_line(struct syncing *syncing, struct span line, struct err *err)
{
	struct maillog_event event =
	    maillog_read(line, cli_now(), &syncing->scratch);
	struct log_place *at = log_source_at(syncing->log);

	syncing->unknown += event.kind == MAILLOG_UNKNOWN;
	if (event.cursor.len != 0 && event.cursor.len < sizeof(at->cursor))
		snprintf(at->cursor, sizeof(at->cursor), "%.*s",
		    SPAN_ARG(event.cursor));
	return take_event(syncing, &event, err);
}

/* Lines up to the end of what is written. 0 or -1. */
static int
read_lines(struct syncing *syncing, struct err *err)
{
	struct span line;
	int more = 1;

	while (!interrupt_seen() &&
	       (more = log_source_line(syncing->log, &line, err)) > 0) {
		if (take_line(syncing, line, err) < 0)
			return -1;
		progress_at(&syncing->progress, ++syncing->lines,
		    log_source_at(syncing->log)->offset, 0);
		if (syncing->lines % NOTE_EVERY == 0 &&
		    keep_note(syncing, err) < 0)
			return -1;
	}
	return more < 0 ? -1 : 0;
}

/* Opens the log where the last run stopped. 0 or -1. */
static int
resume(struct syncing *syncing, struct err *err)
{
	struct log_place since;
	struct span text;
	int found = engine_catalog_get(syncing->cli->engine, syncing->note,
	    syncing->cli->arena, &text, err);

	if (found < 0)
		return -1;
	log_place_read(text, &since);
	return log_source_open(&syncing->origin,
	    found && !cli_flag(syncing->cli, "restart") ? &since : NULL,
	    &syncing->log, err);
}

/* Waits for more, and for another file under the name. 0 or -1. */
static int
follow(struct syncing *syncing, struct err *err)
{
	const struct timespec second = { 1, 0 };
	int status = 0;

	while (status == 0 && !interrupt_seen() &&
	       !log_source_ended(syncing->log)) {
		bool moved = log_source_moved(syncing->log);

		status = read_lines(syncing, err);
		if (status == 0 && moved) {
			status = log_source_renew(syncing->log, err);
			continue;
		}
		if (status == 0)
			status = keep_note(syncing, err);
		if (status == 0 && syncing->origin.path)
			nanosleep(&second, NULL);
	}
	return status;
}

static int
tell(const struct syncing *syncing, struct err *err)
{
	const struct delivery_batch_count *counted =
	    delivery_batch_counted(syncing->batch);
	const struct cli *cli = syncing->cli;
	uint64_t changed = 0;
	json_t *object;

	for (size_t i = 0; i < EXPOSURE_STATES; i++)
		changed += counted->changed[i];
	if (!cli->json) {
		fprintf(cli->out,
		    "%llu lines, %llu reports, %llu states changed, %llu of "
		    "other mail\n",
		    (unsigned long long)syncing->lines,
		    (unsigned long long)syncing->reports,
		    (unsigned long long)changed,
		    (unsigned long long)counted->foreign);
		if (counted->bounces != 0)
			fprintf(cli->out, "%llu bounces noted with people\n",
			    (unsigned long long)counted->bounces);
		if (syncing->unknown != 0)
			fprintf(cli->out, "%llu lines in no known form\n",
			    (unsigned long long)syncing->unknown);
		return 0;
	}
	object = json_object();
	out_set(object, "lines", json_integer((json_int_t)syncing->lines));
	out_set(object, "unknown", json_integer((json_int_t)syncing->unknown));
	out_set(object, "reports", json_integer((json_int_t)syncing->reports));
	out_set(object, "changed", json_integer((json_int_t)changed));
	out_set(object, "bounces", json_integer((json_int_t)counted->bounces));
	out_set(object, "known", json_integer((json_int_t)counted->known));
	out_set(object, "other", json_integer((json_int_t)counted->foreign));
	out_set(object, "damaged", json_integer((json_int_t)counted->damaged));
	return out_json(cli->out, object, err);
}

/* The log has one note for each tenant that reads it, and the journal one for
 * each host. 0 or -1. */
static int
name_note(struct syncing *syncing, struct err *err)
{
	char host[HOST_NAME_MAX + 10] = "journal ";
	struct span path =
	    span_str(syncing->origin.path ? syncing->origin.path : host);
	struct span tenant = syncing->cli->tenant;
	struct buf whose, note;

	if (!syncing->origin.path &&
	    gethostname(host + 8, HOST_NAME_MAX + 1) == 0)
		path = span_str(host);
	buf_init(&whose, syncing->cli->arena, path.len + tenant.len + 1);
	buf_add(&whose, path);
	buf_byte(&whose, '\0');
	buf_add(&whose, tenant);
	buf_init(&note, syncing->cli->arena, ENGINE_NAME_MAX);
	buf_printf(&note, CHORE_READING "%016llx",
	    (unsigned long long)hash_xxh3(buf_span(&whose)));
	if (whose.failed || note.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	syncing->note = buf_span(&note);
	return 0;
}

static int
sync_log(struct syncing *syncing, struct err *err)
{
	int status;

	if (name_note(syncing, err) < 0)
		return -1;
	syncing->queues = calloc(QUEUES, sizeof(*syncing->queues));
	syncing->batch = delivery_batch_new(syncing->cli);
	if (!syncing->queues || !syncing->batch)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (delivery_batch_all_tenants(syncing->batch, syncing->cli, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(
	    &syncing->progress, syncing->cli->errors, "reading", "lines");
	status = resume(syncing, err);
	if (status == 0)
		status = cli_flag(syncing->cli, "follow")
			     ? follow(syncing, err)
			     : read_lines(syncing, err);
	progress_end(&syncing->progress);
	if (status == 0)
		status = keep_note(syncing, err);
	return status < 0 ? -1 : tell(syncing, err);
}

int
verb_delivery_sync(struct cli *cli, struct err *err)
{
	struct syncing syncing = { .cli = cli,
		.origin = { .path = cli_flag(cli, "log"),
		    .in = cli->in,
		    .errors = cli->errors,
		    .follow = cli_flag(cli, "follow") != NULL } };
	int status;

	if (!syncing.origin.path == !cli_flag(cli, "journal"))
		return cli_misuse(
		    err, "delivery sync needs --log FILE or --journal");
	buf_init_heap(&syncing.scratch, LINE_SCRATCH);
	status = sync_log(&syncing, err);
	log_source_close(&syncing.log);
	for (size_t i = 0; syncing.queues && i < QUEUES; i++)
		queue_clear(&syncing.queues[i]);
	free(syncing.queues);
	buf_deinit(&syncing.scratch);
	delivery_batch_free(&syncing.batch);
	return status < 0 ? -1 : EX_OK;
}
