/*
 * Evidence is what people's records name and documents should know: purposes
 * they consented to, sources of their values.
 */
#ifndef INLAY_TOOLS_EVIDENCE_H
#define INLAY_TOOLS_EVIDENCE_H

#include "store/record/profile.h"
#include "tools/message/finding.h"
#include "tools/people/counts.h"

struct evidence {
	uint64_t people;
	struct counts purposes; /* that somebody consented to: statements */
	struct counts sources;	/* that the schema does not list: values */
};

/* Adds one person's. The counts have their arenas. */
void evidence_add(struct evidence *evidence, const struct schema *schema,
    const struct profile *profile);

/* Adds findings of the rules purpose (nobody consented to what the campaign
 * asks for) and source. */
void evidence_find(struct findings *findings, const struct evidence *evidence);

#endif
