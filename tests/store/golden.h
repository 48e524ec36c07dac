/*
 * Golden files hold bytes as this program has once written them to disk, as
 * hex digits with comments after "#". They are never changed: a store that
 * exists is full of such bytes. A new format gets a new file beside them.
 */
#ifndef INLAY_TESTS_STORE_GOLDEN_H
#define INLAY_TESTS_STORE_GOLDEN_H

#include "store/base/buf.h"

#include <check.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* The bytes of one line, up to its end or a comment. */
static inline void
golden_line(const char *line, struct buf *out)
{
	for (size_t i = 0; line[i] != '\0' && line[i] != '#'; i++) {
		char pair[3] = { line[i], line[i + 1], '\0' };

		if (isspace((unsigned char)line[i]))
			continue;
		ck_assert(isxdigit((unsigned char)pair[0]));
		ck_assert(isxdigit((unsigned char)pair[1]));
		buf_byte(out, (char)strtoul(pair, NULL, 16));
		i++;
	}
}

static inline FILE *
golden_open(const char *path)
{
	FILE *file = fopen(path, "r");

	ck_assert_msg(file != NULL, "%s cannot be read", path);
	return file;
}

/* All bytes of the file. */
static inline struct span
golden_bytes(const char *path, struct arena *scratch)
{
	FILE *file = golden_open(path);
	char line[4096];
	struct buf out;

	buf_init(&out, scratch, 65536);
	while (fgets(line, sizeof line, file) != NULL)
		golden_line(line, &out);
	fclose(file);
	ck_assert(!out.failed && out.len != 0);
	return buf_span(&out);
}

/* The bytes as a golden file has them, for failures to show. */
static inline const char *
golden_hex(struct span bytes, struct arena *scratch)
{
	struct buf out;

	buf_init(&out, scratch, 1 << 20);
	for (size_t i = 0; i < bytes.len; i++)
		buf_printf(&out, "%s%02x",
		    i == 0	  ? ""
		    : i % 25 == 0 ? "\n"
				  : " ",
		    (unsigned char)bytes.at[i]);
	return buf_cstr(&out);
}

/* The bytes are those of the file. */
static inline void
golden_is(const char *path, struct span bytes, struct arena *scratch)
{
	ck_assert_msg(span_eq(golden_bytes(path, scratch), bytes),
	    "not the bytes of %s but\n%s", path, golden_hex(bytes, scratch));
}

#endif
