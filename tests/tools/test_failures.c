/*
 * No verb fails without a word: whatever file, name or value it is given, a
 * status that is not 0 comes with sentences on standard error, and where a
 * file is at fault they name it.
 */
#include <sys/stat.h>

#include "tests/tools/kit_cli.h"
#include "tools/verbs.h"

/* A store, its catalog, and what is no file of any kind. */
static void
set_the_scene(void)
{
	char path[100];

	set_up();
	ck_assert_int_eq(chdir(directory), 0); /* `db backup -` makes one */
	write_file("schema.yaml", "fields:\n  tier: {class: contextual}\n");
	write_file("c.yaml", "id: c\n");
	write_file("people.csv", "email,tier\nanna@a.example,gold\n");
	write_file("m.eml", "X-Inlay-Campaign: c\r\nMessage-ID: <m@a.example>"
			    "\r\nFrom: a@a.example\r\n\r\nHi\r\n");
	write_file("empty", "");
	write_file("torn", "\x1f\x8b\x08\x01\x02");
	write_file("bytes", "\xff\xfe\x01\xd8{{ %}\r\r\"");
	write_file("quote", "\"a,b\n{{ a\n%");
	snprintf(path, sizeof path, "%s/folder", directory);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	expect(EX_OK, "schema load @/schema.yaml");
	expect(EX_OK, "campaign load @/c.yaml");
	expect(EX_OK, "profile load @/people.csv");
}

/* "inlay: " and some words, on each line, the last with its end. */
static void
is_said(const char *words, int status)
{
	const char *text = buf_cstr(&errors), *line = text;

	ck_assert_msg(status == EX_OK || *text != '\0' || out.len != 0,
	    "inlay %s: %d and not a word", words, status);
	for (; *line != '\0'; line = strchr(line, '\n') + 1) {
		size_t len = strcspn(line, "\n");

		ck_assert_msg(line[len] == '\n' && len > 12 &&
				  strncmp(line, "inlay: ", 7) == 0 &&
				  line[len - 1] != ':' && line[len - 1] != ' ',
		    "inlay %s: %d, `%s`", words, status, text);
		for (size_t i = 0; i < len; i++)
			ck_assert_msg((unsigned char)line[i] >= ' ',
			    "inlay %s: a control character in `%s`", words,
			    text);
	}
}

static int
run_verb(const struct verb *verb, const char *more, char *words, size_t size)
{
	int status;

	snprintf(words, size, "%s%s%s %s", verb->noun, *verb->name ? " " : "",
	    verb->name, more);
	status = run_with("", words);
	is_said(words, status);
	return status;
}

static bool
takes(const struct verb *verb, const char *what)
{
	return verb->arguments && strstr(verb->arguments, what);
}

static const char *const odd[] = { "@/nowhere", "@/folder", "@/empty", "@/torn",
	"@/bytes", "@/quote", "\xff", "-" };

START_TEST(a_file_at_fault_is_named)
{
	const char *name = strrchr(odd[_i], '/');
	char words[300];

	for (const struct verb *verb = verbs; verb->noun; verb++) {
		int status;

		if (!verb->arguments || verb->need == NEED_NOTHING)
			continue;
		set_the_scene();
		status = run_verb(verb, odd[_i], words, sizeof words);
		if (status == EX_DATAERR && name != NULL &&
		    (takes(verb, "FILE") || takes(verb, "MESSAGE") ||
			takes(verb, "MAILBOX")))
			ck_assert_msg(
			    strstr(buf_cstr(&errors), name) != NULL ||
				strstr(buf_cstr(&out), "stops") != NULL,
			    "inlay %s: %s", words, buf_cstr(&errors));
		tear_down();
	}
}
END_TEST

/* What a verb's arguments may be, so that its flags are looked at. */
static const char *
good_arguments(const struct verb *verb)
{
	if (takes(verb, "MESSAGE") || verb->need == NEED_NOTHING)
		return "@/m.eml";
	if (takes(verb, "FILE"))
		return strcmp(verb->noun, "schema") == 0     ? "@/schema.yaml"
		       : strcmp(verb->noun, "campaign") == 0 ? "@/c.yaml"
							     : "@/people.csv";
	if (takes(verb, "ADDRESS"))
		return verb->least > 1 ? "anna@a.example tier=gold"
				       : "anna@a.example";
	if (takes(verb, "ID"))
		return "c";
	return verb->least > 1 ? "c c" : verb->least == 1 ? "@/new" : "";
}

static const char *const values[] = { "@/nowhere", "@/folder", "-1",
	"99999999999999999999", "\xff", "{{", "=", "a=b" };

START_TEST(a_value_at_fault_is_told)
{
	char words[400], more[200];

	set_the_scene();
	for (const struct verb *verb = verbs; verb->noun; verb++)
		for (const struct flag *flag = verb->flags; flag && flag->name;
		     flag++) {
			if (flag->value == NULL)
				continue;
			snprintf(more, sizeof more, "%s --%s=%s",
			    good_arguments(verb), flag->name, values[_i]);
			run_verb(verb, more, words, sizeof words);
		}
	tear_down();
}
END_TEST

START_TEST(a_store_at_fault_is_told)
{
	static const char *const confs[] = { "store = /nowhere/store\n",
		"store = /dev/null\n", "stoer = /tmp\n", "store\n", "\xff\n" };
	char words[300];

	set_up();
	write_file("m.eml", "Subject: x\r\n\r\nHi\r\n");
	write_file("people.csv", "email\nanna@a.example\n");
	write_file("schema.yaml", "fields: {}\n");
	write_file("c.yaml", "id: c\n");
	write_file("inlay.conf", confs[_i]);
	for (const struct verb *verb = verbs; verb->noun; verb++)
		if (verb->need == NEED_READ || verb->need == NEED_WRITE)
			ck_assert_int_ne(run_verb(verb, good_arguments(verb),
					     words, sizeof words),
			    EX_OK);
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("failures");
	TCase *tests = tcase_create("all");

	tcase_set_timeout(tests, 240);
	tcase_add_loop_test(tests, a_file_at_fault_is_named, 0,
	    (int)(sizeof odd / sizeof *odd));
	tcase_add_loop_test(tests, a_value_at_fault_is_told, 0,
	    (int)(sizeof values / sizeof *values));
	tcase_add_loop_test(tests, a_store_at_fault_is_told, 0, 5);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
