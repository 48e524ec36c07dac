#include "milter/liquid/render/render.h"

#include <stdio.h>

const struct liquid_limits liquid_limits_default = {
	.steps = 2000000,
	.output = 8 << 20,
	.depth = 100,
};

/* No string a filter makes grows past this. */
enum { TEXT_MAX = 4 << 20 };

/* ---- the instructions that fit in a line or two ---- */

static RENDER_OP(op_nop)
{
	(void)r, (void)code;
	return 0;
}

static RENDER_OP(op_mark)
{
	(void)code;
	r->mark = arena_mark(r->arena);
	return 0;
}

static RENDER_OP(op_const)
{
	*r->top++ = *code->constant;
	return 0;
}

static RENDER_OP(op_path)
{
	return scope_path(r, code->path, r->top++) < 0 ? -1 : 0;
}

static RENDER_OP(op_truthy)
{
	(void)code;
	r->flag = value_truthy(*--r->top);
	return 0;
}

static RENDER_OP(op_test_path)
{
	struct value value;

	if (scope_path(r, code->path, &value) < 0)
		return -1;
	r->flag = value_truthy(value);
	return 0;
}

static RENDER_OP(op_jump)
{
	/* Back to a when, for the next of its equal values. */
	if (code->arg < r->pc && render_charge(r, 4) < 0)
		return -1;
	r->pc = code->arg;
	return 0;
}

static RENDER_OP(op_jump_false)
{
	if (!r->flag)
		r->pc = code->arg;
	return 0;
}

static RENDER_OP(op_jump_true)
{
	if (r->flag)
		r->pc = code->arg;
	return 0;
}

static RENDER_OP(op_pop)
{
	r->top -= code->arg;
	return 0;
}

/* A case keeps three values: its own, whether any when matched, and how often
 * the current when still has to show. */
static RENDER_OP(op_case)
{
	(void)code;
	*r->top++ = value_bool(false);
	*r->top++ = value_integer(0);
	return 0;
}

static RENDER_OP(op_when)
{
	struct value value = *--r->top;

	(void)code;
	if (value_equal(r->top[-3], value, r->filter.work))
		r->top[-1].integer++;
	return render_check(r);
}

static RENDER_OP(op_when_enter)
{
	if (r->top[-1].integer == 0) {
		r->pc = code->arg;
		return 0;
	}
	r->top[-1].integer--;
	r->top[-2].truth = true;
	return 0;
}

static RENDER_OP(op_case_else)
{
	if (r->top[-2].truth)
		r->pc = code->arg;
	return 0;
}

static RENDER_OP(op_interrupt)
{
	r->interrupt = code->flags ? INTERRUPT_BREAK : INTERRUPT_CONTINUE;
	r->pc = r->program->count - 1; /* its OP_END */
	return 0;
}

static RENDER_OP(op_interrupted)
{
	if (r->interrupt == INTERRUPT_NONE)
		r->pc = code->arg;
	return 0;
}

static RENDER_OP(op_is_break)
{
	(void)code;
	r->flag = r->interrupt == INTERRUPT_BREAK;
	r->interrupt = INTERRUPT_NONE;
	return 0;
}

static int (*const ops[OP_COUNT])(struct render *, const struct code *) = {
	[OP_END] = op_nop,
	[OP_NOP] = op_nop,
	[OP_TEXT] = op_nop,
	[OP_MARK] = op_mark,
	[OP_CONST] = op_const,
	[OP_PATH] = op_path,
	[OP_INPUT] = op_input,
	[OP_GET] = op_get,
	[OP_INDEX] = op_index,
	[OP_FIND] = op_find,
	[OP_RANGE] = op_range,
	[OP_FILTER] = op_filter,
	[OP_REQUIRE] = op_require,
	[OP_EMIT] = op_emit,
	[OP_EMIT_HTML] = op_emit_html,
	[OP_EMIT_PATH] = op_emit_path,
	[OP_TRUTHY] = op_truthy,
	[OP_TEST_PATH] = op_test_path,
	[OP_COMPARE] = op_compare,
	[OP_FAIL] = op_fail,
	[OP_JUMP] = op_jump,
	[OP_JUMP_FALSE] = op_jump_false,
	[OP_JUMP_TRUE] = op_jump_true,
	[OP_POP] = op_pop,
	[OP_ASSIGN] = op_assign,
	[OP_CAPTURE] = op_capture,
	[OP_CAPTURE_END] = op_capture_end,
	[OP_INCREMENT] = op_increment,
	[OP_DECREMENT] = op_decrement,
	[OP_CASE] = op_case,
	[OP_WHEN] = op_when,
	[OP_WHEN_ENTER] = op_when_enter,
	[OP_CASE_ELSE] = op_case_else,
	[OP_CYCLE] = op_cycle,
	[OP_CHANGED] = op_changed,
	[OP_CHANGED_END] = op_changed_end,
	[OP_FOR] = op_for,
	[OP_FOR_NEXT] = op_for_next,
	[OP_FOR_LEAVE] = op_for_leave,
	[OP_ROW] = op_row,
	[OP_ROW_NEXT] = op_row_next,
	[OP_ROW_LEAVE] = op_row_leave,
	[OP_INTERRUPT] = op_interrupt,
	[OP_INTERRUPTED] = op_interrupted,
	[OP_IS_BREAK] = op_is_break,
	[OP_BIND] = op_bind,
	[OP_PARTIAL] = op_partial,
	[OP_SLOT] = op_slot,
	[OP_VARIANT] = op_variant,
	[OP_ABORT] = op_abort,
	[OP_WHY] = op_why,
};

/* ---- errors ---- */

/* Ruby's way, for the suites: the message stands in the output and the
 * rendering goes on after the statement. */
static void
print_error(struct render *r, const struct site *site)
{
	char line[600];
	int len;

	if (r->err->where[0] != '\0') /* a partial that does not compile */
		len = snprintf(line, sizeof line,
		    "Liquid syntax error (%s line %u): %s", r->err->where,
		    r->err->line, r->err->text);
	else if (r->partial)
		len =
		    snprintf(line, sizeof line, "Liquid error (%s line %u): %s",
			r->program->name, site->line, r->err->text);
	else
		len = snprintf(line, sizeof line, "Liquid error (line %u): %s",
		    site->line, r->err->text);
	buf_add(r->out,
	    span_of(line,
		(size_t)len < sizeof line ? (size_t)len : sizeof line - 1));
}

/* Names bound for a partial that failed before it ran. */
static void
drop_bindings(struct render *r)
{
	size_t keep = r->binding_base;

	if (r->loop != NULL && r->loop->binding + 2 > keep)
		keep = r->loop->binding + 2;
	r->binding_count = keep;
}

/* Steps for a failure that is told and got over. */
enum { TELLING = 100 };

/* The instruction before pc failed. 0 when the rendering goes on. */
static int
recover(struct render *r)
{
	const struct site *site = &r->program->sites[r->pc - 1];

	if (r->env->errors_inline && r->err->code == ERR_TEMPLATE &&
	    work_take(r->filter.work, TELLING)) {
		if (!site->quiet)
			print_error(r, site);
		err_clear(r->err);
		r->top = r->stack + site->height;
		drop_bindings(r);
		r->pc = site->resume;
		return 0;
	}
	if (r->err->line == 0) {
		r->err->line = site->line;
		r->err->column = site->column;
	}
	return err_in(r->err, r->program->name);
}

/* ---- running ---- */

static int
execute(struct render *r)
{
	for (;;) {
		const struct code *code = &r->code[r->pc++];

		if (code->op == OP_TEXT)
			buf_add(r->out, span_of(code->text, code->arg));
		else if (code->op == OP_END)
			return 0;
		else if (ops[code->op](r, code) < 0 && recover(r) < 0)
			return -1;
	}
}

/* Room for the program's values above those of who called it. */
static int
make_room(struct render *r, const struct program *program)
{
	if (r->top != NULL && (size_t)(r->limit - r->top) >= program->stack_max)
		return 0;
	r->top =
	    arena_alloc(r->arena, (program->stack_max + 64) * sizeof *r->top);
	if (r->top == NULL)
		return render_full(r);
	r->limit = r->top + program->stack_max + 64;
	return 0;
}

int
render_run(struct render *r, const struct program *program, uint32_t pc)
{
	const struct program *caller = r->program;
	struct value *stack = r->stack;
	size_t base = r->binding_base;
	uint32_t back = r->pc;
	int done;

	if (make_room(r, program) < 0)
		return -1;
	r->program = program;
	r->code = program->code;
	r->pc = pc;
	r->stack = r->top;
	r->binding_base = r->binding_count;
	done = execute(r);
	r->binding_base = base;
	r->program = caller;
	r->code = caller != NULL ? caller->code : NULL;
	r->pc = back;
	r->stack = stack;
	return done; /* what it left on the stack is the caller's to take */
}

/* ---- the public faces ---- */

static void
begin(struct render *r, const struct liquid_env *env, struct arena *arena,
    struct buf *out, struct err *err)
{
	*r = (struct render){ .env = env,
		.mark = arena_mark(arena),
		.arena = arena,
		.out = out,
		.err = err,
		.limits = env->limits ? env->limits : &liquid_limits_default };
	r->own = work_new(r->limits->steps, 0);
	r->filter = (struct filter_env){ .arena = arena,
		.now = env->now,
		.now_nsec = env->now_nsec,
		.zone = env->zone,
		.zones = env->zones,
		.locale = env->locale,
		.work = env->work != NULL ? env->work : &r->own,
		.text_max = TEXT_MAX };
}

static int
run_all(struct render *r, const struct program *program, uint32_t pc)
{
	struct frame frame;

	r->filter.html = program->place == PLACE_HTML;
	frame_begin(r, &frame);
	if (render_run(r, program, pc) < 0)
		return -1;
	frame_end(r, &frame);
	return render_check(r);
}

static void
give(const struct err *from, struct err *err)
{
	if (err != NULL && err->code == ERR_NONE)
		*err = *from;
}

int
program_render(const struct program *program, const struct liquid_env *env,
    struct arena *arena, struct buf *out, struct err *err)
{
	struct err first = ERR_INIT;
	size_t max = out->max, from = out->len;
	struct render r;
	int done;

	begin(&r, env, arena, out, &first);
	if (max - from > r.limits->output)
		out->max = from + r.limits->output;
	/* Only an estimate: what does not fit may never be printed. */
	if (!out->failed && buf_reserve(out, program->text_size) < 0)
		out->failed = false;
	done = run_all(&r, program, 0);
	/* A buf that was bigger before does not notice the lower maximum. */
	if (done == 0 && (out->failed || out->len > out->max))
		done = err_at(&first, ERR_LIMIT, program->name, 0, 0,
		    "the rendering is longer than %zu bytes", out->max - from);
	out->max = max;
	give(&first, err);
	return done;
}

/* Runs from an entry what prints nothing: whether its condition holds, and
 * the value on top unless that is NULL. 1, 0 or -1. */
static int
run_quietly(const struct program *program, uint32_t entry,
    const struct liquid_env *env, struct arena *arena, struct value *top,
    struct err *err)
{
	struct err first = ERR_INIT;
	struct buf none;
	struct render r;

	buf_init(&none, arena, 0);
	begin(&r, env, arena, &none, &first);
	if (run_all(&r, program, entry) < 0) {
		give(&first, err);
		return -1;
	}
	if (top)
		*top = scope_is_self(r.top[-1]) ? value_nil() : r.top[-1];
	return r.flag;
}

int
program_option_test(const struct program *program, unsigned option,
    const struct liquid_env *env, struct arena *arena, struct err *err)
{
	const struct option_test *test = &program->tests[option];

	return test->present
		   ? run_quietly(program, test->entry, env, arena, NULL, err)
		   : 1;
}

int
condition_test(const struct condition *condition, const struct liquid_env *env,
    struct arena *arena, struct err *err)
{
	return run_quietly(
	    (const struct program *)condition, 0, env, arena, NULL, err);
}

int
expression_eval(const struct expression *expression,
    const struct liquid_env *env, struct arena *arena, struct value *value,
    struct err *err)
{
	int done = run_quietly(
	    (const struct program *)expression, 0, env, arena, value, err);

	return done < 0 ? -1 : 0;
}
