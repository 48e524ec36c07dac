/*
 * Answers an unknown word with the known one that was probably meant.
 */
#ifndef INLAY_BASE_SUGGEST_H
#define INLAY_BASE_SUGGEST_H

#include "store/base/span.h"

/* Gives the known name of that index; false behind the last. The empty name
 * stands for one that cannot be meant. */
typedef bool suggest_name(const void *names, size_t index, struct span *name);

/*
 * The known name that is the fewest edits (insert, delete, replace and swap
 * of neighbours count 1 each, case counts nothing) away from the word, the
 * first of equals; SPAN_NONE where all are too far for a word of its length
 * or it is longer than 32 bytes.
 */
struct span suggest_nearest(
    struct span word, suggest_name *next, const void *names);

#endif
