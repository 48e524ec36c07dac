#include "tools/message/foreign.h"

#include "store/base/ascii.h"
#include "milter/mail/html_tag.h"

enum { NAME_MOST = 60 };

/* What a name between the marks may be. */
enum placeholder_name {
	ANY_WORDS,  /* letters, digits and a few signs, a letter at least */
	CAPITALS,   /* three capitals or more: FIRSTNAME */
	OF_PERSONS, /* capitals that name a person or the mail: [FROMEMAIL] */
	FALLBACK    /* words with `,fallback=` */
};

static const struct system {
	const char *name, *open, *close;
	enum placeholder_name naming;
} systems[] = {
	{ "Mailchimp", "*|", "|*", ANY_WORDS },
	{ "Salesforce Marketing Cloud", "%%", "%%", ANY_WORDS },
	{ "ActiveCampaign", "%", "%", CAPITALS },
	{ "Mautic", "{contactfield=", "}", ANY_WORDS },
	{ "Mautic", "{leadfield=", "}", ANY_WORDS },
	{ "Mailjet", "[[", "]]", ANY_WORDS },
	{ "Campaign Monitor", "[", "]", FALLBACK },
	{ "phpList", "[", "]", OF_PERSONS },
	{ "Adobe Campaign", "<%=", "%>", ANY_WORDS },
	{ "Oracle Responsys", "${", "}", ANY_WORDS },
	{ "Marketo", "#{", "}", ANY_WORDS },
};

enum { SYSTEMS = sizeof systems / sizeof *systems };

static bool
is_words(struct span name)
{
	bool letter = false;

	for (size_t i = 0; i < name.len; i++) {
		char c = name.at[i];

		if (!ascii_is_word(c) && strchr(" .:=@-\"'|", c) == NULL)
			return false;
		letter |= ascii_is_letter(c);
	}
	return letter;
}

static bool
is_capitals(struct span name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_word(name.at[i]) ||
		    name.at[i] != ascii_upper(name.at[i]))
			return false;
	return name.len >= 3 && ascii_is_letter(name.at[0]);
}

static bool
names_person(struct span name)
{
	static const char *const words[] = { "NAME", "MAIL", "UNSUBSCRIBE",
		"PREFERENCES", "ADDRESS", "WEBSITE", "USERID" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_search(name, span_str(words[i])) < name.len)
			return is_capitals(name);
	return false;
}

static bool
fits(enum placeholder_name naming, struct span name)
{
	switch (naming) {
	case ANY_WORDS:
		return is_words(name);
	case CAPITALS:
		return is_capitals(name);
	case OF_PERSONS:
		return names_person(name);
	case FALLBACK:
		return span_search(name, SPAN(",fallback=")) < name.len;
	}
	return false;
}

/* How long a placeholder of the system at the start is, or 0. */
static size_t
placeholder(const struct system *system, struct span s)
{
	struct span open = span_str(system->open);
	struct span close = span_str(system->close);
	struct span inside;
	size_t len;

	if (!span_starts(s, open))
		return 0;
	inside = span_first(span_from(s, open.len), NAME_MOST + close.len);
	len = span_search(inside, close);
	if (len == inside.len || len == 0 ||
	    !fits(system->naming, span_first(inside, len)))
		return 0;
	return open.len + len + close.len;
}

/* The length of our own tag at the start, or 0. */
static size_t
own_tag(struct span s)
{
	struct span close = span_starts(s, SPAN("{{"))	 ? SPAN("}}")
			    : span_starts(s, SPAN("{%")) ? SPAN("%}")
							 : SPAN("");
	size_t len;

	if (close.len == 0)
		return 0;
	len = span_search(s, close);
	return len < s.len ? len + close.len : 0;
}

void
foreign_look(struct findings *findings, struct span where, struct span text)
{
	bool told[SYSTEMS] = { false };
	unsigned line, column;

	for (size_t at = 0; at < text.len;) {
		struct span rest = span_from(text, at);
		size_t len = own_tag(rest);

		for (size_t i = 0; len == 0 && i < SYSTEMS; i++) {
			len = placeholder(&systems[i], rest);
			if (len == 0 || told[i])
				continue;
			told[i] = true;
			html_place(text, at, &line, &column);
			finding_at(findings, "placeholder", where, line, column,
			    "%.*s is a placeholder of %s and would leave as it "
			    "stands; write {{ profile.NAME }}",
			    (int)len, rest.at, systems[i].name);
		}
		at += len ? len : 1;
	}
}
