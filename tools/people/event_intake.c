#include "tools/people/event_intake.h"

#include <stdlib.h>

#include "milter/settings.h"
#include "store/engine/sweep.h"
#include "tools/input/key_set.h"
#include "tools/interrupt.h"
#include "tools/progress.h"

#define SORT_MEMORY ((size_t)32 << 20)
#define TAG_MEMORY ((size_t)16 << 20)

struct event_intake {
	struct cli *cli;
	struct external_sort *people;  /* by person */
	struct external_sort *marked;  /* by the tag of a mark */
	struct external_sort *holders; /* whose tag it is, by the tag */
	struct key_set tags;	       /* of the marks */
	struct buf packed;
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for events");
}

/* A tag where a sort has its key. */
static struct record_key
tag_key(const unsigned char tag[KEY_TAG])
{
	struct record_key key = { { 0 } };

	memcpy(key.bytes, tag, KEY_TAG);
	return key;
}

struct event_intake *
event_intake_new(struct cli *cli, struct err *err)
{
	struct event_intake *intake = calloc(1, sizeof *intake);
	const char *store = cli->settings->store;

	if (intake == NULL) {
		full(err);
		return NULL;
	}
	intake->cli = cli;
	buf_init_heap(&intake->packed, 4096);
	if (external_sort_open(store, SORT_MEMORY, &intake->people, err) < 0 ||
	    external_sort_open(store, TAG_MEMORY, &intake->marked, err) < 0 ||
	    external_sort_open(store, TAG_MEMORY, &intake->holders, err) < 0)
		event_intake_free(&intake);
	return intake;
}

void
event_intake_free(struct event_intake **intake)
{
	if (*intake == NULL)
		return;
	external_sort_close(&(*intake)->people);
	external_sort_close(&(*intake)->marked);
	external_sort_close(&(*intake)->holders);
	key_set_deinit(&(*intake)->tags);
	buf_deinit(&(*intake)->packed);
	free(*intake);
	*intake = NULL;
}

int
event_intake_add(
    struct event_intake *intake, const struct event *event, struct err *err)
{
	bool named = event->address.len != 0;
	struct external_sort *sort = named ? intake->people : intake->marked;
	struct record_key key =
	    named ? record_key(intake->cli->tenant, event->address)
		  : tag_key(event->response.tag);

	buf_clear(&intake->packed);
	event_pack(event, &intake->packed);
	if (intake->packed.failed)
		return full(err);
	if (!named && key_set_add(&intake->tags,
			  span_of(event->response.tag, KEY_TAG), err) < 0)
		return -1;
	return external_sort_add(sort, &key, buf_span(&intake->packed), err);
}

/* ---- whose the marks are ---- */

/* The pass over the ledger, and how far it is. */
struct search {
	struct event_intake *intake;
	struct progress progress;
};

/* Notes whose entries carry a tag that was asked for. 0 or -1. */
static int
look_at(void *context, const struct record *record, struct arena *arena,
    struct err *err)
{
	struct event_intake *intake = ((struct search *)context)->intake;
	const struct stored *stored = &record->values[RECORD_HISTORY];
	struct err damaged = ERR_INIT;
	struct history history;

	if (stored->corrupt ||
	    history_decode(stored->bytes, arena, &history, &damaged) < 0)
		return 0;
	for (size_t i = 0; i < history.exposure_count; i++) {
		const unsigned char *tag = history.exposures[i].tag;
		struct record_key key = tag_key(tag);

		if (key_set_has(&intake->tags, span_of(tag, KEY_TAG)) &&
		    external_sort_add(intake->holders, &key,
			span_of(record->key.bytes, KEY_SIZE), err) < 0)
			return -1;
	}
	return 0;
}

static bool
tell(void *context, uint64_t read)
{
	progress_at(&((struct search *)context)->progress, read, read, 0);
	return interrupt_seen();
}

/* One pass over the ledger. 1, 0 interrupted, -1. */
static int
find_holders(struct event_intake *intake, struct err *err)
{
	struct search search = { .intake = intake };
	struct sweep sweep = { look_at, tell, &search };
	int done;

	progress_begin(&search.progress, intake->cli->errors,
	    "finding the marks", "records");
	done = sweep_run(&sweep, intake->cli->engine, err);
	progress_end(&search.progress);
	return done;
}

/* Both sorts side by side: an event whose tag somebody holds becomes his. */
static int
join(struct event_intake *intake, uint64_t *unknown, struct err *err)
{
	struct load_row event, holder = { .bytes = SPAN_NONE };
	int more, held = external_sort_next(intake->holders, &holder, err);

	while (held >= 0 &&
	       (more = external_sort_next(intake->marked, &event, err)) != 0) {
		struct record_key whose;
		int order = -1;

		if (more < 0)
			return -1;
		while (held > 0 &&
		       (order = record_key_cmp(&holder.key, &event.key)) < 0)
			held =
			    external_sort_next(intake->holders, &holder, err);
		if (held <= 0 || order != 0) {
			++*unknown;
			continue;
		}
		memcpy(whose.bytes, holder.bytes.at, KEY_SIZE);
		if (external_sort_add(
			intake->people, &whose, event.bytes, err) < 0)
			return -1;
	}
	return held < 0 ? -1 : 0;
}

int
event_intake_finish(struct event_intake *intake, struct external_sort **sort,
    uint64_t *unknown, struct err *err)
{
	int done = 1;

	*unknown = 0;
	if (intake->tags.used != 0)
		done = find_holders(intake, err);
	if (done <= 0)
		return done;
	if (external_sort_finish(intake->marked, err) < 0 ||
	    external_sort_finish(intake->holders, err) < 0 ||
	    join(intake, unknown, err) < 0 ||
	    external_sort_finish(intake->people, err) < 0)
		return -1;
	*sort = intake->people;
	intake->people = NULL;
	return 1;
}
