#include "tools/input/file_kind.h"

#define SAVE "; save the sheet as \"CSV UTF-8\" and load that"

/* As SPAN, where constants are wanted. */
#define START(literal) \
	{ \
		"" literal, sizeof(literal) - 1 \
	}

/* The first row whose start fits and whose mark stands somewhere in the first
 * bytes tells. */
static const struct {
	struct span start;
	const char *mark; /* "" for none */
	const char *kind;
} kinds[] = {
	{ START("PK\3\4"), "opendocument.spreadsheet",
	    "an OpenDocument sheet (.ods)" SAVE },
	{ START("PK\3\4"), "[Content_Types].xml",
	    "an Excel workbook (.xlsx)" SAVE },
	{ START("PK\3\4"), "xl/", "an Excel workbook (.xlsx)" SAVE },
	{ START("PK\3\4"), "",
	    "a zip archive; unpack it and load what is inside" },
	{ START("\xd0\xcf\x11\xe0"), "", "an Excel workbook (.xls)" SAVE },
	{ START("<!doctype html"), "", "an HTML page" SAVE },
	{ START("<html"), "", "an HTML page" SAVE },
	{ START("<table"), "", "an HTML page" SAVE },
	{ START("<?xml"), "", "an XML document" SAVE },
	{ START("{\\rtf"), "", "a text with formatting (.rtf)" SAVE },
	{ START("%PDF-"), "", "a PDF document" SAVE },
	{ START("BZh"), "", "packed by bzip2; plain, gzip and zstd are read" },
	{ START("\xfd"
		"7zXZ"),
	    "", "packed by xz; plain, gzip and zstd are read" },
	{ START("7z\xbc\xaf"), "",
	    "a 7-Zip archive; unpack it and load what is inside" },
	{ START("SQLite format 3"), "", "an SQLite database" },
};

const char *
file_kind(struct span head)
{
	struct span text = span_trim(head);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct span start = kinds[i].start;

		if (span_caseeq(span_first(text, start.len), start) &&
		    (*kinds[i].mark == '\0' ||
			span_search(head, span_str(kinds[i].mark)) < head.len))
			return kinds[i].kind;
	}
	return NULL;
}
