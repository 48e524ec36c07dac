/*
 * The bytes records are made of: little-endian base-128 integers, counted
 * strings, doubles. Packing fails as its buf does; unpacking never reads
 * past the end, and failure is sticky, to be asked for once at the end.
 */
#ifndef INLAY_STORE_PACK_H
#define INLAY_STORE_PACK_H

#include "store/base/arena.h"
#include "store/base/buf.h"
#include "store/base/span.h"

void pack_uint(struct buf *out, uint64_t number);
void pack_int(struct buf *out, int64_t number); /* small near zero */
/* As the difference, which may wrap: times are anything a file said. */
void pack_time(struct buf *out, int64_t time, int64_t base);
void pack_span(struct buf *out, struct span bytes);
void pack_double(struct buf *out, double number);

struct unpack {
	const unsigned char *at;
	const unsigned char *end;
	bool failed;
};

struct unpack unpack_of(struct span bytes);
uint64_t unpack_uint(struct unpack *in);
int64_t unpack_int(struct unpack *in);
int64_t unpack_time(struct unpack *in, int64_t base);
unsigned char unpack_byte(struct unpack *in);
double unpack_double(struct unpack *in);

/* Points into the bytes. */
struct span unpack_span(struct unpack *in);
struct span unpack_bytes(struct unpack *in, size_t len);

/* How many things follow; fails where the rest cannot hold so many of at
 * least each bytes, so that a false count allocates nothing. */
size_t unpack_count(struct unpack *in, size_t each);

/* Strings that come again and again, by number. Number 0 is the empty one. */
struct words {
	struct arena *arena;
	struct span *list;
	size_t count;
	size_t room;
	uint32_t *slots; /* open hash of list positions + 1 */
	size_t slot_count;
};

void words_init(struct words *words, struct arena *arena);

/* The number of the word, added where new. 0, or -1: memory. */
int words_number(struct words *words, struct span word, uint64_t *number);

/* Writes the list, and reads it back for words_at. */
void words_pack(const struct words *words, struct buf *out);
int words_unpack(struct words *words, struct unpack *in);

/* The word of a number; one that was never given fails the unpack. */
struct span words_at(
    const struct words *words, uint64_t number, struct unpack *in);

#endif
