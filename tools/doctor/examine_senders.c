/*
 * What receivers make of a From domain: SPF (RFC 7208), DMARC (RFC 7489), and
 * whether a signature of ours speaks for it, which DMARC calls alignment.
 */
#include "tools/doctor/examine.h"

#include "milter/settings.h"
#include "milter/sign/dns.h"
#include "milter/sign/raw_message.h"
#include "store/base/buf.h"
#include "store/catalog/catalog.h"

#define NAME_MAX_LEN 512
#define SENDERS_MAX 64
#define SPF_LOOKUPS 10 /* RFC 7208 section 4.6.4 */

struct sender {
	struct span domain;
	struct span policy; /* its DMARC record, or that of a domain above */
	struct span above;  /* the shortest domain that has one; or "" */
};

struct senders {
	struct diagnosis *diagnosis;
	const struct settings *settings;
	struct sender list[SENDERS_MAX];
	size_t count;
};

/* ---- records ---- */

/* The records at the name that begin so: how many, -1 nobody answers; the
 * first of them. */
static int
ask(struct diagnosis *diagnosis, struct span domain, const char *label,
    struct span start, struct span *record)
{
	struct span texts[DNS_TEXTS];
	char name[NAME_MAX_LEN];
	int count, found = 0;

	snprintf(name, sizeof(name), "%s%.*s", label, SPAN_ARG(domain));
	count = dns_texts(name, diagnosis->arena, texts);
	for (int i = 0; i < count; i++)
		if (span_caseeq(span_first(texts[i], start.len), start) &&
		    found++ == 0)
			*record = texts[i];
	return count < 0 ? -1 : found;
}

/* The value of the tag in "v=DMARC1; p=none; adkim=s", or "". */
static struct span
tag_of(struct span record, struct span name)
{
	while (record.len != 0) {
		size_t end = span_find(record, ';');
		struct span tag = span_first(record, end);
		size_t equals = span_find(tag, '=');

		if (span_caseeq(span_trim(span_first(tag, equals)), name))
			return span_trim(span_from(tag, equals + 1));
		record = span_from(record, end + 1);
	}
	return SPAN_NONE;
}

static struct span
domain_above(struct span domain)
{
	return span_from(domain, span_find(domain, '.') + 1);
}

/* ---- SPF ---- */

static unsigned
spf_lookups(struct span record)
{
	static const char *const words[] = { "include:", "a", "a:", "a/", "mx",
		"mx:", "mx/", "ptr", "ptr:", "exists:", "redirect=" };
	unsigned count = 0;

	while (record.len != 0) {
		size_t end = span_find(record, ' ');
		struct span term = span_first(record, end);
		size_t name;

		if (term.len != 0 && strchr("+-~?", term.at[0]))
			term = span_from(term, 1);
		for (name = 0; name < term.len; name++)
			if (strchr(":/=", term.at[name])) {
				name++;
				break;
			}
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			count += span_caseeq(
			    span_first(term, name), span_str(words[i]));
		record = span_from(record, end + 1);
	}
	return count;
}

static void
tell_spf(struct diagnosis *diagnosis, struct span domain, struct span record,
    int found)
{
	if (found > 1)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "spf", HEALTH_FAIL,
			"%.*s has %d records that begin with v=spf1, which "
			"receivers take for none",
			SPAN_ARG(domain), found),
		    "one TXT record with the words of all");
	else if (spf_lookups(record) > SPF_LOOKUPS)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "spf", HEALTH_FAIL,
			"the SPF record of %.*s asks the DNS more than %d "
			"times, which receivers take for an error",
			SPAN_ARG(domain), SPF_LOOKUPS),
		    "ip4: and ip6: instead of include:, a and mx");
	else if (span_ends(span_trim(record), SPAN("+all")) ||
		 span_ends(span_trim(record), SPAN(" all")))
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "spf", HEALTH_WARN,
			"the SPF record of %.*s lets everybody send",
			SPAN_ARG(domain)),
		    "-all at its end");
	else
		diagnose(diagnosis, "spf", HEALTH_OK, "%.*s has a record",
		    SPAN_ARG(domain));
}

static void
look_at_spf(struct diagnosis *diagnosis, struct span domain)
{
	struct span record = SPAN_NONE;
	int found = ask(diagnosis, domain, "", SPAN("v=spf1"), &record);

	if (found < 0)
		diagnose(diagnosis, "spf", HEALTH_WARN,
		    "no name server answers for %.*s", SPAN_ARG(domain));
	else if (found == 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "spf", HEALTH_WARN,
			"%.*s has no record that begins with v=spf1: large "
			"receivers refuse bulk mail without one",
			SPAN_ARG(domain)),
		    "a TXT record \"v=spf1 mx -all\"");
	else
		tell_spf(diagnosis, domain, record, found);
}

/* ---- DMARC ---- */

/* Its own record or, of the domains above, the shortest one's. 0 or -1. */
static int
find_policy(struct diagnosis *diagnosis, struct sender *sender)
{
	struct span name = sender->domain, own = SPAN_NONE;

	for (; span_find(name, '.') < name.len; name = domain_above(name)) {
		struct span record = SPAN_NONE;
		int found =
		    ask(diagnosis, name, "_dmarc.", SPAN("v=DMARC1"), &record);

		if (found < 0)
			return -1;
		if (found != 1)
			continue; /* several are none, section 6.6.3 */
		sender->above = name;
		sender->policy = record;
		if (name.len == sender->domain.len)
			own = record;
	}
	if (own.len != 0)
		sender->policy = own;
	return 0;
}

static void
look_at_dmarc(struct diagnosis *diagnosis, struct sender *sender)
{
	struct span domain = sender->domain, asks;

	if (find_policy(diagnosis, sender) < 0) {
		diagnose(diagnosis, "dmarc", HEALTH_WARN,
		    "no name server answers for _dmarc.%.*s", SPAN_ARG(domain));
		return;
	}
	asks = tag_of(sender->policy, SPAN("p"));
	if (sender->policy.len == 0)
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "dmarc", HEALTH_WARN,
			"_dmarc.%.*s has no record that begins with v=DMARC1: "
			"large receivers refuse bulk mail without one",
			SPAN_ARG(domain)),
		    "a TXT record \"v=DMARC1; p=none\"");
	else if (!span_caseeq(asks, SPAN("none")) &&
		 !span_caseeq(asks, SPAN("quarantine")) &&
		 !span_caseeq(asks, SPAN("reject")))
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "dmarc", HEALTH_WARN,
			"the record of _dmarc.%.*s has no p= of none, "
			"quarantine or reject: receivers take it for none",
			SPAN_ARG(sender->above)),
		    "p=none in it");
	else
		diagnose(diagnosis, "dmarc", HEALTH_OK,
		    "%.*s asks receivers for p=%.*s", SPAN_ARG(domain),
		    SPAN_ARG(asks));
}

/* ---- alignment ---- */

static bool
is_below(struct span domain, struct span above)
{
	return above.len != 0 && domain.len > above.len &&
	       span_find(domain, '*') == domain.len &&
	       domain.at[domain.len - above.len - 1] == '.' &&
	       span_caseeq(span_from(domain, domain.len - above.len), above);
}

/* Whether a signature of that domain speaks for the sender: where the record
 * is strict only its own, else any of the same organisation, which begins at
 * the shortest domain with a record. */
static bool
is_aligned(const struct sender *sender, struct span signer)
{
	if (span_caseeq(sender->domain, signer))
		return true;
	if (span_caseeq(tag_of(sender->policy, SPAN("adkim")), SPAN("s")))
		return false;
	return is_below(signer, sender->domain) ||
	       is_below(sender->domain, signer) ||
	       is_below(signer, sender->above);
}

static struct sender *
sender_add(struct senders *senders, struct span domain)
{
	struct sender *sender = &senders->list[senders->count];

	for (size_t i = 0; i < senders->count; i++)
		if (span_caseeq(senders->list[i].domain, domain))
			return &senders->list[i];
	if (senders->count == SENDERS_MAX)
		return NULL;
	senders->count++;
	*sender = (struct sender){ .domain = domain };
	look_at_spf(senders->diagnosis, domain);
	look_at_dmarc(senders->diagnosis, sender);
	return sender;
}

static void
tell_alignment(struct senders *senders, const struct campaign *campaign,
    struct span domain, enum health health)
{
	struct sender *sender = sender_add(senders, domain);

	if (!sender || is_aligned(sender, campaign->signing_domain))
		return;
	diagnose_advise(senders->diagnosis,
	    diagnose(senders->diagnosis, "alignment", health,
		"campaign %.*s is signed for %.*s, which does not speak for "
		"the From domain %.*s: DMARC fails",
		SPAN_ARG(campaign->id), SPAN_ARG(campaign->signing_domain),
		SPAN_ARG(domain)),
	    "signing.domain out of the campaign, and inlay key new %.*s",
	    SPAN_ARG(domain));
}

/* The From that the campaign gives its copies. */
static void
look_at_from(struct senders *senders, const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->header_count; i++) {
		const struct header_template *header = &campaign->headers[i];
		struct buf field;
		struct span domain;

		if (!span_caseeq(header->name, SPAN("From")))
			continue;
		buf_init(&field, senders->diagnosis->arena, 4096);
		buf_printf(&field, "From: %.*s\r\n\r\n",
		    SPAN_ARG(span_trim(header->template)));
		if (raw_message_author_domain(buf_span(&field), &domain) &&
		    span_find(domain, '{') == domain.len)
			tell_alignment(senders, campaign, domain, HEALTH_FAIL);
	}
}

/* A From that a rule allows it, beside the domain that signs. */
static void
look_at_rule(struct senders *senders, const struct campaign *campaign,
    const struct rule *rule)
{
	struct span signer = campaign->signing_domain;

	for (size_t i = 0; i < rule->domains.count; i++)
		if (is_below(rule->domains.at[i], signer) ||
		    is_below(signer, rule->domains.at[i]))
			tell_alignment(senders, campaign, rule->domains.at[i],
			    HEALTH_WARN);
}

static void
look_at_campaign(struct senders *senders, const struct campaign *campaign)
{
	const struct settings *settings = senders->settings;

	look_at_from(senders, campaign);
	for (size_t i = 0; i < settings->rules.count; i++)
		if (rule_reaches(&settings->rules.rules[i], campaign->tenant,
			span_str(settings->tenant), campaign->id))
			look_at_rule(
			    senders, campaign, &settings->rules.rules[i]);
}

static void
look_at_campaigns(struct senders *senders, struct cli *cli)
{
	struct catalog *catalog = NULL;

	if (!cli->engine || cli_catalog(cli, &catalog, NULL) < 0)
		return; /* examine_store and examine_people say so */
	for (size_t i = 0; i < catalog->campaign_count; i++) {
		const struct campaign *campaign = catalog->campaigns[i];

		if (campaign->signing_domain.len != 0 &&
		    campaign_phase(campaign, cli_now()) == 0)
			look_at_campaign(senders, campaign);
	}
	catalog_free(&catalog);
}

void
examine_senders(struct diagnosis *diagnosis, struct cli *cli)
{
	struct senders senders = { .diagnosis = diagnosis,
		.settings = cli->settings };
	const struct sign_options *signing = &cli->settings->signing;

	for (size_t i = 0; i < signing->key_count; i++)
		sender_add(&senders, span_str(signing->keys[i].domain));
	look_at_campaigns(&senders, cli);
}
