#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */

#include "milter/successor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/base/monotonic.h"

#define VARIABLE "INLAYD_READY"
#define READY 3 /* the successor's descriptor, the last that it inherits */
#define PATIENCE_US (60 * INT64_C(1000000))

extern char **environ;

/* What is said to this process and not to the one after it. */
static bool
is_ours(const char *variable)
{
	return strncmp(variable, "WATCHDOG_PID=", 13) == 0 ||
	       strncmp(variable, VARIABLE "=", sizeof VARIABLE) == 0;
}

/* The environment of the successor; the array alone is the caller's. */
static char **
surroundings(void)
{
	static char ready[] = VARIABLE "=3";
	size_t count = 0, kept = 0;
	char **all;

	while (environ[count] != NULL)
		count++;
	all = calloc(count + 2, sizeof *all);
	for (size_t i = 0; all != NULL && i < count; i++)
		if (!is_ours(environ[i]))
			all[kept++] = environ[i];
	if (all != NULL)
		all[kept] = ready;
	return all;
}

/* Nothing of ours is open in it but its standard streams and the one
 * descriptor; no signal is blocked or caught. 0 or an errno. */
static int
spawn(pid_t *pid, char *const *words, char *const *variables, int ready)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t all, none;
	int failed;

	sigfillset(&all);
	sigemptyset(&none);
	if (posix_spawn_file_actions_init(&actions) != 0)
		return ENOMEM;
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	failed = posix_spawn_file_actions_adddup2(&actions, ready, READY);
	if (failed == 0)
		failed = posix_spawn_file_actions_addclosefrom_np(
		    &actions, READY + 1);
	if (failed == 0)
		failed = posix_spawn(
		    pid, words[0], &actions, &attributes, words, variables);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

int
successor_start(
    struct successor *successor, char *const *words, struct err *err)
{
	char **variables = surroundings();
	int ends[2], failed;

	*successor = (struct successor){ .started = 0 };
	if (variables == NULL || pipe(ends) < 0) {
		free(variables);
		return err_set(err, ERR_SYSTEM, "no pipe to a successor");
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	failed = spawn(&successor->started, words, variables, ends[1]);
	free(variables);
	close(ends[1]);
	successor->ready = ends[0];
	successor->patience = monotonic_us() + PATIENCE_US;
	if (failed == 0)
		return 0;
	close(ends[0]);
	successor->ready = -1;
	return err_set(
	    err, ERR_SYSTEM, "cannot start %s: %s", words[0], strerror(failed));
}

bool
successor_is_coming(const struct successor *successor)
{
	return successor->patience != 0 && successor->ready >= 0;
}

/* What was started ends as soon as there is the one that stays. */
static void
bury(struct successor *successor)
{
	if (successor->started == 0)
		return;
	waitpid(successor->started, NULL, 0);
	successor->started = 0;
}

/* Its first line is its pid. */
static void
introduce(struct successor *successor)
{
	char *end = memchr(successor->said, '\n', successor->len);
	size_t line;

	if (successor->pid != 0 || end == NULL)
		return;
	line = (size_t)(end + 1 - successor->said);
	successor->pid = (pid_t)strtol(successor->said, NULL, 10);
	successor->len -= line;
	memmove(successor->said, end + 1, successor->len);
	bury(successor);
}

/* Reads what it says; as read(2). */
static ssize_t
listen_to(struct successor *successor)
{
	size_t room = sizeof successor->said - 1 - successor->len;
	ssize_t got =
	    read(successor->ready, successor->said + successor->len, room);

	if (got > 0) {
		successor->len += (size_t)got;
		introduce(successor);
	}
	return got;
}

/* The pipe is at its end when the last process that could write to it is
 * gone, and until then the pid is nobody else's. */
void
successor_give_up(struct successor *successor)
{
	struct pollfd end = { .fd = successor->ready, .events = POLLIN };

	if (!successor_is_coming(successor))
		return;
	if (successor->started != 0)
		kill(successor->started, SIGKILL);
	bury(successor);
	successor->len = 0;
	while (listen_to(successor) != 0) {
		if (successor->pid != 0)
			kill(successor->pid, SIGKILL);
		successor->len = 0;
		poll(&end, 1, -1);
	}
	close(successor->ready);
	*successor = (struct successor){ .ready = -1 };
}

static int
disappoint(struct successor *successor, const char *why, struct err *err)
{
	while (
	    successor->len != 0 && successor->said[successor->len - 1] == '\n')
		successor->len--;
	successor->said[successor->len] = '\0';
	err_set(err, ERR_SYSTEM, "%s", successor->len ? successor->said : why);
	successor_give_up(successor);
	return -1;
}

int
successor_hear(struct successor *successor, struct err *err)
{
	ssize_t got = listen_to(successor);
	const char *said = successor->said;

	if (successor->len != 0 && said[successor->len - 1] == '\0') {
		close(successor->ready);
		successor->ready = -1;
		return 1;
	}
	if (got == 0)
		return disappoint(successor, "it ended", err);
	if (got < 0 && monotonic_us() > successor->patience)
		return disappoint(
		    successor, "it was not ready within a minute", err);
	return 0;
}

/* A service manager believes in its own children only, and those that lost
 * their parent are the first process's. So the one that was started goes as
 * soon as there is another, and that one is nobody's before it says more. */
static void
leave_parent(int ready)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	pid_t started = getpid(), pid = fork();

	if (pid != 0)
		_exit(pid < 0);
	dprintf(ready, "%ld\n", (long)getpid());
	while (getppid() == started)
		nanosleep(&moment, NULL);
}

int
successor_ready(void)
{
	const char *text = getenv(VARIABLE);

	if (text == NULL || strcmp(text, "3") != 0)
		return -1;
	unsetenv(VARIABLE);
	if (fcntl(READY, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	leave_parent(READY);
	return READY;
}
