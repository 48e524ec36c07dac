/*
 * The walk that checks everything. It is done by a child process with an
 * environment of its own: a page that is damaged beyond what LMDB believes
 * ends the process that reads it, and that must not be ours.
 */

#include "store/engine/lmdb_engine.h"
#include "store/record/record.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 512 /* entries checked in one snapshot */

/* What the child says: how far it is, and of whom a value is corrupt. */
struct news {
	struct engine_verdict verdict;
	struct record_key key;
	bool corrupt;
};

/* What one snapshot of a walk found. */
struct verify_walk {
	struct lmdb_key at; /* the last key looked at */
	struct record_key bad[PAGE];
	size_t bad_count;
	size_t seen;
	bool ended;
	struct engine_verdict verdict;
};

static void
check_entry(struct verify_walk *walk, struct span found, struct span bytes)
{
	struct record_key key = { { 0 } };
	enum record_kind kind = RECORD_PROFILE;
	struct stored value;
	bool record = lmdb_key_parse(found, &key, &kind) != 0;
	int sound = record_check(
	    found, record ? (unsigned)kind : RECORD_CATALOG, bytes, &value);

	if (record)
		walk->verdict.records++;
	else if (found.at[0] == KEY_CATALOG)
		walk->verdict.entries++;
	if (!sound) {
		walk->verdict.corrupt++;
		walk->bad[walk->bad_count++] = key;
	}
}

static int
walk_page(struct env_reader *reader, struct verify_walk *walk, struct err *err)
{
	struct span found, bytes;
	struct span at = lmdb_key_span(&walk->at);
	enum env_result result = env_read_seek(reader, at, &found, &bytes, err);

	if (result == ENV_OK && walk->seen != 0 && span_eq(found, at))
		result = env_read_next(reader, &found, &bytes, err);
	for (size_t i = 0; i < PAGE && result == ENV_OK; i++) {
		check_entry(walk, found, bytes);
		walk->seen++;
		walk->at.len = found.len < sizeof walk->at.bytes
				   ? found.len
				   : sizeof walk->at.bytes;
		memcpy(walk->at.bytes, found.at, walk->at.len);
		result = env_read_next(reader, &found, &bytes, err);
	}
	walk->ended = result == ENV_NONE;
	return result == ENV_OK || result == ENV_NONE ? 0 : -1;
}

static int
say(int pipe, const struct news *news)
{
	ssize_t done;

	do
		done = write(pipe, news, sizeof *news);
	while (done < 0 && errno == EINTR);
	return done == (ssize_t)sizeof *news ? 0 : -1;
}

/* The page's corrupt values, then how far the walk is. */
static int
say_page(int pipe, const struct verify_walk *walk)
{
	struct news news = { .verdict = walk->verdict, .corrupt = true };

	for (size_t i = 0; i < walk->bad_count; i++) {
		news.key = walk->bad[i];
		if (say(pipe, &news) < 0)
			return -1;
	}
	news.corrupt = false;
	return say(pipe, &news);
}

/* The child's whole life. 0 walked to the end, 1 could not. */
static int
walk_all(const struct engine_options *options, int pipe)
{
	struct engine_options own = *options;
	struct verify_walk *walk = calloc(1, sizeof *walk);
	struct lmdb_engine *engine;

	own.report = NULL;
	if (walk == NULL || lmdb_start(&own, true, &engine, NULL) < 0)
		return 1;
	walk->at.bytes[0] = KEY_TOMBSTONE;
	walk->at.len = 1;
	while (!walk->ended) {
		struct env_reader *reader;
		int failed;

		walk->bad_count = 0;
		if (lmdb_read_begin(engine, &reader, NULL) < 0)
			return 1;
		failed = walk_page(reader, walk, NULL);
		lmdb_read_end(engine, reader);
		if (failed < 0 || say_page(pipe, walk) < 0)
			return 1;
	}
	return 0;
}

/* Hands the child's news on. 1 it said all that it had to say, 0 found wants
 * no more. */
static int
hear(int pipe,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict)
{
	struct news news;
	ssize_t got;

	for (;;) {
		got = read(pipe, &news, sizeof news);
		if (got < 0 && errno == EINTR)
			continue;
		if (got != (ssize_t)sizeof news)
			return 1;
		*verdict = news.verdict;
		if (found != NULL &&
		    found(context, news.corrupt ? &news.key : NULL, verdict) !=
			0)
			return 0;
	}
}

/* How the child ended: 1 well, 0 over a page, -1 it could not even read. */
static int
child_end(struct lmdb_engine *engine, pid_t child,
    struct engine_verdict *verdict, struct err *err)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 1;
	if (WIFEXITED(status))
		return err_set(
		    err, ERR_STORE, "the store cannot be read to its end");
	verdict->corrupt++;
	lmdb_report(engine, EVENT_CORRUPT,
	    "a page of the store is damaged beyond reading: "
	    "restore a backup");
	return 0;
}

int
lmdb_verify(struct engine *base,
    int (*found)(void *context, const struct record_key *key,
	const struct engine_verdict *so_far),
    void *context, struct engine_verdict *verdict, struct err *err)
{
	struct lmdb_engine *engine = (struct lmdb_engine *)base;
	int ends[2], all, ended;
	pid_t child;

	if (pipe(ends) < 0)
		return err_set(
		    err, ERR_SYSTEM, "cannot make a pipe: %s", strerror(errno));
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(walk_all(&engine->options, ends[1]));
	}
	close(ends[1]);
	if (child < 0) {
		close(ends[0]);
		return err_set(
		    err, ERR_SYSTEM, "cannot fork: %s", strerror(errno));
	}
	all = hear(ends[0], found, context, verdict);
	close(ends[0]);
	if (!all) {
		kill(child, SIGKILL);
		while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
			;
		return 0;
	}
	ended = child_end(engine, child, verdict, err);
	if (ended < 0)
		return -1;
	return verdict->corrupt == 0;
}
