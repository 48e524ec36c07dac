#include "milter/decide/choose.h"

#include "milter/decide/seen.h"
#include "milter/decide/visible.h"

/* The rules about one option or pool, the campaign's before the block's. */
struct limit {
	uint32_t cap;
	int64_t window;
	int64_t cooldown;
};

struct chooser {
	struct decision *decision;
	const struct decide_request *request;
	struct seen seen;
	bool person_full; /* the person got as much as allowed */
	unsigned *counts; /* per option, in order: index into seen.counts */
	struct limit *limits;
	unsigned *firsts; /* of each slot: where its options begin above */
	unsigned option_count;
};

static int
memory_fail(struct err *err)
{
	return err_set(err, ERR_MEMORY, "no memory for the options");
}

static void
limit_override(struct limit *limit, const struct cap *cap)
{
	if (cap == NULL)
		return;
	if (cap->cap != CAP_UNSET)
		limit->cap = cap->cap;
	if (cap->window != SPAN_UNSET)
		limit->window = cap->window;
	if (cap->cooldown != SPAN_UNSET)
		limit->cooldown = cap->cooldown;
}

static struct limit
option_limit(
    const struct campaign *campaign, const struct outline_option *option)
{
	struct limit limit = { 1, 0, 0 };

	if (option->stored != NULL)
		limit = (struct limit){ option->stored->cap,
			option->stored->window, option->stored->cooldown };
	limit_override(&limit,
	    campaign_cap(campaign, CAP_BLOCK,
		option->stored != NULL ? option->stored->id : option->name));
	return limit;
}

/* ---- what was seen ---- */

/* What exposures call the option. */
static int
option_identity(struct chooser *chooser, const struct outline_slot *slot,
    const struct outline_option *option, struct span *identity, struct err *err)
{
	const struct campaign *campaign = chooser->request->campaign;
	struct buf text;

	if (option->stored != NULL) {
		*identity = option->stored->id;
		return 0;
	}
	buf_init(&text, chooser->decision->arena,
	    campaign->id.len + slot->name.len + option->name.len + 3);
	buf_add(&text, campaign->id);
	buf_byte(&text, '/');
	buf_add(&text, slot->name);
	buf_byte(&text, '/');
	buf_add(&text, option->name);
	*identity = buf_span(&text);
	return text.failed ? memory_fail(err) : 0;
}

/* The count of a pool with a cap of its own; its blocks are counted whether
 * they are options here or not. */
static unsigned
pool_count(struct chooser *chooser, const struct cap *cap)
{
	const struct pool *pool =
	    catalog_pool(chooser->request->catalog, cap->name);
	int64_t window = cap->window == SPAN_UNSET ? 0 : cap->window;
	unsigned count = seen_pool(&chooser->seen, window);

	for (size_t i = 0; pool != NULL && i < pool->count; i++) {
		struct outline_option option = { .stored = pool->blocks[i] };
		struct limit limit =
		    option_limit(chooser->request->campaign, &option);

		seen_content(
		    &chooser->seen, pool->blocks[i]->id, limit.window, count);
	}
	return count;
}

static unsigned
counts_needed(const struct chooser *chooser)
{
	const struct campaign *campaign = chooser->request->campaign;
	unsigned room = chooser->option_count;

	for (size_t i = 0; i < campaign->cap_count; i++) {
		const struct pool *pool;

		if (campaign->caps[i].scope != CAP_POOL)
			continue;
		pool = catalog_pool(
		    chooser->request->catalog, campaign->caps[i].name);
		room += 1 + (pool != NULL ? (unsigned)pool->count : 0);
	}
	return room;
}

/* Preview's pretended exposures name a block, or an option. */
static void
pretend(struct chooser *chooser, const struct outline_option *option,
    struct span identity)
{
	const struct decide_request *request = chooser->request;

	for (size_t i = 0; i < request->seen_count; i++)
		if (span_eq(request->seen[i], identity) ||
		    span_eq(request->seen[i], option->name))
			seen_pretend(&chooser->seen, identity, request->now);
}

static int
count_options(struct chooser *chooser, struct err *err)
{
	struct decision *decision = chooser->decision;
	const struct campaign *campaign = chooser->request->campaign;
	unsigned at = 0;

	for (size_t i = 0; i < campaign->cap_count; i++)
		if (campaign->caps[i].scope == CAP_POOL)
			pool_count(chooser, &campaign->caps[i]);
	for (unsigned i = 0; i < decision->slot_count; i++) {
		const struct outline_slot *slot = decision->slots[i].slot;

		for (unsigned j = 0; j < slot->count; j++, at++) {
			struct decided_option *out =
			    &decision->slots[i].options[j];

			if (option_identity(chooser, slot, &slot->options[j],
				&out->identity, err) < 0)
				return -1;
			chooser->limits[at] =
			    option_limit(campaign, &slot->options[j]);
			chooser->counts[at] =
			    seen_content(&chooser->seen, out->identity,
				chooser->limits[at].window, SEEN_NONE);
		}
	}
	if (chooser->request->history != NULL)
		seen_walk(&chooser->seen, chooser->request->history,
		    chooser->request->now);
	for (unsigned i = 0; i < decision->slot_count; i++)
		for (unsigned j = 0; j < decision->slots[i].slot->count; j++)
			pretend(chooser, &decision->slots[i].slot->options[j],
			    decision->slots[i].options[j].identity);
	return 0;
}

/* ---- caps on the person ---- */

/* Messages of the campaign or topic within the window; *last the latest. */
static uint64_t
messages_kept(const struct decide_request *request, const struct cap *cap,
    int64_t window, int64_t *last)
{
	const struct campaign *campaign = request->campaign;
	uint64_t count = 0;

	for (size_t i = 0; i < request->history->exposure_count; i++) {
		const struct exposure *entry = &request->history->exposures[i];
		bool ours = cap->scope == CAP_PERSON
				? span_eq(entry->campaign, campaign->id)
				: span_eq(entry->topic, campaign->topic);

		if (!ours || entry->time > request->now ||
		    !exposure_counts(entry->state))
			continue;
		count += seen_in_window(entry->time, request->now, window);
		if (entry->time > *last)
			*last = entry->time;
	}
	return count;
}

/* The campaign's messages whose entries are gone: all lie where the last. */
static uint64_t
campaign_folded(const struct decide_request *request, int64_t window)
{
	uint64_t count = 0;

	for (size_t i = 0; i < request->history->folded_count; i++) {
		const struct folded *folded = &request->history->folded[i];

		if (folded->kind == FOLDED_CAMPAIGN &&
		    span_eq(folded->name, request->campaign->id) &&
		    seen_in_window(folded->last, request->now, window))
			count += folded->count;
	}
	return count;
}

/* The same of the topic: of these nobody knows when, they count for ever. */
static uint64_t
topic_folded(const struct decide_request *request, int64_t window)
{
	uint64_t count = 0;

	for (size_t i = 0; window <= 0 && i < request->history->topic_count;
	     i++)
		if (span_eq(request->history->topics[i].topic,
			request->campaign->topic))
			count += request->history->topics[i].exposures;
	return count;
}

/* Messages to this person within the cap's window, by campaign or topic. */
static uint64_t
person_messages(const struct decide_request *request, const struct cap *cap,
    int64_t window, int64_t *last)
{
	uint64_t kept = messages_kept(request, cap, window, last);

	return kept + (cap->scope == CAP_PERSON
			      ? campaign_folded(request, window)
			      : topic_folded(request, window));
}

static bool
cooling(int64_t last, int64_t cooldown, int64_t now)
{
	return cooldown > 0 && last != SEEN_NEVER &&
	       seen_in_window(last, now, cooldown);
}

static bool
person_full(const struct chooser *chooser)
{
	const struct campaign *campaign = chooser->request->campaign;

	for (size_t i = 0;
	     chooser->request->history != NULL && i < campaign->cap_count;
	     i++) {
		const struct cap *cap = &campaign->caps[i];
		struct limit limit = { CAP_NONE, 0, 0 };
		int64_t last = SEEN_NEVER;

		if (cap->scope != CAP_PERSON && cap->scope != CAP_TOPIC)
			continue;
		limit_override(&limit, cap);
		if (person_messages(chooser->request, cap, limit.window,
			&last) >= limit.cap ||
		    cooling(last, limit.cooldown, chooser->request->now))
			return true;
	}
	return false;
}

/* ---- one option ---- */

/* Whether the option's pool was shown as often or as recently as allowed. */
static bool
pool_full(const struct chooser *chooser, const struct seen_count *count,
    const struct outline_option *option)
{
	const struct cap *cap;
	const struct seen_count *pool;
	struct limit limit = { CAP_NONE, 0, 0 };

	if (count->pool == SEEN_NONE || option->stored == NULL)
		return false;
	cap = campaign_cap(
	    chooser->request->campaign, CAP_POOL, option->stored->pool);
	pool = &chooser->seen.counts[count->pool];
	limit_override(&limit, cap);
	return pool->counted >= limit.cap ||
	       cooling(pool->last, limit.cooldown, chooser->request->now);
}

/* Whether an earlier slot of this message shows the same content. */
static bool
taken(const struct decision *decision, unsigned slot, struct span identity)
{
	for (unsigned i = 0; i < slot; i++) {
		const struct decided_slot *other = &decision->slots[i];

		if (other->chosen >= 0 &&
		    span_eq(other->options[other->chosen].identity, identity))
			return true;
	}
	return false;
}

/* Why a stored block itself may not show now. */
static enum loss
block_loss(const struct chooser *chooser, const struct outline_option *option)
{
	const struct block *block = option->stored;
	const struct zone *clocks = chooser->request->campaign->clocks;
	int64_t now = chooser->request->now;

	if (option->missing.len != 0)
		return LOSS_MISSING;
	if (block == NULL)
		return LOSS_NONE;
	if (now < block_from(block, clocks))
		return LOSS_EARLY;
	if (now >= block_until(block, clocks))
		return LOSS_LATE;
	if (block->topic.len != 0 &&
	    !span_eq(block->topic, chooser->request->campaign->topic))
		return LOSS_TOPIC;
	return LOSS_NONE;
}

/* Whether the conditions of the option and of its block are true. */
static int
conditions_true(const struct chooser *chooser, unsigned slot, unsigned option,
    struct err *err)
{
	const struct decide_request *request = chooser->request;
	const struct outline_option *of =
	    &chooser->decision->slots[slot].slot->options[option];
	int truth = 1;

	if (of->conditional && request->option_test != NULL)
		truth = request->option_test(
		    request->context, chooser->decision, slot, option, err);
	if (truth == 1 && of->stored != NULL &&
	    of->stored->condition.len + of->stored->exception.len != 0 &&
	    request->block_test != NULL)
		truth = request->block_test(
		    request->context, chooser->decision, of->stored, err);
	return truth;
}

static uint32_t
clamp(uint64_t count)
{
	return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* What the copy's arm has the slot show, or NULL. */
static const struct pin *
slot_pin(const struct decision *decision, const struct outline_slot *slot)
{
	const struct arm *arm = &decision->campaign->arms[decision->arm];

	for (size_t i = 0; i < arm->pin_count; i++)
		if (span_eq(arm->pins[i].slot, slot->name))
			return &arm->pins[i];
	return NULL;
}

bool
pin_names(const struct pin *pin, const struct outline_option *option)
{
	return span_eq(pin->option, option->name) ||
	       (option->stored != NULL &&
		   span_eq(pin->option, option->stored->id));
}

/* The reasons in their order; what costs nothing to know comes first. */
static int
option_judge(struct chooser *chooser, unsigned slot, unsigned option,
    unsigned at, struct err *err)
{
	struct decision *decision = chooser->decision;
	const struct outline_option *of =
	    &decision->slots[slot].slot->options[option];
	struct decided_option *out = &decision->slots[slot].options[option];
	const struct pin *pin = decision->slots[slot].pin;
	const struct seen_count *count =
	    &chooser->seen.counts[chooser->counts[at]];
	int truth;

	out->seen = clamp(count->seen);
	out->counted = clamp(count->counted);
	out->last = count->last;
	out->cap = chooser->limits[at].cap;
	out->field = visible_missing(decision, &of->uses);
	out->loss = pin != NULL && !pin_names(pin, of)
			? LOSS_PINNED
			: block_loss(chooser, of);
	if (out->loss != LOSS_NONE)
		return 0;
	if (out->field != OUTLINE_NONE)
		out->loss = LOSS_FIELD;
	else if (chooser->person_full)
		out->loss = LOSS_PERSON_CAP;
	else if (pool_full(chooser, count, of))
		out->loss = LOSS_POOL_CAP;
	else if (out->counted >= out->cap)
		out->loss = LOSS_CAP;
	else if (cooling(out->last, chooser->limits[at].cooldown,
		     chooser->request->now))
		out->loss = LOSS_COOLDOWN;
	else if (taken(decision, slot, out->identity))
		out->loss = LOSS_TAKEN;
	if (out->loss != LOSS_NONE)
		return 0;
	truth = conditions_true(chooser, slot, option, err);
	if (truth == 0) {
		out->loss = LOSS_CONDITION;
		out->field = visible_absent(decision, &of->uses);
	}
	return truth < 0 ? -1 : 0;
}

/* ---- slots ---- */

static double
option_priority(const struct decided_slot *slot, unsigned option)
{
	const struct block *stored = slot->slot->options[option].stored;

	return stored != NULL ? stored->priority : 0;
}

/* Whether one comes before the other, where the listed order does not say. */
static bool
option_before(const struct decided_slot *slot, unsigned one, unsigned other)
{
	const struct decided_option *a = &slot->options[one];
	const struct decided_option *b = &slot->options[other];

	if ((a->seen == 0) != (b->seen == 0))
		return a->seen == 0;
	if (option_priority(slot, one) != option_priority(slot, other))
		return option_priority(slot, one) >
		       option_priority(slot, other);
	return a->seen != 0 && a->last < b->last;
}

/* The option that comes first of those that nothing speaks against. */
static void
slot_pick(struct decided_slot *slot)
{
	for (unsigned i = 0; i < slot->slot->count; i++)
		if (slot->options[i].loss == LOSS_NONE &&
		    (slot->chosen < 0 ||
			option_before(slot, i, (unsigned)slot->chosen)))
			slot->chosen = (int)i;
	for (unsigned i = 0; i < slot->slot->count; i++)
		if ((int)i != slot->chosen &&
		    slot->options[i].loss == LOSS_NONE)
			slot->options[i].loss = LOSS_RANK;
}

static int
slot_judge(struct chooser *chooser, unsigned slot, struct err *err)
{
	struct decided_slot *out = &chooser->decision->slots[slot];

	out->chosen = -1;
	for (unsigned i = 0; i < out->slot->count; i++)
		if (option_judge(
			chooser, slot, i, chooser->firsts[slot] + i, err) < 0)
			return -1;
	return 0;
}

int
choose_again(struct chooser *chooser, unsigned slot,
    bool (*fits)(void *context, unsigned slot, unsigned option), void *context,
    struct err *err)
{
	struct decided_slot *out = &chooser->decision->slots[slot];

	if (slot_judge(chooser, slot, err) < 0)
		return -1;
	for (unsigned i = 0; i < out->slot->count; i++)
		if (out->options[i].loss == LOSS_NONE &&
		    !fits(context, slot, i))
			out->options[i].loss = LOSS_BUDGET;
	slot_pick(out);
	return 0;
}

static int
slots_make(struct chooser *chooser, struct err *err)
{
	struct decision *decision = chooser->decision;
	const struct outline *outline = decision->outline;

	decision->slot_count = outline->slot_count;
	decision->slots = arena_calloc(
	    decision->arena, outline->slot_count, sizeof *decision->slots);
	chooser->firsts = arena_calloc(
	    decision->arena, outline->slot_count, sizeof *chooser->firsts);
	if (decision->slots == NULL || chooser->firsts == NULL)
		return memory_fail(err);
	for (unsigned i = 0; i < outline->slot_count; i++) {
		const struct outline_slot *slot = &outline->slots[i];
		struct decided_option *options =
		    arena_calloc(decision->arena, slot->count, sizeof *options);

		if (options == NULL)
			return memory_fail(err);
		decision->slots[i] = (struct decided_slot){
			.slot = slot, .chosen = -1, .options = options
		};
		chooser->firsts[i] = chooser->option_count;
		chooser->option_count += slot->count;
	}
	return 0;
}

/* Every option lost, for a reason that is not its own. */
static void
slots_neutral(struct decision *decision)
{
	for (unsigned i = 0; i < decision->slot_count; i++)
		for (unsigned j = 0; j < decision->slots[i].slot->count; j++)
			decision->slots[i].options[j].loss = LOSS_NEUTRAL;
}

/* Counts what the options and the person have had. */
static int
chooser_init(struct chooser *chooser, struct err *err)
{
	struct arena *arena = chooser->decision->arena;

	if (slots_make(chooser, err) < 0)
		return -1;
	chooser->counts =
	    arena_calloc(arena, chooser->option_count, sizeof *chooser->counts);
	chooser->limits =
	    arena_calloc(arena, chooser->option_count, sizeof *chooser->limits);
	if (chooser->counts == NULL || chooser->limits == NULL)
		return memory_fail(err);
	if (seen_init(&chooser->seen, counts_needed(chooser), arena, err) < 0)
		return -1;
	return count_options(chooser, err);
}

int
choose_slots(struct decision *decision, bool rotate, struct chooser **chooser,
    struct err *err)
{
	struct chooser *made = ARENA_NEW(decision->arena, struct chooser);

	if (made == NULL)
		return memory_fail(err);
	made->decision = decision;
	made->request = decision->request;
	*chooser = made;
	if (chooser_init(made, err) < 0)
		return -1;
	if (!rotate) {
		slots_neutral(decision);
		return 0;
	}
	made->person_full = person_full(made);
	for (unsigned i = 0; i < decision->slot_count; i++) {
		decision->slots[i].pin =
		    slot_pin(decision, decision->slots[i].slot);
		if (slot_judge(made, i, err) < 0)
			return -1;
		slot_pick(&decision->slots[i]);
	}
	return 0;
}
