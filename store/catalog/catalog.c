#include "store/catalog/catalog.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/base/buf.h"
#include "store/base/suggest.h"
#include "store/catalog/sensitivity_cell.h"
#include "store/engine/engine.h"

#define PAGE 256 /* entries read from the engine at a time */

/* Documents of one kind, in the order they came. */
struct catalog_list {
	const void **items;
	size_t count, room;
};

/* The catalog while it grows; the catalog itself is its first member. */
struct growing {
	struct catalog catalog;
	struct catalog_list campaigns, blocks, tables;
};

static int
no_memory(struct err *err)
{
	return err_set(
	    err, ERR_MEMORY, "the catalog does not fit into its memory");
}

struct catalog *
catalog_new(size_t limit)
{
	struct growing *growing = calloc(1, sizeof(*growing));

	if (!growing)
		return NULL;
	growing->catalog.schema = &schema_empty;
	growing->catalog.arena = arena_new(limit);
	if (!growing->catalog.arena) {
		free(growing);
		return NULL;
	}
	return &growing->catalog;
}

void
catalog_free(struct catalog **catalog)
{
	if (!*catalog)
		return;
	arena_free(&(*catalog)->arena);
	free(*catalog);
	*catalog = NULL;
}

/* Appends to a list in the arena, doubling its room. */
static int
push(struct arena *arena, struct catalog_list *list, const void *item,
    struct err *err)
{
	size_t more = list->room ? list->room * 2 : 16;

	if (list->count == list->room) {
		void *grown = arena_grow(arena, list->items,
		    list->room * sizeof(*list->items),
		    more * sizeof(*list->items));

		if (!grown)
			return no_memory(err);
		list->items = grown;
		list->room = more;
	}
	list->items[list->count++] = item;
	return 0;
}

static int
add_schema(struct growing *growing, struct span name, struct span text,
    const char *file, struct err *err)
{
	struct schema *schema;

	(void)name;
	if (schema_parse(text, file, growing->catalog.arena, &schema, err) < 0)
		return -1;
	growing->catalog.schema = schema;
	return 0;
}

static int
add_cells(struct growing *growing, struct span name, struct span text,
    const char *file, struct err *err)
{
	struct sensitivity_cell *cells;

	(void)name;
	if (sensitivity_cells_parse(text, file, growing->catalog.arena, &cells,
		&growing->catalog.cell_count, err) < 0)
		return -1;
	growing->catalog.cells = cells;
	return 0;
}

/* The document says what it is called; the store must agree. */
static int
name_check(struct span name, struct span id, const char *file, struct err *err)
{
	if (span_eq(name, id))
		return 0;
	return err_at(err, ERR_INPUT, file, 1, 0,
	    "is stored as `%.*s` but calls itself `%.*s`", SPAN_ARG(name),
	    SPAN_ARG(id));
}

static int
add_campaign(struct growing *growing, struct span name, struct span text,
    const char *file, struct err *err)
{
	struct campaign *campaign;

	if (campaign_parse(text, file, growing->catalog.arena, &campaign, err) <
		0 ||
	    name_check(name, campaign->id, file, err) < 0)
		return -1;
	return push(growing->catalog.arena, &growing->campaigns, campaign, err);
}

static int
add_block(struct growing *growing, struct span name, struct span text,
    const char *file, struct err *err)
{
	struct block *block;

	if (block_parse(text, name, file, growing->catalog.arena, &block, err) <
		0 ||
	    name_check(name, block->id, file, err) < 0)
		return -1;
	return push(growing->catalog.arena, &growing->blocks, block, err);
}

static int
add_table(struct growing *growing, struct span name, struct span text,
    const char *file, struct err *err)
{
	struct table *table;

	if (table_parse(text, file, growing->catalog.arena, &table, err) < 0 ||
	    name_check(name, table->name, file, err) < 0)
		return -1;
	return push(growing->catalog.arena, &growing->tables, table, err);
}

/* What a document's key says it is. */
static const struct {
	const char *prefix;
	bool whole; /* the prefix is the whole key */
	int (*add)(struct growing *growing, struct span name, struct span text,
	    const char *file, struct err *err);
} kinds[] = {
	{ "schema", true, add_schema },
	{ "sensitivity", true, add_cells },
	{ "campaign/", false, add_campaign },
	{ "block/", false, add_block },
	{ "table/", false, add_table },
};

#define KINDS (sizeof(kinds) / sizeof(*kinds))

int
catalog_add(
    struct catalog *catalog, struct span key, struct span text, struct err *err)
{
	struct growing *growing = (struct growing *)catalog;
	struct span kept, name;
	char file[128];

	snprintf(file, sizeof(file), "%.*s", SPAN_ARG(key));
	if (arena_dup(catalog->arena, text, &kept) < 0 ||
	    arena_dup(catalog->arena, key, &name) < 0)
		return no_memory(err);
	for (size_t i = 0; i < KINDS; i++) {
		struct span prefix = span_str(kinds[i].prefix);

		if (!span_starts(key, prefix) ||
		    (kinds[i].whole && key.len != prefix.len))
			continue;
		return kinds[i].add(
		    growing, span_from(name, prefix.len), kept, file, err);
	}
	return err_at(err, ERR_INPUT, file, 0, 0, "is no catalog document");
}

static int
campaign_order(const void *a, const void *b)
{
	return span_cmp((*(const struct campaign *const *)a)->id,
	    (*(const struct campaign *const *)b)->id);
}

static int
block_order(const void *a, const void *b)
{
	return span_cmp((*(const struct block *const *)a)->id,
	    (*(const struct block *const *)b)->id);
}

static int
table_order(const void *a, const void *b)
{
	return span_cmp((*(const struct table *const *)a)->name,
	    (*(const struct table *const *)b)->name);
}

static int
pool_order(const void *a, const void *b)
{
	return span_cmp(
	    ((const struct pool *)a)->name, ((const struct pool *)b)->name);
}

/* By pool, then by id. */
static int
pool_block_order(const void *a, const void *b)
{
	int order = span_cmp((*(const struct block *const *)a)->pool,
	    (*(const struct block *const *)b)->pool);

	return order ? order : block_order(a, b);
}

/* Cuts the blocks, ordered by pool, into pools. */
static int
group_pools(struct catalog *catalog)
{
	size_t count = catalog->block_count, i = 0;
	const struct block **sorted =
	    arena_calloc(catalog->arena, count + 1, sizeof(*sorted));

	catalog->pools =
	    arena_calloc(catalog->arena, count + 1, sizeof(*catalog->pools));
	if (!sorted || !catalog->pools)
		return -1;
	if (count == 0)
		return 0;
	memcpy(sorted, catalog->blocks, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), pool_block_order);
	while (i < count && sorted[i]->pool.len == 0)
		i++;
	while (i < count) {
		struct pool *pool = &catalog->pools[catalog->pool_count++];

		pool->name = sorted[i]->pool;
		pool->blocks = sorted + i;
		while (i < count && span_eq(sorted[i]->pool, pool->name)) {
			pool->count++;
			i++;
		}
	}
	return 0;
}

/* Gives the lists their types, sorted by id. */
static int
settle(struct growing *growing)
{
	struct catalog *catalog = &growing->catalog;
	const struct catalog_list *campaigns = &growing->campaigns;
	const struct catalog_list *blocks = &growing->blocks;
	const struct catalog_list *tables = &growing->tables;

	catalog->campaigns = arena_calloc(
	    catalog->arena, campaigns->count + 1, sizeof(*catalog->campaigns));
	catalog->blocks = arena_calloc(
	    catalog->arena, blocks->count + 1, sizeof(*catalog->blocks));
	catalog->tables = arena_calloc(
	    catalog->arena, tables->count + 1, sizeof(*catalog->tables));
	if (!catalog->campaigns || !catalog->blocks || !catalog->tables)
		return -1;
	for (size_t i = 0; i < campaigns->count; i++)
		catalog->campaigns[i] = campaigns->items[i];
	for (size_t i = 0; i < blocks->count; i++)
		catalog->blocks[i] = blocks->items[i];
	for (size_t i = 0; i < tables->count; i++)
		catalog->tables[i] = tables->items[i];
	catalog->campaign_count = campaigns->count;
	catalog->block_count = blocks->count;
	catalog->table_count = tables->count;
	qsort(catalog->campaigns, campaigns->count, sizeof(void *),
	    campaign_order);
	qsort(catalog->blocks, blocks->count, sizeof(void *), block_order);
	qsort(catalog->tables, tables->count, sizeof(void *), table_order);
	return 0;
}

/* ---- what each tenant sees ---- */

static int
view_order(const void *a, const void *b)
{
	return span_cmp(((const struct catalog_view *)a)->tenant,
	    ((const struct catalog_view *)b)->tenant);
}

/* A view for everybody without documents of their own, and one for each tenant
 * with some: all still empty. 0, or -1 (memory). */
static int
name_views(struct catalog *catalog)
{
	size_t most = catalog->block_count + catalog->table_count + 1, kept = 0;
	struct catalog_view *views =
	    arena_calloc(catalog->arena, most, sizeof(*views));
	size_t count = 1;

	if (!views)
		return -1;
	for (size_t i = 0; i < catalog->block_count; i++)
		if (catalog->blocks[i]->tenant.len != 0)
			views[count++].tenant = catalog->blocks[i]->tenant;
	for (size_t i = 0; i < catalog->table_count; i++)
		if (catalog->tables[i]->tenant.len != 0)
			views[count++].tenant = catalog->tables[i]->tenant;
	qsort(views, count, sizeof(*views), view_order);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || view_order(&views[i], &views[kept - 1]) != 0)
			views[kept++] = views[i];
	catalog->views = views;
	catalog->view_count = kept > 1 ? kept : 0;
	return 0;
}

static bool
sees(struct span tenant, struct span owner)
{
	return owner.len == 0 || span_eq(owner, tenant);
}

/* The lists of one view hold what is everybody's, too: time and memory are the
 * product of documents and tenants. 0, or -1 (memory). */
static int
fill_view(const struct catalog *catalog, struct catalog_view *view)
{
	struct catalog *made = &view->catalog;

	*made = *catalog;
	made->views = NULL;
	made->view_count = made->block_count = made->table_count =
	    made->pool_count = 0;
	made->blocks = arena_calloc(
	    catalog->arena, catalog->block_count + 1, sizeof(*made->blocks));
	made->tables = arena_calloc(
	    catalog->arena, catalog->table_count + 1, sizeof(*made->tables));
	if (!made->blocks || !made->tables)
		return -1;
	for (size_t i = 0; i < catalog->block_count; i++)
		if (sees(view->tenant, catalog->blocks[i]->tenant))
			made->blocks[made->block_count++] = catalog->blocks[i];
	for (size_t i = 0; i < catalog->table_count; i++)
		if (sees(view->tenant, catalog->tables[i]->tenant))
			made->tables[made->table_count++] = catalog->tables[i];
	return group_pools(made);
}

static int
make_views(struct catalog *catalog)
{
	if (name_views(catalog) < 0)
		return -1;
	for (size_t i = 0; i < catalog->view_count; i++)
		if (fill_view(catalog, &catalog->views[i]) < 0)
			return -1;
	return 0;
}

int
catalog_seal(struct catalog *catalog, struct err *err)
{
	if (settle((struct growing *)catalog) < 0 || group_pools(catalog) < 0 ||
	    make_views(catalog) < 0)
		return no_memory(err);
	return 0;
}

const struct catalog *
catalog_of(const struct catalog *catalog, struct span tenant)
{
	const struct catalog_view key = { .tenant = tenant }, *view;

	if (catalog->view_count == 0)
		return catalog;
	view = bsearch(
	    &key, catalog->views, catalog->view_count, sizeof(key), view_order);
	/* The first is named "": what belongs to nobody. */
	return view ? &view->catalog : &catalog->views[0].catalog;
}

/* Adds all documents of one kind. 1, or 0 when the catalog changed between
 * two pages and the reading must begin again, or -1. */
static int
load_kind(struct engine *engine, struct span prefix, struct arena *scratch,
    struct catalog *catalog, struct err *err)
{
	struct catalog_page page = { .prefix = prefix, .most = PAGE };
	int more;

	do {
		arena_reset(scratch);
		more = engine_catalog_list(engine, scratch, &page, err);
		if (more < 0)
			return -1;
		if (catalog->generation == 0)
			catalog->generation = page.generation;
		if (page.generation != catalog->generation)
			return 0;
		for (size_t i = 0; i < page.count; i++)
			if (catalog_add(catalog, page.entries[i].name,
				page.entries[i].bytes, err) < 0)
				return -1;
	} while (more);
	return 1;
}

/* 1 and a catalog that belongs to one generation, 0 to try again, -1. */
static int
load_once(struct engine *engine, size_t limit, struct arena *scratch,
    struct catalog **catalog, struct err *err)
{
	int done = 1;

	*catalog = catalog_new(limit);
	if (!*catalog)
		return no_memory(err);
	if (engine_catalog_generation(engine, &(*catalog)->generation, err) < 0)
		done = -1;
	for (size_t i = 0; i < KINDS && done == 1; i++)
		done = load_kind(
		    engine, span_str(kinds[i].prefix), scratch, *catalog, err);
	if (done == 1 && catalog_seal(*catalog, err) < 0)
		done = -1;
	if (done != 1)
		catalog_free(catalog);
	return done;
}

int
catalog_load(struct engine *engine, size_t limit, struct catalog **catalog,
    struct err *err)
{
	struct arena *scratch = arena_new(limit);
	int done = 0;

	if (!scratch)
		return no_memory(err);
	while (done == 0)
		done = load_once(engine, limit, scratch, catalog, err);
	arena_free(&scratch);
	return done < 0 ? -1 : 0;
}

const struct campaign *
catalog_campaign(const struct catalog *catalog, struct span id)
{
	const struct campaign key = { .id = id }, *at = &key, **found = NULL;

	if (catalog->campaign_count != 0)
		found = bsearch(&at, catalog->campaigns,
		    catalog->campaign_count, sizeof(at), campaign_order);
	return found ? *found : NULL;
}

int64_t
catalog_ledger(
    const struct catalog *catalog, struct span campaign, int64_t seconds)
{
	const struct campaign *found = catalog_campaign(catalog, campaign);

	return found != NULL && found->ledger_days != 0
		   ? found->ledger_days * INT64_C(86400)
		   : seconds;
}

const struct block *
catalog_block(const struct catalog *catalog, struct span id)
{
	const struct block key = { .id = id }, *at = &key, **found = NULL;

	if (catalog->block_count != 0)
		found = bsearch(&at, catalog->blocks, catalog->block_count,
		    sizeof(at), block_order);
	return found ? *found : NULL;
}

const struct pool *
catalog_pool(const struct catalog *catalog, struct span name)
{
	const struct pool key = { .name = name };

	if (catalog->pool_count == 0)
		return NULL;
	return bsearch(
	    &key, catalog->pools, catalog->pool_count, sizeof(key), pool_order);
}

const struct table *
catalog_table(const struct catalog *catalog, struct span name)
{
	const struct table key = { .name = name }, *at = &key, **found = NULL;

	if (catalog->table_count != 0)
		found = bsearch(&at, catalog->tables, catalog->table_count,
		    sizeof(at), table_order);
	return found ? *found : NULL;
}

const struct sensitivity_cell *
catalog_cell(
    const struct catalog *catalog, struct span cluster, struct span topic)
{
	return sensitivity_cells_find(
	    catalog->cells, catalog->cell_count, cluster, topic);
}

/* ---- names ---- */

bool
catalog_next_campaign(const void *catalog, size_t index, struct span *name)
{
	const struct catalog *it = catalog;

	if (index >= it->campaign_count)
		return false;
	*name = it->campaigns[index]->id;
	return true;
}

bool
catalog_next_block(const void *catalog, size_t index, struct span *name)
{
	const struct catalog *it = catalog;

	if (index >= it->block_count)
		return false;
	*name = it->blocks[index]->id;
	return true;
}

bool
catalog_next_table(const void *catalog, size_t index, struct span *name)
{
	const struct catalog *it = catalog;

	if (index >= it->table_count)
		return false;
	*name = it->tables[index]->name;
	return true;
}

int
catalog_lacks_campaign(
    const struct catalog *catalog, struct span id, struct err *err)
{
	struct span nearest =
	    suggest_nearest(id, catalog_next_campaign, catalog);

	return err_set(err, ERR_CAMPAIGN, "no such campaign: %.*s%s%.*s%s",
	    SPAN_ARG(id), nearest.len ? "; did you mean `" : "",
	    SPAN_ARG(nearest), nearest.len ? "`?" : "");
}
