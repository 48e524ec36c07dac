#include "milter/sign/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "milter/mail/field.h"
#include "store/base/buf.h"

#define SEAL_NAME SPAN("X-Inlay-Seal")

enum { SEAL_SKEW = 300, DIGITS_MAX = 12 };

/* What makes a template what it is, each of them at most once. Fields that
 * mail servers add on the way stay out. */
static const char *const sealed_fields[] = { "From", "To", "Subject",
	"Message-ID", NULL /* the campaign header */, "MIME-Version",
	"Content-Type", "Content-Transfer-Encoding" };

enum { SEALED = sizeof sealed_fields / sizeof sealed_fields[0] };

static struct span
sealed_field(unsigned i, struct span campaign_header)
{
	return sealed_fields[i] ? span_str(sealed_fields[i]) : campaign_header;
}

/* A value as every mail server leaves it: runs of blanks and folds are one
 * space, none at the ends (as RFC 6376 section 3.4.2). */
static int
canonical(struct span value, struct arena *arena, struct span *out)
{
	struct buf buf;
	bool gap = false;

	buf_init(&buf, arena, value.len);
	for (size_t i = 0; i < value.len; i++) {
		char c = value.at[i];

		if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
			gap = buf.len != 0;
			continue;
		}
		if (gap)
			buf_byte(&buf, ' ');
		gap = false;
		buf_byte(&buf, c);
	}
	*out = buf_span(&buf);
	return buf.failed ? -1 : 0;
}

/* Empty lines at the end come and go on the way. */
static struct span
body_core(struct span body)
{
	while (body.len != 0 &&
	       (body.at[body.len - 1] == '\n' || body.at[body.len - 1] == '\r'))
		body.len--;
	return body;
}

static int
seal_mac(const struct secret *secret, const struct fields *fields,
    struct span campaign_header, struct span body, struct span when,
    struct arena *arena, unsigned char mac[32], struct err *err)
{
	struct span parts[SEALED + 3] = { SPAN("inlay-seal"), when };

	for (unsigned i = 0; i < SEALED; i++) {
		const struct header_field *field =
		    fields_find(fields, sealed_field(i, campaign_header), 1);

		if (field != NULL &&
		    canonical(field->value, arena, &parts[i + 2]) < 0)
			return err_set(err, ERR_MEMORY, "out of memory");
	}
	parts[SEALED + 2] = body_core(body);
	return secret_mac(secret, parts, SEALED + 3, mac, err);
}

static int
read_fields(struct span message, struct arena *arena, struct fields *fields,
    struct span *body, struct err *err)
{
	size_t used, separator;

	if (fields_read(message, arena, fields, &used, &separator, err) < 0)
		return -1;
	*body = span_from(message, used + separator);
	return 0;
}

int
seal_make(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, struct arena *arena, struct span *value,
    struct err *err)
{
	unsigned char mac[32], base64[48];
	struct fields fields;
	struct span body;
	struct buf when, out;

	if (secrets->count == 0)
		return err_set(err, ERR_KEY, "no seal-key is configured");
	if (read_fields(message, arena, &fields, &body, err) < 0)
		return -1;
	buf_init(&when, arena, DIGITS_MAX);
	buf_printf(&when, "%lld", (long long)now);
	if (seal_mac(&secrets->secrets[0], &fields, campaign_header, body,
		buf_span(&when), arena, mac, err) < 0)
		return -1;
	EVP_EncodeBlock(base64, mac, sizeof mac);
	buf_init(&out, arena, 512);
	buf_printf(&out, "v=1; k=%.*s; t=%s; b=%s",
	    SPAN_ARG(secrets->secrets[0].name), buf_cstr(&when),
	    (const char *)base64);
	if (out.failed || when.failed)
		return err_set(err, ERR_MEMORY, "no room for a seal");
	*value = buf_span(&out);
	return 0;
}

/* The value of a tag in "v=1; k=a; ...", or an empty span. */
static struct span
tag_value(struct span list, char name)
{
	while (list.len != 0) {
		size_t end = span_find(list, ';');
		struct span tag = span_trim(span_first(list, end));

		if (tag.len > 2 && tag.at[0] == name && tag.at[1] == '=')
			return span_from(tag, 2);
		list = span_from(list, end + 1);
	}
	return SPAN_NONE;
}

static int
refuse(struct err *err, const char *why)
{
	err_set(err, ERR_AUTH, "%s", why);
	return 0;
}

/* Whether the time stands in the window. */
static int
is_fresh(struct span when, int64_t now, int64_t max_age)
{
	int64_t then = 0;

	if (when.len == 0 || when.len >= DIGITS_MAX)
		return 0;
	for (size_t i = 0; i < when.len; i++) {
		if (when.at[i] < '0' || when.at[i] > '9')
			return 0;
		then = then * 10 + (when.at[i] - '0');
	}
	return then <= now + SEAL_SKEW && then >= now - max_age;
}

int
seal_check(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, int64_t max_age, struct arena *arena,
    struct err *err)
{
	unsigned char mac[32], base64[48];
	const struct header_field *seal;
	const struct secret *secret;
	struct fields fields;
	struct span body, list, given;

	if (read_fields(message, arena, &fields, &body, err) < 0)
		return -1;
	seal = fields_find(&fields, SEAL_NAME, 1);
	if (seal == NULL)
		return refuse(err, "no X-Inlay-Seal");
	if (fields_find(&fields, SEAL_NAME, 2) != NULL)
		return refuse(err, "two X-Inlay-Seal");
	/* A second From could be the one that readers see. */
	for (unsigned i = 0; i < SEALED; i++)
		if (fields_find(&fields, sealed_field(i, campaign_header), 2) !=
		    NULL)
			return refuse(err, "a sealed header stands twice");
	if (canonical(seal->value, arena, &list) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	given = tag_value(list, 'b');
	secret = secrets_find(secrets, tag_value(list, 'k'));
	if (!span_eq(tag_value(list, 'v'), SPAN("1")) || given.len != 44)
		return refuse(err, "X-Inlay-Seal is malformed");
	if (secret == NULL)
		return refuse(err, "X-Inlay-Seal is of an unknown key");
	if (!is_fresh(tag_value(list, 't'), now, max_age))
		return refuse(err, "X-Inlay-Seal is too old or of the future");
	if (seal_mac(secret, &fields, campaign_header, body,
		tag_value(list, 't'), arena, mac, err) < 0)
		return -1;
	EVP_EncodeBlock(base64, mac, sizeof mac);
	if (CRYPTO_memcmp(base64, given.at, given.len) != 0)
		return refuse(err, "X-Inlay-Seal does not fit the message");
	return 1;
}
