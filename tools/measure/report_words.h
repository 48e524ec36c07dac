/*
 * The words of a report's page, in English and French.
 */
#ifndef INLAY_TOOLS_REPORT_WORDS_H
#define INLAY_TOOLS_REPORT_WORDS_H

#include <stdbool.h>

#include <jansson.h>

/* An object from names to words; the words of the tree stand under their
 * English selves. */
json_t *report_words(bool french);

#endif
