/*
 * References are the names that a document uses and that are not there:
 * fields of the schema, tables, pools, blocks and partials. Each is told with
 * its place and the name that was probably meant. The document is stored all
 * the same, for what it names may come after it.
 */
#ifndef INLAY_TOOLS_REFERENCES_H
#define INLAY_TOOLS_REFERENCES_H

#include <stdio.h>

#include "milter/liquid/liquid.h"
#include "tools/cli.h"

struct catalog;
struct campaign;
struct block;
struct entry;
struct schema;

#define REFERENCES_TOLD 50 /* lines; the rest is counted */

struct reference_kind;

/* What was told of the document at hand: each name once. */
struct reference_told {
	const struct reference_kind *kind;
	struct span name;
};

struct references {
	struct cli *cli;
	struct catalog *catalog;     /* what is stored */
	const struct schema *schema; /* that declares the fields */
	const struct entry *coming;  /* documents that are stored with this */
	size_t coming_count;
	bool fields_only;
	const char *file; /* of the document at hand, as it is told */
	struct reference_told names[REFERENCES_TOLD];
	size_t name_count;
	uint64_t told;
};

/* Begins with the catalog of the command's store; false where it cannot be
 * read, as when a document in it is what is being mended. */
bool references_begin(struct references *references, struct cli *cli);
void references_end(struct references *references);

/* Tell what a block, a campaign, a derived field uses; text is the document,
 * where the place of its lines is looked for, or SPAN_NONE. */
void references_of_block(struct references *references, const char *file,
    const struct block *block, struct span text);
void references_of_campaign(struct references *references, const char *file,
    const struct campaign *campaign, struct span text);
void references_of_schema(
    struct references *references, const char *file, struct span text);

/* Tells which stored documents use fields that the schema lacks. */
void references_of_stored(struct references *references);

#endif
