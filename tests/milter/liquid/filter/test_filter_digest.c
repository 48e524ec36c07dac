#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] = "{}";

static const struct kit_case cases[] = {
	{ "{{ '' | md5 }}", "d41d8cd98f00b204e9800998ecf8427e", NULL },
	{ "{{ 'abc' | md5 }}", "900150983cd24fb0d6963f7d28e17f72", NULL },
	{ "{{ 'abc' | sha1 }}", "a9993e364706816aba3e25717850c26c9cd0d89d",
	    NULL },
	{ "{{ 'abc' | sha256 }}",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    NULL },
	{ "{{ 'abc' | sha2 }}",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	    NULL },
	{ "{{ 'abc' | sha512 | slice: 0, 16 }}", "ddaf35a193617aba", NULL },
	{ "{{ 'what do ya want for nothing?' | hmac_sha256: 'Jefe' }}",
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	    NULL },
	{ "{{ 'what do ya want for nothing?' | hmac_sha1: 'Jefe' }}",
	    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79", NULL },
	{ "{{ 'x' | hmac_sha512: 'k' | size }}", "128", NULL },
	{ "{{ 'x' | hmac_sha256 }}", NULL, "wrong number of arguments" },
};

int
main(void)
{
	return filter_run("filter_digest",
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data));
}
