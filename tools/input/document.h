/*
 * Catalog documents in files: read whole, stored as they are under their
 * name, shown again.
 */
#ifndef INLAY_TOOLS_DOCUMENT_H
#define INLAY_TOOLS_DOCUMENT_H

#include "tools/cli.h"

struct entry;

/* The whole file, "-" for standard input, in the arena. 0 or -1. */
int document_read(
    struct cli *cli, const char *path, struct span *text, struct err *err);

/* Where the value of a top key of a YAML document stands; 0, 0 where it has
 * no such key. */
void document_place(struct cli *cli, struct span text, const char *key,
    unsigned *line, unsigned *column);

/* Where a text stands in the document, as it is written there and not within
 * a word; 0, 0 where it does not. */
void document_find(
    struct span document, struct span text, unsigned *line, unsigned *column);

/* The prefix and the id as one catalog name in the command's arena. 0, -1. */
int document_name(struct cli *cli, struct span prefix, struct span id,
    struct span *name, struct err *err);

/* Puts the documents as one change, or says with --dry-run that it would.
 * 0 or -1. */
int document_put(struct cli *cli, const struct entry *entries, size_t count,
    struct err *err);

/* Prints a stored document as it is. Exit status: EX_NOINPUT where there is
 * none; what names the kind of thing. */
int document_show(struct cli *cli, struct span prefix, const char *id,
    const char *what, struct err *err);

/* Deletes one. The same. */
int document_rm(struct cli *cli, struct span prefix, const char *id,
    const char *what, struct err *err);

/* For a command that found nothing under a name: EX_OK where no name was given
 * or the document exists, else as document_absent(), or -1. */
int document_missing(struct cli *cli, struct span prefix, const char *id,
    const char *what, struct err *err);

/* "no such campaign: x" and EX_NOINPUT. */
int document_absent(struct cli *cli, const char *what, const char *id);

#endif
