#include "store/record/key.h"

#include "store/base/ascii.h"
#include "store/base/buf.h"
#include "store/base/hash.h"

#include <idn2.h>
#include <stdlib.h>

#define ADDRESS_MAX 1024 /* RFC 5321 4.5.3.1 allows 254; UTF-8 some more */

static bool
is_atext(unsigned char c)
{
	return ascii_is_digit((char)c) || ascii_is_letter((char)c) ||
	       c >= 0x80 ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c) != NULL);
}

/* Without <>, blanks and source route (RFC 5321 appendix C). */
static struct span
bare(struct span address)
{
	address = span_trim(address);
	if (address.len >= 2 && address.at[0] == '<' &&
	    address.at[address.len - 1] == '>')
		address = span_trim(span_of(address.at + 1, address.len - 2));
	if (span_starts(address, SPAN("@"))) {
		size_t colon = span_find(address, ':');

		if (colon < address.len)
			address = span_from(address, colon + 1);
	}
	return address;
}

/* The local part's meaning without quotes, in lower case, into text. How
 * long it is, or 0 where it is none. */
static size_t
local_unquote(struct span local, bool quoted, char *text)
{
	struct span inner =
	    quoted ? span_of(local.at + 1, local.len - 2) : local;
	size_t len = 0;

	for (size_t i = 0; i < inner.len; i++) {
		if (quoted && inner.at[i] == '\\' && ++i == inner.len)
			return 0;
		if ((unsigned char)inner.at[i] < ' ' || inner.at[i] == 0x7f)
			return 0;
		if (!quoted && !is_atext((unsigned char)inner.at[i]))
			return 0;
		text[len++] = ascii_lower(inner.at[i]);
	}
	return len;
}

static bool
is_dot_atom(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_atext((unsigned char)text.at[i]) ||
		    (text.at[i] == '.' &&
			(i == 0 || i + 1 == text.len || text.at[i - 1] == '.')))
			return false;
	return text.len != 0;
}

/* "a.b"@x is a.b@x; quotes stay around what needs them. Dots at odd places
 * without quotes are delivered as they are: some hosts have such mailboxes. */
static int
local_normalise(struct span local, struct buf *out)
{
	bool quoted = local.len >= 2 && local.at[0] == '"' &&
		      local.at[local.len - 1] == '"';
	char text[ADDRESS_MAX];
	size_t len = local_unquote(local, quoted, text);

	if (len == 0)
		return 0;
	if (!quoted || is_dot_atom(span_of(text, len))) {
		buf_add(out, span_of(text, len));
		return 1;
	}
	buf_byte(out, '"');
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"' || text[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, text[i]);
	}
	buf_byte(out, '"');
	return 1;
}

/* What stands in no domain: IDNA maps wide forms of these to them. */
static bool
is_domain(struct span domain)
{
	for (size_t i = 0; i < domain.len; i++) {
		unsigned char c = (unsigned char)domain.at[i];

		if (c <= ' ' || c == 0x7f || strchr("@<>,;\"", c) != NULL)
			return false;
	}
	return domain.len != 0;
}

/* Adds the domain without a dot at its end. 1, or 0 where it is none. */
static int
add_domain(struct span domain, struct buf *out)
{
	if (span_ends(domain, SPAN(".")))
		domain.len--;
	if (!is_domain(domain))
		return 0;
	buf_add(out, domain);
	return 1;
}

/* The domain as A-labels. What IDNA refuses is kept as it is: it is used,
 * and must have one key. Most names are ASCII and have nothing to map. */
static int
add_normal_domain(struct span domain, struct buf *out)
{
	char text[ADDRESS_MAX + 1];
	char *labels = NULL;
	bool ascii = true;
	int added;

	if (domain.len > ADDRESS_MAX || span_find(domain, '\0') != domain.len)
		return 0;
	for (size_t i = 0; i < domain.len; i++) {
		ascii &= (unsigned char)domain.at[i] < 0x80;
		text[i] = ascii_lower(domain.at[i]);
	}
	text[domain.len] = '\0';
	if (ascii || idn2_to_ascii_8z(text, &labels,
			 IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT) != IDN2_OK)
		return add_domain(span_of(text, domain.len), out);
	added = add_domain(span_str(labels), out);
	idn2_free(labels);
	return added;
}

/* The last @, or address.len. */
static size_t
last_at(struct span address)
{
	for (size_t i = address.len; i > 0; i--)
		if (address.at[i - 1] == '@')
			return i - 1;
	return address.len;
}

int
address_normalise(struct span address, struct arena *arena, struct span *normal,
    struct err *err)
{
	struct buf out;
	size_t at;

	address = bare(address);
	at = last_at(address);
	if (at == address.len || at == 0 || address.len > ADDRESS_MAX)
		return 0;
	buf_init(&out, arena, (size_t)4 * ADDRESS_MAX);
	if (!local_normalise(span_first(address, at), &out))
		return 0;
	buf_byte(&out, '@');
	if (!add_normal_domain(span_from(address, at + 1), &out))
		return 0;
	buf_cstr(&out);
	if (out.failed)
		return err_set(err, ERR_MEMORY, "no memory for an address");
	*normal = buf_span(&out);
	return 1;
}

int
domain_normalise(struct span domain, struct arena *arena, struct span *normal,
    struct err *err)
{
	struct buf out;
	int is_domain;

	buf_init(&out, arena, ADDRESS_MAX);
	is_domain = add_normal_domain(domain, &out);
	if (out.failed)
		return err_set(err, ERR_MEMORY, "no memory for a domain");
	*normal = buf_span(&out);
	return is_domain;
}

struct span
address_local(struct span normal)
{
	return span_first(normal, last_at(normal));
}

struct span
address_domain(struct span normal)
{
	return span_from(normal, last_at(normal) + 1);
}

struct record_key
record_key(struct span tenant, struct span normal)
{
	struct span parts[] = { tenant, normal };
	struct record_key key;

	hash_blake2b128(parts, 2, key.bytes);
	return key;
}

struct message_key
message_key(struct span tenant, struct span campaign, struct span message_id,
    struct span recipient)
{
	struct span parts[] = { tenant, campaign, message_id, recipient };
	struct message_key key;

	hash_blake2b128(parts, 4, key.bytes);
	return key;
}

char *
record_key_hex(const struct record_key *key, char *out)
{
	hex_write(key->bytes, KEY_SIZE, out);
	out[2 * KEY_SIZE] = '\0';
	return out;
}
