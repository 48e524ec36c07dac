#include "tests/milter/liquid/kit_liquid.h"

#include <time.h>

/* Each must end by itself: with an error, or with what it prints. */
static const char *const hostile[] = {
	"{% for i in (1..9000000000) %}y{% endfor %}",
	"{% for i in (1..9000000000) %}{% endfor %}",
	"{{ (1..9000000000) | join: '-' | size }}",
	"{% for i in (1..99999999999999999999) limit: 1 %}{{ i }}{% endfor %}",
	"{% assign s = 'y' %}{% for i in (1..90) %}"
	"{% assign s = s | append: s %}{% endfor %}",
	"{% assign s = 'y' %}{% for i in (1..90) %}{% capture s %}{{ s }}"
	"{{ s }}{% endcapture %}{% endfor %}",
	"{% for a in (1..5000) %}{% for b in (1..5000) %}"
	"{% for c in (1..5000) %}{% endfor %}{% endfor %}{% endfor %}",
	"{% for i in (1..99999) %}{% assign n = n | append: ',' %}{% endfor %}",
	"{% assign a = 'a' | split: '' %}{% for i in (1..90) %}"
	"{% assign a = a | concat: a %}{% endfor %}",
	"{{ -9223372036854775808 | divided_by: -1 }}",
	"{% tablerow i in (1..9000000000) cols: 0 %}{% endtablerow %}",
	"{{ 0 | date: '%99999999d' }}",
};

/* What no limit but that of steps, of memory or of output can end; the reason
 * is part of the bargain. */
static const struct {
	const char *source, *reason;
} endless[] = {
	{ "{% for i in (1..9000000000) %}{% endfor %}", "steps" },
	{ "{% for i in (1..9000000000) reversed %}{% endfor %}", "steps" },
	{ "{% tablerow i in (1..9000000000) cols: 2 %}{% endtablerow %}",
	    "steps" },
	{ "{% for a in (1..9999) %}{% for b in (1..9999) %}{% cycle 1, 2 %}"
	  "{% endfor %}{% endfor %}",
	    "steps" },
	{ "{% for a in (1..9999) %}{% for b in (1..9999) %}{% increment n %}"
	  "{% endfor %}{% endfor %}",
	    "steps" },
	{ "{% for i in (1..9000000) %}{% assign s = s | append: 'abcdefgh' %}"
	  "{% endfor %}",
	    "" },
	{ "{% assign s = 'aaaaaaaaaa' %}{% for i in (1..40) %}"
	  "{% assign s = s | replace: 'a', s %}{% endfor %}",
	    "" },
	{ "{% assign s = 'a,b' | split: ',' %}{% for i in (1..99) %}"
	  "{% assign s = s | concat: s | sort_natural | uniq | concat: s %}"
	  "{% assign t = t | append: s | append: t %}{% endfor %}",
	    "" },
	{ "{% for i in (1..99) %}{% capture s %}{{ s }}{{ s }}x"
	  "{% endcapture %}{% endfor %}",
	    "" },
	{ "{{ (1..9000000000) | reverse | first }}", "" },
	{ "{{ (1..9000000000) | sum }}", "" },
	{ "{{ (1..9000000000) | map: 'a' | compact | size }}", "" },
};

START_TEST(ends_the_endless_by_a_limit)
{
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, "{}");
	for (size_t i = 0; i < sizeof endless / sizeof *endless; i++) {
		ck_assert_int_eq(kit_compile(&kit, endless[i].source), 0);
		ck_assert_msg(kit_run(&kit) < 0, "%s", endless[i].source);
		ck_assert_msg(kit.err.code == ERR_LIMIT &&
				  strstr(kit.err.text, endless[i].reason),
		    "%s: %s", endless[i].source, kit.err.text);
	}
	kit_end(&kit);
}
END_TEST

static double
seconds(void)
{
	const char *slow = getenv("CK_TIMEOUT_MULTIPLIER");
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return ((double)ts.tv_sec + (double)ts.tv_nsec / 1e9) /
	       (slow == NULL ? 1.0 : strtod(slow, NULL));
}

START_TEST(ends_soon_whatever_the_template)
{
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, "{}");
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		double start = seconds();

		ck_assert_int_eq(kit_compile(&kit, hostile[i]), 0);
		if (kit_run(&kit) < 0)
			ck_assert_msg(kit.err.code == ERR_LIMIT ||
					  kit.err.code == ERR_TEMPLATE,
			    "%s: %s", hostile[i], kit.err.text);
		ck_assert_msg(seconds() - start < 2, "%s", hostile[i]);
	}
	kit_end(&kit);
}
END_TEST

/* The piece repeated so often between a beginning and an end. */
static char *
repeated(const char *first, const char *piece, size_t count, const char *last)
{
	struct buf text;

	buf_init_heap(&text, 64 << 20);
	buf_str(&text, first);
	for (size_t i = 0; i < count; i++)
		buf_str(&text, piece);
	buf_str(&text, last);
	buf_cstr(&text);
	return text.at;
}

START_TEST(compiles_any_depth_without_recursion)
{
	static const struct {
		const char *first, *piece, *last;
	} rows[] = {
		{ "", "{% if a %}", "" },
		{ "{{ a", "[b", " }}" },
		{ "{{ a", ".b", " }}" },
		{ "{{ a", "['b']", " }}" },
		{ "{{ ", "(", " }}" },
		{ "{{ 'a'", " | append: 'b'", " }}" },
		{ "{% if a", " and b", " %}{% endif %}" },
		{ "", "{{", "" },
		{ "", "{%", "" },
		{ "{% raw %}", "{% endra", "" },
		{ "", "{% comment %}", "" },
		{ "", "%7B%7B", "" },
		{ "", "{% liquid ", "%}" },
		{ "{{ ${", "${", "" },
		{ "", "{% assign a = b %}", "" },
		{ "{% case a %}", "{% when 1 %}", "{% endcase %}" },
	};
	struct kit kit;

	kit_begin(&kit);
	kit.options.mend = kit.options.braze = true;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text =
		    repeated(rows[i].first, rows[i].piece, 30000, rows[i].last);
		double start = seconds();

		if (kit_compile(&kit, text) < 0)
			ck_assert(kit.err.code == ERR_TEMPLATE ||
				  kit.err.code == ERR_LIMIT);
		ck_assert_msg(seconds() - start < 3, "%s", rows[i].piece);
		free(text);
	}
	kit.options.syntax = SYNTAX_LAX;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text =
		    repeated(rows[i].first, rows[i].piece, 30000, rows[i].last);
		double start = seconds();

		kit_compile(&kit, text);
		ck_assert_msg(seconds() - start < 3, "lax: %s", rows[i].piece);
		free(text);
	}
	kit_end(&kit);
}
END_TEST

/* Room for the branches of a choice grows with them, not with their square. */
START_TEST(compiles_thousands_of_options_and_whens)
{
	static const struct {
		const char *open, *branch, *close;
	} rows[] = {
		{ "{% slot 's' %}", "{% option 'o", "{% endslot %}" },
		{ "{% variant 'v' %}", "{% when 'o",
		    "{% else %}{% endvariant %}" },
	};
	struct kit kit;

	kit_begin(&kit);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf text;

		buf_init_heap(&text, 1 << 20);
		buf_str(&text, rows[i].open);
		for (int n = 0; n < 6000; n++) {
			buf_str(&text, rows[i].branch);
			buf_printf(&text, "%d' %%}x", n);
		}
		buf_str(&text, rows[i].close);
		ck_assert_msg(kit_compile(&kit, buf_cstr(&text)) == 0, "%s: %s",
		    rows[i].open, kit.err.text);
		buf_deinit(&text);
	}
	kit_end(&kit);
}
END_TEST

START_TEST(nests_blocks_to_the_limit_and_no_deeper)
{
	struct kit kit;
	char *text;

	kit_begin(&kit);
	text = repeated("", "{% if true %}", 100, "x");
	ck_assert_int_lt(kit_compile(&kit, text), 0);
	ck_assert(strstr(kit.err.text, "never closed") != NULL);
	free(text);
	text = repeated("", "{% if true %}", 101, "x");
	ck_assert_int_lt(kit_compile(&kit, text), 0);
	ck_assert(strstr(kit.err.text, "deeper than 100") != NULL);
	free(text);
	kit.options.nesting = 3;
	ck_assert_int_eq(
	    kit_compile(&kit, "{% if 1 %}{% if 1 %}{% if 1 %}x{% endif %}"
			      "{% endif %}{% endif %}"),
	    0);
	kit.options.nesting = 2;
	ck_assert_int_lt(
	    kit_compile(&kit, "{% if 1 %}{% if 1 %}{% if 1 %}x{% endif %}"
			      "{% endif %}{% endif %}"),
	    0);
	kit_end(&kit);
}
END_TEST

START_TEST(keeps_to_the_limits_that_are_set)
{
	struct liquid_limits limits = liquid_limits_default;
	struct kit kit;

	kit_begin(&kit);
	kit.env.limits = &limits;
	limits.steps = 100;
	kit_prints(
	    &kit, "{% for i in (1..9) %}{{ i }}{% endfor %}", "123456789");
	kit_fails(&kit, "{% for i in (1..99) %}{{ i }}{% endfor %}", ERR_LIMIT,
	    1, 33, "steps");
	limits = liquid_limits_default;
	limits.output = 5;
	kit_prints(&kit, "12345", "12345");
	ck_assert_int_eq(kit_compile(&kit, "123456"), 0);
	ck_assert_int_lt(kit_run(&kit), 0);
	ck_assert_int_eq(kit.err.code, ERR_LIMIT);
	kit_end(&kit);
}
END_TEST

START_TEST(refuses_a_source_that_is_too_long)
{
	struct kit kit;

	kit_begin(&kit);
	kit.options.source_max = 4;
	ck_assert_int_eq(kit_compile(&kit, "1234"), 0);
	ck_assert_int_lt(kit_compile(&kit, "12345"), 0);
	ck_assert_int_eq(kit.err.code, ERR_LIMIT);
	kit_end(&kit);
}
END_TEST

static void
count_undefined(void *host, const struct program *program, struct span path,
    unsigned line, unsigned column)
{
	(void)program, (void)line, (void)column;
	ck_assert_msg(span_eq(path, SPAN("profile.a")), "%.*s", SPAN_ARG(path));
	++*(unsigned *)host;
}

START_TEST(tells_missing_from_nil)
{
	static const char *const fine[] = {
		"{{ profile.nothing }}",
		"{{ profile.a | default: 'x' }}",
		"{% if profile.a %}{{ profile.a }}{% endif %}",
		"{% if profile.a == nil %}x{% endif %}",
		"{% for i in profile.a %}{{ i }}{% endfor %}",
		"{% assign x = profile.a %}{{ x | default: 1 }}",
	};
	static const struct {
		const char *source, *path;
	} missing[] = {
		{ "{{ profile.a }}", "'profile.a' has no value" },
		{ "{{ profile.a | upcase }}", "'profile.a' has no value" },
		{ "{{ profile.a.b }}", "'profile.a.b' has no value" },
		{ "{{ profile.a[0] }}", "'profile.a' has no value" },
		{ "{{ gone }}", "'gone' has no value" },
		{ "{% assign x = profile.a %}{{ x }}", "'x' has no value" },
		{ "{% assign x = profile.a | upcase %}", "'profile.a'" },
	};
	unsigned count = 0;
	struct kit kit;

	kit_begin(&kit);
	kit_data(&kit, "{\"profile\":{\"nothing\":null}}");
	kit.env.missing = MISSING_FAIL;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
		ck_assert_int_eq(kit_compile(&kit, fine[i]), 0);
		ck_assert_msg(
		    kit_run(&kit) == 0, "%s: %s", fine[i], kit.err.text);
	}
	for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
		ck_assert_int_eq(kit_compile(&kit, missing[i].source), 0);
		ck_assert_msg(kit_run(&kit) < 0, "%s", missing[i].source);
		ck_assert_int_eq(kit.err.code, ERR_MISSING);
		ck_assert_msg(strstr(kit.err.text, missing[i].path) != NULL,
		    "%s: %s", missing[i].source, kit.err.text);
	}
	kit.env.missing = MISSING_WARN;
	kit.env.host = &count;
	kit.env.undefined = count_undefined;
	kit_prints(&kit, "[{{ profile.a }}{{ profile.a | upcase }}]", "[]");
	ck_assert_uint_eq(count, 2);
	kit.env.missing = MISSING_EMPTY;
	kit_prints(&kit, "[{{ profile.a }}]", "[]");
	ck_assert_uint_eq(count, 2);
	kit_end(&kit);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		ends_soon_whatever_the_template,
		ends_the_endless_by_a_limit,
		compiles_any_depth_without_recursion,
		compiles_thousands_of_options_and_whens,
		nests_blocks_to_the_limit_and_no_deeper,
		keeps_to_the_limits_that_are_set,
		refuses_a_source_that_is_too_long,
		tells_missing_from_nil,
		NULL,
	};

	return kit_main("limits", tests);
}
