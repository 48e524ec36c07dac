#include "tests/milter/liquid/kit_liquid.h"

/* Partials by name, compiled when first asked for. */
struct shelf {
	struct {
		const char *name, *source;
		struct program *program;
	} rows[20];
	struct program_options options;
};

static int
find(void *host, enum partial_kind kind, struct span name,
    const struct program **program, struct err *err)
{
	struct shelf *shelf = host;

	(void)kind;
	for (size_t i = 0; shelf->rows[i].name != NULL; i++) {
		if (!span_eq(name, span_str(shelf->rows[i].name)))
			continue;
		if (shelf->rows[i].program == NULL &&
		    program_compile(span_str(shelf->rows[i].source),
			&shelf->options, &shelf->rows[i].program, err) < 0)
			return -1;
		*program = shelf->rows[i].program;
		return 1;
	}
	return 0;
}

static void
begin(struct kit *kit, struct shelf *shelf)
{
	*shelf = (struct shelf){ .rows = {
				     { "show", "[{{ x }}{{ y }}]", NULL },
				     { "set", "{% assign z = 1 %}", NULL },
				     { "stop", "{% break %}", NULL },
				     { "skip", "{% continue %}", NULL },
				     { "item",
					 "{{ item }}"
					 "{{ forloop.index }},",
					 NULL },
				     { "self", "{% render 'self' %}", NULL },
				     { "deep", "{% include 'show' %}", NULL },
				     { "bad", "\n{{ | }}", NULL },
				     { "lib/tip", "({{ tip }})", NULL },
				     { "a", "{% render 'b' %}{% render 'b' %}",
					 NULL },
				     { "b", "{% render 'c' %}{% render 'c' %}",
					 NULL },
				     { "c", "{{ n | divided_by: 0 }}", NULL },
				     { "name",
					 "{% assign x = x | default: 'friend' "
					 "%}{{ x }}{% capture x %}<{{ x }}>"
					 "{% endcapture %}{{ x }}",
					 NULL },
				     { "loop",
					 "{% assign forloop = 'f' %}"
					 "{{ forloop }}",
					 NULL },
				     { NULL, NULL, NULL },
				 } };
	shelf->options.name = "partial";
	kit_begin(kit);
	kit->env.host = shelf;
	kit->env.partial = find;
}

static void
end(struct kit *kit, struct shelf *shelf)
{
	for (size_t i = 0; shelf->rows[i].name != NULL; i++)
		program_free(&shelf->rows[i].program);
	kit_end(kit);
}

START_TEST(renders_partials_apart_and_includes_them_within)
{
	static const struct {
		const char *source, *printed;
	} rows[] = {
		{ "{% assign x = 1 %}{% render 'show' %}", "[]" },
		{ "{% assign x = 1 %}{% include 'show' %}", "[1]" },
		{ "{% render 'show', x: n, y: 'b' %}", "[3b]" },
		{ "{% render 'show' x: 1 y: 2 %}", "[12]" },
		{ "{% include 'show', x: 1, y: x %}{{ x }}", "[11]" },
		{ "{% render 'set' %}{{ z }}{% include 'set' %}{{ z }}", "1" },
		{ "{% render 'item' with 'a' %}", "a," },
		/* Parameters are the frame's first locals ... */
		{ "{% render 'name', x: 'Ann' %}", "Ann<Ann>" },
		{ "{% render 'name', x: nil %}{% render 'name' %}",
		    "friend<friend>friend<friend>" },
		{ "{% render 'name' with 'Bo' as x %}", "Bo<Bo>" },
		{ "{% assign l = 'a,,c' | split: ',' %}"
		  "{% render 'name' for l as x %}",
		    "a<a>friend<friend>c<c>" },
		{ "{% render 'loop' for (1..2) as x %}", "ff" },
		/* ... which leave nothing for the next one ... */
		{ "{% render 'set' %}{% render 'show', y: 1 %}"
		  "{% render 'show' %}",
		    "[1][]" },
		/* ... and an include's shadow what is assigned. */
		{ "{% include 'name', x: 'Ann' %}{{ x }}", "AnnAnn<Ann>" },
		{ "{% render 'item' for list %}", "a1,b2," },
		{ "{% render 'show' with 'a' as x %}", "[a]" },
		{ "{% include 'item' for list %}", "a,b," },
		{ "{% render 'lib/tip' with 't' %}", "(t)" },
		{ "{% for i in (1..9) %}{{ i }}{% include 'stop' %}"
		  "{% endfor %}",
		    "1" },
		{ "{% for i in (1..3) %}{% include 'skip' %}{{ i }}"
		  "{% endfor %}",
		    "" },
		{ "{% for i in (1..3) %}{% render 'stop' %}{{ i }}"
		  "{% endfor %}",
		    "123" },
		{ "{% assign p = 'show' %}{% include p, x: 7 %}", "[7]" },
		{ "{{ content_blocks.show }}", "[]" },
	};
	struct shelf shelf;
	struct kit kit;

	begin(&kit, &shelf);
	kit_data(&kit, "{\"n\":3,\"list\":[\"a\",\"b\"]}");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		kit_prints(&kit, rows[i].source, rows[i].printed);
	end(&kit, &shelf);
}
END_TEST

START_TEST(fails_where_the_partial_does)
{
	struct shelf shelf;
	struct kit kit;

	begin(&kit, &shelf);
	kit_data(&kit, "{\"n\":3}");
	kit_fails(&kit, "{% render 'gone' %}", ERR_TEMPLATE, 1, 4, "gone");
	kit_fails(&kit, "{% render 'bad' %}", ERR_TEMPLATE, 2, 1, "value");
	kit_fails(&kit, "x {% render 'a' %}", ERR_TEMPLATE, 1, 1, "divided");
	ck_assert_str_eq(kit.err.where, "partial");
	kit_fails(&kit, "{% render 'self' %}", ERR_LIMIT, 1, 4, "deeper");
	kit_fails(
	    &kit, "{% render 'deep' %}", ERR_TEMPLATE, 1, 4, "not allowed");
	kit_fails(&kit, "{% include n %}", ERR_TEMPLATE, 1, 4, "Illegal");
	kit_fails(&kit, "{% render n %}", ERR_TEMPLATE, 1, 4, "in quotes");
	end(&kit, &shelf);
}
END_TEST

START_TEST(prints_errors_where_ruby_does)
{
	struct shelf shelf;
	struct kit kit;

	begin(&kit, &shelf);
	kit.env.errors_inline = kit.options.errors_inline = true;
	shelf.options.errors_inline = true;
	kit_data(&kit, "{\"n\":3}");
	kit_prints(&kit, "a{{ n | divided_by: 0 }}b",
	    "aLiquid error (line 1): divided by 0b");
	kit_prints(&kit, "{% render 'c' %}.\n{% render 'gone' %}.",
	    "Liquid error (partial line 1): divided by 0.\n"
	    "Liquid error (line 2): No such template 'gone'.");
	kit_prints(&kit,
	    "{% for i in (1..2) %}{% if 1 < 'a' %}x{% endif %}{{ i }}"
	    "{% endfor %}",
	    "Liquid error (line 1): comparison of Integer with String failed1"
	    "Liquid error (line 1): comparison of Integer with String "
	    "failed2");
	kit_prints(&kit, "{{ n | nosuch: 1, 2 }}{{ 'a' | append }}.",
	    "3Liquid error (line 1): wrong number of arguments (given 1, "
	    "expected 2).");
	end(&kit, &shelf);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		renders_partials_apart_and_includes_them_within,
		fails_where_the_partial_does,
		prints_errors_where_ruby_does,
		NULL,
	};

	return kit_main("partial", tests);
}
