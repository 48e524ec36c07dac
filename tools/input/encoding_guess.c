#include "tools/input/encoding_guess.h"

#include <iconv.h>

#include "store/base/unicode.h"

#define TEXT_MAX 300	 /* bytes of a text that are looked at */
#define TEXTS_MAX 100000 /* enough to know */

/* Of equals the first wins. The letters are those that the languages of the
 * encoding write most, besides A to Z. */
static const struct candidate {
	const char *name;
	const char *letters;
} candidates[ENCODING_GUESSES] = {
	{ "windows-1252", "éèêëàâäáãåçôöóõøîïíìûüúùñßœæ" },
	{ "iso-8859-15", "éèêëàâäáãåçôöóõøîïíìûüúùñßœæ" },
	{ "windows-1250", "áąäćčďéęěíłńňóőöřśšťúůűüýźżž" },
	{ "windows-1251", "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэ" },
	{ "koi8-r", "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэ" },
	{ "macintosh", "éèêëàâäáãåçôöóõøîïíìûüúùñßœæ" },
	{ "cp850", "éèêëàâäáãåçôöóõøîïíìûüúùñßæ" },
};

/* What the byte stands for, 0 for nothing. */
static uint16_t
point_of(iconv_t cd, char byte)
{
	char utf8[8], *in = &byte, *out = utf8;
	size_t left = 1, room = sizeof utf8, at = 0;

	if (iconv(cd, &in, &left, &out, &room) != 0)
		return 0;
	return (uint16_t)unicode_next(span_of(utf8, (size_t)(out - utf8)), &at);
}

/* An encoding that iconv lacks has no characters, and is never guessed. */
static void
make_ready(struct encoding_guess *guess)
{
	for (size_t i = 0; i < ENCODING_GUESSES; i++) {
		iconv_t cd = iconv_open("UTF-8", candidates[i].name);

		/* cast: iconv's own way to say there is no such pair */
		if (cd == (iconv_t)-1)
			continue;
		for (int byte = 0; byte < 128; byte++)
			guess->points[i][byte] =
			    point_of(cd, (char)(byte + 128));
		iconv_close(cd);
	}
	guess->ready = true;
}

static bool
is_lower(uint32_t point)
{
	return point == 0xdf || unicode_upper(point) != point;
}

static bool
is_upper(uint32_t point)
{
	return unicode_lower(point) != point;
}

static bool
is_letter(uint32_t point)
{
	return is_lower(point) || is_upper(point);
}

/* Latin, or an alphabet further on. */
static bool
is_latin(uint32_t point)
{
	return point < 0x250;
}

static bool
is_usual(const struct candidate *candidate, uint32_t point)
{
	struct span letters = span_str(candidate->letters);

	for (size_t at = 0; at < letters.len;)
		if (unicode_next(letters, &at) == unicode_lower(point))
			return true;
	return false;
}

/* What a letter beside another one says for the encoding. */
static int
judge_neighbour(uint32_t point, uint32_t beside)
{
	if (!is_letter(beside))
		return 0;
	if (is_latin(point) != is_latin(beside))
		return -3;
	if (is_latin(point) && beside >= 0x80)
		return -1;
	return 1;
}

/* What one character beyond ASCII says for the encoding. */
static int
judge(const struct candidate *candidate, const uint32_t *points, size_t i)
{
	uint32_t point = points[i], before = points[i - 1];
	uint32_t after = points[i + 1];
	int score;

	if (point < 0xa0) /* nothing, or a control character */
		return -10;
	if (!is_letter(point)) {
		if (is_letter(before) && is_letter(after))
			return point == 0x2019 ? 1 : -3;
		return point == 0x20ac; /* the euro sign */
	}
	score = 1 + is_usual(candidate, point);
	score += judge_neighbour(point, before);
	score += judge_neighbour(point, after);
	if (is_upper(point) && is_lower(before))
		score -= 4;
	if (is_upper(before) && is_lower(after) && is_upper(point))
		score -= 1;
	return score;
}

static int
judge_text(const struct candidate *candidate, const uint16_t high[128],
    struct span text)
{
	uint32_t points[TEXT_MAX + 2] = { 0 };
	int score = 0;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];

		points[i + 1] = byte < 128 ? byte : high[byte - 128];
	}
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.at[i] >= 0x80)
			score += judge(candidate, points, i + 1);
	return score;
}

void
encoding_guess_add(struct encoding_guess *guess, struct span text)
{
	if (guess->texts++ >= TEXTS_MAX)
		return;
	if (!guess->ready)
		make_ready(guess);
	text = span_first(text, TEXT_MAX);
	for (size_t i = 0; i < ENCODING_GUESSES; i++)
		guess->scores[i] +=
		    judge_text(&candidates[i], guess->points[i], text);
}

const char *
encoding_guess_best(const struct encoding_guess *guess)
{
	size_t best = 0;

	for (size_t i = 1; i < ENCODING_GUESSES; i++)
		if (guess->scores[i] > guess->scores[best])
			best = i;
	return guess->scores[best] > 0 ? candidates[best].name : NULL;
}
