/*
 * A configuration file is `key = value` lines read through one table of
 * options: name, type, default, least, most, help. The table also feeds the
 * manual page's test; every error names file, line and column.
 *
 * A line is blank, a comment ('#' first), or a key, '=' and a value that runs
 * to the end of the line or to a blank and '#'. A value may stand in double
 * quotes, where \" and \\ stand for themselves. Only list options repeat.
 */
#ifndef INLAY_BASE_CONF_H
#define INLAY_BASE_CONF_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

enum conf_type {
	CONF_TEXT,   /* const char *, NUL-terminated; NULL when unset */
	CONF_SIZE,   /* uint64_t bytes: 512, 64K, 25M, 2G */
	CONF_TIME,   /* uint64_t milliseconds: 500ms, 30s, 5m, 2h, 90d */
	CONF_COUNT,  /* uint64_t */
	CONF_MODE,   /* uint64_t, octal: 0660 */
	CONF_SWITCH, /* bool: yes, no */
	CONF_CHOICE, /* int: index into words */
	CONF_LIST,   /* struct conf_list: one entry per line */
};

/* One value of a list option and where it stands. */
struct conf_entry {
	const char *text;
	unsigned line;
	unsigned column; /* of the first byte of text */
};

struct conf_list {
	const struct conf_entry *entries;
	size_t count;
};

struct conf_option {
	const char *name;
	enum conf_type type;
	size_t offset;		  /* of the field in the caller's struct */
	const char *initial;	  /* as it would be written; NULL: unset */
	const char *least, *most; /* as written, or NULL */
	const char *const *words; /* CONF_CHOICE: NULL-terminated */
	const char *help;
};

struct conf_table {
	const struct conf_option *options;
	size_t count;
};

/* Fills the caller's struct with the table's defaults and then with what the
 * text says; file is its name for errors. Text and lists live in the arena.
 * 0, or -1: the struct is then half filled and must not be used. */
int conf_parse(const struct conf_table *table, struct span text,
    const char *file, struct arena *arena, void *into, struct err *err);

/* The word for a type as the manual page has it: "size", "time", ... */
const char *conf_type_word(enum conf_type type);

#endif
