/* The resolver and libopendkim's header ask for it. */
#define _DEFAULT_SOURCE

#include "milter/sign/resolver.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>

enum { SECONDS = 2, TRIES = 2 };

/* An answer that has come: libopendkim asks and waits in two calls. */
struct answer {
	size_t len;
};

/* There is no state to make ready. */
static int
init(void **service)
{
	(void)service;
	return 0;
}

/* Whether the reply says what there is; a server that failed does not. */
static bool
is_answer(const unsigned char *reply, int len)
{
	HEADER header;

	if (len < (int)sizeof header)
		return false;
	memcpy(&header, reply, sizeof header);
	return header.rcode == ns_r_noerror || header.rcode == ns_r_nxdomain;
}

/* The length of the reply, -1 where there is none. */
static int
ask(const char *name, int type, unsigned char *reply, size_t size)
{
	struct __res_state state = { .options = 0 };
	unsigned char question[NS_PACKETSZ];
	int len;

	if (res_ninit(&state) != 0)
		return -1;
	if (state.retrans > SECONDS)
		state.retrans = SECONDS;
	if (state.retry > TRIES)
		state.retry = TRIES;
	len = res_nmkquery(&state, ns_o_query, name, ns_c_in, type, NULL, 0,
	    NULL, question, sizeof question);
	if (len > 0)
		len = res_nsend(&state, question, len, reply, (int)size);
	res_nclose(&state);
	return is_answer(reply, len) ? len : -1;
}

static int
start(void *service, int type, unsigned char *name, unsigned char *reply,
    size_t size, void **query)
{
	struct answer *answer;
	int len = ask((const char *)name, type, reply, size);

	(void)service;
	if (len < 0)
		return DKIM_DNS_ERROR;
	answer = malloc(sizeof *answer);
	if (answer == NULL)
		return DKIM_DNS_ERROR;
	answer->len = (size_t)len < size ? (size_t)len : size;
	*query = answer;
	return DKIM_DNS_SUCCESS;
}

static int
wait_reply(void *service, void *query, struct timeval *timeout, size_t *len,
    int *error, int *dnssec)
{
	const struct answer *answer = query;

	(void)service, (void)timeout;
	if (len != NULL)
		*len = answer->len;
	if (error != NULL)
		*error = 0;
	if (dnssec != NULL)
		*dnssec = DKIM_DNSSEC_UNKNOWN;
	return DKIM_DNS_SUCCESS;
}

static int
cancel(void *service, void *query)
{
	(void)service;
	free(query);
	return DKIM_DNS_SUCCESS;
}

void
resolver_use(DKIM_LIB *lib)
{
	dkim_dns_set_init(lib, init);
	dkim_dns_set_query_start(lib, start);
	dkim_dns_set_query_waitreply(lib, wait_reply);
	dkim_dns_set_query_cancel(lib, cancel);
}
