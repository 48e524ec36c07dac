#include "tools/input/trail_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/base/hash.h"
#include "store/base/log.h"

#define STEPS_MAX 100000 /* of one queue file */
#define LINE_SCRATCH ((size_t)1 << 18)
#define TEXT_MAX 2000 /* of what is kept of a line */
#define ARENA_MAX ((size_t)1 << 30)

/* ---- what is kept ---- */

static struct trail_file **
bucket(struct trail *trail, struct span id)
{
	return &trail->buckets[hash_xxh3(id) % TRAIL_BUCKETS];
}

struct trail_file *
trail_file_find(struct trail *trail, struct span id)
{
	struct trail_file *file = id.len != 0 ? *bucket(trail, id) : NULL;

	while (file != NULL && !span_eq(span_str(file->id), id))
		file = file->next;
	return file;
}

static void
free_steps(struct trail_step *step)
{
	while (step != NULL) {
		struct trail_step *next = step->next;

		free(step);
		step = next;
	}
}

static void
forget(struct trail *trail, struct trail_file *file)
{
	struct trail_file **at = bucket(trail, span_str(file->id));

	while (*at != file)
		at = &(*at)->next;
	*at = file->next;
	free_steps(file->first);
	free(file->message_id);
	free(file);
}

static struct trail_file *
add_file(struct trail *trail, struct span id)
{
	struct trail_file **at = bucket(trail, id);
	struct trail_file *file = calloc(1, sizeof *file + id.len + 1);

	if (file == NULL)
		return NULL;
	memcpy(file->id, id.at, id.len);
	file->order = trail->order;
	file->next = *at;
	*at = file;
	return file;
}

/* The text behind those that the step has already. */
static struct span
keep(char **room, struct span text)
{
	struct span kept = span_of(*room, text.len);

	if (text.len != 0)
		memcpy(*room, text.at, text.len);
	*room += text.len;
	return kept;
}

static struct trail_step *
make_step(struct trail *trail, const struct maillog_event *event, bool verdict)
{
	struct span to = event->orig_to.len != 0 ? event->orig_to : event->to;
	struct span said = span_first(event->said, TEXT_MAX);
	struct span peer = span_first(event->peer, TEXT_MAX);
	size_t len = event->queue.len + event->program.len + to.len + peer.len +
		     said.len + event->next.len;
	struct trail_step *step = malloc(sizeof *step + len);
	char *room;

	if (step == NULL)
		return NULL;
	room = (char *)(step + 1);
	*step = (struct trail_step){ .order = trail->order,
		.time = event->time,
		.verdict = verdict,
		.kind = event->kind,
		.queue = keep(&room, event->queue),
		.program = keep(&room, event->program),
		.to = keep(&room, to),
		.peer = keep(&room, peer),
		.said = keep(&room, said),
		.queued_as = keep(&room, event->next) };
	return step;
}

/* What inlayd says of a queue file, be it in another log, comes behind the
 * lines with which the file begins. */
static size_t
order_of_verdict(const struct trail_file *file, size_t order)
{
	for (const struct trail_step *step = file->first; step != NULL;
	     step = step->next)
		if (step->kind == MAILLOG_ACCEPTED ||
		    step->kind == MAILLOG_MESSAGE)
			order = step->order + 1;
	return order;
}

static int
add_step(struct trail *trail, struct trail_file *file,
    const struct maillog_event *event, bool verdict)
{
	struct trail_step *step;

	if (file->count == STEPS_MAX)
		return 0;
	step = make_step(trail, event, verdict);
	if (step == NULL)
		return -1;
	if (verdict)
		step->order = order_of_verdict(file, step->order);
	*(file->last != NULL ? &file->last->next : &file->first) = step;
	file->last = step;
	file->count++;
	file = trail_file_find(trail, event->next);
	if (file != NULL)
		file->linked = true;
	return 0;
}

/* ---- lines of a mail server ---- */

/* Of the recipients of a queue file, NULL: of none. */
static bool
is_asked(const struct trail *trail, const struct trail_file *file,
    const struct maillog_event *event)
{
	struct span asked = trail->question.address;

	return asked.len == 0 || (file != NULL && file->whole) ||
	       span_caseeq(event->to, asked) ||
	       span_caseeq(event->orig_to, asked);
}

bool
trail_file_matters(const struct trail *trail, const struct trail_file *file)
{
	const struct trail_question *question = &trail->question;

	if (question->either)
		return file->about || file->whole;
	if (question->message_id.len != 0 && file->message_id == NULL)
		return false;
	return file->about || question->address.len == 0;
}

/* Whether a queue file is looked for by its recipients alone. */
static bool
asks_recipients(const struct trail *trail)
{
	const struct trail_question *question = &trail->question;

	return question->address.len != 0 &&
	       (question->either || question->message_id.len == 0);
}

/* The Message-ID of a queue file, which may be another mail's. */
static int
name_file(struct trail *trail, struct trail_file *file,
    const struct maillog_event *event)
{
	struct span asked = trail->question.message_id;

	bool it = span_eq(event->message_id, asked);

	file->whole |= trail->question.either && it;
	if (asked.len != 0 && !it && !trail->question.either) {
		forget(trail, file);
		return 0;
	}
	free(file->message_id);
	file->message_id = strndup(event->message_id.at, event->message_id.len);
	if (file->message_id == NULL)
		return -1;
	return event->from.len != 0 ? add_step(trail, file, event, false) : 0;
}

/* A refusal of which no queue file tells. */
static int
take_loose(struct trail *trail, const struct maillog_event *event)
{
	if (event->kind != MAILLOG_REFUSED || event->to.len == 0 ||
	    !asks_recipients(trail) || !is_asked(trail, NULL, event))
		return 0;
	*trail->loose_end = make_step(trail, event, false);
	if (*trail->loose_end == NULL)
		return -1;
	trail->loose_end = &(*trail->loose_end)->next;
	return 0;
}

/* The queue file that an event belongs to; NULL: none of interest. */
static struct trail_file *
file_of(struct trail *trail, const struct maillog_event *event, bool *full)
{
	struct trail_file *file = trail_file_find(trail, event->queue);
	bool begins =
	    event->kind == MAILLOG_ACCEPTED || event->kind == MAILLOG_MESSAGE;
	bool lost = event->to.len != 0 && asks_recipients(trail);

	*full = false;
	if (file != NULL ||
	    (!begins && !(lost && is_asked(trail, NULL, event))))
		return file;
	file = add_file(trail, event->queue);
	*full = file == NULL;
	return file;
}

static int
take_event(struct trail *trail, const struct maillog_event *event)
{
	struct trail_file *file;
	bool full;
	int status = 0;

	if (event->kind == MAILLOG_NOTHING || event->kind == MAILLOG_UNKNOWN ||
	    trail->second)
		return 0;
	if (event->queue.len == 0)
		return take_loose(trail, event);
	file = file_of(trail, event, &full);
	if (file == NULL)
		return full ? -1 : 0;
	if (event->kind == MAILLOG_MESSAGE)
		return name_file(trail, file, event);
	if (event->to.len != 0 && is_asked(trail, file, event))
		file->about = true;
	if (event->to.len == 0 || is_asked(trail, file, event))
		status = add_step(trail, file, event, false);
	if ((event->kind == MAILLOG_REMOVED || event->last) &&
	    !trail_file_matters(trail, file))
		forget(trail, file);
	return status;
}

/* ---- inlayd's lines ---- */

/* The value of a key lies in trail->value then. */
static bool
find_pair(struct trail *trail, struct span text, const char *name)
{
	struct span key;

	while (log_next(&text, &key, &trail->value))
		if (span_eq(key, span_str(name)))
			return true;
	return false;
}

static int
take_verdict(struct trail *trail, const struct logged_line *read)
{
	char id[80];
	struct maillog_event event = {
		.program = read->program, .said = read->text, .time = read->time
	};
	struct trail_file *file;
	bool named;

	if (!span_starts(read->text, SPAN("id=")) ||
	    !find_pair(trail, read->text, "id"))
		return 0;
	snprintf(id, sizeof id, "%.*s", SPAN_ARG(buf_span(&trail->value)));
	event.queue = span_str(id);
	named =
	    trail->question.message_id.len != 0 &&
	    find_pair(trail, read->text, "message_id") &&
	    (span_eq(buf_span(&trail->value), trail->question.hashed) ||
		span_eq(buf_span(&trail->value), trail->question.message_id));
	file = trail_file_find(trail, event.queue);
	if (file == NULL && named &&
	    (trail->question.address.len == 0 || trail->question.either)) {
		file = add_file(trail, event.queue);
		if (file == NULL)
			return -1;
		file->whole = trail->question.either;
		file->message_id = strndup(trail->question.message_id.at,
		    trail->question.message_id.len);
	}
	trail->again |= file == NULL;
	if (file == NULL || file->told)
		return 0;
	file->told = true;
	return add_step(trail, file, &event, true);
}

int
trail_line(struct trail *trail, struct span line, int64_t now, struct err *err)
{
	struct logged_line read;
	struct maillog_event event;
	int status;

	trail->order += 2;
	if (!log_line_read(line, now, &trail->scratch, &read) ||
	    (read.time != 0 && read.time < trail->question.since))
		return 0;
	if (span_eq(read.program, SPAN("inlayd"))) {
		status = take_verdict(trail, &read);
	} else {
		event = maillog_of(&read);
		status = take_event(trail, &event);
	}
	return status == 0 ? 0 : err_set(err, ERR_MEMORY, "out of memory");
}

bool
trail_wants_again(struct trail *trail)
{
	bool again = trail->again && !trail->second;

	trail->second = true;
	return again;
}

/* ---- the trail ---- */

struct trail *
trail_new(const struct trail_question *question)
{
	struct trail *trail = calloc(1, sizeof *trail);

	if (trail == NULL)
		return NULL;
	trail->question = *question;
	trail->loose_end = &trail->loose;
	buf_init_heap(&trail->scratch, LINE_SCRATCH);
	buf_init_heap(&trail->value, LINE_SCRATCH);
	trail->arena = arena_new(ARENA_MAX);
	if (trail->arena == NULL)
		trail_free(&trail);
	return trail;
}

void
trail_free(struct trail **trail)
{
	struct trail *it = *trail;

	if (it == NULL)
		return;
	for (size_t i = 0; i < TRAIL_BUCKETS; i++)
		while (it->buckets[i] != NULL)
			forget(it, it->buckets[i]);
	free_steps(it->loose);
	buf_deinit(&it->scratch);
	buf_deinit(&it->value);
	arena_free(&it->arena);
	free(it);
	*trail = NULL;
}
