/* Partials, stored blocks, slots and what else asks the host. */
#include "milter/liquid/html/escape.h"
#include "milter/liquid/render/render.h"

/* What OP_PARTIAL took off the stack. */
struct passed {
	const struct partial_head *head;
	struct value name, with;
	const struct value *values;
	const struct program *program;
	struct key variable;
};

static void
take(struct render *r, const struct partial_head *head, struct passed *passed)
{
	const struct value *at;

	r->top -= head->count + !!(head->flags & PARTIAL_WITH) +
		  !!(head->flags & PARTIAL_DYNAMIC);
	at = r->top;
	*passed = (struct passed){ .head = head, .name = value_nil() };
	passed->with = value_nil();
	if (head->flags & PARTIAL_DYNAMIC)
		passed->name = *at++;
	else
		passed->name = value_string(head->name);
	if (head->flags & PARTIAL_WITH)
		passed->with = *at++;
	passed->values = at;
}

static int
find_program(struct render *r, struct passed *passed)
{
	struct span name = value_span(passed->name);
	int found = 0;

	if (passed->name.kind != VALUE_STRING)
		return err_set(r->err, ERR_TEMPLATE,
		    "Argument error in tag 'include' - Illegal template name");
	if (render_charge_text(r, passed->name) < 0)
		return -1;
	if (r->env->partial != NULL)
		found = r->env->partial(r->env->host, passed->head->kind, name,
		    &passed->program, r->err);
	if (found == 0) {
		err_set(r->err, ERR_TEMPLATE, "No such template '%.*s'",
		    SPAN_ARG(name));
		return err_quotes(r->err);
	}
	return found < 0 ? -1 : 0;
}

/* The variable is called as the tag says, else like the partial itself
 * without its folders. */
static void
name_variable(struct passed *passed)
{
	struct span name = value_span(passed->name);
	size_t at = name.len;

	if (passed->head->variable.len != 0) {
		passed->variable = passed->head->variable;
		return;
	}
	while (at > 0 && name.at[at - 1] != '/')
		at--;
	name = span_from(name, at);
	passed->variable =
	    (struct key){ name.at, (uint32_t)name.len, value_hash(name) };
}

static int
push_arguments(struct render *r, const struct passed *passed)
{
	for (uint32_t i = 0; i < passed->head->count; i++)
		if (scope_push(r, &passed->head->names[i], passed->values[i]) <
		    0)
			return -1;
	return 0;
}

static int
enter(struct render *r, const struct passed *passed)
{
	if (r->depth >= r->limits->depth)
		return err_set(r->err, ERR_LIMIT,
		    "partials are nested deeper than %u", r->limits->depth);
	return render_charge(r, 16 + passed->program->count / 2);
}

static int
run_partial(struct render *r, const struct passed *passed)
{
	bool partial = r->partial;
	int done;

	if (enter(r, passed) < 0)
		return -1;
	r->depth++;
	r->partial = true;
	done = render_run(r, passed->program, 0);
	r->partial = partial;
	r->depth--;
	return done;
}

/* ---- include: within the scope it stands in ---- */

static int
include_once(struct render *r, const struct passed *passed, struct value with)
{
	size_t before = r->binding_count;
	int done = -1;

	if (push_arguments(r, passed) == 0 &&
	    scope_push(r, &passed->variable, with) == 0)
		done = run_partial(r, passed);
	scope_drop(r, r->binding_count - before);
	return done;
}

static int
include(struct render *r, struct passed *passed)
{
	struct value with = passed->with;

	if (r->frame->no_include)
		return err_set(r->err, ERR_TEMPLATE,
		    "include usage is not allowed in this context");
	if (!(passed->head->flags & PARTIAL_WITH)) {
		struct key key = passed->variable;

		/* A variable called like the partial is there as it is. */
		if (scope_find(r, &key, &with) < 0)
			return -1;
	}
	if (with.kind != VALUE_ARRAY)
		return include_once(r, passed, with);
	for (uint32_t i = 0; i < with.len && r->interrupt == INTERRUPT_NONE;
	     i++)
		if (include_once(r, passed, with.items[i]) < 0)
			return -1;
	return 0;
}

/* ---- render: in a scope of its own ---- */

/* What it is given are its first locals: assign and capture change them. */
static int
set_arguments(struct render *r, const struct passed *passed)
{
	for (uint32_t i = 0; i < passed->head->count; i++)
		if (scope_set(r, &passed->head->names[i], passed->values[i]) <
		    0)
			return -1;
	return 0;
}

static int
render_once(struct render *r, const struct passed *passed, struct value with,
    struct loop *loop, const struct key *drop)
{
	struct frame frame;
	int done = 0;

	frame_begin(r, &frame);
	frame.no_include = true;
	if (loop != NULL)
		done = scope_set(r, drop, loop_value(loop));
	if (done == 0)
		done = set_arguments(r, passed);
	if (done == 0 && !value_is_nil(with))
		done = scope_set(r, &passed->variable, with);
	if (done == 0)
		done = run_partial(r, passed);
	frame_end(r, &frame);
	r->interrupt = INTERRUPT_NONE;
	return done;
}

static int
render_each(struct render *r, const struct passed *passed)
{
	struct key drop = { "forloop", 7, value_hash(SPAN("forloop")) };
	struct loop *loop = loop_take(r);
	int done = 0;

	if (loop == NULL)
		return -1;
	loop_over(loop, passed->with);
	loop->name = value_span(passed->name);
	for (; loop->index < loop->count && done == 0; loop->index++) {
		struct value item;

		done = loop_item(r, loop, &item);
		if (done == 0)
			done = render_once(r, passed, item, loop, &drop);
	}
	loop_drop(r, loop);
	return done;
}

static bool
is_walked(const struct passed *passed)
{
	return (passed->head->flags & PARTIAL_FOR) &&
	       (passed->with.kind == VALUE_ARRAY ||
		   passed->with.kind == VALUE_RANGE ||
		   passed->with.kind == VALUE_MAP);
}

RENDER_OP(op_bind)
{
	return scope_push(r, code->key, *--r->top);
}

/* The values passed lie above the stack's top, where the partial's own would
 * overwrite them: keep them below it while it runs. */
RENDER_OP(op_partial)
{
	struct value *top = r->top, *kept;
	struct passed passed;
	int done = 0;

	take(r, code->partial, &passed);
	kept = r->top;
	if (find_program(r, &passed) < 0)
		return -1;
	name_variable(&passed);
	r->top = top;
	switch (passed.head->kind) {
	case PARTIAL_INCLUDE:
		done = include(r, &passed);
		break;
	case PARTIAL_RENDER:
		done = is_walked(&passed)
			   ? render_each(r, &passed)
			   : render_once(r, &passed, passed.with, NULL, NULL);
		break;
	case PARTIAL_BLOCK:
		done = render_once(r, &passed, value_nil(), NULL, NULL);
		break;
	}
	r->top = kept;
	scope_drop(r, passed.head->bound);
	return done;
}

/* ---- slots and variants ---- */

/* A stored block is rendered like a partial: its own scope, the same data. */
static int
stored_block(struct render *r, const struct program *block)
{
	struct partial_head head = { .kind = PARTIAL_BLOCK };
	struct passed passed = { .head = &head,
		.name = value_nil(),
		.with = value_nil(),
		.program = block };

	return render_once(r, &passed, value_nil(), NULL, NULL);
}

RENDER_OP(op_slot)
{
	const struct targets *targets = code->targets;
	struct slot_choice choice = { .option = MANIFEST_NONE };
	uint32_t option;
	int found = 0;

	if (r->env->slot != NULL)
		found = r->env->slot(
		    r->env->host, r->program, targets->index, &choice, r->err);
	if (found < 0)
		return -1;
	r->pc = targets->at[targets->count];
	if (found == 0)
		return 0;
	if (choice.block != NULL) {
		r->pc = targets->end;
		return stored_block(r, choice.block);
	}
	option = (uint32_t)choice.option - targets->first;
	if (choice.option >= 0 && option < targets->count)
		r->pc = targets->at[option];
	return 0;
}

RENDER_OP(op_variant)
{
	const struct targets *targets = code->targets;
	unsigned when = 0;
	int found = 0;

	if (r->env->variant != NULL)
		found = r->env->variant(
		    r->env->host, r->program, targets->index, &when, r->err);
	if (found < 0)
		return -1;
	if (found == 0 || when > targets->count)
		when = targets->count;
	r->pc = targets->at[when];
	return 0;
}

/* ---- abort_message, why ---- */

RENDER_OP(op_abort)
{
	struct value reason = *--r->top;
	struct span text;

	if (value_text(reason, r->arena, r->filter.work, &text) < 0)
		return render_full(r);
	err_set(r->err, ERR_ABORT, "%.*s", SPAN_ARG(span_first(text, 300)));
	return code->flags ? -1 : err_quotes(r->err);
}

RENDER_OP(op_why)
{
	struct span text = SPAN_NONE;
	int found = 0;

	if (r->env->why != NULL)
		found = r->env->why(r->env->host, r->arena, &text, r->err);
	if (found < 0)
		return -1;
	if (found == 0)
		return 0;
	*r->top++ = value_string(text);
	r->mark = arena_mark(r->arena);
	return op_emit(r, code);
}
