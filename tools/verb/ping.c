/*
 * inlay ping, inlay metrics: what inlayd answers at its control socket.
 */
#include <sysexits.h>

#include "tools/control.h"
#include "tools/verbs.h"

#define ANSWER_MAX (1 << 20)
#define PATIENCE 15 /* seconds */

int
verb_ping(struct cli *cli, struct err *err)
{
	struct buf answer;
	bool good;

	buf_init_heap(&answer, ANSWER_MAX);
	good =
	    control_ask(cli->settings, "ping\n", PATIENCE, &answer, err) == 0 &&
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
	failed =
	    control_ask(cli->settings, "metrics\n", PATIENCE, &answer, err);
	if (failed == 0)
		fprintf(cli->out, "%.*s", SPAN_ARG(buf_span(&answer)));
	buf_deinit(&answer);
	return failed < 0 ? -1 : EX_OK;
}
