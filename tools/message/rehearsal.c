#include "tools/message/rehearsal.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "milter/decide/decide.h"
#include "store/base/buf.h"
#include "store/catalog/schema.h"

#define BATCH 64 /* addresses handed over at once */
#define QUEUE 32 /* batches that may wait */
#define THREADS_MAX 64
#define NAMES_MEMORY ((size_t)16 << 20)
#define ADDRESS_MAX 512

struct batch {
	char text[BATCH][ADDRESS_MAX];
	size_t lengths[BATCH];
	size_t count;
	uint64_t first; /* of the audience */
};

struct worker {
	struct rehearsal *rehearsal;
	pthread_t thread;
	bool started;
	struct rehearsed sums;
	struct arena *ready; /* of what all copies share */
	struct prepared *prepared;
	struct personalise_request request;
	struct arena *arena; /* of one copy */
	struct batch batch;
};

struct rehearsal {
	struct rehearsal_options options;
	struct worker *workers;
	struct batch filling; /* the caller's */
	pthread_mutex_t lock; /* guards queue, first, waiting, ended */
	pthread_cond_t filled, emptied;
	struct batch *queue;
	size_t first, waiting;
	bool ended;
};

static struct span
segment_of(const struct decision *decision)
{
	return decision->segment < 0
		   ? SPAN("")
		   : decision->campaign->segments[decision->segment].name;
}

/* "slot hero", "field tier": too personal for the budget. */
static void
count_held(struct rehearsed *sums, const struct decision *decision,
    const char *kind, struct span name, const struct counted *who)
{
	char text[200];
	int len = snprintf(text, sizeof(text), "%s %.*s", kind, SPAN_ARG(name));

	counts_add_person(&sums->held,
	    span_of(text, len < 200 ? (size_t)len : 199), segment_of(decision),
	    who);
}

static void
count_fields(struct rehearsed *sums, const struct decision *decision,
    const struct counted *who)
{
	for (unsigned i = 0; i < decision->field_count; i++) {
		const struct decided_field *field = &decision->fields[i];
		const char *why = absence_lack(field->absence);
		char text[200];
		int len;

		if (field->absence == ABSENCE_BUDGET)
			count_held(sums, decision, "field", field->name, who);
		if (!why)
			continue;
		if (field->absence == ABSENCE_STALE && field->field)
			len = snprintf(text, sizeof(text),
			    "%.*s older than %lld days", SPAN_ARG(field->name),
			    (long long)(field->field->max_age / 86400));
		else
			len = snprintf(text, sizeof(text), "%.*s: %s",
			    SPAN_ARG(field->name), why);
		counts_add(&sums->missing,
		    span_of(text, len < 200 ? (size_t)len : 199), 1);
	}
}

/* What became of a slot, read from what became of its options. */
enum fate { FATE_UNSERVED, FATE_WORN, FATE_HELD };

static enum fate
slot_fate(struct rehearsed *sums, const struct decision *decision,
    const struct decided_slot *slot, const struct counted *who)
{
	enum fate fate = FATE_UNSERVED;

	for (unsigned i = 0; i < slot->slot->count; i++) {
		enum loss loss = slot->options[i].loss;

		if (loss == LOSS_BUDGET)
			fate = FATE_HELD;
		if (loss == LOSS_PERSON_CAP || loss == LOSS_POOL_CAP ||
		    loss == LOSS_CAP || loss == LOSS_COOLDOWN) {
			if (fate != FATE_HELD)
				fate = FATE_WORN;
			counts_add_person(&sums->worn,
			    slot->slot->options[i].name, segment_of(decision),
			    who);
		}
	}
	return fate;
}

static void
count_slots(struct rehearsed *sums, const struct decision *decision,
    const struct counted *who)
{
	for (unsigned i = 0; i < decision->slot_count; i++) {
		const struct decided_slot *slot = &decision->slots[i];
		enum fate fate = slot_fate(sums, decision, slot, who);

		if (slot->chosen >= 0 || decision->neutral != ABSENCE_NONE)
			continue;
		if (fate == FATE_HELD)
			count_held(
			    sums, decision, "slot", slot->slot->name, who);
		else
			counts_add_person(fate == FATE_WORN ? &sums->exhausted
							    : &sums->unserved,
			    slot->slot->name, segment_of(decision), who);
	}
}

/* Whether a value or an option of this person's shows. */
static bool
is_personal(const struct decision *decision)
{
	if (decision->neutral != ABSENCE_NONE)
		return false;
	for (unsigned i = 0; i < decision->field_count; i++)
		if (decision->fields[i].shown)
			return true;
	for (unsigned i = 0; i < decision->slot_count; i++)
		if (decision->slots[i].chosen >= 0)
			return true;
	return false;
}

static bool
over_budget(const struct decision *decision)
{
	for (unsigned i = 0; i < decision->field_count; i++)
		if (decision->fields[i].absence == ABSENCE_BUDGET)
			return true;
	for (unsigned i = 0; i < decision->slot_count; i++)
		for (unsigned j = 0; j < decision->slots[i].slot->count; j++)
			if (decision->slots[i].options[j].loss == LOSS_BUDGET)
				return true;
	return false;
}

static void
count_copy(struct rehearsed *sums, const struct personalised *made,
    const struct counted *who)
{
	const struct decision *decision = made->decision;

	sums->rendered++;
	counts_add(&sums->arms, made->arm, 1);
	if (!decision)
		return;
	sums->personal += is_personal(decision);
	sums->eligible += decision->eligible == ELIGIBLE_YES;
	sums->neutral += decision->neutral != ABSENCE_NONE;
	if (decision->neutral != ABSENCE_NONE)
		counts_add(&sums->neutrals,
		    span_str(absence_text(decision->neutral)), 1);
	sums->over_budget += over_budget(decision);
	if (decision->segment >= 0)
		counts_add(&sums->segments, segment_of(decision), 1);
	count_fields(sums, decision, who);
	count_slots(sums, decision, who);
	minorities_add(sums->minorities, decision);
}

/* The first few problems of all, in the order of the audience. */
static void
add_problem(struct rehearsed *sums, const struct rehearsal_problem *problem)
{
	size_t at = sums->problem_count;

	if (at < REHEARSAL_PROBLEMS)
		sums->problem_count++;
	else if (sums->problems[--at].whom.nth < problem->whom.nth)
		return;
	for (; at > 0 && sums->problems[at - 1].whom.nth > problem->whom.nth;
	     at--)
		sums->problems[at] = sums->problems[at - 1];
	sums->problems[at] = *problem;
}

static void
count_failure(
    struct rehearsed *sums, const struct counted *who, const struct err *err)
{
	char line[sizeof(err->text) + sizeof(err->where) + 32];
	struct rehearsal_problem problem = { .whom = *who };

	if (err->code == ERR_SUPPRESSED) {
		sums->refused++;
		counts_add(&sums->refusals, span_str(err->text), 1);
		return;
	}
	sums->broken++;
	counts_add(&sums->reasons, span_str(err_word(err->code)), 1);
	err_line(err, line, sizeof(line));
	if (sums->problem_count < REHEARSAL_PROBLEMS &&
	    arena_dup(sums->arena, who->address, &problem.whom.address) == 0 &&
	    arena_dup(sums->arena, span_str(line), &problem.text) == 0)
		add_problem(sums, &problem);
}

/* CPU of this thread: what else the machine does makes no copy slow. */
static double
clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Remembers an address as the holder of a record. */
static void
hold(struct span address, char *room, struct span *holder)
{
	if (address.len > ADDRESS_MAX)
		address.len = ADDRESS_MAX;
	memcpy(room, address.at, address.len);
	*holder = span_of(room, address.len);
}

static void
rehearse(struct worker *worker, const struct counted *who, char *largest,
    char *slowest)
{
	struct rehearsed *sums = &worker->sums;
	struct personalised made;
	struct refusal_names names;
	struct err err = ERR_INIT;
	double began = clock_now(), took;

	arena_reset(worker->arena);
	sums->people++;
	worker->request.recipient = who->address;
	if (personalise_prepared(worker->prepared, &worker->request,
		worker->arena, &made, &err) < 0) {
		count_failure(sums, who, &err);
		return;
	}
	if (made.verdict == VERDICT_REFUSED) {
		/* Without what is one person's own: it is counted. */
		names = decision_names(made.decision);
		names.bounced = NULL;
		refusal_fail(made.decision->refusal, &names, &err);
		count_failure(sums, who, &err);
		return;
	}
	took = clock_now() - began;
	count_copy(sums, &made, who);
	if (made.bytes.len > sums->largest) {
		sums->largest = made.bytes.len;
		hold(who->address, largest, &sums->largest_to);
	}
	if (took > sums->slowest) {
		sums->slowest = took;
		hold(who->address, slowest, &sums->slowest_to);
	}
}

/* Takes one batch off the queue. 1, or 0 when there is none any more. */
static int
take(struct rehearsal *rehearsal, struct batch *batch)
{
	int taken = 0;

	pthread_mutex_lock(&rehearsal->lock);
	while (rehearsal->waiting == 0 && !rehearsal->ended)
		pthread_cond_wait(&rehearsal->filled, &rehearsal->lock);
	if (rehearsal->waiting != 0) {
		*batch = rehearsal->queue[rehearsal->first];
		rehearsal->first = (rehearsal->first + 1) % QUEUE;
		rehearsal->waiting--;
		pthread_cond_signal(&rehearsal->emptied);
		taken = 1;
	}
	pthread_mutex_unlock(&rehearsal->lock);
	return taken;
}

static void *
work(void *context)
{
	struct worker *worker = context;
	char *rooms = arena_alloc(worker->sums.arena, 2 * (size_t)ADDRESS_MAX);

	while (rooms && take(worker->rehearsal, &worker->batch))
		for (size_t i = 0; i < worker->batch.count; i++) {
			const struct counted who = {
				span_of(worker->batch.text[i],
				    worker->batch.lengths[i]),
				worker->batch.first + i
			};

			rehearse(worker, &who, rooms, rooms + ADDRESS_MAX);
		}
	return NULL;
}

static void
sums_init(struct rehearsed *sums)
{
	sums->arena = arena_new(NAMES_MEMORY);
	sums->arms.arena = sums->segments.arena = sums->missing.arena =
	    sums->refusals.arena = sums->reasons.arena = sums->arena;
	sums->neutrals.arena = sums->arena;
	sums->exhausted.arena = sums->unserved.arena = sums->worn.arena =
	    sums->held.arena = sums->arena;
	if (sums->arena)
		sums->minorities = minorities_new(sums->arena);
}

static int
start(struct rehearsal *rehearsal, unsigned i, struct err *err)
{
	const struct rehearsal_options *options = &rehearsal->options;
	struct worker *worker = &rehearsal->workers[i];

	worker->rehearsal = rehearsal;
	sums_init(&worker->sums);
	worker->ready = arena_new(options->memory);
	worker->arena = arena_new(options->memory);
	if (!worker->sums.arena || !worker->ready || !worker->arena)
		return err_set(err, ERR_MEMORY, "out of memory");
	worker->request = options->request;
	worker->request.explain = true;
	if (personalise_prepare(options->personaliser, &worker->request,
		worker->ready, &worker->prepared, err) < 0)
		return -1;
	worker->started =
	    pthread_create(&worker->thread, NULL, work, worker) == 0;
	return worker->started ? 0
			       : err_set(err, ERR_MEMORY, "no more threads");
}

int
rehearsal_begin(const struct rehearsal_options *options,
    struct rehearsal **rehearsal, struct err *err)
{
	struct rehearsal *made = calloc(1, sizeof(*made));
	int status = 0;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	made->options = *options;
	if (made->options.threads > THREADS_MAX)
		made->options.threads = THREADS_MAX;
	pthread_mutex_init(&made->lock, NULL);
	pthread_cond_init(&made->filled, NULL);
	pthread_cond_init(&made->emptied, NULL);
	made->queue = calloc(QUEUE, sizeof(*made->queue));
	made->workers = calloc(made->options.threads, sizeof(*made->workers));
	if (!made->queue || !made->workers)
		status = err_set(err, ERR_MEMORY, "out of memory");
	for (unsigned i = 0; status == 0 && i < made->options.threads; i++)
		status = start(made, i, err);
	if (status < 0) {
		rehearsal_end(&made);
		return -1;
	}
	*rehearsal = made;
	return 0;
}

static void
hand_over(struct rehearsal *rehearsal)
{
	size_t at;

	pthread_mutex_lock(&rehearsal->lock);
	while (rehearsal->waiting == QUEUE)
		pthread_cond_wait(&rehearsal->emptied, &rehearsal->lock);
	at = (rehearsal->first + rehearsal->waiting) % QUEUE;
	rehearsal->queue[at] = rehearsal->filling;
	rehearsal->waiting++;
	pthread_cond_signal(&rehearsal->filled);
	pthread_mutex_unlock(&rehearsal->lock);
	rehearsal->filling.first += rehearsal->filling.count;
	rehearsal->filling.count = 0;
}

int
rehearsal_add(struct rehearsal *rehearsal, struct span address, struct err *err)
{
	struct batch *batch = &rehearsal->filling;

	if (address.len > ADDRESS_MAX)
		return err_set(err, ERR_INPUT, "an address is too long");
	memcpy(batch->text[batch->count], address.at, address.len);
	batch->lengths[batch->count++] = address.len;
	if (batch->count == BATCH)
		hand_over(rehearsal);
	return 0;
}

static void
join(struct rehearsal *rehearsal)
{
	pthread_mutex_lock(&rehearsal->lock);
	rehearsal->ended = true;
	pthread_cond_broadcast(&rehearsal->filled);
	pthread_mutex_unlock(&rehearsal->lock);
	for (unsigned i = 0; i < rehearsal->options.threads; i++)
		if (rehearsal->workers[i].started) {
			pthread_join(rehearsal->workers[i].thread, NULL);
			rehearsal->workers[i].started = false;
		}
}

static void
add_sums(struct rehearsed *all, const struct rehearsed *one)
{
	all->people += one->people;
	all->rendered += one->rendered;
	all->eligible += one->eligible;
	all->personal += one->personal;
	all->neutral += one->neutral;
	all->refused += one->refused;
	all->broken += one->broken;
	all->over_budget += one->over_budget;
	counts_merge(&all->arms, &one->arms);
	counts_merge(&all->segments, &one->segments);
	counts_merge(&all->missing, &one->missing);
	counts_merge(&all->neutrals, &one->neutrals);
	counts_merge(&all->exhausted, &one->exhausted);
	counts_merge(&all->unserved, &one->unserved);
	counts_merge(&all->worn, &one->worn);
	counts_merge(&all->held, &one->held);
	counts_merge(&all->refusals, &one->refusals);
	counts_merge(&all->reasons, &one->reasons);
	minorities_merge(all->minorities, one->minorities);
	for (size_t i = 0; i < one->problem_count; i++)
		add_problem(all, &one->problems[i]);
	if (one->largest > all->largest) {
		all->largest = one->largest;
		all->largest_to = one->largest_to;
	}
	if (one->slowest > all->slowest) {
		all->slowest = one->slowest;
		all->slowest_to = one->slowest_to;
	}
}

/* The order of threads is nobody's business. */
static void
sort_sums(struct rehearsed *sums)
{
	struct counts *counts[] = { &sums->arms, &sums->segments,
		&sums->missing, &sums->refusals, &sums->reasons,
		&sums->exhausted, &sums->unserved, &sums->worn, &sums->held,
		&sums->neutrals };

	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
		counts_sort(counts[i]);
}

const struct rehearsed *
rehearsal_finish(struct rehearsal *rehearsal)
{
	if (rehearsal->filling.count != 0)
		hand_over(rehearsal);
	join(rehearsal);
	for (unsigned i = 1; i < rehearsal->options.threads; i++)
		add_sums(
		    &rehearsal->workers[0].sums, &rehearsal->workers[i].sums);
	sort_sums(&rehearsal->workers[0].sums);
	return &rehearsal->workers[0].sums;
}

void
rehearsal_end(struct rehearsal **rehearsal)
{
	struct rehearsal *it = *rehearsal;

	if (!it)
		return;
	if (it->workers)
		join(it);
	for (unsigned i = 0; it->workers && i < it->options.threads; i++) {
		prepared_release(&it->workers[i].prepared);
		arena_free(&it->workers[i].ready);
		arena_free(&it->workers[i].sums.arena);
		arena_free(&it->workers[i].arena);
	}
	pthread_cond_destroy(&it->filled);
	pthread_cond_destroy(&it->emptied);
	pthread_mutex_destroy(&it->lock);
	free(it->workers);
	free(it->queue);
	free(it);
	*rehearsal = NULL;
}
