/*
 * Ctrl-C and SIGTERM ask a long command to stop cleanly at its next step.
 */
#ifndef INLAY_TOOLS_INTERRUPT_H
#define INLAY_TOOLS_INTERRUPT_H

#include <stdbool.h>

/* From now on the signals only set a mark; a second one kills as usual. */
void interrupt_watch(void);

/* Whether one came since interrupt_watch. */
bool interrupt_seen(void);

#endif
