#include "milter/sign/handover.h"

#include <openssl/pem.h>
#include <openssl/sha.h>
#include <string.h>

/* libopendkim has no argument to carry it. */
static _Thread_local struct handover *in_hand;

EVP_PKEY *__real_PEM_read_bio_PrivateKey(
    BIO *bio, EVP_PKEY **key, pem_password_cb *ask, void *closure);
EVP_PKEY *__wrap_PEM_read_bio_PrivateKey(
    BIO *bio, EVP_PKEY **key, pem_password_cb *ask, void *closure);
int __real_SHA256_Update(SHA256_CTX *hash, const void *bytes, size_t len);
int __wrap_SHA256_Update(SHA256_CTX *hash, const void *bytes, size_t len);
int __real_SHA256_Final(unsigned char *digest, SHA256_CTX *hash);
int __wrap_SHA256_Final(unsigned char *digest, SHA256_CTX *hash);

/* Only a linker that wraps knows them; without it nobody comes here. */
#pragma weak __real_PEM_read_bio_PrivateKey
#pragma weak __real_SHA256_Update
#pragma weak __real_SHA256_Final

void
handover_begin(struct handover *hand)
{
	in_hand = hand;
}

void
handover_end(void)
{
	in_hand = NULL;
}

EVP_PKEY *
__wrap_PEM_read_bio_PrivateKey(
    BIO *bio, EVP_PKEY **key, pem_password_cb *ask, void *closure)
{
	if (in_hand == NULL || in_hand->key == NULL)
		return __real_PEM_read_bio_PrivateKey(bio, key, ask, closure);
	if (in_hand->gives_back)
		EVP_PKEY_up_ref(in_hand->key);
	in_hand->key_taken = true;
	return in_hand->key;
}

int
__wrap_SHA256_Update(SHA256_CTX *hash, const void *bytes, size_t len)
{
	if (in_hand != NULL && in_hand->body != NULL &&
	    len == sizeof HANDOVER_BODY - 1 &&
	    memcmp(bytes, HANDOVER_BODY, len) == 0)
		in_hand->hash = hash;
	return __real_SHA256_Update(hash, bytes, len);
}

int
__wrap_SHA256_Final(unsigned char *digest, SHA256_CTX *hash)
{
	if (in_hand == NULL || in_hand->hash != hash || hash == NULL)
		return __real_SHA256_Final(digest, hash);
	memcpy(digest, in_hand->body, SHA256_DIGEST_LENGTH);
	in_hand->body_taken = true;
	return 1;
}
