/* libopendkim's header uses u_char and its like without asking for them. */
#define _DEFAULT_SOURCE

#include "milter/sign/sign.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdlib.h>

#include "milter/sign/handover.h"
#include "milter/sign/keyfile.h"
#include "milter/sign/opendkim.h"
#include "milter/sign/raw_message.h"
#include "store/base/buf.h"

/*
 * 1. A private key is parsed once, when the signer opens, and a body is
 *    canonicalised and hashed once for all signatures, by body_hash(), five
 *    times as fast as libopendkim does it: both are handed over. Whether this
 *    libopendkim takes them is found out once per key, by probe(); what it
 *    does not take it is given as text, and the signature is the same.
 * 2. A DKIM handle lives within one call, in an arena of its own; DKIM_LIB
 *    and the keys are shared by all threads and only read.
 * 3. libopendkim 2.11 never frees what it makes of an Ed25519 key: the arena
 *    takes care of its memory, and whether it gives back its reference to
 *    the key is found out by probe() as well. Of an Ed25519 key that it
 *    parsed itself it loses half a kilobyte per signature.
 */

enum { SIGNER_MEMORY = 16 * 1024 * 1024 };

const char *const sign_headers[] = { "From", "Sender", "Reply-To", "Subject",
	"Date", "Message-ID", "To", "Cc", "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding", "Content-ID", "Content-Description",
	"Resent-Date", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc",
	"Resent-Message-ID", "In-Reply-To", "References", "List-Id",
	"List-Help", "List-Unsubscribe", "List-Unsubscribe-Post",
	"List-Subscribe", "List-Post", "List-Owner", "List-Archive",
	"Feedback-ID", "Auto-Submitted", NULL };

const char *const sign_oversigned[] = { "From", "Subject", "Content-Type",
	"MIME-Version", "Content-Transfer-Encoding", NULL };

struct loaded_key {
	struct span domain;
	const char *selector;
	struct span text; /* what libopendkim gets as the key */
	EVP_PKEY *key;
	dkim_alg_t algorithm;
	bool handed_over; /* the key, not only its text */
	bool gives_back;
};

struct signer {
	DKIM_LIB *lib;
	struct loaded_key *keys;
	size_t key_count;
	dkim_canon_t header_canon, body_canon;
	enum sign_canon body_rule;
	bool hands_bodies;
	struct arena *arena;
};

/* The key in PEM, as libopendkim reads it. */
static int
write_text(struct signer *signer, struct loaded_key *key, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_secmem());
	char *text = NULL;
	int result = -1;

	if (bio != NULL && PEM_write_bio_PrivateKey(
			       bio, key->key, NULL, NULL, 0, NULL, NULL) == 1) {
		long len = BIO_get_mem_data(bio, &text);

		result = arena_dup(
		    signer->arena, span_of(text, (size_t)len), &key->text);
	}
	BIO_free(bio);
	return result < 0 ? err_set(err, ERR_MEMORY, "out of memory") : 0;
}

/* Nobody needs the text of a key any more. */
static void
forget_text(struct loaded_key *key)
{
	OPENSSL_cleanse(opendkim_bytes(key->text), key->text.len);
	key->text = SPAN_NONE;
}

static int
load_key(struct signer *signer, const struct sign_key *from,
    struct loaded_key *key, struct err *err)
{
	struct span selector;

	key->key = keyfile_read(from->file, err);
	if (key->key == NULL)
		return -1;
	if (arena_dup(signer->arena, span_str(from->selector), &selector) < 0 ||
	    arena_dup(signer->arena, span_str(from->domain), &key->domain) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	key->selector = selector.at;
	key->algorithm = EVP_PKEY_get_base_id(key->key) == EVP_PKEY_ED25519
			     ? DKIM_SIGN_ED25519SHA256
			     : DKIM_SIGN_RSASHA256;
	return write_text(signer, key, err);
}

/* libopendkim's memory for one signature; what it has for itself, without
 * an arena, is from the heap. */
static void *
take_memory(void *arena, size_t size)
{
	return arena != NULL ? arena_alloc(arena, size) : malloc(size);
}

static void
give_memory(void *arena, void *at)
{
	if (arena == NULL)
		free(at);
}

static int
configure(
    struct signer *signer, const struct sign_options *options, struct err *err)
{
	const char *const *headers =
	    options->headers ? options->headers : sign_headers;
	const char *const *oversigned =
	    options->oversigned ? options->oversigned : sign_oversigned;
	uint64_t ttl = options->ttl;

	signer->lib = dkim_init(take_memory, give_memory);
	if (signer->lib == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (opendkim_option(
		signer->lib, DKIM_OPTS_SIGNHDRS, headers, sizeof headers) < 0)
		return err_set(err, ERR_CONFIG,
		    "the list of signed headers cannot be used");
	if (opendkim_option(signer->lib, DKIM_OPTS_OVERSIGNHDRS, oversigned,
		sizeof oversigned) < 0)
		return err_set(err, ERR_CONFIG,
		    "the list of oversigned headers cannot be used");
	if (ttl != 0 && opendkim_option(signer->lib, DKIM_OPTS_SIGNATURETTL,
			    &ttl, sizeof ttl) < 0)
		return err_set(err, ERR_CONFIG,
		    "the signature's life time cannot be used");
	return 0;
}

void
signer_close(struct signer **signer)
{
	struct signer *s = *signer;

	if (s == NULL)
		return;
	for (size_t i = 0; i < s->key_count; i++) {
		EVP_PKEY_free(s->keys[i].key);
		if (!s->keys[i].handed_over)
			forget_text(&s->keys[i]);
	}
	if (s->lib != NULL)
		dkim_close(s->lib);
	arena_free(&s->arena);
	free(s);
	*signer = NULL;
}

const char *
signer_hint(const struct signer *signer)
{
	bool fast = signer->hands_bodies;

	for (size_t i = 0; i < signer->key_count; i++)
		fast = fast && signer->keys[i].handed_over;
	return fast ? NULL
		    : "signing is slower than it could be: this program is "
		      "not linked with the static libopendkim, which then "
		      "parses the key for every signature";
}

static int
sign_failed(
    DKIM *dkim, const struct loaded_key *key, DKIM_STAT status, struct err *err)
{
	const char *why = dkim ? dkim_geterror(dkim) : NULL;

	if (status == DKIM_STAT_NORESOURCE)
		return err_set(err, ERR_MEMORY, "out of memory");
	return err_set(err, ERR_KEY,
	    "cannot sign for %.*s with selector %s: %s", SPAN_ARG(key->domain),
	    key->selector, why ? why : dkim_getresultstr(status));
}

/* The value after the colon begins with the blank that was signed. */
static int
add_blank(
    struct span text, struct arena *arena, struct span *value, struct err *err)
{
	struct buf buf;

	buf_init(&buf, arena, text.len + 1);
	buf_byte(&buf, ' ');
	buf_add(&buf, text);
	if (buf.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	*value = buf_span(&buf);
	return 0;
}

/* What all signatures of one message share. */
struct signing {
	const struct signer *signer;
	struct span message;
	const unsigned char *body_digest; /* NULL: libopendkim hashes */
	struct arena *scratch;		  /* for libopendkim */
	struct arena *arena;		  /* for the values */
};

/* Headers and body, or the text that stands for the body. */
static DKIM_STAT
sign_message(DKIM *dkim, const struct signing *signing)
{
	struct span rest = signing->message;
	DKIM_STAT status = opendkim_headers(dkim, &rest);

	if (signing->body_digest != NULL)
		rest = SPAN(HANDOVER_BODY);
	if (status == DKIM_STAT_OK)
		status = opendkim_body(dkim, rest);
	if (status == DKIM_STAT_OK)
		status = dkim_eom(dkim, NULL);
	return status;
}

/* *hand says what is handed over, and then whether it was taken. */
static int
sign_with(const struct signing *signing, const struct loaded_key *key,
    struct handover *hand, struct span *value, struct err *err)
{
	const struct signer *signer = signing->signer;
	DKIM_STAT status;
	DKIM *dkim = dkim_sign(signer->lib, opendkim_bytes(SPAN("inlay")),
	    signing->scratch, opendkim_bytes(key->text),
	    opendkim_bytes(span_str(key->selector)),
	    opendkim_bytes(key->domain), signer->header_canon,
	    signer->body_canon, key->algorithm, -1, &status);
	unsigned char *text = NULL;
	size_t len = 0;
	int result = -1;

	if (dkim == NULL)
		return sign_failed(NULL, key, status, err);
	/* libopendkim (2.11) folds an Ed25519 signature in another place than
	 * where it hashed it, which only relaxed headers bear. */
	if (signer->header_canon == DKIM_CANON_SIMPLE &&
	    key->algorithm == DKIM_SIGN_ED25519SHA256)
		dkim_set_margin(dkim, 0);
	handover_begin(hand);
	status = sign_message(dkim, signing);
	handover_end();
	if (status == DKIM_STAT_OK)
		status = dkim_getsighdr_d(
		    dkim, sizeof DKIM_SIGNHEADER + 1, &text, &len);
	if (status != DKIM_STAT_OK)
		sign_failed(dkim, key, status, err);
	else
		result =
		    add_blank(span_of(text, len), signing->arena, value, err);
	dkim_free(dkim);
	return result;
}

/* The same in a scratch arena that ends with it. */
static int
sign_once(struct signing *signing, const struct loaded_key *key,
    struct handover *hand, struct span *value, struct err *err)
{
	int result = -1;

	/* Header fields are held twice or thrice, bodies line by line. */
	signing->scratch = arena_new(SIGNER_MEMORY + 4 * signing->message.len);
	if (signing->scratch == NULL)
		err_set(err, ERR_MEMORY, "out of memory");
	else
		result = sign_with(signing, key, hand, value, err);
	arena_free(&signing->scratch);
	return result;
}

/* Called by libcrypto when a key that remembers a place is freed. */
static void
note_freed(void *key, void *place, CRYPTO_EX_DATA *data, int index, long number,
    void *argument)
{
	(void)key, (void)data, (void)index, (void)number, (void)argument;
	if (place != NULL)
		*(bool *)place = true;
}

/* Signs once with a copy of the key, whose only reference libopendkim gets,
 * and looks what it took and whether it freed it. */
static int
probe(struct signer *signer, struct loaded_key *key, struct err *err)
{
	static const unsigned char body[SHA256_DIGEST_LENGTH];
	struct handover hand = { .key = EVP_PKEY_dup(key->key), .body = body };
	struct signing signing = { .signer = signer,
		.message = SPAN("From: a@b.example\r\n\r\n"),
		.body_digest = body,
		.arena = signer->arena };
	struct span value;
	bool freed = false;
	int index = CRYPTO_get_ex_new_index(
	    CRYPTO_EX_INDEX_EVP_PKEY, 0, NULL, NULL, NULL, note_freed);
	int result;

	if (index < 0 || hand.key == NULL ||
	    EVP_PKEY_set_ex_data(hand.key, index, &freed) != 1) {
		EVP_PKEY_free(hand.key);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	result = sign_once(&signing, key, &hand, &value, err);
	key->handed_over = hand.key_taken;
	key->gives_back = freed;
	signer->hands_bodies &= hand.body_taken;
	if (key->handed_over) {
		forget_text(key);
		key->text = SPAN(HANDOVER_KEY);
	}
	if (!freed) {
		EVP_PKEY_set_ex_data(hand.key, index, NULL);
		EVP_PKEY_free(hand.key);
	}
	CRYPTO_free_ex_index(CRYPTO_EX_INDEX_EVP_PKEY, index);
	return result;
}

int
signer_open(
    const struct sign_options *options, struct signer **signer, struct err *err)
{
	static const dkim_canon_t canons[] = {
		[SIGN_SIMPLE] = DKIM_CANON_SIMPLE,
		[SIGN_RELAXED] = DKIM_CANON_RELAXED,
	};
	struct signer *s = calloc(1, sizeof *s);

	*signer = s;
	if (s == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	s->header_canon = canons[options->header_canon];
	s->body_canon = canons[options->body_canon];
	s->body_rule = options->body_canon;
	s->hands_bodies = true;
	s->arena = arena_new(SIGNER_MEMORY);
	if (s->arena != NULL)
		s->keys =
		    arena_calloc(s->arena, options->key_count, sizeof *s->keys);
	if (s->keys == NULL)
		err_set(err, ERR_MEMORY, "out of memory");
	else if (configure(s, options, err) == 0) {
		while (s->key_count < options->key_count &&
		       load_key(s, &options->keys[s->key_count],
			   &s->keys[s->key_count], err) == 0 &&
		       probe(s, &s->keys[s->key_count], err) == 0)
			s->key_count++;
		if (s->key_count == options->key_count)
			return 0;
		if (options->where != NULL)
			err_in_line(err, options->where,
			    options->entries[s->key_count].line,
			    options->entries[s->key_count].column);
		s->key_count++; /* the one that failed may hold a key */
	}
	signer_close(signer);
	return -1;
}

int
signer_sign(const struct signer *signer, struct span message,
    struct span domain, struct arena *arena, struct signatures *signatures,
    struct err *err)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	struct signing signing = {
		.signer = signer, .message = message, .arena = arena
	};
	int hashed = 0;

	*signatures = (struct signatures){ NULL, 0 };
	if (domain.len == 0 && !raw_message_author_domain(message, &domain))
		return err_set(err, ERR_KEY,
		    "no domain to sign for: no usable From address");
	signatures->values =
	    arena_calloc(arena, signer->key_count, sizeof(struct span));
	if (signatures->values == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	if (signer->hands_bodies)
		hashed = body_hash(
		    raw_message_body(message), signer->body_rule, digest, err);
	if (hashed < 0)
		return -1;
	signing.body_digest = hashed ? digest : NULL;
	for (size_t i = 0; i < signer->key_count; i++) {
		const struct loaded_key *key = &signer->keys[i];
		struct handover hand = {
			.key = key->handed_over ? key->key : NULL,
			.gives_back = key->gives_back,
			.body = signing.body_digest,
		};

		if (!span_caseeq(key->domain, domain))
			continue;
		if (sign_once(&signing, key, &hand,
			&signatures->values[signatures->count], err) < 0)
			return -1;
		signatures->count++;
	}
	if (signatures->count == 0)
		return err_set(err, ERR_KEY, "no signing key for domain %.*s",
		    SPAN_ARG(domain));
	return 0;
}
