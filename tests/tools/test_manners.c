/*
 * What every verb does alike: help and version, failures for programs, a
 * reader that goes away.
 */
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <sys/stat.h>

#include "tests/tools/kit_cli.h"
#include "tools/verbs.h"

/* Runs the words and what may follow them. */
static int
run_verb_with(const struct verb *verb, const char *more)
{
	char words[300];

	snprintf(words, sizeof words, "%s%s%s %s", verb->noun,
	    *verb->name ? " " : "", verb->name, more);
	return run_with("", words);
}

/* What was said is one object on one line. */
static void
is_error(int status, const char *code)
{
	const char *text = buf_cstr(&errors);
	json_error_t why;
	json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &why), *error;

	ck_assert_msg(object != NULL, "`%s`: %s", text, why.text);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	ck_assert_uint_eq(json_object_size(object), 1);
	error = json_object_get(object, "error");
	ck_assert_int_eq(
	    json_integer_value(json_object_get(error, "status")), status);
	ck_assert_str_eq(
	    json_string_value(json_object_get(error, "code")), code);
	ck_assert_uint_gt(
	    json_string_length(json_object_get(error, "message")), 5);
	json_decref(object);
	ck_assert_str_eq(buf_cstr(&out), "");
}

START_TEST(every_verb_helps_and_tells_the_version)
{
	static const char *const asked[] = { "--help", "-h", "-V", "--version",
		"--json -V" };

	set_up();
	for (const struct verb *verb = verbs; verb->noun; verb++)
		for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
			ck_assert_int_eq(run_verb_with(verb, asked[i]), EX_OK);
			said(&out,
			    i < 2 ? "usage: inlay" : "inlay " INLAY_VERSION);
			ck_assert_str_eq(buf_cstr(&errors), "");
		}
	tear_down();
}
END_TEST

START_TEST(every_verb_fails_for_programs_in_one_shape)
{
	set_up();
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		ck_assert_int_eq(
		    run_verb_with(verb, "--nope --json"), EX_USAGE);
		is_error(EX_USAGE, "usage");
		if (verb->least > 0) {
			ck_assert_int_eq(
			    run_verb_with(verb, "--json"), EX_USAGE);
			is_error(EX_USAGE, "usage");
		}
		if (verb->need == NEED_NOTHING)
			continue;
		ck_assert_int_eq(
		    run_verb_with(verb, "a b --json --config /nowhere/i.conf" +
					    2 * (2 - verb->least)),
		    EX_CONFIG);
		is_error(EX_CONFIG, "config");
	}
	ck_assert_int_eq(run_with("", "profil get --json"), EX_USAGE);
	is_error(EX_USAGE, "usage");
	tear_down();
}
END_TEST

static const struct {
	const char *words;
	int status;
	const char *code;
} rows[] = {
	{ "profile get nobody@a.example", EX_NOUSER, "absent" },
	{ "block show nope", EX_NOINPUT, "absent" },
	{ "block rm nope", EX_NOINPUT, "absent" },
	{ "campaign show nope", EX_NOINPUT, "absent" },
	{ "campaign rm nope", EX_NOINPUT, "absent" },
	{ "table show nope key", EX_NOINPUT, "absent" },
	{ "schema show", EX_NOINPUT, "absent" },
	{ "schema load @/nope.yaml", EX_DATAERR, "input" },
	{ "exposure who --block nope", EX_NOINPUT, "absent" },
	{ "exposure reach --block nope", EX_NOINPUT, "absent" },
};

START_TEST(what_is_not_there_is_told_in_that_shape)
{
	char words[200];

	set_up();
	write_file("c.yaml", "id: c\n");
	expect(EX_OK, "campaign load @/c.yaml");
	snprintf(words, sizeof words, "%s --json", rows[_i].words);
	ck_assert_int_eq(run_with("", words), rows[_i].status);
	is_error(rows[_i].status, rows[_i].code);
	tear_down();
}
END_TEST

START_TEST(a_place_is_told_in_that_shape)
{
	set_up();
	write_file("s.yaml", "fields: {a: {typ: number}}\n");
	ck_assert_int_eq(
	    run_with("", "schema load @/s.yaml --json"), EX_DATAERR);
	is_error(EX_DATAERR, "input");
	said(&errors, "s.yaml\",\"line\":1,\"column\":14}}");
	tear_down();
}
END_TEST

/* Runs the verb's help with that file for the output. */
static int
help_into(int fd, const struct verb *verb)
{
	char inlay[] = "inlay", help[] = "--help", noun[64], name[64];
	char *argv[] = { inlay, noun, *verb->name ? name : help,
		*verb->name ? help : NULL, NULL };
	FILE *output = fdopen(fd, "w"), *told = tmpfile();
	int status;

	snprintf(noun, sizeof noun, "%s", verb->noun);
	snprintf(name, sizeof name, "%s", verb->name);
	ck_assert(output && told);
	status = command_run(*verb->name ? 4 : 3, argv, stdin, output, told);
	ck_assert_int_eq(ftell(told) != 0, status != EX_OK);
	fclose(output);
	fclose(told);
	return status;
}

START_TEST(a_reader_that_goes_away_is_no_failure)
{
	int pipes[2];

	signal(SIGPIPE, SIG_IGN);
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		ck_assert_int_eq(pipe(pipes), 0);
		close(pipes[0]);
		ck_assert_int_eq(help_into(pipes[1], verb), EX_OK);
		ck_assert_int_eq(
		    help_into(open("/dev/full", O_WRONLY | O_CLOEXEC), verb),
		    EX_OSERR);
	}
}
END_TEST

/* What a verb says goes into files and mails, too. */
START_TEST(no_verb_paints_what_is_no_terminal)
{
	set_up();
	for (const struct verb *verb = verbs; verb->noun; verb++)
		for (int help = 0; help < 2; help++) {
			run_verb_with(verb, help ? "--help" : "--nope");
			ck_assert_ptr_null(strchr(buf_cstr(&out), '\033'));
			ck_assert_ptr_null(strchr(buf_cstr(&errors), '\033'));
		}
	tear_down();
}
END_TEST

/* Root may read everything, nobody may not. */
START_TEST(permission_denied_tells_who_may)
{
	char conf[300];
	uid_t before = geteuid();

	set_up();
	snprintf(conf, sizeof conf, "%s/inlay.conf", directory);
	ck_assert_int_eq(chmod(directory, 0755), 0);
	ck_assert_int_eq(chmod(conf, before == 0 ? 0600 : 0), 0);
	ck_assert_int_eq(before == 0 ? seteuid(65534) : 0, 0);
	for (const struct verb *verb = verbs; verb->noun; verb++) {
		if (verb->need == NEED_NOTHING)
			continue;
		ck_assert_int_eq(
		    run_verb_with(verb, "a b " + 2 * (2 - verb->least)),
		    EX_CONFIG);
		said(&errors,
		    "inlay.conf: Permission denied; run it with sudo, or as a "
		    "member of the group ");
	}
	ck_assert_int_eq(before == 0 ? seteuid(before) : 0, 0);
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("manners");
	TCase *tests = tcase_create("manners");

	tcase_add_test(tests, every_verb_helps_and_tells_the_version);
	tcase_add_test(tests, every_verb_fails_for_programs_in_one_shape);
	tcase_add_loop_test(tests, what_is_not_there_is_told_in_that_shape, 0,
	    sizeof rows / sizeof *rows);
	tcase_add_test(tests, a_place_is_told_in_that_shape);
	tcase_add_test(tests, a_reader_that_goes_away_is_no_failure);
	tcase_add_test(tests, no_verb_paints_what_is_no_terminal);
	tcase_add_test(tests, permission_denied_tells_who_may);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
