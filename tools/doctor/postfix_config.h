/*
 * The Postfix of this machine as postconf(1) tells it: its instances, their
 * parameters, and the services of their master.cf with what those override.
 */
#ifndef INLAY_TOOLS_POSTFIX_CONFIG_H
#define INLAY_TOOLS_POSTFIX_CONFIG_H

#include "store/base/arena.h"
#include "store/base/err.h"
#include "store/base/span.h"

struct postfix_setting {
	struct span name;
	struct span value; /* with $names filled in */
};

struct postfix_service {
	const struct postfix_instance *instance;
	struct span name;    /* "smtp", "127.0.0.1:10027", "onercpt" */
	struct span type;    /* "inet", "unix", … */
	struct span command; /* "smtpd", "smtp", "cleanup", … */
	bool chroot;
	struct postfix_setting *overrides;
	size_t override_count;
};

struct postfix_instance {
	struct span directory; /* of its configuration */
	struct postfix_setting *settings;
	size_t setting_count;
	struct postfix_service *services;
	size_t service_count;
};

struct postfix {
	struct postfix_instance *instances; /* the default one first */
	size_t count;
};

/* Reads them all into the arena. 1; 0 where there is no Postfix; -1 where it
 * cannot be told. */
int postfix_read(struct arena *arena, struct postfix *postfix, struct err *err);

/* What main.cf, or Postfix by itself, says. "" for an unknown name. */
struct span postfix_setting(
    const struct postfix_instance *instance, struct span name);

/* What holds for the service. */
struct span postfix_service_setting(
    const struct postfix_service *service, struct span name);

/* The service of that name whose command that is, or NULL. */
const struct postfix_service *postfix_service(
    const struct postfix_instance *instance, struct span name,
    struct span command);

#endif
