/*
 * Orders are what the mail server is told through libmilter: a reply, or how
 * the message is to be changed. Whoever speaks to libmilter includes this.
 */
#ifndef INLAY_MILTER_ORDERS_H
#define INLAY_MILTER_ORDERS_H

#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>

#include "milter/outcome.h"
#include "milter/reply.h"

/* Says no, or yes, as the row tells; err may be NULL. */
sfsistat orders_reply(
    SMFICTX *ctx, const struct reply *reply, const struct err *err);

/* Has the message changed as the outcome orders; blanks says whether values
 * keep the one behind the colon (SMFIP_HDR_LEADSPC). 0, or -1 when libmilter
 * did not take an order. */
int orders_give(SMFICTX *ctx, const struct outcome *outcome, bool blanks);

#endif
