#include "tools/message/names.h"

#include "store/base/suggest.h"
#include "store/catalog/schema.h"

static const char *const roots[] = { "profile", "recipient", "campaign", "ref",
	"slot", "variant", NULL };
static const char *const of_recipient[] = { "address", "local", "domain",
	"token", NULL };
static const char *const of_campaign[] = { "id", "topic", "about", NULL };

static bool
next_word(const void *names, size_t index, struct span *name)
{
	const char *const *list = names;

	if (list[index] == NULL)
		return false;
	*name = span_str(list[index]);
	return true;
}

static bool
next_field(const void *names, size_t index, struct span *name)
{
	const struct schema *schema = names;

	if (index >= schema->field_count)
		return false;
	*name = schema->fields[index].name;
	return true;
}

static bool
is_listed(const char *const *list, struct span name)
{
	for (; *list != NULL; list++)
		if (span_eq(name, span_str(*list)))
			return true;
	return false;
}

static void
tell(struct findings *findings, struct span where, struct manifest_place at,
    struct span path, const char *prefix, struct span nearest)
{
	if (nearest.len == 0)
		finding_at(findings, "name", where, at.line, at.column,
		    "there is no %.*s", SPAN_ARG(path));
	else
		finding_at(findings, "name", where, at.line, at.column,
		    "there is no %.*s; did you mean `%s%.*s`?", SPAN_ARG(path),
		    prefix, SPAN_ARG(nearest));
}

/* first_name, customer.first_name: what systems with one bag of names write. */
static void
look_at_root(struct findings *findings, struct span where,
    struct manifest_place at, struct span path)
{
	struct span last = path, nearest;

	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '.')
			last = span_from(path, i + 1);
	nearest = suggest_nearest(last, next_field, findings->catalog->schema);
	if (nearest.len == 0)
		nearest = suggest_nearest(path, next_word, roots);
	else {
		tell(findings, where, at, path, "profile.", nearest);
		return;
	}
	tell(findings, where, at, path, "", nearest);
}

static void
look_at_path(struct findings *findings, struct span where,
    const struct manifest_field *field)
{
	struct span root = span_first(field->path, span_find(field->path, '.'));
	struct span step = span_from(field->path, root.len + 1);
	const struct catalog *catalog = findings->catalog;

	step = span_first(step, span_find(step, '.'));
	if (!is_listed(roots, root))
		look_at_root(findings, where, field->at, field->path);
	else if (step.len == 0 || span_eq(step, SPAN("[]")))
		return;
	else if (span_eq(root, SPAN("recipient")) &&
		 !is_listed(of_recipient, step))
		tell(findings, where, field->at, field->path, "recipient.",
		    suggest_nearest(step, next_word, of_recipient));
	else if (span_eq(root, SPAN("campaign")) &&
		 !is_listed(of_campaign, step))
		tell(findings, where, field->at, field->path, "campaign.",
		    suggest_nearest(step, next_word, of_campaign));
	else if (span_eq(root, SPAN("ref")) && !catalog_table(catalog, step))
		tell(findings, where, field->at, field->path, "ref.",
		    suggest_nearest(step, catalog_next_table, catalog));
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
	struct span nearest =
	    suggest_nearest(name, next_field, findings->catalog->schema);

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
