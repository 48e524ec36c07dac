#include "milter/liquid/compile/header_flow.h"

#include "milter/liquid/html/escape.h"
#include "store/base/ascii.h"

struct reading {
	enum escape escape;
	unsigned scheme; /* bytes of "://" seen */
	unsigned mailto; /* bytes of "<mailto:" seen */
};

bool
op_prints(uint8_t op)
{
	return op == OP_EMIT || op == OP_EMIT_HTML || op == OP_EMIT_PATH ||
	       op == OP_CYCLE || op == OP_WHY || op == OP_INCREMENT ||
	       op == OP_DECREMENT;
}

static const char slashes[] = "://";
static const char mailto[] = "<mailto:";

/* How many bytes of the word are seen once c has come, too. */
static unsigned
match(const char *word, unsigned seen, char c)
{
	c = ascii_lower(c);
	if (c == word[seen])
		return seen + 1;
	return c == word[0];
}

static void
read_words(struct reading *reading, char c)
{
	reading->scheme = match(slashes, reading->scheme, c);
	reading->mailto = match(mailto, reading->mailto, c);
	if (reading->scheme == sizeof slashes - 1)
		reading->escape = ESCAPE_CSS_URL_PART;
	else if (reading->mailto == sizeof mailto - 1)
		reading->escape = ESCAPE_URL_ADDRESS;
}

static void
read_byte(struct reading *reading, char c)
{
	if (reading->escape == ESCAPE_HEADER) {
		read_words(reading, c);
	} else if (c == '?' || c == '#') {
		reading->escape = ESCAPE_URL_COMPONENT;
	} else if (c == ' ' || c == '\t' || c == '\r' || c == '\n' ||
		   c == '"' || c == '<' || c == '>') {
		*reading = (struct reading){ .escape = ESCAPE_HEADER };
		read_words(reading, c);
	}
}

void
header_flow_escapes(struct compiler *c)
{
	struct reading reading = { .escape = ESCAPE_HEADER };

	for (uint32_t pc = 0; pc < c->count; pc++) {
		struct code *code = &c->code[pc];

		if (op_prints(code->op)) {
			code->flags = (uint8_t)reading.escape;
			reading.scheme = reading.mailto = 0;
		}
		for (uint32_t i = 0; code->op == OP_TEXT && i < code->arg; i++)
			read_byte(&reading, code->text[i]);
	}
}
