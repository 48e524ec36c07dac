#include "milter/sign/keyfile.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "milter/sign/secret.h"

enum { SCRATCH = 256 * 1024 };

/* A key that wants a passphrase is refused: nobody is there to type it.
 * closure: whether it wanted one. */
static int
no_passphrase(char *out, int size, int writing, void *closure)
{
	bool *wanted = closure;

	(void)out, (void)size, (void)writing;
	*wanted = true;
	return -1;
}

static EVP_PKEY *
parse(const char *path, struct span pem, struct err *err)
{
	BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.len);
	EVP_PKEY *key = NULL;
	bool encrypted = false;

	if (bio == NULL) {
		err_set(err, ERR_MEMORY, "out of memory");
		return NULL;
	}
	key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);
	BIO_free(bio);
	if (key == NULL && encrypted)
		err_set(err, ERR_KEY,
		    "key file %s is encrypted, and nobody is there to type "
		    "the passphrase; run `openssl pkey -in %s -out %s.plain "
		    "&& mv %s.plain %s`",
		    path, path, path, path, path);
	else if (key == NULL)
		err_set(err, ERR_KEY,
		    "key file %s holds no private key in PEM form", path);
	return key;
}

/* 1 when DKIM can use the key, 0 and err says why not. */
static int
is_usable(const char *path, const EVP_PKEY *key, struct err *err)
{
	int type = EVP_PKEY_get_base_id(key);

	if (type == EVP_PKEY_ED25519 ||
	    (type == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) >= 1024))
		return 1;
	if (type == EVP_PKEY_RSA)
		err_set(err, ERR_KEY,
		    "key file %s: an RSA key needs 1024 bits or more", path);
	else
		err_set(err, ERR_KEY,
		    "key file %s holds neither an RSA nor an Ed25519 key",
		    path);
	return 0;
}

EVP_PKEY *
keyfile_read(const char *path, struct err *err)
{
	struct arena *scratch = arena_new(SCRATCH);
	EVP_PKEY *key = NULL;
	struct span pem;

	if (scratch == NULL)
		err_set(err, ERR_MEMORY, "out of memory");
	else if (secret_read(path, scratch, &pem, err) == 0)
		key = parse(path, pem, err);
	arena_free_secret(&scratch);
	if (key == NULL || is_usable(path, key, err))
		return key;
	EVP_PKEY_free(key);
	return NULL;
}
