/*
 * What must be so of every listener that leads to inlayd, whatever mail server
 * it is of.
 */
#ifndef INLAY_TOOLS_LISTENER_H
#define INLAY_TOOLS_LISTENER_H

#include "milter/settings.h"
#include "tools/doctor/diagnosis.h"

/* The first rule that a listener of that name may come under; with SPAN_NONE
 * the first that names a listener. NULL: none. */
const struct rule *listener_rule(
    const struct settings *settings, struct span daemon);

/* Whether a rule knows the name that the listener, called `where`, gives
 * inlayd, and whether other mail passes it. The symptom where no rule does, so
 * that advice can be given; else NULL. */
struct symptom *listener_look(struct diagnosis *diagnosis,
    const struct settings *settings, const char *where, struct span daemon);

#endif
