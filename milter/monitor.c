#include "milter/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "milter/metrics.h"
#include "milter/notify.h"
#include "milter/pulse.h"
#include "milter/socket.h"
#include "store/base/monotonic.h"
#include "store/base/plain_file.h"

enum { TEXT_MAX = 1 << 20, QUESTION_MAX = 64, PATIENCE = 2 };

#define LOOK_US (5 * INT64_C(1000000))	/* at the writer */
#define FILE_US (15 * INT64_C(1000000)) /* between two metrics files */

struct monitor {
	struct monitor_options options;
	uint64_t started;
	int listener;		 /* the control socket, or -1 */
	struct socket_mark mark; /* of it */
	int wake[2];		 /* closed to end the thread */
	pthread_t thread;
	/* The thread's own: */
	struct pulse pulse;
	int64_t look_us, file_us, watch_us; /* the next time, each */
	int64_t watch_every_us;		    /* 0: nobody watches */
	bool file_failed;		    /* and it was told of */
};

/* ---- what it knows ---- */

static int
gather(struct monitor *monitor, struct metrics_now *now, struct err *err)
{
	*now = (struct metrics_now){ .started = monitor->started };
	return metrics_gather(
	    monitor->options.personaliser, monitor->options.engine, now, err);
}

static int
look_at_writer(struct monitor *monitor, struct err *err)
{
	struct engine_stat stat;

	if (engine_stat_quick(monitor->options.engine, &stat, err) < 0)
		return -1;
	return pulse_writer(&monitor->pulse, &stat, err);
}

/* 0, or -1 and err says what does not work. */
static int
is_alive(struct monitor *monitor, struct err *err)
{
	if (look_at_writer(monitor, err) < 0)
		return -1;
	return monitor->options.milter != NULL
		   ? pulse_milter(monitor->options.milter, err)
		   : 0;
}

/* ---- the control socket: a line asks, the answer ends with the stream ---- */

static void
answer_ping(struct monitor *monitor, struct buf *out)
{
	struct err err = ERR_INIT;

	if (is_alive(monitor, &err) == 0)
		buf_str(out, "ok inlayd " INLAY_VERSION "\n");
	else
		buf_printf(out, "not serving: %s\n", err.text);
}

static void
answer_metrics(struct monitor *monitor, struct buf *out)
{
	struct metrics_now now;
	struct err err = ERR_INIT;

	if (gather(monitor, &now, &err) == 0)
		metrics_print(&now, out);
	else
		buf_printf(out, "# %s\n", err.text);
}

static const struct {
	const char *question;
	void (*answer)(struct monitor *monitor, struct buf *out);
} answers[] = {
	{ "ping\n", answer_ping },
	{ "metrics\n", answer_metrics },
};

static int
write_all(int fd, struct span text)
{
	while (text.len != 0) {
		ssize_t wrote = write(fd, text.at, text.len);

		if (wrote <= 0)
			return -1;
		text = span_from(text, (size_t)wrote);
	}
	return 0;
}

static void
answer(struct monitor *monitor, int fd)
{
	char question[QUESTION_MAX] = "";
	struct buf out;

	if (read(fd, question, sizeof question - 1) <= 0)
		return;
	buf_init_heap(&out, TEXT_MAX);
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		if (strcmp(question, answers[i].question) == 0)
			answers[i].answer(monitor, &out);
	write_all(fd, buf_span(&out));
	buf_deinit(&out);
}

static void
take_caller(struct monitor *monitor)
{
	int fd = socket_accept(monitor->listener, PATIENCE);

	if (fd < 0)
		return;
	answer(monitor, fd);
	close(fd);
}

/* ---- the metrics file ---- */

/* Whoever reads the file sees the old text or the new one. */
static int
replace_file(const char *path, struct span text)
{
	char beside[4096];
	int fd, failed;

	snprintf(beside, sizeof beside, "%s.new", path);
	unlink(beside);
	fd = plain_file_open(beside, O_WRONLY | O_CREAT | O_EXCL, 0644);
	if (fd < 0)
		return -1;
	failed = write_all(fd, text) < 0 || fchmod(fd, 0644) < 0;
	if (close(fd) < 0 || failed || rename(beside, path) < 0)
		return -1;
	return 0;
}

/* Trouble is told of once, until there is none. */
static void
write_file(struct monitor *monitor)
{
	const char *path = monitor->options.file;
	struct buf text;

	if (path == NULL)
		return;
	buf_init_heap(&text, TEXT_MAX);
	answer_metrics(monitor, &text);
	if (replace_file(path, buf_span(&text)) == 0) {
		monitor->file_failed = false;
	} else if (!monitor->file_failed) {
		log_say(monitor->options.log, LOG_LEVEL_WARNING,
		    "cannot write metrics-file %s: %s", path, strerror(errno));
		monitor->file_failed = true;
	}
	buf_deinit(&text);
}

/* ---- the thread ---- */

static void
tell_watchdog(struct monitor *monitor)
{
	struct err err = ERR_INIT;

	if (is_alive(monitor, &err) == 0)
		notify_send("WATCHDOG=1");
	else
		log_say(monitor->options.log, LOG_LEVEL_ERROR, "%s", err.text);
}

/* What is due now. */
static void
do_chores(struct monitor *monitor)
{
	int64_t now = monotonic_us();
	struct err err = ERR_INIT;

	if (now >= monitor->look_us) {
		monitor->look_us = now + LOOK_US;
		look_at_writer(monitor, &err);
	}
	if (now >= monitor->file_us) {
		monitor->file_us = now + FILE_US;
		write_file(monitor);
	}
	if (monitor->watch_every_us != 0 && now >= monitor->watch_us) {
		monitor->watch_us = now + monitor->watch_every_us;
		tell_watchdog(monitor);
	}
}

static void *
run(void *context)
{
	struct monitor *monitor = context;
	struct pollfd ends[] = {
		{ .fd = monitor->wake[0], .events = POLLIN },
		{ .fd = monitor->listener, .events = POLLIN },
	};

	for (;;) {
		if (poll(ends, 2, 1000) > 0) {
			if (ends[0].revents != 0)
				return NULL;
			take_caller(monitor);
		}
		do_chores(monitor);
	}
}

/* The socket is made beside its path, as that of the milter is. */
static int
open_control(struct monitor *monitor, bool succeeds, struct err *err)
{
	const char *path = monitor->options.control;
	struct socket_place place, beside;
	const char *made;

	if (path == NULL)
		return 0;
	if (path[0] != '/')
		return err_set(err, ERR_CONFIG,
		    "control-socket: %s does not begin with /", path);
	if (socket_parse(path, &place, err) < 0 ||
	    (!succeeds && socket_clear(path, err) < 0))
		return -1;
	socket_beside(&place, &beside);
	made = socket_path(&beside);
	monitor->listener = socket_listen(
	    made, monitor->options.mode, monitor->options.group, err);
	if (monitor->listener < 0 ||
	    socket_identify(made, &monitor->mark, err) < 0)
		return -1;
	return socket_take(made, path, err);
}

static int
start(struct monitor *monitor, bool succeeds, struct err *err)
{
	if (pipe(monitor->wake) < 0)
		return err_set(err, ERR_SYSTEM, "pipe: %s", strerror(errno));
	fcntl(monitor->wake[0], F_SETFD, FD_CLOEXEC);
	fcntl(monitor->wake[1], F_SETFD, FD_CLOEXEC);
	if (open_control(monitor, succeeds, err) < 0)
		return -1;
	if (pthread_create(&monitor->thread, NULL, run, monitor) != 0)
		return err_set(err, ERR_SYSTEM, "cannot start a thread");
	return 0;
}

static void
discard(struct monitor *monitor)
{
	if (monitor->listener >= 0)
		socket_leave(monitor->options.control, &monitor->mark);
	if (monitor->listener >= 0)
		close(monitor->listener);
	for (size_t i = 0; i < 2; i++)
		if (monitor->wake[i] >= 0)
			close(monitor->wake[i]);
	free(monitor);
}

int
monitor_open(const struct monitor_options *options, bool succeeds,
    struct monitor **monitor, struct err *err)
{
	struct monitor *fresh = calloc(1, sizeof *fresh);

	if (fresh == NULL)
		return err_set(err, ERR_MEMORY, "no memory for the monitor");
	fresh->options = *options;
	fresh->started = (uint64_t)time(NULL);
	fresh->listener = fresh->wake[0] = fresh->wake[1] = -1;
	fresh->watch_every_us = (int64_t)notify_watchdog_us() / 3;
	if (start(fresh, succeeds, err) < 0) {
		discard(fresh);
		return -1;
	}
	*monitor = fresh;
	return 0;
}

void
monitor_close(struct monitor **monitor)
{
	struct monitor *old = *monitor;

	if (old == NULL)
		return;
	close(old->wake[1]);
	old->wake[1] = -1;
	pthread_join(old->thread, NULL);
	discard(old);
	*monitor = NULL;
}
