/*
 * inlay exposure: list, who.
 */
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/people/exposure_text.h"
#include "tools/people/person_edit.h"
#include "tools/out.h"
#include "tools/people/profile_json.h"
#include "tools/verbs.h"
#include "tools/people/walk.h"

static void
print_folded(FILE *out, const struct history *history)
{
	for (size_t i = 0; i < history->folded_count; i++) {
		static const char *const words[] = { "block", "campaign",
			"response" };
		const struct folded *folded = &history->folded[i];

		out_when(out, NULL, folded->last, OUT_WHEN);
		fprintf(out, "%-8s ", words[folded->kind]);
		out_text(out, folded->name, 24);
		fprintf(out, " %llu times since ",
		    (unsigned long long)folded->count);
		out_when(out, NULL, folded->first, 0);
		fputc('\n', out);
	}
}

/* An empty answer says that it is one; the status is that of the name. */
static int
nothing_found(
    struct cli *cli, int status, const char *what, const char *subject)
{
	if (status == EX_OK && !cli->json)
		fprintf(cli->errors, "inlay: %s %s\n", what, subject);
	return status;
}

int
verb_exposure_list(struct cli *cli, struct err *err)
{
	const char *to = cli_flag(cli, "to");
	const char *campaign = cli_flag(cli, "campaign");
	struct person_edit person;
	struct catalog *catalog = NULL;
	size_t shown = 0;
	json_t *list;

	if (!to)
		return cli_misuse(err, "exposure list needs --to ADDRESS");
	if (person_edit_read(cli, to, &person, err) < 0)
		return -1;
	if (cli->json && !campaign)
		return out_json_pretty(
			   cli->out, history_json(&person.history), err) < 0
			   ? -1
			   : EX_OK;
	list = cli->json ? json_array() : NULL;
	if (!list && cli_catalog(cli, &catalog, err) < 0)
		return -1;
	for (size_t i = 0; i < person.history.exposure_count; i++) {
		const struct exposure *exposure = &person.history.exposures[i];

		if (campaign &&
		    !span_eq(exposure->campaign, span_str(campaign)))
			continue;
		shown++;
		if (list)
			out_add(list, exposure_json(exposure));
		else
			exposure_print(cli->out, catalog, exposure);
	}
	if (list && out_json_pretty(cli->out, list, err) < 0)
		return -1;
	if (!list && !campaign)
		print_folded(cli->out, &person.history);
	catalog_free(&catalog);
	if (shown + (campaign ? 0 : person.history.folded_count) != 0)
		return EX_OK;
	return nothing_found(cli,
	    document_missing(cli, CATALOG_CAMPAIGN, campaign, "campaign", err),
	    "nothing has been shown to", to);
}

/* What `exposure who` looks for and how it tells. */
struct asking {
	struct cli *cli;
	struct span block;
	int64_t since;
	uint64_t found;
	uint64_t nameless; /* of them; a history knows its person by key */
};

static int
ask_one(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct asking *asking = context;
	struct block_seen seen =
	    history_seen(&person->history, asking->block, asking->since);
	json_t *object;
	char hex[33];

	(void)arena;
	if (seen.count == 0)
		return 0;
	asking->found++;
	asking->nameless += person->address.len == 0;
	if (asking->cli->json) {
		object = json_object();
		out_set(object, "email",
		    person->address.len != 0 ? out_string(person->address)
					     : json_null());
		out_set(object, "key",
		    json_string(record_key_hex(&person->key, hex)));
		out_set(object, "count", json_integer((json_int_t)seen.count));
		out_set(object, "first", out_moment(seen.first));
		out_set(object, "last", out_moment(seen.last));
		return out_json(asking->cli->out, object, err);
	}
	if (person->address.len != 0)
		out_text(asking->cli->out, person->address, 32);
	else
		fprintf(
		    asking->cli->out, "%s", record_key_hex(&person->key, hex));
	fprintf(asking->cli->out, " %4llu ", (unsigned long long)seen.count);
	out_when(asking->cli->out, NULL, seen.last, 0);
	fputc('\n', asking->cli->out);
	return 0;
}

int
verb_exposure_who(struct cli *cli, struct err *err)
{
	const char *block = cli_flag(cli, "block");
	struct asking asking = { .cli = cli, .since = WHEN_PAST };
	struct walk over = {
		.label = "searching", .each = ask_one, .context = &asking
	};

	if (!block)
		return cli_misuse(err, "exposure who needs --block ID");
	asking.block = span_str(block);
	if (cli_when(cli, "since", &asking.since, err) < 0 ||
	    walk(cli, &over, err) < 0)
		return -1;
	if (asking.nameless != 0)
		fprintf(cli->errors,
		    "inlay: %llu of them have no profile, so that only the "
		    "key of their record is known; `inlay exposure list --to "
		    "ADDRESS` asks for one\n",
		    (unsigned long long)asking.nameless);
	walk_tell_damaged(&over, cli->errors);
	if (asking.found != 0)
		return EX_OK;
	return nothing_found(cli,
	    document_missing(cli, CATALOG_BLOCK, block, "block", err),
	    "nobody has been shown", block);
}
