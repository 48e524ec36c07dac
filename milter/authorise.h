/*
 * An authorisation rule says which SMTP connections may carry campaign mail:
 * `daemon=CAMPAIGN client=127.0.0.0/8`, `login=marketing require=dkim`. What
 * no rule allows is left alone where it is no campaign mail, and does not pass
 * where it is.
 *
 *	daemon=NAME	the listener's {daemon_name}
 *	client=NET	address or network, IPv4 or IPv6; may repeat
 *	login=NAME	the SMTP AUTH login; * is any login
 *	require=dkim	the template must carry a valid DKIM signature
 *	require=dkim:DOMAIN	... of that domain
 *	require=seal	the template must carry a valid X-Inlay-Seal
 *	only=campaign	mail without X-Inlay-Campaign is refused here, and
 *			suppressed recipients already at RCPT
 *	tenant=GLOB	whose campaigns may be sent; may repeat; without it
 *			only the default tenant's
 *	campaign=GLOB	which campaigns may be sent; may repeat
 *	from=GLOB	domains that From may have and that may sign; may
 *			repeat; without it those that no other rule names
 *
 * All conditions of a rule must hold; the first rule that holds counts. A
 * rule must name a daemon, a client or a login. The last three say what may be
 * sent under a rule, not whether it holds. In a GLOB * is any text and ? any
 * one byte.
 */
#ifndef INLAY_MILTER_AUTHORISE_H
#define INLAY_MILTER_AUTHORISE_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct sockaddr;

enum require { REQUIRE_NOTHING, REQUIRE_DKIM, REQUIRE_SEAL };

struct network {
	unsigned char address[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;		   /* of the 128 that must agree */
};

struct globs {
	const struct span *at;
	size_t count; /* 0: nothing was said */
};

struct rule {
	struct span daemon; /* empty: any */
	struct span login;  /* empty: any, even none */
	const struct network *networks;
	size_t network_count; /* 0: any client */
	enum require require;
	struct span require_domain; /* empty: the From domain */
	bool only_campaign;
	struct globs tenants, campaigns, domains;
};

struct rules {
	const struct rule *rules;
	size_t count;
};

/* Who talks to the mail server. */
struct peer {
	struct span daemon;
	struct span login;
	bool has_address;
	unsigned char address[16];
};

/* Takes over the address of an IPv4 or IPv6 socket; others and NULL leave
 * the peer without one, and then no client= condition holds. */
void peer_set_address(struct peer *peer, const struct sockaddr *address);

/* The peer's address as text, "-" where it has none. Returns out. */
const char *peer_address_text(
    const struct peer *peer, char *out, unsigned size);

/* Parses the value of one `allow` line; the rule lives in the arena.
 * 0, or -1 with ERR_CONFIG and the column within text in err->column. */
int rule_parse(
    struct span text, struct arena *arena, struct rule *rule, struct err *err);

/* Whether a campaign of that tenant and id may be sent under the rule. A
 * tenant called "default" in a rule is the one of the settings, as in a
 * campaign. */
bool rule_reaches(const struct rule *rule, struct span tenant,
    struct span default_tenant, struct span campaign);

/* The one tenant that the rule reaches, or the empty span where it may be
 * several. */
struct span rule_tenant(const struct rule *rule, struct span default_tenant);

/* Whether any of the rules has a from=, so that domains count at all. */
bool rules_bind_domains(const struct rules *rules);

/* Whether mail of that domain may leave under the rule, one of the rules. */
bool rules_may_sign(
    const struct rules *rules, const struct rule *rule, struct span domain);

/* The first rule that holds for the peer, or NULL. */
const struct rule *rules_match(
    const struct rules *rules, const struct peer *peer);

#endif
