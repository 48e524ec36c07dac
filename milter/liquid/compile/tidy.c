/* Leaves out what does nothing, and what the passes over a program's
 * instructions share: where each of them may lead. */
#include "milter/liquid/compile/compile.h"

#include <stdlib.h>

const uint8_t op_shapes[OP_COUNT] = {
	[OP_END] = SHAPE_STOP,
	[OP_INTERRUPT] = SHAPE_STOP,
	[OP_ABORT] = SHAPE_STOP,
	[OP_JUMP] = SHAPE_JUMP,
	[OP_JUMP_FALSE] = SHAPE_BRANCH,
	[OP_JUMP_TRUE] = SHAPE_BRANCH,
	[OP_WHEN_ENTER] = SHAPE_BRANCH,
	[OP_CASE_ELSE] = SHAPE_ELSE,
	[OP_FOR] = SHAPE_BRANCH,
	[OP_FOR_NEXT] = SHAPE_BRANCH,
	[OP_ROW] = SHAPE_BRANCH,
	[OP_ROW_NEXT] = SHAPE_BRANCH,
	[OP_INTERRUPTED] = SHAPE_BRANCH,
	[OP_SLOT] = SHAPE_CHOICE,
	[OP_VARIANT] = SHAPE_CHOICE,
};

/* Whether arg is a target. */
static bool
jumps(uint8_t op)
{
	return op_shapes[op] == SHAPE_JUMP || op_shapes[op] == SHAPE_BRANCH ||
	       op_shapes[op] == SHAPE_ELSE;
}

/* Leaves the instructions that do nothing out. moved[pc] is the new place of
 * the old pc. */
static void
squeeze(struct compiler *c, struct program *program, uint32_t *moved)
{
	struct option_test *tests =
	    (struct option_test *)(uintptr_t)program->tests;
	size_t to = 0;

	for (size_t pc = 0; pc < c->count; pc++) {
		moved[pc] = (uint32_t)to;
		to += c->code[pc].op != OP_NOP;
	}
	to = 0;
	for (size_t pc = 0; pc < c->count; pc++) {
		struct code code = c->code[pc];
		struct site site = c->sites[pc];

		if (code.op == OP_NOP)
			continue;
		if (jumps(code.op))
			code.arg = moved[code.arg];
		if (code.op == OP_JUMP && code.flags != 0)
			code.end = moved[code.end];
		if (code.op == OP_SLOT || code.op == OP_VARIANT) {
			struct targets *targets =
			    (struct targets *)(uintptr_t)code.targets;

			for (uint32_t i = 0; i <= targets->count; i++)
				targets->at[i] = moved[targets->at[i]];
			targets->end = moved[targets->end];
		}
		site.resume = moved[site.resume];
		c->code[to] = code;
		c->sites[to++] = site;
	}
	for (size_t i = 0; i < program->manifest.option_count; i++)
		tests[i].entry = moved[tests[i].entry];
	c->count = to;
}

int
compile_tidy(struct compiler *c, struct program *program)
{
	uint32_t *moved = malloc((c->count + 1) * sizeof *moved);

	if (moved == NULL)
		return compile_full(c);
	squeeze(c, program, moved);
	free(moved);
	return 0;
}
