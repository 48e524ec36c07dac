#include "milter/liquid/date/pattern.h"

#include "store/base/ascii.h"

#include <limits.h>

struct matcher {
	const char *pattern;
	const char *start;
	const char *end;
	struct span *groups;
	unsigned *steps;
};

/* What is left to match once the group now being matched has ended. */
struct rest {
	const char *after;  /* pattern behind the group */
	unsigned group;	    /* 0: does not capture */
	const char *opened; /* text where the group began */
	const struct rest *outer;
};

/* One byte, escape or class with its quantifier. */
struct atom {
	const char *at;
	const char *after; /* behind the quantifier */
	unsigned least;
	unsigned most;
};

/* The recursion is as deep as the pattern has parts: repeats are loops. */
static bool match(
    struct matcher *m, const char *p, const char *s, const struct rest *rest);

static bool
is_word(unsigned char c)
{
	return ascii_is_word((char)c) || c >= 128;
}

static bool
escape_has(char escape, char c)
{
	switch (escape) {
	case 'd':
		return ascii_is_digit(c);
	case 'D':
		return !ascii_is_digit(c);
	case 's':
		return ascii_is_space(c);
	case 'S':
		return !ascii_is_space(c);
	default:
		return c == escape;
	}
}

/* p is behind the '['. */
static bool
class_has(const char *p, unsigned char c)
{
	bool negated = *p == '^';
	bool has = false;

	if (negated)
		p++;
	for (; *p != ']'; p++) {
		if (*p == '\\') {
			has |= escape_has(*++p, c);
		} else if (p[1] == '-' && p[2] != ']') {
			has |= c >= (unsigned char)p[0] &&
			       c <= (unsigned char)p[2];
			p += 2;
		} else {
			has |= c == (unsigned char)*p;
		}
	}
	return has != negated;
}

static const char *
atom_end(const char *p)
{
	if (*p == '\\')
		return p + 2;
	if (*p != '[')
		return p + 1;
	while (*++p != ']')
		if (*p == '\\')
			p++;
	return p + 1;
}

static bool
atom_has(const char *p, unsigned char c)
{
	if (*p == '\\')
		return escape_has(p[1], c);
	if (*p == '[')
		return class_has(p + 1, c);
	return *p == '.' || (unsigned char)*p == c;
}

static unsigned
read_count(const char **p)
{
	unsigned count = 0;

	while (ascii_is_digit(**p))
		count = count * 10 + (unsigned)(*(*p)++ - '0');
	return count;
}

static struct atom
atom_read(const char *p)
{
	struct atom atom = { .at = p, .after = atom_end(p), 1, 1 };

	if (*atom.after == '?') {
		atom.least = 0;
	} else if (*atom.after == '*') {
		atom.least = 0;
		atom.most = UINT_MAX;
	} else if (*atom.after == '+') {
		atom.most = UINT_MAX;
	} else if (*atom.after == '{') {
		const char *q = atom.after + 1;

		atom.least = atom.most = read_count(&q);
		if (*q == ',') {
			q++;
			atom.most = read_count(&q);
		}
		atom.after = q;
	} else {
		return atom;
	}
	atom.after++;
	return atom;
}

/* From the '(' to behind its ')'. */
static const char *
group_end(const char *p)
{
	unsigned depth = 0;

	for (;; p = atom_end(p)) {
		if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p + 1;
	}
}

/* The next '|' of this group, or its ')' or the end of the pattern. */
static const char *
branch_end(const char *p)
{
	while (*p != '\0' && *p != '|' && *p != ')')
		p = *p == '(' ? group_end(p) : atom_end(p);
	return p;
}

static unsigned
group_number(const char *pattern, const char *open)
{
	unsigned number = 1;

	for (const char *p = pattern; p < open; p = atom_end(p))
		if (*p == '(' && p[1] != '?')
			number++;
	return number;
}

static bool
match_group(struct matcher *m, const char *open, const char *s,
    const struct rest *outer)
{
	const char *close = group_end(open);
	bool optional = *close == '?';
	bool captures = open[1] != '?';
	const char *branch = captures ? open + 1 : open + 3;
	struct rest rest = {
		.after = optional ? close + 1 : close,
		.group = captures ? group_number(m->pattern, open) : 0,
		.opened = s,
		.outer = outer,
	};

	for (;;) {
		if (match(m, branch, s, &rest))
			return true;
		branch = branch_end(branch);
		if (*branch != '|')
			break;
		branch++;
	}
	return optional && match(m, rest.after, s, outer);
}

static bool
match_group_end(struct matcher *m, const char *s, const struct rest *rest)
{
	struct span before = m->groups[rest->group];

	if (rest->group != 0)
		m->groups[rest->group] =
		    span_of(rest->opened, (size_t)(s - rest->opened));
	if (match(m, rest->after, s, rest->outer))
		return true;
	m->groups[rest->group] = before;
	return false;
}

static bool
match_atom(
    struct matcher *m, const char *p, const char *s, const struct rest *rest)
{
	struct atom atom = atom_read(p);
	unsigned count = 0;

	while (count < atom.most && s + count < m->end &&
	       atom_has(atom.at, (unsigned char)s[count]))
		count++;
	for (;; count--) {
		if (count < atom.least)
			return false;
		if (match(m, atom.after, s + count, rest))
			return true;
		if (count == 0)
			return false;
	}
}

static bool
at_boundary(const struct matcher *m, const char *s)
{
	bool before = s > m->start && is_word((unsigned char)s[-1]);
	bool after = s < m->end && is_word((unsigned char)*s);

	return before != after;
}

static bool
match(struct matcher *m, const char *p, const char *s, const struct rest *rest)
{
	if (*m->steps == 0)
		return false;
	(*m->steps)--;
	switch (*p) {
	case '\0':
		m->groups[0].len = (size_t)(s - m->groups[0].at);
		return true;
	case '|':
	case ')':
		return match_group_end(m, s, rest);
	case '(':
		return match_group(m, p, s, rest);
	case '^':
		return s == m->start && match(m, p + 1, s, rest);
	case '$':
		return s == m->end && match(m, p + 1, s, rest);
	default:
		break;
	}
	if (p[0] == '\\' && p[1] == 'b')
		return at_boundary(m, s) && match(m, p + 2, s, rest);
	return match_atom(m, p, s, rest);
}

int
pattern_find(const char *pattern, struct span text,
    struct span groups[PATTERN_GROUPS], unsigned *steps)
{
	const char *start = text.at ? text.at : "";
	struct matcher m = { .pattern = pattern,
		.start = start,
		.end = start + text.len,
		.groups = groups,
		.steps = steps };

	/* What failed to match has put back what it set. */
	memset(groups, 0, PATTERN_GROUPS * sizeof *groups);
	for (const char *s = m.start; s <= m.end && *steps != 0; s++) {
		groups[0] = span_of(s, 0);
		if (match(&m, pattern, s, NULL))
			return 1;
	}
	return 0;
}
