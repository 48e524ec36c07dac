#include "milter/liquid/compile/hint.h"

#include <stdio.h>

#include "milter/liquid/filter/filter.h"
#include "store/base/suggest.h"

const char *
hint_name(struct span nearest, char out[HINT_SIZE])
{
	out[0] = '\0';
	if (nearest.len != 0)
		snprintf(out, HINT_SIZE, "; did you mean `%.*s`?",
		    SPAN_ARG(nearest));
	return out;
}

static bool
next_filter(const void *names, size_t index, struct span *name)
{
	const struct filter *filter = filter_nth(index);

	(void)names;
	*name = filter != NULL ? span_str(filter->name) : SPAN_NONE;
	return filter != NULL;
}

const char *
hint_filter(struct span name, char out[HINT_SIZE])
{
	return hint_name(suggest_nearest(name, next_filter, NULL), out);
}

/* ---- words of other languages ---- */

struct foreign_word {
	const char *text;
	const char *hint;
};

static const struct foreign_word in_conditions[] = {
	{ "=", "== compares" },
	{ "is", "== compares" },
	{ "equals", "== compares" },
	{ "in", "`list contains value` looks into a list" },
	{ "&", "it is written `and`" },
	{ "AND", "it is written `and`" },
	{ "|", "it is written `or`" },
	{ "OR", "it is written `or`" },
	{ "!", "`!=` and {% unless %} say no" },
	{ "==", "conditions have no parentheses" },
	{ "!=", "conditions have no parentheses" },
	{ NULL, NULL },
};

static const struct foreign_word anywhere[] = {
	{ "|", "`| default: \"...\"` says what to write instead" },
	{ "\xe2\x80\x9c", "quotes are straight: \"...\"" },
	{ "\xe2\x80\x9d", "quotes are straight: \"...\"" },
	{ "\xe2\x80\x9e", "quotes are straight: \"...\"" },
	{ "\xe2\x80\x98", "quotes are straight: '...'" },
	{ "\xe2\x80\x99", "quotes are straight: '...'" },
	{ "\xc2\xab", "quotes are straight: \"...\"" },
	{ "\xc2\xbb", "quotes are straight: \"...\"" },
	{ NULL, NULL },
};

static const char *
find_word(const struct foreign_word *words, struct span text)
{
	while (words->text != NULL && !span_eq(span_str(words->text), text))
		words++;
	return words->hint;
}

static const char *
root_hint(struct span root)
{
	static const char *const statements[] = { "assign", "case", "else",
		"elsif", "for", "if", "include", "render", "unless" };

	if (span_eq(root, SPAN("not")))
		return "there is no `not`: `!=`, `== false` and {% unless %} "
		       "say it";
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++)
		if (span_eq(root, span_str(statements[i])))
			return "a tag is written {% ... %}";
	return NULL;
}

/* Of the name, the number or the sign that stands at the lexer. */
static const char *
find_hint(const struct compiler *c)
{
	const struct token *now = &c->lex.now;
	const char *hint = NULL;

	if (now->kind == LEX_STRING || now->kind == LEX_END)
		return NULL;
	if (c->condition)
		hint = find_word(in_conditions, now->text);
	if (hint == NULL)
		hint = find_word(anywhere, lex_shown(&c->lex));
	if (hint == NULL && now->kind == LEX_INTEGER && now->text.at[0] == '-')
		return "a date stands in quotes";
	if (hint == NULL && c->root != NULL && c->root->count == 0)
		hint = root_hint(span_of(c->root->root.at, c->root->root.len));
	if (hint == NULL && now->kind == LEX_NAME && filter_find(now->text))
		return "a filter stands behind a |";
	return hint;
}

const char *
hint_token(const struct compiler *c, char out[HINT_SIZE])
{
	const char *hint = find_hint(c);

	out[0] = '\0';
	if (hint != NULL)
		snprintf(out, HINT_SIZE, "; %s", hint);
	return out;
}
