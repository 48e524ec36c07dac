#include "tools/input/references.h"

#include "store/base/suggest.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/data_path.h"
#include "tools/input/document.h"
#include "tools/out.h"

/* Where in a document something stands; line 0: nobody knows. */
struct reference_place {
	unsigned line, column;
};

bool
references_begin(struct references *references, struct cli *cli)
{
	struct err why = ERR_INIT;

	*references = (struct references){ .cli = cli };
	if (cli_catalog(cli, &references->catalog, &why) < 0)
		return false;
	references->schema = references->catalog->schema;
	return true;
}

void
references_end(struct references *references)
{
	if (references->told > REFERENCES_TOLD)
		fprintf(references->cli->errors,
		    "inlay: and %llu more of the kind\n",
		    (unsigned long long)references->told - REFERENCES_TOLD);
	if (references->catalog)
		catalog_free(&references->catalog);
}

/* One kind of name, and how those that exist are listed. */
struct reference_kind {
	const char *before, *after; /* around the name */
	suggest_name *next;
};

static bool
field_name(const void *from, size_t index, struct span *name)
{
	const struct references *references = from;

	if (index >= references->schema->field_count)
		return false;
	*name = references->schema->fields[index].name;
	return true;
}

static bool
table_name(const void *from, size_t index, struct span *name)
{
	const struct references *references = from;

	return catalog_next_table(references->catalog, index, name);
}

static bool
pool_name(const void *from, size_t index, struct span *name)
{
	const struct references *references = from;

	if (index >= references->catalog->pool_count)
		return false;
	*name = references->catalog->pools[index].name;
	return true;
}

static bool
block_name(const void *from, size_t index, struct span *name)
{
	const struct references *references = from;

	return catalog_next_block(references->catalog, index, name);
}

static const struct reference_kind fields = { "`profile.",
	"` is no field of the schema", field_name };
static const struct reference_kind tables = { "there is no table `", "`",
	table_name };
static const struct reference_kind pools = { "no block is in the pool `", "`",
	pool_name };
static const struct reference_kind blocks = { "there is no block `", "`",
	block_name };

static void
begin_document(struct references *references, const char *file)
{
	references->file = file;
	references->name_count = 0;
}

/* Whether the document's name was told; remembers it otherwise. */
static bool
is_told(struct references *references, const struct reference_kind *kind,
    struct span name)
{
	struct reference_told *told =
	    &references->names[references->name_count];

	for (size_t i = 0; i < references->name_count; i++)
		if (references->names[i].kind == kind &&
		    span_eq(references->names[i].name, name))
			return true;
	if (references->name_count == REFERENCES_TOLD)
		return false;
	told->kind = kind;
	if (arena_dup(references->cli->arena, name, &told->name) == 0)
		references->name_count++;
	return false;
}

/* Names of no kind: `vip` for "vip", `tier` for profile.tier. */
static const struct reference_kind others = { "there is no `", "`", NULL };

static void
say_nearest(const struct references *references,
    const struct reference_kind *kind, struct span name)
{
	struct span nearest = suggest_nearest(name, kind->next, references);
	FILE *errors = references->cli->errors;

	if (nearest.len == 0)
		return;
	fputs("; did you mean `", errors);
	out_text(errors, nearest, 0);
	fputs("`?", errors);
}

static void
tell(struct references *references, const struct reference_kind *kind,
    struct span name, struct reference_place at)
{
	FILE *errors = references->cli->errors;
	char hint[DATA_PATH_HINT];

	if (is_told(references, kind, name) ||
	    references->told++ >= REFERENCES_TOLD)
		return;
	fprintf(errors, "inlay: warning: %s:", references->file);
	if (at.line != 0)
		fprintf(errors, "%u:%u:", at.line, at.column);
	fprintf(errors, " %s", kind->before);
	out_text(errors, name, 0);
	fputs(kind->after, errors);
	if (kind->next)
		say_nearest(references, kind, name);
	else if (!data_path_known(
		     references->catalog, references->schema, name, hint))
		fputs(hint, errors);
	fputc('\n', errors);
}

/* "profile.tier.name" -> "tier"; "" for another path and where only the data
 * tells the name. */
static struct span
field_of(struct span path)
{
	size_t end = 0;

	if (!span_starts(path, SPAN("profile.")))
		return SPAN_NONE;
	path = span_from(path, sizeof "profile." - 1);
	while (end < path.len && path.at[end] != '.' && path.at[end] != '[')
		end++;
	return span_first(path, end);
}

static bool
is_coming(
    const struct references *references, struct span prefix, struct span name)
{
	for (size_t i = 0; i < references->coming_count; i++) {
		struct span coming = references->coming[i].name;

		if (span_starts(coming, prefix) &&
		    span_eq(span_from(coming, prefix.len), name))
			return true;
	}
	return false;
}

static void
look_at_block(
    struct references *references, struct span name, struct reference_place at)
{
	if (name.len != 0 && !catalog_block(references->catalog, name) &&
	    !is_coming(references, CATALOG_BLOCK, name))
		tell(references, &blocks, name, at);
}

static void
look_at_pool(
    struct references *references, struct span name, struct reference_place at)
{
	if (name.len != 0 && !catalog_pool(references->catalog, name))
		tell(references, &pools, name, at);
}

/* A place in a text that begins at `from` in the document; the text's first
 * line may begin within one of the document's. */
static struct reference_place
place_of(const struct manifest_place *at, struct reference_place from)
{
	struct reference_place place = { 0, 0 };

	if (from.line == 0)
		return place;
	place.line = from.line + at->line - 1;
	place.column =
	    at->line == 1 ? from.column + at->column - 1 : at->column;
	return place;
}

static void
look_at_fields(struct references *references, const struct manifest *manifest,
    struct reference_place from)
{
	for (size_t i = 0; i < manifest->field_count; i++) {
		struct span name = field_of(manifest->fields[i].path);

		if (name.len != 0 && references->schema->field_count != 0 &&
		    !schema_field(references->schema, name))
			tell(references, &fields, name,
			    place_of(&manifest->fields[i].at, from));
	}
}

/* In a condition and an expression, to which nobody passes names. Tables are
 * told of as what they are. */
static void
look_at_names(struct references *references, const struct manifest *manifest,
    struct reference_place from)
{
	char hint[DATA_PATH_HINT];

	for (size_t i = 0; i < manifest->field_count; i++) {
		struct span path = manifest->fields[i].path;

		if (!span_starts(path, SPAN("ref.")) &&
		    !data_path_known(
			references->catalog, references->schema, path, hint))
			tell(references, &others, path,
			    place_of(&manifest->fields[i].at, from));
	}
}

static void
look_at(struct references *references, const struct manifest *manifest,
    struct reference_place from)
{
	look_at_fields(references, manifest, from);
	if (references->fields_only)
		return;
	for (size_t i = 0; i < manifest->table_count; i++)
		if (!catalog_table(
			references->catalog, manifest->tables[i].name))
			tell(references, &tables, manifest->tables[i].name,
			    place_of(&manifest->tables[i].at, from));
	for (size_t i = 0; i < manifest->partial_count; i++)
		look_at_block(references, manifest->partials[i].name,
		    place_of(&manifest->partials[i].at, from));
	for (size_t i = 0; i < manifest->block_count; i++)
		look_at_block(references, manifest->blocks[i].name,
		    place_of(&manifest->blocks[i].at, from));
	for (size_t i = 0; i < manifest->option_count; i++)
		look_at_block(references, manifest->options[i].block,
		    place_of(&manifest->options[i].at, from));
	for (size_t i = 0; i < manifest->slot_count; i++)
		look_at_pool(references, manifest->slots[i].pool,
		    place_of(&manifest->slots[i].at, from));
}

/* What does not compile was told before. */
static void
look_at_template(struct references *references, struct span text,
    enum place place, struct reference_place from)
{
	const struct program_options options = { .name = references->file,
		.place = place,
		.braze = true,
		.mend = true };
	struct program *program;
	struct err err = ERR_INIT;

	if (program_compile(text, &options, &program, &err) < 0)
		return;
	look_at(references, program_manifest(program), from);
	program_free(&program);
}

/* Where the text stands in the document. */
static struct reference_place
find_text(struct span document, struct span text)
{
	struct reference_place place;

	document_find(document, text, &place.line, &place.column);
	return place;
}

static void
look_at_condition(
    struct references *references, struct span document, struct span text)
{
	struct condition *condition;
	struct err err = ERR_INIT;

	if (text.len == 0 ||
	    condition_compile(text, references->file, &condition, &err) < 0)
		return;
	look_at(references, condition_manifest(condition),
	    find_text(document, text));
	look_at_names(references, condition_manifest(condition),
	    find_text(document, text));
	condition_free(&condition);
}

void
references_of_block(struct references *references, const char *file,
    const struct block *block, struct span text)
{
	begin_document(references, file);
	look_at_condition(references, text, block->condition);
	look_at_condition(references, text, block->exception);
	look_at_template(references, block->html, PLACE_HTML,
	    (struct reference_place){ block->html_line, 1 });
	look_at_template(references, block->text, PLACE_TEXT,
	    (struct reference_place){ block->text_line, 1 });
}

static void
look_at_cap(
    struct references *references, const struct cap *cap, struct span document)
{
	struct reference_place at = find_text(document, cap->name);

	if (cap->scope == CAP_BLOCK)
		look_at_block(references, cap->name, at);
	if (cap->scope == CAP_POOL)
		look_at_pool(references, cap->name, at);
}

void
references_of_campaign(struct references *references, const char *file,
    const struct campaign *campaign, struct span text)
{
	begin_document(references, file);
	for (size_t i = 0; i < campaign->segment_count; i++)
		look_at_condition(
		    references, text, campaign->segments[i].condition);
	for (size_t i = 0; i < campaign->header_count; i++)
		look_at_template(references, campaign->headers[i].template,
		    PLACE_HEADER,
		    find_text(text, campaign->headers[i].template));
	for (size_t i = 0; !references->fields_only && i < campaign->cap_count;
	     i++)
		look_at_cap(references, &campaign->caps[i], text);
}

void
references_of_schema(
    struct references *references, const char *file, struct span text)
{
	const struct schema *schema = references->schema;

	begin_document(references, file);
	for (size_t i = 0; i < schema->field_count; i++) {
		struct span derived = schema->fields[i].derived;
		struct expression *expression;
		struct err err = ERR_INIT;

		if (derived.len == 0 ||
		    expression_compile(derived, file, &expression, &err) < 0)
			continue;
		look_at(references, expression_manifest(expression),
		    find_text(text, derived));
		look_at_names(references, expression_manifest(expression),
		    find_text(text, derived));
		expression_free(&expression);
	}
}

void
references_of_stored(struct references *references)
{
	const struct catalog *catalog = references->catalog;
	char file[200];

	references->fields_only = true;
	for (size_t i = 0; i < catalog->block_count; i++) {
		snprintf(file, sizeof file, "block %.*s",
		    SPAN_ARG(catalog->blocks[i]->id));
		references_of_block(
		    references, file, catalog->blocks[i], SPAN_NONE);
	}
	for (size_t i = 0; i < catalog->campaign_count; i++) {
		snprintf(file, sizeof file, "campaign %.*s",
		    SPAN_ARG(catalog->campaigns[i]->id));
		references_of_campaign(
		    references, file, catalog->campaigns[i], SPAN_NONE);
	}
}
