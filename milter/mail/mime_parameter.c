#include "milter/mail/mime_parameter.h"

#include <ctype.h>

#include "milter/mail/charset.h"
#include "store/base/ascii.h"
#include "milter/mail/codec.h"
#include "store/base/buf.h"

/* More parameters than any mailer writes; further ones are not read, so
 * that putting continuations together stays linear in the header's size. */
#define PARAMS_MAX 128
#define LINE_ROOM 76

/* One "name=value" as it stands. */
struct raw_param {
	struct span name; /* RFC 2231 marks included */
	struct span raw;  /* quotes included */
	struct span base; /* name without marks */
	int section;	  /* name*N, or -1 */
	bool encoded;	  /* name*, name*N* */
	bool quoted;
};

struct parameter_reader {
	struct span rest;
	bool odd;
};

static int
full(struct err *err)
{
	return err_set(err, ERR_MEMORY, "the message needs too much memory");
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* RFC 2045 tspecials, less those that mailers leave unquoted in values. */
static bool
ends_word(char c)
{
	return is_space(c) || c == ';' || c == '"' || c == '(';
}

/* The length of the comment at the start of text (RFC 5322 section 3.2.2);
 * one that never closes runs to the end. */
static size_t
comment_length(struct span text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '(')
			depth++;
		else if (text.at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return text.len;
}

static void
skip_blanks(struct parameter_reader *r)
{
	while (r->rest.len > 0) {
		size_t n = 1;

		if (r->rest.at[0] == '(')
			n = comment_length(r->rest);
		else if (!is_space(r->rest.at[0]))
			return;
		if (n > 1 && r->rest.at[n - 1] != ')')
			r->odd = true;
		r->rest = span_from(r->rest, n);
	}
}

static struct span
take_word(struct parameter_reader *r, const char *also)
{
	size_t at = 0;
	struct span word;

	while (at < r->rest.len && !ends_word(r->rest.at[at]) &&
	       (r->rest.at[at] == '\0' || !strchr(also, r->rest.at[at])))
		at++;
	word = span_first(r->rest, at);
	r->rest = span_from(r->rest, at);
	return word;
}

/* The quoted string at the start, quotes included. */
static struct span
take_quoted(struct parameter_reader *r)
{
	size_t at = 1;
	struct span word;

	while (at < r->rest.len && r->rest.at[at] != '"')
		at += r->rest.at[at] == '\\' ? 2 : 1;
	if (at >= r->rest.len) {
		r->odd = true;
		at = r->rest.len - 1;
	}
	word = span_first(r->rest, at + 1);
	r->rest = span_from(r->rest, at + 1);
	return word;
}

/* Splits "name*N*" into its base, section and mark (RFC 2231 section 4). */
static void
split_name(struct raw_param *param)
{
	struct span name = param->name;
	size_t star, at;
	int section = 0;

	param->section = -1;
	param->base = name;
	star = span_find(name, '*');
	if (star == name.len)
		return;
	at = star + 1;
	if (at == name.len) {
		param->encoded = true;
		param->base = span_first(name, star);
		return;
	}
	while (at < name.len && isdigit((unsigned char)name.at[at]) &&
	       section < PARAMS_MAX)
		section = section * 10 + (name.at[at++] - '0');
	if (at == star + 1)
		return;
	if (at + 1 == name.len && name.at[at] == '*')
		param->encoded = true;
	else if (at != name.len)
		return;
	param->section = section;
	param->base = span_first(name, star);
}

/* 1 read one, 0 there are no more. */
static int
take_param(struct parameter_reader *r, struct raw_param *param)
{
	for (;;) {
		skip_blanks(r);
		if (r->rest.len == 0)
			return 0;
		if (r->rest.at[0] == ';') {
			r->rest = span_from(r->rest, 1);
			continue;
		}
		*param = (struct raw_param){ .section = -1 };
		param->name = take_word(r, "=");
		skip_blanks(r);
		if (param->name.len > 0 && r->rest.len > 0 &&
		    r->rest.at[0] == '=')
			break;
		/* Junk: a word without a value, or a lone quote. */
		r->odd = true;
		if (param->name.len == 0 && r->rest.len > 0)
			r->rest = span_from(r->rest, 1);
	}
	r->rest = span_from(r->rest, 1);
	skip_blanks(r);
	if (r->rest.len > 0 && r->rest.at[0] == '"') {
		param->quoted = true;
		param->raw = take_quoted(r);
	} else {
		param->raw = take_word(r, "");
	}
	skip_blanks(r);
	if (r->rest.len > 0 && r->rest.at[0] != ';')
		r->odd = true;
	split_name(param);
	return 1;
}

/* The value without quotes and backslashes; line ends of folds go. */
static void
unquote(const struct raw_param *param, struct buf *out)
{
	struct span raw = param->raw;

	if (!param->quoted) {
		buf_add(out, raw);
		return;
	}
	raw = span_from(raw, 1);
	if (raw.len > 0 && raw.at[raw.len - 1] == '"')
		raw.len--;
	for (size_t i = 0; i < raw.len; i++) {
		if (raw.at[i] == '\r' || raw.at[i] == '\n')
			continue;
		if (raw.at[i] == '\\' && i + 1 < raw.len)
			i++;
		buf_byte(out, raw.at[i]);
	}
}

static void
percent_decode(struct span text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		int high = -1, low = -1;

		if (text.at[i] == '%' && i + 2 < text.len) {
			high = hex_value(text.at[i + 1]);
			low = hex_value(text.at[i + 2]);
		}
		if (high < 0 || low < 0) {
			buf_byte(out, text.at[i]);
			continue;
		}
		buf_byte(out, (char)(high << 4 | low));
		i += 2;
	}
}

/* Takes "charset'language'" off the start. */
static struct span
take_charset(struct span *text)
{
	size_t first = span_find(*text, '\'');
	struct span charset = span_first(*text, first);
	struct span rest = span_from(*text, first + 1);
	size_t second = span_find(rest, '\'');

	if (first == text->len || second == rest.len)
		return SPAN_NONE;
	*text = span_from(rest, second + 1);
	return charset;
}

static const struct raw_param *
find_section(
    const struct raw_param *raw, size_t count, struct span base, int section)
{
	for (size_t i = 0; i < count; i++)
		if (raw[i].section == section && span_caseeq(raw[i].base, base))
			return &raw[i];
	return NULL;
}

/* Puts the value of raw[which] and, where it is the first of several
 * sections, of those that follow, together. */
static int
build_value(const struct raw_param *raw, size_t count, size_t which,
    struct arena *arena, struct mime_parameter *param, struct err *err)
{
	const struct raw_param *at = &raw[which];
	struct span charset = SPAN_NONE, utf8;
	struct err ignored = ERR_INIT;
	struct buf value, piece;

	buf_init(&value, arena, SIZE_MAX / 4);
	buf_init(&piece, arena, SIZE_MAX / 4);
	for (int section = at->section; at != NULL;) {
		struct span text;

		buf_clear(&piece);
		unquote(at, &piece);
		text = buf_span(&piece);
		if (at->encoded && at == &raw[which] &&
		    arena_dup(arena, take_charset(&text), &charset) < 0)
			return full(err);
		if (at->encoded)
			percent_decode(text, &value);
		else
			buf_add(&value, text);
		if (section < 0)
			break;
		at = find_section(raw, count, at->base, ++section);
	}
	if (value.failed || piece.failed)
		return full(err);
	param->value = buf_span(&value);
	if (charset.len == 0)
		return 0;
	if (charset_decode(charset, param->value, arena, &utf8, &ignored) == 0)
		param->value = utf8;
	return ignored.code == ERR_MEMORY ? full(err) : 0;
}

static int
build_params(const struct raw_param *raw, size_t count, struct arena *arena,
    struct mime_value *content, struct err *err)
{
	content->params =
	    arena_calloc(arena, count, sizeof(struct mime_parameter));
	if (content->params == NULL)
		return full(err);
	for (size_t i = 0; i < count; i++) {
		struct mime_parameter *param = &content->params[content->count];

		if (raw[i].section > 0)
			continue;
		param->name = raw[i].base;
		param->extended = raw[i].encoded || raw[i].section == 0;
		if (!param->extended)
			param->raw = raw[i].raw;
		if (build_value(raw, count, i, arena, param, err) < 0)
			return -1;
		content->count++;
	}
	return 0;
}

int
mime_value_read(struct span value, struct arena *arena,
    struct mime_value *content, struct err *err)
{
	struct parameter_reader r = { value, false };
	struct raw_param raw[PARAMS_MAX];
	size_t count = 0;

	*content = (struct mime_value){ .type = SPAN_NONE };
	skip_blanks(&r);
	content->type = take_word(&r, "/=");
	skip_blanks(&r);
	if (r.rest.len > 0 && r.rest.at[0] == '/') {
		r.rest = span_from(r.rest, 1);
		skip_blanks(&r);
		content->subtype = take_word(&r, "=");
		skip_blanks(&r);
	}
	if (r.rest.len > 0 && r.rest.at[0] != ';')
		r.odd = true;
	while (count < PARAMS_MAX && take_param(&r, &raw[count]))
		count++;
	content->odd = r.odd || r.rest.len > 0;
	return count ? build_params(raw, count, arena, content, err) : 0;
}

const struct mime_parameter *
mime_value_param(const struct mime_value *content, struct span name)
{
	const struct mime_parameter *found = NULL;

	for (size_t i = 0; i < content->count; i++) {
		const struct mime_parameter *param = &content->params[i];

		if (!span_caseeq(param->name, name))
			continue;
		if (param->extended)
			return param;
		if (found == NULL)
			found = param;
	}
	return found;
}

size_t
mime_value_param_count(const struct mime_value *content, struct span name)
{
	size_t count = 0;

	for (size_t i = 0; i < content->count; i++)
		count += span_caseeq(content->params[i].name, name);
	return count;
}

/* RFC 2045 token. */
static bool
is_token(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] >= 0x7f ||
		    strchr("()<>@,;:\\\"/[]?=", text.at[i]))
			return false;
	return text.len > 0;
}

/* RFC 2231 attribute-char. */
static bool
is_attribute_char(char c)
{
	return c > ' ' && c < 0x7f && !strchr("*'%()<>@,;:\\\"/[]?=", c);
}

static void
write_quoted(struct span text, struct buf *out)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"' || text.at[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, text.at[i]);
	}
	buf_byte(out, '"');
}

static void
write_pair(struct span name, struct span text, struct buf *out)
{
	buf_add(out, name);
	buf_byte(out, '=');
	write_quoted(text, out);
}

/* name*0*=UTF-8''...; name*1*=... with no character cut in two. */
static void
write_extended(struct span name, struct span text, struct buf *out)
{
	size_t column = 0;
	unsigned section = 0;

	while (text.len > 0) {
		size_t n = utf8_length(text);

		if (section == 0 || column + n * 3 + 1 > LINE_ROOM) {
			size_t start;

			if (section > 0)
				buf_add(out, SPAN(";\n "));
			start = out->len;
			buf_add(out, name);
			buf_printf(out, "*%u*=%s", section,
			    section == 0 ? "UTF-8''" : "");
			column = out->len - start + 1;
			section++;
		}
		for (size_t i = 0; i < n; i++) {
			if (is_attribute_char(text.at[i])) {
				buf_byte(out, text.at[i]);
				column++;
				continue;
			}
			buf_coded(out, '%', text.at[i]);
			column += 3;
		}
		text = span_from(text, n);
	}
}

/* Printable ASCII that fits on a line as it is. */
static bool
is_plain(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] >= 0x7f)
			return false;
	return true;
}

/* Whether each change can be made where the old value stands. */
static bool
fits_in_place(const struct mime_value *content, const struct span *rendered)
{
	for (size_t i = 0; i < content->count; i++) {
		const struct mime_parameter *param = &content->params[i];

		if (!span_eq(rendered[i], param->value) &&
		    (param->extended || !is_plain(rendered[i]) ||
			rendered[i].len > LINE_ROOM))
			return false;
	}
	return true;
}

static void
join_in_place(struct span value, const struct mime_value *content,
    const struct span *rendered, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < content->count; i++) {
		const struct mime_parameter *param = &content->params[i];
		size_t start = (size_t)(param->raw.at - value.at);

		if (span_eq(rendered[i], param->value))
			continue;
		buf_add(out, span_of(value.at + at, start - at));
		write_quoted(rendered[i], out);
		at = start + param->raw.len;
	}
	buf_add(out, span_from(value, at));
}

/* Drops the CRs of old folding, and NULs. */
static void
drop_controls(struct buf *out)
{
	size_t len = 0;

	for (size_t i = 0; i < out->len; i++)
		if (out->at[i] != '\r' && out->at[i] != '\0')
			out->at[len++] = out->at[i];
	out->len = len;
}

int
mime_value_join(struct span value, const struct mime_value *content,
    const struct span *rendered, struct arena *arena, struct span *joined,
    struct err *err)
{
	struct buf out;
	struct span text;

	buf_init(&out, arena, SIZE_MAX / 4);
	if (fits_in_place(content, rendered)) {
		join_in_place(value, content, rendered, &out);
	} else {
		buf_byte(&out, ' ');
		buf_add(&out, content->type);
		if (content->subtype.len > 0)
			buf_byte(&out, '/');
		buf_add(&out, content->subtype);
		for (size_t i = 0; i < content->count; i++) {
			if (mime_parameter_write(content->params[i].name,
				rendered[i], arena, &text, err) < 0)
				return -1;
			buf_add(&out, text);
		}
	}
	if (out.failed)
		return full(err);
	drop_controls(&out);
	*joined = buf_span(&out);
	return 0;
}

int
mime_parameter_write(struct span name, struct span utf8, struct arena *arena,
    struct span *text, struct err *err)
{
	struct buf out;

	buf_init(&out, arena, SIZE_MAX / 4);
	buf_add(&out, SPAN(";"));
	if (is_token(utf8) && name.len + utf8.len + 2 <= LINE_ROOM) {
		buf_byte(&out, ' ');
		buf_add(&out, name);
		buf_byte(&out, '=');
		buf_add(&out, utf8);
	} else {
		buf_add(&out, SPAN("\n "));
		if (is_plain(utf8) && name.len + utf8.len + 5 <= LINE_ROOM)
			write_pair(name, utf8, &out);
		else
			write_extended(name, utf8, &out);
	}
	if (out.failed)
		return full(err);
	*text = buf_span(&out);
	return 0;
}
