/*
 * What one signature of a 20 kB message costs through the signer, against a
 * raw EVP signature with the same parsed key: of as much as a header, the same
 * and the SHA-256 of the body that every DKIM signature needs besides, of the
 * message as it is; and what a second thread brings. All in one run; of each
 * the fastest of many short rounds, because whatever else the machine does only
 * ever adds.
 */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "milter/sign/sign.h"
#include "store/base/buf.h"

enum { ROUNDS = 40, BODY = 20000, HEADER = 700 };

static char directory[] = "/tmp/inlay-bench-XXXXXX";

struct kind {
	const char *name;
	EVP_PKEY *key;
	struct signer *signer;
	unsigned count; /* signatures per round */
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_sign: %s%s%s\n", what, err ? ": " : "",
	    err ? err->text : "");
	exit(1);
}

/* A 20 kB message: a dozen header fields, lines of 72 bytes. */
static struct span
make_message(struct arena *arena)
{
	struct buf buf;

	buf_init(&buf, arena, 2 * BODY);
	buf_str(&buf,
	    "Received: from front.example by mail.example; 1 Jan 2026\r\n"
	    "From: Shop <news@example.com>\r\nTo: anna@example.org\r\n"
	    "Subject: Spring is here, and so are the new arrivals\r\n"
	    "Date: Thu, 1 Jan 2026 10:00:00 +0000\r\n"
	    "Message-ID: <bench@example.com>\r\nMIME-Version: 1.0\r\n"
	    "List-Unsubscribe: <https://example.com/u/abcdefghijklmnop>\r\n"
	    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
	    "Feedback-ID: spring:shop:mail:example\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	for (unsigned i = 0; i < BODY / 74; i++)
		buf_printf(&buf,
		    "<p class=3D\"offer\">Line %05u of an ordinary newsletter, "
		    "as they come.</p>\r\n",
		    i);
	return buf_span(&buf);
}

static void
raw_signature(EVP_PKEY *key, struct span input)
{
	const EVP_MD *md =
	    EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();
	unsigned char out[1024];
	size_t len = sizeof out;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, md, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, out, &len, (const unsigned char *)input.at,
		input.len) != 1)
		die("raw signature failed", NULL);
	EVP_MD_CTX_free(ctx);
}

static double
time_raw(const struct kind *kind, struct span input)
{
	double start = now();

	for (unsigned i = 0; i < kind->count; i++)
		raw_signature(kind->key, input);
	return (now() - start) / kind->count;
}

static void *
sign_many(void *arg)
{
	const struct kind *kind = arg;
	struct arena *arena = arena_new(1 << 20);
	struct span message = make_message(arena);
	struct arena_mark mark = arena_mark(arena);
	struct signatures signatures;
	struct err err = ERR_INIT;

	for (unsigned i = 0; i < kind->count; i++) {
		if (signer_sign(kind->signer, message, SPAN_NONE, arena,
			&signatures, &err) < 0)
			die("signing failed", &err);
		arena_rewind(arena, mark);
	}
	arena_free(&arena);
	return NULL;
}

static double
time_signer(struct kind *kind)
{
	double start = now();

	sign_many(kind);
	return (now() - start) / kind->count;
}

static double
time_two(struct kind *kind)
{
	pthread_t thread;
	double start = now();

	if (pthread_create(&thread, NULL, sign_many, kind) != 0)
		die("no second thread", NULL);
	sign_many(kind);
	pthread_join(thread, NULL);
	return (now() - start) / (2 * kind->count);
}

static double
time_hash(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct span message = make_message(arena);
	unsigned char digest[EVP_MAX_MD_SIZE];
	double start = now();

	for (unsigned i = 0; i < 200; i++)
		EVP_Digest(
		    message.at, message.len, digest, NULL, EVP_sha256(), NULL);
	arena_free(&arena);
	return (now() - start) / 200;
}

static void
open_kind(struct kind *kind)
{
	char path[64];
	struct sign_key key = { "example.com", "bench", path };
	struct sign_options options = { .keys = &key,
		.key_count = 1,
		.header_canon = SIGN_RELAXED,
		.body_canon = SIGN_RELAXED };
	struct err err = ERR_INIT;
	FILE *file;

	snprintf(path, sizeof path, "%s/%s.pem", directory, kind->name);
	file = fopen(path, "w");
	if (file == NULL || fchmod(fileno(file), 0600) < 0 ||
	    PEM_write_PrivateKey(file, kind->key, NULL, NULL, 0, NULL, NULL) !=
		1)
		die("cannot write a key", NULL);
	fclose(file);
	if (signer_open(&options, &kind->signer, &err) < 0)
		die("cannot open the signer", &err);
	unlink(path);
}

static void
keep_least(double *least, double value)
{
	if (*least == 0 || value < *least)
		*least = value;
}

static void
report(struct kind *kind)
{
	struct arena *arena = arena_new(1 << 20);
	struct span message = make_message(arena);
	double raw = 0, whole = 0, one = 0, two = 0, hash = 0;

	sign_many(kind); /* the first use of a key fills its caches */
	for (unsigned i = 0; i < ROUNDS; i++) {
		keep_least(&raw, time_raw(kind, span_first(message, HEADER)));
		keep_least(&whole, time_raw(kind, message));
		keep_least(&one, time_signer(kind));
		keep_least(&hash, time_hash());
		keep_least(&two, time_two(kind));
	}
	printf(
	    "%-9s signer %6.1f us, raw EVP over the header %6.1f us: %.2f x, "
	    "with the SHA-256 of the body %.2f x,\n"
	    "          over the whole message %.2f x; two threads %.2f x "
	    "one\n",
	    kind->name, one * 1e6, raw * 1e6, one / raw, one / (raw + hash),
	    one / whole, one / two);
	arena_free(&arena);
}

int
main(void)
{
	struct kind kinds[] = {
		{ "rsa-2048", EVP_RSA_gen(2048), NULL, 50 },
		{ "ed25519", EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), NULL,
		    200 },
	};

	if (mkdtemp(directory) == NULL)
		die("no temporary directory", NULL);
	printf("DKIM, one signature, relaxed/relaxed, body of 20 kB; its "
	       "SHA-256 alone %.1f us\n",
	    time_hash() * 1e6);
	for (unsigned i = 0; i < 2; i++) {
		open_kind(&kinds[i]);
		report(&kinds[i]);
		signer_close(&kinds[i].signer);
		EVP_PKEY_free(kinds[i].key);
	}
	rmdir(directory);
	return 0;
}
