#include "tests/milter/liquid/kit_liquid.h"

/* A host that chooses what the test says. */
struct host {
	int option;		     /* of all, or MANIFEST_NONE */
	const struct program *block; /* or a stored one */
	int when;		     /* or -1 for the else */
	unsigned asked;
};

static int
choose_slot(void *at, const struct program *program, unsigned slot,
    struct slot_choice *choice, struct err *err)
{
	struct host *host = at;

	(void)err;
	ck_assert_uint_lt(slot, program_manifest(program)->slot_count);
	host->asked++;
	choice->option = host->option;
	choice->block = host->block;
	return host->option >= 0 || host->block != NULL;
}

static int
choose_variant(void *at, const struct program *program, unsigned variant,
    unsigned *when, struct err *err)
{
	struct host *host = at;

	(void)err;
	ck_assert_uint_lt(variant, program_manifest(program)->variant_count);
	*when = (unsigned)host->when;
	return host->when >= 0;
}

static int
tell_why(void *host, struct arena *arena, struct span *text, struct err *err)
{
	(void)host, (void)arena, (void)err;
	*text = SPAN("because <you> asked");
	return 1;
}

static void
begin(struct kit *kit, struct host *host)
{
	*host = (struct host){ .option = MANIFEST_NONE, .when = -1 };
	kit_begin(kit);
	kit->env.host = host;
	kit->env.slot = choose_slot;
	kit->env.variant = choose_variant;
	kit->env.why = tell_why;
}

static const char hero[] =
    "a{% slot \"hero\" %} {% option \"spring\" %}S{{ profile.n }}"
    "{% option \"vip\" if profile.tier == \"gold\" %}V"
    "{% option \"loyal\", block: \"hero_loyal\" %}{% else %}E{% endslot %}b";

START_TEST(shows_the_chosen_option_or_the_else)
{
	struct host host;
	struct kit kit;

	begin(&kit, &host);
	kit_data(&kit, "{\"profile\":{\"n\":1}}");
	kit_prints(&kit, hero, "aEb");
	host.option = 0;
	kit_prints(&kit, hero, "aS1b");
	host.option = 1;
	kit_prints(&kit, hero, "aVb");
	host.option = 2; /* stored, but no block given */
	kit_prints(&kit, hero, "ab");
	kit_prints(&kit, "{% slot 's' %}{% option 'o' %}x{% endslot %}|", "|");
	kit.env.slot = NULL;
	kit_prints(&kit, hero, "aEb");
	kit_end(&kit);
}
END_TEST

START_TEST(shows_a_stored_block_in_a_scope_of_its_own)
{
	struct host host;
	struct kit kit, block;

	begin(&kit, &host);
	kit_begin(&block);
	ck_assert_int_eq(
	    kit_compile(&block, "[{{ x }}{{ profile.n }}]{% assign y = 1 %}"),
	    0);
	host.block = block.program;
	kit_data(&kit, "{\"profile\":{\"n\":1}}");
	kit_prints(&kit,
	    "{% assign x = 7 %}{% slot 'f', pool: 'p' %}{% else %}E"
	    "{% endslot %}{{ y }}",
	    "[1]");
	kit_end(&block);
	kit_end(&kit);
}
END_TEST

START_TEST(tests_the_conditions_of_options_alone)
{
	struct host host;
	struct kit kit;
	struct arena *arena = arena_new(1 << 20);

	begin(&kit, &host);
	ck_assert_int_eq(kit_compile(&kit, hero), 0);
	kit_data(&kit, "{\"profile\":{\"tier\":\"gold\"}}");
	ck_assert_int_eq(
	    program_option_test(kit.program, 0, &kit.env, arena, &kit.err), 1);
	ck_assert_int_eq(
	    program_option_test(kit.program, 1, &kit.env, arena, &kit.err), 1);
	kit_data(&kit, "{\"profile\":{}}");
	ck_assert_int_eq(
	    program_option_test(kit.program, 1, &kit.env, arena, &kit.err), 0);
	ck_assert_uint_eq(host.asked, 0);
	arena_free(&arena);
	kit_end(&kit);
}
END_TEST

START_TEST(shows_the_arm_of_a_variant)
{
	static const char source[] =
	    "{% variant \"v\" %}{% when \"warm\" %}W{% when \"cool\" %}C"
	    "{% else %}E{% endvariant %}";
	struct host host;
	struct kit kit;

	begin(&kit, &host);
	kit_prints(&kit, source, "E");
	host.when = 0;
	kit_prints(&kit, source, "W");
	host.when = 1;
	kit_prints(&kit, source, "C");
	kit_end(&kit);
}
END_TEST

START_TEST(knows_its_slots_without_data)
{
	struct host host;
	struct kit kit;
	const struct manifest *m;

	begin(&kit, &host);
	ck_assert_int_eq(kit_compile(&kit, hero), 0);
	m = program_manifest(kit.program);
	ck_assert_uint_eq(m->slot_count, 1);
	ck_assert_uint_eq(m->option_count, 3);
	ck_assert(span_eq(m->slots[0].name, SPAN("hero")));
	ck_assert_uint_eq(m->slots[0].option_count, 3);
	ck_assert(m->slots[0].has_else);
	ck_assert_uint_eq(m->slots[0].at.column, 5);
	ck_assert(span_eq(m->options[2].block, SPAN("hero_loyal")));
	ck_assert(m->options[1].has_condition);
	ck_assert(!m->options[0].has_condition);
	ck_assert_uint_eq(m->field_count, 2);
	ck_assert(span_eq(m->fields[0].path, SPAN("profile.n")));
	ck_assert_int_eq(m->fields[0].at.option, 0);
	ck_assert(!m->fields[0].tested);
	ck_assert(span_eq(m->fields[1].path, SPAN("profile.tier")));
	ck_assert_int_eq(m->fields[1].at.option, 1);
	ck_assert(m->fields[1].tested);
	kit_end(&kit);
}
END_TEST

START_TEST(knows_its_fields_and_their_defaults)
{
	static const struct {
		const char *source, *path;
		bool has_default, tested, guarded;
	} rows[] = {
		{ "{{ profile.a }}", "profile.a", false, false, false },
		{ "{{ profile.a | default: 'x' }}", "profile.a", true, false,
		    false },
		{ "{{ profile.a | upcase | default: 'x' }}", "profile.a", true,
		    false, false },
		{ "{{ 'x' | append: profile.a }}", "profile.a", false, false,
		    false },
		{ "{% if profile.a == 1 %}{% endif %}", "profile.a", false,
		    true, false },
		{ "{% assign b = profile.a %}", "profile.a", false, false,
		    false },
		{ "{{ profile['a b'].c }}", "profile.a b.c", false, false,
		    false },
		{ "{{ profile.a[0] }}", "profile.a.[]", false, false, false },
		{ "{% for i in profile.a %}{{ i.x }}{{ forloop.index }}"
		  "{% endfor %}",
		    "profile.a", false, false, false },
	};
	static const char guarded[] =
	    "{% if profile.a and profile.b != blank %}{{ profile.a }}"
	    "{{ profile.b }}{{ profile.c }}{% else %}{{ profile.a }}"
	    "{% endif %}{% if profile.c or profile.a %}{{ profile.a }}"
	    "{% endif %}";
	struct host host;
	struct kit kit;
	const struct manifest *m;

	begin(&kit, &host);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ck_assert_int_eq(kit_compile(&kit, rows[i].source), 0);
		m = program_manifest(kit.program);
		ck_assert_msg(m->field_count == 1, "%s: %zu", rows[i].source,
		    m->field_count);
		ck_assert_msg(
		    span_eq(m->fields[0].path, span_str(rows[i].path)),
		    "%s: %.*s", rows[i].source, SPAN_ARG(m->fields[0].path));
		ck_assert_msg(m->fields[0].has_default == rows[i].has_default,
		    "%s", rows[i].source);
		ck_assert_msg(m->fields[0].tested == rows[i].tested, "%s",
		    rows[i].source);
	}
	ck_assert_int_eq(kit_compile(&kit, guarded), 0);
	m = program_manifest(kit.program);
	ck_assert_uint_eq(m->field_count, 9);
	ck_assert(m->fields[2].guarded && m->fields[3].guarded);
	ck_assert(!m->fields[4].guarded && !m->fields[5].guarded);
	ck_assert(!m->fields[8].guarded);
	kit_end(&kit);
}
END_TEST

START_TEST(knows_what_else_it_names)
{
	struct host host;
	struct kit kit;
	const struct manifest *m;

	begin(&kit, &host);
	ck_assert_int_eq(
	    kit_compile(&kit, "{{ ref.prices[profile.sku] }}"
			      "{% render 'foot' %}{{ content_blocks.news }}"
			      "{{ x | raw }}{% why %}{{ 'now' | date: '%Y' }}"
			      "{% if false %}{% abort_message 'no' %}"
			      "{% endif %}"),
	    0);
	m = program_manifest(kit.program);
	ck_assert_uint_eq(m->table_count, 1);
	ck_assert(span_eq(m->tables[0].name, SPAN("prices")));
	ck_assert_uint_eq(m->partial_count, 1);
	ck_assert(span_eq(m->partials[0].name, SPAN("foot")));
	ck_assert_uint_eq(m->block_count, 1);
	ck_assert(span_eq(m->blocks[0].name, SPAN("news")));
	ck_assert_uint_eq(m->raw_count, 1);
	ck_assert(m->has_why && m->uses_now && m->has_abort);
	kit_end(&kit);
}
END_TEST

START_TEST(aborts_with_the_reason)
{
	struct host host;
	struct kit kit;

	begin(&kit, &host);
	kit_data(&kit, "{\"n\":3}");
	kit_fails(&kit, "x\n{% abort_message 'no stock' %}", ERR_ABORT, 2, 4,
	    "no stock");
	kit_fails(&kit, "{% abort_message('gone') %}", ERR_ABORT, 1, 4, "gone");
	kit.options.place = PLACE_HTML;
	kit_prints(&kit, "{% why %}", "because &lt;you&gt; asked");
	kit_end(&kit);
}
END_TEST

START_TEST(refuses_what_cannot_be_decided_once)
{
	static const struct {
		const char *source, *text;
	} rows[] = {
		{ "{% slot name %}{% endslot %}", "in quotes" },
		{ "{% slot 'a' %}{% slot 'b' %}{% endslot %}{% endslot %}",
		    "within a slot" },
		{ "{% for i in x %}{% slot 'a' %}{% endslot %}{% endfor %}",
		    "within a loop" },
		{ "{% slot 'a' %}{% else %}{% else %}{% endslot %}",
		    "one else" },
		{ "{% slot 'a' %}{% else %}{% option 'b' %}{% endslot %}",
		    "before the else" },
		{ "{% slot 'a' %}{% when 'b' %}{% endslot %}",
		    "not expected in 'slot'" },
		{ "{% slot 'a', pool: p %}{% endslot %}", "in quotes" },
		{ "{% slot 'a' %}", "never closed" },
	};
	struct host host;
	struct kit kit;

	begin(&kit, &host);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		ck_assert_msg(kit_compile(&kit, rows[i].source) < 0, "%s",
		    rows[i].source);
		ck_assert_msg(strstr(kit.err.text, rows[i].text) != NULL,
		    "%s: %s", rows[i].source, kit.err.text);
	}
	kit.options.plain = true;
	ck_assert_int_lt(kit_compile(&kit, "{% slot 'a' %}{% endslot %}"), 0);
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		shows_the_chosen_option_or_the_else,
		shows_a_stored_block_in_a_scope_of_its_own,
		tests_the_conditions_of_options_alone,
		shows_the_arm_of_a_variant,
		knows_its_slots_without_data,
		knows_its_fields_and_their_defaults,
		knows_what_else_it_names,
		aborts_with_the_reason,
		refuses_what_cannot_be_decided_once,
		NULL,
	};

	return kit_main("slot", tests);
}
