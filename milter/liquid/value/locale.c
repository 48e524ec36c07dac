#include "milter/liquid/value/locale.h"

#include "store/base/ascii.h"

#define NBSP "\xc2\xa0"
#define NARROW "\xe2\x80\xaf"
#define QUOTE "\xe2\x80\x99"

static const struct locale locales[] = {
	{ "en", ",", ".", "", NULL, 1 },
	{ "bg", NBSP, ",", NULL, NBSP, 2 },
	{ "ca", ".", ",", NULL, NBSP, 1 },
	{ "cs", NBSP, ",", NULL, NBSP, 1 },
	{ "da", ".", ",", NULL, NBSP, 1 },
	{ "de", ".", ",", NULL, NBSP, 1 },
	{ "de-AT", ".", ",", NBSP, NULL, 1 },
	{ "de-CH", QUOTE, ".", NBSP, NULL, 1 },
	{ "de-LI", QUOTE, ".", NBSP, NULL, 1 },
	{ "el", ".", ",", NULL, NBSP, 1 },
	{ "en-CH", QUOTE, ".", NBSP, NULL, 1 },
	{ "en-ZA", NBSP, ",", "", NULL, 1 },
	{ "es", ".", ",", NULL, NBSP, 2 },
	{ "es-MX", ",", ".", "", NULL, 1 },
	{ "es-US", ",", ".", "", NULL, 1 },
	{ "et", NBSP, ",", NULL, NBSP, 2 },
	{ "fi", NBSP, ",", NULL, NBSP, 1 },
	{ "fr", NARROW, ",", NULL, NBSP, 1 },
	{ "fr-CA", NBSP, ",", NULL, NBSP, 1 },
	{ "fr-CH", NARROW, ".", NULL, NBSP, 1 },
	{ "hr", ".", ",", NULL, NBSP, 1 },
	{ "hu", NBSP, ",", NULL, NBSP, 1 },
	{ "id", ".", ",", NBSP, NULL, 1 },
	{ "it", ".", ",", NULL, NBSP, 1 },
	{ "it-CH", QUOTE, ".", NBSP, NULL, 1 },
	{ "ja", ",", ".", "", NULL, 1 },
	{ "ko", ",", ".", "", NULL, 1 },
	{ "lt", NBSP, ",", NULL, NBSP, 1 },
	{ "lv", NBSP, ",", NULL, NBSP, 2 },
	{ "nb", NBSP, ",", NULL, NBSP, 1 },
	{ "nl", ".", ",", NBSP, NULL, 1 },
	{ "no", NBSP, ",", NULL, NBSP, 1 },
	{ "pl", NBSP, ",", NULL, NBSP, 2 },
	{ "pt", NBSP, ",", NULL, NBSP, 2 },
	{ "pt-BR", ".", ",", NBSP, NULL, 1 },
	{ "ro", ".", ",", NULL, NBSP, 1 },
	{ "ru", NBSP, ",", NULL, NBSP, 1 },
	{ "sk", NBSP, ",", NULL, NBSP, 1 },
	{ "sl", ".", ",", NULL, NBSP, 1 },
	{ "sv", NBSP, ",", NULL, NBSP, 1 },
	{ "tr", ".", ",", "", NULL, 1 },
	{ "uk", NBSP, ",", NULL, NBSP, 1 },
	{ "zh", ",", ".", "", NULL, 1 },
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
