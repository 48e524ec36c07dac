/*
 * The cache keeps compiled templates by their text, so that a mailing of a
 * million copies is compiled once. Programs are immutable and shared; one
 * that is in use stays, and the least recently used others go first.
 */
#ifndef INLAY_MILTER_CACHE_H
#define INLAY_MILTER_CACHE_H

#include "milter/liquid/liquid.h"

struct cache;
struct cached;

/* limit: bytes of compiled programs kept. NULL when memory is out. */
struct cache *cache_new(size_t limit);

/* Frees the cache and clears the pointer; nothing of it may be in use. */
void cache_free(struct cache **cache);

/* The program of this source, place and name, compiled now or before. The
 * name is where errors point. Give it back with cache_release. work, unless
 * NULL, pays for the compiling even where another message did it: what a
 * message may do does not depend on what came before it.
 * 0, or -1: ERR_TEMPLATE, ERR_LIMIT or ERR_DEADLINE with its place,
 * ERR_MEMORY. Failures are not kept. */
int cache_acquire(struct cache *cache, struct span source, enum place place,
    const char *name, struct work *work, struct cached **cached,
    struct err *err);

const struct program *cached_program(const struct cached *cached);

void cache_release(struct cache *cache, struct cached *cached);

#endif
