/*
 * The boundaries of the multiparts that are open at a place, and whether a
 * line is a delimiter of one of them. Each is found by its hash, so that a
 * line costs the same however deep it lies.
 */
#ifndef INLAY_MAIL_BOUNDARY_H
#define INLAY_MAIL_BOUNDARY_H

#include "store/base/arena.h"
#include "store/base/span.h"

struct part;

enum delimiter { DELIMITER_NONE, DELIMITER_NEXT, DELIMITER_CLOSE };

struct open_boundary {
	uint64_t hash;
	struct span boundary;
	struct part *part;
};

struct boundaries {
	struct open_boundary *at; /* the innermost last */
	size_t count;
	size_t room;
};

/* Opens a boundary inside of all others. 0, or -1 when the arena is full. */
int boundaries_push(struct boundaries *boundaries, struct part *part,
    struct span boundary, struct arena *arena);

/* Closes those inside of the part's; all of them for NULL. */
void boundaries_pop(struct boundaries *boundaries, const struct part *part);

/* The multipart that the line, without its end, delimits as RFC 2046 section
 * 5.1.1 has it: "--", the boundary, for the last one "--", blanks. *from is
 * where to go on looking outwards: boundaries->count at first. NULL when
 * there is none. */
struct part *boundaries_match(const struct boundaries *boundaries,
    struct span line, size_t *from, enum delimiter *kind);

/* Whether two multiparts in each other would take the same line for theirs. */
bool boundaries_clash(struct span a, struct span b);

#endif
