/*
 * One truth (I12): preview refuses what inlayd refuses, for the same reason.
 * Each message goes through both, on one store and one configuration.
 */
#include "milter/options.h"
#include "milter/outcome.h"
#include "store/engine/lmdb.h"
#include "tests/tools/kit_cli.h"

#define MEMORY ((size_t)16 << 20)

static const char people[] = "email,consent.news,suppressed,object_marketing\n"
			     "anna@a.example,granted,,\n"
			     "sue@a.example,granted,yes,\n"
			     "otto@a.example,granted,,yes\n"
			     "ned@a.example,denied,,\n"
			     "eve@a.example,granted,,\n";

/* What a message has besides From, To and a body. */
#define WHOLE \
	"X-Inlay-Campaign: spring\r\nMessage-ID: <m@shop.example>\r\n" \
	"From: Shop <news@shop.example>\r\n"
#define BODY "\r\nDear {{ recipient.local }}\r\n"

static const struct {
	const char *what;
	const char *message;
	const char *to;
	enum err_code code; /* ERR_NONE: it leaves */
} rows[] = {
	{ "as it should be", WHOLE BODY, "anna@a.example", ERR_NONE },
	{ "no Message-ID",
	    "X-Inlay-Campaign: spring\r\nFrom: news@shop.example\r\n" BODY,
	    "anna@a.example", ERR_MESSAGE_ID },
	{ "an empty Message-ID",
	    "X-Inlay-Campaign: spring\r\nMessage-ID:\r\n"
	    "From: news@shop.example\r\n" BODY,
	    "anna@a.example", ERR_MESSAGE_ID },
	{ "two Message-IDs", "Message-ID: <n@shop.example>\r\n" WHOLE BODY,
	    "anna@a.example", ERR_MESSAGE_ID },
	{ "two campaigns", "X-Inlay-Campaign: summer\r\n" WHOLE BODY,
	    "anna@a.example", ERR_CAMPAIGN },
	{ "an unknown campaign",
	    "X-Inlay-Campaign: sprung\r\nMessage-ID: <m@shop.example>\r\n"
	    "From: news@shop.example\r\n" BODY,
	    "anna@a.example", ERR_CAMPAIGN },
	{ "a campaign beyond the rule",
	    "X-Inlay-Campaign: other\r\nMessage-ID: <m@shop.example>\r\n"
	    "From: news@shop.example\r\n" BODY,
	    "anna@a.example", ERR_CAMPAIGN },
	{ "no campaign",
	    "Message-ID: <m@shop.example>\r\nFrom: news@shop.example\r\n" BODY,
	    "anna@a.example", ERR_CAMPAIGN },
	{ "a campaign that is over",
	    "X-Inlay-Campaign: spring-over\r\nMessage-ID: <m@shop.example>\r\n"
	    "From: news@shop.example\r\n" BODY,
	    "anna@a.example", ERR_WINDOW },
	{ "a From of another",
	    "X-Inlay-Campaign: spring\r\nMessage-ID: <m@shop.example>\r\n"
	    "From: news@bank.test\r\n" BODY,
	    "anna@a.example", ERR_FROM },
	{ "a From without key",
	    "X-Inlay-Campaign: spring\r\nMessage-ID: <m@shop.example>\r\n"
	    "From: news@unsigned.example\r\n" BODY,
	    "anna@a.example", ERR_KEY },
	{ "no From",
	    "X-Inlay-Campaign: spring\r\nMessage-ID: <m@shop.example>\r\n" BODY,
	    "anna@a.example", ERR_FROM },
	{ "who is suppressed", WHOLE BODY, "sue@a.example", ERR_SUPPRESSED },
	{ "who objects", WHOLE BODY, "otto@a.example", ERR_SUPPRESSED },
	{ "who gave no permission", WHOLE BODY, "ned@a.example",
	    ERR_SUPPRESSED },
	{ "who was erased", WHOLE BODY, "eve@a.example", ERR_SUPPRESSED },
	{ "an error in a tag", WHOLE "\r\n{{ 'x' | nosuch }}\r\n",
	    "anna@a.example", ERR_TEMPLATE },
	{ "a value that is missing", WHOLE "\r\n{{ profile.name }}\r\n",
	    "anna@a.example", ERR_MISSING },
	{ "more than a mail may cost",
	    WHOLE "\r\n{% for i in (1..100000000) %}{{ i }}{% endfor %}\r\n",
	    "anna@a.example", ERR_LIMIT },
	{ "who is declined", WHOLE "\r\n{% abort_message 'no' %}\r\n",
	    "anna@a.example", ERR_ABORT },
	{ "two boundaries",
	    WHOLE "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
		  "boundary=a; boundary=b\r\n\r\n--a\r\n\r\n{{ 1 }}\r\n"
		  "--a--\r\n",
	    "anna@a.example", ERR_AMBIGUOUS },
	{ "a part that cannot be decoded",
	    WHOLE "MIME-Version: 1.0\r\nContent-Type: text/plain; "
		  "charset=x-nothing\r\n\r\n{{ 1 }}\r\n",
	    "anna@a.example", ERR_DECODE },
};

#define ROWS (int)(sizeof rows / sizeof *rows)

static void
set_the_scene(void)
{
	char conf[2000];

	snprintf(conf, sizeof conf,
	    "store = %s/store\n"
	    "allow = login=a only=campaign campaign=spring* from=*.example\n"
	    "allow = login=b only=campaign campaign=bank* "
	    "from=bank.test\n",
	    directory);
	write_file("inlay.conf", conf);
	write_file("spring.yaml", "id: spring\npermission: news\nabort: 550\n");
	write_file(
	    "over.yaml", "id: spring-over\nwindow: {until: 2020-01-01}\n");
	write_file("other.yaml", "id: other\n");
	write_file("schema.yaml", "fields: {name: {class: contextual}}\n");
	write_file("people.csv", people);
	expect(EX_OK, "key new shop.example");
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/spring.yaml");
	expect(EX_OK, "campaign load @/over.yaml");
	expect(EX_OK, "campaign load @/other.yaml");
	expect(EX_OK, "profile load @/people.csv --source shop");
	expect(EX_OK, "privacy erase eve@a.example");
}

/* ---- inlayd ---- */

static void
take(struct intake *intake, const char *message, const char *to)
{
	char line[1000];

	snprintf(line, sizeof line, "<%s>", to);
	ck_assert_int_eq(intake_recipient(intake, line), 0);
	while (*message != '\r') {
		const char *colon = strchr(message, ':');
		const char *end = strstr(message, "\r\n");

		intake_field(intake,
		    span_of(message, (size_t)(colon - message)),
		    span_of(colon + 1, (size_t)(end - colon - 1)), false);
		message = end + 2;
	}
	intake_header_end(intake);
	intake_body(intake, span_str(message + 2));
}

/* As a session ends a message. */
static void
settle(struct outcome *outcome, const struct loaded_config *config,
    struct personaliser *personaliser, const struct intake *intake)
{
	const struct rule *rule = &config->settings->rules.rules[0];

	if (!intake->has_campaign)
		outcome_lacks_campaign(outcome, intake);
	else if (outcome_admit(outcome, config, rule, intake) == 0)
		outcome_prepare(outcome, config, rule, personaliser, intake);
}

/* Why inlayd refuses it, as a line; "" where it leaves. */
static enum err_code
deliver(const char *message, const char *to, char *line, size_t size)
{
	const struct loaded_config *config;
	struct engine_options options;
	struct personalise_options personalise;
	struct personaliser *personaliser;
	struct engine *engine;
	struct intake intake = { .arena = NULL };
	struct outcome outcome;
	struct err err = ERR_INIT;
	char conf[200];

	snprintf(conf, sizeof conf, "%s/inlay.conf", directory);
	ck_assert_msg(
	    loaded_config_open(conf, &config, &err) == 0, "%s", err.text);
	options = options_of_engine(config->settings);
	personalise =
	    options_of_personaliser(config->settings, SPAN("default"));
	ck_assert_int_eq(lmdb_open(&options, &engine, &err), 0);
	ck_assert_int_eq(
	    personaliser_open(&personalise, engine, &personaliser, &err), 0);
	intake_begin(&intake, SPAN("X-Inlay-Campaign"), arena_new(MEMORY),
	    MEMORY, "<news@shop.example>");
	take(&intake, message, to);
	outcome_begin(&outcome);
	settle(&outcome, config, personaliser, &intake);
	err_line(&outcome.err, line, size);
	outcome_end(&outcome, personaliser);
	intake_end(&intake);
	personaliser_close(&personaliser);
	engine_close(&engine);
	loaded_config_release(&config);
	return outcome.err.code;
}

START_TEST(preview_refuses_what_inlayd_refuses)
{
	char line[sizeof(struct err)], wanted[sizeof line + 20], words[200];

	set_the_scene();
	for (int i = 0; i < ROWS; i++) {
		enum err_code code;
		int status;

		snprintf(words, sizeof words, "preview - --to %s", rows[i].to);
		status = run_with(rows[i].message, words);
		code = deliver(rows[i].message, rows[i].to, line, sizeof line);
		ck_assert_msg(code == rows[i].code, "%s: inlayd says %s, %s",
		    rows[i].what, err_word(code), line);
		ck_assert_msg(
		    status == (code == ERR_NONE ? EX_OK : err_status(code)),
		    "%s: inlayd says %s, preview ends with %d: %s",
		    rows[i].what, line, status, buf_cstr(&errors));
		snprintf(wanted, sizeof wanted, "inlay: %s\n", line);
		ck_assert_msg(
		    code == ERR_NONE || strcmp(buf_cstr(&errors), wanted) == 0,
		    "%s: inlayd says %s, preview %s", rows[i].what, wanted,
		    buf_cstr(&errors));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("refusals");
	TCase *tests = tcase_create("all");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, preview_refuses_what_inlayd_refuses);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
