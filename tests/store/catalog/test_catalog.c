#include "store/catalog/catalog.h"

#include <check.h>
#include <stdlib.h>

#include "store/base/timestamp.h"

#include "tests/suite.h"

#define ROOM ((size_t)4 << 20)

static const char schema_text[] =
    "fields:\n"
    "  first_name:\n"
    "    type: string\n"
    "    class: identifying\n"
    "    pattern: '[^\\W\\d_][^\\d]{0,40}'\n"
    "    placeholders: [test, n/a]\n"
    "    default: friend\n"
    "  points: {type: number, class: behavioural, min: 0, max: 1e6}\n"
    "  birth_date: {type: date, min: 1900-01-01, max_age: 365d}\n"
    "  tier: {class: contextual, values: [gold, silver]}\n"
    "  opted: {type: boolean, class: public}\n"
    "  extra: {type: json, class: special}\n"
    "  age: {type: number, derived: \"profile.birth_date | age\"}\n"
    "  plain:\n"
    "  likes: {type: list, values: [rose, tulip], placeholders: [n/a],\n"
    "          map: {Rosen: rose}}\n"
    "  day: {type: date, formats: ['%d/%m/%Y', '%d.%m.%y %H:%M']}\n"
    "  price: {type: number, decimal: ','}\n"
    "sources:\n"
    "  crm: {weight: 90, decay: half_life, period: 730d, rank: 1,\n"
    "        fields: {points: 40, tier: {weight: 10, decay: none,\n"
    "                 period: 1}}}\n"
    "  form: {weight: 70, decay: linear, period_days: 365}\n"
    "unknown_source: {weight: 20}\n"
    "min_trust: 0.6\n"
    "cluster: tier\n";

static const char campaign_text[] =
    "id: spring26\n"
    "tenant: shop\n"
    "topic: garden\n"
    "purpose: personalisation\n"
    "window: {from: 2026-03-01, until: 2026-04-01T00:00+02:00}\n"
    "segments:\n"
    "  young: profile.age < 30\n"
    "  rest: 'true'\n"
    "arms:\n"
    "  warm: {weight: 8}\n"
    "  near: {weight: 1, intensity: segment}\n"
    "  control: {weight: 1, control: true}\n"
    "seed: s1\n"
    "version: 3\n"
    "holdout: {seed: h26, share: 5%}\n"
    "lanes: {exploration: 0.1}\n"
    "min_trust: 0.5\n"
    "missing: blank\n"
    "unknown_recipient: refuse\n"
    "intrusion: {points: 6, max_identifying: 3}\n"
    "caps:\n"
    "  person: {cap: 2, window: 7d}\n"
    "  blocks: {hero_a: {cap: none}}\n"
    "  pools: {heroes: 3}\n"
    "headers:\n"
    "  To: '\"{{ profile.first_name }}\" <{{ recipient.address }}>'\n"
    "signing: {domain: example.org}\n"
    "unsubscribe: {url: 'https://u/{{ recipient.token }}', post: true,\n"
    "  token_ttl: 30d}\n"
    "abort: 550\n"
    "ledger_days: 90\n"
    "costs: {value: 10, loss: 40, personalise: 0.01,\n"
    "  channels: {email: 0.001}}\n"
    "waive: [control]\n"
    "why: true\n";

static const char block_text[] = "---\n"
				 "id: hero_a\n"
				 "pool: heroes\n"
				 "priority: 5\n"
				 "cap: 2\n"
				 "window: 30d\n"
				 "valid_from: 2026-03-01\n"
				 "if: profile.points > 10\n"
				 "fields: [first_name]\n"
				 "---\n"
				 "<h1>A</h1>\n"
				 "--- text\n"
				 "A\n";

static struct arena *arena;
static struct err err;

static void
set_up(void)
{
	arena = arena_new(ROOM);
	err_clear(&err);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

static const char *
failure(void)
{
	static char line[512];

	return err_line(&err, line, sizeof(line));
}

START_TEST(reads_a_schema)
{
	struct schema *schema;
	const struct field *field;

	ck_assert_msg(
	    schema_parse(span_str(schema_text), "s", arena, &schema, &err) == 0,
	    "%s", failure());
	ck_assert_uint_eq(schema->field_count, 11);
	field = schema_field(schema, SPAN("points"));
	ck_assert_ptr_nonnull(field);
	ck_assert_int_eq(field->type, FIELD_NUMBER);
	ck_assert_int_eq(field->class, CLASS_BEHAVIOURAL);
	ck_assert(field->has_max && field->max == 1e6);
	field = schema_field(schema, SPAN("plain"));
	ck_assert_int_eq(field->class, CLASS_IDENTIFYING);
	ck_assert_ptr_null(schema_field(schema, SPAN("none")));
	ck_assert_double_eq(schema->min_trust, 0.6);
	ck_assert_uint_eq(schema_source(schema, SPAN("crm"))->rank, 1);
}
END_TEST

START_TEST(believes_a_source_by_field)
{
	static const struct {
		const char *source, *field;
		double weight, period;
	} cases[] = {
		{ "crm", "first_name", 90, 730 },
		{ "crm", "points", 40, 730 },
		{ "crm", "tier", 10, 1 },
		{ "form", "points", 70, 365 },
		{ "nobody", "points", 20, 365 },
	};
	struct schema *schema;

	ck_assert_int_eq(
	    schema_parse(span_str(schema_text), "s", arena, &schema, &err), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct quality *quality = schema_quality(schema,
		    span_str(cases[i].source), span_str(cases[i].field));

		ck_assert_double_eq(quality->weight, cases[i].weight);
		ck_assert_double_eq(quality->period_days, cases[i].period);
	}
}
END_TEST

static const struct {
	const char *field, *value, *fault;
} values[] = {
	{ "first_name", "Zo\xc3\xab", NULL },
	{ "first_name", " Anna ", NULL },
	{ "first_name", "TEST", "placeholder" },
	{ "first_name", "J4ne", "pattern" },
	{ "first_name", "  ", "empty" },
	{ "first_name", "\xff\xfe", "pattern" },
	{ "points", "12.5", NULL },
	{ "points", "-1", "range" },
	{ "points", "many", "type" },
	{ "points", "0x10", "type" },
	{ "birth_date", "1980-02-29", NULL },
	{ "birth_date", "1981-02-29", "type" },
	{ "birth_date", "1899-12-31", "range" },
	{ "tier", "Gold", NULL },
	{ "tier", "tin", "choice" },
	{ "opted", "true", NULL },
	{ "opted", "1", "type" },
	{ "extra", "{\"a\": [1]}", NULL },
	{ "extra", "{", "type" },
	{ "likes", "[\"Rose\",\"tulip\"]", NULL },
	{ "likes", "[]", NULL },
	{ "likes", "[\"rose\",\"oak\"]", "choice" },
	{ "likes", "[\"rose\",\"N/A\"]", "placeholder" },
	{ "likes", "rose", NULL },
	{ "likes", "oak", "choice" },
};

START_TEST(tells_valid_values_from_filled_ones)
{
	struct schema *schema;
	const char *fault;

	ck_assert_int_eq(
	    schema_parse(span_str(schema_text), "s", arena, &schema, &err), 0);
	fault = field_fault(schema_field(schema, span_str(values[_i].field)),
	    span_str(values[_i].value));
	ck_assert_pstr_eq(fault, values[_i].fault);
}
END_TEST

START_TEST(survives_a_pattern_that_explodes)
{
	static const char bomb[] = "fields: {a: {pattern: '(a+)+b'}}\n";
	static const char value[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac";
	struct schema *schema;

	ck_assert_int_eq(
	    schema_parse(span_str(bomb), "s", arena, &schema, &err), 0);
	ck_assert_str_eq(
	    field_fault(schema->fields, span_str(value)), "pattern");
}
END_TEST

START_TEST(reads_a_campaign)
{
	struct campaign *c;

	ck_assert_msg(
	    campaign_parse(span_str(campaign_text), "c", arena, &c, &err) == 0,
	    "%s", failure());
	ck_assert(span_eq(c->id, SPAN("spring26")));
	ck_assert_int_eq(c->from, 1772323200);
	ck_assert_int_eq(c->until, 1774994400);
	ck_assert_uint_eq(c->segment_count, 2);
	ck_assert(span_eq(c->segments[0].condition, SPAN("profile.age < 30")));
	ck_assert_uint_eq(c->arm_count, 3);
	ck_assert_double_eq_tol(c->arms[0].share, 0.8, 1e-12);
	ck_assert_int_eq(c->arms[1].intensity, INTENSITY_SEGMENT);
	ck_assert(campaign_arm(c, SPAN("control"))->control);
	ck_assert_double_eq_tol(c->holdout, 0.05, 1e-12);
	ck_assert_double_eq_tol(c->exploitation, 0.9, 1e-12);
	ck_assert_int_eq(c->missing, MISSING_BLANK);
	ck_assert_int_eq(c->unknown_recipient, UNKNOWN_REFUSE);
	ck_assert(c->has_budget && c->budget_points == 6);
	ck_assert_uint_eq(campaign_cap(c, CAP_PERSON, SPAN(""))->cap, 2);
	ck_assert_uint_eq(
	    campaign_cap(c, CAP_BLOCK, SPAN("hero_a"))->cap, CAP_NONE);
	ck_assert_int_eq(
	    campaign_cap(c, CAP_POOL, SPAN("heroes"))->window, SPAN_UNSET);
	ck_assert_ptr_null(campaign_cap(c, CAP_BLOCK, SPAN("other")));
	ck_assert_uint_eq(c->header_count, 1);
	ck_assert_int_eq(c->token_ttl, 30 * 86400);
	ck_assert_int_eq(c->abort, ABORT_REJECT);
	ck_assert(campaign_waives(c, "control"));
	ck_assert(c->why);
}
END_TEST

START_TEST(fills_in_what_a_short_campaign_leaves_unsaid)
{
	struct campaign *c;

	ck_assert_int_eq(
	    campaign_parse(SPAN("id: x"), "c", arena, &c, &err), 0);
	ck_assert(span_eq(c->tenant, SPAN("default")));
	ck_assert(span_eq(c->topic, SPAN("x")));
	ck_assert(span_eq(c->seed, SPAN("x")));
	ck_assert_int_eq(c->from, WHEN_PAST);
	ck_assert_int_eq(c->until, WHEN_FUTURE);
	ck_assert_uint_eq(c->arm_count, 1);
	ck_assert_int_eq(c->arms[0].intensity, INTENSITY_INDIVIDUAL);
	ck_assert_int_eq(c->missing, MISSING_REFUSE);
	ck_assert_int_eq(c->abort, ABORT_DISCARD);
	ck_assert_double_eq(c->exploitation, 1);
}
END_TEST

static const struct {
	const char *text, *error;
} bad_campaigns[] = {
	{ "", "c:1:1: the document is empty" },
	{ "topic: x", "c:1:1: a campaign needs an `id`" },
	{ "id: x\nwindow: {from: 2026-02-01, until: 2026-01-01}",
	    "c:2:35: the window ends before it begins" },
	{ "id: x\nlinks: {mark: iv}",
	    "c:2:8: `links` needs `domains`, whose links carry the mark" },
	{ "id: x\nlinks: {domains: [a.example, 'https://b.example/']}",
	    "c:2:30: `https://b.example/` is no domain; expected shop.example, "
	    "or *.shop.example for those below it" },
	{ "id: x\nlinks: {domains: '*'}",
	    "c:2:18: `*` is no domain; expected shop.example, or "
	    "*.shop.example for those below it" },
	{ "id: x\narms: {a: {weight: 0}}",
	    "c:2:7: the weights of the arms are all 0" },
	{ "id: x\narms: [{name: a}, {name: a}]",
	    "c:2:7: two arms are called `a`" },
	{ "id: x\narms: {a: {control: true, intensity: segment}}",
	    "c:2:38: a control arm is neutral" },
	{ "id: x\nlanes: {exploration: 0.6, exploitation: 0.6}",
	    "c:2:8: the lanes are more than everybody" },
	{ "id: x\nheaders: {DKIM-Signature: x}",
	    "c:2:11: a campaign cannot set `DKIM-Signature`" },
	{ "id: x\nheaders: {'A B': x}", "c:2:11: `A B` is no header name" },
	{ "id: x\nunsubscribe: {post: true}",
	    "c:2:21: one-click `post` needs an https `url` (RFC 8058)" },
	{ "id: x\nsegments: {a: }", "c:2:15: `if` has no value" },
	{ "id: x\nmeasure: {min_days: 7}", "c:2:10: `measure` needs a `goal: "
					   "{event: purchase, within: 14d}`" },
	{ "id: x\nmeasure: {goal: {within: 14d}}",
	    "c:2:17: what is counted needs an `event` such as purchase" },
	{ "id: x\nmeasure: {goal: {event: click}}",
	    "c:2:17: `click` needs a `within` such as 14d" },
	{ "id: x\nmeasure: {goal: {event: click, within: 2d, cap: 5}}",
	    "c:2:49: a `cap` limits money: it goes with `value: true`" },
	{ "id: x\nmeasure:\n  goal: {event: a, within: 2d}\n"
	  "  guard: [{event: b, within: 2d, value: true}]",
	    "c:4:11: a guard counts people, not money" },
	{ "id: x\nmeasure: {min_responses: 24}",
	    "c:2:26: 24 is not between 25 and 1e+09" },
	{ "id: x\nmeasure: {gaol: {event: a, within: 2d}}",
	    "c:2:11: unknown key `gaol`; did you mean `goal`?" },
	{ "id: x\ncosts: {response: 5, value: 4}",
	    "c:2:29: `response` is what `value` was called before: give one" },
	{ "id: x\ncosts: {margin: 1.5}", "c:2:17: 1.5 is not between 0 and 1" },
};

START_TEST(refuses_a_campaign_that_contradicts_itself)
{
	struct campaign *c;

	ck_assert_int_eq(campaign_parse(span_str(bad_campaigns[_i].text), "c",
			     arena, &c, &err),
	    -1);
	ck_assert_str_eq(failure(), bad_campaigns[_i].error);
}
END_TEST

START_TEST(reads_by_what_a_campaign_is_judged)
{
	static const char text[] =
	    "id: x\nmeasure:\n"
	    "  goal: {event: purchase, within: 36h}\n"
	    "  also: [{event: purchase, within: 14d, value: true, cap: 500}]\n"
	    "  guard: [{event: unsubscribe, within: 30d}]\n"
	    "  min_days: 1\n"
	    "costs: {value: 12, margin: 40%, send: 0.01, brand: -3}\n";
	struct campaign *c;

	ck_assert_msg(campaign_parse(span_str(text), "c", arena, &c, &err) == 0,
	    "%s", failure());
	ck_assert(c->measure.given);
	ck_assert_int_eq(c->measure.goal.within, 36 * 3600);
	ck_assert_uint_eq(c->measure.min_days, 2);
	ck_assert_uint_eq(c->measure.min_responses, 25);
	ck_assert(c->measure.also[0].value && c->measure.also[0].cap == 500);
	ck_assert_uint_eq(c->measure.guard_count, 1);
	ck_assert(c->costs.response == 12 && c->costs.margin == 0.4);
	ck_assert(c->costs.brand == -3 && c->costs.former == 1);
}
END_TEST

START_TEST(reads_a_block_with_html_and_text)
{
	struct block *block;

	ck_assert_msg(block_parse(span_str(block_text), SPAN("x"), "b", arena,
			  &block, &err) == 0,
	    "%s", failure());
	ck_assert(span_eq(block->id, SPAN("hero_a")));
	ck_assert(span_eq(block->pool, SPAN("heroes")));
	ck_assert_uint_eq(block->cap, 2);
	ck_assert_int_eq(block->window, 30 * 86400);
	ck_assert(span_eq(block->html, SPAN("<h1>A</h1>\n")));
	ck_assert_uint_eq(block->html_line, 11);
	ck_assert(span_eq(block->text, SPAN("A\n")));
	ck_assert_uint_eq(block->text_line, 13);
}
END_TEST

START_TEST(takes_the_text_from_the_front_matter_or_alone)
{
	struct block *block;

	ck_assert_int_eq(block_parse(SPAN("---\r\ntext: T\r\n---\r\n<b>"),
			     SPAN("x"), "b", arena, &block, &err),
	    0);
	ck_assert(span_eq(block->id, SPAN("x")));
	ck_assert(span_eq(block->html, SPAN("<b>")));
	ck_assert(span_eq(block->text, SPAN("T")));
	ck_assert_uint_eq(block->cap, 1);
	ck_assert_int_eq(block_parse(SPAN("---\n--- text\nonly"), SPAN("x"),
			     "b", arena, &block, &err),
	    0);
	ck_assert(span_eq(block->html, SPAN("")));
	ck_assert(span_eq(block->text, SPAN("only")));
}
END_TEST

static const struct {
	const char *text, *error;
} bad_blocks[] = {
	{ "", "b:1:1: a block begins with a line `---` and its front matter" },
	{ "---\nid: x\n", "b:3:1: the front matter does not end with `---`" },
	{ "---\nidd: x\n---\nx",
	    "b:2:1: unknown key `idd`; did you mean `id`?" },
	{ "---\nid: x\n---\n \n", "b:2:1: the block has no content" },
	{ "---\ntext: x\n---\nx\n--- text\ny",
	    "b:2:7: the text is given twice" },
	{ "---\nvalid_from: 2026-01-02\nvalid_until: 2026-01-02\n---\nx",
	    "b:3:14: `valid_until` is not after `valid_from`" },
};

START_TEST(refuses_a_block_that_is_none)
{
	struct block *block;

	ck_assert_int_eq(block_parse(span_str(bad_blocks[_i].text), SPAN("x"),
			     "b", arena, &block, &err),
	    -1);
	ck_assert_str_eq(failure(), bad_blocks[_i].error);
}
END_TEST

START_TEST(finds_documents_by_name)
{
	struct catalog *catalog = catalog_new(ROOM);
	const struct pool *pool;

	ck_assert_int_eq(
	    catalog_add(catalog, SPAN("schema"), span_str(schema_text), &err),
	    0);
	ck_assert_int_eq(catalog_add(catalog, SPAN("campaign/spring26"),
			     span_str(campaign_text), &err),
	    0);
	ck_assert_int_eq(catalog_add(catalog, SPAN("block/z"),
			     SPAN("---\npool: heroes\n---\nz"), &err),
	    0);
	ck_assert_int_eq(catalog_add(catalog, SPAN("block/hero_a"),
			     span_str(block_text), &err),
	    0);
	ck_assert_int_eq(
	    catalog_add(catalog, SPAN("block/solo"), SPAN("---\n---\ns"), &err),
	    0);
	ck_assert_int_eq(catalog_add(catalog, SPAN("sensitivity"),
			     SPAN("- {cluster: a, topic: t, pi_p: 0.1, "
				  "pi_g: 0.1, psi_p: 0, psi_g: 0, "
				  "H_cell: -0.5, sd_cell: 0.1}"),
			     &err),
	    0);
	ck_assert_int_eq(catalog_seal(catalog, &err), 0);
	ck_assert_ptr_nonnull(catalog_campaign(catalog, SPAN("spring26")));
	ck_assert_ptr_null(catalog_campaign(catalog, SPAN("spring")));
	ck_assert_ptr_nonnull(catalog_block(catalog, SPAN("solo")));
	ck_assert_uint_eq(catalog->pool_count, 1);
	pool = catalog_pool(catalog, SPAN("heroes"));
	ck_assert_ptr_nonnull(pool);
	ck_assert_uint_eq(pool->count, 2);
	ck_assert(span_eq(pool->blocks[0]->id, SPAN("hero_a")));
	ck_assert_double_eq(
	    catalog_cell(catalog, SPAN("a"), SPAN("t"))->gain, -0.5);
	ck_assert_ptr_null(catalog_cell(catalog, SPAN("a"), SPAN("u")));
	catalog_free(&catalog);
	ck_assert_ptr_null(catalog);
}
END_TEST

static void
put(struct catalog *catalog, const char *key, const char *text)
{
	ck_assert_msg(
	    catalog_add(catalog, span_str(key), span_str(text), &err) == 0,
	    "%s", failure());
}

START_TEST(shows_each_tenant_its_own_and_what_is_everybodys)
{
	struct catalog *catalog = catalog_new(ROOM);
	const struct catalog *inn, *shop, *other;

	put(catalog, "block/all", "---\npool: p\n---\nA\n");
	put(catalog, "block/inn", "---\npool: p\ntenant: inn\n---\nA\n");
	put(catalog, "block/shop", "---\npool: q\ntenant: shop\n---\nA\n");
	put(catalog, "table/t", "name: t\ntenant: inn\nkey: k\n");
	put(catalog, "campaign/c", "id: c\n");
	ck_assert_int_eq(catalog_seal(catalog, &err), 0);
	inn = catalog_of(catalog, SPAN("inn"));
	shop = catalog_of(catalog, SPAN("shop"));
	other = catalog_of(catalog, SPAN("default"));
	ck_assert_ptr_nonnull(catalog_block(inn, SPAN("all")));
	ck_assert_ptr_nonnull(catalog_block(inn, SPAN("inn")));
	ck_assert_ptr_null(catalog_block(inn, SPAN("shop")));
	ck_assert_uint_eq(catalog_pool(inn, SPAN("p"))->count, 2);
	ck_assert_ptr_null(catalog_pool(inn, SPAN("q")));
	ck_assert_ptr_nonnull(catalog_table(inn, SPAN("t")));
	ck_assert_ptr_nonnull(catalog_block(shop, SPAN("shop")));
	ck_assert_ptr_null(catalog_table(shop, SPAN("t")));
	ck_assert_uint_eq(other->block_count, 1);
	ck_assert_ptr_nonnull(catalog_campaign(other, SPAN("c")));
	ck_assert_uint_eq(catalog->block_count, 3);
	catalog_free(&catalog);
}
END_TEST

START_TEST(refuses_a_document_under_another_name)
{
	struct catalog *catalog = catalog_new(ROOM);

	ck_assert_int_eq(
	    catalog_add(catalog, SPAN("campaign/a"), SPAN("id: b"), &err), -1);
	ck_assert_str_eq(
	    failure(), "campaign/a:1: is stored as `a` but calls itself `b`");
	err_clear(&err);
	ck_assert_int_eq(
	    catalog_add(catalog, SPAN("nothing"), SPAN("x"), &err), -1);
	catalog_free(&catalog);
}
END_TEST

START_TEST(fails_cleanly_at_every_memory_limit)
{
	size_t limit = 1;
	int status = -1;

	for (; status < 0 && limit < ROOM; limit += limit / 16 + 61) {
		struct arena *small = arena_new(limit);
		struct campaign *c;
		struct schema *s;
		struct block *b;

		err_clear(&err);
		status = -1;
		if (!small)
			continue;
		status = campaign_parse(
		    span_str(campaign_text), "c", small, &c, &err);
		if (status == 0)
			status = schema_parse(
			    span_str(schema_text), "s", small, &s, &err);
		if (status == 0)
			status = block_parse(span_str(block_text), SPAN("x"),
			    "b", small, &b, &err);
		if (status < 0)
			ck_assert_msg(err.code == ERR_MEMORY, "%s", failure());
		arena_free(&small);
	}
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(never_reads_past_a_cut)
{
	static const char *const texts[] = { schema_text, campaign_text,
		block_text };

	for (size_t i = 0; i < 3; i++)
		for (size_t cut = 0; cut <= strlen(texts[i]); cut++) {
			/* A copy of the exact size: ASan sees one byte over. */
			char *copy = malloc(cut ? cut : 1);
			struct campaign *c;
			struct schema *s;
			struct block *b;

			memcpy(copy, texts[i], cut);
			arena_reset(arena);
			campaign_parse(
			    span_of(copy, cut), "c", arena, &c, NULL);
			schema_parse(span_of(copy, cut), "s", arena, &s, NULL);
			block_parse(span_of(copy, cut), SPAN("x"), "b", arena,
			    &b, NULL);
			free(copy);
		}
}
END_TEST

#define ROWS(table) (int)(sizeof(table) / sizeof(*(table)))

static Suite *
suite(void)
{
	Suite *all = suite_create("catalog");
	TCase *tests = tcase_create("catalog");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, reads_a_schema);
	tcase_add_test(tests, believes_a_source_by_field);
	tcase_add_loop_test(
	    tests, tells_valid_values_from_filled_ones, 0, ROWS(values));
	tcase_add_test(tests, survives_a_pattern_that_explodes);
	tcase_add_test(tests, reads_a_campaign);
	tcase_add_test(tests, fills_in_what_a_short_campaign_leaves_unsaid);
	tcase_add_loop_test(tests, refuses_a_campaign_that_contradicts_itself,
	    0, ROWS(bad_campaigns));
	tcase_add_test(tests, reads_by_what_a_campaign_is_judged);
	tcase_add_test(tests, reads_a_block_with_html_and_text);
	tcase_add_test(tests, takes_the_text_from_the_front_matter_or_alone);
	tcase_add_loop_test(
	    tests, refuses_a_block_that_is_none, 0, ROWS(bad_blocks));
	tcase_add_test(tests, finds_documents_by_name);
	tcase_add_test(tests, shows_each_tenant_its_own_and_what_is_everybodys);
	tcase_add_test(tests, refuses_a_document_under_another_name);
	tcase_add_test(tests, fails_cleanly_at_every_memory_limit);
	tcase_add_test(tests, never_reads_past_a_cut);
	suite_add_tcase(all, tests);
	return all;
}

int
main(void)
{
	return suite_run(suite());
}
