#include "tools/input/text_stream.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <strings.h>

#include "milter/mail/charset.h"
#include "store/base/suggest.h"
#include "tools/input/file_kind.h"
#include "tools/input/input_stream.h"

#define CHUNK ((size_t)64 * 1024)

struct text_stream {
	struct input_stream *source;
	bool converting;
	iconv_t cd;
	size_t unit;			  /* bytes that are skipped together */
	char encoding[CHARSET_NAME_SIZE]; /* as iconv calls it */
	size_t at, len;			  /* of bytes read ahead */
	bool ended;			  /* the source has no more */
	bool flushed;
	char bytes[CHUNK];
};

/* As SPAN, where constants are wanted. */
#define MARK(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}

static const struct mark {
	struct span bytes;
	const char *encoding;
} marks[] = {
	{ MARK("\xef\xbb\xbf"), "UTF-8" },
	{ MARK("\xff\xfe\0\0"), "UTF-32LE" },
	{ MARK("\0\0\xfe\xff"), "UTF-32BE" },
	{ MARK("\xff\xfe"), "UTF-16LE" },
	{ MARK("\xfe\xff"), "UTF-16BE" },
};

/* What people call encodings, for those who misspell one. */
static bool
usual_name(const void *none, size_t index, struct span *name)
{
	static const char *const names[] = { "utf-8", "utf-16", "utf-16le",
		"utf-16be", "windows-1252", "windows-1250", "windows-1251",
		"windows-1253", "windows-1254", "iso-8859-1", "iso-8859-2",
		"iso-8859-15", "cp850", "macintosh", "koi8-r", "latin1" };

	(void)none;
	if (index >= sizeof names / sizeof *names)
		return false;
	*name = span_str(names[index]);
	return true;
}

static int
unknown(const char *encoding, struct err *err)
{
	struct span nearest =
	    suggest_nearest(span_str(encoding), usual_name, NULL);

	if (nearest.len == 0)
		return err_set(err, ERR_INPUT,
		    "nobody here knows the encoding `%s`; `iconv -l` lists "
		    "them",
		    encoding);
	return err_set(err, ERR_INPUT,
	    "nobody here knows the encoding `%s`; did you mean `%.*s`?",
	    encoding, SPAN_ARG(nearest));
}

/* Reads ahead until the buffer is full or the source at its end. */
static int
fill(struct text_stream *text, struct err *err)
{
	memmove(text->bytes, text->bytes + text->at, text->len - text->at);
	text->len -= text->at;
	text->at = 0;
	while (!text->ended && text->len < CHUNK) {
		ssize_t got = input_stream_read(text->source,
		    text->bytes + text->len, CHUNK - text->len, err);

		if (got < 0)
			return -1;
		text->len += (size_t)got;
		text->ended = got == 0;
	}
	return 0;
}

/* Latin letters and commas in UTF-16 have a NUL beside them. */
static const char *
encoding_by_nuls(struct span head)
{
	if (head.len < 4)
		return NULL;
	if (head.at[0] && !head.at[1] && head.at[2] && !head.at[3])
		return "UTF-16LE";
	if (!head.at[0] && head.at[1] && !head.at[2] && head.at[3])
		return "UTF-16BE";
	return NULL;
}

/* The encoding by the mark, which is skipped, or as the caller says. */
static const char *
find_encoding(struct text_stream *text, const char *said)
{
	struct span head = span_of(text->bytes, text->len);

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (span_starts(head, marks[i].bytes)) {
			text->at = marks[i].bytes.len;
			return marks[i].encoding;
		}
	if (!said)
		said = encoding_by_nuls(head);
	return said ? said : "UTF-8";
}

static int
start(struct text_stream *text, const char *encoding, struct err *err)
{
	if (!charset_name(span_str(encoding), text->encoding))
		return unknown(encoding, err);
	text->unit = strncasecmp(text->encoding, "UTF-16", 6) == 0   ? 2
		     : strncasecmp(text->encoding, "UTF-32", 6) == 0 ? 4
								     : 1;
	if (strcasecmp(text->encoding, "UTF-8") == 0)
		return 0;
	text->cd = iconv_open("UTF-8", text->encoding);
	/* cast: iconv's own way to say there is no such pair */
	if (text->cd == (iconv_t)-1)
		return unknown(encoding, err);
	text->converting = true;
	return 0;
}

int
text_stream_open(struct input_stream *source, const char *encoding,
    struct text_stream **text, struct err *err)
{
	struct text_stream *made = calloc(1, sizeof *made);
	const char *kind;
	int status = -1;

	if (!made)
		return err_set(err, ERR_MEMORY, "out of memory");
	made->source = source;
	if (fill(made, err) < 0)
		goto end;
	kind = file_kind(span_of(made->bytes, made->len));
	if (kind)
		err_at(err, ERR_INPUT, input_stream_name(source), 0, 0,
		    "this is %s", kind);
	else
		status = start(made, find_encoding(made, encoding), err);
end:
	if (status < 0)
		text_stream_close(&made);
	*text = made;
	return status;
}

void
text_stream_close(struct text_stream **text)
{
	if (!*text)
		return;
	if ((*text)->converting)
		iconv_close((*text)->cd);
	free(*text);
	*text = NULL;
}

/* Writes the byte that no text has for what cannot be converted. */
static void
skip(struct text_stream *text, char **to, size_t *room)
{
	size_t left = text->len - text->at;

	text->at += left < text->unit ? left : text->unit;
	*(*to)++ = (char)0xff;
	--*room;
}

/* Converts what fits of what is ahead: bytes written, maybe none. */
static size_t
convert(struct text_stream *text, char *at, size_t size)
{
	char *to = at;
	size_t room = size;

	while (text->at < text->len && room >= 16) {
		char *in = text->bytes + text->at;
		size_t left = text->len - text->at;
		size_t done = iconv(text->cd, &in, &left, &to, &room);

		text->at = text->len - left;
		if (done != (size_t)-1 || errno == E2BIG)
			continue;
		if (errno == EINVAL && !text->ended)
			break; /* the rest of it is in the file */
		skip(text, &to, &room);
	}
	if (text->at == text->len && text->ended && !text->flushed &&
	    room >= 16) {
		iconv(text->cd, NULL, NULL, &to, &room);
		text->flushed = true;
	}
	return (size_t)(to - at);
}

static ssize_t
read_as_is(struct text_stream *text, char *at, size_t size, struct err *err)
{
	size_t ready = text->len - text->at;

	if (ready == 0)
		return text->ended
			   ? 0
			   : input_stream_read(text->source, at, size, err);
	if (ready > size)
		ready = size;
	memcpy(at, text->bytes + text->at, ready);
	text->at += ready;
	return (ssize_t)ready;
}

ssize_t
text_stream_read(
    struct text_stream *text, char *at, size_t size, struct err *err)
{
	size_t made = 0;

	if (!text->converting)
		return read_as_is(text, at, size, err);
	while (made == 0 &&
	       !(text->ended && text->at == text->len && text->flushed)) {
		if (!text->ended && fill(text, err) < 0)
			return -1;
		made = convert(text, at, size);
	}
	return (ssize_t)made;
}

const char *
text_stream_encoding(const struct text_stream *text)
{
	return text->encoding;
}
