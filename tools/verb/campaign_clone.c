/*
 * inlay campaign clone: a stored campaign under another id.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/verb/campaign_write.h"
#include "tools/verbs.h"

#define DOCUMENT_MAX ((size_t)4 << 20)

static int
write_file(const char *path, struct span text, struct err *err)
{
	FILE *file = fopen(path, "wx");
	size_t written;

	if (!file)
		return err_set(
		    err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	written = fwrite(text.at, 1, text.len, file);
	if (fclose(file) != 0 || written != text.len)
		return err_set(
		    err, ERR_SYSTEM, "%s: %s", path, strerror(errno));
	return EX_OK;
}

int
campaign_write(struct cli *cli, struct span id, const struct document_key *keys,
    size_t count, struct err *err)
{
	const char *path = cli_flag(cli, "write");
	struct campaign *read;
	struct span name, text;
	struct buf out;

	if (document_name(cli, CATALOG_CAMPAIGN, id, &name, err) < 0 ||
	    engine_catalog_get(cli->engine, name, cli->arena, &text, err) < 0)
		return -1;
	buf_init(&out, cli->arena, DOCUMENT_MAX);
	document_edit(text, keys, count, &out);
	if (out.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	text = buf_span(&out);
	if (campaign_parse(text, path ? path : "the new version", cli->arena,
		&read, err) < 0)
		return -1;
	if (path)
		return write_file(path, text, err);
	fwrite(text.at, 1, text.len, cli->out);
	return EX_OK;
}

/* `from` and `until` of "FROM..UNTIL" as a line of the document. 0 or -1. */
static int
put_window(struct buf *out, const char *said, struct err *err)
{
	struct span window = span_str(said);
	size_t at = span_search(window, SPAN(".."));

	if (at >= window.len)
		return err_set(err, ERR_INPUT,
		    "--window: expected FROM..UNTIL, not `%s`", said);
	buf_add(out, SPAN("window: {from: "));
	document_quote(out, span_first(window, at));
	buf_add(out, SPAN(", until: "));
	document_quote(out, span_from(window, at + 2));
	buf_add(out, SPAN("}\n"));
	return 0;
}

/* One line of a key and a name in quotes. */
static void
put_line(struct buf *out, const char *key, const char *name)
{
	buf_printf(out, "%s: ", key);
	document_quote(out, span_str(name));
	buf_byte(out, '\n');
}

static int
clone(struct cli *cli, struct err *err)
{
	const char *window = cli_flag(cli, "window");
	const char *seed = cli_flag(cli, "seed");
	struct document_key keys[] = { { .key = "id" },
		{ "version", SPAN("version: 1\n") }, { .key = "window" },
		{ .key = "seed" } };
	struct buf lines[4];

	for (int i = 0; i < 4; i++)
		buf_init(&lines[i], cli->arena, 4096);
	put_line(&lines[0], "id", cli->argv[1]);
	if (window && put_window(&lines[2], window, err) < 0)
		return -1;
	if (seed)
		put_line(&lines[3], "seed", seed);
	for (int i = 0; i < 4; i++) {
		if (lines[i].failed)
			return err_set(err, ERR_INPUT, "a name is too long");
		if (i != 1)
			keys[i].lines = buf_span(&lines[i]);
	}
	return campaign_write(cli, span_str(cli->argv[0]), keys, 4, err);
}

int
verb_campaign_clone(struct cli *cli, struct err *err)
{
	struct catalog *catalog;
	int status;

	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	if (!catalog_campaign(catalog, span_str(cli->argv[0])))
		status = document_absent(cli, "campaign", cli->argv[0]);
	else
		status = clone(cli, err);
	catalog_free(&catalog);
	return status;
}
