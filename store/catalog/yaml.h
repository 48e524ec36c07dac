/*
 * YAML documents as a tree with positions, and the tables that turn such a
 * tree into a struct. Anchors, aliases, tags, second documents and doubled
 * keys are refused; size, depth and number of nodes are limited.
 */
#ifndef INLAY_STORE_YAML_H
#define INLAY_STORE_YAML_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

#define YAML_SIZE_MAX (4u << 20)
#define YAML_DEPTH_MAX 12
#define YAML_NODES_MAX 200000
#define YAML_KEYS_MAX 2000 /* of one map: each is compared to all others */

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	bool plain; /* a scalar without quotes */
	unsigned line, column;
	struct span key; /* where the parent is a map */
	unsigned key_line, key_column;
	struct span text;   /* of a scalar */
	struct yaml *first; /* of a list or map, in order */
	struct yaml *next;
	size_t count;
};

/* What all functions that read one document share. */
struct yaml_reader {
	struct arena *arena;
	const char *file;    /* for errors */
	unsigned first_line; /* added to positions; 0 for a whole file */
};

/* The tree of the text in the reader's arena. *root is NULL for an empty
 * document. 0, or -1 with line and column. */
int yaml_read(const struct yaml_reader *reader, struct span text,
    struct yaml **root, struct err *err);

enum yaml_type {
	YAML_TEXT,   /* struct span: any text */
	YAML_LINE,   /* struct span: text without control characters */
	YAML_NAME,   /* struct span: letters, digits, "_", "-", "."; <= 64 */
	YAML_BOOL,   /* bool */
	YAML_COUNT,  /* uint32_t, within min..max */
	YAML_LIMIT,  /* uint32_t, 1 or more; "none" is UINT32_MAX */
	YAML_NUMBER, /* double, within min..max */
	YAML_WHEN,   /* int64_t, a date */
	YAML_LAPSE,  /* int64_t, seconds of "30d" */
	YAML_WORD,   /* an enum: index into words */
	YAML_TEXTS,  /* struct span * and size_t: a list of texts, or one */
	YAML_EACH,   /* item * and size_t: read() on each child, zeroed item */
	YAML_CALL    /* read() on the node and the whole object */
};

typedef int yaml_call(const struct yaml_reader *reader, const struct yaml *node,
    void *into, struct err *err);

/* One key that a map may have. */
struct yaml_rule {
	const char *name;
	enum yaml_type type;
	size_t offset;		  /* of the member in the object */
	size_t count_offset;	  /* of its size_t, for TEXTS and EACH */
	double min, max;	  /* for COUNT and NUMBER; equal: no bounds */
	const char *const *words; /* for WORD, ends with NULL */
	size_t size;		  /* of an item, for EACH */
	yaml_call *read;	  /* for EACH and CALL */
};

/* A map of a document, and what stands before its keys in the manual: "" for
 * the document itself, "window.". Lists of them end with NULL rules. */
struct yaml_manual {
	const char *path;
	const struct yaml_rule *rules;
};

/* Fills the object from a map by the rules, which end with a NULL name.
 * Keys that are absent leave their members alone. 0, or -1: unknown key
 * (with a suggestion), wrong type or value. */
int yaml_fill(const struct yaml_reader *reader, const struct yaml *map,
    const struct yaml_rule *rules, void *object, struct err *err);

/* Reads a document and fills the object from it. The root, or NULL: as
 * above, or the document is empty. */
const struct yaml *yaml_load(const struct yaml_reader *reader, struct span text,
    const struct yaml_rule *rules, void *object, struct err *err);

/* One value by one rule. 0 or -1. */
int yaml_value(const struct yaml_reader *reader, const struct yaml *node,
    const struct yaml_rule *rule, void *object, struct err *err);

/* The child of a map with that key, or NULL. */
const struct yaml *yaml_child(const struct yaml *map, const char *key);

/* Whether the node is written as nothing, "~" or "null". */
bool yaml_null(const struct yaml *node);

/* Fails at a node's place. Returns -1. */
int yaml_fail(const struct yaml_reader *reader, const struct yaml *node,
    struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Refuses what is no YAML_NAME. 0 or -1. */
int yaml_name_check(const struct yaml_reader *reader, const struct yaml *node,
    struct span name, struct err *err);

#endif
