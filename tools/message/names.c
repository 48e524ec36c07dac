#include "tools/message/names.h"

#include "store/base/suggest.h"
#include "store/catalog/schema.h"
#include "tools/input/data_path.h"

static void
look_at_path(struct findings *findings, struct span where,
    const struct manifest_field *field)
{
	const struct catalog *catalog = findings->catalog;
	char hint[DATA_PATH_HINT];

	if (!data_path_known(catalog, catalog->schema, field->path, hint))
		finding_at(findings, "name", where, field->at.line,
		    field->at.column, "there is no %.*s%s",
		    SPAN_ARG(field->path), hint);
}

void
names_look(struct findings *findings, struct span where,
    const struct manifest *manifest)
{
	for (size_t i = 0; i < manifest->field_count; i++)
		look_at_path(findings, where, &manifest->fields[i]);
}

static void
tell_unknown(struct findings *findings, struct span where, unsigned line,
    unsigned column, struct span name)
{
	struct span nearest = suggest_nearest(
	    name, data_path_next_field, findings->catalog->schema);

	finding_at(findings, "field", where, line, column,
	    "the schema has no field %.*s%s%.*s%s", SPAN_ARG(name),
	    nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
	    nearest.len ? "`?" : "");
}

void
names_look_at_field(struct findings *findings, const struct outline_use *use,
    const struct outline_field *field)
{
	if (field->field != NULL && field->field->class == CLASS_SPECIAL)
		finding_at(findings, "special", use->where, use->line,
		    use->column,
		    "%.*s is of class special: no mail ever shows it",
		    SPAN_ARG(field->name));
	if (field->field == NULL)
		tell_unknown(
		    findings, use->where, use->line, use->column, field->name);
}

void
names_look_alone(struct findings *findings, struct span where,
    const struct manifest *manifest)
{
	names_look(findings, where, manifest);
	for (size_t i = 0; i < manifest->field_count; i++) {
		const struct manifest_field *use = &manifest->fields[i];
		struct span name = span_from(use->path, strlen("profile."));

		name = span_first(name, span_find(name, '.'));
		if (span_starts(use->path, SPAN("profile.")) &&
		    !span_eq(name, SPAN("[]")) &&
		    !schema_field(findings->catalog->schema, name))
			tell_unknown(findings, where, use->at.line,
			    use->at.column, name);
	}
}
