/*
 * What the shells offer, asked of the shells.
 */
#include "tests/tools/kit_cli.h"
#include "tools/verbs.h"

/* The exit status of the shell that runs the script, with the completion
 * sourced from its first argument. */
static int
run_shell(const char *shell, const char *kind, const char *script)
{
	char path[256], flag[] = "-c", name[32], text[2000];
	char *argv[] = { name, flag, text, name, path, NULL };
	char words[64];
	pid_t child;
	int status;

	snprintf(words, sizeof words, "completion %s", kind);
	expect(EX_OK, words);
	write_file("completion", buf_cstr(&out));
	snprintf(path, sizeof path, "%s/completion", directory);
	snprintf(name, sizeof name, "%s", shell);
	snprintf(text, sizeof text, "%s", script);
	ck_assert_int_eq(
	    posix_spawnp(&child, shell, NULL, NULL, argv, NULL), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

#define TRY \
	". \"$1\"\n" \
	"try() {\n" \
	"\tCOMP_WORDS=(inlay \"$@\") COMP_CWORD=$#\n" \
	"\t_inlay\n" \
	"\techo \" ${COMPREPLY[*]} \"\n" \
	"}\n"

static const char *const offers[] = {
	"[[ $(try pro) == ' profile ' ]]",
	"[[ $(try profile '') == *' load '*' export '* ]]",
	"[[ $(try profile lo) == ' load ' ]]",
	"[[ $(try -c x.conf profile lo) == ' load ' ]]",
	"[[ $(try profile load --fo) == ' --format ' ]]",
	"[[ $(try profile load --format '') == ' csv json ' ]]",
	"[[ $(try profile load --format j) == ' json ' ]]",
	"[[ $(try profile load x) == '  ' ]]",
	"[[ $(try preview x.eml --se) == ' --seen ' ]]",
	"[[ $(try preview --) == *' --version '* ]]",
	"[[ $(try --) == *' --help '*' --json '* ]]",
	"[[ $(complete -p inlay) == *' -F _inlay inlay' ]]",
};

START_TEST(bash_offers_what_can_follow)
{
	char script[1000];

	set_up();
	snprintf(script, sizeof script, TRY "%s", offers[_i]);
	ck_assert_msg(run_shell("bash", "bash", script) == 0, "%s", offers[_i]);
	tear_down();
}
END_TEST

START_TEST(zsh_offers_what_can_follow)
{
	set_up();
	if (access("/usr/bin/zsh", X_OK) < 0 && access("/bin/zsh", X_OK) < 0)
		fprintf(stderr, "skipped: zsh is not there\n");
	else
		ck_assert_int_eq(
		    run_shell("zsh", "zsh",
			"compdef() { [[ \"$*\" == '_inlay inlay' ]] || exit 1; "
			"}\n"
			". \"$1\"\n"
			"[[ $(_inlay_help '') == *schema*'preview:Print'* ]] "
			"&&\n"
			"[[ $(_inlay_help db) == *'verify:Read the whole'* ]] "
			"&&\n"
			"[[ $(_inlay_words profile) == 'load get'* ]] &&\n"
			"[[ $(_inlay_flags preview) == *' --seen '* ]] &&\n"
			"[[ $(_inlay_values 'profile load --format') == "
			"'csv json' ]]"),
		    0);
	tear_down();
}
END_TEST

/* The lists of the scripts are made of neighbours. */
START_TEST(the_verbs_of_a_noun_stand_together)
{
	for (const struct verb *verb = verbs + 1; verb->noun; verb++)
		for (const struct verb *at = verbs;
		     strcmp(verb->noun, verb[-1].noun) != 0 && at < verb; at++)
			ck_assert_str_ne(at->noun, verb->noun);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("completion");
	TCase *tests = tcase_create("completion");

	tcase_add_loop_test(tests, bash_offers_what_can_follow, 0,
	    sizeof offers / sizeof *offers);
	tcase_add_test(tests, zsh_offers_what_can_follow);
	tcase_add_test(tests, the_verbs_of_a_noun_stand_together);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
