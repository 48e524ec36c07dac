/*
 * inlay event list: what one person did, what a campaign brought, or all.
 */
#include <stdlib.h>
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "store/catalog/catalog.h"
#include "tools/input/document.h"
#include "tools/out.h"
#include "tools/people/person_edit.h"
#include "tools/people/profile_json.h"
#include "tools/people/walk.h"
#include "tools/verbs.h"

struct listing {
	struct cli *cli;
	struct span campaign, type; /* "": all */
	int64_t since;
	bool names; /* each line says whose it is */
	uint64_t shown;
};

/* The campaign that the event says, or that of what it answers. */
static struct span
campaign_of(const struct history *history, const struct response *response)
{
	const struct exposure *entry =
	    response->campaign.len == 0
		? history_find_tag(history, response->tag)
		: NULL;

	return entry != NULL ? entry->campaign : response->campaign;
}

static void
print_event(const struct listing *listing, const struct person_edit *person,
    const struct response *response, struct span campaign)
{
	FILE *out = listing->cli->out;
	char hex[33];

	out_when(out, NULL, response->time, OUT_WHEN);
	if (listing->names && person->address.len != 0)
		out_text(out, person->address, 32);
	else if (listing->names)
		fprintf(out, "%s", record_key_hex(&person->key, hex));
	fputs(listing->names ? " " : "", out);
	out_text(out, response->type, 12);
	fputc(' ', out);
	out_text(out, campaign.len ? campaign : SPAN("-"), 16);
	if (response->value > 0)
		fprintf(out, " %.2f", response->value);
	if (response->currency.len != 0) {
		fputc(' ', out);
		out_text(out, response->currency, 0);
	}
	if (response->channel.len != 0) {
		fputs(" by ", out);
		out_text(out, response->channel, 0);
	}
	if (response->aside != ASIDE_NOT)
		fprintf(out, " (set aside: %s)", aside_word(response->aside));
	fputc('\n', out);
}

static int
list_event(struct listing *listing, const struct person_edit *person,
    const struct response *response, struct err *err)
{
	struct span campaign = campaign_of(&person->history, response);
	json_t *object;

	if (response->time < listing->since ||
	    (listing->type.len != 0 &&
		!span_eq(listing->type, response->type)) ||
	    (listing->campaign.len != 0 &&
		!span_eq(listing->campaign, campaign)))
		return 0;
	listing->shown++;
	if (!listing->cli->json) {
		print_event(listing, person, response, campaign);
		return 0;
	}
	object = response_json(response);
	out_set(object, "email",
	    person->address.len != 0 ? out_string(person->address)
				     : json_null());
	out_set(object, "answers",
	    campaign.len != 0 ? out_string(campaign) : json_null());
	return out_json(listing->cli->out, object, err);
}

static int
earlier(const void *a, const void *b)
{
	const struct response *one = a, *other = b;

	return one->time < other->time ? -1 : one->time > other->time;
}

/* They come late and in any order, and are told in that of clocks. */
static int
list_person(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	struct listing *listing = context;

	(void)arena;
	if (person->history.response_count != 0)
		qsort(person->history.responses, person->history.response_count,
		    sizeof *person->history.responses, earlier);
	for (size_t i = 0; i < person->history.response_count; i++)
		if (list_event(listing, person, &person->history.responses[i],
			err) < 0)
			return -1;
	return 0;
}

static int
list_everybody(struct listing *listing, struct err *err)
{
	struct walk over = {
		.label = "searching", .each = list_person, .context = listing
	};

	listing->names = true;
	if (walk(listing->cli, &over, err) < 0)
		return -1;
	walk_tell_damaged(&over, listing->cli->errors);
	return 0;
}

int
verb_event_list(struct cli *cli, struct err *err)
{
	const char *campaign = cli_flag(cli, "campaign");
	const char *type = cli_flag(cli, "type");
	struct listing listing = { .cli = cli,
		.campaign = span_str(campaign ? campaign : ""),
		.type = span_str(type ? type : ""),
		.since = WHEN_PAST };
	struct person_edit person;
	int listed, status;

	if (cli_when(cli, "since", &listing.since, err) < 0)
		return -1;
	if (cli->argc == 0)
		listed = list_everybody(&listing, err);
	else if (person_edit_read(cli, cli->argv[0], &person, err) < 0)
		listed = -1;
	else
		listed = list_person(&listing, &person, cli->arena, err);
	if (listed < 0 || listing.shown != 0)
		return listed < 0 ? -1 : EX_OK;
	status =
	    document_missing(cli, CATALOG_CAMPAIGN, campaign, "campaign", err);
	if (status == EX_OK && !cli->json)
		fprintf(cli->errors, "inlay: there are no such events\n");
	return status;
}
