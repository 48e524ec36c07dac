/*
 * One click is one POST to the address in List-Unsubscribe (RFC 8058), made
 * here as a large receiver makes it, of nobody: words stand where the campaign
 * has tags, so that no answer can concern a person.
 */
#include "tools/doctor/examine.h"

#include "milter/settings.h"
#include "store/base/buf.h"
#include "store/catalog/catalog.h"
#include "tools/doctor/child.h"

#define NOBODY "inlay-doctor"
#define URL_MAX 4096
#define SEEN_MAX 16 /* addresses of one visit */

struct visit {
	struct diagnosis *diagnosis;
	struct span seen[SEEN_MAX];
	size_t seen_count;
};

/* What an answer means, by the first digits of its status. */
static const struct {
	const char *status;
	enum health health;
	const char *text;
	const char *advice;
} answers[] = {
	{ "2", HEALTH_OK, "takes one click", "" },
	{ "3", HEALTH_FAIL, "redirects, which receivers do not follow",
	    "the last address in unsubscribe.url" },
	{ "401", HEALTH_FAIL, "asks for a login, which one click has not",
	    "the address out of what needs a login" },
	{ "404", HEALTH_WARN,
	    "knows no such place, or no such token as the one of nobody",
	    "400 or 403 for a token that is none, where the place is right" },
	{ "405", HEALTH_FAIL, "takes no POST: one click does nothing",
	    "a service that takes the POST of RFC 8058" },
	{ "4", HEALTH_OK, "refuses the token of nobody", "" },
	{ "501", HEALTH_FAIL, "takes no POST: one click does nothing",
	    "a service that takes the POST of RFC 8058" },
	{ "", HEALTH_FAIL, "fails: people cannot leave, and complain instead",
	    "what the log of that service says" },
};

/* The address with words for its tags; 0 where it has logic of its own. */
static bool
fill(const struct campaign *campaign, struct buf *url)
{
	struct span rest = campaign->unsubscribe_url;

	while (rest.len != 0) {
		size_t at = span_search(rest, SPAN("{{"));
		size_t end = span_search(rest, SPAN("}}"));
		struct span tag = span_first(rest, end);

		buf_add(url, span_first(rest, at));
		if (at == rest.len)
			break;
		tag = span_from(tag, at + 2);
		buf_add(url, span_search(tag, SPAN("campaign.id")) < tag.len
				 ? campaign->id
				 : SPAN(NOBODY));
		rest = span_from(rest, end + 2);
	}
	return !url->failed && span_search(campaign->unsubscribe_url,
				   SPAN("{%")) == campaign->unsubscribe_url.len;
}

/* The status of the answer with what went wrong behind it, as curl tells. */
static int
post(struct diagnosis *diagnosis, const char *url, struct span *said,
    struct err *err)
{
	const char *argv[] = { "curl", "--disable", "--silent", "--globoff",
		"--proto", "=https", "--max-time", "4", "--output", "/dev/null",
		"--write-out", "%{http_code} %{errormsg}", "--user-agent",
		"inlay doctor", "--data", "List-Unsubscribe=One-Click", "--url",
		url, NULL };

	return child_program(argv, diagnosis->arena, said, err);
}

static void
tell_answer(
    struct diagnosis *diagnosis, struct span address, struct span status)
{
	size_t i = 0;

	while (!span_starts(status, span_str(answers[i].status)))
		i++;
	diagnose_advise(diagnosis,
	    diagnose(diagnosis, "one-click", answers[i].health,
		"%.*s answers %.*s: it %s", SPAN_ARG(address), SPAN_ARG(status),
		answers[i].text),
	    "%s", answers[i].advice);
}

static void
ask(struct diagnosis *diagnosis, struct span address, const char *url)
{
	struct err err = ERR_INIT;
	struct span said;
	int status = post(diagnosis, url, &said, &err);

	if (status == 127)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "one-click", HEALTH_WARN,
			"nobody can ask %.*s: there is no curl",
			SPAN_ARG(address)),
		    "apt-get install curl");
	else if (status == 0)
		tell_answer(diagnosis, address, span_first(said, 3));
	else
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "one-click", HEALTH_FAIL,
			"%.*s cannot be asked: %.*s", SPAN_ARG(address),
			SPAN_ARG(status < 0 ? span_str(err.text)
					    : span_from(said, 4))),
		    "unsubscribe.url of the campaign, or the service there");
}

static bool
was_seen(struct visit *visit, struct span address)
{
	for (size_t i = 0; i < visit->seen_count; i++)
		if (span_eq(visit->seen[i], address))
			return true;
	if (visit->seen_count == SEEN_MAX)
		return true;
	visit->seen[visit->seen_count++] = address;
	return false;
}

static void
look_at_campaign(struct visit *visit, const struct campaign *campaign)
{
	struct buf url;

	if (!campaign->unsubscribe_post ||
	    was_seen(visit, campaign->unsubscribe_url))
		return;
	buf_init(&url, visit->diagnosis->arena, URL_MAX);
	if (fill(campaign, &url))
		ask(visit->diagnosis, campaign->unsubscribe_url,
		    buf_cstr(&url));
}

void
examine_unsubscribe(struct diagnosis *diagnosis, struct cli *cli)
{
	struct visit visit = { .diagnosis = diagnosis };
	struct catalog *catalog = NULL;

	if (cli_catalog(cli, &catalog, NULL) < 0)
		return; /* examine_people says so */
	for (size_t i = 0; i < catalog->campaign_count; i++)
		if (campaign_phase(catalog->campaigns[i], cli_now()) == 0)
			look_at_campaign(&visit, catalog->campaigns[i]);
	catalog_free(&catalog);
}
