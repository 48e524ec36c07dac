#include "tools/doctor/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/base/buf.h"

#define OUTPUT_MAX ((size_t)4 << 20)

/* A program says on its standard output what a function says on `out`. */
static int
run_program(void *context, FILE *out)
{
	const char *const *argv = context;
	int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *words[64];
	size_t count = 0;

	while (argv[count] && count + 1 < sizeof(words) / sizeof(*words)) {
		words[count] = strdup(argv[count]);
		count++;
	}
	words[count] = NULL;
	dup2(nowhere, STDIN_FILENO);
	dup2(nowhere, STDERR_FILENO);
	dup2(fileno(out), STDOUT_FILENO);
	fcntl(fileno(out), F_SETFD, FD_CLOEXEC);
	execvp(words[0], words);
	return 127;
}

/* All that the pipe gives, and how the child ended. */
static int
listen_to(pid_t child, int from, struct arena *arena, struct span *output,
    struct err *err)
{
	struct buf all;
	int status, failed;

	buf_init(&all, arena, OUTPUT_MAX);
	failed = buf_read(&all, from);
	close(from);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(err, ERR_SYSTEM, "cannot wait: %s",
			    strerror(errno));
	*output = buf_span(&all);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return err_set(err, ERR_DEADLINE, "no answer within %d seconds",
		    CHILD_SECONDS);
	if (failed < 0 || !WIFEXITED(status))
		return err_set(err, ERR_SYSTEM, "it ended too early");
	return WEXITSTATUS(status);
}

static int
begin(int ends[2], pid_t *child, struct err *err)
{
	if (pipe(ends) < 0)
		return err_set(err, ERR_SYSTEM, "no pipe: %s", strerror(errno));
	*child = fork();
	if (*child >= 0)
		return 0;
	close(ends[0]);
	close(ends[1]);
	return err_set(err, ERR_SYSTEM, "no process: %s", strerror(errno));
}

int
child_function(int (*run)(void *context, FILE *out), void *context,
    struct arena *arena, struct span *output, struct err *err)
{
	int ends[2], status;
	pid_t child = -1;
	FILE *out;

	*output = SPAN_NONE;
	if (begin(ends, &child, err) < 0)
		return -1;
	if (child == 0) {
		close(ends[0]);
		alarm(CHILD_SECONDS); /* which exec keeps */
		out = fdopen(ends[1], "w");
		status = out ? run(context, out) : 126;
		_exit(out && fflush(out) == 0 ? status : 126);
	}
	close(ends[1]);
	return listen_to(child, ends[0], arena, output, err);
}

int
child_program(const char *const *argv, struct arena *arena, struct span *output,
    struct err *err)
{
	return child_function(
	    run_program, (void *)(uintptr_t)argv, arena, output, err);
}
