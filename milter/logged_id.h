/*
 * How the log names a Message-ID: as it is, by its hash, so that whoever has
 * the id finds its lines and nobody else reads it there, or not at all.
 */
#ifndef INLAY_MILTER_LOGGED_ID_H
#define INLAY_MILTER_LOGGED_ID_H

#include "store/base/span.h"

enum logged_id { LOGGED_ID_PLAIN, LOGGED_ID_HASH, LOGGED_ID_NO };

enum { LOGGED_ID_HEX = 33 };

/* The id, with its angle brackets, as the log has it: itself, or hex digits in
 * hex, or "". */
struct span logged_id(
    enum logged_id how, struct span id, char hex[LOGGED_ID_HEX]);

#endif
