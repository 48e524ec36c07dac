#include "store/base/unicode.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

/*
 * 1. libunistring reads what it is given as Unicode whatever it is: it gets
 *    code points that unicode_next() found well formed, and no stray bytes.
 * 2. It allocates nothing while its results fit the arrays given to it.
 */
enum { CASE_MAX = 8 };

bool
unicode_is_word(uint32_t point)
{
	if (point < 0x80)
		return (point >= '0' && point <= '9') || point == '_' ||
		       ((point | 0x20) >= 'a' && (point | 0x20) <= 'z');
	return uc_is_general_category_withtable(
	    point, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}

bool
unicode_is_digit(uint32_t point)
{
	if (point < 0x80)
		return point >= '0' && point <= '9';
	return uc_is_general_category_withtable(point, UC_CATEGORY_MASK_Nd);
}

/* The four separators of ASCII (0x1c to 0x1f) are blanks, too, for Python and
 * for those who write patterns; Unicode's White_Space leaves them out. */
bool
unicode_is_space(uint32_t point)
{
	if (point < 0x80)
		return point == ' ' || (point >= 0x9 && point <= 0xd) ||
		       (point >= 0x1c && point <= 0x1f);
	return uc_is_property_white_space(point);
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

/* What unicode_next() makes of a byte that begins nothing. */
static bool
is_stray(uint32_t point)
{
	return point >= 0xdc00 && point <= 0xdcff;
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

bool
unicode_valid(struct span text)
{
	size_t at = 0;

	while (at < text.len)
		if ((unsigned char)text.at[at] < 0x80)
			at++;
		else if (is_stray(unicode_next(text, &at)))
			return false;
	return true;
}

uint32_t
unicode_lower(uint32_t point)
{
	if (point < 0x80)
		return point >= 'A' && point <= 'Z' ? point + 32 : point;
	return is_stray(point) ? point : uc_tolower(point);
}

uint32_t
unicode_upper(uint32_t point)
{
	if (point < 0x80)
		return point >= 'a' && point <= 'z' ? point - 32 : point;
	return is_stray(point) ? point : uc_toupper(point);
}

void
unicode_write(struct buf *out, uint32_t point)
{
	if (point < 0x80) {
		buf_byte(out, (char)point);
	} else if (point < 0x800) {
		buf_byte(out, (char)(0xc0 | point >> 6));
		buf_byte(out, (char)(0x80 | (point & 0x3f)));
	} else if (is_stray(point)) {
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

typedef uint32_t *put_case(
    const uint32_t *, size_t, const char *, uninorm_t, uint32_t *, size_t *);

/* By the full tables, of no language, each code point by itself. */
static void
write_case(struct buf *out, uint32_t point, put_case *change)
{
	uint32_t points[CASE_MAX];
	size_t count = CASE_MAX;

	if (is_stray(point) ||
	    change(&point, 1, NULL, NULL, points, &count) != points) {
		unicode_write(out, point);
		return;
	}
	for (size_t i = 0; i < count; i++)
		unicode_write(out, points[i]);
}

void
unicode_write_upper(struct buf *out, uint32_t point)
{
	write_case(out, point, u32_toupper);
}

void
unicode_write_lower(struct buf *out, uint32_t point)
{
	write_case(out, point, u32_tolower);
}

void
unicode_write_title(struct buf *out, uint32_t point)
{
	write_case(out, point, u32_totitle);
}

/*
 * Folding reads a text in pieces: a character with the marks that stand on it
 * (UAX 15, at most MARKS_MAX of them as in its Stream-Safe Text Format), and
 * gives NFD(toCasefold(NFD(piece))), the Unicode Standard's D145.
 */
enum { MARKS_MAX = 30, FOLDED_MAX = 12 * (MARKS_MAX + 1) };

struct folding {
	struct span text;
	size_t offset;
	uint32_t points[FOLDED_MAX];
	size_t at, count; /* of points */
};

static void
fold_begin(struct folding *folding, struct span text)
{
	folding->text = unicode_trim(text);
	folding->offset = folding->at = folding->count = 0;
}

static bool
is_mark(uint32_t point)
{
	return point >= 0x300 && !is_stray(point) &&
	       uc_combining_class(point) != UC_CCC_NR;
}

/* The next piece as it stands; how many points. */
static size_t
read_piece(struct folding *folding, uint32_t points[MARKS_MAX + 1])
{
	size_t count = 0, next = folding->offset;
	uint32_t point = unicode_next(folding->text, &next);

	do {
		points[count++] = point;
		folding->offset = next;
		if (is_stray(points[0]) || next == folding->text.len)
			break;
		point = unicode_next(folding->text, &next);
	} while (count <= MARKS_MAX && is_mark(point));
	return count;
}

static void
fold_piece(struct folding *folding)
{
	uint32_t piece[MARKS_MAX + 1];
	size_t count = read_piece(folding, piece);

	folding->at = 0;
	folding->count = FOLDED_MAX;
	if (!is_stray(piece[0]) &&
	    u32_casefold(piece, count, NULL, UNINORM_NFD, folding->points,
		&folding->count) == folding->points)
		return;
	memcpy(folding->points, piece, count * sizeof *piece);
	folding->count = count;
}

/* ASCII that no mark follows folds at once. 0 at the end. */
static bool
fold_next(struct folding *folding, uint32_t *point)
{
	struct span text = folding->text;
	size_t at = folding->offset;

	if (folding->at < folding->count) {
		*point = folding->points[folding->at++];
		return true;
	}
	if (at == text.len)
		return false;
	if ((unsigned char)text.at[at] < 0x80 &&
	    (at + 1 == text.len || (unsigned char)text.at[at + 1] < 0x80)) {
		*point = unicode_lower((unsigned char)text.at[at]);
		folding->offset++;
		return true;
	}
	fold_piece(folding);
	*point = folding->points[folding->at++];
	return true;
}

void
unicode_fold(struct buf *out, struct span text)
{
	struct folding folding;
	uint32_t point;

	fold_begin(&folding, text);
	while (fold_next(&folding, &point))
		unicode_write(out, point);
}

bool
unicode_same(struct span a, struct span b)
{
	struct folding fold_a, fold_b;
	uint32_t point_a = 0, point_b = 0;
	bool more_a, more_b;

	if (span_eq(a, b))
		return true;
	fold_begin(&fold_a, a);
	fold_begin(&fold_b, b);
	do {
		more_a = fold_next(&fold_a, &point_a);
		more_b = fold_next(&fold_b, &point_b);
	} while (more_a && more_b && point_a == point_b);
	return !more_a && !more_b;
}

size_t
unicode_fault(struct span text)
{
	size_t at = 0;

	while (at < text.len) {
		unsigned char c = (unsigned char)text.at[at];
		size_t from = at;
		uint32_t point;

		if (c >= ' ' && c < 0x80) {
			at++;
			continue;
		}
		point = unicode_next(text, &at);
		if (point == 0 || (point >= 0xdc00 && point < 0xdd00))
			return from;
	}
	return at;
}
