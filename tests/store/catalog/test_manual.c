/* The manual of the documents: each key of the parsers' tables has an entry
 * with a sentence and an example, and each example can be loaded. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/base/buf.h"
#include "store/catalog/block.h"
#include "store/catalog/campaign.h"
#include "store/catalog/sensitivity_cell.h"
#include "store/catalog/schema.h"
#include "store/catalog/yaml.h"
#include "tests/suite.h"

static struct arena *arena;
static struct err err;

static int
load_campaign(struct span example)
{
	struct campaign *campaign;
	struct buf text;

	buf_init(&text, arena, 4096);
	if (!span_starts(example, SPAN("id:")))
		buf_str(&text, "id: spring\n");
	buf_add(&text, example);
	return campaign_parse(
	    buf_span(&text), "example", arena, &campaign, &err);
}

static int
load_block(struct span example)
{
	struct block *block;
	struct buf text;

	buf_init(&text, arena, 4096);
	buf_str(&text, "---\n");
	buf_add(&text, example);
	buf_str(&text, "\n---\n<p>Hello</p>\n");
	return block_parse(
	    buf_span(&text), SPAN("hero"), "example", arena, &block, &err);
}

static int
load_schema(struct span example)
{
	struct schema *schema;

	return schema_parse(example, "example", arena, &schema, &err);
}

/* A cell has all its keys: the example's in place of the others' own. */
static int
load_cell(struct span example)
{
	static const char *const all[] = { "cluster: a", "topic: t",
		"pi_p: 0.1", "pi_g: 0.1", "psi_p: 0.1", "psi_g: 0.1",
		"H_cell: 1", "sd_cell: 1" };
	struct sensitivity_cell *cells;
	struct buf text;
	size_t count;

	buf_init(&text, arena, 4096);
	buf_str(&text, "- ");
	buf_add(&text, example);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct span one = span_str(all[i]);

		if (span_starts(
			example, span_first(one, span_find(one, ':') + 1)))
			continue;
		buf_str(&text, "\n  ");
		buf_add(&text, one);
	}
	return sensitivity_cells_parse(
	    buf_span(&text), "example", arena, &cells, &count, &err);
}

static const struct chapter {
	const char *file, *heading;
	const struct yaml_manual *keys;
	int (*load)(struct span example);
} chapters[] = {
	{ "conf/man/inlay-campaign.5", ".Sh KEYS OF A CAMPAIGN\n",
	    campaign_keys, load_campaign },
	{ "conf/man/inlay-campaign.5", ".Sh CONTENT BLOCKS\n", block_keys,
	    load_block },
	{ "conf/man/inlay-schema.5", ".Sh KEYS OF THE SCHEMA\n", schema_keys,
	    load_schema },
	{ "conf/man/inlay-schema.5", ".Sh SENSITIVITY CELLS\n", cell_keys,
	    load_cell },
};

#define CHAPTERS (sizeof chapters / sizeof *chapters)

/* From one mark to the next, marks excluded; the end where there is none. */
static struct span
between(struct span text, const char *begin, const char *end)
{
	size_t at = span_search(text, span_str(begin));

	ck_assert_msg(at < text.len, "the manual lacks: %s", begin);
	text = span_from(text, at + strlen(begin));
	return span_first(text, span_search(text, span_str(end)));
}

static struct span
read_chapter(const struct chapter *chapter)
{
	FILE *file = fopen(chapter->file, "r");
	struct buf text;
	int c;

	ck_assert_ptr_nonnull(file);
	buf_init(&text, arena, 1 << 20);
	while ((c = fgetc(file)) != EOF)
		buf_byte(&text, (char)c);
	fclose(file);
	return between(buf_span(&text), chapter->heading, "\n.Sh ");
}

/* As the reader sees it. */
static struct span
unescaped(struct span roff)
{
	static const struct {
		const char *code, *text;
	} codes[] = { { "\\(dq", "\"" }, { "\\(aq", "'" }, { "\\-", "-" },
		{ "\\e", "\\" } };
	struct buf text;

	buf_init(&text, arena, roff.len + 1);
	while (roff.len != 0) {
		size_t i = 0;

		while (i < 4 && !span_starts(roff, span_str(codes[i].code)))
			i++;
		if (i < 4)
			buf_str(&text, codes[i].text);
		else
			buf_byte(&text, roff.at[0]);
		roff = span_from(roff, i < 4 ? strlen(codes[i].code) : 1);
	}
	return buf_span(&text);
}

static void
check_entry(const struct chapter *chapter, struct span text, const char *path,
    const char *name)
{
	struct span entry, example;
	char item[100];

	snprintf(item, sizeof item, ".It Cm %s%s\n", path, name);
	entry = between(text, item, "\n.It ");
	ck_assert_msg(span_find(entry, '.') > 10, "%s: no sentence", item);
	example = unescaped(
	    between(entry, ".Bd -literal -offset indent -compact\n", "\n.Ed"));
	ck_assert_msg(span_search(example, span_str(name)) < example.len,
	    "%s: its example does not use it", item);
	err_clear(&err);
	ck_assert_msg(chapter->load(example) == 0, "%s: %.*s: %s", item,
	    SPAN_ARG(example), err.text);
}

START_TEST(has_a_sentence_and_an_example_for_each_key)
{
	const struct chapter *chapter = &chapters[_i];
	size_t keys = 0, items = 0;
	struct span text, rest;

	arena = arena_new((size_t)64 << 20);
	text = rest = read_chapter(chapter);
	for (const struct yaml_manual *map = chapter->keys; map->rules; map++)
		for (const struct yaml_rule *rule = map->rules; rule->name;
		     rule++, keys++)
			check_entry(chapter, text, map->path, rule->name);
	for (size_t at; (at = span_search(rest, SPAN("\n.It Cm "))) < rest.len;
	     items++)
		rest = span_from(rest, at + 1);
	ck_assert_uint_eq(items, keys);
	arena_free(&arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("manual of the documents");
	TCase *cases = tcase_create("manual");

	tcase_add_loop_test(
	    cases, has_a_sentence_and_an_example_for_each_key, 0, CHAPTERS);
	suite_add_tcase(suite, cases);
	return suite_run(suite);
}
