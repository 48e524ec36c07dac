/*
 * What mends a line of inlay.conf, said behind what is wrong with it in one of
 * five ways: "; write `LINE`" in its place, "; add `LINE`", "; remove the
 * line", "; run `COMMAND`", "(did you mean WORD?)".
 */
#ifndef INLAY_MILTER_CONFIG_ADVICE_H
#define INLAY_MILTER_CONFIG_ADVICE_H

#include "store/base/err.h"

#define CONFIG_RULE "daemon=CAMPAIGN client=127.0.0.0/8 only=campaign"

/* The last line that sets the key, from 1; 0 where none does. */
unsigned config_line(const char *file, const char *key);

/* Adds the advice to what the parser said, where it has none yet: the line
 * with the value that is right for most. */
void config_advise(const char *file, struct err *err);

/* Adds that advice to a failure that has none. Returns -1. */
int config_mend(struct err *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Fails over the key's value, at its line where there is one, and advises
 * another one. Returns -1. */
int config_wants(const char *file, const char *key, const char *value,
    struct err *err, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
