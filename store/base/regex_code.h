/*
 * What a regex compiles to: a program for Thompson's machine. Shared by
 * regex_compile.c, which writes it, and regex.c, which runs it.
 */
#ifndef INLAY_BASE_REGEX_CODE_H
#define INLAY_BASE_REGEX_CODE_H

#include "store/base/span.h"

#define REGEX_CODE_MAX 1500 /* instructions; bounds the time per code point */

enum regex_operation {
	OP_SET,	  /* consume a code point of the set */
	OP_SPLIT, /* go on here and at the jump */
	OP_JUMP,
	OP_BEGIN, /* only at the start of the value */
	OP_END,	  /* only at its end */
	OP_MATCH
};

struct instruction {
	enum regex_operation op;
	int jump; /* relative to this one; of a set: its index */
};

enum set_class { SET_DIGIT = 1, SET_WORD = 2, SET_SPACE = 4 };

struct set_range {
	uint32_t first, last;
};

struct set {
	struct set_range *ranges;
	size_t count;
	unsigned classes; /* any of these */
	unsigned others;  /* anything but one of these */
	bool negated;
	uint64_t ascii[2]; /* the answers for the first 128, sealed */
};

struct regex {
	struct instruction *code;
	size_t length;
	struct set *sets;
	size_t set_count;
	bool fold;
};

/* Writes down the answers for ASCII. */
void regex_set_seal(const struct regex *regex, struct set *set);

#endif
