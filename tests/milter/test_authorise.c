#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "milter/authorise.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

static struct arena *arena;
static struct err err;

static void
setup(void)
{
	arena = arena_new(1 << 16);
	err_clear(&err);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static struct peer
peer(const char *daemon, const char *address, const char *login)
{
	struct peer who = { .daemon = span_str(daemon),
		.login = span_str(login) };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	if (address == NULL)
		peer_set_address(&who, NULL);
	else if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
		peer_set_address(&who, (struct sockaddr *)&v4);
	else if (inet_pton(AF_INET6, address, &v6.sin6_addr) == 1)
		peer_set_address(&who, (struct sockaddr *)&v6);
	return who;
}

static const struct {
	struct span rule;
	const char *daemon, *address, *login;
	int holds;
} cases[] = {
	{ TEXT("daemon=CAMPAIGN client=127.0.0.0/8"), "CAMPAIGN", "127.0.0.1",
	    NULL, 1 },
	{ TEXT("daemon=CAMPAIGN client=127.0.0.0/8"), "CAMPAIGN", "127.9.8.7",
	    NULL, 1 },
	{ TEXT("daemon=CAMPAIGN client=127.0.0.0/8"), "CAMPAIGN", "128.0.0.1",
	    NULL, 0 },
	{ TEXT("daemon=CAMPAIGN client=127.0.0.0/8"), "campaign", "127.0.0.1",
	    NULL, 0 },
	{ TEXT("daemon=CAMPAIGN client=127.0.0.0/8"), "", "127.0.0.1", NULL,
	    0 },
	{ TEXT("daemon=CAMPAIGN client=127.0.0.0/8"), "CAMPAIGN", NULL, NULL,
	    0 },
	{ TEXT("client=10.1.0.0/15"), "x", "10.0.255.255", NULL, 1 },
	{ TEXT("client=10.0.0.0/15"), "x", "10.1.2.3", NULL, 1 },
	{ TEXT("client=10.0.0.0/15"), "x", "10.2.0.0", NULL, 0 },
	{ TEXT("client=0.0.0.0/0"), "x", "203.0.113.9", NULL, 1 },
	{ TEXT("client=0.0.0.0/0"), "x", "::1", NULL, 0 },
	{ TEXT("client=::/0"), "x", "203.0.113.9", NULL, 1 },
	{ TEXT("client=2001:db8::/33"), "x", "2001:db8:7fff::1", NULL, 1 },
	{ TEXT("client=2001:db8::/33"), "x", "2001:db8:8000::1", NULL, 0 },
	{ TEXT("client=192.0.2.7"), "x", "192.0.2.7", NULL, 1 },
	{ TEXT("client=192.0.2.7"), "x", "192.0.2.8", NULL, 0 },
	{ TEXT("client=192.0.2.7"), "x", "::ffff:192.0.2.7", NULL, 1 },
	{ TEXT("client=192.0.2.7 client=::1"), "x", "::1", NULL, 1 },
	{ TEXT("login=marketing"), "x", "203.0.113.9", "marketing", 1 },
	{ TEXT("login=marketing"), "x", "203.0.113.9", "Marketing", 0 },
	{ TEXT("login=marketing"), "x", "203.0.113.9", NULL, 0 },
	{ TEXT("login=*"), "x", NULL, "anybody", 1 },
	{ TEXT("login=*"), "x", NULL, NULL, 0 },
	{ TEXT("login=a+b@c.example"), "x", NULL, "a+b@c.example", 1 },
	{ TEXT("login=a+b@c.example"), "x", NULL, "a+2Bb@c.example", 1 },
	{ TEXT("login=a+b@c.example"), "x", NULL, "a+2Bb@c.exampl", 0 },
	{ TEXT("login=ab"), "x", NULL, "a+62", 0 },
};

START_TEST(holds_when_every_condition_does)
{
	struct rule rule;
	struct rules rules = { &rule, 1 };
	struct peer who =
	    peer(cases[_i].daemon, cases[_i].address, cases[_i].login);

	ck_assert_int_eq(rule_parse(cases[_i].rule, arena, &rule, &err), 0);
	ck_assert_int_eq(rules_match(&rules, &who) != NULL, cases[_i].holds);
}
END_TEST

#define HOME "home" /* the default tenant */

static const struct {
	struct span rule;
	const char *tenant, *campaign;
	int reached;
} reaches[] = {
	{ TEXT("daemon=A"), HOME, "spring", 1 },
	{ TEXT("daemon=A"), "shop", "spring", 0 },
	{ TEXT("daemon=A tenant=shop"), "shop", "spring", 1 },
	{ TEXT("daemon=A tenant=shop"), "SHOP", "spring", 0 },
	{ TEXT("daemon=A tenant=shop"), "shop2", "spring", 0 },
	{ TEXT("daemon=A tenant=shop"), HOME, "spring", 0 },
	{ TEXT("daemon=A tenant=default"), HOME, "spring", 1 },
	{ TEXT("daemon=A tenant=shop tenant=inn"), "inn", "spring", 1 },
	{ TEXT("daemon=A tenant=shop tenant=inn"), "in", "spring", 0 },
	{ TEXT("daemon=A tenant=*"), "any", "spring", 1 },
	{ TEXT("daemon=A campaign=spr*"), HOME, "spring", 1 },
	{ TEXT("daemon=A campaign=spr*"), HOME, "spr", 1 },
	{ TEXT("daemon=A campaign=spr*"), HOME, "Spring", 0 },
	{ TEXT("daemon=A campaign=spr*"), HOME, "xspring", 0 },
	{ TEXT("daemon=A campaign=spr*"), "shop", "spring", 0 },
	{ TEXT("daemon=A campaign=*a*b?"), HOME, "abaabc", 1 },
	{ TEXT("daemon=A campaign=*a*b?"), HOME, "abaab", 0 },
	{ TEXT("daemon=A campaign=x campaign=y"), HOME, "y", 1 },
};

START_TEST(reaches_its_tenants_and_campaigns)
{
	struct rule rule;

	ck_assert_int_eq(rule_parse(reaches[_i].rule, arena, &rule, &err), 0);
	ck_assert_int_eq(rule_reaches(&rule, span_str(reaches[_i].tenant),
			     SPAN(HOME), span_str(reaches[_i].campaign)),
	    reaches[_i].reached);
}
END_TEST

static const struct {
	struct span rule;
	const char *tenant;
} single[] = {
	{ TEXT("daemon=A"), HOME },
	{ TEXT("daemon=A tenant=shop"), "shop" },
	{ TEXT("daemon=A tenant=default"), HOME },
	{ TEXT("daemon=A tenant=shop tenant=inn"), "" },
	{ TEXT("daemon=A tenant=sh*"), "" },
	{ TEXT("daemon=A tenant=sho?"), "" },
};

START_TEST(knows_its_tenant_where_there_is_one)
{
	struct rule rule;

	ck_assert_int_eq(rule_parse(single[_i].rule, arena, &rule, &err), 0);
	ck_assert(span_eq(
	    rule_tenant(&rule, SPAN(HOME)), span_str(single[_i].tenant)));
}
END_TEST

static const struct {
	struct span mine, other;
	const char *domain;
	int may;
} domains[] = {
	{ TEXT("daemon=A"), TEXT("daemon=B"), "shop.example", 1 },
	{ TEXT("daemon=A"), TEXT("daemon=B from=inn.example"), "shop.example",
	    1 },
	{ TEXT("daemon=A"), TEXT("daemon=B from=inn.example"), "Inn.EXAMPLE",
	    0 },
	{ TEXT("daemon=A from=Shop.example"), TEXT("daemon=B"), "shop.example",
	    1 },
	{ TEXT("daemon=A from=shop.example"), TEXT("daemon=B"),
	    "mail.shop.example", 0 },
	{ TEXT("daemon=A from=shop.example from=*.shop.example"),
	    TEXT("daemon=B"), "mail.shop.example", 1 },
	{ TEXT("daemon=A from=*.shop.example"), TEXT("daemon=B"),
	    "evilshop.example", 0 },
	{ TEXT("daemon=A from=shop.example"),
	    TEXT("daemon=B from=shop.example"), "shop.example", 1 },
};

START_TEST(lets_sign_what_it_names_or_else_what_nobody_names)
{
	struct rule list[2];
	struct rules rules = { list, 2 };

	ck_assert_int_eq(
	    rule_parse(domains[_i].mine, arena, &list[0], &err), 0);
	ck_assert_int_eq(
	    rule_parse(domains[_i].other, arena, &list[1], &err), 0);
	ck_assert_int_eq(
	    rules_may_sign(&rules, &list[0], span_str(domains[_i].domain)),
	    domains[_i].may);
	ck_assert_int_eq(rules_bind_domains(&rules), _i != 0);
}
END_TEST

static const struct {
	struct span rule;
	unsigned column;
	const char *says;
} mistakes[] = {
	{ TEXT("daemon=A from=a@b.example"), 10,
	    "from is a domain, not an address: a@b.example" },
	{ TEXT(""), 1, "a rule must name a daemon, a client or a login" },
	{ TEXT("require=seal"), 1,
	    "a rule must name a daemon, a client or a login" },
	{ TEXT("daemon=A host=b"), 10,
	    "a rule knows daemon=, client=, login=, require=, only=, tenant=, "
	    "campaign= and from=, not host" },
	{ TEXT("daemon"), 1, "daemon= has no value" },
	{ TEXT("daemon=A daemon=B"), 10, "daemon= stands twice" },
	{ TEXT("client=127.0.0.1/33"), 1,
	    "not an address or a network: 127.0.0.1/33" },
	{ TEXT("client=127.0.0"), 1, "not an address or a network: 127.0.0" },
	{ TEXT("client=::1/129"), 1, "not an address or a network: ::1/129" },
	{ TEXT("client=1.2.3.4/"), 1, "not an address or a network: 1.2.3.4/" },
	{ TEXT("client=host.example"), 1,
	    "not an address or a network: host.example" },
	{ TEXT("daemon=A require=spf"), 10,
	    "require is dkim, dkim:DOMAIN or seal, not spf" },
	{ TEXT("daemon=A require=dkim:"), 10,
	    "require is dkim, dkim:DOMAIN or seal, not dkim:" },
	{ TEXT("daemon=A only=mail"), 10, "only can be campaign, not mail" },
};

START_TEST(says_what_is_wrong_with_a_rule)
{
	struct rule rule;

	ck_assert_int_eq(rule_parse(mistakes[_i].rule, arena, &rule, &err), -1);
	ck_assert_int_eq(err.code, ERR_CONFIG);
	ck_assert_str_eq(err.text, mistakes[_i].says);
	ck_assert_uint_eq(err.column, mistakes[_i].column);
}
END_TEST

START_TEST(reads_what_a_rule_demands)
{
	struct rule rule;

	ck_assert_int_eq(rule_parse(SPAN("daemon=A \t require=dkim:b.example "
					 "only=campaign"),
			     arena, &rule, &err),
	    0);
	ck_assert_int_eq(rule.require, REQUIRE_DKIM);
	ck_assert(span_eq(rule.require_domain, SPAN("b.example")));
	ck_assert(rule.only_campaign);
	ck_assert_int_eq(
	    rule_parse(SPAN("login=* require=seal"), arena, &rule, &err), 0);
	ck_assert_int_eq(rule.require, REQUIRE_SEAL);
	ck_assert(!rule.only_campaign);
}
END_TEST

START_TEST(takes_the_first_rule_that_holds)
{
	struct rule both[2];
	struct rules rules = { both, 2 };
	struct peer who = peer("A", "127.0.0.1", "me");

	ck_assert_int_eq(
	    rule_parse(SPAN("daemon=B"), arena, &both[0], &err), 0);
	ck_assert_int_eq(
	    rule_parse(SPAN("login=me"), arena, &both[1], &err), 0);
	ck_assert_ptr_eq(rules_match(&rules, &who), &both[1]);
	who.daemon = SPAN("B");
	ck_assert_ptr_eq(rules_match(&rules, &who), &both[0]);
}
END_TEST

START_TEST(knows_nobody_without_rules)
{
	struct rules none = { NULL, 0 };
	struct peer who = peer("A", "127.0.0.1", "me");

	ck_assert_ptr_null(rules_match(&none, &who));
}
END_TEST

START_TEST(fails_cleanly_when_memory_is_out)
{
	size_t limit = 1;

	for (;; limit += 8) {
		struct arena *small = arena_new(limit);
		struct rule rule;
		int status;

		err_clear(&err);
		status = rule_parse(
		    SPAN("client=::1 client=::2"), small, &rule, &err);
		arena_free(&small);
		if (status == 0)
			break;
		ck_assert_int_eq(err.code, ERR_MEMORY);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("authorise");
	TCase *tests = tcase_create("authorise");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, holds_when_every_condition_does, 0,
	    sizeof cases / sizeof cases[0]);
	tcase_add_loop_test(tests, says_what_is_wrong_with_a_rule, 0,
	    sizeof mistakes / sizeof mistakes[0]);
	tcase_add_test(tests, reads_what_a_rule_demands);
	tcase_add_test(tests, takes_the_first_rule_that_holds);
	tcase_add_test(tests, knows_nobody_without_rules);
	tcase_add_test(tests, fails_cleanly_when_memory_is_out);
	tcase_add_loop_test(tests, reaches_its_tenants_and_campaigns, 0,
	    sizeof reaches / sizeof reaches[0]);
	tcase_add_loop_test(tests, knows_its_tenant_where_there_is_one, 0,
	    sizeof single / sizeof single[0]);
	tcase_add_loop_test(tests,
	    lets_sign_what_it_names_or_else_what_nobody_names, 0,
	    sizeof domains / sizeof domains[0]);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
