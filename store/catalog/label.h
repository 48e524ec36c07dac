/*
 * What people are told that a field or a source is called: one text, or one
 * for each language.
 */
#ifndef INLAY_STORE_LABEL_H
#define INLAY_STORE_LABEL_H

#include "store/catalog/yaml.h"

struct label {
	struct span locale; /* "de", "de-CH"; "": any */
	struct span text;
	unsigned line, column; /* of the locale in its document */
};

struct labels {
	struct label *at;
	size_t count;
};

/* The text for that locale ("" is English), its language or any; "" where
 * there is none. */
struct span labels_text(const struct labels *labels, struct span locale);

/* Reads `label: Customer level` or `label: {de: ..., fr: ...}`. A yaml_call
 * into struct labels. */
int labels_read(const struct yaml_reader *reader, const struct yaml *node,
    struct labels *labels, struct err *err);

#endif
