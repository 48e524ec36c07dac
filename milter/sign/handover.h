/*
 * Hands libopendkim a parsed private key and a body hash that are there
 * already. It has no call for either: it parses a key's text and hashes a
 * body's bytes for every signature. Where the program is linked with
 *
 *     --wrap=PEM_read_bio_PrivateKey --wrap=SHA256_Update --wrap=SHA256_Final
 *
 * and the static libopendkim, its calls of these three arrive here. Where it
 * is not, nothing is taken, and only what libopendkim is given counts.
 *
 * 1. Only the thread between handover_begin() and handover_end() sees any of
 *    it; all other calls of the three take the ordinary way.
 * 2. No struct of libopendkim or libcrypto is read. The hash of a body is the
 *    SHA256_CTX to which HANDOVER_BODY was added, known by its address.
 */
#ifndef INLAY_MILTER_HANDOVER_H
#define INLAY_MILTER_HANDOVER_H

#include <openssl/types.h>
#include <stdbool.h>

/* The text of a key and of a body for which the real ones are handed over. A
 * header field, which has a colon, never reads like the body. */
#define HANDOVER_KEY "-----INLAY KEY-----"
#define HANDOVER_BODY "-----INLAY BODY-----\r\n"

struct handover {
	EVP_PKEY *key;		   /* NULL: the text is parsed */
	bool gives_back;	   /* libopendkim frees the reference it gets */
	const unsigned char *body; /* SHA-256; NULL: the body is hashed */
	bool key_taken, body_taken; /* whether it came to that */
	const void *hash;	    /* the address of the body's SHA256_CTX */
};

/* Between the two, what this thread does in libopendkim takes from *hand. */
void handover_begin(struct handover *hand);
void handover_end(void);

#endif
