#include "milter/loaded_config.h"
#include "store/base/buf.h"
#include "tests/milter/kit_daemon.h"
#include "tests/manual.h"
#include "tests/suite.h"

#define MANUAL "conf/man/inlay.conf.5"
#define EXAMPLE "conf/inlay.conf"

static struct settings *settings;
static struct kit kit;
static struct err err;

static void
setup(void)
{
	kit_open(&kit);
	settings = NULL;
	err_clear(&err);
}

static void
teardown(void)
{
	settings_free(&settings);
	kit_close(&kit);
}

static int
parse(const char *text)
{
	settings_free(&settings);
	err_clear(&err);
	return settings_parse(span_str(text), "inlay.conf", &settings, &err);
}

START_TEST(has_sound_defaults)
{
	ck_assert_msg(
	    settings_load(NULL, &settings, &err) == 0, "%s", err.text);
	ck_assert_str_eq(settings->socket, "/run/inlay/inlay.sock");
	ck_assert_uint_eq(settings->socket_mode, 0660);
	ck_assert_str_eq(settings->store, "/var/lib/inlay");
	ck_assert(settings->sign);
	ck_assert_uint_eq(settings->max_message_size, 25 << 20);
	ck_assert_uint_eq(settings->rules.count, 0);
	ck_assert_uint_eq(settings->signing.key_count, 0);
	ck_assert_int_eq(settings->signing.header_canon, SIGN_RELAXED);
	ck_assert_int_eq(settings->signing.body_canon, SIGN_RELAXED);
	ck_assert_uint_eq(settings->deadline_ms, 30000);
}
END_TEST

START_TEST(makes_rules_and_keys_in_their_order)
{
	ck_assert_msg(parse("allow = daemon=CAMPAIGN client=127.0.0.0/8\n"
			    "allow = login=marketing require=seal\n"
			    "key = a.example one /keys/one.pem\n"
			    "key = a.example two /keys/with blank.pem\n"
			    "canonicalization = simple/relaxed\n"
			    "signature-ttl = 2d\n") == 0,
	    "%s", err.text);
	ck_assert_uint_eq(settings->rules.count, 2);
	ck_assert_int_eq(settings->rules.rules[1].require, REQUIRE_SEAL);
	ck_assert_uint_eq(settings->signing.key_count, 2);
	ck_assert_str_eq(settings->signing.keys[0].domain, "a.example");
	ck_assert_str_eq(settings->signing.keys[0].selector, "one");
	ck_assert_str_eq(settings->signing.keys[0].file, "/keys/one.pem");
	ck_assert_str_eq(
	    settings->signing.keys[1].file, "/keys/with blank.pem");
	ck_assert_int_eq(settings->signing.header_canon, SIGN_SIMPLE);
	ck_assert_int_eq(settings->signing.body_canon, SIGN_RELAXED);
	ck_assert_uint_eq(settings->signing.ttl, 2 * 86400);
}
END_TEST

START_TEST(adds_to_the_signed_headers)
{
	size_t standard = 0, all = 0;

	ck_assert_int_eq(
	    parse("sign-header = X-A\noversign-header = Reply-To\n"), 0);
	while (sign_headers[standard] != NULL)
		standard++;
	while (settings->signing.headers[all] != NULL)
		all++;
	ck_assert_uint_eq(all, standard + 1);
	ck_assert_str_eq(settings->signing.headers[standard], "X-A");
	ck_assert_str_eq(settings->signing.oversigned[5], "Reply-To");
	ck_assert_ptr_null(settings->signing.oversigned[6]);
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} mistakes[] = {
	{ "allow = daemon=A\nallow = daemon=B host=c\n",
	    "inlay.conf:2:18: a rule knows daemon=, client=, login=, "
	    "require=, only=, tenant=, campaign= and from=, not host" },
	{ "key = a.example one\n",
	    "inlay.conf:1:7: a key is DOMAIN SELECTOR FILE" },
	{ "sign-header = X-A, X-B\n",
	    "inlay.conf:1:15: not the name of a header field" },
	{ "token-key = lonely\n", "inlay.conf:1:13: a secret is NAME FILE" },
	{ "token-key = a.b /f\n",
	    "inlay.conf:1:13: a secret's name has at most 32 bytes and no "
	    "dot" },
	{ "seal-key = a /f\nseal-key = a /g\n",
	    "inlay.conf:2:12: two secrets of one name" },
	{ "socket-mode = 0100\n",
	    "inlay.conf:1:15: socket-mode is at least 0600" },
	{ "log-level = loud\n",
	    "inlay.conf:1:13: none of the words it may be: loud" },
};

START_TEST(says_what_is_wrong_and_where)
{
	char line[600];

	ck_assert_int_eq(parse(mistakes[_i].text), -1);
	ck_assert_ptr_null(settings);
	ck_assert_str_eq(err_line(&err, line, sizeof line), mistakes[_i].says);
}
END_TEST

START_TEST(reads_secrets_that_only_their_owner_can_read)
{
	const char *good =
	    kit_write(&kit, "good", SPAN("0123456789abcdef\n"), 0600);
	const char *open =
	    kit_write(&kit, "open", SPAN("0123456789abcdef\n"), 0644);
	const char *brief = kit_write(&kit, "brief", SPAN("0123\n"), 0600);
	char text[512];

	snprintf(text, sizeof text, "token-key = k1 %s\nseal-key = s %s\n",
	    good, good);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_int_eq(settings_secrets(settings, &err), 0);
	ck_assert(span_eq(settings->tokens.secrets.secrets[0].bytes,
	    SPAN("0123456789abcdef")));
	ck_assert(span_eq(settings->seal_keys.secrets[0].name, SPAN("s")));
	snprintf(text, sizeof text, "token-key = k1 %s\n", open);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_int_eq(settings_secrets(settings, &err), -1);
	ck_assert_int_eq(err.code, ERR_KEY);
	snprintf(text, sizeof text, "token-key = k1 %s\n", brief);
	ck_assert_int_eq(parse(text), 0);
	ck_assert_int_eq(settings_secrets(settings, &err), -1);
	ck_assert_int_eq(err.code, ERR_KEY);
}
END_TEST

static int
serve(const char *text, const struct loaded_config **config)
{
	const char *file = kit_write(&kit, "inlay.conf", span_str(text), 0600);

	err_clear(&err);
	return loaded_config_open(file, config, &err);
}

START_TEST(makes_a_service_that_is_shared)
{
	const struct loaded_config *config, *again;

	ck_assert_msg(serve("sign = no\n", &config) == 0, "%s", err.text);
	again = loaded_config_acquire(config);
	loaded_config_release(&config);
	ck_assert_ptr_null(config);
	ck_assert_ptr_null(again->signer);
	loaded_config_release(&again);
}
END_TEST

START_TEST(makes_no_service_that_could_not_serve)
{
	const struct loaded_config *config;

	ck_assert_int_eq(serve("", &config), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "no key to sign with"));
	ck_assert_ptr_null(config);
	ck_assert_int_eq(
	    serve("sign = no\nallow = login=a require=seal\n", &config), -1);
	ck_assert_uint_eq(err.line, 2);
	ck_assert_int_eq(
	    serve("key = a.example s /nonexistent\n", &config), -1);
	ck_assert_int_eq(err.code, ERR_KEY);
	err_clear(&err);
	ck_assert_int_eq(loaded_config_open("/nonexistent", &config, &err), -1);
	ck_assert_int_eq(err.code, ERR_CONFIG);
}
END_TEST

/* ".It Sy socket = text" and "Default: ..." for each row, and no other. */
START_TEST(is_told_of_in_the_manual_row_by_row)
{
	struct buf manual;
	struct span rest;
	size_t items = 0;

	manual_read(MANUAL, &manual);
	for (size_t i = 0; i < settings_table.count; i++) {
		const struct conf_option *option = &settings_table.options[i];
		char item[200];

		snprintf(item, sizeof item, ".It Sy %s No = Ar %s\n",
		    option->name, conf_type_word(option->type));
		ck_assert_msg(
		    span_search(buf_span(&manual), span_str(item)) < manual.len,
		    "%s lacks: %s", MANUAL, item);
		if (option->initial == NULL)
			continue;
		snprintf(item, sizeof item, ".Pq default %s", option->initial);
		rest = span_from(buf_span(&manual),
		    span_search(buf_span(&manual), span_str(option->name)));
		ck_assert_msg(span_search(rest, span_str(item)) < rest.len,
		    "%s: %s lacks: %s", MANUAL, option->name, item);
	}
	rest = buf_span(&manual);
	for (size_t at; (at = span_search(rest, SPAN(".It Sy "))) < rest.len;) {
		struct span line;

		rest = span_from(rest, at);
		line = span_first(rest, span_find(rest, '\n'));
		items += span_search(line, SPAN(" No = Ar ")) < line.len;
		rest = span_from(rest, line.len);
	}
	ck_assert_uint_eq(items, settings_table.count);
	buf_deinit(&manual);
}
END_TEST

/* The page of an option, from its item to the next. */
static struct span
item_of(struct span manual, struct span head)
{
	struct span item = span_from(manual, span_search(manual, head));

	item = span_from(item, head.len < item.len ? head.len : item.len);
	return span_first(item, span_search(item, SPAN(".It Sy ")));
}

START_TEST(the_manual_names_every_signed_header)
{
	static const struct {
		const char *head;
		const char *const *names;
	} pages[] = { { ".It Sy sign-header No", sign_headers },
		{ ".It Sy oversign-header No", sign_oversigned } };
	struct buf manual;

	manual_read(MANUAL, &manual);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		struct span item =
		    item_of(buf_span(&manual), span_str(pages[i].head));

		for (size_t n = 0; pages[i].names[n] != NULL; n++)
			ck_assert_msg(
			    span_search(item, span_str(pages[i].names[n])) <
				item.len,
			    "%s lacks: %s", pages[i].head, pages[i].names[n]);
	}
	buf_deinit(&manual);
}
END_TEST

START_TEST(reads_the_example)
{
	ck_assert_msg(settings_load(EXAMPLE, &settings, &err) == 0, "%u: %s",
	    err.line, err.text);
	ck_assert_uint_ge(settings->rules.count, 1);
}
END_TEST

START_TEST(fails_cleanly_on_a_file_cut_anywhere)
{
	struct span text = SPAN("allow = daemon=A client=::1/64\n"
				"key = a b c\ntoken-key = k \"f\"\n");

	for (size_t cut = 0; cut <= text.len; cut++) {
		err_clear(&err);
		if (settings_parse(
			span_first(text, cut), "f", &settings, &err) < 0)
			ck_assert_int_eq(err.code, ERR_CONFIG);
		settings_free(&settings);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("settings");
	TCase *tests = tcase_create("settings");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, has_sound_defaults);
	tcase_add_test(tests, makes_rules_and_keys_in_their_order);
	tcase_add_test(tests, adds_to_the_signed_headers);
	tcase_add_loop_test(tests, says_what_is_wrong_and_where, 0,
	    sizeof mistakes / sizeof mistakes[0]);
	tcase_add_test(tests, reads_secrets_that_only_their_owner_can_read);
	tcase_add_test(tests, makes_a_service_that_is_shared);
	tcase_add_test(tests, makes_no_service_that_could_not_serve);
	tcase_add_test(tests, is_told_of_in_the_manual_row_by_row);
	tcase_add_test(tests, the_manual_names_every_signed_header);
	tcase_add_test(tests, reads_the_example);
	tcase_add_test(tests, fails_cleanly_on_a_file_cut_anywhere);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
