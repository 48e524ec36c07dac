#include "tools/interrupt.h"

#include <signal.h>
#include <string.h>

/* A signal has no other way to tell us. */
static volatile sig_atomic_t seen;

static void
note(int number)
{
	(void)number;
	seen = 1;
}

void
interrupt_watch(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	action.sa_flags = (int)(SA_RESETHAND | SA_RESTART);
	seen = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool
interrupt_seen(void)
{
	return seen != 0;
}
