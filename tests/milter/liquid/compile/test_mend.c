#include "milter/liquid/compile/mend.h"
#include "tests/milter/liquid/kit_liquid.h"

struct row {
	const char *source, *mended;
};

static void
check(unsigned what, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct arena *arena = arena_new(1 << 20);
		struct span out;

		ck_assert_int_eq(
		    mend_tags(span_str(rows[i].source), what, arena, &out), 0);
		ck_assert_msg(span_eq(out, span_str(rows[i].mended)),
		    "%s\n  gives %.*s\n  not   %s", rows[i].source,
		    SPAN_ARG(out), rows[i].mended);
		arena_free(&arena);
	}
}

START_TEST(repairs_what_editors_do)
{
	static const struct row rows[] = {
		{ "100% &nbsp; {x} &quot;", "100% &nbsp; {x} &quot;" },
		{ "{{ a }}", "{{ a }}" },
		{ "{{&nbsp;a&nbsp;}}", "{{ a }}" },
		{ "{{\xc2\xa0"
		  "a }}",
		    "{{ a }}" },
		{ "{{ a | default: &quot;x y&quot; }}",
		    "{{ a | default: \"x y\" }}" },
		{ "{{ a | default: \xe2\x80\x9cx\xe2\x80\x9d }}",
		    "{{ a | default: \"x\" }}" },
		{ "{{ a | default: &#39;&amp;nbsp;&rsquo; }}",
		    "{{ a | default: '&amp;nbsp;' }}" },
		{ "{{ a | default: '&nbsp;&quot;%20' }}",
		    "{{ a | default: '&nbsp;&quot;%20' }}" },
		{ "{% if a &gt;= 1 and b &lt; 2 %}x{% endif %}",
		    "{% if a >= 1 and b < 2 %}x{% endif %}" },
		{ "?n=%7B%7Bprofile.a%7D%7D&m=%7b%7b%20b%20%7d%7d",
		    "?n={{profile.a}}&m={{ b }}" },
		{ "%7B%7Ba%20%7C%20default%3A%20%27x%20y%27%7D%7D",
		    "{{a | default: 'x y'}}" },
		{ "%7B%25%20if%20a%20%25%7D", "{% if a %}" },
		{ "%7B%7B never ends", "%7B%7B never ends" },
		{ "{{ profile.a%20}}", "{{ profile.a }}" },
		{ "{{ a | date: '%d%20' }}", "{{ a | date: '%d%20' }}" },
		{ "{% raw %}{{&nbsp;}}{% endraw %}{{&nbsp;a}}",
		    "{% raw %}{{&nbsp;}}{% endraw %}{{ a}}" },
		{ "{{ a.<span class=SpellE>b_c</span> }}", "{{ a.b_c }}" },
		{ "{{<span\nlang=\"DE\"> a </span>}}", "{{ a }}" },
		{ "{% if <b>a</b> <b and c>3 %}", "{% if a <b and c>3 %}" },
		{ "{{ '<b>' | append: a<o:p></o:p> }}",
		    "{{ '<b>' | append: a }}" },
		{ "{% if a<3 and b>c %}", "{% if a<3 and b>c %}" },
		{ "{{ a", "{{ a" },
		{ "{{${a}}}", "{{${a}}}" },
	};

	check(MEND_DAMAGE, rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(reads_braze)
{
	static const struct row rows[] = {
		{ "{{${first_name}}}", "{{profile.first_name}}" },
		{ "{{ ${first_name} | default: 'x' }}",
		    "{{ profile.first_name | default: 'x' }}" },
		{ "{{custom_attribute.${Brand}}}", "{{profile.Brand}}" },
		{ "{{custom_attribute.${Shoe Size}}}",
		    "{{profile[\"Shoe Size\"]}}" },
		{ "{% if custom_attribute.${n} > 1 %}",
		    "{% if profile.n > 1 %}" },
		{ "{{content_blocks.${foot}}}", "{{content_blocks.foot}}" },
		{ "{{event_properties.${a b}}}",
		    "{{event_properties[\"a b\"]}}" },
		{ "${x} {{ '${x}' }}", "${x} {{ '${x}' }}" },
	};

	check(MEND_BRAZE, rows, sizeof rows / sizeof *rows);
	check(MEND_BRAZE | MEND_DAMAGE, rows, sizeof rows / sizeof *rows);
}
END_TEST

START_TEST(survives_every_cut_and_memory_limit)
{
	static const char source[] =
	    "a %7B%7Bx%20|%20default:%20%22y%7D%7D{{&nbsp;${a b}|x:&quot;y"
	    "&rdquo; }}{%raw%} {{ {%endraw%}%7B%25 if %25%7D";
	struct span out;
	int done = -1;

	for (size_t len = 0; len < sizeof source; len++) {
		struct arena *arena = arena_new(1 << 16);

		ck_assert_int_eq(mend_tags(span_of(source, len),
				     MEND_DAMAGE | MEND_BRAZE, arena, &out),
		    0);
		arena_free(&arena);
	}
	for (size_t most = 1; done < 0; most++) {
		struct arena *arena = arena_new(most);

		done = mend_tags(
		    span_str(source), MEND_DAMAGE | MEND_BRAZE, arena, &out);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(renders_what_it_mended)
{
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, "{\"profile\":{\"first_name\":\"Zoë\"}}");
	kit.options.mend = kit.options.braze = true;
	kit_prints(&kit, "{{${first_name} | default: &quot;you&quot;}}", "Zoë");
	kit_prints(&kit, "{{${gone}&nbsp;| default: &quot;you&quot;}}", "you");
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		repairs_what_editors_do,
		reads_braze,
		survives_every_cut_and_memory_limit,
		renders_what_it_mended,
		NULL,
	};

	return kit_main("mend", tests);
}
