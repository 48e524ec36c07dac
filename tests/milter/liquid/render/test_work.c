#include "tests/milter/liquid/kit_liquid.h"

/* A text, an array of aliases of one text, and one of maps, of size n. */
static void
fill(struct kit *kit, uint32_t n)
{
	char *text = arena_alloc(kit->data, n);
	char *other = arena_alloc(kit->data, n);
	struct value *aliases = arena_alloc(kit->data, 256 * sizeof *aliases);
	struct value *few = arena_alloc(kit->data, n * sizeof *few);
	struct map *root = map_new(kit->data, 8);
	struct map *map = map_new(kit->data, 1);

	memset(text, 'a', n);
	memcpy(other, text, n);
	other[n - 1] = 'b';
	for (int i = 0; i < 256; i++)
		aliases[i] = value_string(span_of(text, n));
	map_put(kit->data, map, SPAN("k"), value_string(span_of(text, n)));
	for (uint32_t i = 0; i < n; i++)
		few[i] = value_string(SPAN(""));
	map_put(kit->data, root, SPAN("s"), value_string(span_of(text, n)));
	map_put(kit->data, root, SPAN("t"), value_string(span_of(other, n)));
	map_put(kit->data, root, SPAN("aliases"), value_array(aliases, 256));
	map_put(kit->data, root, SPAN("few"), value_array(few, n));
	map_put(kit->data, root, SPAN("more"), value_array(few, n));
	map_put(kit->data, root, SPAN("m"), value_map(map));
	kit->env.root = value_map(root);
}

/* Steps that the source takes over data of size n; it must not fail by them. */
static uint64_t
steps(const char *source, uint32_t n)
{
	const uint64_t most = UINT64_C(1) << 40;
	struct work work = work_new(most, 0);
	struct kit kit;

	kit_begin(&kit);
	kit.memory = kit.output = 1 << 28;
	arena_free(&kit.data);
	kit.data = arena_new(1 << 26);
	fill(&kit, n);
	kit.env.work = &work;
	ck_assert_msg(kit_compile(&kit, source) == 0, "%s", source);
	if (kit_run(&kit) < 0)
		ck_assert_msg(kit.err.code == ERR_TEMPLATE, "%s: %s", source,
		    kit.err.text);
	kit_end(&kit);
	return most - work_steps(&work);
}

/* What reads and prints nothing of it, and was free for that. */
static const char *const readers[] = {
	"{% assign x = s | strip %}",
	"{% assign x = s | truncatewords: 3 %}",
	"{% if s contains 'ab' %}{% endif %}",
	"{% if s == t %}{% endif %}",
	"{% if s < t %}{% endif %}",
	"{% case s %}{% when t %}{% endcase %}",
	"{% if s == blank %}{% endif %}",
	"{% if few == more %}{% endif %}",
	"{% if few contains 'x' %}{% endif %}",
	"{% if aliases contains t %}{% endif %}",
	"{{ s.size }}",
	"{{ s | size }}",
	"{{ m[s] }}",
	"{{ few }}",
	"{{ 'a' | hmac_sha256: s }}",
	"{% assign x = s | plus: 1 %}",
	"{% assign x = aliases | sort %}",
	"{% assign x = aliases | sort_natural %}",
	"{% assign x = aliases | uniq %}",
	"{% assign x = aliases | map: 'a' %}",
	"{% assign x = aliases | sum %}",
	"{% assign x = aliases | where: 'b' %}",
	"{% assign x = aliases | slice: 0, 9 | join | first %}",
	"{% for i in (1..2) limit: s %}{% endfor %}",
	"{% for i in (s..2) %}{% endfor %}",
	"{% cycle s: 1, 2 %}",
	"{% assign x = s | upcase | first %}",
	"{% assign x = s | strip_html | first %}",
	"{% assign x = s | split: 'a' | size %}",
	"{% assign x = s | remove: 'a' %}",
	"{% assign x = s | replace_last: t, '' | first %}",
	"{% assign x = 0 | date: s %}",
};

START_TEST(charges_for_what_is_read)
{
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		uint64_t once = steps(readers[i], 20000);
		uint64_t twice = steps(readers[i], 40000);

		ck_assert_msg(once > 20000 / 256, "%s: %llu steps", readers[i],
		    (unsigned long long)once);
		ck_assert_msg(twice >= once + once / 2, "%s: %llu, %llu steps",
		    readers[i], (unsigned long long)once,
		    (unsigned long long)twice);
		ck_assert_msg(twice <= once * 3, "%s: %llu, %llu steps",
		    readers[i], (unsigned long long)once,
		    (unsigned long long)twice);
	}
}
END_TEST

START_TEST(asks_for_the_deadline_while_it_works)
{
	/* Long past, but only asked for after some thousands of steps. */
	struct work work = work_new(UINT64_C(1) << 40, 1);
	struct kit kit;

	kit_begin(&kit);
	fill(&kit, 1000);
	kit.env.work = &work;
	kit_fails(&kit,
	    "{% for i in (1..1000000) %}{% assign x = s | strip %}"
	    "{% endfor %}",
	    ERR_DEADLINE, 1, 31, "deadline");
	ck_assert_int_eq(work.end, WORK_LATE);
	ck_assert_uint_eq(work_steps(&work), 0);
	kit_end(&kit);
}
END_TEST

START_TEST(shares_its_steps_among_renderings)
{
	struct work work = work_new(20000, 0);
	struct kit kit;
	int runs = 0;

	kit_begin(&kit);
	fill(&kit, 1000);
	kit.env.work = &work;
	ck_assert_int_eq(kit_compile(&kit, "{{ s | strip | upcase }}"), 0);
	while (runs < 100 && kit_run(&kit) == 0)
		runs++;
	ck_assert_int_gt(runs, 0);
	ck_assert_int_lt(runs, 100);
	ck_assert_int_eq(kit.err.code, ERR_LIMIT);
	ck_assert(strstr(kit.err.text, "steps") != NULL);
	kit_end(&kit);
}
END_TEST

START_TEST(charges_compiling)
{
	struct work work = work_new(5000, 0);
	struct buf source;
	struct kit kit;

	kit_begin(&kit);
	kit.options.work = &work;
	ck_assert_int_eq(kit_compile(&kit, "{{ s | strip }}"), 0);
	ck_assert_uint_eq(program_work(kit.program), 5000 - work_steps(&work));
	ck_assert_uint_gt(program_work(kit.program), 0);
	buf_init_heap(&source, 1 << 20);
	for (int i = 0; i < 500; i++)
		buf_str(&source, "{{ a }}");
	ck_assert_int_lt(kit_compile(&kit, buf_cstr(&source)), 0);
	ck_assert_int_eq(kit.err.code, ERR_LIMIT);
	ck_assert_str_eq(kit.err.where, "part");
	buf_deinit(&source);
	kit_end(&kit);
}
END_TEST

/* The default that liquid.h, the manual and inlay.conf name. */
START_TEST(has_one_default)
{
	ck_assert_uint_eq(liquid_limits_default.steps, 2000000);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		charges_for_what_is_read,
		asks_for_the_deadline_while_it_works,
		shares_its_steps_among_renderings,
		charges_compiling,
		has_one_default,
		NULL,
	};

	return kit_main("work", tests);
}
