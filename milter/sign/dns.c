/* The resolver of the C library asks for it. */
#define _DEFAULT_SOURCE

#include "milter/sign/dns.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>

#include "store/base/buf.h"

enum { REPLY_MAX = 8192, TEXTS_SECONDS = 3 };

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

/* One second a name server is how glibc counts. */
int
dns_ask(
    const char *name, int type, int seconds, unsigned char *reply, size_t size)
{
	struct __res_state state = { .options = 0 };
	unsigned char question[NS_PACKETSZ];
	int len;

	if (res_ninit(&state) != 0)
		return -1;
	state.retrans = state.retry = 1;
	if (state.nscount > seconds)
		state.nscount = seconds;
	len = res_nmkquery(&state, ns_o_query, name, ns_c_in, type, NULL, 0,
	    NULL, question, sizeof question);
	if (len > 0)
		len = res_nsend(&state, question, len, reply, (int)size);
	res_nclose(&state);
	return is_answer(reply, len) ? len : -1;
}

/* The strings of a TXT record, each behind its length. False: malformed, or
 * memory is out. */
static bool
join_strings(const unsigned char *data, size_t len, struct arena *arena,
    struct span *text)
{
	struct buf joined;
	size_t at = 0;

	buf_init(&joined, arena, REPLY_MAX);
	while (at < len && data[at] < len - at) {
		buf_add(&joined, span_of(data + at + 1, data[at]));
		at += 1 + (size_t)data[at];
	}
	*text = buf_span(&joined);
	return at == len && !joined.failed;
}

int
dns_texts(const char *name, struct arena *arena, struct span texts[DNS_TEXTS])
{
	unsigned char reply[REPLY_MAX];
	int len = dns_ask(name, ns_t_txt, TEXTS_SECONDS, reply, sizeof reply);
	int count = 0;
	ns_msg message;
	ns_rr record;

	/* A reply that did not fit says how long it was. */
	if (len < 0 || len > (int)sizeof reply ||
	    ns_initparse(reply, len, &message) < 0)
		return -1;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		if (count == DNS_TEXTS ||
		    ns_parserr(&message, ns_s_an, i, &record) < 0)
			break;
		if (ns_rr_type(record) == ns_t_txt &&
		    join_strings(ns_rr_rdata(record), ns_rr_rdlen(record),
			arena, &texts[count]))
			count++;
	}
	return count;
}
