#include "store/base/regex.h"

#include "tests/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *pattern;
	const char *value;
	bool matches;
} rows[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "abc", "abc", true },
	{ "abc", "abcd", false },
	{ "a*", "", true },
	{ "a*", "aaaa", true },
	{ "a+", "", false },
	{ "a?b", "b", true },
	{ "a?b", "aab", false },
	{ "a{2,3}", "a", false },
	{ "a{2,3}", "aa", true },
	{ "a{2,3}", "aaa", true },
	{ "a{2,3}", "aaaa", false },
	{ "a{,2}", "aa", true },
	{ "a{2,}", "aaaaaaa", true },
	{ "a{0}", "", true },
	{ "a{", "a{", true },
	{ "a{x}", "a{x}", true },
	{ "ab|cd|ef", "ab", true },
	{ "ab|cd|ef", "cd", true },
	{ "ab|cd|ef", "ef", true },
	{ "ab|cd|ef", "abcd", false },
	{ "(ab|c)+d", "abcabd", true },
	{ "(ab|c)+d", "d", false },
	{ "(a|b|){2}c", "ac", true },
	{ "(?:x(y|z)){2}", "xyxz", true },
	{ "((a)|(b(c|d)*))*", "abcda", true },
	{ "(a*)*", "aaa", true },
	{ "(a*)*b", "aaa", false },
	{ "\\d{5}", "75011", true },
	{ "\\d{5}", "7501", false },
	{ "\\d{5}", "7501x", false },
	{ "\\D+", "abc", true },
	{ "[^\\W\\d_][^\\d]{0,40}", "Marie", true },
	{ "[^\\W\\d_][^\\d]{0,40}", "Zo\xc3\xa9", true },
	{ "[^\\W\\d_][^\\d]{0,40}", "\xc3\x89ric", true },
	{ "[^\\W\\d_][^\\d]{0,40}", "J4ne", false },
	{ "[^\\W\\d_][^\\d]{0,40}", "  ", false },
	{ "[^\\W\\d_][^\\d]{0,40}", "_x", false },
	{ "[^@\\s]+@[^@\\s]+\\.[a-z]{2,}", "a.b@c.org", true },
	{ "[^@\\s]+@[^@\\s]+\\.[a-z]{2,}", "a b@c.org", false },
	{ "\\+?[0-9 ()-]{6,20}", "+33 (0)1 23-45", true },
	{ "(19|20)\\d\\d-\\d\\d-\\d\\d", "1984-12-31", true },
	{ "[]a]+", "]a]", true },
	{ "[a-]+", "a-a", true },
	{ "[^]a]", "b", true },
	{ ".", "\xc3\xa9", true },
	{ ".", "\n", false },
	{ "..", "\xc3\xa9", false },
	{ "^a$", "a", true },
	{ "a$b", "ab", false },
	{ "\\Aa\\Z", "a", true },
	{ "(?i)mr|mrs", "MRS", true },
	{ "(?i)[^a]", "A", false },
	{ "\\x41\\u00e9", "A\xc3\xa9", true },
	{ "\\.", ".", true },
	{ "\\.", "x", false },
	{ "a*?b+?", "aab", true },
	{ "()+", "", true },
	{ "a()*b(){3}", "ab", true },
	{ "\xff", "\xff", true },
};

static const char *bad[] = { "(", ")", "(a", "a)", "[a", "[", "*", "a**", "+",
	"a|*", "\\", "[\\", "[z-a]", "[\\d-z]x[a-\\d]", "(?=a)", "(?P<x>a)",
	"\\1", "\\b", "a{3,2}", "a{9999}", "((((a{100}){100}){100}){100})",
	"\\xg1", "\\u12" };

static struct regex *
compiled(struct arena *arena, const char *pattern, struct err *err)
{
	struct regex *regex = NULL;

	return regex_compile(span_str(pattern), arena, &regex, err) == 0 ? regex
									 : NULL;
}

START_TEST(matches_the_whole_value_or_not)
{
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct regex *regex = compiled(arena, rows[_i].pattern, &err);

	ck_assert_msg(regex != NULL, "%s: %s", rows[_i].pattern, err.text);
	ck_assert_msg(
	    regex_matches(regex, span_str(rows[_i].value)) == rows[_i].matches,
	    "%s against %s", rows[_i].pattern, rows[_i].value);
	arena_free(&arena);
}
END_TEST

START_TEST(refuses_what_it_does_not_understand)
{
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;

	ck_assert_msg(
	    compiled(arena, bad[_i], &err) == NULL, "%s compiled", bad[_i]);
	ck_assert_int_eq(err.code, ERR_INPUT);
	ck_assert_uint_ne(err.column, 0);
	arena_free(&arena);
}
END_TEST

START_TEST(takes_time_proportional_to_the_value)
{
	static char value[100000];
	struct arena *arena = arena_new(1 << 20);
	struct err err = ERR_INIT;
	struct regex *regex = compiled(arena, "(a?){40}(a*)*b", &err);

	memset(value, 'a', sizeof value);
	ck_assert_ptr_nonnull(regex);
	ck_assert(!regex_matches(regex, span_of(value, sizeof value)));
	arena_free(&arena);
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	struct err err = ERR_INIT;

	for (size_t limit = 1; limit < 100000; limit += 1 + limit / 16) {
		struct arena *arena = arena_new(limit);
		struct regex *regex;

		if (arena == NULL)
			continue;
		err_clear(&err);
		regex = compiled(arena, "([a-z]{3}|\\d+(x|y)*)+[^\\W_]", &err);
		if (regex == NULL)
			ck_assert_int_eq(err.code, ERR_MEMORY);
		else
			ck_assert(regex_matches(regex, SPAN("abc12xyq")));
		arena_free(&arena);
	}
}
END_TEST

START_TEST(survives_every_prefix_of_a_pattern)
{
	static const char whole[] =
	    "(?i)^([^\\W\\d_a-f]{1,3}|\\x41(?:b|c)*?)+\\u00e9{2}$";

	for (size_t len = 0; len < sizeof whole; len++) {
		struct arena *arena = arena_new(1 << 20);
		struct regex *regex;

		if (regex_compile(span_of(whole, len), arena, &regex, NULL) ==
		    0)
			regex_matches(regex, SPAN("A\xc3\xa9\xc3\xa9"));
		arena_free(&arena);
	}
}
END_TEST

/* The bytes of hex digits, into out. */
static struct span
read_hex(const char *hex, char *out)
{
	size_t len = strlen(hex) / 2;
	unsigned byte;

	for (size_t i = 0; i < len; i++) {
		ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (char)byte;
	}
	return span_of(out, len);
}

/* What patterns.py prints. */
static FILE *
generate(const char *seed, const char *count)
{
	FILE *said = tmpfile();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		dup2(fileno(said), STDOUT_FILENO);
		execl("/usr/bin/python3", "/usr/bin/python3",
		    "tests/store/base/patterns.py", seed, count, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	rewind(said);
	return said;
}

/* Another implementation, over patterns that nobody chose. */
START_TEST(agrees_with_python_on_generated_patterns)
{
	static char words[2][4000], bytes[2][2000], last[4000];
	unsigned rows_seen = 0, matched = 0;
	struct arena *arena = arena_new(1 << 20);
	FILE *python = generate("20261127", "30000");
	struct regex *regex = NULL;
	int matches;

	while (fscanf(python, "%3999s %3999s %d", words[0], words[1],
		   &matches) == 3) {
		if (strcmp(words[0], last) != 0) {
			arena_reset(arena);
			ck_assert_int_eq(
			    regex_compile(read_hex(words[0], bytes[0]), arena,
				&regex, NULL),
			    0);
			memcpy(last, words[0], sizeof last);
		}
		ck_assert_msg(
		    regex_matches(regex, read_hex(words[1] + 1, bytes[1])) ==
			(matches == 1),
		    "pattern %s, value %s: python says %d", words[0], words[1],
		    matches);
		rows_seen++;
		matched += (unsigned)matches;
	}
	fclose(python);
	arena_free(&arena);
	ck_assert_uint_eq(rows_seen, 30000);
	ck_assert_uint_gt(matched, 3000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("regex");
	TCase *tests = tcase_create("all");

	tcase_add_loop_test(tests, matches_the_whole_value_or_not, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_loop_test(tests, refuses_what_it_does_not_understand, 0,
	    sizeof bad / sizeof *bad);
	tcase_add_test(tests, takes_time_proportional_to_the_value);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	tcase_add_test(tests, survives_every_prefix_of_a_pattern);
	tcase_add_test(tests, agrees_with_python_on_generated_patterns);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
