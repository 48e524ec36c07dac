/*
 * inlay completion: bash, zsh. Scripts made of the table of verbs: what a
 * shell offers behind the words that stand there.
 */
#include <string.h>
#include <sysexits.h>

#include "tools/verbs.h"

/* Whether an earlier verb has the same noun. */
static bool
noun_told(const struct verb *all, const struct verb *verb)
{
	return verb != all && strcmp(verb[-1].noun, verb->noun) == 0;
}

static void
put_flags(const struct flag *flags, FILE *out)
{
	for (; flags && flags->name; flags++)
		fprintf(out, " --%s", flags->name);
}

/* Help within single quotes; a colon ends a word of zsh's lists. */
static void
put_quoted(const char *text, FILE *out)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs("'\\''", out);
		else if (*text == ':')
			fputs("\\:", out);
		else
			fputc(*text, out);
}

/* ---- what follows which words, as a function that both shells read ---- */

/* The nouns behind nothing, the verbs behind a noun. */
static void
put_words(const struct cli *cli)
{
	FILE *out = cli->out;

	fputs("_inlay_words() {\n\tcase $1 in\n\t'') echo '", out);
	for (const struct verb *verb = cli->verbs; verb->noun; verb++)
		if (!noun_told(cli->verbs, verb))
			fprintf(out, "%s%s", verb == cli->verbs ? "" : " ",
			    verb->noun);
	fputs("' ;;\n", out);
	for (const struct verb *verb = cli->verbs; verb->noun; verb++) {
		if (*verb->name == '\0')
			continue;
		if (!noun_told(cli->verbs, verb))
			fprintf(out, "\t%s) echo '%s", verb->noun, verb->name);
		else
			fprintf(out, " %s", verb->name);
		if (!verb[1].noun || !noun_told(cli->verbs, verb + 1))
			fputs("' ;;\n", out);
	}
	fputs("\tesac\n}\n", out);
}

static void
put_verb_flags(const struct cli *cli)
{
	FILE *out = cli->out;

	fputs("_inlay_flags() {\n\tcase $1 in\n", out);
	for (const struct verb *verb = cli->verbs; verb->noun; verb++) {
		fprintf(out, "\t'%s%s%s') echo '", verb->noun,
		    *verb->name ? " " : "", verb->name);
		put_flags(verb->flags, out);
		put_flags(cli->global_flags, out);
		fputs("' ;;\n", out);
	}
	fputs("\t*) echo '", out);
	put_flags(cli->global_flags, out);
	fputs("' ;;\n\tesac\n}\n", out);
}

/* A flag whose value is one of some: "csv|json". Others take a file or what no
 * shell can know. */
static void
put_values(const struct cli *cli)
{
	FILE *out = cli->out;

	fputs("_inlay_values() {\n\tcase $1 in\n", out);
	for (const struct verb *verb = cli->verbs; verb->noun; verb++)
		for (const struct flag *flag = verb->flags; flag && flag->name;
		     flag++) {
			if (!flag->value || !strchr(flag->value, '|'))
				continue;
			fprintf(out, "\t'%s%s%s --%s') echo '", verb->noun,
			    *verb->name ? " " : "", verb->name, flag->name);
			for (const char *at = flag->value; *at; at++)
				fputc(*at == '|' ? ' ' : *at, out);
			fputs("' ;;\n", out);
		}
	fputs("\tesac\n}\n", out);
}

static const char bash[] =
    "_inlay() {\n"
    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "\tlocal at= words= word i\n"
    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
    "\t\tword=${COMP_WORDS[i]}\n"
    "\t\t[[ \" $(_inlay_words \"$at\") \" == *\" $word \"* ]] &&\n"
    "\t\t\tat=${at:+$at }$word\n"
    "\tdone\n"
    "\tif [[ $prev == --* && -n $(_inlay_values \"$at $prev\") ]]; then\n"
    "\t\twords=$(_inlay_values \"$at $prev\")\n"
    "\telif [[ $cur == -* ]]; then\n"
    "\t\twords=$(_inlay_flags \"$at\")\n"
    "\telse\n"
    "\t\twords=$(_inlay_words \"$at\")\n"
    "\tfi\n"
    "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "}\n"
    "complete -o default -F _inlay inlay\n";

static const char zsh[] =
    "_inlay() {\n"
    "\tlocal at= word prev=$words[CURRENT-1] cur=$words[CURRENT]\n"
    "\tlocal -a offered\n"
    "\tinteger i\n"
    "\tfor ((i = 2; i < CURRENT; i++)); do\n"
    "\t\tword=$words[i]\n"
    "\t\t[[ \" $(_inlay_words \"$at\") \" == *\" $word \"* ]] &&\n"
    "\t\t\tat=${at:+$at }$word\n"
    "\tdone\n"
    "\tif [[ $prev == --* && -n $(_inlay_values \"$at $prev\") ]]; then\n"
    "\t\toffered=(${=$(_inlay_values \"$at $prev\")})\n"
    "\t\tcompadd -a offered\n"
    "\telif [[ $cur == -* ]]; then\n"
    "\t\toffered=(${=$(_inlay_flags \"$at\")})\n"
    "\t\tcompadd -a offered\n"
    "\telif [[ -n $(_inlay_words \"$at\") ]]; then\n"
    "\t\toffered=(${(f)\"$(_inlay_help \"$at\")\"})\n"
    "\t\t_describe -t commands inlay offered\n"
    "\telse\n"
    "\t\t_files\n"
    "\tfi\n"
    "}\n"
    "if [[ $funcstack[1] == _inlay ]]; then\n"
    "\t_inlay \"$@\"\n"
    "else\n"
    "\tcompdef _inlay inlay\n"
    "fi\n";

static void
put_help(const struct cli *cli)
{
	FILE *out = cli->out;

	fputs("_inlay_help() {\n\tcase $1 in\n\t'') print -l", out);
	for (const struct verb *verb = cli->verbs; verb->noun; verb++) {
		if (noun_told(cli->verbs, verb))
			continue;
		fprintf(out, " \\\n\t\t'%s", verb->noun);
		if (*verb->name == '\0') {
			fputc(':', out);
			put_quoted(verb->help, out);
		}
		fputc('\'', out);
	}
	fputs(" ;;\n", out);
	for (const struct verb *verb = cli->verbs; verb->noun; verb++) {
		if (*verb->name == '\0')
			continue;
		if (!noun_told(cli->verbs, verb))
			fprintf(out, "\t%s) print -l", verb->noun);
		fprintf(out, " \\\n\t\t'%s:", verb->name);
		put_quoted(verb->help, out);
		fputc('\'', out);
		if (!verb[1].noun || !noun_told(cli->verbs, verb + 1))
			fputs(" ;;\n", out);
	}
	fputs("\tesac\n}\n", out);
}

int
verb_completion_bash(struct cli *cli, struct err *err)
{
	(void)err;
	fputs("# bash completion for inlay: inlay completion bash\n", cli->out);
	put_words(cli);
	put_verb_flags(cli);
	put_values(cli);
	fputs(bash, cli->out);
	return EX_OK;
}

int
verb_completion_zsh(struct cli *cli, struct err *err)
{
	(void)err;
	fputs("#compdef inlay\n# made by: inlay completion zsh\n", cli->out);
	put_words(cli);
	put_verb_flags(cli);
	put_values(cli);
	put_help(cli);
	fputs(zsh, cli->out);
	return EX_OK;
}
