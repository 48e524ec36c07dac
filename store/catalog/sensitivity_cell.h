/*
 * Sensitivity cells: what a cluster of people, for a topic, answers to being
 * personalised. Their document is YAML, a list of cells.
 */
#ifndef INLAY_STORE_SENSITIVITY_CELL_H
#define INLAY_STORE_SENSITIVITY_CELL_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"
#include "store/catalog/yaml.h"

/* What a cluster of people answers to personalising, per topic. */
struct sensitivity_cell {
	struct span cluster;
	struct span topic;
	double respond_personal; /* pi_p: response rate when personalised */
	double respond_generic;	 /* pi_g */
	double lost_personal;	 /* psi_p: rate of losing the recipient */
	double lost_generic;	 /* psi_g */
	double gain;		 /* H_cell: of personalising, in money */
	double deviation;	 /* sd_cell */
	uint32_t n;		 /* copies it was learned of; 0: unsaid */
	int64_t from, until;	 /* when these left; 0: unsaid */
};

/* 0 and the cells sorted by cluster and topic, or -1 with the place. */
int sensitivity_cells_parse(struct span text, const char *file,
    struct arena *arena, struct sensitivity_cell **cells, size_t *count,
    struct err *err);

/* The cell, or NULL. */
const struct sensitivity_cell *sensitivity_cells_find(
    const struct sensitivity_cell *cells, size_t count, struct span cluster,
    struct span topic);

/* The keys of a sensitivity cell, for the manual. */
extern const struct yaml_manual cell_keys[];

#endif
