/*
 * One line of a web server's log as a request: the combined format of Apache
 * and nginx, with or without a host before it, or an object of JSON as nginx,
 * Caddy, Traefik and others write it. The reading trusts nothing.
 */
#ifndef INLAY_TOOLS_ACCESS_LOG_H
#define INLAY_TOOLS_ACCESS_LOG_H

#include "store/base/arena.h"
#include "store/base/span.h"

enum access_format { ACCESS_AUTO, ACCESS_COMBINED, ACCESS_JSON };

struct access_request {
	int64_t time;	    /* Unix seconds */
	struct span client; /* its address */
	struct span method; /* as it is spelled */
	struct span target; /* path and query, or a whole URL */
	unsigned status;    /* 200; 0 where nobody noted it */
	struct span agent;  /* User-Agent; SPAN_NONE where nobody noted it */
};

/* Reads a line without its end; texts lie in the line or the arena. AUTO tells
 * JSON by its first letter. False: it has no such form, or names no moment. */
bool access_log_read(struct span line, enum access_format format,
    struct arena *arena, struct access_request *request);

/* The next parameter of a target's query at or behind *at, which moves behind
 * it; 0 begins. */
bool access_parameter(
    struct span target, size_t *at, struct span *name, struct span *value);

/* Whether what asked says that it is no browser: a program that looks at links
 * before or beside people. */
bool access_is_scanner(struct span agent);

#endif
