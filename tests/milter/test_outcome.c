#include "milter/outcome.h"

#include "tests/manual.h"
#include "tests/milter/kit_daemon.h"
#include "tests/store/engine/memory.h"
#include "tests/suite.h"

#define MEMORY ((size_t)8 << 20)
#define MANUAL "conf/man/inlayd.8"
#define MOST 2000 /* bytes of a message */

static struct kit kit;
static struct engine *engine;
static struct personaliser *personaliser;
static const struct loaded_config *config;
static struct intake intake;
static struct outcome outcome;
static struct log *book;
static const char *log_path;
static struct err err;

static void
put_entry(const char *name, const char *text)
{
	struct entry entry = { span_str(name), span_str(text) };

	ck_assert_msg(engine_catalog_change(engine, &entry, 1, &err) == 0, "%s",
	    err.text);
}

static void
open_config(const char *more)
{
	char text[512];
	const char *file;

	snprintf(
	    text, sizeof text, "store = /nowhere\nallow = login=*\n%s", more);
	file = kit_write(&kit, "inlay.conf", span_str(text), 0600);
	ck_assert_msg(loaded_config_open(file, &config, &err) == 0, "%s: %s",
	    err.where, err.text);
}

static void
setup(void)
{
	static const struct personalise_options options = {
		.tenant = { "default", 7 },
		.cache_bytes = 1 << 20,
		.part_max = 1 << 20,
		.steps_max = 100000,
		.deadline_ms = 30000,
	};

	err_clear(&err);
	kit_open(&kit);
	ck_assert_int_eq(memory_open(&engine, &err), 0);
	put_entry("campaign/spring",
	    "id: spring\nunknown_recipient: neutral\nabort: discard\n");
	ck_assert_int_eq(
	    personaliser_open(&options, engine, &personaliser, &err), 0);
	log_path = kit_path(&kit, "log");
	ck_assert_int_eq(
	    log_open(log_path, LOG_LEVEL_DEBUG, "test", &book, &err), 0);
	intake_begin(&intake, SPAN("X-Inlay-Campaign"), arena_new(MEMORY), MOST,
	    "<news@shop.example>");
	outcome_begin(&outcome);
	outcome.verdict = COUNT_PASSED;
}

static void
teardown(void)
{
	outcome_end(&outcome, personaliser);
	intake_end(&intake);
	if (config != NULL)
		loaded_config_release(&config);
	log_close(&book);
	personaliser_close(&personaliser);
	engine_close(&engine);
	kit_close(&kit);
}

/* fixture: setup teardown */

static void
field(const char *name, const char *value)
{
	intake_field(&intake, span_str(name), span_str(value), false);
}

static void
take(const char *subject, const char *body)
{
	ck_assert_int_eq(intake_recipient(&intake, "<you@example.com>"), 0);
	field("From", " Shop <news@shop.example>");
	field("To", " you@example.com");
	field("Subject", subject);
	field("Message-ID", " <m1@shop.example>");
	field("X-Inlay-Campaign", " spring");
	intake_header_end(&intake);
	intake_body(&intake, span_str(body));
}

static int
prepare(void)
{
	return outcome_prepare(&outcome, config,
	    &config->settings->rules.rules[0], personaliser, &intake);
}

static void
expect_prepared(void)
{
	ck_assert_msg(prepare() == 0, "%s", outcome.err.text);
}

/* ---- admission ---- */

static int
admit(void)
{
	return outcome_admit(
	    &outcome, config, &config->settings->rules.rules[0], &intake);
}

START_TEST(a_whole_message_is_admitted)
{
	open_config("sign = no\n");
	take(" Hello", "Dear you\r\n");
	ck_assert_int_eq(admit(), 0);
	ck_assert_int_eq(outcome.err.code, ERR_NONE);
}
END_TEST

START_TEST(a_message_over_the_limit_is_not)
{
	static char big[MOST];

	memset(big, 'x', MOST - 1);
	open_config("sign = no\n");
	take(" Hello", big);
	intake.out_of_memory = true; /* what was kept does not matter */
	ck_assert_int_eq(admit(), -1);
	ck_assert_int_eq(outcome.err.code, ERR_SIZE);
	ck_assert_str_eq(outcome.err.text, "over the limit of 2000 bytes");
}
END_TEST

START_TEST(half_a_message_is_not)
{
	open_config("sign = no\n");
	take(" Hello", "Dear you\r\n");
	intake.out_of_memory = true;
	ck_assert_int_eq(admit(), -1);
	ck_assert_int_eq(outcome.err.code, ERR_MEMORY);
}
END_TEST

START_TEST(a_message_without_the_seal_its_rule_demands_is_not)
{
	char more[256];

	snprintf(more, sizeof more,
	    "sign = no\nallow = login=a require=seal\nseal-key = s %s\n",
	    kit_write(
		&kit, "seal", SPAN("0123456789abcdef0123456789abcdef"), 0600));
	open_config(more);
	take(" Hello", "Dear you\r\n");
	ck_assert_int_eq(admit(), 0);
	ck_assert_int_eq(outcome_admit(&outcome, config,
			     &config->settings->rules.rules[1], &intake),
	    -1);
	ck_assert_int_eq(outcome.err.code, ERR_AUTH);
}
END_TEST

/* ---- orders ---- */

START_TEST(what_changed_is_ordered)
{
	open_config("sign = no\n");
	take(" {{ 'Hi' }}", "Dear {{ 'you' }}\r\n");
	expect_prepared();
	ck_assert_uint_gt(outcome.change_count, 0);
	ck_assert(outcome.has_body);
	ck_assert(span_eq(buf_span(&outcome.body), SPAN("Dear you\r\n")));
	ck_assert_uint_eq(outcome.signatures.count, 0);
}
END_TEST

START_TEST(a_body_that_did_not_change_is_not_sent_back)
{
	open_config("sign = no\n");
	take(" {{ 'Hi' }}", "Dear you\r\n");
	expect_prepared();
	ck_assert_uint_gt(outcome.change_count, 0);
	ck_assert(!outcome.has_body);
	ck_assert_uint_eq(outcome.body.len, 0);
}
END_TEST

static void
open_signing(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
	char more[256];

	ck_assert_ptr_nonnull(key);
	snprintf(more, sizeof more, "key = shop.example sel %s\n",
	    kit_key(&kit, "key", key));
	EVP_PKEY_free(key);
	open_config(more);
}

START_TEST(a_signature_folds_as_the_mail_server_folds)
{
	struct span signature;
	size_t folds = 0, at = 0;
	const char *value;

	open_signing();
	take(" Hello", "Dear {{ 'you' }}\r\n");
	expect_prepared();
	ck_assert_uint_eq(outcome.signatures.count, 1);
	signature = outcome.signatures.values[0];
	value = outcome.signature_values[0];
	for (size_t i = 0; i < signature.len; i++) {
		if (signature.at[i] == '\r')
			folds++;
		else
			ck_assert_int_eq(value[at++], signature.at[i]);
	}
	ck_assert_uint_gt(folds, 0);
	ck_assert_int_eq(value[at], '\0');
}
END_TEST

START_TEST(what_is_discarded_is_neither_signed_nor_changed)
{
	open_signing();
	take(" Hello", "{% abort_message %}\r\n");
	expect_prepared();
	ck_assert_int_eq(outcome.personalised.verdict, VERDICT_DISCARD);
	ck_assert_uint_eq(outcome.signatures.count, 0);
	ck_assert_uint_eq(outcome.change_count, 0);
	ck_assert(!outcome.has_body);
}
END_TEST

START_TEST(a_key_that_is_missing_is_a_no)
{
	open_signing();
	ck_assert_int_eq(intake_recipient(&intake, "<you@example.com>"), 0);
	field("From", " Shop <news@other.example>");
	field("Message-ID", " <m1@other.example>");
	field("X-Inlay-Campaign", " spring");
	intake_header_end(&intake);
	ck_assert_int_eq(prepare(), -1);
	ck_assert_int_eq(outcome.err.code, ERR_KEY);
}
END_TEST

START_TEST(what_took_too_long_is_a_no)
{
	open_config("sign = no\ndeadline = 20s\n");
	take(" Hello", "Dear you\r\n");
	outcome.begun -= 21 * 1000000;
	ck_assert_int_eq(prepare(), -1);
	ck_assert_int_eq(outcome.err.code, ERR_DEADLINE);
}
END_TEST

/* ---- the line ---- */

static const char *
logged(void)
{
	static char text[4096];
	FILE *file = fopen(log_path, "r");
	size_t len;

	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[len] = '\0';
	return text;
}

START_TEST(what_went_well_is_information)
{
	open_config("sign = no\n");
	take(" Hello", "Dear you\r\n");
	expect_prepared();
	outcome_log(&outcome, "4Xy7", &intake, LOGGED_ID_PLAIN, book);
	ck_assert_ptr_nonnull(strstr(logged(), " info id=4Xy7 verdict=passed"));
	ck_assert_ptr_nonnull(strstr(logged(), " campaign=spring"));
	ck_assert_ptr_nonnull(strstr(logged(), " slots=0 commit_ms="));
	ck_assert_ptr_null(strstr(logged(), "undecodable="));
	ck_assert_ptr_null(strstr(logged(), "detail="));
	ck_assert_ptr_null(strstr(logged(), "you@"));
}
END_TEST

static const struct {
	enum logged_id how;
	const char *pair;
} ids[] = {
	{ LOGGED_ID_PLAIN, " message_id=<m1@shop.example>\n" },
	{ LOGGED_ID_HASH, " message_id=04fde693589671e5040cd42eca53b335\n" },
	{ LOGGED_ID_NO, " signatures=0\n" },
};

START_TEST(the_message_id_is_told_as_the_setting_says)
{
	open_config("sign = no\n");
	take(" Hello", "Dear you\r\n");
	expect_prepared();
	outcome_log(&outcome, "4Xy7", &intake, ids[_i].how, book);
	ck_assert_msg(strstr(logged(), ids[_i].pair) != NULL, "%s", logged());
}
END_TEST

START_TEST(of_other_mail_no_message_id_is_told)
{
	field("Message-ID", " <m1@shop.example>");
	intake_header_end(&intake);
	outcome_log(&outcome, "4Xy7", &intake, LOGGED_ID_PLAIN, book);
	ck_assert_ptr_nonnull(strstr(logged(), " verdict=passed"));
	ck_assert_ptr_null(strstr(logged(), "m1@"));
}
END_TEST

START_TEST(a_part_that_could_not_be_decoded_is_a_warning)
{
	open_config("sign = no\n");
	take(" Hello", "Dear you\r\n");
	expect_prepared();
	outcome.personalised.arm = SPAN("warm");
	outcome.personalised.undecodable = "charset";
	outcome_log(&outcome, "4Xy7", &intake, LOGGED_ID_PLAIN, book);
	ck_assert_ptr_nonnull(strstr(logged(), " warning id=4Xy7 "));
	ck_assert_ptr_nonnull(strstr(logged(), " arm=warm "));
	ck_assert_ptr_nonnull(strstr(logged(), " undecodable=charset"));
}
END_TEST

START_TEST(what_failed_is_a_warning_and_says_why)
{
	open_config("sign = no\n");
	take(" Hello", "Dear {{ you\r\n");
	ck_assert_int_eq(prepare(), -1);
	outcome_log(&outcome, NULL, &intake, LOGGED_ID_PLAIN, book);
	ck_assert_ptr_nonnull(strstr(logged(), " warning id=- verdict=passed"));
	ck_assert_ptr_nonnull(strstr(logged(), " reason=template "));
	ck_assert_ptr_nonnull(strstr(logged(), " detail="));
}
END_TEST

START_TEST(what_no_recipient_could_read_is_told_at_the_end)
{
	open_config("sign = no\n");
	outcome.personalised.undecodable = "text/html";
	outcome.verdict = COUNT_REFUSED;
	err_at(&outcome.err, ERR_TEMPLATE, "text/plain", 3, 4, "no filter x");
	outcome_log(&outcome, "4Xy7", &intake, LOGGED_ID_PLAIN, book);
	ck_assert_ptr_nonnull(strstr(
	    logged(), " id=4Xy7 verdict=refused reason=template bytes="));
	ck_assert_ptr_nonnull(
	    strstr(logged(), " slots=0 commit_ms=0 sign_us=0 signatures=0 "
			     "undecodable=text/html detail=\"text/plain, "
			     "line 3, column 4: no filter x\""));
}
END_TEST

/* ---- the manual ---- */

static struct buf manual;

static struct span
read_log_section(void)
{
	manual_read(MANUAL, &manual);
	return manual_section(&manual, ".Sh LOG");
}

/* Every key is an item of the list, and in the order of the line. */
START_TEST(the_manual_tells_of_every_key_in_the_order_of_the_line)
{
	struct span rest = read_log_section();

	for (const struct outcome_pair *pair = outcome_pairs; pair->key;
	     pair++) {
		char item[60];
		size_t at;

		snprintf(item, sizeof item, "\n.It Sy %s\n", pair->key);
		at = span_search(rest, span_str(item));
		ck_assert_msg(at < rest.len, MANUAL " lacks%s", item);
		rest = span_from(rest, at);
	}
	buf_deinit(&manual);
}
END_TEST

/* Several may share an item; those of a message are its verdicts, too. */
START_TEST(the_manual_tells_of_every_counter)
{
	struct span section = read_log_section();
	size_t at = span_search(section, SPAN("\n.It Sy connections\n"));
	struct span list = span_from(section, at);

	for (unsigned i = 0; i < COUNTERS; i++) {
		char first[60], more[60], last[60];

		ck_assert_msg(counter_word(i) != NULL, "no word %u", i);
		snprintf(first, sizeof first, "\n.It Sy %s", counter_word(i));
		snprintf(more, sizeof more, ", %s ,", counter_word(i));
		snprintf(last, sizeof last, ", %s\n", counter_word(i));
		ck_assert_msg(manual_says(list, first) ||
				  manual_says(list, more) ||
				  manual_says(list, last),
		    "%s", counter_word(i));
	}
	for (unsigned i = 0; i < VERDICTS; i++) {
		char item[60];

		snprintf(item, sizeof item, "\n.It Cm %s\n",
		    counter_word(outcome_counter(i)));
		ck_assert_msg(manual_says(section, item), "%s", item);
		ck_assert_int_ne(outcome_counter(i), COUNT_CONNECTIONS);
	}
	buf_deinit(&manual);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("outcome");
	TCase *tcase = tcase_create("outcome");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_whole_message_is_admitted);
	tcase_add_test(tcase, a_message_over_the_limit_is_not);
	tcase_add_test(tcase, half_a_message_is_not);
	tcase_add_test(
	    tcase, a_message_without_the_seal_its_rule_demands_is_not);
	tcase_add_test(tcase, what_changed_is_ordered);
	tcase_add_test(tcase, a_body_that_did_not_change_is_not_sent_back);
	tcase_add_test(tcase, a_signature_folds_as_the_mail_server_folds);
	tcase_add_test(tcase, what_is_discarded_is_neither_signed_nor_changed);
	tcase_add_test(tcase, a_key_that_is_missing_is_a_no);
	tcase_add_test(tcase, what_took_too_long_is_a_no);
	tcase_add_test(tcase, what_went_well_is_information);
	tcase_add_test(tcase, a_part_that_could_not_be_decoded_is_a_warning);
	tcase_add_test(tcase, what_failed_is_a_warning_and_says_why);
	tcase_add_test(tcase, what_no_recipient_could_read_is_told_at_the_end);
	tcase_add_test(
	    tcase, the_manual_tells_of_every_key_in_the_order_of_the_line);
	tcase_add_loop_test(tcase, the_message_id_is_told_as_the_setting_says,
	    0, sizeof ids / sizeof ids[0]);
	tcase_add_test(tcase, of_other_mail_no_message_id_is_told);
	tcase_add_test(tcase, the_manual_tells_of_every_counter);
	suite_add_tcase(suite, tcase);
	return suite_run(suite);
}
