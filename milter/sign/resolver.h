/*
 * How a verifier asks the DNS for keys. libopendkim has a resolver of its own,
 * but all threads would share its one state and take each other's answers, and
 * it takes "no such name" for a failure; this one does neither.
 */
#ifndef INLAY_MILTER_RESOLVER_H
#define INLAY_MILTER_RESOLVER_H

#include "milter/sign/opendkim.h"

/* The library asks by it from now on, as /etc/resolv.conf says at that time.
 * A name server that does not answer is waited for twice two seconds. */
void resolver_use(DKIM_LIB *lib);

#endif
