#include "milter/mail/header.h"

#include "milter/mail/address.h"
#include "milter/mail/charset.h"
#include "milter/mail/mime_parameter.h"
#include "milter/mail/encoded_word.h"

#define FOLD 76
/* RFC 5322 section 2.1.1, less the blank before. */
#define LINE_LIMIT 990

/* Headers that are not unstructured text. */
static const struct {
	const char *name;
	enum header_kind kind;
} kinds[] = {
	{ "From", HEADER_ADDRESS },
	{ "Sender", HEADER_ADDRESS },
	{ "Reply-To", HEADER_ADDRESS },
	{ "To", HEADER_ADDRESS },
	{ "Cc", HEADER_ADDRESS },
	{ "Bcc", HEADER_ADDRESS },
	{ "Resent-From", HEADER_ADDRESS },
	{ "Resent-Sender", HEADER_ADDRESS },
	{ "Resent-To", HEADER_ADDRESS },
	{ "Resent-Cc", HEADER_ADDRESS },
	{ "Resent-Bcc", HEADER_ADDRESS },
	{ "Disposition-Notification-To", HEADER_ADDRESS },
	{ "Return-Receipt-To", HEADER_ADDRESS },
	{ "Errors-To", HEADER_ADDRESS },
	{ "Mail-Followup-To", HEADER_ADDRESS },
	{ "Mail-Reply-To", HEADER_ADDRESS },
	{ "Return-Path", HEADER_TOKEN },
	{ "Received", HEADER_TOKEN },
	{ "Date", HEADER_TOKEN },
	{ "Resent-Date", HEADER_TOKEN },
	{ "Message-ID", HEADER_TOKEN },
	{ "Resent-Message-ID", HEADER_TOKEN },
	{ "In-Reply-To", HEADER_TOKEN },
	{ "References", HEADER_TOKEN },
	{ "MIME-Version", HEADER_TOKEN },
	{ "Content-Type", HEADER_PARAMS },
	{ "Content-Transfer-Encoding", HEADER_TOKEN },
	{ "Content-Disposition", HEADER_PARAMS },
	{ "Content-ID", HEADER_TOKEN },
	{ "Content-Location", HEADER_TOKEN },
	{ "Content-Language", HEADER_TOKEN },
	{ "List-Id", HEADER_LIST_ID },
	{ "List-Unsubscribe", HEADER_URLS },
	{ "List-Unsubscribe-Post", HEADER_TOKEN },
	{ "List-Help", HEADER_URLS },
	{ "List-Subscribe", HEADER_URLS },
	{ "List-Post", HEADER_URLS },
	{ "List-Owner", HEADER_URLS },
	{ "List-Archive", HEADER_URLS },
	{ "Archived-At", HEADER_URLS },
	{ "Feedback-ID", HEADER_TOKEN },
	{ "Auto-Submitted", HEADER_TOKEN },
	{ "Precedence", HEADER_TOKEN },
	{ "DKIM-Signature", HEADER_TOKEN },
	{ "Authentication-Results", HEADER_TOKEN },
	{ "ARC-Seal", HEADER_TOKEN },
	{ "ARC-Message-Signature", HEADER_TOKEN },
	{ "ARC-Authentication-Results", HEADER_TOKEN },
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

/* What kind of header bears this name. */
static enum header_kind
header_kind(struct span name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (span_caseeq(name, span_str(kinds[i].name)))
			return kinds[i].kind;
	return HEADER_TEXT;
}

/* Where encoded words may stand. */
static bool
is_text(enum header_kind kind)
{
	return kind == HEADER_TEXT || kind == HEADER_LIST_ID;
}

static int
add_piece(struct header *header, enum header_piece_kind kind, struct span text)
{
	header->pieces[header->count++] = (struct header_piece){ kind, text };
	return 0;
}

static int
read_addresses(struct span line, struct arena *arena, struct header *header,
    struct err *err)
{
	struct address_list *list = ARENA_NEW(arena, struct address_list);
	int got;

	if (list == NULL)
		return full(err);
	got = address_list_read(line, arena, list, err);
	if (got <= 0 || list->count == 0)
		return got < 0 ? -1 : 0;
	header->pieces =
	    arena_calloc(arena, list->count * 2, sizeof(struct header_piece));
	if (header->pieces == NULL)
		return full(err);
	for (size_t i = 0; i < list->count; i++) {
		const struct mailbox *mailbox = &list->at[i];

		if (mailbox->kind == MAILBOX_GROUP)
			add_piece(header, PIECE_GROUP, mailbox->name);
		else if (mailbox->name.len > 0)
			add_piece(header, PIECE_NAME, mailbox->name);
		if (mailbox->kind == MAILBOX)
			add_piece(header, PIECE_ADDRESS, mailbox->address);
	}
	header->list = list;
	return 1;
}

/* Encoded words in parameters are against RFC 2047 section 5, and common. */
static int
read_params(const struct header_field *field, struct arena *arena,
    struct header *header, struct err *err)
{
	struct mime_value *content = ARENA_NEW(arena, struct mime_value);

	if (content == NULL)
		return full(err);
	if (mime_value_read(field->value, arena, content, err) < 0)
		return -1;
	if (content->odd || content->count == 0)
		return 0;
	header->pieces =
	    arena_calloc(arena, content->count, sizeof(struct header_piece));
	if (header->pieces == NULL)
		return full(err);
	for (size_t i = 0; i < content->count; i++) {
		struct span text = content->params[i].value;

		if (utf8_valid(text) &&
		    encoded_words_decode(text, arena, &text, err) < 0)
			return -1;
		add_piece(header, PIECE_PARAM, text);
	}
	header->content = content;
	return 1;
}

int
header_read(const struct header_field *field, struct arena *arena,
    struct header *header, struct err *err)
{
	struct span line, text;
	int got = 0;

	*header =
	    (struct header){ .field = field, .kind = header_kind(field->name) };
	if (field_unfold(field, arena, &line, err) < 0)
		return -1;
	if (header->kind == HEADER_ADDRESS)
		got = read_addresses(line, arena, header, err);
	if (header->kind == HEADER_PARAMS)
		got = read_params(field, arena, header, err);
	if (got != 0)
		return got < 0 ? -1 : 0;
	header->pieces = ARENA_NEW(arena, struct header_piece);
	if (header->pieces == NULL)
		return full(err);
	text = line;
	if (!utf8_valid(line))
		return err_set(
		    err, ERR_DECODE, "8-bit header that is not UTF-8");
	if ((is_text(header->kind) || header->kind == HEADER_ADDRESS) &&
	    encoded_words_decode(line, arena, &text, err) < 0)
		return -1;
	return add_piece(header, PIECE_TEXT, text);
}

/* The text on one line: each control becomes a blank, so that no value ends
 * a header. */
static int
clean(struct span text, struct arena *arena, struct span *line, struct err *err)
{
	char *at = arena_alloc(arena, text.len);

	if (!utf8_valid(text))
		return err_set(
		    err, ERR_INPUT, "the rendered header is not UTF-8");
	if (at == NULL)
		return full(err);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		at[i] = (char)(c < ' ' || c == 0x7f ? ' ' : c);
	}
	*line = span_trim(span_of(at, text.len));
	return 0;
}

/* Folds at blanks; what is between them stays. */
static int
fold_tokens(struct span line, size_t column, struct buf *out, struct err *err)
{
	bool first = true;

	while (line.len > 0) {
		size_t n = span_find(line, ' ');

		if (n > LINE_LIMIT)
			return err_set(err, ERR_INPUT,
			    "a header word of %zu characters", n);
		if (!first && column + 1 + n > FOLD && n > 0) {
			buf_byte(out, '\n');
			column = 0;
		}
		buf_byte(out, ' ');
		buf_add(out, span_first(line, n));
		column += n + 1;
		first = false;
		line = span_from(line, n + 1);
	}
	return 0;
}

static int
address_value(struct span line, size_t column, struct arena *arena,
    struct span *value, struct err *err)
{
	struct address_list list;
	int got = address_list_read(line, arena, &list, err);

	if (got < 0)
		return -1;
	if (got == 0 || list.count == 0)
		return err_set(err, ERR_INPUT,
		    "\"%.*s\" is not a list of mail addresses",
		    SPAN_ARG(span_first(line, 120)));
	return address_list_write(&list, column, arena, value, err);
}

/* A list that is no list before it is rendered does not show which of its
 * commas a value brings. One mailbox has none. */
static int
one_address_value(const struct header *header, struct span rendered,
    struct arena *arena, struct span *value, struct err *err)
{
	struct address_list list;
	struct span line;
	int got;

	if (clean(rendered, arena, &line, err) < 0)
		return -1;
	got = address_list_read(line, arena, &list, err);
	if (got < 0)
		return -1;
	if (got == 0 || list.count != 1 || list.at[0].kind != MAILBOX)
		return err_set(err, ERR_INPUT,
		    "not one mail address: where tags stand around addresses, "
		    "the header may hold one");
	return address_list_write(
	    &list, header->field->name.len + 1, arena, value, err);
}

static size_t
count_of(struct span text, char c)
{
	size_t count = 0, at;

	while ((at = span_find(text, c)) != text.len) {
		count++;
		text = span_from(text, at + 1);
	}
	return count;
}

/* Whether a value has brought what begins another item of the header: the
 * template holds fewer. One may come from a value, as the whole of it. */
static int
check_items(const struct header *header, struct span rendered, char begin,
    struct err *err)
{
	size_t meant = count_of(header->pieces[0].text, begin);

	if (count_of(rendered, begin) <= (meant ? meant : 1))
		return 0;
	return err_set(err, ERR_INPUT,
	    "the rendered header holds a \"%c\" more than its template", begin);
}

/* What stands before the colon of a scheme, or the empty span. */
static struct span
scheme_of(struct span url)
{
	struct span scheme = span_first(url, span_find(url, ':'));

	if (scheme.len == url.len || span_find(scheme, '/') < scheme.len)
		return SPAN_NONE;
	return span_trim(scheme);
}

/* Whether a link of that scheme may come from a value: RFC 2369 section 2
 * has the first three in mind. */
static bool
scheme_allowed(const struct header *header, struct span scheme)
{
	static const char *const schemes[] = { "http", "https", "mailto",
		"ftp" };
	struct span text = header->pieces[0].text;

	for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
		if (span_caseeq(scheme, span_str(schemes[i])))
			return true;
	while (text.len != 0) { /* or it is the author's own */
		text = span_from(text, span_find(text, '<') + 1);
		if (span_eq(scheme_of(text), scheme))
			return true;
	}
	return scheme.len == 0;
}

/* Of each URL in angle brackets, and of a text that is one without. */
static int
check_schemes(
    const struct header *header, struct span rendered, struct err *err)
{
	struct span text = span_trim(rendered);

	if (span_find(text, '<') != text.len)
		text = span_from(text, span_find(text, '<') + 1);
	while (text.len != 0) {
		struct span url = span_first(text, span_find(text, '>'));
		struct span scheme = scheme_of(url);

		if (!scheme_allowed(header, scheme))
			return err_set(err, ERR_INPUT,
			    "a value may bring no %.*s: URL here",
			    SPAN_ARG(span_first(scheme, 40)));
		text = span_from(text, span_find(text, '<') + 1);
	}
	return 0;
}

/* Says so of a value that mail servers would cut, refuse or stumble over. */
static int
check_length(struct span value, struct err *err)
{
	if (value.len <= HEADER_VALUE_MAX)
		return 0;
	return err_set(err, ERR_LIMIT, "a header of %zu bytes; it may have %zu",
	    value.len, HEADER_VALUE_MAX);
}

static int
make_value(struct span name, struct span utf8, struct arena *arena,
    struct span *value, struct err *err)
{
	enum header_kind kind = header_kind(name);
	size_t column = name.len + 1;
	struct span line;
	struct buf out;

	if (clean(utf8, arena, &line, err) < 0)
		return -1;
	if (kind == HEADER_ADDRESS)
		return address_value(line, column, arena, value, err);
	buf_init(&out, arena, SIZE_MAX / 4);
	if (is_text(kind)) {
		buf_byte(&out, ' ');
		column++;
		encoded_words_encode(line, &out, &column);
	} else if (!ascii_only(line)) {
		return err_set(err, ERR_INPUT,
		    "the header may hold ASCII only (url_encode helps)");
	} else if (fold_tokens(line, column, &out, err) < 0) {
		return -1;
	}
	if (out.failed)
		return full(err);
	*value = buf_span(&out);
	return 0;
}

int
header_value(struct span name, struct span utf8, struct arena *arena,
    struct span *value, struct err *err)
{
	if (make_value(name, utf8, arena, value, err) < 0)
		return -1;
	return check_length(*value, err);
}

/* A lone address may render to "Name <address>", but to one mailbox only. */
static int
widen(struct mailbox *mailbox, struct arena *arena, struct err *err)
{
	struct address_list one;
	struct span checked;
	struct err ignored = ERR_INIT;
	int got;

	if (mailbox->angle || mailbox->name.len > 0 ||
	    address_check(mailbox->address, arena, &checked, &ignored) == 0)
		return 0;
	if (ignored.code == ERR_MEMORY)
		return full(err);
	got = address_list_read(mailbox->address, arena, &one, err);
	if (got < 0)
		return -1;
	if (got == 1 && one.count == 1 && one.at[0].kind == MAILBOX)
		*mailbox = one.at[0];
	return 0;
}

static int
join_addresses(const struct header *header, const struct span *rendered,
    struct arena *arena, struct span *value, struct err *err)
{
	struct address_list list = { NULL, 0 };
	const struct address_list *old = header->list;
	size_t piece = 0;

	list.at = arena_calloc(arena, old->count, sizeof *list.at);
	if (list.at == NULL)
		return full(err);
	for (size_t i = 0; i < old->count; i++) {
		struct mailbox mailbox = old->at[i];

		if ((mailbox.kind == MAILBOX_GROUP || mailbox.name.len > 0) &&
		    clean(rendered[piece++], arena, &mailbox.name, err) < 0)
			return -1;
		if (mailbox.kind == MAILBOX) {
			if (clean(rendered[piece++], arena, &mailbox.address,
				err) < 0 ||
			    widen(&mailbox, arena, err) < 0)
				return -1;
			if (mailbox.address.len == 0 && !mailbox.angle)
				continue;
		}
		list.at[list.count++] = mailbox;
	}
	if (list.count == 0)
		return err_set(err, ERR_INPUT, "no address is left");
	return address_list_write(
	    &list, header->field->name.len + 1, arena, value, err);
}

static int
join_params(const struct header *header, const struct span *rendered,
    struct arena *arena, struct span *value, struct err *err)
{
	const struct mime_value *content = header->content;
	struct span *texts = arena_calloc(arena, content->count, sizeof *texts);

	if (texts == NULL)
		return full(err);
	for (size_t i = 0; i < content->count; i++) {
		texts[i] = content->params[i].value;
		if (!span_eq(rendered[i], header->pieces[i].text) &&
		    clean(rendered[i], arena, &texts[i], err) < 0)
			return -1;
	}
	return mime_value_join(
	    header->field->value, content, texts, arena, value, err);
}

static int
join(const struct header *header, const struct span *rendered,
    struct arena *arena, struct span *value, struct err *err)
{
	if (header->list != NULL)
		return join_addresses(header, rendered, arena, value, err);
	if (header->content != NULL)
		return join_params(header, rendered, arena, value, err);
	if (header->kind == HEADER_ADDRESS)
		return one_address_value(
		    header, rendered[0], arena, value, err);
	if (header->kind == HEADER_URLS &&
	    check_schemes(header, rendered[0], err) < 0)
		return -1;
	if (header->kind != HEADER_TEXT && header->kind != HEADER_PARAMS &&
	    check_items(header, rendered[0], '<', err) < 0)
		return -1;
	if (header->kind == HEADER_PARAMS &&
	    check_items(header, rendered[0], ';', err) < 0)
		return -1;
	return make_value(header->field->name, rendered[0], arena, value, err);
}

int
header_join(const struct header *header, const struct span *rendered,
    struct arena *arena, struct span *value, struct err *err)
{
	if (join(header, rendered, arena, value, err) < 0)
		return -1;
	return check_length(*value, err);
}
