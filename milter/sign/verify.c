/* libopendkim's header uses u_char and its like without asking for them. */
#define _DEFAULT_SOURCE

#include "milter/sign/verify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "milter/sign/opendkim.h"
#include "milter/sign/raw_message.h"

struct verifier {
	DKIM_LIB *lib;
};

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
	free(*verifier);
	*verifier = NULL;
}

/* Only the wanted domain's signatures are worth a key lookup. */
static void
ignore_others(DKIM *dkim, struct span domain)
{
	DKIM_SIGINFO **sigs;
	int count;

	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK)
		return;
	for (int i = 0; i < count; i++) {
		const char *of = (char *)dkim_sig_getdomain(sigs[i]);

		if (!span_caseeq(span_str(of), domain))
			dkim_sig_ignore(sigs[i]);
	}
}

/* Whether a signature of the domain holds and leaves no byte unsigned. */
static int
has_valid(DKIM *dkim, struct span domain)
{
	DKIM_SIGINFO **sigs;
	int count;

	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK)
		return 0;
	for (int i = 0; i < count; i++) {
		const char *of = (char *)dkim_sig_getdomain(sigs[i]);
		ssize_t all, covered, limit;

		if (!span_caseeq(span_str(of), domain) ||
		    !DKIM_SIG_CHECK(sigs[i]))
			continue;
		if (dkim_sig_getcanonlen(dkim, sigs[i], &all, &covered,
			&limit) == DKIM_STAT_OK &&
		    limit == -1)
			return 1;
	}
	return 0;
}

static int
verify(DKIM *dkim, struct span message, struct span domain, struct err *err)
{
	DKIM_STAT status = opendkim_headers(dkim, &message);

	if (status == DKIM_STAT_NOSIG)
		return err_set(err, ERR_AUTH, "no DKIM signature"), 0;
	ignore_others(dkim, domain);
	if (status == DKIM_STAT_OK)
		status = opendkim_body(dkim, message);
	if (status == DKIM_STAT_OK)
		status = dkim_eom(dkim, NULL);
	if (status == DKIM_STAT_OK && has_valid(dkim, domain))
		return 1;
	if (status == DKIM_STAT_NORESOURCE || status == DKIM_STAT_INTERNAL)
		return err_set(err, ERR_MEMORY, "libopendkim: %s",
		    dkim_getresultstr(status));
	if (status == DKIM_STAT_KEYFAIL || status == DKIM_STAT_CANTVRFY)
		return err_set(err, ERR_SYSTEM,
		    "cannot get the DKIM key of %.*s now", SPAN_ARG(domain));
	err_set(err, ERR_AUTH, "no valid DKIM signature of %.*s (%s)",
	    SPAN_ARG(domain), dkim_getresultstr(status));
	return 0;
}

int
verifier_check(const struct verifier *verifier, struct span message,
    struct span domain, struct err *err)
{
	DKIM_STAT status;
	DKIM *dkim;
	int valid;

	if (domain.len == 0 && !raw_message_author_domain(message, &domain)) {
		err_set(err, ERR_AUTH, "no usable From address");
		return 0;
	}
	dkim = dkim_verify(
	    verifier->lib, opendkim_bytes(SPAN("inlay")), NULL, &status);
	if (dkim == NULL)
		return err_set(err, ERR_MEMORY, "libopendkim: %s",
		    dkim_getresultstr(status));
	valid = verify(dkim, message, domain, err);
	dkim_free(dkim);
	return valid;
}
