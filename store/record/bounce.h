/*
 * A bounce is a mailing that did not arrive, kept with the person as its day
 * and the enhanced status code (RFC 3463) that came back. The code tells
 * whether the address is dead (hard), was out of order (soft), or whether the
 * failure says nothing of the person at all.
 */
#ifndef INLAY_STORE_BOUNCE_H
#define INLAY_STORE_BOUNCE_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/err.h"
#include "store/base/span.h"

enum bounce_kind { BOUNCE_NONE, BOUNCE_SOFT, BOUNCE_HARD };

struct bounce {
	int64_t day;	 /* of the mailing, days since 1970-01-01, UTC */
	uint32_t status; /* class, subject, detail: see bounce_status() */
};

/* The newest so many are kept of a person; a rule asks for fewer. */
#define BOUNCES_MAX 64
#define BOUNCE_DAY_MAX 2932896 /* 9999-12-31; the first is 1 */

/* A status code as one number that grows as the code does. */
uint32_t bounce_status(unsigned class, unsigned subject, unsigned detail);

/* Reads "5.1.1" and what follows a blank or bracket after it. 1, or 0 where
 * the text begins otherwise. */
int bounce_status_read(struct span text, uint32_t *status);

/* That of an SMTP reply, "550 5.1.1 unknown" (RFC 2034). 1, or 0 where the
 * text is none, or names no such code. */
int bounce_status_of_reply(struct span text, uint32_t *status);

#define BOUNCE_STATUS_SIZE 16

/* "5.1.1" into out of BOUNCE_STATUS_SIZE bytes, which is returned. */
const char *bounce_status_print(uint32_t status, char *out);

/* What a status says of the address. */
enum bounce_kind bounce_kind(uint32_t status);

/* "none", "soft", "hard". */
const char *bounce_kind_word(enum bounce_kind kind);

#define BOUNCE_DAY_SIZE 32

/* "2026-11-03" into out of BOUNCE_DAY_SIZE bytes, which is returned. */
const char *bounce_day_print(int64_t day, char *out);

/* Adds "2026-11-03 5.1.1; 2026-11-20 4.2.2". */
void bounces_print(const struct bounce *list, size_t count, struct buf *out);

/* Reads that; *list lies in the arena. 1, 0 where the text is none of it, -1
 * memory. */
int bounces_read(struct span text, struct arena *arena, struct bounce **list,
    size_t *count, struct err *err);

/* The day of "2026-11-03", or of a moment. 1, or 0 it is none. */
int bounce_day_read(struct span text, int64_t *day);

/* Puts a list in the order in which it is kept: by day, one of each day, the
 * worst, none up to the day `forgiven`, the newest BOUNCES_MAX. The same
 * bounces come to the same list in any order and however often. Returns how
 * many there are. */
size_t bounces_settle(struct bounce *list, size_t count, int64_t forgiven);

#endif
