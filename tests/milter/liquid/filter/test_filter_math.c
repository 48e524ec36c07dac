#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] =
    "{\"big\":\"123456789012345678901234567890\", "
    "\"half0\":\"12.5\\u0000\", \"behind\":\"12\\u0000\", "
    "\"before\":\"\\u0000 12\"}";

static const struct kit_case cases[] = {
	{ "{{ 1 | plus: 2 }}", "3", NULL },
	{ "{{ 0.1 | plus: 0.2 }}", "0.3", NULL },
	{ "{{ '3.5' | plus: '1.5' }}", "5.0", NULL },
	{ "{{ ' 7 up' | plus: 1 }}", "8", NULL },
	{ "{{ '1_000' | plus: 1 }}", "1001", NULL },
	{ "{{ 'x' | plus: 1 }}", "1", NULL },
	{ "{{ true | plus: 1 }}", "1", NULL },
	{ "{{ 9223372036854775807 | plus: 1 }}", "9223372036854775808", NULL },
	{ "{{ big | plus: 1 }}", "123456789012345678901234567891", NULL },
	{ "{{ '1.5.5' | plus: 0 }}", "1", NULL },
	/* Ruby's BigDecimal refuses a NUL, which to_i and strip pass over. */
	{ "{{ half0 | plus: 1 }}", NULL, "string contains null byte" },
	{ "{{ behind | plus: 1 }}|{{ before | plus: 1 }}", "13|1", NULL },
	{ "{{ 1 | minus: 2.5 }}", "-1.5", NULL },
	{ "{{ -9223372036854775808 | minus: 1 }}", "-9223372036854775809",
	    NULL },
	{ "{{ 3 | times: 0.7 }}", "2.1", NULL },
	{ "{{ 4611686018427387904 | times: 4 }}", "18446744073709551616",
	    NULL },
	{ "{{ 7 | divided_by: 2 }}{{ -7 | divided_by: 2 }}", "3-4", NULL },
	{ "{{ 7 | divided_by: 2.0 }}", "3.5", NULL },
	{ "{{ 1 | divided_by: 3.0 }}", "0.3333333333333333", NULL },
	{ "{{ -9223372036854775808 | divided_by: -1 }}", "9223372036854775808",
	    NULL },
	{ "{{ 1 | divided_by: 0 }}", NULL, "divided by 0" },
	{ "{{ 1.0 | divided_by: 0 }}", "Infinity", NULL },
	{ "{{ 1.0 | divided_by: 0 | round }}", NULL, "Infinity" },
	{ "{{ 1.0 | divided_by: 0 | minus: 1 }}", "Infinity", NULL },
	{ "{{ 7 | modulo: 3 }}{{ -7 | modulo: 3 }}", "12", NULL },
	{ "{{ 7.5 | modulo: 2 }}", "1.5", NULL },
	{ "{{ -2.5 | modulo: 2.5 }}", "0.0", NULL },
	{ "{{ -2.5 | times: 0 }}", "-0.0", NULL },
	{ "{{ -2.5 | plus: 2.5 }}", "0.0", NULL },
	{ "{{ -9223372036854775808 | modulo: -1 }}", "0", NULL },
	{ "{{ 1 | modulo: 0.0 }}", NULL, "divided by 0" },
	{ "{{ -5 | abs }}{{ -1.5 | abs }}", "51.5", NULL },
	{ "{{ -9223372036854775808 | abs }}", "9223372036854775808", NULL },
	{ "{{ 1.2 | ceil }}{{ -1.2 | ceil }}{{ '1.0' | ceil }}", "2-11", NULL },
	{ "{{ 1.8 | floor }}{{ -1.2 | floor }}", "1-2", NULL },
	{ "{{ 2.5 | round }}{{ -2.5 | round }}", "3-3", NULL },
	{ "{{ 2.345 | round: 2 }}", "2.35", NULL },
	{ "{{ 15 | round: -1 }}", "20", NULL },
	{ "{{ 1.5 | round: 2000000000 }}", "1.5", NULL },
	{ "{{ 5.0 | round: 2 }}", "5.0", NULL },
	{ "{{ '1e20' | ceil }}", "1", NULL },
	{ "{{ '100000000000000000000.5' | ceil }}", "100000000000000000001",
	    NULL },
	{ "{{ 1 | at_least: 2 }}{{ 3 | at_least: 2 }}{{ 1.5 | at_least: 1 }}",
	    "231.5", NULL },
	{ "{{ 1 | at_most: 2 }}{{ 3 | at_most: 2.5 }}", "12.5", NULL },
	{ "{{ big | at_most: 5 }}", "5", NULL },
	{ "{{ 5 | plus }}", NULL, "wrong number of arguments" },
	{ "{{ 5 | abs: 1 }}", NULL, "wrong number of arguments" },
};

int
main(void)
{
	return filter_run("filter_math",
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data));
}
