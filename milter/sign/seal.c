#include "milter/sign/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "milter/mail/field.h"
#include "milter/sign/covered.h"
#include "store/base/buf.h"

#define SEAL_NAME SPAN("X-Inlay-Seal")

/* A field of a seal's list costs a look through the header: many of them are
 * nobody's message. */
enum { SEAL_SKEW = 300, DIGITS_MAX = 12, NAMES_MAX = 200, SEAL_MAX = 16384 };

/* What makes a template what it is: listed also where it is absent, so that
 * nobody adds it. NULL is the campaign header. */
static const char *const always_sealed[] = { "From", "To", "Subject",
	"Message-ID", NULL, "MIME-Version", "Content-Type",
	"Content-Transfer-Encoding" };

enum { ALWAYS = sizeof always_sealed / sizeof always_sealed[0] };

/* What mail servers add, change or drop on the way. */
static const char *const never_sealed[] = { "ARC-Authentication-Results",
	"ARC-Message-Signature", "ARC-Seal", "Authentication-Results", "Bcc",
	"Content-Length", "Delivered-To", "DKIM-Signature", "Received",
	"Received-SPF", "Resent-Bcc", "Return-Path", "X-Inlay-Seal",
	"X-Original-To" };

enum { NEVER = sizeof never_sealed / sizeof never_sealed[0] };

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

/* A colon before the value, which tells an empty field from none. */
static int
canonical_field(
    const struct header_field *field, struct arena *arena, struct span *out)
{
	struct span value;
	struct buf buf;

	if (canonical(field->value, arena, &value) < 0)
		return -1;
	buf_init(&buf, arena, value.len + 1);
	buf_byte(&buf, ':');
	buf_add(&buf, value);
	*out = buf_span(&buf);
	return buf.failed ? -1 : 0;
}

/* The field that a name of the list stands for: the bottom one for the first
 * time that the name is listed, then the next above (RFC 6376 section
 * 5.4.2); NULL where there is none left. */
static const struct header_field *
listed_field(const struct fields *fields, struct span name, unsigned time)
{
	unsigned count = 0;

	for (size_t i = 0; i < fields->count; i++)
		if (span_caseeq(fields->at[i].name, name))
			count = fields->at[i].nth;
	return count < time ? NULL
			    : fields_find(fields, name, count - time + 1);
}

/* Whether a list is as short as seal_mac takes it. */
static bool
fits(struct span list)
{
	unsigned names = 1;

	for (size_t i = 0; i < list.len; i++)
		names += list.at[i] == ':';
	return names <= NAMES_MAX;
}

/* The MAC over what the list names. 0 or -1. */
static int
seal_mac(const struct secret *secret, const struct fields *fields,
    struct span list, struct span body, struct span when, struct arena *arena,
    unsigned char mac[32], struct err *err)
{
	struct span parts[NAMES_MAX + 4] = { SPAN("inlay-seal-2"), when, list };
	size_t count = 3;

	for (size_t start = 0; start <= list.len; count++) {
		struct span rest = span_from(list, start);
		struct span name = span_first(rest, span_find(rest, ':'));
		const struct header_field *field;

		start += name.len + 1;
		field = listed_field(fields, name,
		    covered_count(span_first(list, start - 1), name));
		if (field != NULL &&
		    canonical_field(field, arena, &parts[count]) < 0)
			return err_set(err, ERR_MEMORY, "out of memory");
	}
	parts[count++] = body_core(body);
	return secret_mac(secret, parts, count, mac, err);
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

static bool
is_listed_anyway(struct span name, struct span campaign_header)
{
	for (unsigned i = 0; i < NEVER; i++)
		if (span_caseeq(name, span_str(never_sealed[i])))
			return true;
	for (unsigned i = 0; i < ALWAYS; i++)
		if (span_caseeq(name, always_sealed[i]
					  ? span_str(always_sealed[i])
					  : campaign_header))
			return true;
	return name.len == 0;
}

/* Each of ALWAYS, and what else the message has, as often as it stands. */
static int
make_list(const struct fields *fields, struct span campaign_header,
    struct arena *arena, struct span *list, struct err *err)
{
	struct buf buf;

	buf_init(&buf, arena, SEAL_MAX);
	for (unsigned i = 0; i < ALWAYS; i++) {
		if (i != 0)
			buf_byte(&buf, ':');
		buf_add(&buf, always_sealed[i] ? span_str(always_sealed[i])
					       : campaign_header);
	}
	for (size_t i = 0; i < fields->count; i++) {
		if (is_listed_anyway(fields->at[i].name, campaign_header))
			continue;
		buf_byte(&buf, ':');
		buf_add(&buf, fields->at[i].name);
	}
	*list = buf_span(&buf);
	if (buf.failed || !fits(*list))
		return err_set(err, ERR_LIMIT,
		    "the message has too many header fields to seal");
	return 0;
}

/* A list folded where lines get long. */
static void
write_list(struct buf *out, struct span list)
{
	size_t line = 0;

	for (size_t i = 0; i < list.len; i++) {
		buf_byte(out, list.at[i]);
		if (list.at[i] == ':' && i - line > 50) {
			buf_str(out, "\r\n\t");
			line = i;
		}
	}
}

/* Each of ALWAYS at most once: a second From could be the one that readers
 * see. */
static int
check_single(
    const struct fields *fields, struct span campaign_header, struct err *err)
{
	for (unsigned i = 0; i < ALWAYS; i++) {
		struct span name = always_sealed[i] ? span_str(always_sealed[i])
						    : campaign_header;

		if (fields_find(fields, name, 2) != NULL)
			return err_set(
			    err, ERR_AUTH, "%.*s stands twice", SPAN_ARG(name));
	}
	return 0;
}

int
seal_make(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, struct arena *arena, struct span *value,
    struct err *err)
{
	unsigned char mac[32], base64[48];
	struct fields fields;
	struct span body, list;
	struct buf when, out;

	if (secrets->count == 0)
		return err_set(err, ERR_KEY, "no seal-key is configured");
	if (read_fields(message, arena, &fields, &body, err) < 0 ||
	    check_single(&fields, campaign_header, err) < 0 ||
	    make_list(&fields, campaign_header, arena, &list, err) < 0)
		return -1;
	buf_init(&when, arena, DIGITS_MAX);
	buf_printf(&when, "%lld", (long long)now);
	if (seal_mac(&secrets->secrets[0], &fields, list, body, buf_span(&when),
		arena, mac, err) < 0)
		return -1;
	EVP_EncodeBlock(base64, mac, sizeof mac);
	buf_init(&out, arena, 2 * SEAL_MAX);
	buf_printf(&out,
	    "v=2; k=%.*s; t=%s;\r\n\th=", SPAN_ARG(secrets->secrets[0].name),
	    buf_cstr(&when));
	write_list(&out, list);
	buf_printf(&out, ";\r\n\tb=%s", (const char *)base64);
	if (out.failed || when.failed)
		return err_set(err, ERR_MEMORY, "no room for a seal");
	*value = buf_span(&out);
	return 0;
}

/* The value of a tag in "v=2; k=a; ...", or an empty span. */
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

/* The list without blanks. */
static int
read_list(struct span text, struct arena *arena, struct span *list)
{
	struct buf buf;

	buf_init(&buf, arena, text.len);
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != ' ')
			buf_byte(&buf, text.at[i]);
	*list = buf_span(&buf);
	return buf.failed ? -1 : 0;
}

/* What stands in a seal. */
struct seal {
	const struct secret *secret;
	struct span when, list, mac;
};

/* 1; 0 with ERR_AUTH, or -1. */
static int
read_seal(const struct secrets *secrets, const struct fields *fields,
    struct arena *arena, struct seal *seal, struct err *err)
{
	const struct header_field *field = fields_find(fields, SEAL_NAME, 1);
	struct span tags;

	if (field == NULL)
		return refuse(err, "no X-Inlay-Seal");
	if (fields_find(fields, SEAL_NAME, 2) != NULL)
		return refuse(err, "two X-Inlay-Seal");
	if (canonical(field->value, arena, &tags) < 0 ||
	    read_list(tag_value(tags, 'h'), arena, &seal->list) < 0)
		return err_set(err, ERR_MEMORY, "out of memory");
	seal->when = tag_value(tags, 't');
	seal->mac = tag_value(tags, 'b');
	seal->secret = secrets_find(secrets, tag_value(tags, 'k'));
	if (span_eq(tag_value(tags, 'v'), SPAN("1")))
		return refuse(err, "X-Inlay-Seal is of version 1, which "
				   "covers too little");
	if (!span_eq(tag_value(tags, 'v'), SPAN("2")) || seal->mac.len != 44 ||
	    seal->list.len == 0 || !fits(seal->list))
		return refuse(err, "X-Inlay-Seal is malformed");
	if (seal->secret == NULL)
		return refuse(err, "X-Inlay-Seal is of an unknown key");
	return 1;
}

int
seal_check(const struct secrets *secrets, struct span campaign_header,
    struct span message, int64_t now, int64_t max_age, struct arena *arena,
    struct span *covered, struct err *err)
{
	unsigned char mac[32], base64[48];
	struct seal seal = { .secret = NULL };
	struct fields fields;
	struct span body;
	int read;

	if (read_fields(message, arena, &fields, &body, err) < 0)
		return -1;
	read = read_seal(secrets, &fields, arena, &seal, err);
	if (read <= 0)
		return read;
	if (check_single(&fields, campaign_header, err) < 0)
		return 0;
	if (!is_fresh(seal.when, now, max_age))
		return refuse(err, "X-Inlay-Seal is too old or of the future");
	if (seal_mac(seal.secret, &fields, seal.list, body, seal.when, arena,
		mac, err) < 0)
		return -1;
	EVP_EncodeBlock(base64, mac, sizeof mac);
	if (CRYPTO_memcmp(base64, seal.mac.at, seal.mac.len) != 0)
		return refuse(err, "X-Inlay-Seal does not fit the message");
	*covered = seal.list;
	return 1;
}
