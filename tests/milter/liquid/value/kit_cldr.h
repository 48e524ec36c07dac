/*
 * Reads words and signs of locales from CLDR's own files, where Debian's
 * unicode-cldr-core is installed: enough XML to descend from tag to tag.
 */
#ifndef INLAY_TESTS_KIT_CLDR_H
#define INLAY_TESTS_KIT_CLDR_H

#include "milter/liquid/value/locale.h"

#include "tests/suite.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define CLDR "/usr/share/unicode/cldr/common/main"

enum { CLDR_TEXT = 64, CLDR_DEPTH = 6 };

/* Where CLDR looks next, where that is not the name without its last part. */
static const struct {
	const char *name, *parent;
} cldr_parents[] = {
	{ "es_MX", "es_419" },
	{ "es_US", "es_419" },
	{ "en_CH", "en_150" },
	{ "en_150", "en_001" },
	{ "en_ZA", "en_001" },
	{ "nb", "no" },
};

/* Makes of the name that of its parent; false behind the root. */
static inline bool
cldr_to_parent(char *name, size_t size)
{
	char *last = strrchr(name, '_');

	for (size_t i = 0; i < sizeof(cldr_parents) / sizeof(*cldr_parents);
	     i++)
		if (strcmp(name, cldr_parents[i].name) == 0) {
			snprintf(name, size, "%s", cldr_parents[i].parent);
			return true;
		}
	if (last)
		*last = '\0';
	else if (strcmp(name, "root") != 0)
		snprintf(name, size, "root");
	else
		return false;
	return true;
}

/* The bytes of one file, read once for many questions; "" for none. */
static inline const char *
cldr_file(const char *name)
{
	static char text[4 << 20], held[32];
	char path[128];
	FILE *file;

	if (strcmp(name, held) == 0)
		return text;
	snprintf(held, sizeof(held), "%s", name);
	snprintf(path, sizeof(path), CLDR "/%s.xml", name);
	file = fopen(path, "re");
	text[file ? fread(text, 1, sizeof(text) - 1, file) : 0] = '\0';
	if (file)
		fclose(file);
	return text;
}

/* What stands in the first such tag ("month type=\"1\"") of the text. */
static inline struct span
cldr_inside(struct span text, const char *tag)
{
	char open[96], close[96];
	size_t at;

	snprintf(open, sizeof(open), "<%s>", tag);
	at = span_search(text, span_str(open));
	if (at == text.len) {
		snprintf(open, sizeof(open), "<%s ", tag);
		at = span_search(text, span_str(open));
	}
	if (at == text.len)
		return SPAN_NONE;
	text = span_from(text, at);
	text = span_from(text, span_find(text, '>') + 1);
	snprintf(close, sizeof(close), "</%.*s>", (int)strcspn(tag, " "), tag);
	return span_first(text, span_search(text, span_str(close)));
}

/* The text behind the tags, in the locale's file or those of its parents; ""
 * for none. */
static inline void
cldr_find(
    const char *name, const char *const tags[CLDR_DEPTH], char out[CLDR_TEXT])
{
	char at[32];

	snprintf(at, sizeof(at), "%s", name);
	do {
		struct span text = span_str(cldr_file(at));

		for (int i = 0; i < CLDR_DEPTH && tags[i]; i++)
			text = cldr_inside(text, tags[i]);
		snprintf(out, CLDR_TEXT, "%.*s", SPAN_ARG(text));
		/* Three arrows up: the parent's. */
		if (strcmp(out, "\342\206\221\342\206\221\342\206\221") == 0 ||
		    out[0] == '<')
			out[0] = '\0';
	} while (out[0] == '\0' && cldr_to_parent(at, sizeof(at)));
}

/* Calls with each locale of the house that CLDR has, and CLDR's name of it.
 * How many there were; 0 where there are no files. */
static inline unsigned
cldr_each(void (*each)(const struct locale *locale, const char *name))
{
	DIR *all = opendir(CLDR);
	unsigned count = 0;

	if (!all) {
		fprintf(stderr, "skipped: unicode-cldr-core is not there\n");
		return 0;
	}
	for (struct dirent *at = readdir(all); at; at = readdir(all)) {
		struct span name = span_str(at->d_name);
		const struct locale *locale;
		char own[32], cldr[32];

		name.len -= name.len > 4 ? 4 : 0; /* .xml */
		snprintf(cldr, sizeof(cldr), "%.*s", SPAN_ARG(name));
		snprintf(own, sizeof(own), "%s", cldr);
		for (char *c = own; *c; c++)
			*c = *c == '_' ? '-' : *c;
		locale = locale_find(name);
		/* CLDR's pt is Brazil's, the house's Portugal's. */
		if (strcmp(own, "pt-BR") == 0)
			each(locale_find(span_str(own)), "pt");
		else if (strcmp(locale->name, own) == 0)
			each(locale, strcmp(cldr, "pt") ? cldr : "pt_PT");
		else
			continue;
		count++;
	}
	closedir(all);
	ck_assert_uint_ge(count, 40);
	return count;
}

#endif
