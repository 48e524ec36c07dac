#include "tests/milter/liquid/filter/kit_filter.h"

static const char cases_data[] = "{}";

static const struct kit_case cases[] = {
	{ "{{ 1234567.891 | number_with_delimiter }}", "1,234,567.891", NULL },
	{ "{{ -1234 | number_with_delimiter: locale: 'de' }}", "-1.234", NULL },
	{ "{{ 1234 | number_with_delimiter: ' ' }}", "1 234", NULL },
	{ "{{ 123 | number_with_delimiter }}", "123", NULL },
	{ "{{ 1234.5 | format_number: 'fr' }}", "1\342\200\257234,5", NULL },
	{ "{{ '12345678901234567890' | number_with_delimiter }}",
	    "12,345,678,901,234,567,890", NULL },
	{ "{{ 1234.5 | money: 'USD' }}", "$1,234.50", NULL },
	{ "{{ 1234.5 | money: 'EUR', 'de' }}", "1.234,50\302\240\342\202\254",
	    NULL },
	{ "{{ 1234.5 | money: 'EUR', 'de-AT' }}",
	    "\342\202\254\302\2401.234,50", NULL },
	{ "{{ 1234.5 | money: currency: 'CHF', locale: 'de_CH' }}",
	    "CHF\302\2401\342\200\231234.50", NULL },
	{ "{{ 1234.5 | money: 'JPY' }}", "\302\2451,235", NULL },
	{ "{{ -5 | money: 'USD' }}", "-$5.00", NULL },
	{ "{{ 0.005 | money: 'USD' }}", "$0.01", NULL },
	{ "{{ 9.99 | money }}", "9.99", NULL },
	{ "{{ 9.99 | money: 'XYZ' }}", "XYZ\302\2409.99", NULL },
	{ "{{ 9.99 | money: 'XYZ', 'de' }}", "9,99\302\240XYZ", NULL },
	{ "{{ 'x' | money: 'USD' }}", "$0.00", NULL },
	{ "{{ 12.6 | rounded_currency: 'USD' }}", "$13", NULL },
	{ "{{ 12.6 | currency: 'GBP' }}", "\302\24312.60", NULL },
	{ "{{ 12.6 | currency: 'BRL', 'pt-BR' }}", "R$\302\24012,60", NULL },
	{ "{{ 1 | ordinalize }} {{ 12 | ordinalize }} {{ 23 | ordinalize }} {{ "
	  "111 | ordinalize }}",
	    "1st 12th 23rd 111th", NULL },
	{ "{{ 0 | ordinalize }} {{ -2 | ordinalize }} {{ 1 | ordinalize: 'de' "
	  "}} {{ 3 | ordinalize: locale: 'ja' }}",
	    "0th -2nd 1. 第3", NULL },
	{ "{{ 1 | ordinalize: 'fr' }} {{ 2 | ordinalize: 'fr' }} {{ 21 | "
	  "ordinalize: 'fr' }} {{ 21 | ordinalize: 'sv' }} {{ 11 | ordinalize: "
	  "'sv' }} {{ 24 | ordinalize: 'ca' }}",
	    "1er 2e 21e 21:a 11:e 24t", NULL },
	{ "{{ 1234 | format_number: 'es' }} {{ 12345 | format_number: 'es' }} "
	  "{{ 1234 | format_number: 'es-MX' }}",
	    "1234 12.345 1,234", NULL },
	{ "{{ 1234.5 | money: 'PLN', 'pl' }} {{ 12345 | money: 'PLN', 'pl' }}",
	    "1234,50\302\240zł 12\302\240345,00\302\240zł", NULL },
};

int
main(void)
{
	return filter_run("filter_money",
	    filter_tests(cases, sizeof cases / sizeof *cases, cases_data));
}
