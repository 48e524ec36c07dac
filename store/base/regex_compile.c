/*
 * From pattern to code. Jumps are relative, so that a repeated atom is its
 * code copied. Nothing recurses: groups are frames on a small stack.
 */
#include "store/base/regex_code.h"

#include "store/base/ascii.h"
#include "store/base/regex.h"
#include "store/base/unicode.h"

#define DEPTH_MAX 32
#define REPEAT_MAX 1000
#define NO_LIMIT 0xffffffffu

/* An open group. */
struct regex_frame {
	size_t start;  /* of its code */
	size_t branch; /* start of the alternative being read */
	int pending;   /* last jump to the group's end, -1: none */
	unsigned column;
};

struct regex_compiler {
	struct arena *arena;
	struct err *err;
	struct regex *regex;
	struct span text;
	size_t at;
	size_t code_room, set_room;
	size_t atom; /* start of what a quantifier would repeat */
	bool has_atom;
	struct regex_frame frames[DEPTH_MAX];
	unsigned depth;
};

static int
compiler_fail(struct regex_compiler *c, const char *what)
{
	return err_at(c->err, ERR_INPUT, NULL, 1, (unsigned)c->at + 1,
	    "pattern: %s", what);
}

static int
memory_fail(struct regex_compiler *c)
{
	return err_set(c->err, ERR_MEMORY, "no memory for a pattern");
}

/* Makes a gap of count instructions at the place. */
static int
code_insert(struct regex_compiler *c, size_t place, size_t count)
{
	struct regex *regex = c->regex;
	size_t length = regex->length + count;

	if (length > REGEX_CODE_MAX)
		return compiler_fail(c, "too complex");
	if (length > c->code_room) {
		size_t room = length * 2;
		struct instruction *code = arena_grow(c->arena, regex->code,
		    c->code_room * sizeof *code, room * sizeof *code);

		if (code == NULL)
			return memory_fail(c);
		regex->code = code;
		c->code_room = room;
	}
	memmove(regex->code + place + count, regex->code + place,
	    (regex->length - place) * sizeof *regex->code);
	regex->length = length;
	return 0;
}

static int
code_put(
    struct regex_compiler *c, size_t place, enum regex_operation op, int jump)
{
	if (code_insert(c, place, 1) < 0)
		return -1;
	c->regex->code[place] = (struct instruction){ op, jump };
	return 0;
}

static struct set *
set_new(struct regex_compiler *c)
{
	struct regex *regex = c->regex;

	if (regex->set_count == c->set_room) {
		size_t room = c->set_room * 2 + 8;
		struct set *sets = arena_grow(c->arena, regex->sets,
		    c->set_room * sizeof *sets, room * sizeof *sets);

		if (sets == NULL) {
			memory_fail(c);
			return NULL;
		}
		regex->sets = sets;
		c->set_room = room;
	}
	regex->sets[regex->set_count] =
	    (struct set){ NULL, 0, 0, 0, false, { 0, 0 } };
	return &regex->sets[regex->set_count++];
}

static int
set_add(
    struct regex_compiler *c, struct set *set, uint32_t first, uint32_t last)
{
	struct set_range *ranges = arena_grow(c->arena, set->ranges,
	    set->count * sizeof *ranges, (set->count + 1) * sizeof *ranges);

	if (ranges == NULL)
		return memory_fail(c);
	ranges[set->count] = (struct set_range){ first, last };
	set->ranges = ranges;
	set->count++;
	return 0;
}

/* An atom that consumes one code point of the set just made. */
static int
set_emit(struct regex_compiler *c)
{
	c->atom = c->regex->length;
	c->has_atom = true;
	return code_put(c, c->atom, OP_SET, (int)c->regex->set_count - 1);
}

static bool
more(const struct regex_compiler *c)
{
	return c->at < c->text.len;
}

static bool
next_is(const struct regex_compiler *c, char byte)
{
	return more(c) && c->text.at[c->at] == byte;
}

/* Reads count hex digits. */
static int
escape_hex(struct regex_compiler *c, unsigned count, uint32_t *point)
{
	*point = 0;
	for (unsigned i = 0; i < count; i++, c->at++) {
		int digit = more(c) ? hex_value(c->text.at[c->at]) : -1;

		if (digit < 0)
			return compiler_fail(c, "hex digits expected");
		*point = *point << 4 | (uint32_t)digit;
	}
	return 0;
}

/* Reads what follows a backslash: a class added to the set and 1, or one
 * code point and 0. */
static int
escape_read(struct regex_compiler *c, struct set *set, uint32_t *point)
{
	static const char controls[] = "n\nr\rt\tf\fv\v0\0";

	if (!more(c))
		return compiler_fail(c, "ends in a backslash");
	*point = unicode_next(c->text, &c->at);
	switch (*point) {
	case 'd':
		set->classes |= SET_DIGIT;
		return 1;
	case 'w':
		set->classes |= SET_WORD;
		return 1;
	case 's':
		set->classes |= SET_SPACE;
		return 1;
	case 'D':
		set->others |= SET_DIGIT;
		return 1;
	case 'W':
		set->others |= SET_WORD;
		return 1;
	case 'S':
		set->others |= SET_SPACE;
		return 1;
	case 'x':
		return escape_hex(c, 2, point);
	case 'u':
		return escape_hex(c, 4, point);
	}
	for (size_t i = 0; i + 1 < sizeof controls; i += 2)
		if (*point == (unsigned char)controls[i]) {
			*point = (unsigned char)controls[i + 1];
			return 0;
		}
	if (*point < 0x80 && unicode_is_word(*point) && *point != '_') {
		c->at--;
		return compiler_fail(c, "this escape is not understood");
	}
	return 0;
}

/* One member of a bracket: 1 a class, 0 a code point, -1. */
static int
bracket_member(struct regex_compiler *c, struct set *set, uint32_t *point)
{
	if (!more(c))
		return compiler_fail(c, "a bracket is not closed");
	*point = unicode_next(c->text, &c->at);
	if (*point == '\\')
		return escape_read(c, set, point);
	return 0;
}

static int
bracket_read(struct regex_compiler *c)
{
	struct set *set = set_new(c);
	bool first = true;

	if (set == NULL)
		return -1;
	if (next_is(c, '^')) {
		set->negated = true;
		c->at++;
	}
	for (; first || !next_is(c, ']'); first = false) {
		uint32_t low, high;
		int class = bracket_member(c, set, &low);

		if (class < 0)
			return -1;
		if (class > 0)
			continue;
		high = low;
		if (next_is(c, '-') && c->at + 1 < c->text.len &&
		    c->text.at[c->at + 1] != ']') {
			c->at++;
			class = bracket_member(c, set, &high);
			if (class < 0)
				return -1;
			if (class > 0 || high < low)
				return compiler_fail(c, "not a range");
		}
		if (set_add(c, set, low, high) < 0)
			return -1;
	}
	c->at++;
	return set_emit(c);
}

static int
literal_emit(struct regex_compiler *c, uint32_t point)
{
	struct set *set = set_new(c);

	if (set == NULL || set_add(c, set, point, point) < 0)
		return -1;
	return set_emit(c);
}

static int
escape_emit(struct regex_compiler *c)
{
	struct set *set;
	uint32_t point;
	int class;

	if (next_is(c, 'A') || next_is(c, 'Z')) {
		enum regex_operation op = next_is(c, 'A') ? OP_BEGIN : OP_END;

		c->at++;
		c->has_atom = false;
		return code_put(c, c->regex->length, op, 0);
	}
	set = set_new(c);
	if (set == NULL)
		return -1;
	class = escape_read(c, set, &point);
	if (class < 0 || (class == 0 && set_add(c, set, point, point) < 0))
		return -1;
	return set_emit(c);
}

static int
dot_emit(struct regex_compiler *c)
{
	struct set *set = set_new(c);

	if (set == NULL || set_add(c, set, '\n', '\n') < 0)
		return -1;
	set->negated = true;
	return set_emit(c);
}

static int
group_open(struct regex_compiler *c)
{
	struct regex_frame *frame;

	if (c->depth + 1 >= DEPTH_MAX)
		return compiler_fail(c, "too many groups within groups");
	if (next_is(c, '?')) {
		c->at++;
		if (!next_is(c, ':'))
			return compiler_fail(c, "this group is not understood");
		c->at++;
	}
	frame = &c->frames[++c->depth];
	*frame = (struct regex_frame){ c->regex->length, c->regex->length, -1,
		(unsigned)c->at };
	c->has_atom = false;
	return 0;
}

/* Lets the ends of all finished alternatives jump to where the code ends. */
static void
frame_patch(struct regex_compiler *c, struct regex_frame *frame)
{
	struct instruction *code = c->regex->code;

	while (frame->pending >= 0) {
		int earlier = code[frame->pending].jump;

		code[frame->pending].jump =
		    (int)c->regex->length - frame->pending;
		frame->pending = earlier;
	}
}

static int
group_close(struct regex_compiler *c)
{
	struct regex_frame *frame = &c->frames[c->depth];

	if (c->depth == 0)
		return compiler_fail(c, "a group is closed that was not open");
	frame_patch(c, frame);
	c->atom = frame->start;
	c->has_atom = true;
	c->depth--;
	return 0;
}

static int
alternative(struct regex_compiler *c)
{
	struct regex_frame *frame = &c->frames[c->depth];
	size_t length = c->regex->length - frame->branch;

	if (code_put(c, frame->branch, OP_SPLIT, (int)length + 2) < 0 ||
	    code_put(c, c->regex->length, OP_JUMP, frame->pending) < 0)
		return -1;
	frame->pending = (int)c->regex->length - 1;
	frame->branch = c->regex->length;
	c->has_atom = false;
	return 0;
}

/* Appends a copy of the atom. */
static int
atom_copy(struct regex_compiler *c, size_t length)
{
	size_t end = c->regex->length;

	if (code_insert(c, end, length) < 0)
		return -1;
	memcpy(c->regex->code + end, c->regex->code + c->atom,
	    length * sizeof *c->regex->code);
	return 0;
}

/* Appends the atom as one that may be repeated for ever, or left out. */
static int
atom_endless(struct regex_compiler *c, size_t length)
{
	if (code_put(c, c->regex->length, OP_SPLIT, (int)length + 2) < 0 ||
	    atom_copy(c, length) < 0)
		return -1;
	return code_put(c, c->regex->length, OP_JUMP, -(int)length - 1);
}

/* Appends the atom up to count times, each within the one before, so that
 * leaving one out leaves out the rest: one thread stays one thread. */
static int
atom_optional(struct regex_compiler *c, size_t length, unsigned count)
{
	for (size_t left = count; left > 0; left--) {
		size_t skip = left * (length + 1);

		if (skip > REGEX_CODE_MAX)
			return compiler_fail(c, "too complex");
		if (code_put(c, c->regex->length, OP_SPLIT, (int)skip) < 0 ||
		    atom_copy(c, length) < 0)
			return -1;
	}
	return 0;
}

/* Replaces the atom by least copies and as many more as may follow. */
static int
atom_multiply(
    struct regex_compiler *c, size_t length, unsigned least, unsigned most)
{
	struct instruction *code;

	for (unsigned i = 0; i < least; i++)
		if (atom_copy(c, length) < 0)
			return -1;
	if (most == NO_LIMIT ? atom_endless(c, length) < 0
			     : atom_optional(c, length, most - least) < 0)
		return -1;
	/* The original has served; jumps are relative and survive. */
	code = c->regex->code + c->atom;
	c->regex->length -= length;
	memmove(
	    code, code + length, (c->regex->length - c->atom) * sizeof *code);
	return 0;
}

static int
atom_repeat(struct regex_compiler *c, unsigned least, unsigned most)
{
	size_t length = c->regex->length - c->atom;

	if (!c->has_atom)
		return compiler_fail(c, "nothing to repeat");
	/* An empty group is itself, however often. */
	if (length != 0 && atom_multiply(c, length, least, most) < 0)
		return -1;
	c->has_atom = false;
	if (next_is(c, '?'))
		c->at++;
	return 0;
}

/* Digits up to REPEAT_MAX: 1, 0 there are none, -1. */
static int
count_read(struct regex_compiler *c, unsigned *count)
{
	size_t start = c->at;

	for (*count = 0; more(c) && ascii_is_digit(c->text.at[c->at]);
	     c->at++) {
		*count = *count * 10 + (unsigned)(c->text.at[c->at] - '0');
		if (*count > REPEAT_MAX)
			return compiler_fail(c, "repeats too often");
	}
	return c->at > start;
}

/* After "{". What is not a count stands for itself, as in Python. */
static int
count_repeat(struct regex_compiler *c)
{
	size_t start = c->at;
	unsigned least, most = NO_LIMIT;
	int some = count_read(c, &least);
	bool comma = false;

	if (some < 0)
		return -1;
	if (next_is(c, ',')) {
		int limit;

		comma = true;
		c->at++;
		limit = count_read(c, &most);
		if (limit < 0)
			return -1;
		if (limit == 0)
			most = NO_LIMIT;
	} else {
		most = least;
	}
	if (!next_is(c, '}') || (some == 0 && !comma)) {
		c->at = start;
		return literal_emit(c, '{');
	}
	c->at++;
	if (most < least)
		return compiler_fail(c, "the counts are the wrong way round");
	return atom_repeat(c, least, most);
}

static int
token_read(struct regex_compiler *c)
{
	uint32_t point = unicode_next(c->text, &c->at);

	switch (point) {
	case '\\':
		return escape_emit(c);
	case '[':
		return bracket_read(c);
	case '.':
		return dot_emit(c);
	case '(':
		return group_open(c);
	case ')':
		return group_close(c);
	case '|':
		return alternative(c);
	case '*':
		return atom_repeat(c, 0, NO_LIMIT);
	case '+':
		return atom_repeat(c, 1, NO_LIMIT);
	case '?':
		return atom_repeat(c, 0, 1);
	case '{':
		return count_repeat(c);
	case '^':
	case '$':
		c->has_atom = false;
		return code_put(
		    c, c->regex->length, point == '^' ? OP_BEGIN : OP_END, 0);
	}
	return literal_emit(c, point);
}

int
regex_compile(struct span pattern, struct arena *arena, struct regex **regex,
    struct err *err)
{
	struct regex_compiler c = {
		.arena = arena, .err = err, .text = pattern
	};

	c.regex = ARENA_NEW(arena, struct regex);
	if (c.regex == NULL)
		return memory_fail(&c);
	if (span_starts(pattern, SPAN("(?i)"))) {
		c.regex->fold = true;
		c.at = 4;
	}
	c.frames[0] = (struct regex_frame){ 0, 0, -1, 0 };
	while (more(&c))
		if (token_read(&c) < 0)
			return -1;
	if (c.depth > 0) {
		c.at = c.frames[c.depth].column - 1;
		return compiler_fail(&c, "a group is not closed");
	}
	frame_patch(&c, &c.frames[0]);
	if (code_put(&c, c.regex->length, OP_MATCH, 0) < 0)
		return -1;
	for (size_t i = 0; i < c.regex->set_count; i++)
		regex_set_seal(c.regex, &c.regex->sets[i]);
	*regex = c.regex;
	return 0;
}
