/*
 * How a verifier asks the DNS for keys. libopendkim has a resolver of its own,
 * but all threads would share its one state and take each other's answers, and
 * it takes "no such name" for a failure; this one does neither. Name servers
 * that say nothing cost a message a bounded time however many keys it names,
 * and the messages after it nothing for a while.
 */
#ifndef INLAY_MILTER_RESOLVER_H
#define INLAY_MILTER_RESOLVER_H

#include "milter/sign/opendkim.h"

struct resolver;

/* The library asks by it from now on, as /etc/resolv.conf says at that time.
 * NULL when memory is out. */
struct resolver *resolver_new(DKIM_LIB *lib);

/* Frees it and clears the pointer; the library asks nothing any more. */
void resolver_free(struct resolver **resolver);

/* All that this thread asks from now on may take so many milliseconds
 * together, but no question less than a second. */
void resolver_begin(int64_t ms);

/* Why a question of this thread was not answered since resolver_begin(), or
 * NULL. */
const char *resolver_trouble(void);

#endif
