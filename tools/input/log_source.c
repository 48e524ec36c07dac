#include "tools/input/log_source.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/base/arena.h"
#include "store/base/timestamp.h"
#include "tools/input/input_stream.h"
#include "tools/input/log_files.h"

#define LINE_MAX_BYTES 65536
#define ROOM (2 * LINE_MAX_BYTES)
#define ARENA_MAX ((size_t)16 << 20)
#define WAIT_MS 1000

extern char **environ;

struct log_source {
	const struct log_origin *origin;
	struct input_stream *stream;
	struct arena *arena; /* of files */
	struct log_file *files;
	size_t file_count, file_next;
	struct log_place at;
	uint64_t end; /* offset after the line handed out */
	char bytes[ROOM];
	size_t from, len;
	bool skipping; /* up to the end of a line */
	bool is_file, ended;
	pid_t child; /* journalctl, or 0 */
	int pipe;
};

/* ---- files ---- */

static void
tell_missing(const struct log_source *source, const struct log_place *since)
{
	char when[TIMESTAMP_SIZE];

	fprintf(source->origin->errors,
	    "inlay: %s: no file of this log goes on where the last reading "
	    "stopped, %s; lines since then may be missing\n",
	    source->origin->path, timestamp_print(since->read_at, when));
}

/* Opens the next of the files, at an offset. 0 or -1. */
static int
open_next(struct log_source *source, uint64_t offset, struct err *err)
{
	const struct log_file *file = &source->files[source->file_next++];
	struct log_place *at = &source->at;

	input_stream_close(&source->stream);
	source->from = source->len = 0;
	at->file++;
	at->inode = file->inode;
	at->head = file->head;
	if (input_stream_open(file->path, -1, &source->stream, err) < 0)
		return -1;
	/* The line end before the offset, or within the line a later one, is
	 * where reading begins. */
	source->skipping = offset != 0;
	source->end = offset ? offset - 1 : 0;
	at->offset = offset;
	return input_stream_skip(source->stream, source->end, err) < 0 ? -1 : 0;
}

static int
open_files(
    struct log_source *source, const struct log_place *since, struct err *err)
{
	static const struct log_place start = { .file = 0 };
	bool known, begun = since && (since->inode != 0 || since->head != 0);
	uint64_t offset;

	arena_reset(source->arena);
	source->file_next = 0;
	if (log_files_after(source->origin->path, begun ? since : &start,
		source->arena, &source->files, &source->file_count, &known,
		err) < 0)
		return -1;
	if (!begun && !source->origin->whole)
		source->file_next = source->file_count - 1;
	else if (begun && !known)
		tell_missing(source, since);
	offset = begun && known ? since->offset : 0;
	if (source->files[source->file_next].size < offset)
		offset = 0; /* cut, and begun with the same line */
	return open_next(source, offset, err);
}

/* ---- the journal ---- */

/* Starts journalctl with its output in a pipe. 0 or -1. */
static int
start_journal(struct log_source *source, const char *cursor, struct err *err)
{
	char program[] = "journalctl", quiet[] = "--quiet",
	     pager[] = "--no-pager", all[] = "--all", json[] = "--output=json",
	     fields[] = "--output-fields=MESSAGE,SYSLOG_IDENTIFIER",
	     mail[] = "SYSLOG_FACILITY=2", either[] = "+",
	     ours[] = "SYSLOG_IDENTIFIER=inlayd", follow[] = "--follow",
	     whole[] = "--no-tail", merge[] = "--merge",
	     from[LOG_CURSOR_MAX + 16], since[40];
	char *argv[16] = { program, quiet, pager, all, json, fields, mail,
		either, ours };
	posix_spawn_file_actions_t actions;
	size_t argc = 9;
	int ends[2], failed;

	snprintf(from, sizeof(from), "--cursor=%s", cursor);
	if (cursor[0] != '\0')
		argv[argc++] = from;
	snprintf(since, sizeof(since), "--since=@%lld",
	    (long long)source->origin->since);
	if (source->origin->since > 0)
		argv[argc++] = since;
	if (source->origin->follow) {
		/* By itself it would show what this boot has logged, and by
		 * the boot that its /proc names, which in a container may be
		 * another one. */
		argv[argc++] = follow;
		argv[argc++] = whole;
		argv[argc++] = merge;
	}
	if (pipe(ends) < 0)
		return err_set(err, ERR_INPUT, "journal: %s", strerror(errno));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	failed = posix_spawnp(
	    &source->child, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	source->pipe = ends[0];
	if (failed == 0)
		return input_stream_open("-", ends[0], &source->stream, err);
	source->child = 0;
	return err_set(
	    err, ERR_INPUT, "journalctl cannot be run: %s", strerror(failed));
}

/* Whether bytes, or the end, can be read at once. */
static bool
is_ready(const struct log_source *source)
{
	struct pollfd wait = { .fd = source->pipe, .events = POLLIN };

	return source->child == 0 || !source->origin->follow ||
	       poll(&wait, 1, WAIT_MS) > 0;
}

/* 0, or -1: it failed. */
static int
end_journal(struct log_source *source, struct err *err)
{
	int status = 0;

	if (source->child == 0)
		return 0;
	while (waitpid(source->child, &status, 0) < 0 && errno == EINTR)
		;
	source->child = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		return err_set(err, ERR_INPUT, "journalctl ended with %d",
		    WEXITSTATUS(status));
	return 0;
}

/* ---- all ---- */

/* Whether the path is a file that has places: no pipe, nothing packed. */
static int
find_kind(struct log_source *source, struct err *err)
{
	const char *path = source->origin->path;
	struct stat stat_of;

	if (strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0)
		return 0;
	if (stat(path, &stat_of) < 0)
		return err_at(err, ERR_INPUT, path, 0, 0, "cannot be read: %s",
		    strerror(errno));
	source->is_file =
	    S_ISREG(stat_of.st_mode) && !input_stream_is_packed(path);
	return 0;
}

static int
begin(struct log_source *source, const struct log_place *since, struct err *err)
{
	const struct log_origin *origin = source->origin;

	if (!origin->path)
		return start_journal(source, since ? since->cursor : "", err);
	if (find_kind(source, err) < 0)
		return -1;
	return source->is_file ? open_files(source, since, err)
			       : input_stream_open(origin->path,
				     fileno(origin->in), &source->stream, err);
}

int
log_source_open(const struct log_origin *origin, const struct log_place *since,
    struct log_source **source, struct err *err)
{
	struct log_source *made = calloc(1, sizeof(*made));

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	made->origin = origin;
	made->pipe = -1;
	made->arena = arena_new(ARENA_MAX);
	if (!made->arena)
		err_set(err, ERR_MEMORY, "out of memory");
	if (!made->arena || begin(made, since, err) < 0) {
		log_source_close(&made);
		return -1;
	}
	*source = made;
	return 0;
}

void
log_source_close(struct log_source **source)
{
	struct log_source *it = *source;
	struct err why = ERR_INIT;

	if (!it)
		return;
	input_stream_close(&it->stream);
	if (it->child != 0)
		kill(it->child, SIGTERM);
	if (it->pipe >= 0)
		close(it->pipe);
	(void)end_journal(it, &why);
	arena_free(&it->arena);
	free(it);
	*source = NULL;
}

/* More bytes behind those that are there. As input_stream_read. */
static ssize_t
fill(struct log_source *source, struct err *err)
{
	ssize_t got;

	memmove(source->bytes, source->bytes + source->from,
	    source->len - source->from);
	source->len -= source->from;
	source->from = 0;
	if (source->len >= LINE_MAX_BYTES) {
		source->end += source->len;
		source->len = 0;
		source->skipping = true;
	}
	got = input_stream_read(source->stream, source->bytes + source->len,
	    ROOM - source->len, err);
	source->len += got > 0 ? (size_t)got : 0;
	return got;
}

/* Takes so many bytes as a line, and as many as its end has. False: they are
 * the rest of a line that is left out. */
static bool
take_line(
    struct log_source *source, size_t len, size_t line_end, struct span *line)
{
	bool whole = !source->skipping;

	*line = span_of(source->bytes + source->from, len);
	source->at.offset = source->end;
	source->end += len + line_end;
	source->from += len + line_end;
	source->skipping = false;
	if (whole && source->at.offset == 0)
		source->at.head = log_head(*line);
	return whole;
}

/* At the end of what is there: 1 with the last line of a stream, else as
 * log_source_line. A file's last line waits for its end. */
static int
take_rest(struct log_source *source, struct span *line, struct err *err)
{
	size_t rest = source->len - source->from;

	if (!source->is_file && rest != 0 && take_line(source, rest, 0, line))
		return 1;
	source->at.offset = source->end;
	source->ended = !source->is_file;
	return end_journal(source, err);
}

int
log_source_line(struct log_source *source, struct span *line, struct err *err)
{
	for (;;) {
		struct span ready = span_of(
		    source->bytes + source->from, source->len - source->from);
		size_t len = span_find(ready, '\n');
		ssize_t got;

		if (len < ready.len) {
			if (take_line(source, len, 1, line))
				return 1;
			continue;
		}
		if (source->ended || !is_ready(source))
			return 0;
		got = fill(source, err);
		if (got < 0)
			return -1;
		if (got > 0)
			continue;
		if (source->file_next >= source->file_count)
			return take_rest(source, line, err);
		if (open_next(source, 0, err) < 0)
			return -1;
	}
}

struct log_place *
log_source_at(struct log_source *source)
{
	return &source->at;
}

bool
log_source_has_places(const struct log_source *source)
{
	return source->is_file || !source->origin->path;
}

bool
log_source_ended(const struct log_source *source)
{
	return source->ended;
}

bool
log_source_moved(const struct log_source *source)
{
	struct stat stat_of;

	return source->is_file && stat(source->origin->path, &stat_of) == 0 &&
	       ((uint64_t)stat_of.st_ino != source->at.inode ||
		   (uint64_t)stat_of.st_size < source->end);
}

int
log_source_renew(struct log_source *source, struct err *err)
{
	struct log_place since = source->at;

	since.read_at = (int64_t)time(NULL);
	return open_files(source, &since, err);
}

const char *
log_place_print(const struct log_place *place, int64_t now, char *out)
{
	snprintf(out, LOG_PLACE_SIZE, "%llu %llu %lld %llu %s",
	    (unsigned long long)place->inode, (unsigned long long)place->offset,
	    (long long)now, (unsigned long long)place->head, place->cursor);
	return out;
}

void
log_place_read(struct span text, struct log_place *place)
{
	unsigned long long inode = 0, offset = 0, head = 0;
	long long at = 0;
	char line[LOG_PLACE_SIZE];

	*place = (struct log_place){ .file = 0 };
	text = span_first(text, span_find(text, '\n'));
	snprintf(line, sizeof(line), "%.*s", SPAN_ARG(text));
	sscanf(line, "%llu %llu %lld %llu %199s", &inode, &offset, &at, &head,
	    place->cursor);
	place->inode = inode;
	place->offset = offset;
	place->read_at = at;
	place->head = head;
}
