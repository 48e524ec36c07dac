#include "tools/input/document.h"

#include <ctype.h>
#include <sysexits.h>

#include "store/base/buf.h"
#include "store/base/suggest.h"
#include "store/base/unicode.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "store/catalog/yaml.h"
#include "tools/input/encoding_guess.h"
#include "tools/input/file_kind.h"
#include "tools/input/input_stream.h"

/* Documents are UTF-8: what is in another encoding is told with the first
 * place. 0 or -1. */
static int
check_text(const char *path, struct span text, struct err *err)
{
	struct encoding_guess guess = { .texts = 0 };
	const char *kind = file_kind(text), *best;
	size_t fault = unicode_fault(text), begin = fault;
	unsigned line = 1;

	if (fault == text.len)
		return 0;
	for (size_t i = 0; i < fault; i++)
		line += text.at[i] == '\n';
	while (begin > 0 && text.at[begin - 1] != '\n')
		begin--;
	if (kind)
		return err_at(err, ERR_INPUT, path, 0, 0, "this is %s", kind);
	encoding_guess_add(&guess, span_from(text, begin));
	best = encoding_guess_best(&guess);
	return err_at(err, ERR_INPUT, path, line, (unsigned)(fault - begin) + 1,
	    "the text is not UTF-8%s%s; save it as UTF-8",
	    best ? "; it looks like " : "", best ? best : "");
}

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
	if (span_starts(*text, SPAN("\xef\xbb\xbf")))
		*text = span_from(*text, 3);
	return check_text(path, *text, err);
}

void
document_place(struct cli *cli, struct span text, const char *key,
    unsigned *line, unsigned *column)
{
	const struct yaml_reader reader = { .arena = cli->arena, .file = "" };
	struct err err = ERR_INIT;
	struct yaml *root;
	const struct yaml *at = NULL;

	if (yaml_read(&reader, text, &root, &err) == 0 && root)
		at = yaml_child(root, key);
	*line = at ? at->line : 0;
	*column = at ? at->column : 0;
}

static bool
is_word(struct span document, size_t at)
{
	char c = at < document.len ? document.at[at] : ' ';

	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

void
document_find(
    struct span document, struct span text, unsigned *line, unsigned *column)
{
	size_t end = text.len ? span_search(document, text) : document.len;

	while (end < document.len && ((end > 0 && is_word(document, end - 1)) ||
					 is_word(document, end + text.len)))
		end += 1 + span_search(span_from(document, end + 1), text);
	*line = *column = end < document.len;
	for (size_t i = 0; *line != 0 && i < end; i++) {
		*column = document.at[i] == '\n' ? 1 : *column + 1;
		*line += document.at[i] == '\n';
	}
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

/* The stored name of that kind that was probably meant, or "". */
static struct span
nearest_of(struct cli *cli, const char *what, const char *id)
{
	static const struct {
		const char *what;
		suggest_name *next;
	} kinds[] = {
		{ "campaign", catalog_next_campaign },
		{ "block", catalog_next_block },
		{ "table", catalog_next_table },
	};
	struct err ignored = ERR_INIT;
	struct catalog *catalog;
	struct span nearest = SPAN_NONE;

	if (cli_catalog(cli, &catalog, &ignored) < 0)
		return SPAN_NONE;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(kinds[i].what, what) == 0)
			nearest = suggest_nearest(
			    span_str(id), kinds[i].next, catalog);
	if (arena_dup(cli->arena, nearest, &nearest) < 0)
		nearest = SPAN_NONE;
	catalog_free(&catalog);
	return nearest;
}

int
document_absent(struct cli *cli, const char *what, const char *id)
{
	struct span nearest = nearest_of(cli, what, id);

	return cli_fail(cli, EX_NOINPUT, "absent", "no such %s: %s%s%.*s%s",
	    what, id, nearest.len ? "; did you mean `" : "", SPAN_ARG(nearest),
	    nearest.len ? "`?" : "");
}

int
document_missing(struct cli *cli, struct span prefix, const char *id,
    const char *what, struct err *err)
{
	struct span name, text;
	int found;

	if (!id)
		return EX_OK;
	if (document_name(cli, prefix, span_str(id), &name, err) < 0)
		return -1;
	found = engine_catalog_get(cli->engine, name, cli->arena, &text, err);
	if (found < 0)
		return -1;
	return found ? EX_OK : document_absent(cli, what, id);
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
