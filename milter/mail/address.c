#include "milter/mail/address.h"

#include <ctype.h>
#include <idn2.h>

#include "milter/mail/charset.h"
#include "milter/mail/encoded_word.h"

#define FOLD 76
/* RFC 5321 section 4.5.3.1 */
#define LOCAL_MAX 64
#define DOMAIN_MAX 255
/* A quoted name longer than this is encoded: encoded words can be folded. */
#define QUOTED_MAX 200

/* Longer tags are no words; the bound keeps reading linear. */
#define OPAQUE_MAX 1000

struct address_reader {
	struct span rest;
	struct arena *arena;
	struct buf words;   /* the phrase or bare address so far */
	struct buf comment; /* the last comment */
	bool quoted;	    /* a quoted string is in words */
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* The length of the "{{ ... }}" or "{% ... %}" at the start, or 0. */
static size_t
opaque_length(struct span text)
{
	const char *close;
	size_t at;

	if (text.len < 4 || text.at[0] != '{')
		return 0;
	if (text.at[1] != '{' && text.at[1] != '%')
		return 0;
	close = text.at[1] == '{' ? "}}" : "%}";
	text = span_first(span_from(text, 2), OPAQUE_MAX);
	at = span_search(text, span_str(close));
	return at == text.len ? 0 : at + 4;
}

/* Adds text in which a backslash quotes what follows. */
static void
add_unquoted(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\' && i + 1 < text.len)
			i++;
		buf_byte(out, text.at[i]);
	}
}

/* Reads "..." at the start, opaque regions taken as they are. */
static void
read_quoted(struct address_reader *r)
{
	r->rest = span_from(r->rest, 1);
	while (r->rest.len > 0 && r->rest.at[0] != '"') {
		size_t n = opaque_length(r->rest);

		if (n == 0)
			n = r->rest.at[0] == '\\' && r->rest.len > 1 ? 2 : 1;
		add_unquoted(span_first(r->rest, n), &r->words);
		r->rest = span_from(r->rest, n);
	}
	r->rest = span_from(r->rest, 1);
	r->quoted = true;
}

/* Reads (...) at the start, nested ones included. */
static void
read_comment(struct address_reader *r)
{
	size_t depth = 0, n = 0;

	buf_clear(&r->comment);
	for (; n < r->rest.len; n++) {
		char c = r->rest.at[n];

		if (c == ')' && --depth == 0)
			break;
		if (c == '\\' && n + 1 < r->rest.len)
			buf_byte(&r->comment, r->rest.at[++n]);
		else if (depth > 0)
			buf_byte(&r->comment, c);
		depth += c == '(';
	}
	r->rest = span_from(r->rest, n + 1);
}

/* Reads words up to one of <>,;: or the end; blanks between become one. */
static void
read_words(struct address_reader *r)
{
	bool gap = false;

	while (r->rest.len > 0 && !strchr("<>,;:", r->rest.at[0])) {
		char c = r->rest.at[0];
		size_t n = opaque_length(r->rest);

		if (c == ' ' || c == '\t') {
			gap = true;
			r->rest = span_from(r->rest, 1);
			continue;
		}
		if (c == '(') {
			read_comment(r);
			gap = true;
			continue;
		}
		if (gap && r->words.len > 0)
			buf_byte(&r->words, ' ');
		gap = false;
		if (c == '"') {
			read_quoted(r);
			continue;
		}
		n = n ? n : 1;
		buf_add(&r->words, span_first(r->rest, n));
		r->rest = span_from(r->rest, n);
	}
}

/* Reads <...> at the start; a source route (@a,@b:) goes. 1 or 0. */
static int
read_angle(struct address_reader *r, struct span *address)
{
	size_t at = 1;
	struct span inner;

	while (at < r->rest.len && r->rest.at[at] != '>') {
		size_t n = opaque_length(span_from(r->rest, at));

		if (r->rest.at[at] == '"')
			for (n = 1;
			     at + n < r->rest.len && r->rest.at[at + n] != '"';)
				n += r->rest.at[at + n] == '\\' ? 2 : 1;
		at += n ? n : 1;
	}
	if (at >= r->rest.len)
		return 0;
	inner = span_trim(span_of(r->rest.at + 1, at - 1));
	if (inner.len > 0 && inner.at[0] == '@')
		inner = span_from(inner, span_find(inner, ':') + 1);
	*address = span_trim(inner);
	r->rest = span_from(r->rest, at + 1);
	return 1;
}

static int
take_name(struct address_reader *r, struct span raw, struct span *name,
    struct err *err)
{
	struct span copy;

	if (arena_dup(r->arena, span_trim(raw), &copy) < 0)
		return full(err);
	if (encoded_words_decode(copy, r->arena, name, err) < 0)
		return -1;
	*name = span_trim(*name);
	return 0;
}

static int
add_mailbox(struct address_list *list, size_t *room, struct arena *arena,
    const struct mailbox *mailbox, struct err *err)
{
	if (list->count == *room) {
		size_t more = *room ? *room * 2 : 4;
		struct mailbox *at = arena_grow(
		    arena, list->at, *room * sizeof *at, more * sizeof *at);

		if (at == NULL)
			return full(err);
		list->at = at;
		*room = more;
	}
	list->at[list->count++] = *mailbox;
	return 0;
}

/* What ends a mailbox was reached: a separator or the end. raw is what it
 * was read from. */
static int
end_mailbox(struct address_reader *r, struct span raw, struct mailbox *mailbox,
    struct err *err)
{
	if (mailbox->angle || r->words.len == 0)
		return 0;
	/* The quotes of "local part"@domain belong to it. */
	if (!r->quoted || r->comment.len > 0)
		raw = buf_span(&r->words);
	if (arena_dup(r->arena, span_trim(raw), &mailbox->address) < 0)
		return full(err);
	if (r->comment.len == 0)
		return 0;
	return take_name(r, buf_span(&r->comment), &mailbox->name, err);
}

/* Reads one mailbox or group start. 1, 0 no sense, -1. */
static int
read_mailbox(struct address_reader *r, struct mailbox *mailbox, struct err *err)
{
	struct span start = r->rest;

	*mailbox = (struct mailbox){ .kind = MAILBOX };
	buf_clear(&r->words);
	buf_clear(&r->comment);
	r->quoted = false;
	read_words(r);
	if (r->rest.len > 0 && r->rest.at[0] == ':') {
		mailbox->kind = MAILBOX_GROUP;
		r->rest = span_from(r->rest, 1);
		return take_name(r, buf_span(&r->words), &mailbox->name, err) <
			       0
			   ? -1
			   : 1;
	}
	if (r->rest.len > 0 && r->rest.at[0] == '>')
		return 0;
	if (r->rest.len > 0 && r->rest.at[0] == '<') {
		mailbox->angle = true;
		if (take_name(r, buf_span(&r->words), &mailbox->name, err) < 0)
			return -1;
		if (!read_angle(r, &mailbox->address))
			return 0;
		buf_clear(&r->words);
		read_words(r);
		if (r->words.len > 0)
			return 0;
	}
	if (r->rest.len > 0 && !strchr(",;", r->rest.at[0]))
		return 0;
	start.len -= r->rest.len;
	return end_mailbox(r, start, mailbox, err) < 0 ? -1 : 1;
}

/* Reads mailboxes and the separators after them. */
static int
read_list(struct address_reader *r, struct address_list *list, struct err *err)
{
	size_t room = 0;
	bool group = false;

	while (r->rest.len > 0) {
		struct mailbox mailbox;
		int got = read_mailbox(r, &mailbox, err);

		if (got <= 0)
			return got;
		if (mailbox.kind == MAILBOX_GROUP && group)
			return 0;
		group |= mailbox.kind == MAILBOX_GROUP;
		if ((mailbox.kind == MAILBOX_GROUP || mailbox.address.len > 0 ||
			mailbox.angle) &&
		    add_mailbox(list, &room, r->arena, &mailbox, err) < 0)
			return -1;
		if (mailbox.kind == MAILBOX_GROUP || r->rest.len == 0)
			continue;
		if (r->rest.at[0] == ';') {
			struct mailbox end = { .kind = MAILBOX_GROUP_END };

			if (!group)
				return 0;
			group = false;
			if (add_mailbox(list, &room, r->arena, &end, err) < 0)
				return -1;
		}
		r->rest = span_from(r->rest, 1);
	}
	return !group;
}

int
address_list_read(struct span line, struct arena *arena,
    struct address_list *list, struct err *err)
{
	struct address_reader r = { .rest = span_trim(line), .arena = arena };
	int got;

	*list = (struct address_list){ NULL, 0 };
	if (span_find(line, '\0') != line.len)
		return 0;
	buf_init(&r.words, arena, SIZE_MAX / 4);
	buf_init(&r.comment, arena, SIZE_MAX / 4);
	got = read_list(&r, list, err);
	if (r.words.failed || r.comment.failed)
		return full(err);
	return got;
}

/* RFC 5322 atext, and UTF-8 (RFC 6532). */
static bool
is_atext(char c)
{
	return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 ||
	       (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool
is_dot_atom(struct span text)
{
	bool dot = true;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '.' && dot)
			return false;
		dot = text.at[i] == '.';
		if (!dot && !is_atext(text.at[i]))
			return false;
	}
	return !dot;
}

static bool
is_quoted(struct span text)
{
	size_t i = 1;

	if (text.len < 2 || text.at[0] != '"')
		return false;
	for (; i < text.len && text.at[i] != '"'; i++) {
		if (text.at[i] == '\\')
			i++;
		if (i >= text.len || (unsigned char)text.at[i] < ' ' ||
		    text.at[i] == 0x7f)
			return false;
	}
	return i + 1 == text.len;
}

static bool
is_host(struct span text)
{
	size_t label = 0;

	for (size_t i = 0; i <= text.len; i++) {
		if (i == text.len || text.at[i] == '.') {
			if (label == 0 || label > 63 || text.at[i - 1] == '-' ||
			    text.at[i - label] == '-')
				return false;
			label = 0;
			continue;
		}
		if (!isalnum((unsigned char)text.at[i]) && text.at[i] != '-' &&
		    text.at[i] != '_')
			return false;
		label++;
	}
	return true;
}

static bool
is_literal(struct span text)
{
	if (text.len < 3 || text.at[0] != '[' || text.at[text.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < text.len; i++)
		if (!isalnum((unsigned char)text.at[i]) &&
		    !strchr(".:-", text.at[i]))
			return false;
	return true;
}

/* The domain with its U-labels as A-labels. 1, 0 it is none, -1 no memory. */
static int
to_ascii(struct span domain, struct arena *arena, struct span *ascii)
{
	struct span copy;
	char *out = NULL;
	int done;

	if (domain.len > DOMAIN_MAX || arena_dup(arena, domain, &copy) < 0)
		return domain.len > DOMAIN_MAX ? 0 : -1;
	done = idn2_to_ascii_8z(
	    copy.at, &out, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (done == IDN2_MALLOC)
		return -1;
	if (done != IDN2_OK)
		return 0;
	done = arena_dup(arena, span_str(out), ascii);
	idn2_free(out);
	return done < 0 ? -1 : 1;
}

int
address_check(struct span address, struct arena *arena, struct span *checked,
    struct err *err)
{
	size_t at = address.len;
	struct span local, domain, ascii;
	int good;

	while (at > 0 && address.at[at - 1] != '@')
		at--;
	local = span_first(address, at ? at - 1 : 0);
	domain = span_from(address, at);
	*checked = address;
	if (at == 0 || local.len > LOCAL_MAX || domain.len > DOMAIN_MAX ||
	    (!is_dot_atom(local) && !is_quoted(local)) || !utf8_valid(address))
		goto bad;
	if (is_literal(domain) || is_host(domain))
		return 0;
	if (ascii_only(domain))
		goto bad;
	good = to_ascii(domain, arena, &ascii);
	if (good < 0)
		return full(err);
	if (good == 0 || !is_host(ascii))
		goto bad;
	/* With a local part in UTF-8 the message is SMTPUTF8 anyway. */
	if (ascii_only(local)) {
		struct buf out;

		buf_init(&out, arena, LOCAL_MAX + DOMAIN_MAX + 2);
		buf_add(&out, local);
		buf_byte(&out, '@');
		buf_add(&out, ascii);
		if (out.failed)
			return full(err);
		*checked = buf_span(&out);
	}
	return 0;
bad:
	err_set(err, ERR_INPUT, "\"%.*s\" is not a mail address",
	    SPAN_ARG(span_first(address, 80)));
	return err_quotes(err);
}

/* A new line, unless the first one is still empty. */
static void
fold(struct buf *out, size_t *column)
{
	if (out->len <= 1)
		return;
	if (out->at[out->len - 1] == ' ')
		out->len--;
	buf_add(out, SPAN("\n "));
	*column = 1;
}

/* Atoms and blanks that need neither quotes nor encoding. */
static bool
is_plain_phrase(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		bool blank = name.at[i] == ' ';

		if ((unsigned char)name.at[i] >= 0x80 ||
		    (!blank && !is_atext(name.at[i])) ||
		    (blank && i > 0 && name.at[i - 1] == ' ') ||
		    (name.at[i] == '=' && i + 1 < name.len &&
			name.at[i + 1] == '?'))
			return false;
	}
	return true;
}

static bool
is_quotable(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.at[i] < ' ' ||
		    (unsigned char)name.at[i] >= 0x7f)
			return false;
	return name.len <= QUOTED_MAX &&
	       span_search(name, SPAN("=?")) == name.len;
}

static void
write_quoted(struct span name, struct buf *out)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] == '"' || name.at[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, name.at[i]);
	}
	buf_byte(out, '"');
}

static void
write_name(struct span name, struct buf *out, size_t *column)
{
	size_t start = out->len;

	if (name.len > QUOTED_MAX ||
	    (!is_plain_phrase(name) && !is_quotable(name))) {
		encoded_words_encode_phrase(name, out, column);
		return;
	}
	if (*column + name.len + 2 > FOLD) {
		fold(out, column);
		start = out->len;
	}
	if (is_plain_phrase(name))
		buf_add(out, name);
	else
		write_quoted(name, out);
	*column += out->len - start;
}

static void
write_address(const struct mailbox *mailbox, struct span address,
    struct buf *out, size_t *column)
{
	bool angle = mailbox->angle || mailbox->name.len > 0;
	size_t width = address.len + (angle ? 2 : 0);

	if (mailbox->name.len > 0) {
		if (*column + 1 + width > FOLD) {
			fold(out, column);
		} else {
			buf_byte(out, ' ');
			++*column;
		}
	} else if (*column + width > FOLD) {
		fold(out, column);
	}
	if (angle)
		buf_byte(out, '<');
	buf_add(out, address);
	if (angle)
		buf_byte(out, '>');
	*column += width;
}

int
address_list_write(const struct address_list *list, size_t column,
    struct arena *arena, struct span *value, struct err *err)
{
	struct buf out;
	bool comma = false;

	buf_init(&out, arena, SIZE_MAX / 4);
	for (size_t i = 0; i < list->count; i++) {
		const struct mailbox *mailbox = &list->at[i];
		struct span address;

		if (mailbox->kind == MAILBOX_GROUP_END) {
			buf_byte(&out, ';');
			comma = true;
			continue;
		}
		buf_str(&out, comma ? ", " : " ");
		column += comma ? 2 : 1;
		if (mailbox->name.len > 0)
			write_name(mailbox->name, &out, &column);
		if (mailbox->kind == MAILBOX_GROUP) {
			buf_byte(&out, ':');
			column++;
			comma = false;
			continue;
		}
		if (address_check(mailbox->address, arena, &address, err) < 0)
			return -1;
		write_address(mailbox, address, &out, &column);
		comma = true;
	}
	if (out.failed)
		return full(err);
	*value = buf_span(&out);
	return 0;
}
