/*
 * A report is one tree of values with stable keys, made from sums: what
 * `inlay report` prints as text, as JSON and as a page. inlay-measure(7) names
 * its keys. With an alarm of the sample ratio the tree holds no difference.
 */
#ifndef INLAY_TOOLS_REPORT_H
#define INLAY_TOOLS_REPORT_H

#include <stdio.h>

#include <jansson.h>

#include "store/catalog/catalog.h"
#include "tools/measure/study.h"
#include "tools/measure/sums.h"

struct report_ask {
	const struct catalog *catalog;
	const struct sums *sums;
	int64_t now;
	int64_t since;	     /* INT64_MIN: all */
	struct span segment; /* "" all */
};

/* Of one campaign, the version that is loaded; NULL: memory. */
json_t *report_campaign(
    const struct report_ask *ask, const struct campaign *campaign);

/* Of several as one: the study's pool. */
json_t *report_pool(const struct report_ask *ask, const struct study *study,
    enum pool_kind kind, struct span name);

/* Every campaign with its verdict. */
json_t *report_list(const struct report_ask *ask);

/* As text for people. */
void report_text(const json_t *tree, FILE *out);
void report_text_list(const json_t *list, FILE *out);

/* The language of the campaign's locale, if it is one of these: "fr", "en". */
const char *report_language(const json_t *tree);

/* As a page that needs nothing else, in English ("en") or French ("fr"). 0 or
 * -1. */
int report_page(
    const json_t *tree, const char *language, FILE *out, struct err *err);

#endif
