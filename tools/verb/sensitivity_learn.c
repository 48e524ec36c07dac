/*
 * inlay sensitivity learn: the cells anew, of what people were sent and did.
 */
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "store/engine/engine.h"
#include "tools/input/document.h"
#include "tools/input/document_edit.h"
#include "tools/measure/lesson.h"
#include "tools/out.h"
#include "tools/people/walk.h"
#include "tools/verbs.h"

/* A cell of which nothing new came for so long is forgotten. */
#define STALE ((int64_t)365 * 86400)

struct learner {
	struct cli *cli;
	const struct catalog *catalog;
	struct lessons lessons;
	struct lesson *list;
	size_t count;
	struct buf cells; /* the document that is stored */
	size_t kept, changed;
	json_t *told; /* of --json */
};

static int
add_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct learner *learner = context;

	(void)arena;
	return lessons_add(&learner->lessons, &person->history, err);
}

static const struct sensitivity_cell *
stored_cell(const struct learner *learner, const struct lesson *lesson)
{
	return sensitivity_cells_find(learner->catalog->cells,
	    learner->catalog->cell_count, lesson->cluster, lesson->topic);
}

static struct lesson *
lesson_of(struct learner *learner, const struct sensitivity_cell *cell)
{
	for (size_t i = 0; i < learner->count; i++)
		if (span_eq(learner->list[i].cluster, cell->cluster) &&
		    span_eq(learner->list[i].topic, cell->topic))
			return &learner->list[i];
	return NULL;
}

static void
put_cell(struct buf *out, const struct sensitivity_cell *cell)
{
	char from[TIMESTAMP_SIZE], until[TIMESTAMP_SIZE];

	buf_add(out, SPAN("- {cluster: "));
	document_quote(out, cell->cluster);
	buf_add(out, SPAN(", topic: "));
	document_quote(out, cell->topic);
	buf_printf(out,
	    ", pi_p: %.9g, pi_g: %.9g, psi_p: %.9g, psi_g: %.9g, "
	    "H_cell: %.9g, sd_cell: %.9g",
	    cell->respond_personal, cell->respond_generic, cell->lost_personal,
	    cell->lost_generic, cell->gain, cell->deviation);
	if (cell->n != 0)
		buf_printf(out, ", n: %u, from: %s, until: %s", cell->n,
		    timestamp_print(cell->from, from),
		    timestamp_print(cell->until, until));
	buf_add(out, SPAN("}\n"));
}

static void
put_lesson(struct buf *out, const struct lesson *lesson)
{
	const struct learned_cell *cell = &lesson->cell;
	double n = cell->personal.sent + cell->generic.sent;
	const struct sensitivity_cell stored = { lesson->cluster, lesson->topic,
		cell->respond_personal, cell->respond_generic,
		cell->lose_personal, cell->lose_generic, cell->gain,
		cell->deviation > 1e-12 ? cell->deviation : 1e-12,
		n < UINT32_MAX ? (uint32_t)n : UINT32_MAX, lesson->from,
		lesson->until };

	put_cell(out, &stored);
}

static enum learned_word
stored_word(const struct sensitivity_cell *cell, double cost)
{
	return cell ? learning_judge(cell->gain, cell->deviation, cost)
		    : LEARNED_NOT_KNOWN;
}

static void
tell_json(struct learner *learner, const struct lesson *lesson,
    enum learned_word was, enum learned_word is)
{
	const struct learned_side *p = &lesson->cell.personal;
	const struct learned_side *g = &lesson->cell.generic;
	json_t *told =
	    json_pack("{s:s, s:s, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}",
		"was", learned_word(was), "is", learned_word(is), "personal",
		p->sent, "neutral", g->sent, "personal_answers", p->answered,
		"neutral_answers", g->answered, "personal_leavers", p->lost,
		"neutral_leavers", g->lost, "gain", lesson->cell.gain,
		"deviation", lesson->cell.deviation);

	out_set(told, "cluster", out_string(lesson->cluster));
	out_set(told, "topic", out_string(lesson->topic));
	out_set(told, "from", out_moment(lesson->from));
	out_set(told, "until", out_moment(lesson->until));
	out_add(learner->told, told);
}

/* "senior / garden: indifferent -> feels spied on; 61 leavers against 22". */
static void
tell(struct learner *learner, const struct lesson *lesson,
    enum learned_word was, enum learned_word is)
{
	const struct learned_side *p = &lesson->cell.personal;
	const struct learned_side *g = &lesson->cell.generic;
	FILE *out = learner->cli->out;

	if (learner->told) {
		tell_json(learner, lesson, was, is);
		return;
	}
	if (was == is)
		return;
	out_text(out, lesson->cluster, 0);
	fputs(" / ", out);
	out_text(out, lesson->topic, 0);
	fprintf(out,
	    ": %s -> %s; of %.0f personal copies and %.0f neutral ones %.0f "
	    "answers against %.0f, %.0f leavers against %.0f\n",
	    learned_word(was), learned_word(is), p->sent, g->sent, p->answered,
	    g->answered, p->lost, g->lost);
}

/* What is known now of what was looked at. */
static void
take_lessons(struct learner *learner)
{
	for (size_t i = 0; i < learner->count; i++) {
		const struct lesson *lesson = &learner->list[i];
		enum learned_word is = lesson->cell.word;
		enum learned_word was = stored_word(
		    stored_cell(learner, lesson), lesson->cell.costs.send);

		tell(learner, lesson, was, is);
		learner->changed += was != is;
		if (is == LEARNED_NOT_KNOWN)
			continue;
		learner->kept++;
		put_lesson(&learner->cells, lesson);
	}
}

/* Cells that nothing was seen of stay until they are stale; written ones, of
 * which nobody knows how old they are, stay. */
static void
keep_others(struct learner *learner)
{
	const struct catalog *catalog = learner->catalog;

	for (size_t i = 0; i < catalog->cell_count; i++) {
		const struct sensitivity_cell *cell = &catalog->cells[i];
		struct span names[] = { cell->cluster, cell->topic };

		if (lesson_of(learner, cell))
			continue;
		if (cell->until == 0 || cell->until > cli_now() - STALE) {
			learner->kept++;
			put_cell(&learner->cells, cell);
			continue;
		}
		learner->changed++;
		if (!learner->told)
			fprintf(learner->cli->out,
			    "%.*s / %.*s: forgotten, for nothing was seen of "
			    "it for a year\n",
			    SPAN_ARG(names[0]), SPAN_ARG(names[1]));
	}
}

static int
store(struct learner *learner, struct err *err)
{
	struct cli *cli = learner->cli;
	struct entry entry = { .name = CATALOG_CELLS };
	bool dry = cli_flag(cli, "dry-run") != NULL;

	if (learner->cells.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	entry.bytes = buf_span(&learner->cells);
	if (document_put(cli, &entry, 1, err) < 0)
		return -1;
	if (learner->told)
		return out_json_pretty(cli->out, learner->told, err) < 0
			   ? -1
			   : EX_OK;
	fprintf(cli->out, "%zu cells, %zu changed%s\n", learner->kept,
	    learner->changed, dry ? "; nothing is stored" : "");
	return EX_OK;
}

static int
learn(struct learner *learner, struct err *err)
{
	struct cli *cli = learner->cli;
	struct walk over = {
		.label = "learning", .each = add_one, .context = learner
	};
	int walked = walk(cli, &over, err);

	if (walked == 0)
		return err_set(err, ERR_STORE, "interrupted");
	if (walked < 0 ||
	    lessons_finish(&learner->lessons, learner->catalog, cli->arena,
		&learner->list, &learner->count, err) < 0)
		return -1;
	buf_init(&learner->cells, cli->arena, (size_t)16 << 20);
	buf_add(&learner->cells, SPAN("# by inlay sensitivity learn\n"));
	learner->told = cli->json ? json_array() : NULL;
	take_lessons(learner);
	keep_others(learner);
	return store(learner, err);
}

int
verb_sensitivity_learn(struct cli *cli, struct err *err)
{
	struct learner learner = { .cli = cli };
	struct catalog *catalog;
	int64_t since = WHEN_PAST;
	int status;

	if (cli_when_in(cli, "since", zone_utc(), &since, err) < 0 ||
	    cli_catalog(cli, &catalog, err) < 0)
		return -1;
	learner.catalog = catalog;
	status = lessons_init(&learner.lessons, since, err);
	if (status == 0)
		status = learn(&learner, err);
	lessons_deinit(&learner.lessons);
	catalog_free(&catalog);
	return status;
}
