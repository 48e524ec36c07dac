/*
 * How languages write numbers and money. Const tables; the C library's
 * locale plays no part. Separators are CLDR's for money, which differ from
 * those for numbers only in de-AT and fr-CH; pt is Portugal's.
 */
#ifndef INLAY_LIQUID_LOCALE_H
#define INLAY_LIQUID_LOCALE_H

#include "store/base/span.h"

struct locale {
	const char *name;   /* "de", "de-CH" */
	const char *group;  /* between thousands */
	const char *point;  /* before the fraction */
	const char *before; /* behind a symbol that stands first; NULL where
			       symbols stand last */
	const char *after;  /* before a symbol that stands last */
	int least;	    /* digits before the first sign of a group */
};

struct currency {
	char code[4]; /* ISO 4217 */
	const char *symbol;
	int digits; /* behind the point */
};

/* The locale of that name ("de_CH" is "de-CH"), else that of its language,
 * else English. */
const struct locale *locale_find(struct span name);

/* Whether there is such a locale, or its language. */
bool locale_known(struct span name);

/* NULL where the code is not known. */
const struct currency *currency_find(struct span code);

#endif
