/*
 * Any bytes as each kind of catalog document, in little memory.
 */
#include "store/catalog/catalog.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of(bytes, len);
	struct arena *arena = arena_new((size_t)1 << 20);
	struct campaign *campaign;
	struct schema *schema;
	struct block *block;
	struct table *table;
	struct sensitivity_cell *cells;
	size_t count;

	if (!arena)
		return 0;
	campaign_parse(text, "campaign", arena, &campaign, NULL);
	arena_reset(arena);
	if (schema_parse(text, "schema", arena, &schema, NULL) == 0)
		for (size_t i = 0; i < schema->field_count; i++)
			field_fault(&schema->fields[i], text);
	arena_reset(arena);
	block_parse(text, SPAN("x"), "block", arena, &block, NULL);
	arena_reset(arena);
	table_parse(text, "table", arena, &table, NULL);
	sensitivity_cells_parse(text, "cells", arena, &cells, &count, NULL);
	arena_free(&arena);
	return 0;
}
