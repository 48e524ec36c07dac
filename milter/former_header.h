/*
 * Once X-Campaign-Id made a message campaign mail. Other platforms'
 * newsletters carry that header too, so it no longer does; who still has it in
 * a file is told.
 */
#ifndef INLAY_MILTER_FORMER_HEADER_H
#define INLAY_MILTER_FORMER_HEADER_H

#include <stdio.h>

#include "milter/settings.h"

#define FORMER_HEADER "X-Campaign-Id"

/* Writes one line for each line of the configuration, and of the header_checks
 * that once led campaign mail to inlayd, that names the former header; none
 * where campaign-header names it. */
void former_header_tell(const struct settings *settings, FILE *out);

#endif
