#include "milter/liquid/value/locale.h"

#include "store/base/ascii.h"

#define NBSP "\xc2\xa0"
#define NARROW "\xe2\x80\xaf"
#define QUOTE "\xe2\x80\x99"

static const struct locale locales[] = {
	{ "en", ",", ".", "", NULL },
	{ "bg", NBSP, ",", NULL, NBSP },
	{ "ca", ".", ",", NULL, NBSP },
	{ "cs", NBSP, ",", NULL, NBSP },
	{ "da", ".", ",", NULL, NBSP },
	{ "de", ".", ",", NULL, NBSP },
	{ "de-AT", ".", ",", NBSP, NULL },
	{ "de-CH", QUOTE, ".", NBSP, NULL },
	{ "de-LI", QUOTE, ".", NBSP, NULL },
	{ "el", ".", ",", NULL, NBSP },
	{ "en-CH", QUOTE, ".", NBSP, NULL },
	{ "en-ZA", NBSP, ",", "", NULL },
	{ "es", ".", ",", NULL, NBSP },
	{ "es-MX", ",", ".", "", NULL },
	{ "es-US", ",", ".", "", NULL },
	{ "et", NBSP, ",", NULL, NBSP },
	{ "fi", NBSP, ",", NULL, NBSP },
	{ "fr", NARROW, ",", NULL, NBSP },
	{ "fr-CA", NBSP, ",", NULL, NBSP },
	{ "fr-CH", NARROW, ".", NULL, NBSP },
	{ "hr", ".", ",", NULL, NBSP },
	{ "hu", NBSP, ",", NULL, NBSP },
	{ "id", ".", ",", NBSP, NULL },
	{ "it", ".", ",", NULL, NBSP },
	{ "it-CH", QUOTE, ".", NBSP, NULL },
	{ "ja", ",", ".", "", NULL },
	{ "ko", ",", ".", "", NULL },
	{ "lt", NBSP, ",", NULL, NBSP },
	{ "lv", NBSP, ",", NULL, NBSP },
	{ "nb", NBSP, ",", NULL, NBSP },
	{ "nl", ".", ",", NBSP, NULL },
	{ "no", NBSP, ",", NULL, NBSP },
	{ "pl", NBSP, ",", NULL, NBSP },
	{ "pt", NBSP, ",", NULL, NBSP },
	{ "pt-BR", ".", ",", NBSP, NULL },
	{ "ro", ".", ",", NULL, NBSP },
	{ "ru", NBSP, ",", NULL, NBSP },
	{ "sk", NBSP, ",", NULL, NBSP },
	{ "sl", ".", ",", NULL, NBSP },
	{ "sv", NBSP, ",", NULL, NBSP },
	{ "tr", ".", ",", "", NULL },
	{ "uk", NBSP, ",", NULL, NBSP },
	{ "zh", ",", ".", "", NULL },
};

static const struct currency currencies[] = {
	{ "AUD", "A$", 2 },
	{ "BGN", "лв.", 2 },
	{ "BRL", "R$", 2 },
	{ "CAD", "CA$", 2 },
	{ "CHF", "CHF", 2 },
	{ "CNY", "¥", 2 },
	{ "CZK", "Kč", 2 },
	{ "DKK", "kr.", 2 },
	{ "EUR", "€", 2 },
	{ "GBP", "£", 2 },
	{ "HUF", "Ft", 2 },
	{ "INR", "₹", 2 },
	{ "JPY", "¥", 0 },
	{ "KRW", "₩", 0 },
	{ "MXN", "MX$", 2 },
	{ "NOK", "kr", 2 },
	{ "NZD", "NZ$", 2 },
	{ "PLN", "zł", 2 },
	{ "RON", "RON", 2 },
	{ "RUB", "₽", 2 },
	{ "SEK", "kr", 2 },
	{ "TRY", "₺", 2 },
	{ "UAH", "₴", 2 },
	{ "USD", "$", 2 },
	{ "ZAR", "R", 2 },
};

static bool
same_name(struct span text, struct span name)
{
	if (text.len != name.len)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i] == '_' ? '-' : text.at[i];

		if (ascii_lower(c) != ascii_lower(name.at[i]))
			return false;
	}
	return true;
}

static const struct locale *
find(struct span name)
{
	for (size_t i = 0; i < sizeof locales / sizeof *locales; i++)
		if (same_name(name, span_str(locales[i].name)))
			return &locales[i];
	return NULL;
}

/* That of the name, else of its language, or NULL. */
static const struct locale *
find_near(struct span name)
{
	const struct locale *locale = find(name);
	size_t language = 0;

	while (language < name.len && name.at[language] != '-' &&
	       name.at[language] != '_')
		language++;
	return locale != NULL ? locale : find(span_first(name, language));
}

const struct locale *
locale_find(struct span name)
{
	const struct locale *locale = name.len == 0 ? NULL : find_near(name);

	return locale != NULL ? locale : &locales[0];
}

bool
locale_known(struct span name)
{
	return find_near(name) != NULL;
}

/* Every price of every mail asks: the letters are compared as one number. */
const struct currency *
currency_find(struct span code)
{
	char key[sizeof currencies->code] = "";

	if (code.len != sizeof key - 1)
		return NULL;
	for (size_t i = 0; i < code.len; i++)
		key[i] = ascii_upper(code.at[i]);
	for (size_t i = 0; i < sizeof currencies / sizeof *currencies; i++)
		if (memcmp(currencies[i].code, key, sizeof key) == 0)
			return &currencies[i];
	return NULL;
}
