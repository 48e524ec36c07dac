/*
 * What the tests of the mail layer share: an arena and an error per test, text
 * of the tests' own messages, and the loop that fails every allocation once.
 */
#ifndef INLAY_TESTS_MAIL_KIT_H
#define INLAY_TESTS_MAIL_KIT_H

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "milter/mail/rendering.h"
#include "tests/suite.h"

#define KIT_LIMIT ((size_t)64 * 1024 * 1024)
#define KIT_DATA "tests/data/mail"

static struct arena *arena;
static struct err err;

static inline void
kit_begin(void)
{
	arena = arena_new(KIT_LIMIT);
	err_clear(&err);
}

static inline void
kit_end(void)
{
	arena_free(&arena);
}

/* Fails unless got is the text. */
#define ck_span(got, text) \
	do { \
		struct span got_ = (got), want_ = span_str(text); \
		ck_assert_msg(span_eq(got_, want_), \
		    "\"%.*s\" is not \"%.*s\"", SPAN_ARG(got_), \
		    SPAN_ARG(want_)); \
	} while (0)

static inline struct message *
kit_parse(struct span bytes)
{
	struct message *message = NULL;

	ck_assert_int_eq(
	    message_parse(bytes, &MESSAGE_LIMITS, arena, &message, &err), 0);
	return message;
}

static inline struct rendering *
kit_rendering(struct message *message)
{
	struct rendering *rendering = NULL;

	ck_assert_int_eq(rendering_new(message, arena, &rendering, &err), 0);
	return rendering;
}

static inline struct span
kit_write(struct message *message, struct rendering *rendering)
{
	struct buf out;

	buf_init(&out, arena, KIT_LIMIT);
	ck_assert_int_eq(message_write(message, rendering, &out, &err), 0);
	return buf_span(&out);
}

static inline struct span
kit_text(struct part *part)
{
	struct span text = SPAN_NONE;

	ck_assert_msg(part_text(part, arena, &text, &err) == 0, "%s", err.text);
	return text;
}

/* The file's bytes, from malloc. */
static inline struct span
kit_load(const char *path)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(1 << 20);
	size_t len;

	ck_assert_msg(file != NULL && bytes != NULL, "%s", path);
	len = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return span_of(bytes, len);
}

/* A message of the tests' own, in the arena. */
static inline struct message *
kit_message(const char *path)
{
	struct span file = kit_load(path), bytes = SPAN_NONE;

	ck_assert_int_eq(arena_dup(arena, file, &bytes), 0);
	free((void *)(uintptr_t)file.at);
	return kit_parse(bytes);
}

/* Calls visit with each of the tests' own messages. */
static inline void
kit_each_file(void (*visit)(const char *path, struct span bytes))
{
	DIR *directory = opendir(KIT_DATA);
	struct dirent *entry;
	unsigned count = 0;
	char path[512];

	ck_assert_msg(directory != NULL, "run from the top: " KIT_DATA);
	while ((entry = readdir(directory)) != NULL) {
		struct span bytes;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", KIT_DATA, entry->d_name);
		bytes = kit_load(path);
		kit_begin();
		visit(path, bytes);
		kit_end();
		free((void *)(uintptr_t)bytes.at);
		count++;
	}
	closedir(directory);
	ck_assert_uint_gt(count, 10);
}

static inline TCase *
kit_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, kit_begin, kit_end);
	tcase_set_timeout(tcase, 120);
	suite_add_tcase(suite, tcase);
	return tcase;
}

#endif
