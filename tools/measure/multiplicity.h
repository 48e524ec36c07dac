/*
 * Many questions asked of the same people: what still holds when one of the
 * answers may well be chance.
 */
#ifndef INLAY_TOOLS_MULTIPLICITY_H
#define INLAY_TOOLS_MULTIPLICITY_H

#include <stdbool.h>
#include <stddef.h>

/* Adjusts count p in their own order: after Holm (1979), for no error at all
 * among many goals; after Benjamini and Hochberg (1995), for few wrong ones
 * among those chosen. NaN counts as 1. */
void holm_adjust(const double *p, size_t count, double *adjusted);
void benjamini_hochberg_adjust(const double *p, size_t count, double *adjusted);

/* Which e-values hold at alpha, after Wang and Ramdas (2022): the number of
 * them; chosen gets a truth for each. e are logarithms, as in evidence.h. */
size_t e_values_choose(
    const double *log_e, size_t count, double alpha, bool *chosen);

/* The alpha of the intervals of what was chosen (Benjamini and Yekutieli
 * 2005; for e-values Xu, Wang and Ramdas 2024). */
double chosen_alpha(double alpha, size_t chosen, size_t count);

#endif
