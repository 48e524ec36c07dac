/*
 * inlay profile: get, set, rm. Loading is in profile_load.c.
 */
#include <sysexits.h>

#include "milter/decide/bounced.h"
#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/people/person_edit.h"
#include "tools/input/import.h"
#include "tools/input/import_value.h"
#include "tools/input/row_faults.h"
#include "tools/out.h"
#include "tools/people/profile_json.h"
#include "tools/verbs.h"

#define DAY 86400

static int
nobody(struct cli *cli)
{
	return cli_fail(
	    cli, EX_NOUSER, "absent", "no profile: %s", cli->argv[0]);
}

static void
print_flags(FILE *out, const struct profile *profile)
{
	static const char *const names[] = { "object_profiling",
		"object_marketing", "suppressed", "restricted" };
	struct profile copy = *profile;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (*import_flag(&copy, span_str(names[i])))
			fprintf(out, "%-24s yes\n", names[i]);
}

/* What came back, and what the rule makes of it. 0 or -1. */
static int
print_bounces(struct cli *cli, const struct profile *profile, struct err *err)
{
	char day[BOUNCE_DAY_SIZE], status[BOUNCE_STATUS_SIZE];
	struct catalog *catalog;
	struct bounced bounced;
	struct buf text;
	bool suppressed;

	for (size_t i = 0; i < profile->bounce_count; i++)
		fprintf(cli->out, "%-24s %-24s %s, %s\n", IMPORT_BOUNCES,
		    bounce_day_print(profile->bounces[i].day, day),
		    bounce_status_print(profile->bounces[i].status, status),
		    bounce_kind_word(bounce_kind(profile->bounces[i].status)));
	if (profile->forgiven != 0)
		fprintf(cli->out, "%-24s up to %s\n", IMPORT_FORGIVEN,
		    bounce_day_print(profile->forgiven, day));
	if (profile->bounce_count == 0)
		return 0;
	if (cli_catalog(cli, &catalog, err) < 0)
		return -1;
	suppressed = bounced_find(profile, &catalog->schema->bounces, &bounced);
	catalog_free(&catalog);
	if (!suppressed)
		return 0;
	buf_init(&text, cli->arena, 200);
	bounced_tell(&bounced, &text);
	fprintf(cli->out, "%-24s by the rule of bounces: %s\n", "suppressed",
	    buf_cstr(&text));
	return 0;
}

static void
print_profile(FILE *out, const struct profile *profile)
{
	fprintf(out, "%-24s ", "email");
	out_text(out, profile->address, 0);
	fputc('\n', out);
	print_flags(out, profile);
	for (size_t i = 0; i < profile->consent_count; i++) {
		const struct consent *consent = &profile->consents[i];

		fprintf(out, "consent.");
		out_text(out, consent->type, 16);
		fprintf(out, " %-24s ", consent_word(consent->status));
		out_when(out, NULL, consent->at, 22);
		out_text(out, consent->source, 0);
		fputc('\n', out);
	}
	for (size_t i = 0; i < profile->observation_count; i++) {
		const struct observation *seen = &profile->observations[i];

		out_text(out, seen->field, 24);
		fputc(' ', out);
		out_text(
		    out, seen->retracted ? SPAN("(none)") : seen->value, 24);
		fputc(' ', out);
		out_when(out, NULL, seen->observed_at, 22);
		out_text(out, seen->source, 0);
		fputc('\n', out);
	}
}

int
verb_profile_get(struct cli *cli, struct err *err)
{
	struct person_edit person;

	if (person_edit_read(cli, cli->argv[0], &person, err) < 0)
		return -1;
	if (!person.known)
		return nobody(cli);
	if (cli->json)
		return out_json_pretty(
			   cli->out, profile_json(&person.profile), err) < 0
			   ? -1
			   : EX_OK;
	print_profile(cli->out, &person.profile);
	return print_bounces(cli, &person.profile, err) < 0 ? -1 : EX_OK;
}

/* What `profile set` was told. */
struct setting {
	struct profile update;
	struct row row;
	int64_t now;
};

/* NAME=VALUE arguments as one row about the address. 0 or -1. */
static int
row_of_arguments(struct cli *cli, struct row *row, struct err *err)
{
	row->cells =
	    arena_calloc(cli->arena, (size_t)cli->argc, sizeof(*row->cells));
	if (!row->cells)
		return err_set(err, ERR_MEMORY, "out of memory");
	row->cells[row->count++] = (struct row_cell){ .name = SPAN("email"),
		.value = span_str(cli->argv[0]) };
	for (int i = 1; i < cli->argc; i++) {
		struct span text = span_str(cli->argv[i]);
		size_t equals = span_find(text, '=');
		struct row_cell *cell = &row->cells[row->count++];

		if (equals == text.len || equals == 0)
			return cli_misuse(
			    err, "`%s` is not NAME=VALUE", cli->argv[i]);
		cell->name = span_first(text, equals);
		cell->value = span_from(text, equals + 1);
		if (cell->value.len == 0)
			cell->kind = CELL_NULL;
	}
	return 0;
}

/* Flags set to no and bounces set to nothing are taken back here; merging only
 * ever adds them. Who is to be mailed again is so whatever suppressed them. */
static void
take_back(const struct row *row, int64_t now, struct profile *profile)
{
	int64_t today = now / DAY;

	for (size_t i = 1; i < row->count; i++) {
		const struct row_cell *cell = &row->cells[i];
		bool *flag = import_flag(profile, cell->name);
		bool on = true;

		if (flag && import_switch(cell->value, &on) && !on)
			*flag = false;
		if ((flag == &profile->suppressed && !on) ||
		    (span_caseeq(cell->name, SPAN(IMPORT_BOUNCES)) &&
			cell->kind == CELL_NULL))
			profile_forgive(profile, today);
	}
}

static int
apply_setting(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct setting *setting = context;

	if (person->erased)
		return err_set(err, ERR_INPUT,
		    "this person was erased and may not come back");
	person->profile.address = person->address;
	if (profile_merge(&person->profile, &setting->update, arena, err) < 0)
		return -1;
	take_back(&setting->row, setting->now, &person->profile);
	return EDIT_PROFILE;
}

int
verb_profile_set(struct cli *cli, struct err *err)
{
	struct setting setting = { .row = { .line = 0 }, .now = cli_now() };
	struct row_faults faults = { .arena = cli->arena };
	struct import import = { .source = SPAN("cli"),
		.observed_at = cli_now(),
		.faults = &faults };
	const char *source = cli_flag(cli, "source");
	struct catalog *catalog;
	int status;

	if (source)
		import.source = span_str(source);
	if (cli_when(cli, "observed-at", &import.observed_at, err) < 0 ||
	    row_of_arguments(cli, &setting.row, err) < 0 ||
	    cli_catalog(cli, &catalog, err) < 0)
		return -1;
	import.schema = catalog->schema;
	status =
	    import_row(&import, &setting.row, cli->arena, &setting.update, err);
	if (status == 0)
		status =
		    cli_misuse(err, "%.*s%s%s", SPAN_ARG(setting.row.bad_name),
			setting.row.bad_name.len ? ": " : "", setting.row.bad);
	if (status > 0 && faults.values != 0)
		fprintf(cli->errors,
		    "inlay: warning: %.*s: %.*s; stored all the same, it is "
		    "never used\n",
		    SPAN_ARG(faults.list[0].name),
		    SPAN_ARG(faults.list[0].rule));
	catalog_free(&catalog);
	if (status < 0)
		return -1;
	return person_edit_run(
		   cli, cli->argv[0], apply_setting, &setting, err) < 0
		   ? -1
		   : EX_OK;
}

static int
forget(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	const struct cli *cli = context;
	int gone = 0;

	(void)arena;
	(void)err;
	if (person->record.values[RECORD_PROFILE].version == 0)
		return 0;
	if (cli->argc == 1)
		return EDIT_FORGET_PROFILE;
	for (int i = 1; i < cli->argc; i++)
		gone |=
		    profile_forget(&person->profile, span_str(cli->argv[i]));
	return gone ? EDIT_PROFILE : 0;
}

int
verb_profile_rm(struct cli *cli, struct err *err)
{
	int done = person_edit_run(cli, cli->argv[0], forget, cli, err);

	if (done == 0)
		return nobody(cli);
	return done < 0 ? -1 : EX_OK;
}
