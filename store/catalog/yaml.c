#include "store/catalog/yaml.h"

#include <stdarg.h>
#include <stdio.h>

#include <yaml.h>

#include "store/base/unicode.h"

/* The tree while it grows: the open collections, outermost first. */
struct growth {
	const struct yaml_reader *reader;
	struct span text;
	struct yaml *root;
	struct yaml *open[YAML_DEPTH_MAX];
	struct yaml **tail[YAML_DEPTH_MAX]; /* where the next child goes */
	unsigned depth;
	struct yaml *key; /* read, waiting for its value */
	size_t nodes;
	bool done; /* the first document has ended */
};

static int
fail_at(const struct yaml_reader *reader, struct err *err, yaml_mark_t mark,
    const char *text)
{
	return err_at(err, ERR_INPUT, reader->file,
	    (unsigned)mark.line + 1 + reader->first_line,
	    (unsigned)mark.column + 1, "%s", text);
}

int
yaml_fail(const struct yaml_reader *reader, const struct yaml *node,
    struct err *err, const char *format, ...)
{
	char text[sizeof(err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return err_at(err, ERR_INPUT, reader->file, node ? node->line : 1,
	    node ? node->column : 1, "%s", text);
}

static int
no_memory(const struct growth *growth, struct err *err)
{
	err_set(err, ERR_MEMORY, "the document does not fit into memory");
	return err_in(err, growth->reader->file);
}

static struct yaml *
make(struct growth *growth, const yaml_event_t *event, enum yaml_kind kind,
    struct err *err)
{
	struct yaml *node;

	if (++growth->nodes > YAML_NODES_MAX) {
		fail_at(growth->reader, err, event->start_mark,
		    "the document has too many values");
		return NULL;
	}
	node = ARENA_NEW(growth->reader->arena, struct yaml);
	if (!node) {
		no_memory(growth, err);
		return NULL;
	}
	node->kind = kind;
	node->line =
	    (unsigned)event->start_mark.line + 1 + growth->reader->first_line;
	node->column = (unsigned)event->start_mark.column + 1;
	return node;
}

/* Takes the node as the next key of the open map. */
static int
hold_key(struct growth *growth, struct yaml *node, struct err *err)
{
	const struct yaml *map = growth->open[growth->depth - 1];

	if (node->kind != YAML_SCALAR)
		return yaml_fail(
		    growth->reader, node, err, "a key must be a plain word");
	if (map->count == YAML_KEYS_MAX)
		return yaml_fail(growth->reader, node, err,
		    "more than %d keys in one place", YAML_KEYS_MAX);
	for (const struct yaml *at = map->first; at; at = at->next)
		if (span_eq(at->key, node->text))
			return yaml_fail(growth->reader, node, err,
			    "`%.*s` is given twice, first in line %u",
			    SPAN_ARG(node->text), at->key_line);
	growth->key = node;
	return 0;
}

/* Hangs the node where it belongs. */
static int
place(struct growth *growth, struct yaml *node, struct err *err)
{
	struct yaml *parent;

	if (growth->depth == 0) {
		growth->root = node;
		return 0;
	}
	parent = growth->open[growth->depth - 1];
	if (parent->kind == YAML_MAP) {
		if (!growth->key)
			return hold_key(growth, node, err);
		node->key = growth->key->text;
		node->key_line = growth->key->line;
		node->key_column = growth->key->column;
		growth->key = NULL;
	}
	parent->count++;
	*growth->tail[growth->depth - 1] = node;
	growth->tail[growth->depth - 1] = &node->next;
	return 0;
}

static int
open_collection(struct growth *growth, const yaml_event_t *event,
    enum yaml_kind kind, struct err *err)
{
	struct yaml *node = make(growth, event, kind, err);

	if (!node || place(growth, node, err) < 0)
		return -1;
	if (growth->depth == YAML_DEPTH_MAX)
		return yaml_fail(growth->reader, node, err,
		    "the document is nested more than %d deep", YAML_DEPTH_MAX);
	growth->tail[growth->depth] = &node->first;
	growth->open[growth->depth++] = node;
	return 0;
}

static int
add_scalar(struct growth *growth, const yaml_event_t *event, struct err *err)
{
	struct yaml *node = make(growth, event, YAML_SCALAR, err);

	if (!node)
		return -1;
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (arena_dup(growth->reader->arena,
		span_of(event->data.scalar.value, event->data.scalar.length),
		&node->text) < 0)
		return no_memory(growth, err);
	return place(growth, node, err);
}

/* Anchors, aliases and tags: what an event carries beyond plain YAML. */
static const char *
extra(const yaml_event_t *event)
{
	const yaml_char_t *anchor = NULL, *tag = NULL;

	if (event->type == YAML_ALIAS_EVENT) {
		return "aliases (*name) are not allowed here";
	} else if (event->type == YAML_SCALAR_EVENT) {
		anchor = event->data.scalar.anchor;
		tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		anchor = event->data.sequence_start.anchor;
		tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		anchor = event->data.mapping_start.anchor;
		tag = event->data.mapping_start.tag;
	}
	if (anchor)
		return "anchors (&name) are not allowed here";
	return tag ? "tags (!name) are not allowed here" : NULL;
}

static int
grow(struct growth *growth, const yaml_event_t *event, struct err *err)
{
	const char *refused = extra(event);

	if (refused)
		return fail_at(growth->reader, err, event->start_mark, refused);
	if (event->type == YAML_DOCUMENT_START_EVENT && growth->done)
		return fail_at(growth->reader, err, event->start_mark,
		    "a second document begins here");
	if (event->type == YAML_DOCUMENT_END_EVENT)
		growth->done = true;
	if (event->type == YAML_SCALAR_EVENT)
		return add_scalar(growth, event, err);
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return open_collection(growth, event, YAML_LIST, err);
	if (event->type == YAML_MAPPING_START_EVENT)
		return open_collection(growth, event, YAML_MAP, err);
	if (event->type == YAML_SEQUENCE_END_EVENT ||
	    event->type == YAML_MAPPING_END_EVENT)
		growth->depth--;
	return 0;
}

/* What libyaml says of frequent mistakes, in plain words. */
static const struct {
	const char *said, *plain;
} problems[] = {
	{ "mapping values are not allowed in this context",
	    "a `: ` that nobody expects here: the line is indented wrongly, or "
	    "a text that holds `: ` needs quotes" },
	{ "found character that cannot start any token",
	    "no text begins with this sign unless it stands in quotes" },
	{ "found unexpected end of stream", "a quote is opened, not closed" },
	{ "found unknown escape character",
	    "\\ means something within \"...\"; take '...'" },
	{ "could not find expected ':'", "a `: ` is missing in this line or "
					 "above it" },
	{ "did not find expected key",
	    "the line is indented otherwise than those above it" },
	{ "did not find expected '-' indicator",
	    "the line is indented otherwise than the `-` above it" },
	{ "did not find expected <document start>",
	    "the line is indented otherwise than those above it" },
	{ "did not find expected ',' or ']'", "a `[` is not closed by `]`" },
	{ "did not find expected ',' or '}'", "a `{` is not closed by `}`" },
};

/* What begins at the mark, which counts characters. */
static struct span
text_at(struct span text, yaml_mark_t mark)
{
	size_t width;

	for (size_t line = 0; line < mark.line && text.len != 0; line++)
		text = span_from(text, span_find(text, '\n') + 1);
	for (size_t i = 0; i < mark.column && text.len != 0; i++) {
		width = 0;
		(void)unicode_next(text, &width);
		text = span_from(text, width);
	}
	return text;
}

static const char *
plain_words(const struct growth *growth, const yaml_parser_t *parser)
{
	if (!parser->problem)
		return "cannot be read";
	if (parser->error == YAML_SCANNER_ERROR &&
	    span_starts(
		text_at(growth->text, parser->problem_mark), SPAN("\t")))
		return "a tab where only blanks indent";
	for (size_t i = 0; i < sizeof(problems) / sizeof(*problems); i++)
		if (strcmp(parser->problem, problems[i].said) == 0)
			return problems[i].plain;
	return parser->problem;
}

static int
syntax_error(
    const struct growth *growth, const yaml_parser_t *parser, struct err *err)
{
	yaml_mark_t mark = parser->problem_mark;
	char text[200];

	if (parser->error == YAML_MEMORY_ERROR)
		return no_memory(growth, err);
	/* What lacks its end is told where it begins. */
	if (parser->context && text_at(growth->text, mark).len == 0)
		mark = parser->context_mark;
	snprintf(
	    text, sizeof(text), "not YAML: %s", plain_words(growth, parser));
	if (parser->error != YAML_READER_ERROR)
		return fail_at(growth->reader, err, mark, text);
	/* A byte that is no UTF-8: only its offset is known. */
	return err_at(err, ERR_INPUT, growth->reader->file,
	    growth->reader->first_line + 1, 0, "%s at byte %zu", text,
	    parser->problem_offset);
}

static int
grow_all(struct growth *growth, yaml_parser_t *parser, struct err *err)
{
	yaml_event_t event;
	int status = 0;
	bool ended = false;

	while (status == 0 && !ended) {
		if (!yaml_parser_parse(parser, &event))
			return syntax_error(growth, parser, err);
		ended = event.type == YAML_STREAM_END_EVENT;
		status = grow(growth, &event, err);
		yaml_event_delete(&event);
	}
	return status;
}

int
yaml_read(const struct yaml_reader *reader, struct span text,
    struct yaml **root, struct err *err)
{
	struct growth growth = { .reader = reader, .text = text };
	yaml_parser_t parser;
	int status;

	if (text.len > YAML_SIZE_MAX)
		return err_at(err, ERR_INPUT, reader->file, 0, 0,
		    "larger than %u bytes", YAML_SIZE_MAX);
	if (span_starts(text, SPAN("\xef\xbb\xbf")))
		growth.text = text = span_from(text, 3);
	if (!yaml_parser_initialize(&parser))
		return no_memory(&growth, err);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &parser, (const unsigned char *)(text.at ? text.at : ""), text.len);
	status = grow_all(&growth, &parser, err);
	yaml_parser_delete(&parser);
	*root = growth.root;
	return status;
}

const struct yaml *
yaml_child(const struct yaml *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml *at = map->first; at; at = at->next)
		if (span_eq(at->key, span_str(key)))
			return at;
	return NULL;
}

bool
yaml_null(const struct yaml *node)
{
	return node->kind == YAML_SCALAR && node->plain &&
	       (node->text.len == 0 || span_eq(node->text, SPAN("~")) ||
		   span_eq(node->text, SPAN("null")));
}
