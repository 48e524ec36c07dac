#include "milter/personalise.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/sign/token.h"
#include "store/catalog/catalog.h"
#include "store/record/key.h"
#include "tests/store/engine/memory.h"
#include "store/record/profile.h"
#include "tests/suite.h"

#define NOW 1790000000 /* 2026-09-21 */

static struct engine *engine;
static struct personaliser *personaliser;
static struct arena *arena;
static struct err err;

static const char schema[] =
    "fields:\n"
    "  first_name: { type: string, class: identifying }\n"
    "  points: { type: number, class: contextual }\n"
    "  wishes: { type: list, class: contextual }\n"
    "  next_level: { type: number, class: contextual, derived: \"profile."
    "points | plus: 100\" }\n"
    "sources:\n"
    "  shop: { weight: 90 }\n";

static const char campaign[] =
    "id: spring\n"
    "why: true\nzone: Europe/Vienna\nlocale: de\n"
    "arms:\n"
    "  - { name: personal, weight: 1, intensity: individual }\n"
    "headers:\n"
    "  To: \"{{ profile.first_name }} <{{ recipient.address }}>\"\n"
    "  X-Empty: \"{{ profile.nothing | default: '' }}\"\n"
    "unsubscribe:\n"
    "  url: https://shop.example/u/{{ recipient.token }}\n"
    "  mailto: leave@shop.example\n"
    "  post: true\n";

static void
put_entry(const char *name, const char *text)
{
	struct entry entry = { span_str(name), span_str(text) };

	ck_assert_msg(engine_catalog_change(engine, &entry, 1, &err) == 0, "%s",
	    err.text);
}

static void
put_anna(const char *first_name)
{
	struct observation seen[] = {
		{ .field = SPAN("first_name"), .value = span_str(first_name) },
		{ .field = SPAN("points"),
		    .type = OBSERVED_NUMBER,
		    .value = SPAN("250") },
		{ .field = SPAN("wishes"),
		    .type = OBSERVED_JSON,
		    .value = SPAN("[\"tent\",\"rope\"]") },
	};
	struct profile profile = { .address = SPAN("anna@example.com"),
		.observations = seen,
		.observation_count = 3 };
	struct write write = { .key =
				   record_key(SPAN("default"), profile.address),
		.kind = RECORD_PROFILE };
	struct buf bytes;

	for (size_t i = 0; i < 3; i++) {
		seen[i].source = SPAN("shop");
		seen[i].observed_at = NOW - 60;
	}
	buf_init(&bytes, arena, 65536);
	ck_assert_int_eq(profile_encode(&profile, arena, &bytes, &err), 0);
	write.bytes = buf_span(&bytes);
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
}

static const struct secret secret = { { "k1", 2 }, { "0123456789abcdef", 16 } };
static const struct token_keys tokens = { .secrets = { &secret, 1 } };

static void
open_world(void)
{
	static const struct personalise_options options = {
		.tenant = { "default", 7 },
		.cache_bytes = 1 << 20,
		.part_max = 1 << 20,
		.steps_max = 100000,
		.deadline_ms = 1000,
		.tokens = &tokens,
	};

	err_clear(&err);
	arena = arena_new((size_t)64 << 20);
	ck_assert_int_eq(memory_open(&engine, &err), 0);
	put_entry("schema", schema);
	put_entry("campaign/spring", campaign);
	put_entry("block/hint", "---\ntext: HINT\n---\n<i>Hint</i>\n");
	put_entry("block/rich", "---\npool: p\nif: profile.points > 200\n"
				"text: RICH\n---\n<i>Rich</i>\n");
	put_entry("table/shops", "name: shops\nkey: town\ncolumns: [street]\n"
				 "rows: 1\nedition: 1\n");
	put_entry("row/shops/1/Ulm", "{\"street\": \"Main \\\"St\\\"\"}");
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

#define HEAD \
	"From: Shop <news@shop.example>\r\n" \
	"To: everybody@example.com\r\n" \
	"Message-ID: <m@shop.example>\r\n" \
	"X-Inlay-Campaign: spring\r\n"

/* What Anna gets, or NULL and err. */
static const char *
preview(const char *text)
{
	static char copy[8192];
	struct personalise_request request = { .message = span_str(text),
		.recipient = SPAN("anna@example.com"),
		.now = NOW };
	struct personalised result;

	err_clear(&err);
	if (personalise_preview(
		personaliser, &request, NULL, arena, &result, &err) < 0)
		return NULL;
	snprintf(copy, sizeof copy, "%.*s", SPAN_ARG(result.bytes));
	personalised_release(personaliser, &result);
	return copy;
}

struct expected {
	const char *body;
	const char *shown;
};

static const struct expected bodies[] = {
	{ "{{ profile.points | plus: 1 }}", "251" },
	{ "{{ profile.wishes | join: '+' }}", "tent+rope" },
	{ "{{ profile.next_level }}", "350" },
	{ "{{ recipient.local }} at {{ recipient.domain }}",
	    "anna at example.com" },
	{ "{{ campaign.id }}", "spring" },
	{ "{{ 'now' | date: '%H:%M' }}", "16:13" },
	{ "{{ ref.shops['Ulm'].street }}", "Main \"St\"" },
	{ "{{ ref.shops['Bonn'].street | default: 'none' }}", "none" },
	{ "{{ content_blocks.hint }}", "HINT" },
	{ "{% render 'hint' %}", "HINT" },
	{ "{% slot 's' %}{% option 'a' if profile.points > 900 %}A"
	  "{% option 'b' if profile.points > 200 %}B{% else %}C{% endslot %}"
	  "{{ slot.s }}",
	    "Bb" },
	{ "{% slot 's' %}{% option 'a', block: 'hint' %}{% else %}C"
	  "{% endslot %}",
	    "HINT" },
	{ "{% slot 's', pool: 'p' %}{% else %}C{% endslot %}", "RICH" },
	{ "{{${first_name}}}", "Anna" },
	{ "{% raw %}{{ profile.points }}{% endraw %}", "{{ profile.points }}" },
};

START_TEST(knows_what_templates_may_ask)
{
	char text[4096];
	const char *got;

	put_anna("Anna");
	snprintf(text, sizeof text, HEAD "\r\n[%s]\r\n", bodies[_i].body);
	got = preview(text);
	ck_assert_msg(got != NULL, "%s: %s", bodies[_i].body, err.text);
	snprintf(text, sizeof text, "[%s]\r\n", bodies[_i].shown);
	ck_assert_msg(strstr(got, text) != NULL, "%s gave %s", bodies[_i].body,
	    strstr(got, "\r\n\r\n"));
}
END_TEST

START_TEST(sets_the_campaigns_headers_and_takes_forged_ones_away)
{
	const char *got;

	put_anna("Anna \"A.\" M\xc3\xbcller");
	got = preview(HEAD "List-Unsubscribe: <https://evil.example/>\r\n"
			   "List-Unsubscribe: <https://evil.example/2>\r\n"
			   "X-Empty: forged\r\n"
			   "\r\nhi\r\n");
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_ptr_nonnull(strstr(got, "To: =?"));
	ck_assert_ptr_nonnull(strstr(got, "<anna@example.com>\r\n"));
	ck_assert_ptr_null(strstr(got, "everybody@"));
	ck_assert_ptr_null(strstr(got, "evil"));
	ck_assert_ptr_null(strstr(got, "X-Empty"));
	ck_assert_ptr_nonnull(
	    strstr(got, "List-Unsubscribe: <mailto:leave@shop.example>"));
	ck_assert_ptr_nonnull(strstr(got, "<https://shop.example/u/k1."));
	ck_assert_ptr_nonnull(strstr(
	    got, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"));
}
END_TEST

START_TEST(never_lets_a_value_add_a_header_or_a_recipient)
{
	const char *got;

	put_anna("A>, <eve@evil.example>\r\nBcc: eve@evil.example");
	got =
	    preview(HEAD "Subject: Hi {{ profile.first_name }}\r\n\r\nhi\r\n");
	if (got == NULL) {
		ck_assert_int_eq(err.code, ERR_TEMPLATE);
		return;
	}
	ck_assert_ptr_null(strstr(got, "\nBcc:"));
	ck_assert_ptr_nonnull(strstr(got, "<anna@example.com>\r\n"));
	ck_assert_ptr_nonnull(strstr(got, "\nTo: \"A>, <eve@evil.example>"));
}
END_TEST

START_TEST(escapes_values_in_html_but_not_in_text)
{
	const char *got;

	put_anna("<b onmouseover=alert(1)>");
	got = preview(
	    HEAD "Content-Type: multipart/alternative; boundary=b\r\n\r\n"
		 "--b\r\nContent-Type: text/plain\r\n\r\n"
		 "Hi {{ profile.first_name }}\r\n"
		 "--b\r\nContent-Type: text/html\r\n\r\n"
		 "<p>Hi {{ profile.first_name }}</p>\r\n--b--\r\n");
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_msg(strstr(got, "&lt;b onmouseover") != NULL, "%s", got);
	ck_assert_ptr_nonnull(strstr(got, "Hi <b onmouseover"));
}
END_TEST

START_TEST(explains_itself_when_the_campaign_asks_for_it)
{
	const char *got;

	put_anna("Anna");
	got = preview(HEAD "\r\n{{ profile.first_name }}\r\n[{% why %}]\r\n");
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_ptr_null(strstr(got, "[]"));
	ck_assert_msg(strstr(got, "unsere Kundendatei") != NULL, "%s", got);
}
END_TEST

START_TEST(reads_values_never_as_template)
{
	const char *got;

	put_anna("{{ profile.points }}{% break %}");
	got = preview(HEAD "\r\nHi {{ profile.first_name }}, "
			   "{{ profile.next_level }}\r\n");
	ck_assert_msg(got != NULL, "%s", err.text);
	ck_assert_ptr_nonnull(
	    strstr(got, "Hi {{ profile.points }}{% break %}, 350\r\n"));
}
END_TEST

START_TEST(drops_a_signature_only_with_what_it_signed)
{
	static const char signed_head[] =
	    "DKIM-Signature: v=1; b=x\r\nFrom: Shop <news@shop.example>\r\n"
	    "Message-ID: <m@shop.example>\r\nX-Inlay-Campaign: bare\r\n\r\n";
	char text[512];

	put_anna("Anna");
	put_entry("campaign/bare", "id: bare\narms:\n"
				   "  - { name: a, weight: 1, intensity: "
				   "individual }\n");
	personaliser_close(&personaliser);
	ck_assert_int_eq(
	    personaliser_open(
		&(struct personalise_options){ .tenant = SPAN("default"),
		    .cache_bytes = 1 << 20,
		    .part_max = 1 << 20,
		    .steps_max = 100000 },
		engine, &personaliser, &err),
	    0);
	snprintf(text, sizeof text, "%splain\r\n", signed_head);
	ck_assert_ptr_nonnull(strstr(preview(text), "DKIM-Signature:"));
	snprintf(
	    text, sizeof text, "%s{{ profile.first_name }}\r\n", signed_head);
	ck_assert_ptr_null(strstr(preview(text), "DKIM-Signature:"));
}
END_TEST

/* ---- marks on links ---- */

static const char linking[] =
    "id: linking\nlinks: {domains: [shop.example]}\narms:\n"
    "  - { name: personal, weight: 1, intensity: individual }\n"
    "  - { name: plain, weight: 1, control: true }\n";

#define LINKING \
	"From: Shop <news@shop.example>\r\n" \
	"Message-ID: <m@shop.example>\r\n" \
	"X-Inlay-Campaign: linking\r\nMIME-Version: 1.0\r\n"

static void
put_consent(
    const char *address, bool objects, enum consent_status status, int64_t at)
{
	struct consent consent = {
		.type = SPAN("measurement"), .status = status, .at = at
	};
	struct profile profile = { .address = span_str(address),
		.object_profiling = objects,
		.consents = &consent,
		.consent_count = 1 };
	struct write write = { .key =
				   record_key(SPAN("default"), profile.address),
		.kind = RECORD_PROFILE };
	struct record record;
	struct buf bytes;

	ck_assert_int_ge(
	    engine_get(engine, &write.key, arena, &record, &err), 0);
	write.version = record.values[RECORD_PROFILE].version;
	buf_init(&bytes, arena, 65536);
	ck_assert_int_eq(profile_encode(&profile, arena, &bytes, &err), 0);
	write.bytes = buf_span(&bytes);
	ck_assert_int_eq(engine_commit(engine, &write, 1, &err), 1);
}

/* Sends for good, and the copy. */
static const char *
send_to(const char *address, int64_t now, const char *text, const char *arm)
{
	static char copy[8192];
	struct personalise_request request = { .message = span_str(text),
		.recipient = span_str(address),
		.now = now };
	struct personalise_pretence pretence = { .arm = span_str(arm) };
	struct personalised result;
	int status;

	err_clear(&err);
	status = arm ? personalise_preview(personaliser, &request, &pretence,
			   arena, &result, &err)
		     : personalise_message(
			   personaliser, &request, arena, &result, &err);
	ck_assert_msg(status == 0, "%s", err.text);
	snprintf(copy, sizeof copy, "%.*s", SPAN_ARG(result.bytes));
	personalised_release(personaliser, &result);
	return copy;
}

/* A copy of the copy. */
static const char *
keep(const char *copy)
{
	struct span kept;

	ck_assert_int_eq(arena_dup(arena, span_str(copy), &kept), 0);
	return kept.at;
}

static const char one_link[] =
    LINKING "Content-Type: text/html\r\n\r\n"
	    "<a href=\"https://shop.example/a\">x</a>\r\n";

START_TEST(marks_links_of_whoever_consents_in_every_arm)
{
	const char *first;

	put_entry("campaign/linking", linking);
	put_consent("yes@example.com", false, CONSENT_GRANTED, NOW - 60);
	put_consent("no@example.com", false, CONSENT_DENIED, NOW - 60);
	put_consent("late@example.com", false, CONSENT_GRANTED, NOW + 60);
	put_consent("objects@example.com", true, CONSENT_GRANTED, NOW - 60);
	first = keep(send_to("yes@example.com", NOW, one_link, "personal"));
	ck_assert_msg(strstr(first, "/a?iv=3D") != NULL, "%s", first);
	ck_assert_str_eq(
	    first, send_to("yes@example.com", NOW, one_link, "plain"));
	ck_assert_ptr_null(
	    strstr(send_to("no@example.com", NOW, one_link, "plain"), "iv="));
	ck_assert_ptr_null(
	    strstr(send_to("late@example.com", NOW, one_link, "plain"), "iv="));
	ck_assert_ptr_null(strstr(
	    send_to("objects@example.com", NOW, one_link, "plain"), "iv="));
	ck_assert_ptr_null(
	    strstr(send_to("who@example.com", NOW, one_link, "plain"), "iv="));
}
END_TEST

START_TEST(marks_a_retry_as_the_first_attempt_or_not_at_all)
{
	const char *first;

	put_entry("campaign/linking", linking);
	put_consent("yes@example.com", false, CONSENT_GRANTED, NOW - 60);
	first = keep(send_to("yes@example.com", NOW, one_link, NULL));
	ck_assert_ptr_nonnull(strstr(first, "iv=3D"));
	ck_assert_str_eq(strstr(first, "\r\n\r\n"),
	    strstr(send_to("yes@example.com", NOW + 900, one_link, NULL),
		"\r\n\r\n"));
	put_consent("yes@example.com", false, CONSENT_DENIED, NOW + 1000);
	ck_assert_ptr_null(strstr(
	    send_to("yes@example.com", NOW + 1800, one_link, NULL), "iv="));
	put_consent("no@example.com", false, CONSENT_DENIED, NOW - 60);
	send_to("no@example.com", NOW, one_link, NULL);
	put_consent("no@example.com", false, CONSENT_GRANTED, NOW + 60);
	ck_assert_ptr_null(strstr(
	    send_to("no@example.com", NOW + 900, one_link, NULL), "iv="));
}
END_TEST

/* Links where encodings and parts have their say; "*" is the mark. */
static const struct expected parts[] = {
	{ "Content-Type: text/plain\r\n\r\nhttps://shop.example/a\r\n",
	    "https://shop.example/a?iv=3D*\r\n" },
	{ "Content-Type: text/plain\r\n\r\n{{ 'a' }} "
	  "https://shop.example/{{ 'b' }}\r\n",
	    "a https://shop.example/b?iv=3D*\r\n" },
	{ "Content-Type: text/html\r\nContent-Transfer-Encoding: "
	  "quoted-printable\r\n\r\n<a href=3D\"https://sh=\r\n"
	  "op.example/a?b=3D1#c\">x</a>\r\n",
	    "<a href=3D\"https://shop.example/a?b=3D1&amp;iv=3D" },
	{ "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n"
	  "\r\nPGEgaHJlZj0iaHR0cHM6Ly9zaG9wLmV4YW1wbGUvIj54PC9hPg0K\r\n",
	    "<a href=3D\"https://shop.example/?iv=3D*\">x</a>\r\n" },
	{ "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
	  "Content-Type: text/plain\r\nContent-Disposition: attachment\r\n"
	  "\r\nhttps://shop.example/a\r\n--b--\r\n",
	    NULL },
	{ "Content-Type: multipart/signed; boundary=b; micalg=pgp-sha256; "
	  "protocol=\"application/pgp-signature\"\r\n\r\n--b\r\n"
	  "Content-Type: text/plain\r\n\r\nhttps://shop.example/a\r\n"
	  "--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n"
	  "--b--\r\n",
	    NULL },
	{ "Content-Type: message/rfc822\r\n\r\n\r\n"
	  "https://shop.example/a\r\n",
	    NULL },
	{ "Content-Type: text/calendar\r\n\r\nURL:https://shop.example/a\r\n",
	    NULL },
};

/* Whether the text has the pattern, whose "*" is one mark. */
static bool
has(const char *text, const char *pattern)
{
	const char *star = strchr(pattern, '*');
	size_t before = star ? (size_t)(star - pattern) : strlen(pattern);

	for (; *text != '\0'; text++)
		if (strncmp(text, pattern, before) == 0 &&
		    (!star || (strlen(text) > before + 22 &&
				  strncmp(text + before + 22, star + 1,
				      strlen(star + 1)) == 0)))
			return true;
	return false;
}

START_TEST(marks_links_in_every_text_and_in_nothing_else)
{
	char text[4096];
	const char *got;

	put_entry("campaign/linking", linking);
	put_consent("yes@example.com", false, CONSENT_GRANTED, NOW - 60);
	snprintf(text, sizeof text, LINKING "%s", parts[_i].body);
	got = send_to("yes@example.com", NOW, text, "plain");
	if (parts[_i].shown == NULL)
		ck_assert_msg(strstr(got, "iv=") == NULL, "%s", got);
	else
		ck_assert_msg(has(got, parts[_i].shown), "%s", got);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("compose");
	TCase *cases = tcase_create("compose");

	tcase_add_checked_fixture(cases, open_world, close_world);
	tcase_add_loop_test(cases, knows_what_templates_may_ask, 0,
	    sizeof bodies / sizeof bodies[0]);
	tcase_add_test(
	    cases, sets_the_campaigns_headers_and_takes_forged_ones_away);
	tcase_add_test(cases, never_lets_a_value_add_a_header_or_a_recipient);
	tcase_add_test(cases, escapes_values_in_html_but_not_in_text);
	tcase_add_test(cases, explains_itself_when_the_campaign_asks_for_it);
	tcase_add_test(cases, reads_values_never_as_template);
	tcase_add_test(cases, drops_a_signature_only_with_what_it_signed);
	tcase_add_test(cases, marks_links_of_whoever_consents_in_every_arm);
	tcase_add_test(cases, marks_a_retry_as_the_first_attempt_or_not_at_all);
	tcase_add_loop_test(cases,
	    marks_links_in_every_text_and_in_nothing_else, 0,
	    sizeof parts / sizeof parts[0]);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
