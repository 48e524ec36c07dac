#include <pthread.h>
#include <sys/wait.h>

#include "milter/sign/sign.h"
#include "milter/sign/verify.h"
#include "store/base/buf.h"
#include "tests/milter/kit_daemon.h"
#include "tests/suite.h"

static struct kit kit;
static struct arena *arena;
static struct err err;
static EVP_PKEY *rsa, *ed;
static struct sign_key keys[3];
static struct sign_options options;
static const char *public_keys;
static struct span covered;

static void
setup(void)
{
	FILE *file;

	kit_open(&kit);
	arena = arena_new(64 << 20);
	err_clear(&err);
	rsa = EVP_RSA_gen(1024);
	ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	keys[0] = (struct sign_key){ "shop.example", "rsa",
		kit_key(&kit, "rsa.pem", rsa) };
	keys[1] = (struct sign_key){ "shop.example", "ed",
		kit_key(&kit, "ed.pem", ed) };
	keys[2] = (struct sign_key){ "other.example", "o", keys[0].file };
	options = (struct sign_options){ .keys = keys,
		.key_count = 3,
		.header_canon = SIGN_RELAXED,
		.body_canon = SIGN_RELAXED };
	public_keys = kit_path(&kit, "public");
	file = fopen(public_keys, "w");
	kit_public(file, "rsa", "shop.example", rsa);
	kit_public(file, "ed", "shop.example", ed);
	kit_public(file, "o", "other.example", rsa);
	fclose(file);
}

static void
teardown(void)
{
	EVP_PKEY_free(rsa);
	EVP_PKEY_free(ed);
	arena_free(&arena);
	kit_close(&kit);
}

#define HEADER \
	"From: The Shop <news@shop.example>\r\nTo: a@customer.example\r\n" \
	"Subject: Spring  has\r\n\tcome\r\nMIME-Version: 1.0\r\n" \
	"List-Unsubscribe: <https://shop.example/u>\r\n" \
	"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" \
	"Feedback-ID: a:b:c:shop\r\nList-Id: <l.shop.example>\r\n" \
	"X-Mailer: none\r\n\r\n"

static const struct span bodies[] = {
	TEXT(""),
	TEXT("\r\n"),
	TEXT("\r\n\r\n \t\r\n"),
	TEXT("Hello\r\n"),
	TEXT("Hello"),
	TEXT("Hello \t there \r\n\r\n\r\n"),
	TEXT("  indented\r\n\r\n\ttabbed  \r\nlast"),
	TEXT("a bare \r carriage return\r\n"),
	TEXT("a bare \n line feed\r\n"),
	TEXT("ends in CR\r"),
	TEXT("nul \0 here\r\n"),
	TEXT("Zo\xc3\xab \xff\r\n"),
	TEXT(".\r\n..\r\n"),
	TEXT("-----INLAY BODY-----\r\n"),
};

enum { BODIES = sizeof bodies / sizeof bodies[0] };

static struct signer *
open_signer(void)
{
	struct signer *signer;

	ck_assert_msg(
	    signer_open(&options, &signer, &err) == 0, "%s", err.text);
	return signer;
}

/* The message with its signatures on top. */
static struct span
sign(struct span message)
{
	struct signer *signer = open_signer();
	struct signatures signatures;
	struct buf buf;

	ck_assert_msg(signer_sign(signer, message, SPAN_NONE, arena,
			  &signatures, &err) == 0,
	    "%s", err.text);
	signer_close(&signer);
	ck_assert_ptr_null(signer);
	buf_init(&buf, arena, 1 << 20);
	for (size_t i = 0; i < signatures.count; i++) {
		buf_str(&buf, "DKIM-Signature:");
		buf_add(&buf, signatures.values[i]);
		buf_str(&buf, "\r\n");
	}
	buf_add(&buf, message);
	return buf_span(&buf);
}

static struct span
message_with(struct span body)
{
	struct buf buf;

	buf_init(&buf, arena, 1 << 20);
	buf_str(&buf, HEADER);
	buf_add(&buf, body);
	return buf_span(&buf);
}

static int
verify(struct span message, struct span domain)
{
	struct verifier *verifier;
	int valid;

	err_clear(&err);
	ck_assert_int_eq(verifier_open(public_keys, &verifier, &err), 0);
	valid = verifier_check(verifier, message, domain, SPAN("Subject"), 1000,
	    arena, &covered, &err);
	verifier_close(&verifier);
	return valid;
}

/* One signature at a time, so that none hides behind another. */
START_TEST(makes_signatures_that_hold)
{
	const struct sign_key all[3] = { keys[0], keys[1], keys[2] };
	struct span message = message_with(bodies[_i % BODIES]);

	options.header_canon = _i / BODIES & 1 ? SIGN_SIMPLE : SIGN_RELAXED;
	options.body_canon = _i / BODIES & 2 ? SIGN_SIMPLE : SIGN_RELAXED;
	options.key_count = 1;
	for (unsigned k = 0; k < 2; k++) {
		keys[0] = all[k];
		ck_assert_msg(verify(sign(message), SPAN_NONE) == 1,
		    "body %d, key %u: %s", _i % BODIES, k, err.text);
	}
}
END_TEST

/* dkimpy knows nothing of libopendkim. */
static const char judge[] =
    "import sys, dkim\n"
    "keys = dict(line.split(' ', 1) for line in open(sys.argv[1]))\n"
    "data = open(sys.argv[2], 'rb').read()\n"
    "find = lambda name, timeout=5: keys[name.decode().rstrip('.')]"
    ".strip().encode()\n"
    "for n in range(2):\n"
    "    if not dkim.DKIM(data).verify(idx=n, dnsfunc=find):\n"
    "        sys.exit(1)\n";

START_TEST(makes_signatures_that_dkimpy_accepts)
{
	struct span message = sign(message_with(bodies[5]));
	const char *file = kit_write(&kit, "message", message, 0600);
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		execl("/usr/bin/python3", "/usr/bin/python3", "-c", judge,
		    public_keys, file, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(signs_once_per_key_of_the_domain)
{
	struct signer *signer = open_signer();
	struct signatures signatures;

	ck_assert_int_eq(signer_sign(signer, message_with(bodies[3]), SPAN_NONE,
			     arena, &signatures, &err),
	    0);
	ck_assert_uint_eq(signatures.count, 2);
	for (unsigned i = 0; i < 2; i++) {
		struct span value = signatures.values[i];

		ck_assert(span_starts(value, SPAN(" v=1; a=")));
		ck_assert(!span_ends(value, SPAN("\n")));
		ck_assert_uint_lt(
		    span_search(value, SPAN("d=shop.example")), value.len);
	}
	ck_assert_int_eq(signer_sign(signer, message_with(bodies[3]),
			     SPAN("OTHER.example"), arena, &signatures, &err),
	    0);
	ck_assert_uint_eq(signatures.count, 1);
	signer_close(&signer);
}
END_TEST

/* h= without its folds. */
static struct span
signed_names(struct span value)
{
	struct span list = span_from(value, span_search(value, SPAN("h=From")));
	struct buf buf;

	list = span_first(list, span_find(list, ';'));
	buf_init(&buf, arena, 4096);
	buf_byte(&buf, ':');
	for (size_t i = 2; i < list.len; i++)
		if (strchr(" \t\r\n", list.at[i]) == NULL)
			buf_byte(&buf, list.at[i]);
	buf_byte(&buf, ':');
	return buf_span(&buf);
}

START_TEST(signs_the_headers_of_bulk_mail_and_guards_the_rest)
{
	static const struct {
		const char *name;
		unsigned times;
	} wanted[] = { { "From", 2 }, { "Subject", 2 }, { "Content-Type", 1 },
		{ "MIME-Version", 2 }, { "Content-Transfer-Encoding", 1 },
		{ "List-Unsubscribe", 1 }, { "List-Unsubscribe-Post", 1 },
		{ "Feedback-ID", 1 }, { "List-Id", 1 }, { "To", 1 },
		{ "X-Mailer", 0 } };
	struct signer *signer = open_signer();
	struct signatures signatures;
	struct span names;

	ck_assert_int_eq(signer_sign(signer, message_with(bodies[3]), SPAN_NONE,
			     arena, &signatures, &err),
	    0);
	names = signed_names(signatures.values[0]);
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		struct span rest = names;
		char name[64];
		unsigned times = 0;

		snprintf(name, sizeof name, ":%s:", wanted[i].name);
		for (;;) {
			size_t at = span_search(rest, span_str(name));

			if (at == rest.len)
				break;
			times++;
			rest = span_from(rest, at + 1);
		}
		ck_assert_msg(times == wanted[i].times, "%s: %u times in %.*s",
		    wanted[i].name, times, SPAN_ARG(names));
	}
	signer_close(&signer);
}
END_TEST

START_TEST(adds_what_the_settings_name)
{
	static const char *const headers[] = { "From", "X-Mailer", NULL };
	static const char *const over[] = { "From", "Reply-To", NULL };
	struct signer *signer;
	struct signatures signatures;

	options.headers = headers;
	options.oversigned = over;
	options.ttl = 3600;
	signer = open_signer();
	ck_assert_int_eq(signer_sign(signer, message_with(bodies[3]), SPAN_NONE,
			     arena, &signatures, &err),
	    0);
	ck_assert(span_eq(signed_names(signatures.values[0]),
	    SPAN(":From:X-Mailer:From:Reply-To:")));
	ck_assert_uint_lt(span_search(signatures.values[0], SPAN("x=")),
	    signatures.values[0].len);
	signer_close(&signer);
}
END_TEST

/* A shared libopendkim cannot be handed anything, and that is said. */
START_TEST(says_when_signing_is_slower_than_it_could_be)
{
	struct signer *signer = open_signer();
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[1024];
	bool shared = false;

	ck_assert_ptr_nonnull(maps);
	while (fgets(line, sizeof line, maps) != NULL)
		shared |= strstr(line, "/libopendkim.so") != NULL;
	fclose(maps);
	ck_assert_int_eq(signer_hint(signer) != NULL, shared);
	signer_close(&signer);
}
END_TEST

START_TEST(has_no_signature_for_an_unknown_domain)
{
	struct signer *signer = open_signer();
	struct signatures signatures;

	ck_assert_int_eq(
	    signer_sign(signer, SPAN("From: a@nowhere.example\r\n\r\nx\r\n"),
		SPAN_NONE, arena, &signatures, &err),
	    -1);
	ck_assert_int_eq(err.code, ERR_KEY);
	ck_assert_str_eq(err.text, "no signing key for domain nowhere.example");
	signer_close(&signer);
}
END_TEST

static const struct {
	const char *name;
	mode_t mode;
	struct span bytes;
	const char *says;
} files[] = {
	{ "open", 0644, TEXT("x"), "group and others may have no access" },
	{ "group", 0640, TEXT("x"), "group and others may have no access" },
	{ "empty", 0600, TEXT(""), "is empty" },
	{ "text", 0600, TEXT("no key at all\n"), "no private key in PEM" },
	{ "fake", 0600, TEXT("-----INLAY KEY-----"), "no private key in PEM" },
};

START_TEST(refuses_key_files_it_should_not_use)
{
	struct signer *signer;

	keys[0].file =
	    kit_write(&kit, files[_i].name, files[_i].bytes, files[_i].mode);
	ck_assert_int_eq(signer_open(&options, &signer, &err), -1);
	ck_assert_ptr_null(signer);
	ck_assert_int_eq(err.code, ERR_KEY);
	ck_assert_msg(strstr(err.text, files[_i].says) != NULL, "%s", err.text);
}
END_TEST

START_TEST(refuses_key_files_that_are_not_there_or_somebody_elses)
{
	struct signer *signer;

	keys[0].file = "/nonexistent/key";
	ck_assert_int_eq(signer_open(&options, &signer, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot open key file"));
	if (geteuid() != 0)
		return;
	err_clear(&err);
	keys[0].file = kit_key(&kit, "theirs", rsa);
	ck_assert_int_eq(chown(keys[0].file, 12345, 0), 0);
	ck_assert_int_eq(signer_open(&options, &signer, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "belongs to user 12345"));
}
END_TEST

START_TEST(refuses_keys_of_other_kinds)
{
	EVP_PKEY *ec = EVP_EC_gen("P-256"), *small = EVP_RSA_gen(512);
	struct signer *signer;

	keys[0].file = kit_key(&kit, "ec", ec);
	ck_assert_int_eq(signer_open(&options, &signer, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "neither an RSA nor"));
	err_clear(&err);
	keys[0].file = kit_key(&kit, "small", small);
	ck_assert_int_eq(signer_open(&options, &signer, &err), -1);
	ck_assert_ptr_nonnull(strstr(err.text, "1024 bits"));
	EVP_PKEY_free(ec);
	EVP_PKEY_free(small);
}
END_TEST

START_TEST(does_not_ask_for_a_passphrase)
{
	const char *path = kit_write(&kit, "locked", SPAN_NONE, 0600);
	FILE *file = fopen(path, "w");
	char word[] = "word";
	struct signer *signer;

	ck_assert_int_eq(PEM_write_PKCS8PrivateKey(
			     file, rsa, EVP_aes_128_cbc(), word, 4, NULL, NULL),
	    1);
	fclose(file);
	keys[0].file = path;
	ck_assert_int_eq(signer_open(&options, &signer, &err), -1);
	ck_assert_int_eq(err.code, ERR_KEY);
}
END_TEST

START_TEST(fails_cleanly_when_memory_is_out)
{
	struct signer *signer = open_signer();
	struct span message = message_with(bodies[3]);
	struct signatures signatures;
	size_t limit = 1;

	for (;; limit += 64) {
		struct arena *small = arena_new(limit);
		int status;

		err_clear(&err);
		status = signer_sign(
		    signer, message, SPAN_NONE, small, &signatures, &err);
		arena_free(&small);
		if (status == 0)
			break;
		ck_assert_int_eq(err.code, ERR_MEMORY);
	}
	signer_close(&signer);
}
END_TEST

START_TEST(refuses_what_was_altered_or_is_not_signed)
{
	struct span message = sign(message_with(bodies[3]));
	size_t at = span_search(message, SPAN("Spring"));

	ck_assert_int_eq(verify(message_with(bodies[3]), SPAN_NONE), 0);
	ck_assert_str_eq(err.text, "no DKIM signature");
	((char *)(uintptr_t)message.at)[at] = 'X';
	ck_assert_int_eq(verify(message, SPAN_NONE), 0);
	ck_assert_int_eq(err.code, ERR_AUTH);
}
END_TEST

START_TEST(wants_the_signature_of_the_domain_asked_for)
{
	struct span message = sign(message_with(bodies[3]));

	ck_assert_int_eq(verify(message, SPAN("shop.example")), 1);
	ck_assert_int_eq(verify(message, SPAN("other.example")), 0);
	ck_assert_int_eq(err.code, ERR_AUTH);
}
END_TEST

START_TEST(wants_a_signature_over_the_field_that_must_be_covered)
{
	static const char *const names[] = { "From", "To", NULL };
	struct span message;

	ck_assert_int_eq(verify(sign(message_with(bodies[3])), SPAN_NONE), 1);
	ck_assert_uint_lt(
	    span_search(covered, SPAN("Feedback-ID")), covered.len);
	options.headers = options.oversigned = names;
	message = sign(message_with(bodies[3]));
	ck_assert_int_eq(verify(message, SPAN_NONE), 0);
	ck_assert_str_eq(err.text, "the DKIM signature does not cover Subject");
}
END_TEST

/* Before any is ignored, each of them is read against every field. */
START_TEST(refuses_mail_that_is_all_signatures)
{
	struct buf forged;

	buf_init(&forged, arena, 1 << 20);
	for (unsigned i = 0; i < 51; i++)
		buf_str(&forged, "DKIM-Signature: v=1; d=other.example\r\n");
	buf_add(&forged, sign(message_with(bodies[3])));
	ck_assert_int_eq(verify(buf_span(&forged), SPAN_NONE), 0);
	ck_assert_str_eq(err.text, "more than 50 DKIM signatures");
}
END_TEST

/* A body text that the signer uses among itself proves nothing. */
START_TEST(is_not_deceived_by_its_own_markers)
{
	struct span message = sign(message_with(bodies[3]));
	size_t body = span_search(message, SPAN("\r\n\r\n")) + 4;
	struct buf forged;

	buf_init(&forged, arena, 1 << 16);
	buf_add(&forged, span_first(message, body));
	buf_str(&forged, "-----INLAY BODY-----\r\n");
	ck_assert_int_eq(verify(buf_span(&forged), SPAN_NONE), 0);
}
END_TEST

START_TEST(wants_its_key_file)
{
	struct verifier *verifier;

	ck_assert_int_eq(
	    verifier_open("/nonexistent/keys", &verifier, &err), -1);
	ck_assert_int_eq(err.code, ERR_CONFIG);
	ck_assert_ptr_null(verifier);
}
END_TEST

struct worker {
	const struct signer *signer;
	struct span message;
	int failures;
};

static void *
sign_many(void *arg)
{
	struct worker *worker = arg;
	struct arena *own = arena_new(1 << 20);

	for (unsigned i = 0; i < 50; i++) {
		struct arena_mark mark = arena_mark(own);
		struct signatures signatures;

		if (signer_sign(worker->signer, worker->message, SPAN_NONE, own,
			&signatures, NULL) < 0)
			worker->failures++;
		arena_rewind(own, mark);
	}
	arena_free(&own);
	return NULL;
}

START_TEST(serves_several_threads)
{
	struct signer *signer = open_signer();
	struct span message = message_with(bodies[5]);
	struct worker workers[4];
	pthread_t threads[4];

	for (unsigned i = 0; i < 4; i++) {
		workers[i] = (struct worker){ signer, message, 0 };
		pthread_create(&threads[i], NULL, sign_many, &workers[i]);
	}
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(workers[i].failures, 0);
	}
	signer_close(&signer);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sign");
	TCase *tests = tcase_create("sign");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_loop_test(tests, makes_signatures_that_hold, 0, 4 * BODIES);
	tcase_add_test(tests, makes_signatures_that_dkimpy_accepts);
	tcase_add_test(tests, signs_once_per_key_of_the_domain);
	tcase_add_test(
	    tests, signs_the_headers_of_bulk_mail_and_guards_the_rest);
	tcase_add_test(tests, adds_what_the_settings_name);
	tcase_add_test(tests, has_no_signature_for_an_unknown_domain);
	tcase_add_test(tests, says_when_signing_is_slower_than_it_could_be);
	tcase_add_loop_test(tests, refuses_key_files_it_should_not_use, 0,
	    sizeof files / sizeof files[0]);
	tcase_add_test(
	    tests, refuses_key_files_that_are_not_there_or_somebody_elses);
	tcase_add_test(tests, refuses_keys_of_other_kinds);
	tcase_add_test(tests, does_not_ask_for_a_passphrase);
	tcase_add_test(tests, fails_cleanly_when_memory_is_out);
	tcase_add_test(tests, refuses_what_was_altered_or_is_not_signed);
	tcase_add_test(tests, wants_the_signature_of_the_domain_asked_for);
	tcase_add_test(
	    tests, wants_a_signature_over_the_field_that_must_be_covered);
	tcase_add_test(tests, refuses_mail_that_is_all_signatures);
	tcase_add_test(tests, is_not_deceived_by_its_own_markers);
	tcase_add_test(tests, wants_its_key_file);
	tcase_add_test(tests, serves_several_threads);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
