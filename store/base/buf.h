/*
 * A buf is text that grows and cannot exist without its maximum. Failure is
 * sticky: after the first addition that did not fit nothing more is added,
 * and the caller asks once, at the end.
 */
#ifndef INLAY_BASE_BUF_H
#define INLAY_BASE_BUF_H

#include "store/base/arena.h"
#include "store/base/span.h"

struct buf {
	char *at;
	size_t len;
	size_t size;	     /* bytes allocated */
	size_t max;	     /* len never exceeds it */
	struct arena *arena; /* NULL: the bytes come from malloc */
	bool failed;	     /* something did not fit */
};

/* An empty buf whose bytes live in the arena. Nothing is allocated yet. */
void buf_init(struct buf *buf, struct arena *arena, size_t max);

/* An empty buf on the heap; the caller ends it with buf_deinit. */
void buf_init_heap(struct buf *buf, size_t max);
void buf_deinit(struct buf *buf);

/* Makes the buf empty and forgets a failure; keeps the bytes it has. */
void buf_clear(struct buf *buf);

/* Room for more bytes past len. 0, or -1 and the buf has failed. */
int buf_reserve(struct buf *buf, size_t more);

/* The slow half of buf_add. */
void buf_add_slow(struct buf *buf, const char *at, size_t len);

static inline void
buf_add(struct buf *buf, struct span bytes)
{
	if (!buf->failed && bytes.len < buf->size - buf->len) {
		if (bytes.len != 0)
			memcpy(buf->at + buf->len, bytes.at, bytes.len);
		buf->len += bytes.len;
	} else {
		buf_add_slow(buf, bytes.at, bytes.len);
	}
}

static inline void
buf_byte(struct buf *buf, char byte)
{
	buf_add(buf, span_of(&byte, 1));
}

void buf_str(struct buf *buf, const char *text);
/* The byte in capital hex digits behind the mark: %0A, =0A. */
void buf_coded(struct buf *buf, char mark, char byte);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Adds what the descriptor gives, to its end: 0; or -1, and the buf has
 * failed (it does not stay under its maximum), or errno says why. */
int buf_read(struct buf *buf, int fd);

/* What was added; valid until the next addition. */
static inline struct span
buf_span(const struct buf *buf)
{
	return span_of(buf->at, buf->len);
}

/* The text with a NUL after it; "" when empty or failed to allocate. */
const char *buf_cstr(struct buf *buf);

#endif
