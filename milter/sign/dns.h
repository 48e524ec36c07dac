/*
 * Questions to the DNS, as /etc/resolv.conf says at the time; safe to ask from
 * any thread.
 */
#ifndef INLAY_MILTER_DNS_H
#define INLAY_MILTER_DNS_H

#include <stddef.h>

#include "store/base/arena.h"
#include "store/base/span.h"

#define DNS_TEXTS 16

/* Asks each name server once, as many as there are seconds, a second each.
 * The length of the reply of size bytes, which says what there is or that
 * there is no such name; -1 where there is none. */
int dns_ask(
    const char *name, int type, int seconds, unsigned char *reply, size_t size);

/* The TXT records of the name, the strings of each joined (RFC 7208 section
 * 3.3), in the arena; at most DNS_TEXTS. How many, 0 none or no such name, -1
 * no name server answers. */
int dns_texts(
    const char *name, struct arena *arena, struct span texts[DNS_TEXTS]);

#endif
