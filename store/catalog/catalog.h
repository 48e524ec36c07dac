/*
 * The catalog is everything a message is decided by that is not about its
 * recipient: schema, campaigns, blocks, reference tables, sensitivity cells.
 * One immutable snapshot in one arena; the engine keeps the documents' text.
 */
#ifndef INLAY_STORE_CATALOG_H
#define INLAY_STORE_CATALOG_H

#include "store/catalog/block.h"
#include "store/catalog/campaign.h"
#include "store/catalog/sensitivity_cell.h"
#include "store/catalog/schema.h"
#include "store/catalog/table.h"

struct engine;

struct pool {
	struct span name;
	const struct block **blocks; /* by id */
	size_t count;
};

struct catalog {
	struct arena *arena; /* owns all below */
	uint64_t generation;
	const struct schema *schema;	   /* never NULL */
	const struct campaign **campaigns; /* by id */
	size_t campaign_count;
	const struct block **blocks; /* by id */
	size_t block_count;
	struct pool *pools; /* by name */
	size_t pool_count;
	const struct table **tables; /* by name */
	size_t table_count;
	const struct sensitivity_cell *cells; /* by cluster, topic */
	size_t cell_count;
	/* What each tenant sees of it, by tenant; none where no block and no
	 * table says whose it is. */
	struct catalog_view *views;
	size_t view_count;
};

struct catalog_view {
	struct span tenant;
	struct catalog catalog;
};

/* Catalog keys: "schema", "campaign/ID", "block/ID", "table/NAME",
 * "sensitivity", and "row/NAME/EDITION/KEY" which no snapshot reads. */
#define CATALOG_SCHEMA SPAN("schema")
#define CATALOG_CAMPAIGN SPAN("campaign/")
#define CATALOG_BLOCK SPAN("block/")
#define CATALOG_TABLE SPAN("table/")
#define CATALOG_CELLS SPAN("sensitivity")
#define CATALOG_ROW SPAN("row/")

/* Reads all documents of the engine. limit bounds the snapshot's memory.
 * 0, or -1: the engine failed, or a document does not parse. */
int catalog_load(struct engine *engine, size_t limit, struct catalog **catalog,
    struct err *err);

/* An empty catalog to be filled by catalog_add and closed by catalog_seal;
 * NULL when memory is out. For tests and tools that have no engine. */
struct catalog *catalog_new(size_t limit);

/* Parses and adds one document; keys as above; text is copied. */
int catalog_add(struct catalog *catalog, struct span key, struct span text,
    struct err *err);

/* Sorts and groups; lookups work after this. 0 or -1 (memory). */
int catalog_seal(struct catalog *catalog, struct err *err);

/* Frees the snapshot and clears the pointer. */
void catalog_free(struct catalog **catalog);

/* The same catalog without the blocks and tables that belong to other tenants
 * than the campaigns of this one; it lives as long. */
const struct catalog *catalog_of(
    const struct catalog *catalog, struct span tenant);

/* NULL where there is no such thing. */
const struct campaign *catalog_campaign(
    const struct catalog *catalog, struct span id);
/* Seconds that entries of the campaign are kept whole: its ledger_days, or
 * those given, where it is not stored or does not say. */
int64_t catalog_ledger(
    const struct catalog *catalog, struct span campaign, int64_t seconds);
const struct block *catalog_block(
    const struct catalog *catalog, struct span id);
const struct pool *catalog_pool(
    const struct catalog *catalog, struct span name);
const struct table *catalog_table(
    const struct catalog *catalog, struct span name);
const struct sensitivity_cell *catalog_cell(
    const struct catalog *catalog, struct span cluster, struct span topic);

/* The names of each kind, for suggest_nearest. */
bool catalog_next_campaign(
    const void *catalog, size_t index, struct span *name);
bool catalog_next_block(const void *catalog, size_t index, struct span *name);
bool catalog_next_table(const void *catalog, size_t index, struct span *name);

/* Fails with ERR_CAMPAIGN, naming the campaign that was probably meant.
 * Returns -1. */
int catalog_lacks_campaign(
    const struct catalog *catalog, struct span id, struct err *err);

#endif
