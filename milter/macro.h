/*
 * What the mail server says of a client in macros: which listener it came to,
 * and who it logged in as.
 */
#ifndef INLAY_MILTER_MACRO_H
#define INLAY_MILTER_MACRO_H

#include "milter/orders.h"

/* {daemon_name}, kept in size bytes at keep; one that does not fit is empty
 * and matches no rule. */
struct span macro_daemon(SMFICTX *ctx, char *keep, size_t size);

/* The same of {auth_authen}. A connection that XCLIENT made up has no
 * login. */
struct span macro_login(SMFICTX *ctx, char *keep, size_t size);

#endif
