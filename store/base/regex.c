/*
 * Thompson's machine: a set of threads walks the value once, in step.
 */
#include "store/base/regex.h"

#include "store/base/regex_code.h"
#include "store/base/unicode.h"

static bool
set_has_class(unsigned classes, uint32_t point, bool has)
{
	return ((classes & SET_DIGIT) && unicode_is_digit(point) == has) ||
	       ((classes & SET_WORD) && unicode_is_word(point) == has) ||
	       ((classes & SET_SPACE) && unicode_is_space(point) == has);
}

static bool
set_in_ranges(const struct set *set, uint32_t point)
{
	for (size_t i = 0; i < set->count; i++)
		if (point >= set->ranges[i].first &&
		    point <= set->ranges[i].last)
			return true;
	return false;
}

static bool
set_asks(const struct regex *regex, const struct set *set, uint32_t point)
{
	bool in = set_in_ranges(set, point) ||
		  set_has_class(set->classes, point, true) ||
		  set_has_class(set->others, point, false);

	if (!in && regex->fold)
		in = set_in_ranges(set, unicode_lower(point)) ||
		     set_in_ranges(set, unicode_upper(point));
	return in != set->negated;
}

void
regex_set_seal(const struct regex *regex, struct set *set)
{
	for (uint32_t point = 0; point < 128; point++)
		if (set_asks(regex, set, point))
			set->ascii[point / 64] |= (uint64_t)1 << point % 64;
}

static inline bool
set_has(const struct regex *regex, const struct set *set, uint32_t point)
{
	if (point < 128)
		return set->ascii[point / 64] >> point % 64 & 1;
	return set_asks(regex, set, point);
}

/* The threads alive between two code points, each instruction once. */
struct threads {
	uint16_t at[REGEX_CODE_MAX];
	size_t count;
};

struct machine {
	const struct regex *regex;
	uint32_t mark[REGEX_CODE_MAX]; /* the step that added it, from 1 */
	uint16_t stack[REGEX_CODE_MAX];
	uint32_t step;
	bool at_begin, at_end;
};

/* Adds where a thread gets without consuming. Every instruction is pushed at
 * most once per step, so the stack holds them all. */
static void
threads_add(struct machine *machine, struct threads *threads, size_t first)
{
	const struct instruction *code = machine->regex->code;
	size_t depth = 0;

#define PUSH(place) \
	do { \
		size_t to_ = (place); \
		if (machine->mark[to_] != machine->step) { \
			machine->mark[to_] = machine->step; \
			machine->stack[depth++] = (uint16_t)to_; \
		} \
	} while (0)

	PUSH(first);
	while (depth > 0) {
		size_t at = machine->stack[--depth];
		size_t there = (size_t)((int)at + code[at].jump);

		switch (code[at].op) {
		case OP_SET:
		case OP_MATCH:
			threads->at[threads->count++] = (uint16_t)at;
			break;
		case OP_SPLIT:
			PUSH(at + 1);
			PUSH(there);
			break;
		case OP_JUMP:
			PUSH(there);
			break;
		case OP_BEGIN:
			if (machine->at_begin)
				PUSH(at + 1);
			break;
		case OP_END:
			if (machine->at_end)
				PUSH(at + 1);
			break;
		}
	}
#undef PUSH
}

bool
regex_matches(const struct regex *regex, struct span value)
{
	struct machine machine;
	struct threads lists[2], *now = &lists[0], *then = &lists[1];
	size_t offset = 0;

	memset(machine.mark, 0, regex->length * sizeof *machine.mark);
	machine.regex = regex;
	machine.step = 1;
	machine.at_begin = true;
	machine.at_end = value.len == 0;
	now->count = 0;
	threads_add(&machine, now, 0);
	while (offset < value.len && now->count > 0) {
		uint32_t point = unicode_next(value, &offset);
		struct threads *swap = now;

		machine.step++;
		machine.at_begin = false;
		machine.at_end = offset == value.len;
		then->count = 0;
		for (size_t i = 0; i < now->count; i++) {
			const struct instruction *in = &regex->code[now->at[i]];

			if (in->op == OP_SET &&
			    set_has(regex, &regex->sets[in->jump], point))
				threads_add(
				    &machine, then, (size_t)now->at[i] + 1);
		}
		now = then;
		then = swap;
	}
	if (offset < value.len)
		return false;
	for (size_t i = 0; i < now->count; i++)
		if (regex->code[now->at[i]].op == OP_MATCH)
			return true;
	return false;
}
