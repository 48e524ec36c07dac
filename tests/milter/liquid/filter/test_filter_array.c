#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] =
    "{\"n\":[3,1,2],\"w\":[\"b\",\"A\",\"c\",\"a\"],\"mix\":[1,\"a\"],\"hole\":"
    "[2,null,1],\"h\":[{\"k\":\"x\",\"v\":2},{\"k\":\"y\"},{\"k\":null,\"v\":1}"
    "],\"deep\":[1,[2,[3,[]]],4],\"m\":{\"a\":1,\"b\":2},\"o\":[{\"t\":\"B\"},{"
    "\"t\":\"a\"},{\"u\":1}],\"lists\":[{\"l\":[1,2]},{\"l\":[1,2]},{\"l\":[2,"
    "1]},{\"l\":[1.0,2]},{\"l\":{\"x\":[]}},{\"l\":{\"x\":[]}}],\"ones\":[1,1."
    "0,"
    "1]}";

static const struct kit_case cases[] = {
	{ "{{ n | join }}", "3 1 2", NULL },
	{ "{{ deep | join: ',' }}", "1,2,3,4", NULL },
	{ "{{ (1..4) | join: '-' }}", "1-2-3-4", NULL },
	{ "{{ 'x' | join: ',' }}", "x", NULL },
	{ "{{ m | join: ',' }}", "{\"a\"=>1, \"b\"=>2}", NULL },
	{ "{{ n | array_to_sentence_string }} {{ n | array_to_sentence_string: "
	  "'or' }}",
	    "3, 1, and 2 3, 1, or 2", NULL },
	{ "{{ mix | array_to_sentence_string }} {{ 'x' | "
	  "array_to_sentence_string }}[{{ x | array_to_sentence_string }}]",
	    "1 and a x[]", NULL },
	{ "{{ n | array_to_sentence_string: locale: 'fr' }} {{ n | "
	  "array_to_sentence_string: 'ou', 'fr' }} {{ mix | "
	  "array_to_sentence_string: locale: 'ja' }} {{ mix | "
	  "array_to_sentence_string: 'か', 'ja' }}",
	    "3, 1 et 2 3, 1 ou 2 1、a 1かa", NULL },
	{ "{{ n | first }}{{ n | last }}", "32", NULL },
	{ "{{ '\303\244\303\266' | first }}{{ '\303\244\303\266' | last }}",
	    "\303\244\303\266", NULL },
	{ "{{ m | first | join: '=' }}", "a=1", NULL },
	{ "[{{ m | last }}]", "[]", NULL },
	{ "{{ (2..5) | first }}{{ (2..5) | last }}", "25", NULL },
	{ "[{{ 5 | first }}{{ '' | last }}]", "[]", NULL },
	{ "{{ n | size }}{{ '\303\244\303\266' | size }}{{ m | size }}{{ "
	  "(1..1000000000000) | size }}",
	    "3221000000000000", NULL },
	{ "{{ 42 | size }}{{ 1.5 | size }}{{ x | size }}{{ "
	  "99999999999999999999 | size }}{{ 18446744073709551615 | size }}",
	    "80098", NULL },
	/* Bytes; a power of 256 is the first that takes one more. */
	{ "{% assign i = -18446744073709551615 %}{{ i.size }}{{ i | size }}{% "
	  "assign i = i | minus: 1 %}{{ i.size }}{{ i | size }}",
	    "8899", NULL },
	{ "{{ '340282366920938463463374607431768211455' | plus: 0 | size }}{{ "
	  "'340282366920938463463374607431768211455' | plus: 1 | size }}",
	    "1617", NULL },
	{ "{{ n | concat: w | join: '' }}", "312bAca", NULL },
	{ "{{ n | concat: 'x' }}", NULL,
	    "concat filter requires an array argument" },
	{ "{{ deep | concat: n | size }}", "7", NULL },
	{ "{{ n | reverse | join }}", "2 1 3", NULL },
	{ "{{ h | map: 'k' | join: ',' }}", "x,y,", NULL },
	{ "{{ 'ab' | map: 'a' | join }}", "a", NULL },
	{ "{{ n | map: 'k' }}", NULL, "cannot select the property 'k'" },
	{ "{{ n | map: 0 | join }}", "1 1 0", NULL },
	{ "{{ n | sort | join }}", "1 2 3", NULL },
	{ "{{ w | sort | join }}", "A a b c", NULL },
	{ "{{ w | sort_natural | join }}", "A a b c", NULL },
	{ "{{ hole | sort | join: ',' }}", "1,2,", NULL },
	{ "{{ mix | sort }}", NULL,
	    "cannot sort values of incompatible types" },
	{ "{{ h | sort: 'v' | map: 'v' | join: ',' }}", "1,2,", NULL },
	{ "{{ o | sort_natural: 't' | map: 't' | join: ',' }}", "a,B,", NULL },
	{ "[{{ hole | sort: 'v' }}]", "[]", NULL },
	{ "{{ n | sort: 'v' }}", NULL, "cannot select the property 'v'" },
	{ "{{ 5 | sort: 'v' }}{{ 5 | uniq: 'v' }}", "55", NULL },
	{ "{{ x | sort | size }}", "0", NULL },
	{ "{{ '1,2,1,3,2' | split: ',' | uniq | join }}", "1 2 3", NULL },
	{ "{{ deep | uniq | size }}", "4", NULL },
	{ "{{ h | uniq: 'k' | size }}", "3", NULL },
	/* As eql?: what nests is compared, and 1 is not 1.0. */
	{ "{{ lists | uniq | size }}{{ lists | uniq: 'l' | size }}", "44",
	    NULL },
	{ "{{ ones | uniq | join }}", "1 1.0", NULL },
	{ "{{ 1208925819614629174706175 | size }} "
	  "{{ 1208925819614629174706176 | size }} "
	  "{{ -1208925819614629174706176 | size }}",
	    "10 11 11", NULL },
	{ "{{ hole | compact | join }}", "2 1", NULL },
	{ "{{ h | compact: 'v' | size }}", "2", NULL },
	{ "{{ h | where: 'v' | size }}{{ h | where: 'k', 'x' | size }}{{ h | "
	  "where: 'k', 'z' | size }}",
	    "210", NULL },
	{ "{{ h | reject: 'v' | size }}{{ h | reject: 'k', 'x' | size }}", "12",
	    NULL },
	{ "{{ w | where: 'a' | join }}", "a", NULL },
	{ "{{ hole | where: 'v' }}", NULL, "cannot select the property 'v'" },
	{ "{% assign f = h | find: 'k', 'y' %}{{ f.k }}", "y", NULL },
	{ "{{ h | find_index: 'k', 'y' }}", "1", NULL },
	{ "[{{ h | find_index: 'k', 'z' }}]", "[]", NULL },
	{ "{{ h | has: 'v', 1 }}{{ h | has: 'v', 9 }}{{ x | has: 'v' }}",
	    "truefalsefalse", NULL },
	{ "{{ n | sum }}{{ x | sum }}", "60", NULL },
	{ "{{ '0.1,0.2' | split: ',' | sum }}", "0.3", NULL },
	{ "{{ h | sum: 'v' }}", "3", NULL },
	{ "{{ deep | sum }}", "10", NULL },
	{ "{{ '9223372036854775807,1' | split: ',' | sum }}",
	    "9223372036854775808", NULL },
	{ "{{ m | property_accessor: 'b' }}[{{ m | property_accessor: 'z' }}]",
	    "2[]", NULL },
	{ "{{ (1..1000000000) | join: ',' }}", NULL, "too many steps" },
};

int
main(void)
{
	return filter_run("filter_array",
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data));
}
