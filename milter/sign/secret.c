#include "milter/sign/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/base/buf.h"

enum { SECRET_MAX = 64 * 1024 };

/* O_NONBLOCK: a fifo in the file's place must not hang the daemon. */
static int
open_checked(const char *path, struct stat *st, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno == EACCES)
		return err_set(err, ERR_KEY,
		    "cannot open key file %s: %s; run `chown %lu %s`", path,
		    strerror(errno), (unsigned long)geteuid(), path);
	if (fd < 0)
		return err_set(err, ERR_KEY, "cannot open key file %s: %s",
		    path, strerror(errno));
	if (fstat(fd, st) < 0)
		err_set(err, ERR_KEY, "cannot examine key file %s: %s", path,
		    strerror(errno));
	else if (!S_ISREG(st->st_mode))
		err_set(err, ERR_KEY, "key file %s is not a file", path);
	else if (st->st_uid != 0 && st->st_uid != geteuid())
		err_set(err, ERR_KEY,
		    "key file %s belongs to user %lu, not to root or to %lu; "
		    "run `chown %lu %s`",
		    path, (unsigned long)st->st_uid, (unsigned long)geteuid(),
		    (unsigned long)geteuid(), path);
	else if ((st->st_mode & 077) != 0)
		err_set(err, ERR_KEY,
		    "key file %s has mode %04o: group and others may have no "
		    "access; run `chmod 0600 %s`",
		    path, (unsigned)(st->st_mode & 07777), path);
	else if (st->st_size > SECRET_MAX)
		err_set(err, ERR_KEY, "key file %s is too big", path);
	else
		return fd;
	close(fd);
	return -1;
}

int
secret_read(
    const char *path, struct arena *arena, struct span *bytes, struct err *err)
{
	struct stat st;
	int fd = open_checked(path, &st, err);
	struct buf text;
	int result = 0;

	if (fd < 0)
		return -1;
	/* A file that grew since is not the one that was examined. What grows
	 * may move, and leave a copy behind. */
	buf_init(&text, arena, (size_t)st.st_size + 1);
	if (buf_reserve(&text, text.max) < 0 || buf_read(&text, fd) < 0)
		result = text.failed ? err_set(err, ERR_MEMORY, "out of memory")
				     : err_set(err, ERR_KEY,
					   "cannot read key file %s: %s", path,
					   strerror(errno));
	else if (text.len == 0)
		result = err_set(err, ERR_KEY, "key file %s is empty", path);
	close(fd);
	*bytes = span_of(buf_cstr(&text), text.len);
	return result;
}

const struct secret *
secrets_find(const struct secrets *secrets, struct span name)
{
	for (size_t i = 0; i < secrets->count; i++)
		if (span_eq(secrets->secrets[i].name, name))
			return &secrets->secrets[i];
	return NULL;
}

int
secret_mac(const struct secret *secret, const struct span *parts, size_t count,
    unsigned char mac[32], struct err *err)
{
	struct span key = secret->bytes;
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string("digest", digest, 0),
		OSSL_PARAM_construct_end(),
	};
	size_t len = 0;
	int ok = ctx != NULL && EVP_MAC_init(ctx, (const unsigned char *)key.at,
				    key.len, params) == 1;

	for (size_t i = 0; ok && i < count; i++) {
		unsigned char size[8];

		for (int b = 0; b < 8; b++)
			size[b] = (unsigned char)(parts[i].len >> 8 * b);
		ok = EVP_MAC_update(ctx, size, sizeof size) == 1 &&
		     (parts[i].len == 0 ||
			 EVP_MAC_update(ctx, (const unsigned char *)parts[i].at,
			     parts[i].len) == 1);
	}
	ok = ok && EVP_MAC_final(ctx, mac, &len, 32) == 1 && len == 32;
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(hmac);
	if (!ok)
		return err_set(err, ERR_KEY, "HMAC-SHA-256 failed");
	return 0;
}
