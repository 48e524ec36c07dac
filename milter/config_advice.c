#include "milter/config_advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "milter/settings.h"

/* Of what has no default, or several lines. */
static const struct {
	const char *key, *value;
	const char *file; /* among the keys, or NULL */
} examples[] = {
	{ "allow", CONFIG_RULE, NULL },
	{ "key", "shop.example 2026a", "shop.example.2026a.pem" },
	{ "seal-key", "2026", "seal" },
	{ "token-key", "2026", "token" },
};

/* The key of a line, or nothing. */
static struct span
key_of(struct span line)
{
	size_t equals = span_find(line, '=');
	struct span key = span_trim(span_first(line, equals));

	return equals == line.len || key.len == 0 || key.at[0] == '#'
		   ? SPAN_NONE
		   : key;
}

/* The key in that line of the file, or of the last line that sets it. */
static unsigned
find(const char *file, unsigned wanted, char *key, size_t size)
{
	FILE *in = fopen(file, "re");
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	unsigned found = 0;

	if (in == NULL)
		return 0;
	for (unsigned number = 1; (len = getline(&line, &room, in)) >= 0;
	     number++) {
		struct span name = key_of(span_of(line, (size_t)len));

		if (number == wanted)
			snprintf(key, size, "%.*s", SPAN_ARG(name));
		if (wanted == 0 ? span_eq(name, span_str(key))
				: number == wanted)
			found = number;
	}
	free(line);
	fclose(in);
	return found;
}

unsigned
config_line(const char *file, const char *key)
{
	char wanted[64];

	snprintf(wanted, sizeof wanted, "%s", key);
	return find(file, 0, wanted, sizeof wanted);
}

/* Writes a line with a value that the key may have. 1, or 0: none is known. */
static int
sound_line(const char *file, const char *key, char *out, size_t size)
{
	const char *value = NULL;
	char folder[256];

	for (size_t i = 0; i < settings_table.count; i++)
		if (strcmp(settings_table.options[i].name, key) == 0)
			value = settings_table.options[i].initial;
	snprintf(out, size, "%s = %s", key, value ? value : "");
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		if (strcmp(examples[i].key, key) != 0)
			continue;
		value = examples[i].value;
		snprintf(out, size, "%s = %s", key, value);
		if (examples[i].file != NULL)
			snprintf(out, size, "%s = %s %s/%s", key, value,
			    settings_key_folder(file, folder, sizeof folder),
			    examples[i].file);
	}
	return value != NULL;
}

static bool
has_advice(const struct err *err)
{
	static const char *const words[] = { "; write `", "; add `", "; run `",
		"; remove the line", "(did you mean " };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strstr(err->text, words[i]) != NULL)
			return true;
	return false;
}

int
config_mend(struct err *err, const char *format, ...)
{
	size_t len = strlen(err->text);
	va_list args;

	if (has_advice(err))
		return -1;
	va_start(args, format);
	vsnprintf(err->text + len, sizeof err->text - len, format, args);
	va_end(args);
	return -1;
}

void
config_advise(const char *file, struct err *err)
{
	char key[64] = "", line[512];

	if (err->where[0] == '\0' || has_advice(err))
		return;
	/* Some name the key and not the line. */
	if (err->line == 0) {
		snprintf(key, sizeof key, "%.*s", (int)strcspn(err->text, ":"),
		    err->text);
		err->line = find(file, 0, key, sizeof key);
	}
	if (err->line == 0 || find(file, err->line, key, sizeof key) == 0)
		return;
	if (strstr(err->text, " already") == NULL &&
	    sound_line(file, key, line, sizeof line))
		config_mend(err, "; write `%s`", line);
	else
		config_mend(err, "; remove the line");
}

int
config_wants(const char *file, const char *key, const char *value,
    struct err *err, const char *format, ...)
{
	char text[sizeof err->text];
	unsigned line = config_line(file, key);
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return err_at(err, ERR_CONFIG, file, line, line ? 1 : 0,
	    "%s; %s `%s = %s`", text, line ? "write" : "add", key, value);
}
