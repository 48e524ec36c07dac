#include "tools/input/document.h"

#include <sysexits.h>

#include "store/base/buf.h"
#include "store/engine/engine.h"
#include "store/catalog/yaml.h"
#include "tools/input/input_stream.h"

int
document_read(
    struct cli *cli, const char *path, struct span *text, struct err *err)
{
	struct buf buf;

	buf_init(&buf, cli->arena, YAML_SIZE_MAX);
	if (input_stream_read_whole(
		path, fileno(cli->in), &buf, ERR_INPUT, err) < 0)
		return -1;
	*text = buf_span(&buf);
	return 0;
}

int
document_name(struct cli *cli, struct span prefix, struct span id,
    struct span *name, struct err *err)
{
	struct buf buf;

	buf_init(&buf, cli->arena, ENGINE_NAME_MAX);
	buf_add(&buf, prefix);
	buf_add(&buf, id);
	if (buf.failed)
		return err_set(
		    err, ERR_INPUT, "`%.*s` is too long a name", SPAN_ARG(id));
	*name = buf_span(&buf);
	return 0;
}

int
document_put(
    struct cli *cli, const struct entry *entries, size_t count, struct err *err)
{
	if (cli_flag(cli, "dry-run"))
		return 0;
	return engine_catalog_change(cli->engine, entries, count, err);
}

int
document_absent(struct cli *cli, const char *what, const char *id)
{
	fprintf(cli->errors, "inlay: no such %s: %s\n", what, id);
	return EX_NOINPUT;
}

int
document_show(struct cli *cli, struct span prefix, const char *id,
    const char *what, struct err *err)
{
	struct span name, text;
	int found;

	if (document_name(cli, prefix, span_str(id), &name, err) < 0)
		return -1;
	found = engine_catalog_get(cli->engine, name, cli->arena, &text, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return document_absent(cli, what, id);
	fwrite(text.at, 1, text.len, cli->out);
	if (text.len != 0 && text.at[text.len - 1] != '\n')
		fputc('\n', cli->out);
	return EX_OK;
}

int
document_rm(struct cli *cli, struct span prefix, const char *id,
    const char *what, struct err *err)
{
	struct entry entry = { .bytes = SPAN_NONE };
	struct span text;
	int found;

	if (document_name(cli, prefix, span_str(id), &entry.name, err) < 0)
		return -1;
	found =
	    engine_catalog_get(cli->engine, entry.name, cli->arena, &text, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return document_absent(cli, what, id);
	return document_put(cli, &entry, 1, err) < 0 ? -1 : EX_OK;
}
