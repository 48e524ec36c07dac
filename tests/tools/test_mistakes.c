/*
 * The mistakes people make, and what the command says to each, word for word:
 * the transcripts of tests/data/mistakes. UPDATE=1 writes down what it says
 * today; read the difference before you keep it. A transcript is lines:
 *
 *	## a remark
 *	<<< NAME	what NAME.setup has, first; its commands all succeed
 *	=== FILE [SET]	a file of the lines that follow, in that charset;
 *			inlay.conf gets its store
 *	$ WORDS		a command; what it says follows, errors behind "! ",
 *			and "? N" where its status is N and not 0
 */
#include <dirent.h>
#include <iconv.h>

#include "tests/tools/kit_cli.h"

#define PLACE "tests/data/mistakes"
#define NAMES 200
#define TEXT_MAX ((size_t)1 << 20)

static char *names[NAMES];
static int name_count;

/* A line of text with its end, *rest becoming what follows. */
static struct span
next_line(struct span *rest)
{
	struct span line = span_first(*rest, span_find(*rest, '\n') + 1);

	*rest = span_from(*rest, line.len);
	return line;
}

static bool
is_marker(struct span text)
{
	return text.len == 0 || span_starts(text, SPAN("$ ")) ||
	       span_starts(text, SPAN("## ")) ||
	       span_starts(text, SPAN("<<< ")) ||
	       span_starts(text, SPAN("=== "));
}

/* All lines up to the next marker. */
static struct span
next_lines(struct span *rest)
{
	struct span whole = *rest;

	while (!is_marker(*rest))
		next_line(rest);
	return span_first(whole, whole.len - rest->len);
}

static void
read_text(const char *name, struct buf *text)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", PLACE, name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "no %s", path);
	slurp(file, text);
}

/* ---- files ---- */

static void
convert(struct span text, const char *charset, struct buf *bytes)
{
	iconv_t to = iconv_open(charset, "UTF-8");
	char from[65536], made[4 * sizeof from];
	char *in = from, *at = made;
	size_t left = text.len, room = sizeof made;

	ck_assert_msg(to != (iconv_t)-1, "no charset %s", charset);
	ck_assert_uint_lt(text.len, sizeof from);
	memcpy(from, text.at, text.len);
	ck_assert_uint_eq(iconv(to, &in, &left, &at, &room), 0);
	iconv_close(to);
	buf_add(bytes, span_of(made, sizeof made - room));
}

/* The marker's words are the file's name and its charset. */
static void
make_file(struct span marker, struct span text)
{
	char line[200], path[300], *rest = line;
	const char *name, *charset;
	struct buf bytes;
	FILE *file;

	snprintf(line, sizeof line, "%.*s", SPAN_ARG(span_from(marker, 4)));
	name = strtok_r(line, " \n", &rest);
	charset = strtok_r(NULL, " \n", &rest);
	buf_init_heap(&bytes, TEXT_MAX);
	convert(text, charset ? charset : "UTF-8", &bytes);
	if (strcmp(name, "inlay.conf") == 0)
		buf_printf(&bytes, "store = %s/store\n", directory);
	snprintf(path, sizeof path, "%s/%s", directory, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes.at, 1, bytes.len, file), bytes.len);
	fclose(file);
	buf_deinit(&bytes);
}

/* ---- commands ---- */

/* The line of words as run_with wants it: blanks in "..." are no ends. */
static void
read_words(struct span line, char *words, size_t size)
{
	bool quoted = false;
	size_t len = 0;

	line = span_trim(span_from(line, 2));
	for (size_t i = 0; i < line.len && len + 1 < size; i++) {
		if (line.at[i] == '"')
			quoted = !quoted;
		else
			words[len++] =
			    quoted && line.at[i] == ' ' ? '\1' : line.at[i];
	}
	words[len] = '\0';
}

/* The line up to what only the clock knows, or all of it. */
static struct span
without_time(struct span line)
{
	static const char *const clocks[] = { " ms, ", " s\n", "slowest_" };

	for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
		size_t at = span_search(line, span_str(clocks[i]));
		size_t digits = at;

		while (at < line.len && digits > 0 &&
		       strchr("0123456789.", line.at[digits - 1]))
			digits--;
		if (at < line.len && (digits < at || i == 2))
			return span_first(line, digits);
	}
	return line;
}

/* Adds what was said; the directory is "@". */
static void
add_said(struct buf *into, struct buf *from, const char *before)
{
	struct span rest = buf_span(from);

	while (rest.len != 0) {
		struct span line = without_time(next_line(&rest));
		size_t at;

		buf_str(into, before);
		while (
		    (at = span_search(line, span_str(directory))) < line.len) {
			buf_add(into, span_first(line, at));
			buf_byte(into, '@');
			line = span_from(line, at + strlen(directory));
		}
		buf_add(into, line);
		if (line.len != 0 && line.at[line.len - 1] != '\n')
			buf_byte(into, '\n');
	}
}

/* Runs the command; what it says is added. Returns its status. */
static int
run_line(struct span line, struct buf *said_now)
{
	char words[1000];
	int status;

	read_words(line, words, sizeof words);
	status = run_with("", words);
	add_said(said_now, &out, "");
	add_said(said_now, &errors, "! ");
	if (status != 0)
		buf_printf(said_now, "? %d\n", status);
	return status;
}

/* ---- transcripts ---- */

static void
set_the_scene(struct span marker)
{
	char name[100];
	struct span rest;
	struct buf text, ignored;

	snprintf(name, sizeof name, "%.*s.setup",
	    SPAN_ARG(span_trim(span_from(marker, 4))));
	buf_init_heap(&text, TEXT_MAX);
	buf_init_heap(&ignored, TEXT_MAX);
	read_text(name, &text);
	for (rest = buf_span(&text); rest.len != 0;) {
		struct span line = next_line(&rest);
		struct span lines = next_lines(&rest);

		if (span_starts(line, SPAN("=== ")))
			make_file(line, lines);
		else if (span_starts(line, SPAN("$ ")))
			ck_assert_msg(run_line(line, &ignored) == EX_OK,
			    "%s: %.*s%s", name, SPAN_ARG(line),
			    buf_cstr(&ignored));
	}
	buf_deinit(&text);
	buf_deinit(&ignored);
}

/* Plays it; now becomes what it ought to be by what is said today. */
static void
play(struct span then, struct buf *now)
{
	while (then.len != 0) {
		struct span line = next_line(&then);
		struct span lines = next_lines(&then);

		buf_add(now, line);
		if (span_starts(line, SPAN("<<< ")))
			set_the_scene(line);
		else if (span_starts(line, SPAN("=== ")))
			make_file(line, lines);
		if (!span_starts(line, SPAN("$ "))) {
			buf_add(now, lines);
			continue;
		}
		run_line(line, now);
		if (then.len != 0)
			buf_byte(now, '\n');
	}
}

static void
keep(const char *name, struct buf *now)
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", PLACE, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(buf_cstr(now), file);
	ck_assert_int_eq(fclose(file), 0);
}

/* The first line that differs, for whoever reads the failure. */
static void
compare(const char *name, struct span then, struct span now)
{
	for (unsigned line = 1; then.len != 0 || now.len != 0; line++) {
		struct span was = next_line(&then), is = next_line(&now);

		ck_assert_msg(span_eq(was, is),
		    "%s/%s, line %u\n  was %.*s\n  is  %.*s", PLACE, name, line,
		    SPAN_ARG(was), SPAN_ARG(is));
	}
}

START_TEST(says_what_it_said)
{
	struct buf then, now;

	buf_init_heap(&then, TEXT_MAX);
	buf_init_heap(&now, TEXT_MAX);
	read_text(names[_i], &then);
	play(buf_span(&then), &now);
	if (getenv("UPDATE") != NULL)
		keep(names[_i], &now);
	else
		compare(names[_i], buf_span(&then), buf_span(&now));
	buf_deinit(&then);
	buf_deinit(&now);
}
END_TEST

static int
is_transcript(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot != NULL && strcmp(dot, ".said") == 0;
}

int
main(void)
{
	Suite *suite = suite_create("mistakes");
	TCase *tests = tcase_create("all");
	struct dirent **list;
	int status;

	name_count = scandir(PLACE, &list, is_transcript, alphasort);
	for (int i = 0; i < name_count && i < NAMES; i++)
		names[i] = list[i]->d_name;
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_loop_test(tests, says_what_it_said, 0, name_count);
	suite_add_tcase(suite, tests);
	status = suite_run(suite);
	for (int i = 0; i < name_count; i++)
		free(list[i]);
	free(list);
	return status;
}
