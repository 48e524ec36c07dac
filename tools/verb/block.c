/*
 * inlay block: load, list, show, rm. A directory holds one block per name:
 * NAME.html with front matter, its text in NAME.txt, or NAME.txt alone.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "store/base/buf.h"
#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/out.h"
#include "tools/input/references.h"
#include "tools/input/templates.h"
#include "tools/verbs.h"

#define BLOCKS_MAX 20000

/* The blocks to be stored, while they are gathered. */
struct gathering {
	struct cli *cli;
	struct entry *entries;
	const char **paths;
	size_t count, room;
};

static bool
has_suffix(const char *path, const char *suffix)
{
	return span_ends(span_str(path), span_str(suffix));
}

static int
no_memory(struct err *err)
{
	return err_set(err, ERR_MEMORY, "out of memory");
}

/* "dir/hero_a.html" -> "hero_a". */
static struct span
id_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span name = span_str(slash ? slash + 1 : path);
	size_t dot = name.len;

	while (dot > 0 && name.at[dot - 1] != '.')
		dot--;
	return dot > 1 ? span_first(name, dot - 1) : name;
}

/* The path with another suffix of the same length, in the arena. */
static char *
beside(struct cli *cli, const char *path, const char *suffix)
{
	struct buf other;
	size_t stem = strlen(path);

	while (stem > 0 && path[stem - 1] != '.')
		stem--;
	buf_init(&other, cli->arena, 4096);
	buf_add(&other, span_of(path, stem));
	buf_str(&other, suffix);
	(void)buf_cstr(&other);
	return other.failed ? NULL : other.at;
}

static bool
exists(const char *path)
{
	struct stat stat_of;

	return stat(path, &stat_of) == 0;
}

/* Joins the text of NAME.txt to the document of NAME.html. A text with front
 * matter of its own is another block. 0 or -1. */
static int
join_text(struct gathering *gathering, const char *path, struct span *text,
    struct err *err)
{
	struct cli *cli = gathering->cli;
	const char *other = beside(cli, path, "txt");
	struct span beside_text;
	struct buf joined;

	if (!other)
		return no_memory(err);
	if (!has_suffix(path, ".html") || !exists(other))
		return 0;
	if (document_read(cli, other, &beside_text, err) < 0)
		return -1;
	if (span_starts(beside_text, SPAN("---\n")))
		return err_at(err, ERR_INPUT, other, 1, 1,
		    "the front matter belongs into %s", path);
	buf_init(&joined, cli->arena, ENGINE_VALUE_MAX);
	buf_add(&joined, *text);
	if (text->len != 0 && text->at[text->len - 1] != '\n')
		buf_byte(&joined, '\n');
	buf_str(&joined, "--- text\n");
	buf_add(&joined, beside_text);
	if (joined.failed)
		return no_memory(err);
	*text = buf_span(&joined);
	return 0;
}

/* A lone NAME.txt is a block without HTML: its body is the text. */
static int
as_text_only(struct cli *cli, struct span *text, struct err *err)
{
	size_t end = span_search(*text, SPAN("\n---\n"));
	struct buf made;

	if (end == text->len)
		return 0;
	buf_init(&made, cli->arena, ENGINE_VALUE_MAX);
	buf_add(&made, span_first(*text, end));
	buf_str(&made, "\n--- text\n");
	buf_add(&made, span_from(*text, end + 5));
	if (made.failed)
		return no_memory(err);
	*text = buf_span(&made);
	return 0;
}

static int
check_block(const struct block *block, const char *path, struct span text,
    struct err *err)
{
	const struct document_line condition = { block->condition, path, text,
		SPAN("if") };
	const struct document_line exception = { block->exception, path, text,
		SPAN("unless") };

	if (block->condition.len != 0 &&
	    templates_check_condition(&condition, err) < 0)
		return -1;
	if (block->exception.len != 0 &&
	    templates_check_condition(&exception, err) < 0)
		return -1;
	if (templates_check(
		block->html, PLACE_HTML, path, block->html_line, err) < 0)
		return -1;
	return templates_check(
	    block->text, PLACE_TEXT, path, block->text_line, err);
}

static int
make_room(struct gathering *gathering, struct err *err)
{
	size_t room = gathering->room ? gathering->room * 2 : 64;
	struct arena *arena = gathering->cli->arena;

	if (gathering->count < gathering->room)
		return 0;
	if (room > 2 * BLOCKS_MAX)
		return err_set(
		    err, ERR_INPUT, "more than %d blocks", BLOCKS_MAX);
	gathering->entries = arena_grow(arena, gathering->entries,
	    gathering->room * sizeof(*gathering->entries),
	    room * sizeof(*gathering->entries));
	gathering->paths = arena_grow(arena, gathering->paths,
	    gathering->room * sizeof(*gathering->paths),
	    room * sizeof(*gathering->paths));
	gathering->room = room;
	return gathering->entries && gathering->paths ? 0 : no_memory(err);
}

static int
add_file(struct gathering *gathering, const char *path, struct err *err)
{
	struct cli *cli = gathering->cli;
	struct span text, id = id_of(path);
	struct block *block;
	struct entry *entry;

	if (document_read(cli, path, &text, err) < 0)
		return -1;
	if (has_suffix(path, ".txt") && as_text_only(cli, &text, err) < 0)
		return -1;
	if (join_text(gathering, path, &text, err) < 0 ||
	    block_parse(text, id, path, cli->arena, &block, err) < 0 ||
	    check_block(block, path, text, err) < 0 ||
	    make_room(gathering, err) < 0)
		return -1;
	entry = &gathering->entries[gathering->count];
	entry->bytes = text;
	if (document_name(cli, CATALOG_BLOCK, block->id, &entry->name, err) < 0)
		return -1;
	for (size_t i = 0; i < gathering->count; i++)
		if (span_eq(entry->name, gathering->entries[i].name))
			return err_at(err, ERR_INPUT, path, 0, 0,
			    "`%.*s` is already in %s", SPAN_ARG(block->id),
			    gathering->paths[i]);
	gathering->paths[gathering->count++] = path;
	return 0;
}

/* Whether the directory's file is a block of its own. */
static int
is_block(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	       (has_suffix(entry->d_name, ".html") ||
		   has_suffix(entry->d_name, ".txt"));
}

static int
add_entry(struct gathering *gathering, const char *directory, const char *name,
    struct err *err)
{
	struct buf path;
	const char *html;

	buf_init(&path, gathering->cli->arena, 4096);
	buf_printf(&path, "%s/%s", directory, name);
	(void)buf_cstr(&path);
	html = beside(gathering->cli, path.failed ? "." : path.at, "html");
	if (path.failed || !html)
		return no_memory(err);
	if (has_suffix(path.at, ".txt") && exists(html))
		return 0; /* joined to its HTML */
	return add_file(gathering, path.at, err);
}

static int
add_directory(struct gathering *gathering, const char *path, struct err *err)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_block, alphasort);
	int status = 0;

	if (count < 0)
		return err_at(err, ERR_INPUT, path, 0, 0, "cannot be read: %s",
		    strerror(errno));
	for (int i = 0; i < count; i++) {
		if (status == 0)
			status =
			    add_entry(gathering, path, entries[i]->d_name, err);
		free(entries[i]);
	}
	free(entries);
	if (status == 0 && count == 0)
		return err_at(err, ERR_INPUT, path, 0, 0,
		    "holds no .html and no .txt file");
	return status;
}

/* Tells what the blocks use and what is not there. 0 or -1. */
static int
tell_references(struct gathering *gathering, struct err *err)
{
	struct references references;
	struct block *block;
	int status = 0;

	if (!references_begin(&references, gathering->cli))
		return 0;
	references.coming = gathering->entries;
	references.coming_count = gathering->count;
	for (size_t i = 0; status == 0 && i < gathering->count; i++) {
		const char *path = gathering->paths[i];
		struct span text = gathering->entries[i].bytes;

		status = block_parse(text, id_of(path), path,
		    gathering->cli->arena, &block, err);
		if (status == 0)
			references_of_block(&references, path, block, text);
	}
	references_end(&references);
	return status;
}

int
verb_block_load(struct cli *cli, struct err *err)
{
	struct gathering gathering = { .cli = cli };
	struct stat stat_of;

	for (int i = 0; i < cli->argc; i++) {
		const char *path = cli->argv[i];
		bool directory =
		    stat(path, &stat_of) == 0 && S_ISDIR(stat_of.st_mode);
		int status = directory ? add_directory(&gathering, path, err)
				       : add_file(&gathering, path, err);

		if (status < 0)
			return -1;
	}
	if (tell_references(&gathering, err) < 0 ||
	    document_put(cli, gathering.entries, gathering.count, err) < 0)
		return -1;
	fprintf(cli->out, "%zu block%s loaded\n", gathering.count,
	    gathering.count == 1 ? "" : "s");
	return EX_OK;
}

static json_t *
cap_json(uint32_t cap)
{
	return cap == CAP_NONE ? json_null() : json_integer(cap);
}

/* A limit of its time; local, it is that of each campaign's clocks and names no
 * zone. */
static const char *
limit_text(int64_t seconds, bool local, char *text)
{
	size_t len = strlen(timestamp_print(seconds, text));

	if (local && len > 1)
		text[len - 1] = '\0'; /* the Z */
	return text;
}

static json_t *
limit_json(int64_t seconds, bool local)
{
	char text[TIMESTAMP_SIZE];

	limit_text(seconds, local, text);
	return *text == '-' ? json_null() : json_string(text);
}

static json_t *
block_json(const struct block *block)
{
	json_t *object = json_object();

	out_set(object, "id", out_string(block->id));
	out_set(object, "pool", out_string(block->pool));
	out_set(object, "priority", json_real(block->priority));
	out_set(object, "cap", cap_json(block->cap));
	out_set(object, "window", json_integer(block->window));
	out_set(object, "cooldown", json_integer(block->cooldown));
	out_set(object, "valid_from",
	    limit_json(block->valid_from, block->local_from));
	out_set(object, "valid_until",
	    limit_json(block->valid_until, block->local_until));
	out_set(object, "if", out_string(block->condition));
	out_set(object, "unless", out_string(block->exception));
	out_set(object, "topic", out_string(block->topic));
	out_set(object, "html", json_boolean(block->html.len != 0));
	out_set(object, "text", json_boolean(block->text.len != 0));
	return object;
}

int
verb_block_list(struct cli *cli, struct err *err)
{
	const char *pool = cli_flag(cli, "pool");
	json_t *list = cli->json ? json_array() : NULL;
	char from[TIMESTAMP_SIZE], until[TIMESTAMP_SIZE];
	struct catalog *catalog;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	for (size_t i = 0; i < catalog->block_count; i++) {
		const struct block *block = catalog->blocks[i];

		if (pool && !span_eq(block->pool, span_str(pool)))
			continue;
		if (cli->json) {
			out_add(list, block_json(block));
			continue;
		}
		out_text(cli->out, block->id, 24);
		out_text(cli->out, block->pool, 16);
		fprintf(cli->out, " priority %-4g ", block->priority);
		fprintf(cli->out, "%-21s",
		    limit_text(block->valid_from, block->local_from, from));
		fprintf(cli->out, "%-21s",
		    limit_text(block->valid_until, block->local_until, until));
		fprintf(cli->out, "%s%s\n", block->html.len ? "html " : "",
		    block->text.len ? "text" : "");
	}
	catalog_free(&catalog);
	if (cli->json)
		return out_json_pretty(cli->out, list, err) < 0 ? -1 : EX_OK;
	return EX_OK;
}

int
verb_block_show(struct cli *cli, struct err *err)
{
	struct catalog *catalog;
	const struct block *block;
	json_t *object = NULL;

	if (!cli->json)
		return document_show(
		    cli, CATALOG_BLOCK, cli->argv[0], "block", err);
	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	block = catalog_block(catalog, span_str(cli->argv[0]));
	if (block) {
		object = block_json(block);
		out_set(object, "html", out_string(block->html));
		out_set(object, "text", out_string(block->text));
	}
	catalog_free(&catalog);
	if (!object)
		return document_absent(cli, "block", cli->argv[0]);
	return out_json_pretty(cli->out, object, err) < 0 ? -1 : EX_OK;
}

int
verb_block_rm(struct cli *cli, struct err *err)
{
	return document_rm(cli, CATALOG_BLOCK, cli->argv[0], "block", err);
}
