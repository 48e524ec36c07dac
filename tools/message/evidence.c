#include "tools/message/evidence.h"

#include "store/base/suggest.h"
#include "store/catalog/schema.h"

void
evidence_add(struct evidence *evidence, const struct schema *schema,
    const struct profile *profile)
{
	evidence->people++;
	for (size_t i = 0; i < profile->consent_count; i++)
		if (profile->consents[i].status == CONSENT_GRANTED)
			counts_add(
			    &evidence->purposes, profile->consents[i].type, 1);
	for (size_t i = 0; i < profile->observation_count; i++)
		if (!schema_source(schema, profile->observations[i].source))
			counts_add(&evidence->sources,
			    profile->observations[i].source, 1);
}

static bool
next_purpose(const void *names, size_t index, struct span *name)
{
	const struct counts *counts = names;

	if (index >= counts->used)
		return false;
	*name = counts->list[index].name;
	return true;
}

static void
look_at_purpose(struct findings *findings, const struct evidence *evidence,
    const char *kind, struct span purpose)
{
	struct span nearest;

	if (purpose.len == 0 || evidence->people == 0 ||
	    counts_of(&evidence->purposes, purpose) != 0)
		return;
	nearest = suggest_nearest(purpose, next_purpose, &evidence->purposes);
	finding_of(findings, "purpose", evidence->people,
	    "nobody ever consented to the %s %.*s%s%.*s%s", kind,
	    SPAN_ARG(purpose), nearest.len ? "; did you mean `" : "",
	    SPAN_ARG(nearest), nearest.len ? "`?" : "");
}

void
evidence_find(struct findings *findings, const struct evidence *evidence)
{
	const struct schema *schema = findings->catalog->schema;
	const struct campaign *campaign = findings->campaign;

	look_at_purpose(findings, evidence, "purpose", campaign->purpose);
	look_at_purpose(findings, evidence, "permission", campaign->permission);
	for (size_t i = 0;
	     schema->source_count != 0 && i < evidence->sources.used; i++) {
		const struct count *source = &evidence->sources.list[i];
		struct span nearest =
		    suggest_nearest(source->name, schema_next_source, schema);

		finding(findings, "source",
		    "%llu values are of source %.*s, which the schema does "
		    "not list%s%.*s%s",
		    (unsigned long long)source->number, SPAN_ARG(source->name),
		    nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
		    nearest.len ? "`?" : "");
	}
}
