/*
 * A text stream is an input stream as UTF-8: converted from the encoding that
 * its mark (BOM) or the caller names, without the mark. What the encoding does
 * not know comes out as the byte 0xff, which no UTF-8 has.
 */
#ifndef INLAY_TOOLS_TEXT_STREAM_H
#define INLAY_TOOLS_TEXT_STREAM_H

#include <sys/types.h>

#include "store/base/err.h"

struct input_stream;
struct text_stream;

/* encoding: where no mark tells, or NULL: UTF-16 where every other byte is
 * NUL, else UTF-8. The source must outlive it. 0, or -1: nobody knows the
 * encoding, the file is no text (says what it is), ERR_MEMORY. */
int text_stream_open(struct input_stream *source, const char *encoding,
    struct text_stream **text, struct err *err);
void text_stream_close(struct text_stream **text);

/* Up to size bytes, size being 64 or more; 0 at the end, -1. UTF-8 comes as it
 * is: nobody has looked whether it is any. */
ssize_t text_stream_read(
    struct text_stream *text, char *at, size_t size, struct err *err);

/* What the text is converted from, "UTF-8" where it is not. */
const char *text_stream_encoding(const struct text_stream *text);

#endif
