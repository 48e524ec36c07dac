/*
 * Any bytes as a schema, a line `---`, and a cell that each of its fields
 * reads: a value without a fault is the field's, however often it is read.
 */
#include <stdlib.h>

#include "store/catalog/schema.h"
#include "store/record/profile.h"
#include "tools/input/import_value.h"
#include "tools/input/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void
read_cell(const struct field *field, struct span text, struct arena *arena)
{
	const struct row_cell cell = { .name = field->name, .value = text };
	struct value_question question = {
		.field = field, .cell = &cell, .text = span_trim(text)
	};
	struct observation seen = { .retracted = false };
	const char *fault;

	if (import_value(&question, arena, &seen, &fault, NULL) != 1 || fault)
		return;
	if (field_fault(field, seen.value) != NULL)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span text = span_of(bytes, len);
	size_t end = span_search(text, SPAN("\n---\n"));
	struct arena *arena = arena_new((size_t)4 << 20);
	struct schema *schema;

	if (arena && schema_parse(span_first(text, end + 1), "schema", arena,
			 &schema, NULL) == 0)
		for (size_t i = 0; i < schema->field_count; i++)
			read_cell(&schema->fields[i], span_from(text, end + 5),
			    arena);
	arena_free(&arena);
	return 0;
}
