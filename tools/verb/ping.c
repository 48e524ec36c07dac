/*
 * inlay ping, inlay metrics: what inlayd answers at its control socket.
 */
#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/settings.h"
#include "milter/socket.h"
#include "store/base/buf.h"
#include "tools/out.h"
#include "tools/verbs.h"

enum { PATIENCE = 15, ANSWER_MAX = 1 << 20 };

/* What inlayd says to the line, all of it. 0, or -1: it says nothing. */
static int
ask(struct cli *cli, const char *line, struct buf *answer, struct err *err)
{
	const char *path = cli->settings->control_socket;
	int fd, failed;

	if (path == NULL)
		return err_set(err, ERR_CONFIG,
		    "there is no control-socket in %s; add one, and reload "
		    "inlayd by SIGUSR2",
		    cli->settings->file);
	fd = socket_connect(path, PATIENCE);
	failed = fd < 0 || write(fd, line, strlen(line)) < 0 ||
		 buf_read(answer, fd) < 0 || answer->len == 0;
	if (failed)
		err_set(err, ERR_STORE, "inlayd does not answer at %s: %s",
		    path, errno != 0 ? strerror(errno) : "not a word");
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

int
verb_ping(struct cli *cli, struct err *err)
{
	struct buf answer;
	bool good;

	buf_init_heap(&answer, ANSWER_MAX);
	good = ask(cli, "ping\n", &answer, err) == 0 &&
	       span_starts(buf_span(&answer), SPAN("ok "));
	if (err->code == ERR_NONE && !good)
		err_set(err, ERR_STORE, "inlayd: %.*s",
		    SPAN_ARG(span_trim(buf_span(&answer))));
	else if (good)
		fprintf(cli->out, "%.*s", SPAN_ARG(buf_span(&answer)));
	buf_deinit(&answer);
	return good ? EX_OK : -1;
}

int
verb_metrics(struct cli *cli, struct err *err)
{
	struct buf answer;
	int failed;

	buf_init_heap(&answer, ANSWER_MAX);
	failed = ask(cli, "metrics\n", &answer, err);
	if (failed == 0)
		fprintf(cli->out, "%.*s", SPAN_ARG(buf_span(&answer)));
	buf_deinit(&answer);
	return failed < 0 ? -1 : EX_OK;
}
