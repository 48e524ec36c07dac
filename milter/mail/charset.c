#include "milter/mail/charset.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>

#include "store/base/buf.h"

/* No charset needs more UTF-8 bytes than this for one of its own bytes. */
#define GROWTH 8

/* What mail calls it, what iconv calls it. */
static const struct {
	const char *mail;
	const char *iconv;
} aliases[] = {
	{ "utf8", "UTF-8" },
	{ "utf_8", "UTF-8" },
	{ "unicode-1-1-utf-8", "UTF-8" },
	{ "unicode-1-1-utf-7", "UTF-7" },
	{ "ascii", "US-ASCII" },
	{ "ansi_x3.4-1968", "US-ASCII" },
	{ "iso-8859-8-i", "ISO-8859-8" },
	{ "iso-8859-8-e", "ISO-8859-8" },
	{ "iso-8859-6-i", "ISO-8859-6" },
	{ "iso-8859-6-e", "ISO-8859-6" },
	{ "ks_c_5601-1987", "UHC" },
	{ "ks_c_5601-1989", "UHC" },
	{ "x-sjis", "SHIFT_JIS" },
	{ "x-gbk", "GBK" },
	{ "x-euc-jp", "EUC-JP" },
	{ "x-mac-roman", "MACINTOSH" },
	{ "hz-gb-2312", "" },
	{ "cp-850", "CP850" },
};

/* Charsets in which bytes below 128 are ASCII wherever they stand. */
static const char *const supersets[] = {
	"utf-8",
	"us-ascii",
	"iso-8859-",
	"windows-125",
	"cp125",
	"koi8-",
	"euc-",
};

static bool
is_tail(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* The length of the well-formed character at p, at most left bytes; 0 when
 * there is none. */
static size_t
sequence(const char *p, size_t left)
{
	unsigned char a = (unsigned char)p[0];
	unsigned char b = left > 1 ? (unsigned char)p[1] : 0;

	if (a < 0x80)
		return 1;
	if (a < 0xc2 || left < 2 || !is_tail(p[1]))
		return 0;
	if (a < 0xe0)
		return 2;
	if (left < 3 || !is_tail(p[2]))
		return 0;
	if (a < 0xf0) {
		if ((a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f))
			return 0;
		return 3;
	}
	if (a > 0xf4 || left < 4 || !is_tail(p[3]))
		return 0;
	if ((a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f))
		return 0;
	return 4;
}

static size_t
ascii_prefix(const char *p, size_t len)
{
	size_t at = 0;
	uint64_t word;

	for (; at + sizeof word <= len; at += sizeof word) {
		memcpy(&word, p + at, sizeof word);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (at < len && (unsigned char)p[at] < 0x80)
		at++;
	return at;
}

bool
ascii_only(struct span text)
{
	return ascii_prefix(text.at, text.len) == text.len;
}

bool
utf8_valid(struct span text)
{
	size_t at = 0;

	if (text.len == 0)
		return true;
	while ((at += ascii_prefix(text.at + at, text.len - at)) < text.len) {
		size_t n = sequence(text.at + at, text.len - at);

		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

size_t
utf8_length(struct span text)
{
	size_t n;

	if (text.len == 0)
		return 0;
	n = sequence(text.at, text.len);
	return n ? n : 1;
}

bool
charset_name(struct span charset, char *name)
{
	if (charset.len == 0 || charset.len >= CHARSET_NAME_SIZE)
		return false;
	for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
		if (span_caseeq(charset, span_str(aliases[i].mail)))
			charset = span_str(aliases[i].iconv);
	for (size_t i = 0; i < charset.len; i++) {
		char c = charset.at[i];

		if (!isalnum((unsigned char)c) && c != '-' && c != '_' &&
		    c != '.' && c != ':' && c != '+')
			return false;
		name[i] = c;
	}
	name[charset.len] = '\0';
	return charset.len != 0;
}

static bool
name_is(struct span charset, const char *iconv)
{
	char name[CHARSET_NAME_SIZE];

	return charset_name(charset, name) && strcasecmp(name, iconv) == 0;
}

static bool
begins(struct span charset, const char *start)
{
	struct span prefix = span_str(start);

	return span_caseeq(span_first(charset, prefix.len), prefix);
}

static bool
is_ascii(struct span charset)
{
	return charset.len == 0 || name_is(charset, "US-ASCII");
}

static bool
is_superset(struct span charset)
{
	for (size_t i = 0; i < sizeof supersets / sizeof supersets[0]; i++)
		if (begins(charset, supersets[i]))
			return true;
	return is_ascii(charset) || name_is(charset, "UTF-8");
}

bool
charset_is_wide(struct span charset)
{
	static const char *const wide[] = { "utf-16", "utf-32", "utf16",
		"utf32", "ucs-", "ucs2", "ucs4", "iso-10646-ucs", "csunicode" };

	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (begins(charset, wide[i]))
			return true;
	return false;
}

/* 1 converted, 0 it does not convert exactly, -1 no memory. */
static int
convert_all(iconv_t cd, struct span from, struct buf *out)
{
	/* iconv's parameter lacks a const it keeps in practice. */
	char *in = (char *)(uintptr_t)from.at;
	size_t left = from.len;
	bool flushing = false;

	for (;;) {
		size_t room, done;
		char *to;

		if (buf_reserve(out, 64 + left) < 0)
			return -1;
		to = out->at + out->len;
		room = out->size - out->len - 1;
		done = flushing ? iconv(cd, NULL, NULL, &to, &room)
				: iconv(cd, &in, &left, &to, &room);
		out->len = (size_t)(to - out->at);
		if (done == (size_t)-1 && errno == E2BIG)
			continue;
		if (done != 0)
			return 0;
		if (flushing)
			return 1;
		flushing = true;
	}
}

static int
convert(const char *to, const char *from, struct span bytes,
    struct arena *arena, struct span *result, struct err *err)
{
	iconv_t cd;
	struct buf out;
	int done;

	if (bytes.len > SIZE_MAX / GROWTH - 1024)
		return err_set(err, ERR_MEMORY, "text too long");
	cd = iconv_open(to, from);
	/* cast: iconv's own way to say there is no such pair */
	if (cd == (iconv_t)-1)
		return 0;
	buf_init(&out, arena, bytes.len * GROWTH + 1024);
	done = convert_all(cd, bytes, &out);
	iconv_close(cd);
	if (done < 0)
		return err_set(
		    err, ERR_MEMORY, "the message needs too much memory");
	*result = buf_span(&out);
	return done;
}

int
charset_decode(struct span charset, struct span bytes, struct arena *arena,
    struct span *utf8, struct err *err)
{
	char name[CHARSET_NAME_SIZE];
	int done;

	*utf8 = bytes;
	if (is_superset(charset) && ascii_only(bytes))
		return 0;
	if (is_ascii(charset) && !utf8_valid(bytes))
		return err_set(err, ERR_DECODE,
		    "8-bit text that declares no charset and is not UTF-8");
	if (is_ascii(charset))
		return 0;
	if (name_is(charset, "UTF-8")) {
		if (utf8_valid(bytes))
			return 0;
		return err_set(err, ERR_DECODE,
		    "text declared as UTF-8 is not well-formed UTF-8");
	}
	if (!charset_name(charset, name))
		return err_set(err, ERR_DECODE, "unknown charset \"%.*s\"",
		    SPAN_ARG(span_first(charset, CHARSET_NAME_SIZE)));
	done = convert("UTF-8", name, bytes, arena, utf8, err);
	if (done == 0 || (done == 1 && !utf8_valid(*utf8)))
		return err_set(
		    err, ERR_DECODE, "text cannot be read as charset %s", name);
	return done < 0 ? -1 : 0;
}

int
charset_encode(struct span charset, struct span utf8, struct arena *arena,
    struct span *bytes, struct err *err)
{
	char name[CHARSET_NAME_SIZE];

	*bytes = utf8;
	if (is_superset(charset) && ascii_only(utf8))
		return 1;
	if (is_ascii(charset))
		return 0;
	if (name_is(charset, "UTF-8"))
		return 1;
	if (!charset_name(charset, name))
		return 0;
	return convert(name, "UTF-8", utf8, arena, bytes, err);
}
