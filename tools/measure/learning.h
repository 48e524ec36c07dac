/*
 * What clusters of people answer to being personalised, topic by topic, out
 * of what they were sent and did: the sensitivity cells of the next mailing.
 */
#ifndef INLAY_TOOLS_LEARNING_H
#define INLAY_TOOLS_LEARNING_H

#include "store/base/arena.h"
#include "store/base/err.h"

/* Messages of one way to eligible people, and how many were answered and how
 * many lost the person. */
struct learned_side {
	double sent;
	double answered;
	double lost;
};

enum learned_word {
	LEARNED_NOT_KNOWN,
	LEARNED_GAINS,
	LEARNED_INDIFFERENT,
	LEARNED_SPIED_ON
};

/* What things are worth, as the topic's campaigns say. */
struct learning_costs {
	double response; /* worth of one */
	double loss;	 /* of a person who leaves */
	double send;	 /* of personalising one message */
};

/* One cell, cluster and topic: what was seen of it, and then what is believed
 * of it. */
struct learned_cell {
	size_t topic; /* any number; cells of one topic share it */
	struct learning_costs costs;
	struct learned_side personal;
	struct learned_side generic;
	/* What learning_run fills. The rates add up to the gain. */
	double respond_personal, respond_generic;
	double lose_personal, lose_generic;
	double gain;	  /* of one personal message, in money */
	double deviation; /* of it */
	enum learned_word word;
};

/* Fills every cell; cells of one topic stand together. What a cell saw is
 * drawn to its topic, and the topic to all topics. 0, or -1 with
 * ERR_MEMORY. */
int learning_run(struct learned_cell *cells, size_t count, struct arena *arena,
    struct err *err);

/* What is believed of a gain with that deviation, where a personal copy costs
 * so much; enough was seen of it. */
enum learned_word learning_judge(double gain, double deviation, double cost);

/* "gains", "indifferent", "feels spied on", "not known". */
const char *learned_word(enum learned_word word);

#endif
