/*
 * Files that hold no rows of text, known by their first bytes.
 */
#ifndef INLAY_TOOLS_FILE_KIND_H
#define INLAY_TOOLS_FILE_KIND_H

#include "store/base/span.h"

/* What the file is instead and what to do about it, or NULL where it may be
 * text: "an Excel workbook (.xlsx), ..." */
const char *file_kind(struct span head);

#endif
