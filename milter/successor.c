#define _GNU_SOURCE /* posix_spawn_file_actions_addclosefrom_np */

#include "milter/successor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
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

	*successor = (struct successor){ .pid = 0 };
	if (variables == NULL || pipe(ends) < 0) {
		free(variables);
		return err_set(err, ERR_SYSTEM, "no pipe to a successor");
	}
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	failed = spawn(&successor->pid, words, variables, ends[1]);
	free(variables);
	close(ends[1]);
	successor->ready = ends[0];
	successor->patience = monotonic_us() + PATIENCE_US;
	if (failed == 0)
		return 0;
	close(ends[0]);
	successor->pid = 0;
	return err_set(
	    err, ERR_SYSTEM, "cannot start %s: %s", words[0], strerror(failed));
}

bool
successor_is_coming(const struct successor *successor)
{
	return successor->pid != 0 && successor->ready >= 0;
}

void
successor_give_up(struct successor *successor)
{
	if (!successor_is_coming(successor))
		return;
	kill(successor->pid, SIGKILL);
	waitpid(successor->pid, NULL, 0);
	close(successor->ready);
	successor->pid = 0;
}

static int
disappoint(struct successor *successor, const char *why, struct err *err)
{
	successor_give_up(successor);
	while (
	    successor->len != 0 && successor->said[successor->len - 1] == '\n')
		successor->len--;
	successor->said[successor->len] = '\0';
	return err_set(
	    err, ERR_SYSTEM, "%s", successor->len ? successor->said : why);
}

int
successor_hear(struct successor *successor, struct err *err)
{
	char *at = successor->said + successor->len;
	size_t room = sizeof successor->said - 1 - successor->len;
	ssize_t got = read(successor->ready, at, room);

	if (got > 0 && at[got - 1] == '\0') {
		close(successor->ready);
		successor->ready = -1;
		return 1;
	}
	if (got > 0)
		successor->len += (size_t)got;
	else if (got == 0)
		return disappoint(successor, "it ended", err);
	else if (monotonic_us() > successor->patience)
		return disappoint(
		    successor, "it was not ready within a minute", err);
	return 0;
}

int
successor_ready(void)
{
	const char *text = getenv(VARIABLE);
	int fd = text == NULL || strcmp(text, "3") != 0 ? -1 : READY;

	unsetenv(VARIABLE);
	if (fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return -1;
	return fd;
}
