/*
 * A guess at the encoding of texts that are not UTF-8, by which of the usual
 * ones makes words of them: a capital within a word, a sign between letters
 * or two alphabets in one word speak against it.
 */
#ifndef INLAY_TOOLS_ENCODING_GUESS_H
#define INLAY_TOOLS_ENCODING_GUESS_H

#include "store/base/span.h"

#define ENCODING_GUESSES 7

/* Begins as zeroes. */
struct encoding_guess {
	int64_t scores[ENCODING_GUESSES];
	uint64_t texts;
	bool ready; /* what the bytes from 128 on stand for, 0 for nothing */
	uint16_t points[ENCODING_GUESSES][128];
};

/* Takes a text into account, its first few hundred bytes. */
void encoding_guess_add(struct encoding_guess *guess, struct span text);

/* The encoding that fits best, as --encoding takes it, or NULL. */
const char *encoding_guess_best(const struct encoding_guess *guess);

#endif
