/*
 * 1. Every instruction that prints a value and can be reached has the escaper
 *    of the place it is reached in, the same on every way there.
 * 2. One that cannot be reached is escaped as text all the same.
 */
#include "milter/liquid/compile/flow.h"

#include "milter/liquid/compile/header_flow.h"
#include "milter/liquid/html/context.h"

#include <stdlib.h>

/* The context a capture or an ifchanged began in. */
struct saved {
	struct context context;
	const struct saved *outer;
};

struct flow_state {
	struct context context;
	const struct saved *saved;
	bool seen;
};

struct flow {
	struct compiler *c;
	const struct program *program;
	struct flow_state *states;
	bool again; /* a place behind us is reached in another way */
};

/* More would mean that the contexts never settle. */
enum { PASSES = 16 };

static int
fail_at(struct flow *flow, uint32_t pc, const char *what,
    const struct context *context)
{
	const struct site *site = &flow->c->sites[pc];

	return err_at(flow->c->err, ERR_TEMPLATE, flow->c->options->name,
	    site->line, site->column, "%s %s", what, context_name(context));
}

/* From pc on to the instruction at to, in the state given. */
static int
reach(
    struct flow *flow, uint32_t pc, uint32_t to, const struct flow_state *from)
{
	struct flow_state *state = &flow->states[to];
	const struct site *site = &flow->c->sites[pc];
	struct context joined;

	if (!state->seen) {
		*state = *from;
		state->seen = true;
		flow->again |= to <= pc;
		return 0;
	}
	if (context_equal(&state->context, &from->context))
		return 0;
	if (!context_join(&state->context, &from->context, &joined))
		return err_at(flow->c->err, ERR_TEMPLATE,
		    flow->c->options->name, site->line, site->column,
		    "the branches end in different places of the HTML: %s "
		    "and %s",
		    context_name(&state->context),
		    context_name(&from->context));
	if (!context_equal(&joined, &state->context)) {
		state->context = joined;
		flow->again |= to <= pc;
	}
	return 0;
}

static bool
has_stored(const struct manifest *manifest, uint32_t slot)
{
	const struct manifest_slot *s = &manifest->slots[slot];

	if (s->pool.len != 0)
		return true;
	for (unsigned i = 0; i < s->option_count; i++)
		if (manifest->options[s->first_option + i].block.len != 0)
			return true;
	return false;
}

static int
follow_choice(struct flow *flow, uint32_t pc, const struct flow_state *state)
{
	const struct code *code = &flow->c->code[pc];
	const struct targets *targets = code->targets;
	bool stored = code->op == OP_SLOT &&
		      has_stored(&flow->program->manifest, targets->index);

	if (stored && !context_is_text(&state->context))
		return fail_at(
		    flow, pc, "a stored block cannot stand", &state->context);
	if (stored && reach(flow, pc, targets->end, state) < 0)
		return -1;
	for (uint32_t i = 0; i <= targets->count; i++)
		if (reach(flow, pc, targets->at[i], state) < 0)
			return -1;
	return 0;
}

/* Where the instruction may lead. */
static int
follow(struct flow *flow, uint32_t pc, const struct flow_state *state)
{
	const struct code *code = &flow->c->code[pc];

	switch ((enum op_shape)op_shapes[code->op]) {
	case SHAPE_STOP:
		return 0;
	case SHAPE_JUMP: /* a when's body goes to the case's end */
		return reach(flow, pc,
		    code->flags ? (uint32_t)code->end : code->arg, state);
	case SHAPE_CHOICE:
		return follow_choice(flow, pc, state);
	case SHAPE_BRANCH:
		if (reach(flow, pc, code->arg, state) < 0)
			return -1;
		break;
	case SHAPE_ELSE: /* a when that matched has gone to the end */
	case SHAPE_NEXT:
		break;
	}
	return reach(flow, pc, pc + 1, state);
}

static int
save(struct flow *flow, struct flow_state *state)
{
	struct saved *saved = compile_new(flow->c, sizeof *saved);

	if (saved == NULL)
		return -1;
	*saved = (struct saved){ state->context, state->saved };
	state->saved = saved;
	return 0;
}

/* Whether {{ ... | raw }} is printed. */
static bool
is_vouched_for(const struct code *code)
{
	return code->op == OP_EMIT && code[-1].op == OP_FILTER &&
	       strcmp(code[-1].call->filter->name, "raw") == 0;
}

static int
step_value(struct flow *flow, uint32_t pc, struct flow_state *state)
{
	struct code *code = &flow->c->code[pc];
	bool raw = pc != 0 && is_vouched_for(code);

	code->flags = (uint8_t)context_escape(&state->context);
	if (raw)
		context_raw_value(&state->context);
	else
		context_value(&state->context);
	return 0;
}

/* Where only whole pieces of HTML may stand. */
static int
check_text(struct flow *flow, uint32_t pc, const struct flow_state *state)
{
	static const struct {
		enum op op;
		const char *what;
	} whole[] = {
		{ OP_PARTIAL, "a partial cannot stand" },
		{ OP_ROW, "a tablerow cannot stand" },
		{ OP_CAPTURE_END, "a capture ends" },
	};
	const struct code *code = &flow->c->code[pc];

	if (context_is_text(&state->context))
		return 0;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
		if (code->op == whole[i].op)
			return fail_at(
			    flow, pc, whole[i].what, &state->context);
	return 0;
}

/* What the instruction itself does to the context. */
static int
step(struct flow *flow, uint32_t pc, struct flow_state *state)
{
	struct code *code = &flow->c->code[pc];
	const struct saved *saved = state->saved;

	if (code->op == OP_TEXT) {
		if (compile_charge(flow->c, code->arg / 4) < 0)
			return -1;
		context_advance(
		    &state->context, span_of(code->text, code->arg));
	} else if (op_prints(code->op)) {
		return step_value(flow, pc, state);
	} else if (code->op == OP_CAPTURE) {
		if (save(flow, state) < 0)
			return -1;
		state->context = context_start();
	} else if (code->op == OP_CHANGED) {
		return save(flow, state);
	} else if (code->op == OP_CAPTURE_END) {
		state->context = saved->context;
		state->saved = saved->outer;
	} else if (code->op == OP_CHANGED_END) {
		state->saved = saved->outer;
		if (!context_join(
			&saved->context, &state->context, &state->context))
			return fail_at(flow, pc,
			    "an ifchanged cannot end elsewhere than it "
			    "began:",
			    &state->context);
	}
	return 0;
}

static int
check_fault(struct flow *flow, uint32_t pc, const struct flow_state *state)
{
	const char *fault = context_fault(&state->context);
	const struct site *site = &flow->c->sites[pc];

	if (fault == NULL)
		return 0;
	return err_at(flow->c->err, ERR_TEMPLATE, flow->c->options->name,
	    site->line, site->column, "%s", fault);
}

static int
pass(struct flow *flow)
{
	if (compile_charge(flow->c, (uint64_t)flow->c->count * 2) < 0)
		return -1;
	flow->again = false;
	for (uint32_t pc = 0; pc < flow->c->count; pc++) {
		struct flow_state state = flow->states[pc];

		if (!state.seen)
			continue;
		if (check_text(flow, pc, &state) < 0 ||
		    step(flow, pc, &state) < 0 ||
		    check_fault(flow, pc, &state) < 0 ||
		    follow(flow, pc, &state) < 0)
			return -1;
	}
	return 0;
}

/* It must not end within a tag: what follows a block or a partial would stand
 * in another place than was thought. */
static int
check_end(struct flow *flow)
{
	uint32_t last = (uint32_t)flow->c->count - 1;
	const struct flow_state *end = &flow->states[last];

	if (!end->seen || context_is_text(&end->context))
		return 0;
	return fail_at(flow, last, "the HTML ends", &end->context);
}

static int
follow_html(struct flow *flow)
{
	flow->states[0] = (struct flow_state){ context_start(), NULL, true };
	for (int i = 0; i < PASSES; i++) {
		if (pass(flow) < 0)
			return -1;
		if (!flow->again)
			return check_end(flow);
	}
	return compile_fail(
	    flow->c, "the places of the HTML in a loop never settle");
}

static void
escape_all(struct compiler *c, enum escape escape)
{
	for (uint32_t pc = 0; pc < c->count; pc++)
		if (op_prints(c->code[pc].op))
			c->code[pc].flags = (uint8_t)escape;
}

int
flow_escapes(struct compiler *c, const struct program *program)
{
	struct flow flow = { .c = c, .program = program };
	int done;

	if (c->options->place == PLACE_TEXT) {
		escape_all(c, ESCAPE_PLAIN);
		return 0;
	}
	if (c->options->place == PLACE_CARD) {
		escape_all(c, ESCAPE_CARD);
		return 0;
	}
	if (c->options->place == PLACE_HEADER) {
		header_flow_escapes(c);
		return 0;
	}
	escape_all(c, ESCAPE_HTML);
	flow.states = calloc(c->count, sizeof *flow.states);
	if (flow.states == NULL)
		return compile_full(c);
	done = follow_html(&flow);
	free(flow.states);
	return done;
}
