#include "store/base/unicode.h"

struct points {
	uint32_t first;
	uint32_t last;
};

/* Above ASCII, everything is a letter but these. */
static const struct points not_word[] = {
	{ 0x80, 0xa9 },
	{ 0xab, 0xb1 },
	{ 0xb4, 0xb4 },
	{ 0xb6, 0xb8 },
	{ 0xbb, 0xbb },
	{ 0xbf, 0xbf },
	{ 0xd7, 0xd7 },
	{ 0xf7, 0xf7 },
	{ 0x2c2, 0x2c5 },
	{ 0x2d2, 0x2df },
	{ 0x2e5, 0x2eb },
	{ 0x2ed, 0x2ed },
	{ 0x2ef, 0x36f },
	{ 0x375, 0x375 },
	{ 0x37e, 0x37e },
	{ 0x384, 0x385 },
	{ 0x387, 0x387 },
	{ 0x3f6, 0x3f6 },
	{ 0x482, 0x489 },
	{ 0x55a, 0x55f },
	{ 0x589, 0x5cf },
	{ 0x5f3, 0x61f },
	{ 0x64b, 0x65f },
	{ 0x66a, 0x66d },
	{ 0x2000, 0x2070 },
	{ 0x207a, 0x207e },
	{ 0x208a, 0x208f },
	{ 0x20a0, 0x2101 },
	{ 0x2190, 0x245f },
	{ 0x249c, 0x24e9 },
	{ 0x2500, 0x2775 },
	{ 0x2794, 0x2bff },
	{ 0x2e00, 0x3004 },
	{ 0x3008, 0x3020 },
	{ 0x302a, 0x3030 },
	{ 0x303d, 0x3040 },
	{ 0x3099, 0x309c },
	{ 0x30a0, 0x30a0 },
	{ 0x30fb, 0x30fb },
	{ 0xd800, 0xf8ff },
	{ 0xfb1e, 0xfb1e },
	{ 0xfb29, 0xfb29 },
	{ 0xfd3e, 0xfd4f },
	{ 0xfe00, 0xfe6f },
	{ 0xfeff, 0xff0f },
	{ 0xff1a, 0xff20 },
	{ 0xff3b, 0xff40 },
	{ 0xff5b, 0xff65 },
	{ 0xffe0, 0xffff },
	{ 0x1f000, 0x1f0ff },
	{ 0x1f10d, 0x1fbef },
	{ 0xe0000, 0x10ffff },
};

static const struct points spaces[] = {
	{ 0x9, 0xd },
	{ 0x1c, 0x20 },
	{ 0x85, 0x85 },
	{ 0xa0, 0xa0 },
	{ 0x1680, 0x1680 },
	{ 0x2000, 0x200a },
	{ 0x2028, 0x2029 },
	{ 0x202f, 0x202f },
	{ 0x205f, 0x205f },
	{ 0x3000, 0x3000 },
};

static const struct points digits[] = {
	{ '0', '9' },
	{ 0x660, 0x669 },
	{ 0x6f0, 0x6f9 },
	{ 0x7c0, 0x7c9 },
	{ 0x966, 0x96f },
	{ 0x9e6, 0x9ef },
	{ 0xa66, 0xa6f },
	{ 0xae6, 0xaef },
	{ 0xbe6, 0xbef },
	{ 0xe50, 0xe59 },
	{ 0xff10, 0xff19 },
};

static bool
points_have(const struct points *set, size_t count, uint32_t point)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (point < set[middle].first)
			high = middle;
		else if (point > set[middle].last)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

#define HAVE(set, point) \
	points_have((set), sizeof(set) / sizeof *(set), (point))

bool
unicode_is_word(uint32_t point)
{
	if (point < 0x80)
		return (point >= '0' && point <= '9') || point == '_' ||
		       ((point | 0x20) >= 'a' && (point | 0x20) <= 'z');
	return !HAVE(not_word, point);
}

bool
unicode_is_digit(uint32_t point)
{
	return HAVE(digits, point);
}

bool
unicode_is_space(uint32_t point)
{
	return HAVE(spaces, point);
}

/* How many bytes follow the lead byte; -1 where it leads nothing. */
static int
utf8_tail(unsigned char lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 1;
	if (lead >= 0xe0 && lead <= 0xef)
		return 2;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 3;
	return -1;
}

uint32_t
unicode_next(struct span text, size_t *offset)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)text.at[*offset];
	int tail = utf8_tail(lead);
	uint32_t point = lead;

	if (tail == 0) {
		(*offset)++;
		return point;
	}
	if (tail > 0 && (size_t)tail < text.len - *offset) {
		point = lead & (0x3fu >> tail);
		for (int i = 1; i <= tail; i++) {
			unsigned char byte =
			    (unsigned char)text.at[*offset + (size_t)i];

			if ((byte & 0xc0) != 0x80)
				goto stray;
			point = point << 6 | (byte & 0x3fu);
		}
		if (point >= least[tail] && point <= 0x10ffff &&
		    (point < 0xd800 || point > 0xdfff)) {
			*offset += (size_t)tail + 1;
			return point;
		}
	}
stray:
	(*offset)++;
	return 0xdc00u + lead;
}

/* Blocks where capitals and small letters alternate, capital even or odd. */
static uint32_t
lower_of_pairs(uint32_t point)
{
	static const struct points even[] = {
		{ 0x100, 0x12f },
		{ 0x132, 0x137 },
		{ 0x14a, 0x177 },
		{ 0x1de, 0x1ef },
		{ 0x1f8, 0x21f },
		{ 0x222, 0x233 },
		{ 0x370, 0x373 },
		{ 0x3d8, 0x3ef },
		{ 0x460, 0x481 },
		{ 0x48a, 0x4bf },
		{ 0x4d0, 0x52f },
		{ 0x1e00, 0x1e95 },
		{ 0x1ea0, 0x1eff },
	};
	static const struct points odd[] = {
		{ 0x139, 0x148 },
		{ 0x179, 0x17e },
		{ 0x1cd, 0x1dc },
		{ 0x4c1, 0x4ce },
	};

	if (HAVE(even, point))
		return point | 1;
	if (HAVE(odd, point))
		return point + (point & 1);
	return point;
}

uint32_t
unicode_lower(uint32_t point)
{
	static const struct {
		uint32_t first, last, add;
	} runs[] = {
		{ 0xc0, 0xd6, 32 },
		{ 0xd8, 0xde, 32 },
		{ 0x388, 0x38a, 37 },
		{ 0x391, 0x3a1, 32 },
		{ 0x3a3, 0x3ab, 32 },
		{ 0x400, 0x40f, 80 },
		{ 0x410, 0x42f, 32 },
		{ 0x531, 0x556, 48 },
		{ 0xff21, 0xff3a, 32 },
	};

	if (point < 0x80)
		return point >= 'A' && point <= 'Z' ? point + 32 : point;
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
		if (point >= runs[i].first && point <= runs[i].last)
			return point + runs[i].add;
	if (point == 0x178)
		return 0xff;
	if (point == 0x386)
		return 0x3ac;
	if (point == 0x1e9e)
		return 0xdf;
	return lower_of_pairs(point);
}

void
unicode_write(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_byte(out, (char)point);
	} else if (point < 0x800) {
		buf_byte(out, (char)(0xc0 | point >> 6));
		buf_byte(out, (char)(0x80 | (point & 0x3f)));
	} else if (point >= 0xdc00 && point <= 0xdcff) {
		buf_byte(out, (char)(point - 0xdc00));
	} else if (point < 0x10000) {
		buf_byte(out, (char)(0xe0 | point >> 12));
		buf_byte(out, (char)(0x80 | (point >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (point & 0x3f)));
	} else {
		buf_byte(out, (char)(0xf0 | point >> 18));
		buf_byte(out, (char)(0x80 | (point >> 12 & 0x3f)));
		buf_byte(out, (char)(0x80 | (point >> 6 & 0x3f)));
		buf_byte(out, (char)(0x80 | (point & 0x3f)));
	}
}

/* Without blanks of any script at both ends. */
static struct span
unicode_trim(struct span text)
{
	size_t first = text.len, last = 0, offset = 0;

	/* Most values begin and end with a visible ASCII character. */
	if (text.len != 0 && text.at[0] > ' ' && text.at[text.len - 1] > ' ')
		return text;
	while (offset < text.len) {
		size_t start = offset;

		if (!unicode_is_space(unicode_next(text, &offset))) {
			if (start < first)
				first = start;
			last = offset;
		}
	}
	return last == 0 ? SPAN_NONE : span_of(text.at + first, last - first);
}

void
unicode_fold(struct buf *out, struct span text)
{
	struct span rest = unicode_trim(text);
	size_t offset = 0;

	while (offset < rest.len)
		unicode_write(out, unicode_lower(unicode_next(rest, &offset)));
}

bool
unicode_same(struct span a, struct span b)
{
	size_t in_a = 0, in_b = 0;

	if (span_eq(a, b))
		return true;
	a = unicode_trim(a);
	b = unicode_trim(b);
	while (in_a < a.len && in_b < b.len) {
		if (unicode_lower(unicode_next(a, &in_a)) !=
		    unicode_lower(unicode_next(b, &in_b)))
			return false;
	}
	return in_a == a.len && in_b == b.len;
}
