#include "milter/personalise.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "milter/authorise.h"
#include "milter/mail/message.h"
#include "store/catalog/catalog.h"
#include "store/record/history.h"
#include "store/record/key.h"
#include "tests/store/engine/memory.h"
#include "store/record/profile.h"
#include "tests/suite.h"

#define NOW 1790000000 /* 2026-09-21 */
#define TENANT SPAN("default")

static struct engine *engine;
static struct personaliser *personaliser;
static struct arena *arena;
static struct err err;

/* ---- the world before the mail ---- */

static const char schema[] =
    "fields:\n"
    "  first_name: { type: string, class: identifying }\n"
    "  tier: { type: string, class: contextual }\n"
    "sources:\n"
    "  shop: { weight: 90 }\n";

static const char campaign[] =
    "id: spring\n"
    "topic: outdoor\n"
    "unknown_recipient: neutral\n"
    "arms:\n"
    "  - { name: personal, weight: 1, intensity: individual }\n";

/* Ends on the day after NOW; mailing needs consent, and so does the name. */
static const char brief[] = "id: brief\n"
			    "window: {until: 2026-09-23}\n"
			    "permission: email\n"
			    "purpose: offers\n";

static void
put_entry(const char *name, const char *text)
{
	struct entry entry = { span_str(name), span_str(text) };

	ck_assert_msg(engine_catalog_change(engine, &entry, 1, &err) == 0, "%s",
	    err.text);
}

static struct record_key
key_of(const char *address)
{
	struct span normal;

	ck_assert_int_eq(
	    address_normalise(span_str(address), arena, &normal, &err), 1);
	return record_key(TENANT, normal);
}

static void
put_profile(const char *address, struct profile *profile)
{
	struct write write = { .key = key_of(address), .kind = RECORD_PROFILE };
	struct buf bytes;

	struct record record;

	profile->address = span_str(address);
	ck_assert_int_ge(
	    engine_get(engine, &write.key, arena, &record, &err), 0);
	write.version = record.values[RECORD_PROFILE].version;
	buf_init(&bytes, arena, 65536);
	ck_assert_int_eq(profile_encode(profile, arena, &bytes, &err), 0);
	write.bytes = buf_span(&bytes);
	ck_assert_msg(
	    engine_commit(engine, &write, 1, &err) == 1, "%s", err.text);
}

static void
put_person(const char *address, const char *first_name, bool objects)
{
	struct observation observation = { .field = SPAN("first_name"),
		.type = OBSERVED_STRING,
		.value = span_str(first_name),
		.source = SPAN("shop"),
		.observed_at = NOW - 86400 };
	struct profile profile = { .object_profiling = objects,
		.observations = &observation,
		.observation_count = first_name != NULL };

	put_profile(address, &profile);
}

static void
open_world(void)
{
	static const struct personalise_options options = {
		.tenant = { "default", 7 },
		.cache_bytes = 1 << 20,
		.part_max = 1 << 20,
		.steps_max = 100000,
		.deadline_ms = 1000,
	};

	err_clear(&err);
	arena = arena_new((size_t)64 << 20);
	ck_assert_int_eq(memory_open(&engine, &err), 0);
	put_entry("schema", schema);
	put_entry("campaign/spring", campaign);
	put_entry("campaign/brief", brief);
	put_entry("block/alps",
	    "---\npool: heroes\npriority: 2\n---\n<b>Alps</b>\n--- "
	    "text\nALPS\n");
	put_entry("block/sea",
	    "---\npool: heroes\npriority: 1\n---\n<b>Sea</b>\n--- text\nSEA\n");
	put_person("anna@example.com", "Anna", false);
	put_person("bob@example.com", NULL, false);
	put_person("carl@example.com", "Carl", true);
	ck_assert_msg(
	    personaliser_open(&options, engine, &personaliser, &err) == 0, "%s",
	    err.text);
}

static void
close_world(void)
{
	personaliser_close(&personaliser);
	engine_close(&engine);
	arena_free(&arena);
}

/* ---- sending ---- */

static const char plain[] =
    "From: Shop <news@shop.example>\r\n"
    "To: you@example.com\r\n"
    "Subject: {{ profile.first_name | default: \"Friend\" }}, look\r\n"
    "Message-ID: <%s@shop.example>\r\n"
    "X-Inlay-Campaign: spring\r\n"
    "\r\n"
    "Dear {{ profile.first_name | default: \"friend\" }},\r\n"
    "{%% slot \"hero\", pool: \"heroes\" %%}{%% else %%}NEUTRAL"
    "{%% endslot %%}\r\n";

static int
send_text(const char *text, const char *recipient, struct personalised *result)
{
	struct personalise_request request = { .message = span_str(text),
		.sender = SPAN("news@shop.example"),
		.recipient = span_str(recipient),
		.now = NOW };

	err_clear(&err);
	return personalise_message(personaliser, &request, arena, result, &err);
}

/* The final message of the plain mailing with that Message-ID. */
static const char *
mailing(const char *id, const char *recipient)
{
	static char text[2048], copy[4096];
	struct personalised result;

	snprintf(text, sizeof text, plain, id);
	ck_assert_msg(send_text(text, recipient, &result) == 0, "%s: %s",
	    err.where, err.text);
	snprintf(copy, sizeof copy, "%.*s", SPAN_ARG(result.bytes));
	personalised_release(personaliser, &result);
	return copy;
}

static size_t
exposures_of(const char *recipient)
{
	struct record_key key = key_of(recipient);
	struct record record;
	struct history history;

	ck_assert_int_ge(engine_get(engine, &key, arena, &record, &err), 0);
	ck_assert_int_eq(history_decode(record.values[RECORD_HISTORY].bytes,
			     arena, &history, &err),
	    0);
	return history.exposure_count;
}

START_TEST(gives_each_recipient_their_own)
{
	const char *anna = mailing("m1", "anna@example.com");

	ck_assert_ptr_nonnull(strstr(anna, "Subject: Anna, look\r\n"));
	ck_assert_ptr_nonnull(strstr(anna, "Dear Anna,\r\nALPS"));
	ck_assert_ptr_null(strstr(anna, "X-Inlay-Campaign"));
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "bob@example.com"), "Dear friend,\r\nALPS"));
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "anna@example.com"), "Dear Anna,"));
}
END_TEST

START_TEST(knows_the_campaign_by_the_header_that_is_set)
{
	struct personalise_request request = {
		.message =
		    SPAN("From: a@shop.example\r\nMessage-ID: <set@x>\r\n"
			 "X-Mailing: spring\r\nX-Inlay-Campaign: other\r\n"
			 "\r\nHello\r\n"),
		.recipient = SPAN("anna@example.com"),
		.now = NOW,
		.campaign_header = SPAN("X-Mailing")
	};
	struct personalised result;
	const struct span left =
	    SPAN("From: a@shop.example\r\nMessage-ID: <set@x>\r\n"
		 "X-Inlay-Campaign: other\r\n\r\nHello\r\n");

	ck_assert_msg(personalise_message(
			  personaliser, &request, arena, &result, &err) == 0,
	    "%s", err.text);
	ck_assert(span_eq(result.campaign, SPAN("spring")));
	ck_assert(span_eq(result.bytes, left));
	personalised_release(personaliser, &result);
}
END_TEST

START_TEST(shows_the_next_mailing_another_block_and_then_the_neutral_text)
{
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "anna@example.com"), "ALPS"));
	ck_assert_ptr_nonnull(strstr(mailing("m2", "anna@example.com"), "SEA"));
	ck_assert_ptr_nonnull(
	    strstr(mailing("m3", "anna@example.com"), "NEUTRAL"));
}
END_TEST

START_TEST(replays_the_record_on_a_retry_and_counts_once)
{
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "anna@example.com"), "ALPS"));
	ck_assert_ptr_nonnull(strstr(mailing("m2", "anna@example.com"), "SEA"));
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "anna@example.com"), "ALPS"));
	ck_assert_uint_eq(exposures_of("anna@example.com"), 2);
}
END_TEST

/* Dora as she agrees to mail and to offers, or takes one of them back. */
static void
put_dora(enum consent_status email, enum consent_status offers)
{
	struct observation observation = { .field = SPAN("first_name"),
		.value = SPAN("Dora"),
		.source = SPAN("shop"),
		.observed_at = NOW - 86400 };
	struct consent consents[] = {
		{ .type = SPAN("email"), .at = NOW - 86400 },
		{ .type = SPAN("email"), .at = NOW + 60, .status = email },
		{ .type = SPAN("offers"), .at = NOW - 86400 },
		{ .type = SPAN("offers"), .at = NOW + 60, .status = offers },
	};
	struct profile profile = { .observations = &observation,
		.observation_count = 1,
		.consents = consents,
		.consent_count = 4 };

	put_profile("dora@example.com", &profile);
}

static int
send_brief(int64_t now, struct personalised *result)
{
	const struct personalise_request request = {
		.message =
		    SPAN("From: a@shop.example\r\n"
			 "Message-ID: <brief@shop.example>\r\n"
			 "X-Inlay-Campaign: brief\r\n\r\n"
			 "Dear {{ profile.first_name | default: 'friend' "
			 "}}\r\n"),
		.recipient = SPAN("dora@example.com"),
		.now = now
	};

	err_clear(&err);
	return personalise_message(personaliser, &request, arena, result, &err);
}

static void
brief_says(int64_t now, const char *text)
{
	struct personalised result;

	ck_assert_msg(send_brief(now, &result) == 0, "%s", err.text);
	ck_assert_msg(
	    span_search(result.bytes, span_str(text)) < result.bytes.len,
	    "%.*s", SPAN_ARG(result.bytes));
	personalised_release(personaliser, &result);
}

START_TEST(hears_what_a_person_says_between_two_attempts)
{
	struct personalised result;

	put_dora(CONSENT_GRANTED, CONSENT_GRANTED);
	brief_says(NOW, "Dear Dora");
	put_dora(CONSENT_GRANTED, CONSENT_REVOKED);
	brief_says(NOW + 30, "Dear Dora");
	brief_says(NOW + 90, "Dear friend");
	put_dora(CONSENT_REVOKED, CONSENT_GRANTED);
	brief_says(NOW + 30, "Dear Dora");
	ck_assert_int_eq(send_brief(NOW + 90, &result), -1);
	ck_assert_int_eq(err.code, ERR_SUPPRESSED);
	ck_assert_uint_eq(exposures_of("dora@example.com"), 1);
}
END_TEST

START_TEST(still_delivers_a_retry_when_the_campaign_has_ended)
{
	put_dora(CONSENT_GRANTED, CONSENT_GRANTED);
	brief_says(NOW, "Dear Dora");
	brief_says(NOW + 30 * 86400, "Dear Dora");
	ck_assert_uint_eq(exposures_of("dora@example.com"), 1);
	put_dora(CONSENT_GRANTED, CONSENT_DENIED);
	brief_says(NOW + 30 * 86400, "Dear friend");
}
END_TEST

START_TEST(shows_objectors_and_strangers_the_neutral_copy)
{
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "carl@example.com"), "Dear friend,"));
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "nobody@example.com"), "Dear friend,"));
}
END_TEST

START_TEST(records_nothing_about_somebody_who_was_erased)
{
	struct write write = { .key = key_of("gone@example.com"),
		.kind = RECORD_TOMBSTONE,
		.bytes = SPAN("x") };
	struct personalised result;
	char text[2048];

	snprintf(text, sizeof text, plain, "m1");
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
	ck_assert_int_eq(send_text(text, "gone@example.com", &result), -1);
	ck_assert_int_eq(err.code, ERR_SUPPRESSED);
	ck_assert_uint_eq(exposures_of("gone@example.com"), 0);
}
END_TEST

struct refused {
	const char *what;
	const char *text;
	enum err_code code;
};

#define FROM "From: a@shop.example\r\n"
#define ID "Message-ID: <x@shop.example>\r\n"
#define CAMPAIGN "X-Inlay-Campaign: spring\r\n"

static const struct refused refusals[] = {
	{ "unknown campaign", FROM ID "X-Inlay-Campaign: autumn\r\n\r\nHi\r\n",
	    ERR_CAMPAIGN },
	{ "two campaigns", FROM ID CAMPAIGN CAMPAIGN "\r\nHi\r\n",
	    ERR_CAMPAIGN },
	{ "no Message-ID", FROM CAMPAIGN "\r\nHi\r\n", ERR_MESSAGE_ID },
	{ "bad template", FROM ID CAMPAIGN "\r\n{% if %}\r\n", ERR_TEMPLATE },
	{ "a type that is a value",
	    FROM ID CAMPAIGN "Content-Type: image/{{ profile.first_name }}\r\n"
			     "\r\nx\r\n",
	    ERR_TEMPLATE },
	{ "a type that is a value, with a name",
	    FROM ID CAMPAIGN "Content-Type: a/{{ profile.first_name }}; n=a"
			     "\r\n\r\nx\r\n",
	    ERR_TEMPLATE },
	{ "missing value", FROM ID CAMPAIGN "\r\n{{ profile.tier }}\r\n",
	    ERR_MISSING },
	{ "aborted",
	    FROM ID CAMPAIGN "\r\n{% abort_message \"no stock\" %}\r\n",
	    ERR_NONE },
	{ "ambiguous",
	    FROM ID CAMPAIGN "Content-Type: text/plain\r\n"
			     "Content-Type: text/html\r\n\r\n{{ x }}\r\n",
	    ERR_AMBIGUOUS },
	{ "a tag that names a field",
	    FROM ID CAMPAIGN "{{profile.first_name}}: y\r\n\r\nHi\r\n",
	    ERR_TEMPLATE },
	{ "undecodable with a tag",
	    FROM ID CAMPAIGN "Content-Type: text/plain; charset=x-unknown\r\n"
			     "\r\n{{ profile.tier }}\r\n",
	    ERR_DECODE },
};

static struct exposure
last_exposure(const char *recipient, size_t *count)
{
	struct record_key key = key_of(recipient);
	struct record record;
	struct history history;

	ck_assert_int_ge(engine_get(engine, &key, arena, &record, &err), 0);
	ck_assert_int_eq(history_decode(record.values[RECORD_HISTORY].bytes,
			     arena, &history, &err),
	    0);
	*count = history.exposure_count;
	ck_assert_uint_ne(*count, 0);
	return history.exposures[*count - 1];
}

/* The entry of a copy that did not leave shows nothing and tells the arm. */
static void
expect_unsent(const struct refused *at)
{
	bool decided = at->code == ERR_NONE || at->code == ERR_MISSING;
	size_t count = exposures_of("anna@example.com");
	struct exposure entry;

	ck_assert_msg(count == decided, "%s", at->what);
	if (!decided)
		return;
	entry = last_exposure("anna@example.com", &count);
	ck_assert_int_eq(entry.state,
	    at->code == ERR_NONE ? EXPOSURE_ABORTED : EXPOSURE_REFUSED);
	ck_assert(span_eq(entry.campaign, SPAN("spring")));
	ck_assert_uint_ne(entry.arm.len, 0);
	ck_assert_uint_ne(entry.version.len, 0);
	ck_assert_int_eq(entry.reason, REASON_DECIDED);
	ck_assert_uint_eq(entry.slot_count + entry.field_count, 0);
}

START_TEST(refuses_with_a_reason_and_keeps_who_was_dealt_an_arm)
{
	const struct refused *at = &refusals[_i];
	struct personalised result;
	int sent = send_text(at->text, "anna@example.com", &result);

	if (at->code == ERR_NONE) {
		ck_assert_int_eq(sent, 0);
		ck_assert_int_eq(result.verdict, VERDICT_DISCARD);
		personalised_release(personaliser, &result);
	} else {
		ck_assert_int_eq(sent, -1);
		ck_assert_msg(err.code == at->code, "%s: got %s: %s", at->what,
		    err_word(err.code), err.text);
	}
	expect_unsent(at);
}
END_TEST

START_TEST(previews_what_it_would_send_without_recording)
{
	struct personalise_request request = {
		.recipient = SPAN("anna@example.com"), .now = NOW
	};
	struct personalised result;
	char text[2048], copy[4096];

	snprintf(text, sizeof text, plain, "m1");
	request.message = span_str(text);
	ck_assert_int_eq(personalise_preview(personaliser, &request, NULL,
			     arena, &result, &err),
	    0);
	snprintf(copy, sizeof copy, "%.*s", SPAN_ARG(result.bytes));
	personalised_release(personaliser, &result);
	ck_assert_uint_eq(exposures_of("anna@example.com"), 0);
	ck_assert_str_eq(copy, mailing("m1", "anna@example.com"));
}
END_TEST

START_TEST(leaves_a_mail_without_tags_as_it_came)
{
	static const char text[] = FROM ID "Subject: =?utf-8?q?H=C3=A4?=\r\n"
					   "\r\nno \x80 tag\r\n.\r\n";
	static const char with[] =
	    FROM ID "Subject: =?utf-8?q?H=C3=A4?=\r\n" CAMPAIGN
		    "\r\nno \x80 tag\r\n.\r\n";
	struct personalised result;

	ck_assert_int_eq(send_text(with, "anna@example.com", &result), 0);
	ck_assert(span_eq(result.bytes, span_str(text)));
	personalised_release(personaliser, &result);
}
END_TEST

START_TEST(leaves_no_trace_of_the_recipient_before)
{
	char first[4096];

	snprintf(first, sizeof first, "%s", mailing("m1", "anna@example.com"));
	ck_assert_ptr_null(strstr(mailing("m1", "bob@example.com"), "Anna"));
	ck_assert_str_eq(first, mailing("m1", "anna@example.com"));
}
END_TEST

static enum memory_fate
never(void *context, const struct write *write)
{
	(void)context;
	(void)write;
	return FATE_UNAVAILABLE;
}

START_TEST(fails_closed_when_the_store_cannot_commit)
{
	struct personalised result;
	char text[2048];

	snprintf(text, sizeof text, plain, "m1");
	memory_fate(engine, never, NULL);
	ck_assert_int_eq(send_text(text, "anna@example.com", &result), -1);
	ck_assert_int_eq(err.code, ERR_STORE);
	memory_fate(engine, NULL, NULL);
	ck_assert_ptr_nonnull(
	    strstr(mailing("m1", "anna@example.com"), "ALPS"));
	ck_assert_uint_eq(exposures_of("anna@example.com"), 1);
}
END_TEST

START_TEST(runs_out_of_memory_cleanly_at_every_step)
{
	char text[2048];

	snprintf(text, sizeof text, plain, "m1");
	for (size_t limit = 20000;; limit += 977) {
		struct personalise_request request = { .message =
							   span_str(text),
			.recipient = SPAN("anna@example.com"),
			.now = NOW };
		struct personalised result;
		struct err why = ERR_INIT;
		struct arena *small = arena_new(limit);
		int sent = personalise_message(
		    personaliser, &request, small, &result, &why);

		if (sent == 0)
			personalised_release(personaliser, &result);
		else
			ck_assert_msg(why.code == ERR_MEMORY ||
					  why.code == ERR_SIZE ||
					  why.code == ERR_LIMIT,
			    "%s", why.text);
		arena_free(&small);
		if (sent == 0)
			break;
	}
}
END_TEST

static void
let_a_second_pass(void)
{
	nanosleep(&(struct timespec){ 1, 50 * 1000 * 1000 }, NULL);
}

START_TEST(tells_once_of_a_catalog_that_does_not_load_and_goes_by_the_old_one)
{
	struct err trouble = ERR_INIT;

	ck_assert_int_eq(personaliser_trouble(personaliser, &trouble), 0);
	put_entry("campaign/spring", "id: spring\nnonsense: 1\n");
	for (int second = 0; second < 2; second++) {
		char id[8];

		let_a_second_pass();
		snprintf(id, sizeof id, "m%d", second);
		mailing(id, "anna@example.com");
		ck_assert_int_eq(
		    personaliser_trouble(personaliser, &trouble), second == 0);
	}
	put_entry("campaign/spring", campaign);
	let_a_second_pass();
	mailing("mended", "anna@example.com");
	ck_assert_int_eq(personaliser_trouble(personaliser, &trouble), 0);
	put_entry("campaign/spring", "id: spring\nnonsense: 2\n");
	let_a_second_pass();
	mailing("again", "anna@example.com");
	ck_assert_int_eq(personaliser_trouble(personaliser, &trouble), 1);
}
END_TEST

static int
refused_at_rcpt(const char *line, const char *recipient)
{
	struct rule rule;

	err_clear(&err);
	ck_assert_int_eq(rule_parse(span_str(line), arena, &rule, &err), 0);
	return personalise_refuses(
	    personaliser, &rule, span_str(recipient), arena, &err);
}

START_TEST(refuses_at_rcpt_only_where_the_rule_reaches_one_tenant)
{
	struct profile gone = { .suppressed = true };

	put_profile("gone@example.com", &gone);
	ck_assert_int_eq(refused_at_rcpt("daemon=A", "gone@example.com"), 1);
	ck_assert_int_eq(err.code, ERR_SUPPRESSED);
	ck_assert_int_eq(refused_at_rcpt("daemon=A", "anna@example.com"), 0);
	ck_assert_int_eq(
	    refused_at_rcpt("daemon=A tenant=other", "gone@example.com"), 0);
	ck_assert_int_eq(
	    refused_at_rcpt("daemon=A tenant=*", "gone@example.com"), 0);
}
END_TEST

/* ---- who may not be mailed, without a bounce ---- */

/* Sends the plain mailing to somebody whom it must not reach. */
static void
vanishes(const char *id, const char *recipient, const char *reason)
{
	char text[1000];
	struct personalised result;

	snprintf(text, sizeof text, plain, id);
	ck_assert_msg(send_text(text, recipient, &result) == 0, "%s", err.text);
	ck_assert_int_eq(result.verdict, VERDICT_DISCARD);
	ck_assert(span_eq(result.reason, span_str(reason)));
	personalised_release(personaliser, &result);
}

static void
discard_refused(void)
{
	char text[300];

	snprintf(text, sizeof text, "%srefuse: discard\n", campaign);
	put_entry("campaign/spring", text);
	let_a_second_pass();
}

START_TEST(discards_whom_it_refuses_and_keeps_it)
{
	struct profile gone = { .suppressed = true };
	struct profile back = { .suppressed = false };
	struct exposure entry;
	size_t count;

	discard_refused();
	put_profile("anna@example.com", &gone);
	for (int attempt = 0; attempt < 2; attempt++)
		vanishes("m1", "anna@example.com", "suppressed");
	entry = last_exposure("anna@example.com", &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(entry.state, EXPOSURE_REFUSED);
	ck_assert(span_eq(entry.campaign, SPAN("spring")));
	ck_assert_uint_ne(entry.arm.len, 0);
	ck_assert_int_eq(entry.eligible, ELIGIBLE_NO);
	/* The rule reaches such a campaign: nobody is refused at RCPT. */
	ck_assert_int_eq(refused_at_rcpt("daemon=A", "anna@example.com"), 0);
	ck_assert_int_eq(
	    refused_at_rcpt("daemon=A campaign=b*", "anna@example.com"), 1);
	/* Whoever may be mailed again gets the very same message. */
	put_profile("anna@example.com", &back);
	mailing("m1", "anna@example.com");
	entry = last_exposure("anna@example.com", &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(entry.state, EXPOSURE_RESERVED);
	/* And what may have left stays as it is. */
	put_profile("anna@example.com", &gone);
	vanishes("m1", "anna@example.com", "suppressed");
	entry = last_exposure("anna@example.com", &count);
	ck_assert_int_eq(entry.state, EXPOSURE_RESERVED);
}
END_TEST

START_TEST(keeps_nothing_of_the_erased_and_previews_nothing)
{
	struct write tombstone = { .key = key_of("gone@example.com"),
		.kind = RECORD_TOMBSTONE,
		.bytes = SPAN("x") };
	struct profile objects = { .object_marketing = true };
	char text[1000];
	struct personalise_request request = {
		.recipient = SPAN("bob@example.com"), .now = NOW
	};
	struct personalised result;

	discard_refused();
	ck_assert_int_eq(engine_commit(engine, &tombstone, 1, &err), 1);
	vanishes("m1", "gone@example.com", "erased");
	ck_assert_uint_eq(exposures_of("gone@example.com"), 0);
	put_profile("bob@example.com", &objects);
	snprintf(text, sizeof text, plain, "m1");
	request.message = span_str(text);
	ck_assert_int_eq(personalise_preview(personaliser, &request, NULL,
			     arena, &result, &err),
	    0);
	ck_assert_int_eq(result.verdict, VERDICT_DISCARD);
	personalised_release(personaliser, &result);
	ck_assert_uint_eq(exposures_of("bob@example.com"), 0);
	vanishes("m1", "bob@example.com", "objection");
	ck_assert_uint_eq(exposures_of("bob@example.com"), 1);
}
END_TEST

/* ---- by the rules of `allow` ---- */

/* Sends by the first of these lines. */
static int
send_by(const char *line, const char *other, const char *text)
{
	struct rule list[2];
	const struct rules rules = { list, 2 };
	struct personalise_request request = { .message = span_str(text),
		.recipient = SPAN("anna@example.com"),
		.now = NOW,
		.rules = &rules,
		.rule = &list[0] };
	struct personalised result;
	int status;

	err_clear(&err);
	ck_assert_int_eq(rule_parse(span_str(line), arena, &list[0], &err), 0);
	ck_assert_int_eq(rule_parse(span_str(other), arena, &list[1], &err), 0);
	status =
	    personalise_message(personaliser, &request, arena, &result, &err);
	if (status == 0)
		personalised_release(personaliser, &result);
	return status;
}

static const char foreign[] = "From: a@shop.example\r\nMessage-ID: <%s@x>\r\n"
			      "X-Inlay-Campaign: inn\r\n\r\n%s\r\n";

START_TEST(reaches_only_the_campaigns_of_the_rule)
{
	char text[500];

	put_entry("campaign/inn", "id: inn\ntenant: inn\n");
	let_a_second_pass();
	snprintf(text, sizeof text, foreign, "m1", "Hello");
	ck_assert_int_eq(send_by("daemon=A", "daemon=B", text), -1);
	ck_assert_int_eq(err.code, ERR_CAMPAIGN);
	ck_assert_int_eq(
	    send_by("daemon=A tenant=inn campaign=o*", "daemon=B", text), -1);
	ck_assert_int_eq(err.code, ERR_CAMPAIGN);
	ck_assert_int_eq(
	    send_by("daemon=A tenant=inn campaign=i*", "daemon=B", text), 0);
}
END_TEST

static const struct {
	const char *line, *other, *from;
	int code;
} names[] = {
	{ "daemon=A from=shop.example", "daemon=B", "a@shop.example", 0 },
	{ "daemon=A from=shop.example", "daemon=B", "X <a@SHOP.example>", 0 },
	{ "daemon=A from=shop.example", "daemon=B", "a@inn.example", ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B",
	    "a@shop.example, b@inn.example", ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B",
	    "g: a@shop.example, b@inn.example;", ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B",
	    "\"x@shop.example\" <b@inn.example>", ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B",
	    "\"{{ profile.first_name }}@shop.example\" <b@inn.example>",
	    ERR_FROM },
	/* Of these one reader shows this author, another that. */
	{ "daemon=A from=shop.example", "daemon=B",
	    "b@inn.example <a@shop.example>", ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B",
	    "<@inn.example:a@shop.example>", ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B", "a@shop.example (x",
	    ERR_FROM },
	{ "daemon=A from=shop.example", "daemon=B",
	    "\"b@inn.example\" <a@shop.example>", 0 },
	{ "daemon=A from=shop.example", "daemon=B",
	    "a@shop.example (b@inn.example \\) (x))", 0 },
	{ "daemon=A", "daemon=B from=inn.example", "b@inn.example", ERR_FROM },
	{ "daemon=A", "daemon=B from=inn.example", "a@shop.example", 0 },
	{ "daemon=A", "daemon=B", "b@inn.example", 0 },
};

START_TEST(speaks_only_in_the_names_of_the_rule)
{
	char text[500];

	snprintf(text, sizeof text,
	    "From: %s\r\nMessage-ID: <m1@x>\r\nX-Inlay-Campaign: spring\r\n"
	    "\r\nDear {{ profile.first_name }}\r\n",
	    names[_i].from);
	ck_assert_int_eq(send_by(names[_i].line, names[_i].other, text),
	    names[_i].code == 0 ? 0 : -1);
	ck_assert_int_eq(err.code, names[_i].code);
	/* Nobody is told to have seen what did not leave. */
	ck_assert_uint_eq(
	    exposures_of("anna@example.com"), names[_i].code == 0);
}
END_TEST

/* A domain that signs by the campaign's word is bound as well. */
START_TEST(signs_only_in_the_names_of_the_rule)
{
	put_entry(
	    "campaign/spring", "id: spring\nsigning: {domain: inn.example}\n");
	let_a_second_pass();
	ck_assert_int_eq(send_by("daemon=A from=shop.example", "daemon=B",
			     "From: a@shop.example\r\nMessage-ID: <m1@x>\r\n"
			     "X-Inlay-Campaign: spring\r\n\r\nHello\r\n"),
	    -1);
	ck_assert_int_eq(err.code, ERR_FROM);
}
END_TEST

static const char *const borrowed[] = { "{% slot 'a', pool: 'inns' %}"
					"{% else %}OWN{% endslot %}",
	"{% slot 'a' %}{% option 'x', block: 'room' %}{% else %}OWN"
	"{% endslot %}",
	"{% render 'room' %}", "{{ ref.prices.a.price }}",
	"{{ content_blocks.room }}", "{% include 'room' %}",
	"{% render 'hall' %}",
	"{% slot 'a' %}{% option 'x' if ref.prices.a.price == 'ROOM' %}ROOM"
	"{% else %}OWN{% endslot %}" };

/* What is another tenant's is not there. */
START_TEST(shows_nothing_of_other_tenants)
{
	char text[1000];
	struct personalised result;

	put_entry("campaign/inn", "id: inn\ntenant: inn\nmissing: refuse\n");
	put_entry("block/room",
	    "---\npool: inns\ntenant: inn\n---\nROOM\n--- text\nROOM\n");
	put_entry("block/hall", "---\npool: halls\n---\n{% render 'room' %}\n");
	put_entry("table/prices",
	    "name: prices\ntenant: inn\nkey: k\ncolumns: [price]\nrows: 1\n"
	    "edition: 1\n");
	put_entry("row/prices/1/a", "{\"k\":\"a\",\"price\":\"ROOM\"}");
	let_a_second_pass();
	snprintf(text, sizeof text, foreign, "m1", borrowed[_i]);
	ck_assert_msg(
	    send_text(text, "anna@example.com", &result) == 0, "%s", err.text);
	ck_assert_uint_lt(
	    span_search(result.bytes, SPAN("ROOM")), result.bytes.len);
	personalised_release(personaliser, &result);
	snprintf(text, sizeof text,
	    "From: a@shop.example\r\nMessage-ID: <m2@x>\r\n"
	    "X-Inlay-Campaign: spring\r\n\r\n%s\r\n",
	    borrowed[_i]);
	if (send_text(text, "anna@example.com", &result) < 0)
		return;
	ck_assert_uint_eq(
	    span_search(result.bytes, SPAN("ROOM")), result.bytes.len);
	personalised_release(personaliser, &result);
}
END_TEST

static const char slot_of_alps[] =
    "From: a@shop.example\r\nMessage-ID: <m1@x>\r\n"
    "X-Inlay-Campaign: spring\r\n\r\n"
    "{% slot 'a', pool: 'heroes' %}{% else %}OWN{% endslot %}\r\n";

/* A block that was shown, and has become another tenant's between a first
 * attempt and the next, which replays the record. */
START_TEST(replays_no_block_that_was_given_away)
{
	struct personalised result;

	ck_assert_int_eq(
	    send_text(slot_of_alps, "anna@example.com", &result), 0);
	ck_assert_uint_lt(
	    span_search(result.bytes, SPAN("ALPS")), result.bytes.len);
	personalised_release(personaliser, &result);
	put_entry("block/alps",
	    "---\npool: heroes\ntenant: inn\n---\n<b>Alps</b>\n--- "
	    "text\nALPS\n");
	ck_assert_int_eq(
	    send_text(slot_of_alps, "anna@example.com", &result), 0);
	ck_assert_int_eq(result.verdict, VERDICT_REPLAYED);
	ck_assert_uint_eq(
	    span_search(result.bytes, SPAN("ALPS")), result.bytes.len);
	personalised_release(personaliser, &result);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("personalise");
	TCase *cases = tcase_create("personalise");

	tcase_add_checked_fixture(cases, open_world, close_world);
	tcase_add_test(cases, gives_each_recipient_their_own);
	tcase_add_test(cases, knows_the_campaign_by_the_header_that_is_set);
	tcase_add_test(cases,
	    shows_the_next_mailing_another_block_and_then_the_neutral_text);
	tcase_add_test(cases, replays_the_record_on_a_retry_and_counts_once);
	tcase_add_test(cases, records_nothing_about_somebody_who_was_erased);
	tcase_add_test(cases, hears_what_a_person_says_between_two_attempts);
	tcase_add_test(
	    cases, still_delivers_a_retry_when_the_campaign_has_ended);
	tcase_add_test(cases, shows_objectors_and_strangers_the_neutral_copy);
	tcase_add_test(cases, fails_closed_when_the_store_cannot_commit);
	tcase_add_loop_test(cases,
	    refuses_with_a_reason_and_keeps_who_was_dealt_an_arm, 0,
	    sizeof refusals / sizeof refusals[0]);
	tcase_add_test(cases, previews_what_it_would_send_without_recording);
	tcase_add_test(cases, leaves_a_mail_without_tags_as_it_came);
	tcase_add_test(cases, leaves_no_trace_of_the_recipient_before);
	tcase_add_test(cases, runs_out_of_memory_cleanly_at_every_step);
	tcase_add_test(cases,
	    tells_once_of_a_catalog_that_does_not_load_and_goes_by_the_old_one);
	tcase_add_test(cases, discards_whom_it_refuses_and_keeps_it);
	tcase_add_test(cases, keeps_nothing_of_the_erased_and_previews_nothing);
	tcase_add_test(
	    cases, refuses_at_rcpt_only_where_the_rule_reaches_one_tenant);
	tcase_add_test(cases, reaches_only_the_campaigns_of_the_rule);
	tcase_add_loop_test(cases, speaks_only_in_the_names_of_the_rule, 0,
	    sizeof names / sizeof names[0]);
	tcase_add_test(cases, signs_only_in_the_names_of_the_rule);
	tcase_add_loop_test(cases, shows_nothing_of_other_tenants, 0,
	    sizeof borrowed / sizeof borrowed[0]);
	tcase_add_test(cases, replays_no_block_that_was_given_away);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
