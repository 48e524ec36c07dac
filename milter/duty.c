#include "milter/duty.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "milter/monitor.h"
#include "milter/notify.h"
#include "milter/personalise.h"
#include "milter/session.h"
#include "store/base/monotonic.h"

/* The mail server keeps a connection for 300 s at most. */
#define RETIREMENT_US (330 * INT64_C(1000000))
/* Who connected in the last moment before the hand-over is heard by then. */
#define QUIET_US (5 * INT64_C(1000000))

#define KIND_START "b2f6a4cf2e0d4f1c9d1b7c56a1e4f001"
#define KIND_STATISTICS "b2f6a4cf2e0d4f1c9d1b7c56a1e4f002"

/* Signal handlers write the signal's number here; nothing else is allowed to
 * them. main() reads. */
static int signal_pipe[2] = { -1, -1 };

void
duty_signal(int number)
{
	unsigned char byte = (unsigned char)number;
	int saved = errno;

	while (write(signal_pipe[1], &byte, 1) < 0 && errno == EINTR)
		;
	errno = saved;
}

/* libmilter has a thread that asks sigwait() for SIGHUP and SIGTERM and takes
 * either for a command to stop. sigwait() goes ahead of a handler when the
 * signal comes while that thread starts, or while the main thread is busy with
 * another signal. Nobody else in this process calls it: libmilter gets this
 * one instead of libc's, waits for ever, and signals are the main thread's. */
int
sigwait(const sigset_t *restrict set, int *restrict number)
{
	(void)set;
	(void)number;
	for (;;)
		pause();
}

int
duty_open(struct err *err)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1,
		SIGUSR2 };
	struct sigaction action = { .sa_handler = duty_signal };

	if (pipe(signal_pipe) < 0)
		return err_set(err, ERR_SYSTEM, "pipe: %s", strerror(errno));
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaction(numbers[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
	return 0;
}

/* ---- the start ---- */

static void
add_version(struct log_line *line, const char *key, const struct daemon *daemon,
    const struct engine_stat *stat)
{
	(void)daemon;
	(void)stat;
	log_text(line, key, SPAN(INLAY_VERSION));
}

static void
add_socket(struct log_line *line, const char *key, const struct daemon *daemon,
    const struct engine_stat *stat)
{
	(void)stat;
	log_text(line, key, span_str(daemon->socket.name));
}

static void
add_rules(struct log_line *line, const char *key, const struct daemon *daemon,
    const struct engine_stat *stat)
{
	(void)stat;
	log_number(line, key, (long long)daemon->config->settings->rules.count);
}

/* "shop.example/2026a,shop.example/2026b" */
static void
add_keys(struct log_line *line, const char *key, const struct daemon *daemon,
    const struct engine_stat *stat)
{
	const struct sign_options *signing = &daemon->config->settings->signing;
	char text[1000] = "";
	size_t used = 0;

	(void)stat;
	for (size_t i = 0; i < signing->key_count && used < sizeof text; i++)
		used += (size_t)snprintf(text + used, sizeof text - used,
		    "%s%s/%s", i != 0 ? "," : "", signing->keys[i].domain,
		    signing->keys[i].selector);
	log_text(line, key, span_str(text));
}

static void
add_store(struct log_line *line, const char *key, const struct daemon *daemon,
    const struct engine_stat *stat)
{
	(void)stat;
	log_text(line, key, span_str(daemon->settings->store));
}

static void
add_layout(struct log_line *line, const char *key, const struct daemon *daemon,
    const struct engine_stat *stat)
{
	(void)daemon;
	log_number(line, key, stat->schema);
}

static void
add_generation(struct log_line *line, const char *key,
    const struct daemon *daemon, const struct engine_stat *stat)
{
	(void)daemon;
	log_number(line, key, (long long)stat->generation);
}

const struct duty_start_pair duty_start_pairs[] = {
	{ "version", add_version },
	{ "socket", add_socket },
	{ "rules", add_rules },
	{ "keys", add_keys },
	{ "store", add_store },
	{ "layout", add_layout },
	{ "generation", add_generation },
	{ NULL, NULL },
};

int
duty_start(const struct daemon *daemon, struct err *err)
{
	struct engine_stat stat;
	struct log_line line;

	if (engine_stat_quick(daemon->engine, &stat, err) < 0)
		return -1;
	log_begin(&line);
	log_kind(&line, KIND_START);
	log_text(&line, "event", SPAN("start"));
	for (const struct duty_start_pair *pair = duty_start_pairs; pair->key;
	     pair++)
		pair->add(&line, pair->key, daemon, &stat);
	log_end(daemon->log, LOG_LEVEL_INFO, &line);
	return 0;
}

void
duty_statistics(struct daemon *daemon)
{
	struct session_numbers numbers;
	struct log_line line;

	session_numbers(&numbers);
	log_begin(&line);
	log_kind(&line, KIND_STATISTICS);
	log_text(&line, "event", SPAN("statistics"));
	statistics_log(numbers.statistics, &line);
	log_number(&line, "open", numbers.open);
	log_number(&line, "under_way", numbers.under_way);
	log_number(&line, "memory", (long long)numbers.memory);
	log_number(&line, "lookups",
	    (long long)personaliser_lookups(daemon->personaliser));
	log_end(daemon->log, LOG_LEVEL_INFO, &line);
}

/* In the log and for the service manager. */
static void
tell_state(struct daemon *daemon, enum log_level level, const char *what,
    const struct err *err)
{
	char text[700];

	if (err != NULL)
		err_line(err, text, sizeof text);
	else
		snprintf(text, sizeof text, "%s", daemon->socket.name);
	log_say(daemon->log, level, "%s: %s", what, text);
	notify_send("STATUS=%s: %s", what, text);
}

static void
read_again(struct daemon *daemon)
{
	const struct loaded_config *fresh;
	struct err err = ERR_INIT;

	if (log_reopen(daemon->log, &err) < 0) {
		log_say(daemon->log, LOG_LEVEL_WARNING, "%s", err.text);
		err_clear(&err);
	}
	if (loaded_config_open(daemon->arguments.file, &fresh, &err) < 0) {
		tell_state(daemon, LOG_LEVEL_WARNING,
		    "not reloaded, the old configuration stays", &err);
		return;
	}
	session_replace(fresh);
	loaded_config_release(&fresh);
	tell_state(daemon, LOG_LEVEL_INFO, "configuration reloaded", NULL);
}

/* Why there can be no process beside this one, or NULL. */
static const char *
alone(const struct daemon *daemon)
{
	if (socket_path(&daemon->socket) == NULL)
		return "two processes cannot listen at one port";
	if (getpid() == 1)
		return "this is the first process here, and when it ends all "
		       "end";
	if (daemon->arguments.program[0] == '\0')
		return "the program's file is not known";
	return NULL;
}

/* The program as it is on the disk now, with the configuration as it is now,
 * gets ready beside this process. */
static void
hand_over(struct daemon *daemon)
{
	const char *words[ARGUMENTS_AGAIN], *why = alone(daemon);
	struct err err = ERR_INIT;

	if (daemon->retired_us != 0)
		return;
	if (why != NULL) {
		log_say(daemon->log, LOG_LEVEL_WARNING,
		    "not handed over, only read again: %s", why);
		read_again(daemon);
		return;
	}
	daemon->once_more = successor_is_coming(&daemon->successor);
	if (daemon->once_more)
		return;
	arguments_again(&daemon->arguments, words);
	if (successor_start(
		&daemon->successor, (char *const *)(uintptr_t)words, &err) < 0)
		tell_state(daemon, LOG_LEVEL_WARNING, "not handed over", &err);
}

static void
reload(struct daemon *daemon)
{
	if (arguments_outdated(&daemon->arguments))
		hand_over(daemon);
	else
		read_again(daemon);
}

/* From here on nobody new comes; who is connected is served. */
static void
retire(struct daemon *daemon)
{
	daemon->retired_us = monotonic_us();
	daemon->last_busy_us = daemon->retired_us;
	log_say(daemon->log, LOG_LEVEL_INFO,
	    "handed over to process %ld; this one serves the connections it "
	    "has",
	    (long)daemon->successor.pid);
	monitor_close(&daemon->monitor);
	if (daemon->once_more)
		kill(daemon->successor.pid, SIGUSR2);
}

static void
hear_successor(struct daemon *daemon)
{
	struct err err = ERR_INIT;
	int heard;

	if (!successor_is_coming(&daemon->successor))
		return;
	heard = successor_hear(&daemon->successor, &err);
	if (heard > 0)
		retire(daemon);
	if (heard >= 0)
		return;
	tell_state(daemon, LOG_LEVEL_WARNING,
	    "not handed over, this process goes on", &err);
	if (daemon->once_more)
		hand_over(daemon);
}

/* A catalog that cannot be loaded is told of once. Messages find it out, and
 * nobody wakes this thread for it. */
static void
tell_trouble(struct daemon *daemon)
{
	struct err err = ERR_INIT;
	char text[700];

	if (personaliser_trouble(daemon->personaliser, &err) == 1)
		log_say(daemon->log, LOG_LEVEL_WARNING,
		    "the catalog changed and cannot be used, the old one "
		    "stays: %s",
		    err_line(&err, text, sizeof text));
}

/* The next signal, or 0 when none came for a second, or the successor has
 * something to say. */
static unsigned char
wait_for_signal(const struct daemon *daemon)
{
	const struct successor *successor = &daemon->successor;
	struct pollfd ends[] = {
		{ .fd = signal_pipe[0], .events = POLLIN },
		{ .fd = successor->ready, .events = POLLIN },
	};
	unsigned char number = 0;

	if (poll(ends, successor_is_coming(successor) ? 2 : 1, 1000) > 0 &&
	    (ends[0].revents & POLLIN) != 0 &&
	    read(signal_pipe[0], &number, 1) == 1)
		return number;
	return 0;
}

/* Whether it has handed over and nobody needs it any more. */
static bool
is_over(struct daemon *daemon)
{
	int64_t now = monotonic_us();
	struct session_numbers numbers;

	if (daemon->retired_us == 0)
		return false;
	session_numbers(&numbers);
	if (numbers.open != 0)
		daemon->last_busy_us = now;
	return now - daemon->last_busy_us > QUIET_US ||
	       now - daemon->retired_us > RETIREMENT_US;
}

void
duty_run(struct daemon *daemon)
{
	unsigned char number = 0;

	while (number != SIGTERM && number != SIGINT && !is_over(daemon)) {
		number = wait_for_signal(daemon);
		if (number == SIGHUP)
			reload(daemon);
		else if (number == SIGUSR2)
			hand_over(daemon);
		else if (number == SIGUSR1)
			duty_statistics(daemon);
		hear_successor(daemon);
		tell_trouble(daemon);
		session_tell_more();
	}
}
