#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] = "{\"bin\":\"\303\251/?&=+ ~\"}";

static const struct kit_case cases[] = {
	{ "{{ bin | url_encode }}", "%C3%A9%2F%3F%26%3D%2B+~", NULL },
	{ "{{ bin | url_param_escape }}", "%C3%A9%2F%3F%26%3D%2B%20~", NULL },
	{ "{{ 'https://x/a b?c=d&e' | url_escape }}", "https://x/a%20b?c=d&e",
	    NULL },
	{ "{{ 'a%20b+c%2' | url_decode }}", "a b c%2", NULL },
	{ "{{ '%zz%4a' | url_decode }}", "%zzJ", NULL },
	{ "{{ '%ff' | url_decode }}", NULL, "invalid byte sequence in UTF-8" },
	{ "[{{ x | url_encode }}{{ x | url_decode }}]", "[]", NULL },
	{ "{{ 'a' | base64_encode }} {{ 'ab' | base64_encode }} {{ 'abc' | "
	  "base64_encode }}",
	    "YQ== YWI= YWJj", NULL },
	{ "{{ 'YWI=' | base64_decode }}", "ab", NULL },
	{ "{{ 'YWI' | base64_decode }}", NULL,
	    "invalid base64 provided to base64_decode" },
	{ "{{ 'YR==' | base64_decode }}", NULL, "invalid base64" },
	{ "{{ 'Y W I=' | base64_decode }}", NULL, "invalid base64" },
	{ "{{ 'YWI' | base64_url_safe_decode }}", "ab", NULL },
	{ "{{ 'a?>' | base64_url_safe_encode }}", "YT8-", NULL },
	{ "{{ 'YT8-' | base64_url_safe_decode }}", "a?>", NULL },
	{ "{{ 'YT8+' | base64_url_safe_decode }}", "a?>", NULL },
	{ "{{ 'YT8-' | base64_decode }}", NULL, "invalid base64" },
	{ "{{ 'YWI=YWI=' | base64_decode }}", NULL, "invalid base64" },
	{ "{{ 'Y' | base64_url_safe_decode }}", NULL,
	    "base64_url_safe_decode" },
	{ "{{ ' Gr\303\266\303\237e: 42 (XL) ' | parameterize }}",
	    "gr\303\266\303\237e-42-xl", NULL },
};

int
main(void)
{
	return filter_run("filter_url",
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data));
}
