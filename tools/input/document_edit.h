/*
 * A YAML document with some of its top keys written anew; everything else,
 * comments too, stays as a person wrote it.
 */
#ifndef INLAY_TOOLS_DOCUMENT_EDIT_H
#define INLAY_TOOLS_DOCUMENT_EDIT_H

#include "store/base/buf.h"

/* A top key and the lines that stand for it and its value, their ends
 * included; no lines take the key away. */
struct document_key {
	const char *key;
	struct span lines;
};

/* Appends the text to out, each of the keys replaced where it stands and those
 * that it lacks at the end. It sees keys at the beginning of a line; of a
 * document in braces it sees none. */
void document_edit(struct span text, const struct document_key *keys,
    size_t count, struct buf *out);

/* Appends a text in quotes, as YAML reads it. */
void document_quote(struct buf *out, struct span text);

#endif
