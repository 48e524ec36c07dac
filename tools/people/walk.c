#include "tools/people/walk.h"

#include "store/engine/sweep.h"
#include "tools/interrupt.h"
#include "tools/progress.h"

struct visitor {
	struct walk *walk;
	struct progress progress;
	uint64_t total;
};

/* Whether the person is another tenant's; a history without a profile does
 * not say whose it is. */
static bool
is_of_another(const struct walk *walk, const struct person_edit *person)
{
	struct record_key own;

	if (!person->known)
		return false;
	own = record_key(walk->tenant, person->address);
	return record_key_cmp(&own, &person->key) != 0;
}

/* One decoded record to the caller. As walk.each. */
static int
visit(void *context, const struct record *record, struct arena *one,
    struct err *err)
{
	struct walk *walk = ((struct visitor *)context)->walk;
	struct person_edit person = { .key = record->key, .record = *record };
	struct err trouble = ERR_INIT;

	if (person_edit_decode(&person, one, &trouble) < 0) {
		walk->seen++;
		walk->damaged++;
		return 0;
	}
	person.address = person.profile.address;
	if (is_of_another(walk, &person))
		return 0;
	walk->seen++;
	return walk->each(walk->context, &person, one, err);
}

static bool
tell(void *context, uint64_t read)
{
	struct visitor *visitor = context;

	progress_at(&visitor->progress, read, read, visitor->total);
	return interrupt_seen();
}

int
walk(struct cli *cli, struct walk *walk, struct err *err)
{
	struct engine_stat stat = { .name = NULL };
	struct visitor visitor = { .walk = walk };
	struct sweep sweep = { visit, tell, &visitor };
	int status;

	walk->tenant = cli->tenant;
	if (engine_stat_quick(cli->engine, &stat, err) < 0)
		return -1;
	for (int i = 0; i < RECORD_KINDS; i++)
		if (stat.records[i] > visitor.total)
			visitor.total = stat.records[i];
	progress_begin(&visitor.progress, cli->errors, walk->label, "records");
	interrupt_watch();
	status = sweep_run(&sweep, cli->engine, err);
	progress_end(&visitor.progress);
	return status;
}

void
walk_tell_damaged(const struct walk *walk, FILE *errors)
{
	if (walk->damaged != 0)
		fprintf(errors,
		    "inlay: %llu records are damaged; see `inlay db verify`\n",
		    (unsigned long long)walk->damaged);
}
