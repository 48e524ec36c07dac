/*
 * A regex describes a whole value: "\d{5}", "[^\W\d_][^\d]{0,40}". Matching
 * takes time proportional to the value whatever the pattern, allocates
 * nothing, and reads UTF-8.
 */
#ifndef INLAY_BASE_REGEX_H
#define INLAY_BASE_REGEX_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct regex;

/*
 * Understood, as Python's re does: . [..] [^..] \d \D \w \W \s \S (also
 * within brackets) ( ) (?: ) | ? * + {n} {n,} {,m} {n,m}, each also lazy, ^ $
 * \A \Z, \n \r \t \f \v \xHH \uHHHH, a leading (?i); $ is the end and not
 * also before a last line feed. Refused: lookaround, back references, named
 * groups, \b. The regex lives in the arena. 0, or -1 with ERR_INPUT and the
 * column, or ERR_MEMORY.
 */
int regex_compile(struct span pattern, struct arena *arena,
    struct regex **regex, struct err *err);

/* Whether the whole value matches. */
bool regex_matches(const struct regex *regex, struct span value);

#endif
