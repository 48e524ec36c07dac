#include "tools/doctor/examine.h"

#include <sys/timex.h>

#include "milter/config_check.h"
#include "tools/doctor/child.h"

static int
check(void *context, FILE *out)
{
	struct config_question question = { .file = context };
	FILE *nowhere = fopen("/dev/null", "w");

	if (!nowhere)
		return 1;
	return config_check(&question, nowhere, out) == 0 ? 0 : 1;
}

/* In a process of its own: the check becomes the account of inlayd. */
void
examine_settings(struct diagnosis *diagnosis, const char *file)
{
	char name[4096];
	struct err err = ERR_INIT;
	struct span lines;
	int status;

	snprintf(name, sizeof(name), "%s", file);
	status = child_function(check, name, diagnosis->arena, &lines, &err);
	if (status < 0)
		diagnose(diagnosis, "settings", HEALTH_DOWN, "%s: %s", file,
		    err.text);
	if (status == 0)
		diagnose(
		    diagnosis, "settings", HEALTH_OK, "%s can be used", file);
	while (status > 0 && lines.len != 0) {
		size_t end = span_find(lines, '\n');

		struct span line = span_first(lines, end);

		if (span_starts(line, SPAN("inlayd: ")))
			line = span_from(line, strlen("inlayd: "));
		diagnose(
		    diagnosis, "settings", HEALTH_DOWN, "%.*s", SPAN_ARG(line));
		lines = span_from(lines, end + 1);
	}
}

void
examine_clock(struct diagnosis *diagnosis)
{
	struct timex clock = { .modes = 0 };
	struct symptom *symptom;

	if (adjtimex(&clock) < 0 || !(clock.status & STA_UNSYNC)) {
		diagnose(diagnosis, "clock", HEALTH_OK, "the clock is kept");
		return;
	}
	symptom = diagnose(diagnosis, "clock", HEALTH_WARN,
	    "nothing keeps the clock right: windows of campaigns, caps and "
	    "signatures go by it");
	diagnose_advise(diagnosis, symptom, "timedatectl set-ntp true");
}
