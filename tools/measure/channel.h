/*
 * By which channel to reach a person, and when: the response a channel may
 * hope for against what it costs, and the step of a cascade that is due.
 */
#ifndef INLAY_TOOLS_CHANNEL_H
#define INLAY_TOOLS_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Trials that a channel's usual rate weighs as much as, for one person. */
#define CHANNEL_PRIOR 20.0

/* What a channel did with this person so far. */
struct channel_past {
	double usual;	 /* the channel's rate over all people */
	double weight;	 /* of it, in trials: CHANNEL_PRIOR */
	double answered; /* of sent */
	double sent;
	double cost; /* of one message */
	bool available;
};

struct appetence {
	double rate;
	double net; /* rate x value - cost */
};

struct appetence channel_appetence(
    const struct channel_past *past, double value);

/* The available channel with the highest net, the first of equals; -1 where
 * none is above zero. */
int channel_best(
    const struct channel_past *channels, size_t count, double value);

/* One step of a cascade, of one person. */
struct cascade_step {
	int64_t wait; /* seconds before the next */
	bool sent;
	int64_t sent_at;
};

enum cascade_action { CASCADE_SEND, CASCADE_WAIT, CASCADE_STOP, CASCADE_DONE };

struct cascade {
	enum cascade_action action;
	size_t step;   /* to send, waiting for, or after which it stopped */
	int64_t until; /* of waiting */
};

/* What is due now. answered are the times of what ends a cascade, in any
 * order; one at the very second of a step answers it. */
struct cascade cascade_due(const struct cascade_step *steps, size_t count,
    const int64_t *answered, size_t answers, int64_t now);

#endif
