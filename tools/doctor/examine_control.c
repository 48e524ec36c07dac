#include "tools/doctor/examine.h"

#include <errno.h>
#include <unistd.h>

#include "milter/settings.h"
#include "tools/control.h"

#define ANSWER_MAX 4096
#define WAIT_SECONDS 1
#define SAME "ok inlayd " INLAY_VERSION

/* inlayd answered: whether it serves, and as what version. */
static void
look_at_answer(struct diagnosis *diagnosis, const char *path, struct span line)
{
	if (span_eq(line, SPAN(SAME)))
		diagnose(diagnosis, "control", HEALTH_OK,
		    "inlayd answers at %s", path);
	else if (span_starts(line, SPAN("ok ")))
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "control", HEALTH_WARN,
			"what serves is %.*s and this is " INLAY_VERSION,
			SPAN_ARG(span_from(line, strlen("ok ")))),
		    "systemctl reload inlayd");
	else
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "control", HEALTH_DOWN,
			"inlayd says at %s: %.*s", path, SPAN_ARG(line)),
		    "what `journalctl -u inlayd` says, then systemctl restart "
		    "inlayd, which defers what comes meanwhile");
}

static void
look_at_silence(struct diagnosis *diagnosis, const struct err *err)
{
	bool denied = errno == EACCES || errno == EPERM;

	diagnose_advise(diagnosis,
	    diagnose(diagnosis, "control", HEALTH_WARN,
		"%s: nobody sees how inlayd fares", err->text),
	    denied && geteuid() != 0
		? "run it as root, or be a member of the group inlay"
		: "systemctl reload inlayd");
}

void
examine_control(struct diagnosis *diagnosis, const struct settings *settings)
{
	struct err err = ERR_INIT;
	struct buf answer;

	if (settings->control_socket == NULL) {
		diagnose(diagnosis, "control", HEALTH_OK, "there is none");
		return;
	}
	buf_init(&answer, diagnosis->arena, ANSWER_MAX);
	if (control_ask(settings, "ping\n", WAIT_SECONDS, &answer, &err) < 0)
		look_at_silence(diagnosis, &err);
	else
		look_at_answer(diagnosis, settings->control_socket,
		    span_trim(buf_span(&answer)));
}
