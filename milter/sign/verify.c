/* libopendkim's header uses u_char and its like without asking for them. */
#define _DEFAULT_SOURCE

#include "milter/sign/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "milter/sign/covered.h"
#include "milter/sign/opendkim.h"
#include "milter/sign/raw_message.h"
#include "milter/sign/resolver.h"

enum { LOOKED_UP = 5, SIGNATURES_MAX = 50, DNS_MS = 4000 };

struct verifier {
	DKIM_LIB *lib;
	struct resolver *resolver;
};

/* Only the wanted domain's signatures are worth a key lookup, and no more of
 * them than a sender has keys. libopendkim asks when it has read the header,
 * before it says which ones there are. */
static DKIM_CBSTAT
ignore_others(DKIM *dkim, DKIM_SIGINFO **sigs, int count)
{
	const struct span *domain = dkim_get_user_context(dkim);
	int wanted = 0;

	for (int i = 0; i < count; i++) {
		const char *of = (char *)dkim_sig_getdomain(sigs[i]);

		if (!span_caseeq(span_str(of), *domain) ||
		    wanted++ >= LOOKED_UP)
			dkim_sig_ignore(sigs[i]);
	}
	return DKIM_CBSTAT_CONTINUE;
}

int
verifier_open(const char *key_file, struct verifier **verifier, struct err *err)
{
	static const unsigned timeout = 5, bits = 1024;
	static const dkim_query_t from_file = DKIM_QUERY_FILE;
	DKIM_LIB *lib;

	*verifier = calloc(1, sizeof **verifier);
	if (*verifier == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	lib = (*verifier)->lib = dkim_init(NULL, NULL);
	if (lib == NULL ||
	    opendkim_option(lib, DKIM_OPTS_TIMEOUT, &timeout, sizeof timeout) <
		0 ||
	    opendkim_option(lib, DKIM_OPTS_MINKEYBITS, &bits, sizeof bits) <
		0) {
		verifier_close(verifier);
		return err_set(err, ERR_MEMORY, "cannot start libopendkim");
	}
	dkim_set_prescreen(lib, ignore_others);
	(*verifier)->resolver = resolver_new(lib);
	if ((*verifier)->resolver == NULL) {
		verifier_close(verifier);
		return err_set(err, ERR_MEMORY, "cannot start the resolver");
	}
	if (key_file == NULL)
		return 0;
	if (access(key_file, R_OK) == 0 &&
	    opendkim_option(lib, DKIM_OPTS_QUERYMETHOD, &from_file,
		sizeof from_file) == 0 &&
	    opendkim_option(
		lib, DKIM_OPTS_QUERYINFO, key_file, strlen(key_file)) == 0)
		return 0;
	verifier_close(verifier);
	return err_set(err, ERR_CONFIG, "cannot read the public keys in %s: %s",
	    key_file, strerror(errno));
}

void
verifier_close(struct verifier **verifier)
{
	if (*verifier == NULL)
		return;
	if ((*verifier)->lib != NULL)
		dkim_close((*verifier)->lib);
	resolver_free(&(*verifier)->resolver);
	free(*verifier);
	*verifier = NULL;
}

/* Whether it is valid and leaves no byte of the body unsigned. */
static bool
is_whole(DKIM *dkim, DKIM_SIGINFO *sig)
{
	ssize_t all, covered, limit;
	dkim_alg_t algorithm;

	/* RFC 8301 section 3.1: SHA-1 proves nothing. */
	return DKIM_SIG_CHECK(sig) &&
	       dkim_sig_getsignalg(sig, &algorithm) == DKIM_STAT_OK &&
	       algorithm != DKIM_SIGN_RSASHA1 &&
	       dkim_sig_getcanonlen(dkim, sig, &all, &covered, &limit) ==
		   DKIM_STAT_OK &&
	       limit == -1;
}

/* Takes h= of the first signature that holds. 1; 0 and *err, or -1. */
static int
take_covered(DKIM *dkim, struct span domain, struct span must,
    struct arena *arena, struct span *covered, struct err *err)
{
	DKIM_SIGINFO **sigs;
	bool valid = false;
	int count;

	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK)
		count = 0;
	for (int i = 0; i < count; i++) {
		const char *of = (char *)dkim_sig_getdomain(sigs[i]);
		struct span list = span_str((char *)dkim_sig_gettagvalue(
		    sigs[i], false, opendkim_bytes(SPAN("h"))));

		if (!span_caseeq(span_str(of), domain) ||
		    !is_whole(dkim, sigs[i]))
			continue;
		valid = true;
		if (covered_count(list, must) == 0)
			continue;
		if (arena_dup(arena, list, covered) < 0)
			return err_set(err, ERR_MEMORY, "out of memory");
		return 1;
	}
	if (valid)
		err_set(err, ERR_AUTH, "the DKIM signature does not cover %.*s",
		    SPAN_ARG(must));
	return 0;
}

/* Each signature is read against all fields before any can be ignored: many
 * of them are no mail's but an attack. */
static bool
has_too_many(struct span message)
{
	struct span field;
	unsigned count = 0;

	while (count <= SIGNATURES_MAX && raw_message_field(&message, &field)) {
		struct span name =
		    span_trim(span_first(field, span_find(field, ':')));

		count += span_caseeq(name, SPAN("DKIM-Signature"));
	}
	return count > SIGNATURES_MAX;
}

/* The library's word for no signature that it could check: for want of a key,
 * or for what stands in them. */
static bool
is_undecided(DKIM_STAT status)
{
	return status == DKIM_STAT_KEYFAIL || status == DKIM_STAT_CANTVRFY;
}

/* Whether the DNS said nothing about a key that may be the one; *why is what
 * is wrong with the domain's first signature, or NULL. */
static bool
lacks_key(DKIM *dkim, struct span domain, const char **why)
{
	DKIM_SIGINFO **sigs;
	bool lacks = false;
	int count;

	*why = NULL;
	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK)
		return true;
	for (int i = 0; i < count; i++) {
		DKIM_SIGERROR error = dkim_sig_geterror(sigs[i]);

		if (!span_caseeq(
			span_str((char *)dkim_sig_getdomain(sigs[i])), domain))
			continue;
		if (*why == NULL)
			*why = dkim_sig_geterrorstr(error);
		lacks = lacks || error == DKIM_SIGERROR_KEYFAIL ||
			error == DKIM_SIGERROR_DNSSYNTAX;
	}
	return lacks;
}

/* The signatures are read and their keys asked for. 1; 0 and *err, or -1. */
static int
verify(DKIM *dkim, struct span message, struct span domain, struct err *err)
{
	const char *why = NULL;
	DKIM_STAT status;

	dkim_set_user_context(dkim, &domain);
	status = opendkim_headers(dkim, &message);
	if (status == DKIM_STAT_NOSIG)
		return err_set(err, ERR_AUTH, "no DKIM signature"), 0;
	if (status == DKIM_STAT_OK)
		status = opendkim_body(dkim, message);
	if (status == DKIM_STAT_OK)
		status = dkim_eom(dkim, NULL);
	if (status == DKIM_STAT_OK)
		return 1;
	if (status == DKIM_STAT_NORESOURCE || status == DKIM_STAT_INTERNAL)
		return err_set(err, ERR_MEMORY, "libopendkim: %s",
		    dkim_getresultstr(status));
	if (is_undecided(status) && lacks_key(dkim, domain, &why))
		return err_set(err, ERR_SYSTEM,
		    "cannot get the DKIM key of %.*s now: %s", SPAN_ARG(domain),
		    resolver_trouble() ? resolver_trouble() : why);
	err_set(err, ERR_AUTH, "no valid DKIM signature of %.*s (%s)",
	    SPAN_ARG(domain), why ? why : dkim_getresultstr(status));
	return 0;
}

int
verifier_check(const struct verifier *verifier, struct span message,
    struct span domain, struct span must, int64_t ms, struct arena *arena,
    struct span *covered, struct err *err)
{
	DKIM_STAT status;
	DKIM *dkim;
	int valid;

	if (domain.len == 0 && !raw_message_author_domain(message, &domain)) {
		err_set(err, ERR_AUTH, "no usable From address");
		return 0;
	}
	if (has_too_many(message)) {
		err_set(err, ERR_AUTH, "more than %d DKIM signatures",
		    SIGNATURES_MAX);
		return 0;
	}
	dkim = dkim_verify(
	    verifier->lib, opendkim_bytes(SPAN("inlay")), NULL, &status);
	if (dkim == NULL)
		return err_set(err, ERR_MEMORY, "libopendkim: %s",
		    dkim_getresultstr(status));
	resolver_begin(ms < DNS_MS ? ms : DNS_MS);
	valid = verify(dkim, message, domain, err);
	if (valid == 1)
		valid = take_covered(dkim, domain, must, arena, covered, err);
	dkim_free(dkim);
	if (valid == 0)
		err_set(err, ERR_AUTH, "no valid DKIM signature of %.*s",
		    SPAN_ARG(domain));
	return valid;
}
