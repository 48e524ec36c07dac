#include "tests/milter/liquid/kit_liquid.h"

#include <pthread.h>

struct row {
	const char *source, *printed;
};

static const char data[] =
    "{\"name\":\"Zoë\",\"n\":3,\"f\":2.5,\"yes\":true,\"no\":false,"
    "\"nothing\":null,\"list\":[\"a\",\"b\",\"c\"],\"empty_list\":[],"
    "\"map\":{\"k\":\"v\",\"size\":9},\"blank_text\":\"  \","
    "\"people\":[{\"n\":\"A\",\"t\":[1,2]},{\"n\":\"B\",\"t\":[3]}],"
    "\"key\":\"k\",\"tag\":\"{{ name }}\"}";

static void
check_rows(const struct row *rows, size_t count)
{
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, data);
	for (size_t i = 0; i < count; i++)
		kit_prints(&kit, rows[i].source, rows[i].printed);
	kit_end(&kit);
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

START_TEST(prints_values_and_paths)
{
	static const struct row rows[] = {
		{ "", "" },
		{ "plain {text} % }} here", "plain {text} % }} here" },
		{ "{{ name }}", "Zoë" },
		{ "{{n}}|{{ f }}|{{ yes }}|{{ nothing }}|{{ nobody }}",
		    "3|2.5|true||" },
		{ "{{ list }}|{{ list[0] }}|{{ list[-1] }}|{{ list[9] }}",
		    "abc|a|c|" },
		{ "{{ map.k }}|{{ map['k'] }}|{{ map[key] }}", "v|v|v" },
		{ "{{ list.size }}|{{ list.first }}|{{ list.last }}", "3|a|c" },
		{ "{{ map.size }}|{{ name.size }}|{{ list['size'] }}", "9|3|" },
		{ "{{ people[1].t[0] }}", "3" },
		{ "{{ (1..n) }}|{{ (2..4) | join: '-' }}", "1..3|2-3-4" },
		{ "{{ 12345678901234567890 }}", "12345678901234567890" },
		{ "{{ tag }}", "{{ name }}" },
		{ "{{ empty }}{{ blank }}{{ }}", "" },
	};

	CHECK_ROWS(rows);
}
END_TEST

/* Only where they are compared do these words ask the other side. */
START_TEST(reads_empty_and_blank_as_texts_elsewhere)
{
	static const struct row rows[] = {
		{ "{% assign x = empty %}{% if empty_list == x %}1"
		  "{% else %}0{% endif %}",
		    "0" },
		{ "{% assign x = blank %}{% if x == blank %}1{% endif %}",
		    "1" },
		{ "{{ blank | default: 'x' }}{{ empty | size }}", "x0" },
		{ "{{ 'abc' | map: blank | size }}", "1" },
		{ "{% case empty_list %}{% when empty %}1{% endcase %}", "1" },
		{ "{% case '' %}{% when blank %}1{% endcase %}", "1" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(decides_right_to_left)
{
	static const struct row rows[] = {
		{ "{% if yes %}1{% else %}2{% endif %}", "1" },
		{ "{% if no %}1{% elsif n == 3 %}2{% else %}3{% endif %}",
		    "2" },
		{ "{% unless no %}1{% endunless %}", "1" },
		{ "{% if true or false and false %}1{% endif %}", "1" },
		{ "{% if false and false or true %}1{% else %}0{% endif %}",
		    "0" },
		{ "{% if n > 2 and n <= 3 and n != 4 %}1{% endif %}", "1" },
		{ "{% if name contains 'o' %}1{% endif %}", "1" },
		{ "{% if list contains 'b' %}1{% endif %}", "1" },
		{ "{% if nothing == nil and nobody == nil %}1{% endif %}",
		    "1" },
		{ "{% if empty_list == empty %}1{% endif %}", "1" },
		{ "{% if blank_text == blank %}1{% endif %}", "1" },
		{ "{% if 0 and '' and empty_list %}1{% endif %}", "1" },
		{ "{% if 1 == 1.0 and 'a' < 'b' %}1{% endif %}", "1" },
		{ "{% if nothing < 1 or nothing >= 1 %}1{% else %}0{% endif %}",
		    "0" },
		{ "{% case n %}{% when 1, 2 %}a{% when 3 or 4 %}b{% else %}c"
		  "{% endcase %}",
		    "b" },
		{ "{% case n %}{% when 3, 3 %}b{% when 3 %}c{% endcase %}",
		    "bbc" },
		{ "{% case n %}{% when 9 %}b{% else %}c{% endcase %}", "c" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(walks_collections)
{
	static const struct row rows[] = {
		{ "{% for i in list %}{{ i }}{% endfor %}", "abc" },
		{ "{% for i in (1..3) reversed %}{{ i }}{% endfor %}", "321" },
		{ "{% for i in list limit:1 offset:1 %}{{ i }}{% endfor %}",
		    "b" },
		{ "{% for i in list limit:2 %}{{ i }}{% endfor %}-"
		  "{% for i in list offset:continue %}{{ i }}{% endfor %}",
		    "ab-c" },
		{ "{% for i in empty_list %}x{% else %}none{% endfor %}",
		    "none" },
		{ "{% for p in map %}{{ p[0] }}={{ p[1] }};{% endfor %}",
		    "k=v;size=9;" },
		{ "{% for i in list %}{{ forloop.index }}/{{ forloop.length }}"
		  "{% if forloop.last %}.{% endif %}{% endfor %}",
		    "1/32/33/3." },
		{ "{% for p in people %}{% for t in p.t %}"
		  "{{ forloop.parentloop.index }}{{ t }} {% endfor %}"
		  "{% endfor %}",
		    "11 12 23 " },
		{ "{% for i in (1..9) %}{% if i == 3 %}{% continue %}"
		  "{% elsif i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
		    "124" },
		{ "{% for i in (1..2) %}{% for j in (1..9) %}{% break %}"
		  "{% endfor %}{{ i }}{% endfor %}",
		    "12" },
		{ "{% for i in (1..3) %}{% cycle 'x', 'y' %}{% endfor %}",
		    "xyx" },
		{ "{% for i in 'text' %}{{ i }}{% endfor %}", "text" },
		{ "{% tablerow i in list cols:2 %}{{ i }}{% endtablerow %}",
		    "<tr class=\"row1\">\n<td class=\"col1\">a</td>"
		    "<td class=\"col2\">b</td></tr>\n<tr class=\"row2\">"
		    "<td class=\"col1\">c</td></tr>\n" },
		{ "{% assign a = 'x,x,y' | split: ',' %}{% for i in a %}"
		  "{% ifchanged %}{{ i }}{% endifchanged %}{% endfor %}",
		    "xy" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(keeps_what_it_is_told)
{
	static const struct row rows[] = {
		{ "{% assign x = 'a' | append: 'b' %}{{ x }}", "ab" },
		{ "{% capture x %}<{{ n }}>{% endcapture %}{{ x }}{{ x }}",
		    "<3><3>" },
		{ "{% increment c %}{% increment c %}{% decrement c %}",
		    "011" },
		{ "{% assign i = 9 %}{% for i in (1..2) %}{{ i }}{% endfor %}"
		  "{{ i }}",
		    "129" },
		{ "{% for i in (1..2) %}{% assign last = i %}{% endfor %}"
		  "{{ last }}",
		    "2" },
		{ "{% for i in (1..2) %}{% capture x %}{{ i }}{% break %}"
		  "{% endcapture %}{% endfor %}{{ x }}",
		    "1" },
		{ "{% assign l = forloop %}{{ l }}", "" },
		{ "{% for i in (1..2) %}{% assign l = forloop %}{% endfor %}"
		  "{% for j in (1..3) %}{% endfor %}{{ l.length }}",
		    "2" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(reads_the_other_tags)
{
	static const struct row rows[] = {
		{ "a{% comment %}{% if %}{% comment %}x{% endcomment %}"
		  "{% endcomment %}b",
		    "ab" },
		{ "a{% # note %}b", "ab" },
		{ "{% raw %}{{ x }}{% if %}{% endraw %}", "{{ x }}{% if %}" },
		{ "{% doc %} {{ {% enddoc %}x", "x" },
		{ "{% echo n | plus: 1 %}", "4" },
		{ "{% liquid\n for i in list\n  echo i\n endfor\n echo '.' %}",
		    "abc." },
		{ "a \n{%- if yes -%} b {%- endif %} c", "ab c" },
		{ "{% if yes %}\n {% assign x = 1 %}\n{% endif %}|", "|" },
		{ "{% if yes %} {{ '' }} {% endif %}|", "  |" },
	};

	CHECK_ROWS(rows);
}
END_TEST

START_TEST(tells_where_it_fails)
{
	static const struct {
		const char *source;
		unsigned line, column;
		const char *text;
	} rows[] = {
		{ "{{ a b }}", 1, 1, "expected the end" },
		{ "x\n  {{ | }}", 2, 3, "expected a value" },
		{ "x\n {%  if %}{% endif %}", 2, 6, "expected a value" },
		{ "{% if a %}", 1, 4, "'if' tag was never closed" },
		{ "{% endif %}", 1, 4, "Unknown tag 'endif'" },
		{ "{% if a %}{% endfor %}", 1, 14, "not expected in 'if'" },
		{ "{% nosuch %}", 1, 4, "Unknown tag 'nosuch'" },
		{ "{{ a | nosuch }}", 1, 1, "Unknown filter 'nosuch'" },
		{ "{{ 'a' | append }}", 1, 1,
		    "wrong number of arguments (given 1, expected 2)" },
		{ "{{ a", 1, 1, "'{{' is not closed by '}}'" },
		{ "{% if", 1, 1, "'{%' is not closed by '%}'" },
		{ "ab\n{{ 1 | divided_by: 0 }}", 2, 1, "divided by 0" },
		{ "{% if 1 < 'a' %}{% endif %}", 1, 4,
		    "comparison of Integer with String failed" },
		{ "{% for i in list limit: 'x' %}{% endfor %}", 1, 4,
		    "invalid integer" },
		{ "{% render 'gone' %}", 1, 4, "No such template 'gone'" },
	};
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, data);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		kit_fails(&kit, rows[i].source, ERR_TEMPLATE, rows[i].line,
		    rows[i].column, rows[i].text);
	kit_end(&kit);
}
END_TEST

/* Much of the language in one text. */
static const char everything[] =
    "{% assign x = list | join: ', ' | upcase %}{{ x }}\n"
    "{% for p in people limit: 2 %}{% unless forloop.first %},{% endunless "
    "%}{{ p.n | escape }}{% cycle 'a': 1, 2 %}{% else %}-{% endfor %}"
    "{% capture y %}{{ f | plus: 1 }}{% endcapture %}{{ y }}"
    "{% case n %}{% when 1, 2 %}low{% else %}high{% endcase %}"
    "{% liquid\n if n > 1 and name contains 'o'\n echo map['k']\n endif %}"
    "{% tablerow t in (1..3) cols: 2 %}{{ t }}{% endtablerow %}"
    "{% raw %}{{ }}{% endraw %}{% increment c %}{{ people[0].t.last }}"
    "{% slot 'hero' %}{% option 'a' if n == 3 %}{{ n }}{% else %}e"
    "{% endslot %}{% variant 'v' %}{% when 'w' %}w{% else %}e{% endvariant %}";

START_TEST(survives_every_cut)
{
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, data);
	for (size_t len = 0; len < sizeof everything; len++) {
		struct span part = span_of(everything, len);

		err_clear(&kit.err);
		if (program_compile(
			part, &kit.options, &kit.program, &kit.err) < 0) {
			ck_assert(kit.program == NULL);
			ck_assert_int_eq(kit.err.code, ERR_TEMPLATE);
			ck_assert_uint_gt(kit.err.line, 0);
			continue;
		}
		if (kit_run(&kit) < 0)
			ck_assert_uint_gt(kit.err.line, 0);
		program_free(&kit.program);
	}
	kit_end(&kit);
}
END_TEST

START_TEST(survives_every_memory_limit)
{
	struct kit kit;
	int done = -1;

	kit_begin(&kit);
	kit_data(&kit, data);
	for (size_t most = 1; done < 0; most += 61) {
		kit.options.memory_max = most;
		done = kit_compile(&kit, everything);
		if (done < 0) {
			ck_assert_int_eq(kit.err.code, ERR_LIMIT);
			ck_assert(kit.program == NULL);
		}
	}
	done = -1;
	for (size_t most = 1; done < 0; most += 17) {
		kit.memory = most;
		done = kit_run(&kit);
		if (done < 0)
			ck_assert_int_eq(kit.err.code, ERR_LIMIT);
	}
	done = -1;
	for (size_t most = 1; done < 0; most++) {
		kit.output = most;
		done = kit_run(&kit);
		if (done < 0)
			ck_assert_int_eq(kit.err.code, ERR_LIMIT);
	}
	kit_end(&kit);
}
END_TEST

START_TEST(leaves_no_trace_of_others)
{
	static const char source[] =
	    "{{ name }}{% assign x = x | append: name %}{{ x }}"
	    "{% increment c %}{% cycle 'a', 'b' %}{% ifchanged %}{{ name }}"
	    "{% endifchanged %}{% for i in list limit: 1 offset: continue %}"
	    "{{ i }}{% endfor %}";
	struct kit kit;
	struct buf first;

	kit_begin(&kit);
	buf_init_heap(&first, 1 << 16);
	ck_assert_int_eq(kit_compile(&kit, source), 0);
	kit_data(&kit, "{\"name\":\"A\",\"list\":[1,2,3]}");
	ck_assert_int_eq(kit_run(&kit), 0);
	buf_add(&first, buf_span(&kit.out));
	kit_data(&kit, "{\"name\":\"B\",\"list\":[7,8,9],\"x\":\"z\"}");
	ck_assert_int_eq(kit_run(&kit), 0);
	ck_assert(!span_eq(buf_span(&first), buf_span(&kit.out)));
	kit_data(&kit, "{\"name\":\"A\",\"list\":[1,2,3]}");
	ck_assert_int_eq(kit_run(&kit), 0);
	ck_assert(span_eq(buf_span(&first), buf_span(&kit.out)));
	buf_deinit(&first);
	kit_end(&kit);
}
END_TEST

struct worker {
	const struct program *program;
	struct value root;
	struct span expected;
	int wrong;
};

static void *
render_often(void *at)
{
	struct worker *worker = at;
	struct liquid_env env = { .root = worker->root, .now = 1704067318 };
	struct arena *arena = arena_new(1 << 20);
	struct buf out;

	buf_init_heap(&out, 1 << 20);
	for (int i = 0; i < 300; i++) {
		arena_reset(arena);
		buf_clear(&out);
		worker->wrong += program_render(worker->program, &env, arena,
				     &out, NULL) < 0 ||
				 !span_eq(buf_span(&out), worker->expected);
	}
	buf_deinit(&out);
	arena_free(&arena);
	return NULL;
}

START_TEST(shares_a_program_between_threads)
{
	struct worker workers[4];
	pthread_t threads[4];
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, data);
	ck_assert_int_eq(kit_compile(&kit, everything), 0);
	ck_assert_int_eq(kit_run(&kit), 0);
	for (int i = 0; i < 4; i++) {
		workers[i] = (struct worker){ kit.program, kit.env.root,
			buf_span(&kit.out), 0 };
		ck_assert_int_eq(pthread_create(&threads[i], NULL, render_often,
				     &workers[i]),
		    0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(workers[i].wrong, 0);
	}
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		prints_values_and_paths,
		reads_empty_and_blank_as_texts_elsewhere,
		decides_right_to_left,
		walks_collections,
		keeps_what_it_is_told,
		reads_the_other_tags,
		tells_where_it_fails,
		survives_every_cut,
		survives_every_memory_limit,
		leaves_no_trace_of_others,
		shares_a_program_between_threads,
		NULL,
	};

	return kit_main("render", tests);
}
