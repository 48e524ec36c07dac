#include "store/base/err.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

/* text stands in where a failure says nothing; status is what it is to the
 * shell. */
static const struct {
	const char *word;
	const char *text;
	int status;
} rows[ERR_CODES] = {
	[ERR_NONE] = { "none", "failed without a reason", EX_SOFTWARE },
	[ERR_INPUT] = { "input", "malformed input", EX_DATAERR },
	[ERR_CONFIG] = { "config", "settings that cannot be used", EX_CONFIG },
	[ERR_SYSTEM] = { "system", "a system call failed", EX_OSERR },
	[ERR_MEMORY] = { "memory", "out of memory", EX_OSERR },
	[ERR_STORE] = { "store", "the store cannot be used", EX_UNAVAILABLE },
	[ERR_CONFLICT] = { "conflict", "somebody else wrote first",
	    EX_TEMPFAIL },
	[ERR_DEADLINE] = { "deadline", "took longer than allowed",
	    EX_TEMPFAIL },
	[ERR_KEY] = { "key", "no usable key", EX_CONFIG },
	[ERR_TEMPLATE] = { "template", "an error in the template", EX_DATAERR },
	[ERR_MISSING] = { "missing", "a value is missing", EX_DATAERR },
	[ERR_LIMIT] = { "limit", "a limit of rendering was reached",
	    EX_DATAERR },
	[ERR_AMBIGUOUS] = { "ambiguous", "an ambiguous structure", EX_DATAERR },
	[ERR_DECODE] = { "decode", "a part that holds a tag cannot be decoded",
	    EX_DATAERR },
	[ERR_CAMPAIGN] = { "campaign", "no such campaign", EX_NOINPUT },
	[ERR_WINDOW] = { "window", "the campaign is not running", EX_DATAERR },
	[ERR_MESSAGE_ID] = { "message-id", "campaign mail without a Message-ID",
	    EX_DATAERR },
	[ERR_SUPPRESSED] = { "suppressed",
	    "this recipient gets no campaign mail", EX_NOUSER },
	[ERR_SIZE] = { "size", "bigger than allowed", EX_DATAERR },
	[ERR_ABORT] = { "abort", "the template declined", EX_DATAERR },
	[ERR_GUARD] = { "guard", "a raw tag would have left", EX_DATAERR },
	[ERR_AUTH] = { "auth", "the required proof is missing or wrong",
	    EX_NOPERM },
	[ERR_FROM] = { "from", "a From domain that is not allowed", EX_NOPERM },
};

static void __attribute__((format(printf, 6, 0)))
fill(struct err *err, enum err_code code, const char *where, unsigned line,
    unsigned column, const char *format, va_list args)
{
	if (err == NULL || err->code != ERR_NONE)
		return;
	err->code = code;
	err->line = line;
	err->column = column;
	snprintf(err->where, sizeof err->where, "%s", where ? where : "");
	vsnprintf(err->text, sizeof err->text, format, args);
	if (err->text[0] == '\0')
		snprintf(err->text, sizeof err->text, "%s", rows[code].text);
	for (char *c = err->text; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = ' ';
}

int
err_set(struct err *err, enum err_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, code, NULL, 0, 0, format, args);
	va_end(args);
	return -1;
}

int
err_at(struct err *err, enum err_code code, const char *where, unsigned line,
    unsigned column, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fill(err, code, where, line, column, format, args);
	va_end(args);
	return -1;
}

int
err_in(struct err *err, const char *where)
{
	if (err != NULL && err->code != ERR_NONE && err->where[0] == '\0')
		snprintf(err->where, sizeof err->where, "%s", where);
	return -1;
}

int
err_in_line(struct err *err, const char *where, unsigned line, unsigned column)
{
	if (err == NULL || where == NULL || err->code == ERR_NONE ||
	    err->where[0] != '\0')
		return -1;
	err->line = line;
	err->column = column;
	return err_in(err, where);
}

int
err_quotes(struct err *err)
{
	if (err != NULL)
		err->quotes = 1;
	return -1;
}

int
err_personal(struct err *err)
{
	if (err != NULL)
		err->personal = 1;
	return -1;
}

void
err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->code = ERR_NONE;
	err->line = err->column = 0;
	err->quotes = err->personal = 0;
	err->where[0] = err->text[0] = '\0';
}

/* Whether the place is in a mail, not in a file. */
static bool
is_in_mail(const char *where)
{
	static const char *const heads[] = { "text/", "header " };

	for (unsigned i = 0; i < sizeof heads / sizeof *heads; i++)
		if (strncmp(where, heads[i], strlen(heads[i])) == 0)
			return true;
	return false;
}

const char *
err_place(const char *where, unsigned line, unsigned column, char *out,
    unsigned long size)
{
	bool in_words = is_in_mail(where);
	const char *before_line = in_words ? ", line " : where[0] ? ":" : "";
	const char *before_column = in_words ? ", column " : ":";

	if (line && column)
		snprintf(out, size, "%s%s%u%s%u", where, before_line, line,
		    before_column, column);
	else if (line)
		snprintf(out, size, "%s%s%u", where, before_line, line);
	else
		snprintf(out, size, "%s", where);
	return out;
}

static const char *
place_and_text(
    const struct err *err, const char *text, char *out, unsigned long size)
{
	char place[sizeof err->where + 48];

	if (text[0] == '\0')
		text = rows[err->code].text;
	err_place(err->where, err->line, err->column, place, sizeof place);
	snprintf(out, size, "%s%s%s", place, place[0] ? ": " : "", text);
	return out;
}

const char *
err_line(const struct err *err, char *out, unsigned long size)
{
	return place_and_text(err, err->text, out, size);
}

const char *
err_public(const struct err *err, char *out, unsigned long size)
{
	const char *text = err->quotes
			       ? "the reason quotes the recipient's data; "
				 "inlay preview tells it"
			       : err->text;

	return place_and_text(err, text, out, size);
}

const char *
err_word(enum err_code code)
{
	return rows[code].word;
}

int
err_status(enum err_code code)
{
	return rows[code].status;
}
