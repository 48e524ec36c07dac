/*
 * What receivers ask the DNS for, before they ask us why.
 */
#include "tools/doctor/examine.h"

#include <openssl/evp.h>

#include "milter/settings.h"
#include "milter/sign/keyfile.h"
#include "milter/sign/keypair.h"
#include "milter/sign/dns.h"

#define NAME_MAX_LEN 512
#define RECORD_MAX 4096

/* The value of p= without blanks, into out of RECORD_MAX bytes. */
static void
public_half(struct span record, char *out)
{
	size_t at = span_search(record, SPAN("p=")), len = 0;
	struct span rest = span_from(record, at + 2);

	for (size_t i = 0; i < rest.len && rest.at[i] != ';'; i++)
		if (rest.at[i] != ' ' && len + 1 < RECORD_MAX)
			out[len++] = rest.at[i];
	out[len] = '\0';
}

/* Whether one of the texts has the public half of the record. */
static bool
publishes(const struct span *texts, int count, struct span record)
{
	char ours[RECORD_MAX], theirs[RECORD_MAX];

	public_half(record, ours);
	for (int i = 0; i < count; i++) {
		public_half(texts[i], theirs);
		if (strcmp(ours, theirs) == 0)
			return true;
	}
	return false;
}

static void
look_at_record(
    struct diagnosis *diagnosis, const struct sign_key *key, struct span record)
{
	struct span texts[DNS_TEXTS];
	char name[NAME_MAX_LEN];
	struct symptom *symptom;
	int count;

	snprintf(
	    name, sizeof(name), "%s._domainkey.%s", key->selector, key->domain);
	count = dns_texts(name, diagnosis->arena, texts);
	if (count < 0) {
		diagnose(diagnosis, "dkim-record", HEALTH_WARN,
		    "no name server answers for %s", name);
		return;
	}
	if (publishes(texts, count, record)) {
		diagnose(diagnosis, "dkim-record", HEALTH_OK,
		    "%s has the key of %s", name, key->file);
		return;
	}
	symptom = diagnose(diagnosis, "dkim-record", HEALTH_FAIL,
	    "%s %s: signatures of %s do not verify", name,
	    count == 0 ? "is not in the DNS" : "has another key", key->file);
	diagnose_advise(
	    diagnosis, symptom, "a TXT record \"%.*s\"", SPAN_ARG(record));
}

static void
look_at_key(struct diagnosis *diagnosis, const struct sign_key *key)
{
	EVP_PKEY *pair = keyfile_read(key->file, NULL);
	struct buf record;

	if (!pair)
		return; /* examine_settings says so */
	buf_init(&record, diagnosis->arena, RECORD_MAX);
	if (keypair_record(pair, &record, NULL) == 0)
		look_at_record(diagnosis, key, buf_span(&record));
	EVP_PKEY_free(pair);
}

void
examine_dns(struct diagnosis *diagnosis, const struct settings *settings)
{
	for (size_t i = 0; i < settings->signing.key_count; i++)
		look_at_key(diagnosis, &settings->signing.keys[i]);
}
