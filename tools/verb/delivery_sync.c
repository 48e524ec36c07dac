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
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "store/base/buf.h"
#include "store/base/hash.h"
#include "store/engine/chore.h"
#include "tools/input/log_reading.h"
#include "tools/input/maillog.h"
#include "tools/people/delivery_batch.h"
#include "tools/out.h"
#include "tools/verbs.h"

#define QUEUES 65536  /* queue files remembered at once */
#define WAYS 16	      /* of them compete for a place */
#define LATE_MAX 50   /* deferred recipients of one */
#define ID_MAX 64     /* bytes of a queue id */
#define TEXT_MAX 1000 /* of a Message-ID, of an address */
#define MARGIN 262144 /* bytes read again before the oldest open one */
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
	struct log_reading reading;
	struct log_place at;  /* of the line at hand */
	struct buf scratch;   /* of one line */
	struct queue *queues; /* rows of WAYS, by hash of the id */
	struct delivery_batch *batch;
	uint64_t unknown, reports;
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
	queue->first = syncing->at;
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
static void
move_back(const struct syncing *syncing, struct log_place *safe)
{
	for (size_t i = 0; i < QUEUES; i++) {
		const struct queue *queue = &syncing->queues[i];

		if (queue->id_len != 0 && !queue->removed &&
		    is_before(&queue->first, safe))
			*safe = queue->first;
	}
	safe->offset = safe->offset > MARGIN ? safe->offset - MARGIN : 0;
}

static int
settle(void *context, bool end, struct log_place *safe, struct err *err)
{
	struct syncing *syncing = context;

	(void)end;
	if (delivery_batch_flush(syncing->batch, err) < 0)
		return -1;
	move_back(syncing, safe);
	return 1;
}

static int
take_line(
    void *context, struct span line, struct log_place *at, struct err *err)
{
	struct syncing *syncing = context;
	struct maillog_event event =
	    maillog_read(line, cli_now(), &syncing->scratch);

	syncing->unknown += event.kind == MAILLOG_UNKNOWN;
	if (event.cursor.len != 0 && event.cursor.len < sizeof(at->cursor))
		snprintf(at->cursor, sizeof(at->cursor), "%.*s",
		    SPAN_ARG(event.cursor));
	syncing->at = *at;
	return take_event(syncing, &event, err);
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
		    (unsigned long long)syncing->reading.lines,
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
	out_set(
	    object, "lines", json_integer((json_int_t)syncing->reading.lines));
	out_set(object, "unknown", json_integer((json_int_t)syncing->unknown));
	out_set(object, "reports", json_integer((json_int_t)syncing->reports));
	out_set(object, "changed", json_integer((json_int_t)changed));
	out_set(object, "bounces", json_integer((json_int_t)counted->bounces));
	out_set(object, "known", json_integer((json_int_t)counted->known));
	out_set(object, "other", json_integer((json_int_t)counted->foreign));
	out_set(object, "damaged", json_integer((json_int_t)counted->damaged));
	return out_json(cli->out, object, err);
}

static int
sync_log(struct syncing *syncing, struct err *err)
{
	syncing->queues = calloc(QUEUES, sizeof(*syncing->queues));
	syncing->batch = delivery_batch_new(syncing->cli);
	if (!syncing->queues || !syncing->batch)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (delivery_batch_all_tenants(syncing->batch, syncing->cli, err) < 0 ||
	    log_reading_run(&syncing->reading, err) < 0)
		return -1;
	return tell(syncing, err);
}

int
verb_delivery_sync(struct cli *cli, struct err *err)
{
	struct syncing syncing = { .cli = cli,
		.reading = { .cli = cli,
		    .origin = { .path = cli_flag(cli, "log"),
			.in = cli->in,
			.errors = cli->errors,
			.follow = cli_flag(cli, "follow") != NULL },
		    .notes = CHORE_READING,
		    .restart = cli_flag(cli, "restart") != NULL,
		    .take = take_line,
		    .settle = settle } };
	int status;

	if (cli_flag(cli, "forget"))
		return log_reading_forget(cli, CHORE_READING, err);
	syncing.reading.context = &syncing;
	if (!syncing.reading.origin.path == !cli_flag(cli, "journal"))
		return cli_misuse(
		    err, "delivery sync needs --log FILE or --journal");
	buf_init_heap(&syncing.scratch, LINE_SCRATCH);
	status = sync_log(&syncing, err);
	for (size_t i = 0; syncing.queues && i < QUEUES; i++)
		queue_clear(&syncing.queues[i]);
	free(syncing.queues);
	buf_deinit(&syncing.scratch);
	delivery_batch_free(&syncing.batch);
	return status < 0 ? -1 : EX_OK;
}
