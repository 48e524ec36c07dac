/* The comparisons of fields with texts, and the chains they make. */
#include "milter/liquid/compile/manifest.h"
#include "milter/liquid/compile/notes.h"

int
note_comparison(struct compiler *c, size_t mark, struct span text)
{
	struct notes *n = c->notes;
	struct manifest_comparison *comparison;

	if (n->fields.count != mark + 1)
		return 0;
	comparison = note_add(c, &n->comparisons, sizeof *comparison);
	if (comparison == NULL)
		return -1;
	comparison->field = mark;
	return compile_keep(c, text, &comparison->text);
}

size_t
note_comparisons(const struct compiler *c)
{
	return c->notes->comparisons.count;
}

static struct manifest_chain *
chain_at(struct compiler *c, int chain)
{
	return (struct manifest_chain *)c->notes->chains.at + chain;
}

int
note_chain(struct compiler *c, size_t mark)
{
	struct notes *n = c->notes;
	struct manifest_chain *chain;

	if (n->fields.count == mark)
		return MANIFEST_NONE;
	chain = note_add(c, &n->chains, sizeof *chain);
	if (chain == NULL)
		return MANIFEST_NONE;
	chain->field = mark;
	return (int)n->chains.count - 1;
}

void
note_asked(struct compiler *c, size_t mark)
{
	struct manifest_field *fields = c->notes->fields.at;

	for (size_t i = mark; i < c->notes->fields.count; i++)
		fields[i].tested = true;
}

void
note_clause(struct compiler *c, int chain, size_t from, size_t comparisons)
{
	const struct notes *n = c->notes;
	const struct manifest_field *fields = n->fields.at;
	const struct manifest_comparison *all = n->comparisons.at;
	struct span path;

	if (chain == MANIFEST_NONE)
		return;
	path = fields[chain_at(c, chain)->field].path;
	chain_at(c, chain)->asks_more |=
	    n->comparisons.count - from != comparisons;
	for (size_t i = from; i < n->comparisons.count; i++)
		if (span_eq(fields[all[i].field].path, path))
			note_text(c, &chain_at(c, chain)->texts,
			    &chain_at(c, chain)->text_count, all[i].text);
		else
			chain_at(c, chain)->asks_more = true;
}

void
note_when_text(struct compiler *c, int chain, struct span text)
{
	struct manifest_comparison *comparison;
	struct manifest_chain *at;

	if (chain == MANIFEST_NONE)
		return;
	at = chain_at(c, chain);
	comparison = note_add(c, &c->notes->comparisons, sizeof *comparison);
	if (comparison == NULL ||
	    note_text(c, &at->texts, &at->text_count, text) < 0)
		return;
	comparison->field = at->field;
	compile_keep(c, text, &comparison->text);
}

void
note_chain_else(struct compiler *c, int chain)
{
	if (chain != MANIFEST_NONE)
		chain_at(c, chain)->has_else = true;
}
