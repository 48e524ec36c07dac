/*
 * What the tests of the command share: a store of its own for each test, a
 * way to run the command in it, and what the last one said.
 */
#ifndef INLAY_TESTS_KIT_CLI_H
#define INLAY_TESTS_KIT_CLI_H

#include <check.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "store/base/buf.h"
#include "tests/suite.h"
#include "tools/command.h"

#define WORDS 24

static char directory[64];
static struct buf out, errors;

static inline void
write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static inline void
set_up(void)
{
	char conf[256], from[] = "/tmp/inlay-cli-XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(from));
	snprintf(directory, sizeof(directory), "%s", from);
	snprintf(conf, sizeof(conf), "store = %s/store\nsign = no\n", from);
	write_file("inlay.conf", conf);
	buf_init_heap(&out, 1 << 22);
	buf_init_heap(&errors, 1 << 22);
}

static inline void
tear_down(void)
{
	char rm[] = "rm", flag[] = "-r";
	char *argv[] = { rm, flag, directory, NULL };
	pid_t child;
	int status;

	ck_assert_int_eq(posix_spawnp(&child, rm, NULL, NULL, argv, NULL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	buf_deinit(&out);
	buf_deinit(&errors);
}

static inline void
slurp(FILE *file, struct buf *into)
{
	int c;

	buf_clear(into);
	rewind(file);
	while ((c = getc(file)) != EOF)
		buf_byte(into, (char)c);
	fclose(file);
	(void)buf_cstr(into);
}

/* Runs "inlay -c CONF words", '@' in a word standing for the directory and \1
 * for a blank, with text on standard input. Returns the exit status. */
static inline int
run_with(const char *input, const char *words)
{
	char line[1024], expanded[WORDS][512], conf[256];
	char *argv[WORDS + 4], *rest = line;
	FILE *in = tmpfile(), *to = tmpfile(), *errs = tmpfile();
	int argc = 0, count = 0, status;

	fputs(input, in);
	rewind(in);
	snprintf(conf, sizeof(conf), "%s/inlay.conf", directory);
	argv[argc++] = line; /* any text */
	argv[argc++] = expanded[WORDS - 1];
	snprintf(expanded[WORDS - 1], 512, "-c");
	argv[argc++] = conf;
	snprintf(line, sizeof(line), "%s", words);
	for (char *word; (word = strtok_r(rest, " ", &rest));) {
		char *at = strchr(word, '@');

		if (at && at[1] == '/')
			snprintf(expanded[count], 512, "%.*s%s%s",
			    (int)(at - word), word, directory, at + 1);
		else
			snprintf(expanded[count], 512, "%s", word);
		for (char *c = expanded[count]; *c; c++)
			*c = *c == '\1' ? ' ' : *c;
		argv[argc++] = expanded[count++];
	}
	status = command_run(argc, argv, in, to, errs);
	slurp(to, &out);
	slurp(errs, &errors);
	fclose(in);
	return status;
}

static inline void
expect(int status, const char *words)
{
	int got = run_with("", words);

	ck_assert_msg(got == status, "inlay %s: %d, %s%s", words, got,
	    buf_cstr(&out), buf_cstr(&errors));
}

static inline void
said(struct buf *where, const char *text)
{
	ck_assert_msg(strstr(buf_cstr(where), text) != NULL, "lacks `%s`: %s%s",
	    text, buf_cstr(&out), buf_cstr(&errors));
}

/* What is said, word for word, without the directory. */
static inline void
said_exactly(struct buf *where, const char *wanted)
{
	char got[4096];
	size_t len = 0;
	const char *at = buf_cstr(where), *hit;

	while ((hit = strstr(at, directory)) != NULL) {
		len += (size_t)snprintf(
		    got + len, sizeof got - len, "%.*s", (int)(hit - at), at);
		at = hit + strlen(directory) + 1;
	}
	snprintf(got + len, sizeof got - len, "%s", at);
	ck_assert_str_eq(got, wanted);
}

#endif
