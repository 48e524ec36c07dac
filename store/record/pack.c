#include "store/record/pack.h"

#include "store/base/hash.h"

void
pack_uint(struct buf *out, uint64_t number)
{
	char bytes[10];
	size_t len = 0;

	while (number >= 0x80) {
		bytes[len++] = (char)(unsigned char)(number | 0x80);
		number >>= 7;
	}
	bytes[len++] = (char)number;
	buf_add(out, span_of(bytes, len));
}

void
pack_int(struct buf *out, int64_t number)
{
	uint64_t folded = (uint64_t)number << 1;

	pack_uint(out, number < 0 ? ~folded : folded);
}

/* The same bits with a sign: two's complement, whatever the compiler. */
static int64_t
as_signed(uint64_t bits)
{
	int64_t number;

	memcpy(&number, &bits, sizeof number);
	return number;
}

void
pack_time(struct buf *out, int64_t time, int64_t base)
{
	pack_int(out, as_signed((uint64_t)time - (uint64_t)base));
}

void
pack_span(struct buf *out, struct span bytes)
{
	pack_uint(out, bytes.len);
	buf_add(out, bytes);
}

void
pack_double(struct buf *out, double number)
{
	char bytes[8];
	uint64_t bits;

	memcpy(&bits, &number, sizeof bits);
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (char)(unsigned char)(bits >> (8 * i));
	buf_add(out, span_of(bytes, sizeof bytes));
}

struct unpack
unpack_of(struct span bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.at;

	return (struct unpack){ at, at ? at + bytes.len : NULL, false };
}

static size_t
left(const struct unpack *in)
{
	return in->failed ? 0 : (size_t)(in->end - in->at);
}

uint64_t
unpack_uint(struct unpack *in)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64 && left(in) != 0; shift += 7) {
		unsigned char byte = *in->at++;

		if (shift == 63 && byte > 1)
			break;
		number |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return number;
	}
	in->failed = true;
	return 0;
}

int64_t
unpack_int(struct unpack *in)
{
	uint64_t folded = unpack_uint(in);

	return as_signed((folded >> 1) ^ (0 - (folded & 1)));
}

int64_t
unpack_time(struct unpack *in, int64_t base)
{
	return as_signed((uint64_t)unpack_int(in) + (uint64_t)base);
}

unsigned char
unpack_byte(struct unpack *in)
{
	if (left(in) == 0) {
		in->failed = true;
		return 0;
	}
	return *in->at++;
}

struct span
unpack_bytes(struct unpack *in, size_t len)
{
	struct span bytes;

	if (left(in) < len) {
		in->failed = true;
		return SPAN_NONE;
	}
	bytes = span_of(in->at, len);
	in->at += len;
	return bytes;
}

struct span
unpack_span(struct unpack *in)
{
	uint64_t len = unpack_uint(in);

	if (len > left(in)) {
		in->failed = true;
		return SPAN_NONE;
	}
	return unpack_bytes(in, (size_t)len);
}

double
unpack_double(struct unpack *in)
{
	struct span bytes = unpack_bytes(in, 8);
	uint64_t bits = 0;
	double number;

	for (size_t i = 0; i < bytes.len; i++)
		bits |= (uint64_t)(unsigned char)bytes.at[i] << (8 * i);
	memcpy(&number, &bits, sizeof number);
	return number;
}

size_t
unpack_count(struct unpack *in, size_t each)
{
	uint64_t count = unpack_uint(in);

	if (count > left(in) / each) {
		in->failed = true;
		return 0;
	}
	return (size_t)count;
}

void
words_init(struct words *words, struct arena *arena)
{
	*words = (struct words){ .arena = arena };
}

static uint32_t *
find_slot(struct words *words, struct span word)
{
	size_t at = (size_t)hash_xxh3(word) & (words->slot_count - 1);

	while (words->slots[at] != 0 &&
	       !span_eq(words->list[words->slots[at] - 1], word))
		at = (at + 1) & (words->slot_count - 1);
	return &words->slots[at];
}

/* Doubles list and hash together; the hash is never over half full. */
static int
widen(struct words *words)
{
	size_t room = words->room ? words->room * 2 : 32;
	struct span *list;
	uint32_t *slots;

	slots = arena_calloc(words->arena, room * 2, sizeof *slots);
	list = arena_calloc(words->arena, room, sizeof *list);
	if (slots == NULL || list == NULL)
		return -1;
	if (words->count != 0)
		memcpy(list, words->list, words->count * sizeof *list);
	words->list = list;
	words->room = room;
	words->slots = slots;
	words->slot_count = room * 2;
	for (size_t i = 0; i < words->count; i++)
		*find_slot(words, list[i]) = (uint32_t)(i + 1);
	return 0;
}

int
words_number(struct words *words, struct span word, uint64_t *number)
{
	uint32_t *slot;

	*number = 0;
	if (word.len == 0)
		return 0;
	if (words->count == words->room && widen(words) < 0)
		return -1;
	slot = find_slot(words, word);
	if (*slot == 0) {
		words->list[words->count++] = word;
		*slot = (uint32_t)words->count;
	}
	*number = *slot;
	return 0;
}

void
words_pack(const struct words *words, struct buf *out)
{
	pack_uint(out, words->count);
	for (size_t i = 0; i < words->count; i++)
		pack_span(out, words->list[i]);
}

int
words_unpack(struct words *words, struct unpack *in)
{
	words->count = words->room = unpack_count(in, 1);
	words->list =
	    arena_calloc(words->arena, words->count, sizeof *words->list);
	if (words->list == NULL)
		return -1;
	for (size_t i = 0; i < words->count; i++)
		words->list[i] = unpack_span(in);
	return 0;
}

struct span
words_at(const struct words *words, uint64_t number, struct unpack *in)
{
	if (number == 0)
		return SPAN_NONE;
	if (number > words->count) {
		in->failed = true;
		return SPAN_NONE;
	}
	return words->list[number - 1];
}
