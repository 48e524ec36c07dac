#include "store/base/err.h"

#include <stdio.h>
#include <string.h>

static const char *const words[ERR_CODES] = {
	[ERR_NONE] = "none",
	[ERR_INPUT] = "input",
	[ERR_CONFIG] = "config",
	[ERR_SYSTEM] = "system",
	[ERR_MEMORY] = "memory",
	[ERR_STORE] = "store",
	[ERR_CONFLICT] = "conflict",
	[ERR_DEADLINE] = "deadline",
	[ERR_KEY] = "key",
	[ERR_TEMPLATE] = "template",
	[ERR_MISSING] = "missing",
	[ERR_LIMIT] = "limit",
	[ERR_AMBIGUOUS] = "ambiguous",
	[ERR_DECODE] = "decode",
	[ERR_CAMPAIGN] = "campaign",
	[ERR_WINDOW] = "window",
	[ERR_MESSAGE_ID] = "message-id",
	[ERR_SUPPRESSED] = "suppressed",
	[ERR_SIZE] = "size",
	[ERR_ABORT] = "abort",
	[ERR_GUARD] = "guard",
	[ERR_AUTH] = "auth",
};

__attribute__((format(printf, 6, 0))) static void
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
err_quotes(struct err *err)
{
	if (err != NULL)
		err->quotes = 1;
	return -1;
}

void
err_clear(struct err *err)
{
	if (err == NULL)
		return;
	err->code = ERR_NONE;
	err->line = err->column = 0;
	err->quotes = 0;
	err->where[0] = err->text[0] = '\0';
}

static const char *
place_and_text(
    const struct err *err, const char *text, char *out, unsigned long size)
{
	const char *colon = err->where[0] ? ":" : "";

	if (err->line && err->column)
		snprintf(out, size, "%s%s%u:%u: %s", err->where, colon,
		    err->line, err->column, text);
	else if (err->line)
		snprintf(out, size, "%s%s%u: %s", err->where, colon, err->line,
		    text);
	else
		snprintf(out, size, "%s%s%s", err->where,
		    err->where[0] ? ": " : "", text);
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
	return words[code];
}
