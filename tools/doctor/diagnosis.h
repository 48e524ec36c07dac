/*
 * A diagnosis is what `inlay doctor` found: a line for each thing that it
 * looked at, how well that is, and the command that mends it.
 */
#ifndef INLAY_TOOLS_DIAGNOSIS_H
#define INLAY_TOOLS_DIAGNOSIS_H

#include <stdio.h>

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define DIAGNOSIS_MAX 400 /* lines; what comes later is only counted */

enum health {
	HEALTH_OK,
	HEALTH_WARN, /* works, and will not always */
	HEALTH_FAIL, /* mail is deferred, refused, or not what it should be */
	HEALTH_DOWN  /* as FAIL: nothing is personalised now */
};

/* What is looked at, a row each; the manual lists them. */
struct doctor_check {
	const char *name;
	const char *help;
};
extern const struct doctor_check doctor_checks[]; /* ends with a NULL name */

struct symptom {
	const char *check; /* a name of doctor_checks */
	enum health health;
	struct span text;   /* one line */
	struct span advice; /* a command, or what to change; "" for none */
};

struct diagnosis {
	struct arena *arena; /* keeps the texts */
	struct symptom list[DIAGNOSIS_MAX];
	size_t count;
};

/* Adds a line. The check must be a row of the table. Returns the symptom, so
 * that advice can be given; never NULL. */
struct symptom *diagnose(struct diagnosis *diagnosis, const char *check,
    enum health health, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What mends it. */
void diagnose_advise(struct diagnosis *diagnosis, struct symptom *symptom,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* One line each, the worst first; what is well only where all is set. */
void diagnosis_print(const struct diagnosis *diagnosis, bool all, FILE *out);

/* The same as one JSON object. 0, or -1 memory. */
int diagnosis_json(
    const struct diagnosis *diagnosis, bool all, FILE *out, struct err *err);

/* 0 where nothing failed, EX_UNAVAILABLE where nothing is personalised now,
 * else EX_DATAERR. */
int diagnosis_status(const struct diagnosis *diagnosis);

#endif
