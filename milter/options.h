/*
 * What the settings mean to the engine and to the personaliser: the one place
 * where they become options, for the daemon and for the command.
 */
#ifndef INLAY_MILTER_OPTIONS_H
#define INLAY_MILTER_OPTIONS_H

#include "milter/personalise.h"
#include "milter/settings.h"
#include "store/engine/engine.h"

/* How the store is opened. Refers to the settings, which must outlive the
 * engine; report and its context are the caller's to set. */
struct engine_options options_of_engine(const struct settings *settings);

/* How mail is personalised, for recipients of that tenant. Refers to the
 * settings, which must outlive the personaliser. */
struct personalise_options options_of_personaliser(
    const struct settings *settings, struct span tenant);

#endif
