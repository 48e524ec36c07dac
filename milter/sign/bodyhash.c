#include "milter/sign/bodyhash.h"

#include <openssl/evp.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

enum { BLOCK = 64 };

/* These two loops see every byte of every message: they have no branch and a
 * fixed length, so that compilers make vectors of them. Both look at one byte
 * past the block. */

/* Whether a CR stands exactly before each LF. */
static bool
clean_block(const char *at)
{
	unsigned char odd = 0;

	for (size_t i = 0; i < BLOCK; i++)
		odd |= (unsigned char)((at[i] == '\r') ^ (at[i + 1] == '\n'));
	return odd == 0;
}

/* Whether a block is its own canonical form: it is unless it has a tab, or a
 * space before a blank or a CR. */
static bool
plain_block(const char *at)
{
	unsigned char odd = 0;

	for (size_t i = 0; i < BLOCK; i++) {
		char c = at[i], next = at[i + 1];

		odd |= (unsigned char)((c == '\t') |
				       ((c == ' ') &
					   ((next == ' ') | (next == '\t') |
					       (next == '\r'))));
	}
	return odd == 0;
}

static bool
has_clean_lines(struct span body)
{
	size_t i = 0;

	if (body.len == 0)
		return true;
	if (body.at[0] == '\n' || body.at[body.len - 1] == '\r')
		return false;
	while (body.len - i > BLOCK && clean_block(body.at + i))
		i += BLOCK;
	for (; i + 1 < body.len; i++)
		if ((body.at[i] == '\r') != (body.at[i + 1] == '\n'))
			return false;
	return true;
}

/* Cuts off the empty lines at the end; under relaxed a line of blanks is
 * empty too. What remains has no line end at its end. */
static struct span
without_empty_end(struct span body, enum sign_canon canon)
{
	while (body.len != 0) {
		char last = body.at[body.len - 1];

		if (last != '\n' && last != '\r' &&
		    (canon == SIGN_SIMPLE || !is_blank(last)))
			break;
		body.len--;
	}
	return body;
}

static int
update(EVP_MD_CTX *ctx, const char *at, size_t len)
{
	return len == 0 || EVP_DigestUpdate(ctx, at, len) == 1;
}

/* Hashes the text with each run of blanks made one space, and none before a
 * line end. What is canonical goes into the hash as it stands. */
static int
update_relaxed(EVP_MD_CTX *ctx, struct span text)
{
	const char *at = text.at, *end = text.at + text.len, *start = at;
	int ok = 1;

	while (ok && at < end) {
		const char *blank;

		if (end - at > BLOCK && plain_block(at)) {
			at += BLOCK;
			continue;
		}
		while (at < end && !is_blank(*at))
			at++;
		blank = at;
		while (at < end && is_blank(*at))
			at++;
		if (at - blank == 1 && *blank == ' ' && *at != '\r')
			continue;
		ok = update(ctx, start, (size_t)(blank - start));
		if (ok && at < end && *at != '\r')
			ok = update(ctx, " ", 1);
		start = at;
	}
	return ok && update(ctx, start, (size_t)(end - start));
}

int
body_hash(struct span body, enum sign_canon canon, unsigned char digest[32],
    struct err *err)
{
	EVP_MD_CTX *ctx;
	int ok;

	if (!has_clean_lines(body))
		return 0;
	ctx = EVP_MD_CTX_new();
	body = without_empty_end(body, canon);
	ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
	if (canon == SIGN_RELAXED)
		ok = ok && update_relaxed(ctx, body);
	else
		ok = ok && update(ctx, body.at, body.len);
	/* An empty body is one CRLF when simple and nothing when relaxed. */
	if (body.len != 0 || canon == SIGN_SIMPLE)
		ok = ok && update(ctx, "\r\n", 2);
	ok = ok && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
	EVP_MD_CTX_free(ctx);
	if (!ok)
		return err_set(err, ERR_MEMORY, "cannot hash the body");
	return 1;
}
