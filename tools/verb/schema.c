/*
 * inlay schema: load, show.
 */
#include <sysexits.h>

#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/out.h"
#include "tools/input/references.h"
#include "tools/input/templates.h"
#include "tools/verbs.h"

/* Tells which derived fields, blocks and campaigns use fields that the new
 * schema lacks. */
static void
tell_references(struct cli *cli, const char *file, const struct schema *schema,
    struct span text)
{
	struct references references;

	if (!references_begin(&references, cli))
		return;
	references.schema = schema;
	references_of_schema(&references, file, text);
	references_of_stored(&references);
	references_end(&references);
}

static int
check_derived(const struct field *field, const char *file, struct span text,
    struct err *err)
{
	const struct document_line line = { field->derived, file, text,
		field->name };

	return field->derived.len == 0 ? 0
				       : templates_check_expression(&line, err);
}

/* Each language of a label must be one. */
static int
check_labels(const struct labels *labels, const char *file, struct err *err)
{
	for (size_t i = 0; i < labels->count; i++) {
		const struct label *label = &labels->at[i];
		const struct placed_name locale = { label->locale, file,
			label->line, label->column };

		if (templates_check_locale(&locale, err) < 0)
			return -1;
	}
	return 0;
}

static int
check_schema(const struct schema *schema, const char *file, struct span text,
    struct err *err)
{
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct field *field = &schema->fields[i];

		if (check_derived(field, file, text, err) < 0 ||
		    check_labels(&field->labels, file, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < schema->source_count; i++)
		if (check_labels(&schema->sources[i].labels, file, err) < 0)
			return -1;
	return 0;
}

int
verb_schema_load(struct cli *cli, struct err *err)
{
	const char *path = cli->argv[0];
	struct entry entry = { .name = CATALOG_SCHEMA };
	struct schema *schema;

	if (document_read(cli, path, &entry.bytes, err) < 0 ||
	    schema_parse(entry.bytes, path, cli->arena, &schema, err) < 0 ||
	    check_schema(schema, path, entry.bytes, err) < 0)
		return -1;
	tell_references(cli, path, schema, entry.bytes);
	if (document_put(cli, &entry, 1, err) < 0)
		return -1;
	fprintf(cli->out, "schema: %zu fields, %zu sources\n",
	    schema->field_count, schema->source_count);
	return EX_OK;
}

static json_t *
field_json(const struct field *field)
{
	json_t *object = json_object();

	out_set(object, "name", out_string(field->name));
	out_set(object, "type", json_string(field_type_word(field->type)));
	out_set(object, "class", json_string(field_class_word(field->class)));
	if (field->pattern.len != 0)
		out_set(object, "pattern", out_string(field->pattern));
	if (field->has_preset)
		out_set(object, "default", out_string(field->preset));
	if (field->derived.len != 0)
		out_set(object, "derived", out_string(field->derived));
	return object;
}

static json_t *
source_json(const struct source *source)
{
	json_t *object = json_object();

	out_set(object, "name", out_string(source->name));
	out_set(object, "weight", json_real(source->quality.weight));
	out_set(
	    object, "decay", json_string(decay_word(source->quality.decay)));
	out_set(object, "period_days", json_real(source->quality.period_days));
	out_set(object, "rank", json_integer(source->rank));
	return object;
}

static int
show_json(struct cli *cli, const struct schema *schema, struct err *err)
{
	json_t *object = json_object(), *list = json_array();

	for (size_t i = 0; i < schema->field_count; i++)
		out_add(list, field_json(&schema->fields[i]));
	out_set(object, "fields", list);
	list = json_array();
	for (size_t i = 0; i < schema->source_count; i++)
		out_add(list, source_json(&schema->sources[i]));
	out_set(object, "sources", list);
	out_set(object, "min_trust", json_real(schema->min_trust));
	return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
}

int
verb_schema_show(struct cli *cli, struct err *err)
{
	struct schema *schema;
	struct span text;
	int found;

	if (!cli->json)
		return document_show(cli, CATALOG_SCHEMA, "", "schema", err);
	found = engine_catalog_get(
	    cli->engine, CATALOG_SCHEMA, cli->arena, &text, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return document_absent(cli, "schema", "none is loaded");
	if (schema_parse(text, "schema", cli->arena, &schema, err) < 0)
		return -1;
	return show_json(cli, schema, err);
}
