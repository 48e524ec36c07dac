/*
 * What the daemon's tests share: a private directory with files in it, and
 * signing keys made on the spot.
 */
#ifndef INLAY_TESTS_MILTER_KIT_DAEMON_H
#define INLAY_TESTS_MILTER_KIT_DAEMON_H

#include <check.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/base/span.h"
#include "tests/suite.h"

/* For tables, where SPAN is no constant. */
#define TEXT(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}

enum { KIT_PATH = 128, KIT_FILES = 16 };

struct kit {
	char directory[KIT_PATH];
	char files[KIT_FILES][KIT_PATH];
	unsigned count;
};

static inline void
kit_open(struct kit *kit)
{
	kit->count = 0;
	snprintf(
	    kit->directory, sizeof kit->directory, "/tmp/inlay-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(kit->directory));
}

static inline void
kit_close(struct kit *kit)
{
	for (unsigned i = 0; i < kit->count; i++)
		unlink(kit->files[i]);
	rmdir(kit->directory);
}

/* The path of a new name in the directory; it goes away with the kit. */
static inline const char *
kit_path(struct kit *kit, const char *name)
{
	char path[KIT_PATH];

	ck_assert_uint_lt(kit->count, KIT_FILES);
	snprintf(path, sizeof path, "%.60s/%.60s", kit->directory, name);
	memcpy(kit->files[kit->count], path, sizeof path);
	return kit->files[kit->count++];
}

static inline const char *
kit_write(struct kit *kit, const char *name, struct span bytes, mode_t mode)
{
	const char *path = kit_path(kit, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes.at, bytes.len), (ssize_t)bytes.len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
	return path;
}

/* Writes the private key where only its owner can read it. */
static inline const char *
kit_key(struct kit *kit, const char *name, EVP_PKEY *key)
{
	const char *path = kit_write(kit, name, SPAN_NONE, 0600);
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(
	    PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
	fclose(file);
	return path;
}

/* Writes "selector._domainkey.domain v=DKIM1; ..." for the public key. */
static inline void
kit_public(FILE *file, const char *selector, const char *domain, EVP_PKEY *key)
{
	unsigned char *der = NULL, text[1024], raw[32];
	size_t raw_len = sizeof raw;
	int len = i2d_PUBKEY(key, &der);
	bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;

	ck_assert_int_gt(len, 0);
	if (rsa) {
		EVP_EncodeBlock(text, der, len);
	} else {
		ck_assert_int_eq(
		    EVP_PKEY_get_raw_public_key(key, raw, &raw_len), 1);
		EVP_EncodeBlock(text, raw, (int)raw_len);
	}
	fprintf(file, "%s._domainkey.%s v=DKIM1; k=%s; p=%s\n", selector,
	    domain, rsa ? "rsa" : "ed25519", (const char *)text);
	OPENSSL_free(der);
}

#endif
