#include "store/record/key.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

/* NULL: no address. */
static const struct {
	const char *address;
	const char *normal;
} addresses[] = {
	{ "anna@example.org", "anna@example.org" },
	{ "<anna@example.org>", "anna@example.org" },
	{ "  Anna@Example.ORG\t", "anna@example.org" },
	{ "anna@example.org.", "anna@example.org" },
	{ "<@relay.example,@b.example:anna@example.org>", "anna@example.org" },
	{ "anna+news@example.org", "anna+news@example.org" },
	{ "a.n.n.a@example.org", "a.n.n.a@example.org" },
	{ "a..b.@docomo.example", "a..b.@docomo.example" },
	{ "\"anna\"@example.org", "anna@example.org" },
	{ "\"an\\na\"@example.org", "anna@example.org" },
	{ "\"an na\"@example.org", "\"an na\"@example.org" },
	{ "\"a@b\"@example.org", "\"a@b\"@example.org" },
	{ "\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org" },
	{ "\"a..b\"@example.org", "\"a..b\"@example.org" },
	{ "o'neil@example.org", "o'neil@example.org" },
	{ "anna@B\xc3\xbc"
	  "cher.example",
	    "anna@xn--bcher-kva.example" },
	{ "anna@xn--bcher-kva.example", "anna@xn--bcher-kva.example" },
	{ "anna@XN--BCHER-KVA.EXAMPLE", "anna@xn--bcher-kva.example" },
	{ "anna@b\xc3\xbc"
	  "cher\xe3\x80\x82"
	  "example",
	    "anna@xn--bcher-kva.example" },
	{ "anna@stra\xc3\x9f"
	  "e.example",
	    "anna@xn--strae-oqa.example" },
	{ "\xc5\xbb\xc3\xb3\xc5\x82\xc4\x87@example.org",
	    "\xc5\xbb\xc3\xb3\xc5\x82\xc4\x87@example.org" },
	{ "anna@[192.0.2.1]", "anna@[192.0.2.1]" },
	{ "anna@under_score.example", "anna@under_score.example" },
	/* What IDNA makes a dot at the end, a blank or an @. */
	{ "anna@b\xc3\xbc"
	  "cher.example\xe3\x80\x82",
	    "anna@xn--bcher-kva.example" },
	{ "anna@a\xef\xbc\xa0"
	  "b.example",
	    NULL },
	{ "anna@a\xc2\xa0"
	  "b.example",
	    NULL },
	{ "anna@a\xef\xbc\x8c"
	  "b.example",
	    NULL },
	{ "anna@\xe3\x80\x82", NULL },
	{ "", NULL },
	{ "<>", NULL },
	{ "anna", NULL },
	{ "@example.org", NULL },
	{ "anna@", NULL },
	{ "anna@.", NULL },
	{ "an na@example.org", NULL },
	{ "anna@exa mple.org", NULL },
	{ "\"\"@example.org", NULL },
	{ "\"anna\\\"@example.org", NULL },
	{ "an\"na@example.org", NULL },
	{ "anna\n@example.org", NULL },
	{ "Anna <anna@example.org>", NULL },
	{ "anna@a.example,bob@b.example", NULL },
};

#define ADDRESSES (sizeof addresses / sizeof addresses[0])

START_TEST(every_spelling_of_an_address_becomes_one)
{
	for (size_t i = 0; i < ADDRESSES; i++) {
		struct arena *arena = arena_new(100000);
		struct err err = ERR_INIT;
		struct span normal = SPAN_NONE;
		int is = address_normalise(
		    span_str(addresses[i].address), arena, &normal, &err);

		if (addresses[i].normal == NULL) {
			ck_assert_msg(is == 0, "%s became %.*s",
			    addresses[i].address, SPAN_ARG(normal));
		} else {
			ck_assert_msg(
			    is == 1, "%s is none", addresses[i].address);
			ck_assert_str_eq(normal.at, addresses[i].normal);
			ck_assert_uint_eq(normal.len, strlen(normal.at));
		}
		arena_free(&arena);
	}
}
END_TEST

START_TEST(a_normal_address_is_left_alone)
{
	for (size_t i = 0; i < ADDRESSES; i++) {
		struct arena *arena = arena_new(100000);
		struct span once, twice;

		if (address_normalise(span_str(addresses[i].address), arena,
			&once, NULL) == 1) {
			ck_assert_int_eq(
			    address_normalise(once, arena, &twice, NULL), 1);
			ck_assert(span_eq(once, twice));
		}
		arena_free(&arena);
	}
}
END_TEST

START_TEST(an_address_may_be_cut_anywhere)
{
	for (size_t i = 0; i < ADDRESSES; i++)
		for (size_t len = 0; len <= strlen(addresses[i].address);
		     len++) {
			struct arena *arena = arena_new(100000);
			struct span normal;

			ck_assert_int_ge(address_normalise(
					     span_of(addresses[i].address, len),
					     arena, &normal, NULL),
			    0);
			arena_free(&arena);
		}
}
END_TEST

START_TEST(a_full_arena_is_a_failure_and_not_a_no)
{
	int is = -1;

	for (size_t limit = 1; is < 0; limit++) {
		struct arena *arena = arena_new(limit);
		struct err err = ERR_INIT;
		struct span normal;

		is = address_normalise(
		    SPAN("anna@example.org"), arena, &normal, &err);
		ck_assert_int_ne(is, 0);
		ck_assert(is == 1 || err.code == ERR_MEMORY);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(an_overlong_address_is_none)
{
	static char text[3000];
	struct arena *arena = arena_new(100000);
	struct span normal;

	memset(text, 'a', sizeof text);
	memcpy(text + sizeof text - 13, "@example.org", 13);
	ck_assert_int_eq(
	    address_normalise(span_str(text), arena, &normal, NULL), 0);
	arena_free(&arena);
}
END_TEST

START_TEST(an_address_comes_apart_at_its_last_at)
{
	ck_assert(span_eq(
	    address_local(SPAN("\"a@b\"@example.org")), SPAN("\"a@b\"")));
	ck_assert(span_eq(
	    address_domain(SPAN("\"a@b\"@example.org")), SPAN("example.org")));
}
END_TEST

START_TEST(keys_depend_on_every_part)
{
	struct record_key one = record_key(SPAN("shop"), SPAN("a@x.org"));
	struct record_key two = record_key(SPAN("show"), SPAN("a@x.org"));
	struct record_key three = record_key(SPAN("shop"), SPAN("b@x.org"));
	struct record_key four = record_key(SPAN("shopa"), SPAN("@x.org"));
	struct message_key k =
	    message_key(SPAN("t"), SPAN("c"), SPAN("<m>"), SPAN("r"));
	struct message_key other =
	    message_key(SPAN("t"), SPAN("c"), SPAN("<m"), SPAN(">r"));

	ck_assert_int_ne(record_key_cmp(&one, &two), 0);
	ck_assert_int_ne(record_key_cmp(&one, &three), 0);
	ck_assert_int_ne(record_key_cmp(&one, &four), 0);
	ck_assert_mem_ne(k.bytes, other.bytes, KEY_SIZE);
}
END_TEST

/* Whoever changes this loses every record of every store there is. */
START_TEST(keys_stay_what_they_are_for_ever)
{
	struct record_key key = record_key(SPAN("shop"), SPAN("a@x.org"));
	struct message_key k = message_key(
	    SPAN("shop"), SPAN("spring"), SPAN("<1@x>"), SPAN("a@x.org"));
	struct record_key as_key;
	char hex[33];

	ck_assert_str_eq(
	    record_key_hex(&key, hex), "4cb04466986edeae40c8b1caca6bc869");
	memcpy(as_key.bytes, k.bytes, KEY_SIZE);
	ck_assert_str_eq(
	    record_key_hex(&as_key, hex), "485ce0a109a78357eb553d2c836bf603");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("key");
	TCase *tcase = tcase_create("key");

	tcase_add_test(tcase, every_spelling_of_an_address_becomes_one);
	tcase_add_test(tcase, a_normal_address_is_left_alone);
	tcase_add_test(tcase, an_address_may_be_cut_anywhere);
	tcase_add_test(tcase, a_full_arena_is_a_failure_and_not_a_no);
	tcase_add_test(tcase, an_overlong_address_is_none);
	tcase_add_test(tcase, an_address_comes_apart_at_its_last_at);
	tcase_add_test(tcase, keys_depend_on_every_part);
	tcase_add_test(tcase, keys_stay_what_they_are_for_ever);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
