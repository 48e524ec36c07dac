/* libopendkim's header asks for it. */
#define _DEFAULT_SOURCE

#include "milter/sign/resolver.h"

#include <arpa/nameser.h>
#include <pthread.h>
#include <stdlib.h>

#include "milter/sign/dns.h"
#include "store/base/ascii.h"
#include "store/base/hash.h"
#include "store/base/monotonic.h"

#define SECOND INT64_C(1000000)

/* A name that had no answer is not asked for again for so long. */
enum { SILENCE = 15, REMEMBERED = 64, TRIES = 3 };

struct silence {
	unsigned char name[16]; /* its hash */
	int64_t until;
};

struct resolver {
	/* Guards all below. */
	pthread_mutex_t lock;
	struct silence silences[REMEMBERED];
	size_t next;
};

/* libopendkim hands through nothing of the message that it asks for. */
static _Thread_local struct {
	int64_t until; /* monotonic_us */
	const char *trouble;
} patience;

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

/* Its resolver goes with its verifier. */
static void
deinit(void *service)
{
	(void)service;
}

static void
hash_name(const char *name, unsigned char hash[16])
{
	char small[NS_MAXDNAME];
	size_t len = 0;
	struct span text;

	for (; len < sizeof small && name[len] != '\0'; len++)
		small[len] = ascii_lower(name[len]);
	text = span_of(small, len);
	hash_blake2b128(&text, 1, hash);
}

static bool
is_silent(struct resolver *resolver, const unsigned char hash[16])
{
	int64_t now = monotonic_us();
	bool found = false;

	pthread_mutex_lock(&resolver->lock);
	for (size_t i = 0; i < REMEMBERED && !found; i++)
		found = now < resolver->silences[i].until &&
			memcmp(resolver->silences[i].name, hash, 16) == 0;
	pthread_mutex_unlock(&resolver->lock);
	return found;
}

static void
remember(struct resolver *resolver, const unsigned char hash[16])
{
	struct silence *silence;

	pthread_mutex_lock(&resolver->lock);
	silence = &resolver->silences[resolver->next++ % REMEMBERED];
	memcpy(silence->name, hash, 16);
	silence->until = monotonic_us() + SILENCE * SECOND;
	pthread_mutex_unlock(&resolver->lock);
}

/* Whole seconds are left, which is how glibc counts. */
static int
seconds_left(void)
{
	int64_t left = patience.until - monotonic_us();

	return left < SECOND ? 0 : (int)(left / SECOND);
}

/* The length of the reply, -1 where there is none before the message's patience
 * ends. */
static int
ask(const char *name, int type, unsigned char *reply, size_t size)
{
	int seconds, len = -1;

	for (int tries = 0;
	     len < 0 && tries < TRIES && (seconds = seconds_left()) > 0;
	     tries++)
		len = dns_ask(name, type, seconds, reply, size);
	return len;
}

static int
look_up(struct resolver *resolver, const char *name, int type,
    unsigned char *reply, size_t size)
{
	unsigned char hash[16];
	int len;

	hash_name(name, hash);
	if (is_silent(resolver, hash)) {
		patience.trouble = "the DNS did not answer a moment ago";
		return -1;
	}
	if (seconds_left() == 0) {
		patience.trouble = "the DNS took too long";
		return -1;
	}
	len = ask(name, type, reply, size);
	if (len < 0) {
		patience.trouble = "the DNS does not answer";
		remember(resolver, hash);
	}
	return len;
}

static int
start(void *service, int type, unsigned char *name, unsigned char *reply,
    size_t size, void **query)
{
	struct answer *answer;
	int len = look_up(service, (const char *)name, type, reply, size);

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

struct resolver *
resolver_new(DKIM_LIB *lib)
{
	struct resolver *resolver = calloc(1, sizeof *resolver);

	if (resolver == NULL)
		return NULL;
	pthread_mutex_init(&resolver->lock, NULL);
	dkim_dns_set_init(lib, init);
	dkim_dns_set_close(lib, deinit);
	dkim_dns_set_query_service(lib, resolver);
	dkim_dns_set_query_start(lib, start);
	dkim_dns_set_query_waitreply(lib, wait_reply);
	dkim_dns_set_query_cancel(lib, cancel);
	return resolver;
}

void
resolver_free(struct resolver **resolver)
{
	if (*resolver == NULL)
		return;
	pthread_mutex_destroy(&(*resolver)->lock);
	free(*resolver);
	*resolver = NULL;
}

void
resolver_begin(int64_t ms)
{
	patience.until = monotonic_us() + (ms < 1000 ? 1000 : ms) * 1000;
	patience.trouble = NULL;
}

const char *
resolver_trouble(void)
{
	return patience.trouble;
}
