#include "tools/input/data_path.h"

#include <stdio.h>

#include "store/base/suggest.h"
#include "store/catalog/catalog.h"
#include "store/catalog/schema.h"

static const char *const roots[] = { "profile", "recipient", "campaign", "ref",
	"slot", "variant", NULL };
static const char *const of_recipient[] = { "address", "local", "domain",
	"token", NULL };
static const char *const of_campaign[] = { "id", "topic", "about", NULL };

static bool
next_word(const void *names, size_t index, struct span *name)
{
	const char *const *list = names;

	if (list[index] == NULL)
		return false;
	*name = span_str(list[index]);
	return true;
}

bool
data_path_next_field(const void *names, size_t index, struct span *name)
{
	const struct schema *schema = names;

	if (index >= schema->field_count)
		return false;
	*name = schema->fields[index].name;
	return true;
}

static bool
is_listed(const char *const *list, struct span name)
{
	for (; *list != NULL; list++)
		if (span_eq(name, span_str(*list)))
			return true;
	return false;
}

static bool
guess(const char *prefix, struct span name, char hint[DATA_PATH_HINT])
{
	if (name.len != 0)
		snprintf(hint, DATA_PATH_HINT, "; did you mean `%s%.*s`?",
		    prefix, SPAN_ARG(name));
	return name.len != 0;
}

/* first_name, customer.first_name: what systems with one bag of names write;
 * Gold: a text without quotes. */
static void
guess_root(
    const struct schema *schema, struct span path, char hint[DATA_PATH_HINT])
{
	struct span last = path;

	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '.')
			last = span_from(path, i + 1);
	if (guess("profile.",
		suggest_nearest(last, data_path_next_field, schema), hint))
		return;
	if (last.len == path.len)
		snprintf(hint, DATA_PATH_HINT, "; a text stands in quotes");
	else
		(void)guess("", suggest_nearest(path, next_word, roots), hint);
}

bool
data_path_known(const struct catalog *catalog, const struct schema *schema,
    struct span path, char hint[DATA_PATH_HINT])
{
	struct span root = span_first(path, span_find(path, '.'));
	struct span step = span_from(path, root.len + 1);

	hint[0] = '\0';
	step = span_first(step, span_find(step, '.'));
	if (!is_listed(roots, root))
		guess_root(schema, path, hint);
	else if (step.len == 0 || span_eq(step, SPAN("[]")))
		return true;
	else if (span_eq(root, SPAN("recipient")) &&
		 !is_listed(of_recipient, step))
		(void)guess("recipient.",
		    suggest_nearest(step, next_word, of_recipient), hint);
	else if (span_eq(root, SPAN("campaign")) &&
		 !is_listed(of_campaign, step))
		(void)guess("campaign.",
		    suggest_nearest(step, next_word, of_campaign), hint);
	else if (span_eq(root, SPAN("ref")) && !catalog_table(catalog, step))
		(void)guess("ref.",
		    suggest_nearest(step, catalog_next_table, catalog), hint);
	else
		return true;
	return false;
}
