#include "tools/input/log_reading.h"

#include <limits.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "store/base/buf.h"
#include "store/base/hash.h"
#include "store/engine/chore.h"
#include "tools/interrupt.h"
#include "tools/out.h"

#define SETTLE_EVERY 20000 /* lines */
#define FRESH 60	   /* seconds for which a note tells the time */

/* The log has one note for each tenant that reads it, and the journal one for
 * each host. 0 or -1. */
static int
name_note(struct log_reading *reading, struct err *err)
{
	struct arena *arena = reading->cli->arena;
	char host[HOST_NAME_MAX + 10] = "journal ";
	const char *path = reading->origin.path;
	struct span log = span_str(path ? path : host);
	struct span tenant = reading->cli->tenant;
	struct buf whose, note;

	if (!path && gethostname(host + 8, HOST_NAME_MAX + 1) == 0)
		log = span_str(host);
	buf_init(&whose, arena, log.len + tenant.len + 1);
	buf_add(&whose, log);
	buf_byte(&whose, '\0');
	buf_add(&whose, tenant);
	buf_init(&note, arena, ENGINE_NAME_MAX);
	buf_printf(&note, "%s%016llx", reading->notes,
	    (unsigned long long)hash_xxh3(buf_span(&whose)));
	if (whose.failed || note.failed ||
	    arena_dup(arena, log, &reading->name) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	reading->note = buf_span(&note);
	return 0;
}

/* Opens the log where the last run stopped. 0 or -1. */
static int
resume(struct log_reading *reading, struct err *err)
{
	struct log_place since;
	struct span text;
	int found = engine_catalog_get(reading->cli->engine, reading->note,
	    reading->cli->arena, &text, err);

	if (found < 0)
		return -1;
	log_place_read(text, &since);
	return log_source_open(&reading->origin,
	    found && !reading->restart ? &since : NULL, &reading->log, err);
}

/* Whether the note in the store says so already, and the time well enough:
 * a log that is silent does not cost a commit each second. */
static bool
is_noted(
    const struct log_reading *reading, const struct log_place *at, int64_t now)
{
	const struct log_place *noted = &reading->noted;

	return now >= noted->read_at && now - noted->read_at < FRESH &&
	       at->inode == noted->inode && at->offset == noted->offset &&
	       at->head == noted->head &&
	       strcmp(at->cursor, noted->cursor) == 0;
}

/* What was read is in the histories before the note says so. */
static int
settle(struct log_reading *reading, bool end, struct err *err)
{
	struct log_place safe = *log_source_at(reading->log);
	struct entry entry = { .name = reading->note };
	int done = reading->settle(reading->context, end, &safe, err);
	int64_t now = cli_now();
	char place[LOG_PLACE_SIZE], text[LOG_PLACE_SIZE + PATH_MAX];

	if (done <= 0 || !log_source_has_places(reading->log))
		return done < 0 ? -1 : 0;
	if (is_noted(reading, &safe, now))
		return 0;
	snprintf(text, sizeof(text), "%s\n%.*s",
	    log_place_print(&safe, now, place), SPAN_ARG(reading->name));
	entry.bytes = span_str(text);
	if (engine_catalog_change(reading->cli->engine, &entry, 1, err) < 0)
		return -1;
	reading->noted = safe;
	reading->noted.read_at = now;
	return 0;
}

/* Lines up to the end of what is written. 0 or -1. */
static int
read_lines(struct log_reading *reading, struct err *err)
{
	struct span line;
	int more = 1;

	while (!interrupt_seen() &&
	       (more = log_source_line(reading->log, &line, err)) > 0) {
		struct log_place *at = log_source_at(reading->log);

		if (reading->take(reading->context, line, at, err) < 0)
			return -1;
		progress_at(
		    &reading->progress, ++reading->lines, at->offset, 0);
		if (reading->lines % SETTLE_EVERY == 0 &&
		    settle(reading, false, err) < 0)
			return -1;
	}
	return more < 0 ? -1 : 0;
}

/* Waits for more, and for another file under the name. 0 or -1. */
static int
follow(struct log_reading *reading, struct err *err)
{
	const struct timespec second = { 1, 0 };
	int status = 0;

	while (status == 0 && !interrupt_seen() &&
	       !log_source_ended(reading->log)) {
		bool moved = log_source_moved(reading->log);

		status = read_lines(reading, err);
		if (status == 0 && moved) {
			status = log_source_renew(reading->log, err);
			continue;
		}
		if (status == 0)
			status = settle(reading, false, err);
		if (status == 0 && reading->origin.path)
			nanosleep(&second, NULL);
	}
	return status;
}

int
log_reading_run(struct log_reading *reading, struct err *err)
{
	int status;

	if (name_note(reading, err) < 0)
		return -1;
	interrupt_watch();
	progress_begin(
	    &reading->progress, reading->cli->errors, "reading", "lines");
	status = resume(reading, err);
	if (status == 0)
		status = reading->origin.follow ? follow(reading, err)
						: read_lines(reading, err);
	progress_end(&reading->progress);
	if (status == 0)
		status = settle(reading, true, err);
	log_source_close(&reading->log);
	return status;
}

int
log_reading_forget(struct cli *cli, const char *notes, struct err *err)
{
	const char *log = cli_flag(cli, "forget");
	int forgotten;
	json_t *object;

	if (cli_flag(cli, "log") || cli_flag(cli, "journal"))
		return cli_misuse(err, "--forget reads nothing");
	forgotten =
	    chore_forget(cli->engine, notes, span_str(log), cli->arena, err);
	if (forgotten < 0)
		return -1;
	if (forgotten == 0)
		return err_set(err, ERR_INPUT,
		    "no reading of `%s` is noted: inlay doctor names those "
		    "that stopped",
		    log);
	if (!cli->json) {
		fprintf(cli->out, "%d readings forgotten\n", forgotten);
		return EX_OK;
	}
	object = json_object();
	out_set(object, "forgotten", json_integer(forgotten));
	return out_json(cli->out, object, err) < 0 ? -1 : EX_OK;
}
