#include "milter/authorise.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>

#include "store/base/ascii.h"

enum { DOMAIN_MAX = 255 };

static const unsigned char v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
	0xff };

/* A number of at most three digits, or -1. */
static int
parse_bits(struct span text)
{
	int bits = 0;

	if (text.len == 0 || text.len > 3)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return -1;
		bits = bits * 10 + (text.at[i] - '0');
	}
	return bits;
}

/* Clears what lies beyond the prefix, so that comparing is simple. */
static void
mask(struct network *network)
{
	for (unsigned bit = network->bits; bit < 128; bit++)
		network->address[bit / 8] &= (unsigned char)~(0x80u >> bit % 8);
}

/* "a.b.c.d", "::1", either with /BITS. 0, or -1 with ERR_CONFIG. */
static int
network_parse(struct span text, struct network *network, struct err *err)
{
	size_t slash = span_find(text, '/');
	struct span host = span_first(text, slash);
	bool v6 = span_find(host, ':') < host.len;
	int size = v6 ? 128 : 32, bits = size;
	char name[64];

	memset(network, 0, sizeof *network);
	if (slash < text.len)
		bits = parse_bits(span_from(text, slash + 1));
	snprintf(name, sizeof name, "%.*s", SPAN_ARG(host));
	if (!v6)
		memcpy(network->address, v4_prefix, sizeof v4_prefix);
	if (bits < 0 || bits > size || host.len >= sizeof name ||
	    inet_pton(v6 ? AF_INET6 : AF_INET, name,
		network->address + (v6 ? 0 : 12)) != 1)
		return err_set(err, ERR_CONFIG,
		    "not an address or a network: %.*s", SPAN_ARG(text));
	network->bits = (unsigned)(bits + 128 - size);
	mask(network);
	return 0;
}

void
peer_set_address(struct peer *peer, const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	peer->has_address = false;
	if (address != NULL && address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		memcpy(peer->address, v4_prefix, sizeof v4_prefix);
		memcpy(peer->address + 12, &v4.sin_addr, 4);
		peer->has_address = true;
	} else if (address != NULL && address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof v6);
		memcpy(peer->address, &v6.sin6_addr, 16);
		peer->has_address = true;
	}
}

const char *
peer_address_text(const struct peer *peer, char *out, unsigned size)
{
	bool v4 = memcmp(peer->address, v4_prefix, sizeof v4_prefix) == 0;

	if (!peer->has_address ||
	    inet_ntop(v4 ? AF_INET : AF_INET6, peer->address + (v4 ? 12 : 0),
		out, size) == NULL)
		snprintf(out, size, "-");
	return out;
}

/* The next word and its offset; an empty one at the end. */
static struct span
next_word(struct span text, size_t *offset)
{
	size_t start = *offset, end;

	while (start < text.len &&
	       (text.at[start] == ' ' || text.at[start] == '\t'))
		start++;
	end = start;
	while (end < text.len && text.at[end] != ' ' && text.at[end] != '\t')
		end++;
	*offset = end;
	return span_of(text.at + start, end - start);
}

static int
set_daemon(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	(void)arena, (void)err;
	rule->daemon = value;
	return 0;
}

static int
set_login(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	(void)arena, (void)err;
	rule->login = value;
	return 0;
}

static int
add_client(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	struct network *networks =
	    arena_calloc(arena, rule->network_count + 1, sizeof *networks);

	if (networks == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (rule->network_count != 0)
		memcpy(networks, rule->networks,
		    rule->network_count * sizeof *networks);
	if (network_parse(value, &networks[rule->network_count], err) < 0)
		return -1;
	rule->networks = networks;
	rule->network_count++;
	return 0;
}

static int
set_require(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	(void)arena;
	if (span_eq(value, SPAN("dkim"))) {
		rule->require = REQUIRE_DKIM;
	} else if (span_starts(value, SPAN("dkim:")) && value.len > 5) {
		rule->require = REQUIRE_DKIM;
		rule->require_domain = span_from(value, 5);
	} else if (span_eq(value, SPAN("seal"))) {
		rule->require = REQUIRE_SEAL;
	} else {
		return err_set(err, ERR_CONFIG,
		    "require is dkim, dkim:DOMAIN or seal, not %.*s",
		    SPAN_ARG(value));
	}
	return 0;
}

static int
set_only(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	(void)arena;
	rule->only_campaign = true;
	if (span_eq(value, SPAN("campaign")))
		return 0;
	return err_set(
	    err, ERR_CONFIG, "only can be campaign, not %.*s", SPAN_ARG(value));
}

/* One more glob to a list. */
static int
add_glob(struct globs *globs, struct span value, struct arena *arena,
    struct err *err)
{
	struct span *more = arena_calloc(arena, globs->count + 1, sizeof *more);

	if (more == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < globs->count; i++)
		more[i] = globs->at[i];
	more[globs->count] = value;
	globs->at = more;
	globs->count++;
	return 0;
}

static int
add_tenant(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	return add_glob(&rule->tenants, value, arena, err);
}

static int
add_campaign(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	return add_glob(&rule->campaigns, value, arena, err);
}

static int
lower(struct span text, struct arena *arena, struct span *out)
{
	char *copy = arena_alloc(arena, text.len);

	if (copy == NULL)
		return -1;
	for (size_t i = 0; i < text.len; i++)
		copy[i] = ascii_lower(text.at[i]);
	*out = span_of(copy, text.len);
	return 0;
}

static int
add_domain(
    struct rule *rule, struct span value, struct arena *arena, struct err *err)
{
	if (span_find(value, '@') < value.len)
		return err_set(err, ERR_CONFIG,
		    "from is a domain, not an address: %.*s", SPAN_ARG(value));
	return lower(value, arena, &value) < 0
		   ? err_set(err, ERR_MEMORY, "out of memory")
		   : add_glob(&rule->domains, value, arena, err);
}

static const struct {
	const char *name;
	bool repeats;
	int (*set)(struct rule *rule, struct span value, struct arena *arena,
	    struct err *err);
} conditions[] = {
	{ "daemon", false, set_daemon },
	{ "client", true, add_client },
	{ "login", false, set_login },
	{ "require", false, set_require },
	{ "only", false, set_only },
	{ "tenant", true, add_tenant },
	{ "campaign", true, add_campaign },
	{ "from", true, add_domain },
};

enum { CONDITIONS = sizeof conditions / sizeof conditions[0] };

static int
parse_condition(struct span word, unsigned *seen, struct arena *arena,
    struct rule *rule, struct err *err)
{
	size_t equals = span_find(word, '=');
	struct span name = span_first(word, equals);
	struct span value = span_from(word, equals + 1);

	for (unsigned i = 0; i < CONDITIONS; i++) {
		if (!span_eq(name, span_str(conditions[i].name)))
			continue;
		if (value.len == 0)
			return err_set(err, ERR_CONFIG, "%s= has no value",
			    conditions[i].name);
		if ((*seen & 1u << i) != 0 && !conditions[i].repeats)
			return err_set(err, ERR_CONFIG, "%s= stands twice",
			    conditions[i].name);
		*seen |= 1u << i;
		return conditions[i].set(rule, value, arena, err);
	}
	return err_set(err, ERR_CONFIG,
	    "a rule knows daemon=, client=, login=, require=, only=, tenant=, "
	    "campaign= and from=, not %.*s",
	    SPAN_ARG(name));
}

int
rule_parse(
    struct span text, struct arena *arena, struct rule *rule, struct err *err)
{
	unsigned seen = 0;
	size_t offset = 0;
	struct span word;

	memset(rule, 0, sizeof *rule);
	while ((word = next_word(text, &offset)).len != 0) {
		if (parse_condition(word, &seen, arena, rule, err) == 0)
			continue;
		if (err != NULL && err->column == 0)
			err->column = (unsigned)(offset - word.len) + 1;
		return -1;
	}
	if (rule->daemon.len == 0 && rule->login.len == 0 &&
	    rule->network_count == 0)
		return err_at(err, ERR_CONFIG, NULL, 0, 1,
		    "a rule must name a daemon, a client or a login");
	return 0;
}

static bool
in_network(const struct network *network, const unsigned char address[16])
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	if (memcmp(network->address, address, whole) != 0)
		return false;
	return rest == 0 ||
	       (network->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static bool
client_holds(const struct rule *rule, const struct peer *peer)
{
	if (rule->network_count == 0)
		return true;
	for (size_t i = 0; peer->has_address && i < rule->network_count; i++)
		if (in_network(&rule->networks[i], peer->address))
			return true;
	return false;
}

static bool
connection_holds(const struct rule *rule, const struct peer *peer)
{
	if (rule->daemon.len != 0 && !span_eq(rule->daemon, peer->daemon))
		return false;
	return client_holds(rule, peer);
}

/* Whether raw is the login as sendmail writes it: xtext (RFC 3461), where
 * '+', '=' and what is not printable stand as +XX. */
static bool
xtext_eq(struct span login, struct span raw)
{
	size_t at = 0;

	for (size_t i = 0; i < login.len; i++) {
		unsigned char c = (unsigned char)login.at[i];
		char hex[4] = { (char)c, '\0', '\0', '\0' };
		size_t len = 1;

		if (c <= ' ' || c > '~' || c == '+' || c == '=')
			len = (size_t)snprintf(hex, sizeof hex, "+%02X", c);
		if (!span_starts(span_from(raw, at), span_of(hex, len)))
			return false;
		at += len;
	}
	return at == raw.len;
}

static bool
login_holds(const struct rule *rule, const struct peer *peer)
{
	if (rule->login.len == 0)
		return true;
	if (span_eq(rule->login, SPAN("*")))
		return peer->login.len != 0;
	return span_eq(rule->login, peer->login) ||
	       xtext_eq(rule->login, peer->login);
}

/* ---- what may be sent under a rule ---- */

/* Whether the text is what the glob says. A mismatch goes back to the last star
 * only, so that the time is at most the product of the two lengths. */
static bool
glob_matches(struct span glob, struct span text)
{
	size_t g = 0, t = 0, star = glob.len, from = 0;

	while (t < text.len) {
		if (g < glob.len && glob.at[g] == '*') {
			star = g++;
			from = t;
		} else if (g < glob.len &&
			   (glob.at[g] == '?' || glob.at[g] == text.at[t])) {
			g++;
			t++;
		} else if (star < glob.len) {
			g = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.at[g] == '*')
		g++;
	return g == glob.len;
}

static bool
globs_match(const struct globs *globs, struct span text)
{
	for (size_t i = 0; i < globs->count; i++)
		if (glob_matches(globs->at[i], text))
			return true;
	return false;
}

static bool
reaches_tenant(
    const struct rule *rule, struct span tenant, struct span default_tenant)
{
	bool is_default = span_eq(tenant, default_tenant);

	if (rule->tenants.count == 0)
		return is_default;
	return globs_match(&rule->tenants, tenant) ||
	       (is_default && globs_match(&rule->tenants, SPAN("default")));
}

bool
rule_reaches(const struct rule *rule, struct span tenant,
    struct span default_tenant, struct span campaign)
{
	return reaches_tenant(rule, tenant, default_tenant) &&
	       (rule->campaigns.count == 0 ||
		   globs_match(&rule->campaigns, campaign));
}

struct span
rule_tenant(const struct rule *rule, struct span default_tenant)
{
	struct span only;

	if (rule->tenants.count == 0)
		return default_tenant;
	only = rule->tenants.at[0];
	if (rule->tenants.count > 1 || span_find(only, '*') < only.len ||
	    span_find(only, '?') < only.len)
		return SPAN_NONE;
	return span_eq(only, SPAN("default")) ? default_tenant : only;
}

bool
rules_bind_domains(const struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rules[i].domains.count != 0)
			return true;
	return false;
}

bool
rules_may_sign(
    const struct rules *rules, const struct rule *rule, struct span domain)
{
	char small[DOMAIN_MAX];

	if (domain.len > sizeof small)
		return false;
	for (size_t i = 0; i < domain.len; i++)
		small[i] = ascii_lower(domain.at[i]);
	domain = span_of(small, domain.len);
	if (rule->domains.count != 0)
		return globs_match(&rule->domains, domain);
	for (size_t i = 0; i < rules->count; i++)
		if (globs_match(&rules->rules[i].domains, domain))
			return false;
	return true;
}

const struct rule *
rules_match(const struct rules *rules, const struct peer *peer)
{
	for (size_t i = 0; i < rules->count; i++)
		if (connection_holds(&rules->rules[i], peer) &&
		    login_holds(&rules->rules[i], peer))
			return &rules->rules[i];
	return NULL;
}
