#include "milter/sign/keypair.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RSA_BITS = 2048, STRING_MAX = 255, RECORD_MAX = 4096 };

EVP_PKEY *
keypair_make(enum keypair_kind kind, struct err *err)
{
	EVP_PKEY *key = kind == KEYPAIR_RSA
			    ? EVP_RSA_gen(RSA_BITS)
			    : EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	if (key == NULL)
		err_set(err, ERR_KEY, "OpenSSL cannot make a key");
	return key;
}

/* Unbuffered: no copy stays behind. */
static int
store(FILE *file, const EVP_PKEY *key, uid_t owner, gid_t group)
{
	if (setvbuf(file, NULL, _IONBF, 0) != 0 ||
	    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) != 1)
		return -1;
	if (geteuid() == 0 && fchown(fileno(file), owner, group) < 0)
		return -1;
	return fsync(fileno(file));
}

int
keypair_write(const EVP_PKEY *key, const char *path, uid_t owner, gid_t group,
    struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int result;

	if (file == NULL)
		return err_set(err, ERR_KEY, "cannot make the key file %s: %s",
		    path, strerror(errno));
	result = store(file, key, owner, group);
	if (result < 0) {
		err_set(err, ERR_KEY, "cannot write the key file %s: %s", path,
		    strerror(errno));
		unlink(path);
	}
	fclose(file);
	return result;
}

static void
add_base64(struct buf *record, const unsigned char *bytes, int len)
{
	unsigned char text[RECORD_MAX];

	if (len > (int)sizeof text / 4 * 3 - 4) {
		record->failed = true;
		return;
	}
	buf_add(record,
	    span_of((char *)text, (size_t)EVP_EncodeBlock(text, bytes, len)));
}

int
keypair_record(const EVP_PKEY *key, struct buf *record, struct err *err)
{
	unsigned char raw[32], *der = NULL;
	size_t raw_len = sizeof raw;
	int len;

	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		len = i2d_PUBKEY(key, &der);
		if (len <= 0)
			break;
		buf_add(record, SPAN("v=DKIM1; k=rsa; p="));
		add_base64(record, der, len);
		OPENSSL_free(der);
		return 0;
	case EVP_PKEY_ED25519:
		if (EVP_PKEY_get_raw_public_key(key, raw, &raw_len) != 1)
			break;
		buf_add(record, SPAN("v=DKIM1; k=ed25519; p="));
		add_base64(record, raw, (int)raw_len);
		return 0;
	}
	return err_set(err, ERR_KEY, "no public half of the key to be had");
}

int
keypair_zone(const EVP_PKEY *key, const char *selector, const char *domain,
    struct buf *zone, struct err *err)
{
	struct buf text;
	struct span rest;
	int result;

	buf_init_heap(&text, RECORD_MAX);
	result = keypair_record(key, &text, err);
	rest = buf_span(&text);
	buf_printf(zone, "%s._domainkey.%s. IN TXT (", selector, domain);
	while (rest.len != 0) {
		buf_printf(zone, "\n\t\"%.*s\"",
		    SPAN_ARG(span_first(rest, STRING_MAX)));
		rest = span_from(rest, STRING_MAX);
	}
	buf_add(zone, SPAN(" )\n"));
	if (result == 0 && (text.failed || zone->failed))
		result = err_set(err, ERR_MEMORY, "out of memory");
	buf_deinit(&text);
	return result;
}
