/*
 * Sensitivity asks whether this person, for this topic, gains from a
 * personal copy or feels spied on: the cell of the person's cluster gives
 * the prior, the person's own answers update it.
 */
#ifndef INLAY_MILTER_SENSITIVITY_H
#define INLAY_MILTER_SENSITIVITY_H

#include <stdbool.h>
#include <stdint.h>

/* How sure it must be that a cell is harmed, or gains, for it to count. */
#define SENSITIVITY_HARM 0.95
#define SENSITIVITY_GAIN 0.8

/* What one way of mailing did, personal or generic. */
struct sensitivity_side {
	double respond;	 /* prior rate of responses: pi */
	double lose;	 /* prior rate of losing the person: psi */
	double sent;	 /* n: the person's own counts */
	double answered; /* s */
	double lost;	 /* l */
};

struct sensitivity {
	struct sensitivity_side personal;
	struct sensitivity_side generic;
	double value;	  /* v: worth of a response */
	double loss;	  /* L: cost of losing the person */
	double cost;	  /* c: of personalising */
	double cell_gain; /* H_cell */
	double cell_deviation;
	bool objected;
};

enum sensitivity_state {
	SENSITIVITY_SUPPRESS,
	SENSITIVITY_NEUTRAL,
	SENSITIVITY_PERSONALISE
};

struct sensitivity_verdict {
	double response[2]; /* posterior means: personal, generic */
	double losing[2];
	double gain;	  /* H: money a personal copy earns */
	double deviation; /* of H */
	double harm_individual;
	double gain_individual;
	double harm_cell;
	double gain_cell;
	enum sensitivity_state state;
	const char *why; /* a stable word */
};

struct sensitivity_verdict sensitivity_judge(const struct sensitivity *asked);

#endif
