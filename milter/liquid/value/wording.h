/*
 * The words and short forms of a locale: names of months and days, how a list
 * is joined, how places in an order are written. Const tables after CLDR; a
 * locale takes from its language what it does not word itself.
 */
#ifndef INLAY_LIQUID_WORDING_H
#define INLAY_LIQUID_WORDING_H

#include "milter/liquid/value/locale.h"
#include "store/base/buf.h"

/* What "|" separates are the items. */
enum wording {
	WORDING_MONTHS,	      /* as beside a day: "5 marca" */
	WORDING_MONTHS_ALONE, /* "marzec" */
	WORDING_SHORT_MONTHS,
	WORDING_SHORT_MONTHS_ALONE,
	WORDING_DAYS, /* Sunday first */
	WORDING_SHORT_DAYS,
	WORDING_HALVES,	  /* of the day: am, pm */
	WORDING_DATE,	  /* strftime's %x: no items */
	WORDING_JOINS,	  /* between items, between two, before the last */
	WORDING_ORDINALS, /* "#" is the number: first, second, ..., all others
			   */
	WORDING_ORDINALS_BY_TENS, /* the same by the last digit, but 11 to 13 */
	WORDINGS
};

/* Empty where the locale has none of these. */
struct span wording_text(const struct locale *locale, enum wording what);

/* Item n from 0; the last where there are fewer. */
struct span wording_item(
    const struct locale *locale, enum wording what, size_t n);

/* What stands before item i of so many in a sentence: nothing before the
 * first. A word, unless empty, takes the place of the locale's "and". */
void wording_join(const struct locale *locale, size_t i, size_t count,
    struct span word, struct buf *out);

#endif
