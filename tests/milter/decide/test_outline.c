#include "tests/milter/decide/kit_decide.h"

#include "tests/suite.h"

#include "milter/liquid/liquid.h"

static struct kit kit;
static struct program *programs[8];
static unsigned program_count;

#define BLOCK(head) "---\n" head "---\n<p>hello</p>\n"

static void
begin(void)
{
	kit_begin(&kit, kit_campaign);
	kit_add(&kit, SPAN("block/p1"), BLOCK("pool: p\n"));
	kit_add(&kit, SPAN("block/p2"), BLOCK("pool: p\nfields: [bought]\n"));
	kit_ready(&kit);
	program_count = 0;
}

static void
end(void)
{
	while (program_count > 0)
		program_free(&programs[--program_count]);
	kit_end(&kit);
}

static const struct manifest *
compiled(const char *source)
{
	static const struct program_options options = { .place = PLACE_HTML };

	ck_assert_msg(program_compile(span_str(source), &options,
			  &programs[program_count], &kit.err) == 0,
	    "%s", kit.err.text);
	return program_manifest(programs[program_count++]);
}

static void
add(const char *source)
{
	ck_assert_msg(outline_add(kit.outline, compiled(source), &kit.err) == 0,
	    "%s", kit.err.text);
	/* The outline must not need the program any more. */
	program_free(&programs[--program_count]);
}

/* Whether the uses hold the field, and need it. */
static int
needs(const struct outline_uses *uses, const char *field)
{
	for (unsigned i = 0; i < uses->count; i++)
		if (span_eq(kit.outline->fields[uses->at[i].field].name,
			span_str(field)))
			return uses->at[i].needed;
	return -1;
}

START_TEST(merges_the_slots_of_all_parts)
{
	const struct outline_slot *slot;

	begin();
	add("{% slot 'hero' %}{% option 'a' %}A{% else %}n{% endslot %}");
	add("{% slot 'foot', pool: 'p' %}{% else %}{% endslot %}"
	    "{% slot 'hero' %}{% option 'a' %}A{% option 'b' if profile.city %}"
	    "B{% option 'c', block: 'p1' %}{% option 'd', block: 'no' %}"
	    "{% else %}n{% endslot %}");
	ck_assert_uint_eq(kit.outline->slot_count, 2);
	slot = &kit.outline->slots[outline_slot(kit.outline, SPAN("hero"))];
	ck_assert_uint_eq(slot->count, 4);
	ck_assert(!slot->options[0].conditional);
	ck_assert(slot->options[1].conditional);
	ASSERT_SPAN(slot->options[2].stored->id, "p1");
	ck_assert_ptr_null(slot->options[3].stored);
	ASSERT_SPAN(slot->options[3].missing, "no");
	slot = &kit.outline->slots[outline_slot(kit.outline, SPAN("foot"))];
	ck_assert_uint_eq(slot->count, 2);
	ASSERT_SPAN(slot->options[0].name, "p1");
	ck_assert_int_eq(needs(&slot->options[1].uses, "bought"), 1);
	end();
}
END_TEST

START_TEST(tells_needed_fields_from_those_with_a_way_out)
{
	static const struct {
		const char *source, *field;
		int needed;
	} rows[] = {
		{ "{{ profile.city }}", "city", 1 },
		{ "{{ profile.city | default: 'x' }}", "city", 0 },
		{ "{{ profile.city | default: 'x' }}{{ profile.city }}", "city",
		    1 },
		{ "{% if profile.city == 'Rome' %}x{% endif %}", "city", 0 },
		{ "{{ profile.title }}", "title", 0 }, /* schema's default */
		{ "{{ profile.bought[0].name }}", "bought", 1 },
		{ "{{ profile.bought.first.name }}", "bought", 1 },
		{ "{{ recipient.address }}", "address", -1 },
		{ "{{ profile[recipient.x] }}", "city", 0 },
		{ "{% slot 's' %}{% option 'a' %}a{% else %}"
		  "{{ profile.city }}{% endslot %}",
		    "city", 1 },
	};

	begin();
	add(rows[_i].source);
	ck_assert_int_eq(
	    needs(&kit.outline->outside, rows[_i].field), rows[_i].needed);
	end();
}
END_TEST

START_TEST(gives_an_option_what_its_body_and_block_ask_for)
{
	const struct outline_uses *uses;

	begin();
	add("{% slot 's' %}{% option 'a', block: 'p1' %}"
	    "{% option 'b' if profile.segment == 'x' %}{{ profile.city }}"
	    "{% else %}{% endslot %}");
	ck_assert_int_eq(outline_add_block(kit.outline,
			     catalog_block(kit.catalog, SPAN("p1")),
			     compiled("{{ profile.first_name }}"), &kit.err),
	    0);
	uses = &kit.outline->slots[0].options[0].uses;
	ck_assert_int_eq(needs(uses, "first_name"), 1);
	uses = &kit.outline->slots[0].options[1].uses;
	ck_assert_int_eq(needs(uses, "city"), 1);
	ck_assert_int_eq(needs(uses, "segment"), 0);
	ck_assert_uint_eq(kit.outline->outside.count, 0);
	end();
}
END_TEST

START_TEST(lists_each_variant_once)
{
	begin();
	add("{% variant 'v' %}{% when 'a' %}1{% when 'b' %}2{% else %}3"
	    "{% endvariant %}");
	add("{% variant 'v' %}{% when 'b' %}2{% when 'c' %}4{% else %}3"
	    "{% endvariant %}");
	ck_assert_uint_eq(kit.outline->variant_count, 1);
	ck_assert_uint_eq(kit.outline->variants[0].count, 3);
	end();
}
END_TEST

START_TEST(refuses_parts_that_contradict_each_other)
{
	static const char *const rows[][2] = {
		{ "{% slot 's', pool: 'p' %}{% else %}{% endslot %}",
		    "{% slot 's', pool: 'q' %}{% else %}{% endslot %}" },
		{ "{% slot 's' %}{% option 'a', block: 'p1' %}{% else %}"
		  "{% endslot %}",
		    "{% slot 's' %}{% option 'a', block: 'p2' %}{% else %}"
		    "{% endslot %}" },
	};

	begin();
	add(rows[_i][0]);
	ck_assert_int_eq(
	    outline_add(kit.outline, compiled(rows[_i][1]), &kit.err), -1);
	ck_assert_int_eq(kit.err.code, ERR_TEMPLATE);
	end();
}
END_TEST

START_TEST(fails_cleanly_in_every_arena_too_small)
{
	const struct manifest *manifest;
	int done = -1;

	begin();
	manifest = compiled("{% slot 's', pool: 'p' %}{% option 'a' %}"
			    "{{ profile.city }}{% else %}{% endslot %}"
			    "{% variant 'v' %}{% when 'a' %}1{% else %}2"
			    "{% endvariant %}{{ profile[recipient.x] }}");
	for (size_t limit = 1; done < 0; limit++) {
		struct arena *arena = arena_new(limit);
		struct outline *outline =
		    arena != NULL ? outline_new(arena, kit.catalog) : NULL;

		err_clear(&kit.err);
		if (outline != NULL) {
			done = outline_add(outline, manifest, &kit.err);
			if (done < 0)
				ck_assert_int_eq(kit.err.code, ERR_MEMORY);
		}
		arena_free(&arena);
	}
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("outline");
	TCase *tests = tcase_create("all");

	tcase_add_test(tests, merges_the_slots_of_all_parts);
	tcase_add_loop_test(
	    tests, tells_needed_fields_from_those_with_a_way_out, 0, 10);
	tcase_add_test(tests, gives_an_option_what_its_body_and_block_ask_for);
	tcase_add_test(tests, lists_each_variant_once);
	tcase_add_loop_test(
	    tests, refuses_parts_that_contradict_each_other, 0, 2);
	tcase_add_test(tests, fails_cleanly_in_every_arena_too_small);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
