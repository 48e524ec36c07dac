/* libopendkim's header uses u_char and its like without asking for them. */
#define _DEFAULT_SOURCE

#include "milter/sign/sign.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>
#include <opendkim/dkim.h>

#include "milter/sign/keyfile.h"
#include "milter/sign/raw_message.h"
#include "store/base/buf.h"

/*
 * 1. A private key is parsed once, when the signer opens. libopendkim wants
 *    the key as text for every signature and parses it again each time: it
 *    gets KEY_IN_HAND, and the linker's --wrap leads its call of
 *    PEM_read_bio_PrivateKey to the function below, which gives out the key.
 * 2. A body is canonicalised and hashed once for all signatures, by
 *    body_hash(), five times as fast: libopendkim gets BODY_IN_HAND for a
 *    body, and its SHA256_Final over exactly that text gives out the hash.
 * 3. Both happen only in a thread that is within sign_once(); all other
 *    text, and every verification, takes the ordinary way.
 * 4. A DKIM handle lives within one call, in an arena of its own; DKIM_LIB
 *    and the keys are shared by all threads and only read.
 * 5. libopendkim 2.11 never frees what it makes of an Ed25519 key: the arena
 *    takes care, and give_back_probe() finds out once about its reference.
 */

#define KEY_IN_HAND "-----INLAY KEY-----"
#define BODY_IN_HAND "-----INLAY BODY-----\r\n"
enum { SIGNER_MEMORY = 16 * 1024 * 1024 };

/* What the running sign_once() of this thread gives out. libopendkim has no
 * argument to carry it. */
struct in_hand {
	EVP_PKEY *key;
	bool gives_back; /* libopendkim frees the reference it gets */
	const unsigned char *body_digest; /* NULL: libopendkim hashes */
};
static _Thread_local const struct in_hand *in_hand;

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
	EVP_PKEY *key;
	dkim_alg_t algorithm;
	bool gives_back;
};

struct signer {
	DKIM_LIB *lib;
	struct loaded_key *keys;
	size_t key_count;
	dkim_canon_t header_canon, body_canon;
	enum sign_canon body_rule;
	struct arena *arena;
};

struct verifier {
	DKIM_LIB *lib;
};

EVP_PKEY *__real_PEM_read_bio_PrivateKey(
    BIO *bio, EVP_PKEY **key, pem_password_cb *ask, void *closure);
EVP_PKEY *__wrap_PEM_read_bio_PrivateKey(
    BIO *bio, EVP_PKEY **key, pem_password_cb *ask, void *closure);

int __real_SHA256_Final(unsigned char *digest, SHA256_CTX *ctx);
int __wrap_SHA256_Final(unsigned char *digest, SHA256_CTX *ctx);

EVP_PKEY *
__wrap_PEM_read_bio_PrivateKey(
    BIO *bio, EVP_PKEY **key, pem_password_cb *ask, void *closure)
{
	if (in_hand == NULL)
		return __real_PEM_read_bio_PrivateKey(bio, key, ask, closure);
	if (in_hand->gives_back)
		EVP_PKEY_up_ref(in_hand->key);
	return in_hand->key;
}

/* The text is shorter than a block, so it still stands in the context. */
int
__wrap_SHA256_Final(unsigned char *digest, SHA256_CTX *ctx)
{
	const size_t len = sizeof BODY_IN_HAND - 1;

	if (in_hand == NULL || in_hand->body_digest == NULL || ctx->Nh != 0 ||
	    ctx->Nl != len * 8 || ctx->num != len ||
	    memcmp(ctx->data, BODY_IN_HAND, len) != 0)
		return __real_SHA256_Final(digest, ctx);
	memcpy(digest, in_hand->body_digest, SHA256_DIGEST_LENGTH);
	return 1;
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
	return 0;
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
set_option(DKIM_LIB *lib, int option, const void *value, size_t size)
{
	/* The library copies what it is given; its prototype has no const. */
	void *unconst = (void *)(uintptr_t)value;

	return dkim_options(lib, DKIM_OP_SETOPT, option, unconst, size) ==
		       DKIM_STAT_OK
		   ? 0
		   : -1;
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
	if (set_option(
		signer->lib, DKIM_OPTS_SIGNHDRS, headers, sizeof headers) < 0)
		return err_set(err, ERR_CONFIG,
		    "the list of signed headers cannot be used");
	if (set_option(signer->lib, DKIM_OPTS_OVERSIGNHDRS, oversigned,
		sizeof oversigned) < 0)
		return err_set(err, ERR_CONFIG,
		    "the list of oversigned headers cannot be used");
	if (ttl != 0 && set_option(signer->lib, DKIM_OPTS_SIGNATURETTL, &ttl,
			    sizeof ttl) < 0)
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
	for (size_t i = 0; i < s->key_count; i++)
		EVP_PKEY_free(s->keys[i].key);
	if (s->lib != NULL)
		dkim_close(s->lib);
	arena_free(&s->arena);
	free(s);
	*signer = NULL;
}

int
signer_has(const struct signer *signer, struct span domain)
{
	for (size_t i = 0; i < signer->key_count; i++)
		if (span_caseeq(signer->keys[i].domain, domain))
			return 1;
	return 0;
}

/* libopendkim takes unsigned bytes that it does not write to. */
static unsigned char *
bytes_of(struct span bytes)
{
	return (unsigned char *)(uintptr_t)bytes.at;
}

/* Header fields into the handle; *rest becomes the body. */
static DKIM_STAT
feed_headers(DKIM *dkim, struct span *rest)
{
	struct span field;
	DKIM_STAT status = DKIM_STAT_OK;

	while (status == DKIM_STAT_OK && raw_message_field(rest, &field))
		if (span_find(field, ':') < field.len)
			status = dkim_header(dkim, bytes_of(field), field.len);
	return status == DKIM_STAT_OK ? dkim_eoh(dkim) : status;
}

static DKIM_STAT
feed_body(DKIM *dkim, struct span body)
{
	DKIM_STAT status;

	if (body.len == 0)
		return DKIM_STAT_OK;
	status = dkim_body(dkim, bytes_of(body), body.len);
	/* The mail server ends the last line that nobody ended. */
	if (status == DKIM_STAT_OK && !span_ends(body, SPAN("\r\n")))
		status = dkim_body(dkim, bytes_of(SPAN("\r\n")), 2);
	return status;
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

/* Headers and body, or the text that stands for the body. */
static DKIM_STAT
sign_message(DKIM *dkim, struct span message)
{
	DKIM_STAT status = feed_headers(dkim, &message);

	if (in_hand->body_digest != NULL)
		message = SPAN(BODY_IN_HAND);
	if (status == DKIM_STAT_OK)
		status = feed_body(dkim, message);
	if (status == DKIM_STAT_OK)
		status = dkim_eom(dkim, NULL);
	return status;
}

/* What all signatures of one message share. */
struct signing {
	const struct signer *signer;
	struct span message;
	const unsigned char *body_digest; /* NULL: libopendkim hashes */
	struct arena *scratch;		  /* for libopendkim */
	struct arena *arena;		  /* for the values */
};

static int
sign_with(const struct signing *signing, const struct loaded_key *key,
    struct span *value, struct err *err)
{
	const struct signer *signer = signing->signer;
	const struct in_hand hand = { key->key, key->gives_back,
		signing->body_digest };
	DKIM_STAT status;
	DKIM *dkim =
	    dkim_sign(signer->lib, bytes_of(SPAN("inlay")), signing->scratch,
		bytes_of(SPAN(KEY_IN_HAND)), bytes_of(span_str(key->selector)),
		bytes_of(key->domain), signer->header_canon, signer->body_canon,
		key->algorithm, -1, &status);
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
	in_hand = &hand;
	status = sign_message(dkim, signing->message);
	in_hand = NULL;
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
    struct span *value, struct err *err)
{
	int result = -1;

	/* Header fields are held twice or thrice, bodies line by line. */
	signing->scratch = arena_new(SIGNER_MEMORY + 4 * signing->message.len);
	if (signing->scratch == NULL)
		err_set(err, ERR_MEMORY, "out of memory");
	else
		result = sign_with(signing, key, value, err);
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

/* Signs once with a copy of the key whose only reference libopendkim gets,
 * and looks whether it was freed. */
static int
give_back_probe(struct signer *signer, struct loaded_key *key, struct err *err)
{
	struct loaded_key probe = *key;
	struct signing signing = { .signer = signer,
		.message = SPAN("From: a@b.example\r\n\r\n"),
		.arena = signer->arena };
	struct span value;
	bool freed = false;
	int index = CRYPTO_get_ex_new_index(
	    CRYPTO_EX_INDEX_EVP_PKEY, 0, NULL, NULL, NULL, note_freed);
	int result;

	probe.key = EVP_PKEY_dup(key->key);
	probe.gives_back = false;
	if (index < 0 || probe.key == NULL ||
	    EVP_PKEY_set_ex_data(probe.key, index, &freed) != 1) {
		EVP_PKEY_free(probe.key);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	result = sign_once(&signing, &probe, &value, err);
	key->gives_back = freed;
	if (!freed) {
		EVP_PKEY_set_ex_data(probe.key, index, NULL);
		EVP_PKEY_free(probe.key);
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
		       give_back_probe(s, &s->keys[s->key_count], err) == 0)
			s->key_count++;
		if (s->key_count == options->key_count)
			return 0;
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
	int hashed;

	*signatures = (struct signatures){ NULL, 0 };
	if (domain.len == 0 && !raw_message_author_domain(message, &domain))
		return err_set(err, ERR_KEY,
		    "no domain to sign for: no usable From address");
	signatures->values =
	    arena_calloc(arena, signer->key_count, sizeof(struct span));
	if (signatures->values == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	hashed = body_hash(
	    raw_message_body(message), signer->body_rule, digest, err);
	if (hashed < 0)
		return -1;
	signing.body_digest = hashed ? digest : NULL;
	for (size_t i = 0; i < signer->key_count; i++) {
		if (!span_caseeq(signer->keys[i].domain, domain))
			continue;
		if (sign_once(&signing, &signer->keys[i],
			&signatures->values[signatures->count], err) < 0)
			return -1;
		signatures->count++;
	}
	if (signatures->count == 0)
		return err_set(err, ERR_KEY, "no signing key for domain %.*s",
		    SPAN_ARG(domain));
	return 0;
}

int
verifier_open(const char *key_file, struct verifier **verifier, struct err *err)
{
	static const unsigned timeout = 5, bits = 1024;
	static const dkim_query_t from_file = DKIM_QUERY_FILE;
	DKIM_LIB *lib;

	*verifier = calloc(1, sizeof **verifier);
	if (*verifier == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	lib = (*verifier)->lib = dkim_init(NULL, NULL);
	if (lib == NULL ||
	    set_option(lib, DKIM_OPTS_TIMEOUT, &timeout, sizeof timeout) < 0 ||
	    set_option(lib, DKIM_OPTS_MINKEYBITS, &bits, sizeof bits) < 0) {
		verifier_close(verifier);
		return err_set(err, ERR_MEMORY, "cannot start libopendkim");
	}
	if (key_file == NULL)
		return 0;
	if (access(key_file, R_OK) == 0 &&
	    set_option(lib, DKIM_OPTS_QUERYMETHOD, &from_file,
		sizeof from_file) == 0 &&
	    set_option(lib, DKIM_OPTS_QUERYINFO, key_file, strlen(key_file)) ==
		0)
		return 0;
	verifier_close(verifier);
	return err_set(err, ERR_CONFIG, "cannot read the public keys in %s: %s",
	    key_file, strerror(errno));
}

void
verifier_close(struct verifier **verifier)
{
	if (*verifier == NULL)
		return;
	if ((*verifier)->lib != NULL)
		dkim_close((*verifier)->lib);
	free(*verifier);
	*verifier = NULL;
}

/* Only the wanted domain's signatures are worth a key lookup. */
static void
ignore_others(DKIM *dkim, struct span domain)
{
	DKIM_SIGINFO **sigs;
	int count;

	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK)
		return;
	for (int i = 0; i < count; i++) {
		const char *of = (char *)dkim_sig_getdomain(sigs[i]);

		if (!span_caseeq(span_str(of), domain))
			dkim_sig_ignore(sigs[i]);
	}
}

/* Whether a signature of the domain holds and leaves no byte unsigned. */
static int
has_valid(DKIM *dkim, struct span domain)
{
	DKIM_SIGINFO **sigs;
	int count;

	if (dkim_getsiglist(dkim, &sigs, &count) != DKIM_STAT_OK)
		return 0;
	for (int i = 0; i < count; i++) {
		const char *of = (char *)dkim_sig_getdomain(sigs[i]);
		ssize_t all, covered, limit;

		if (!span_caseeq(span_str(of), domain) ||
		    !DKIM_SIG_CHECK(sigs[i]))
			continue;
		if (dkim_sig_getcanonlen(dkim, sigs[i], &all, &covered,
			&limit) == DKIM_STAT_OK &&
		    limit == -1)
			return 1;
	}
	return 0;
}

static int
verify(DKIM *dkim, struct span message, struct span domain, struct err *err)
{
	DKIM_STAT status = feed_headers(dkim, &message);

	if (status == DKIM_STAT_NOSIG)
		return err_set(err, ERR_AUTH, "no DKIM signature"), 0;
	ignore_others(dkim, domain);
	if (status == DKIM_STAT_OK)
		status = feed_body(dkim, message);
	if (status == DKIM_STAT_OK)
		status = dkim_eom(dkim, NULL);
	if (status == DKIM_STAT_OK && has_valid(dkim, domain))
		return 1;
	if (status == DKIM_STAT_NORESOURCE || status == DKIM_STAT_INTERNAL)
		return err_set(err, ERR_MEMORY, "libopendkim: %s",
		    dkim_getresultstr(status));
	if (status == DKIM_STAT_KEYFAIL || status == DKIM_STAT_CANTVRFY)
		return err_set(err, ERR_SYSTEM,
		    "cannot get the DKIM key of %.*s now", SPAN_ARG(domain));
	err_set(err, ERR_AUTH, "no valid DKIM signature of %.*s (%s)",
	    SPAN_ARG(domain), dkim_getresultstr(status));
	return 0;
}

int
verifier_check(const struct verifier *verifier, struct span message,
    struct span domain, struct err *err)
{
	DKIM_STAT status;
	DKIM *dkim;
	int valid;

	if (domain.len == 0 && !raw_message_author_domain(message, &domain))
		return err_set(err, ERR_AUTH, "no usable From address"), 0;
	dkim =
	    dkim_verify(verifier->lib, bytes_of(SPAN("inlay")), NULL, &status);
	if (dkim == NULL)
		return err_set(err, ERR_MEMORY, "libopendkim: %s",
		    dkim_getresultstr(status));
	valid = verify(dkim, message, domain, err);
	dkim_free(dkim);
	return valid;
}
