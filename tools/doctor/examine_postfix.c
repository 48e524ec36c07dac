/*
 * The recipe's rules, held against the Postfix that is there: not word for
 * word, but what must be so wherever a listener leads to inlayd.
 */
#include "tools/doctor/examine.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "milter/settings.h"
#include "milter/socket.h"
#include "tools/doctor/listener.h"
#include "tools/doctor/postfix_config.h"

#define SYSTEMD "/run/systemd/system" /* where it runs the services */
#define INSTALL "/usr/share/inlay/postfix/install"
#define RECIPIENTS_LEAST 100000

struct finder {
	struct diagnosis *diagnosis;
	const struct settings *settings;
	struct postfix postfix;
	struct span socket; /* its path; or HOST:PORT */
};

/* ---- what a value should be ---- */

static bool
is_empty(struct span value)
{
	return value.len == 0;
}

static bool
is_one(struct span value)
{
	return span_eq(value, SPAN("1"));
}

static bool
is_yes(struct span value)
{
	return span_eq(value, SPAN("yes"));
}

static bool
is_no_tls(struct span value)
{
	return value.len == 0 || span_eq(value, SPAN("none"));
}

static bool
is_many(struct span value)
{
	double number;

	return span_number(value, &number) && number >= RECIPIENTS_LEAST;
}

static bool
asks_milters(struct span value)
{
	return span_search(value, SPAN("no_milters")) == value.len;
}

/* A setting that a service, or its instance, should have. */
struct wish {
	const char *check;
	enum health health;
	const char *name;
	bool (*fulfilled)(struct span value);
	const char *value; /* what mends it */
	const char *text;
};

static const struct wish listener_wishes[] = {
	{ "around", HEALTH_FAIL, "content_filter", is_empty, "",
	    "mail goes on to a content_filter instead of its recipient" },
	{ "around", HEALTH_FAIL, "receive_override_options", asks_milters, "",
	    "no_milters: inlayd is never asked" },
	{ "around", HEALTH_FAIL, "smtpd_milter_maps", is_empty, "",
	    "smtpd_milter_maps takes inlayd away from some clients" },
	{ "rewriting", HEALTH_WARN, "local_header_rewrite_clients", is_empty,
	    "", "addresses in headers are completed, tags in them are broken" },
	{ "one-recipient", HEALTH_WARN, "smtpd_recipient_limit", is_one, "1",
	    "it offers inlayd several recipients, which are refused with 452" },
	{ "tls", HEALTH_WARN, "smtpd_tls_security_level", is_no_tls, "none",
	    "TLS on the loopback costs half of the speed" },
};

static const struct wish cleanup_wishes[] = {
	{ "blind-copies", HEALTH_FAIL, "always_bcc", is_empty, "",
	    "always_bcc sends every personal copy to somebody else" },
	{ "blind-copies", HEALTH_FAIL, "sender_bcc_maps", is_empty, "",
	    "sender_bcc_maps sends personal copies to somebody else" },
	{ "blind-copies", HEALTH_FAIL, "recipient_bcc_maps", is_empty, "",
	    "recipient_bcc_maps sends personal copies to somebody else" },
	{ "checks", HEALTH_WARN, "header_checks", is_empty, "",
	    "header_checks may refuse a copy that is recorded already" },
	{ "checks", HEALTH_WARN, "body_checks", is_empty, "",
	    "body_checks may refuse a copy that is recorded already" },
};

static const struct wish transport_wishes[] = {
	{ "tls", HEALTH_WARN, "smtp_tls_security_level", is_no_tls, "none",
	    "TLS to the filtered listener defers the mail or costs half of "
	    "the speed" },
	{ "rewriting", HEALTH_WARN, "disable_mime_output_conversion", is_yes,
	    "yes", "parts may be encoded anew before inlayd sees them" },
};

/* Of the instance from which a transport leads to the listener. */
static const struct wish front_wishes[] = {
	{ "queue-ids", HEALTH_WARN, "enable_long_queue_ids", is_yes, "yes",
	    "queue ids repeat, and with them a delivery may be taken for "
	    "another" },
};

static void
advise_override(struct finder *finder, struct symptom *symptom,
    const struct postfix_service *service, const struct wish *wish)
{
	diagnose_advise(finder->diagnosis, symptom,
	    "postconf -c %.*s -P '%.*s/%.*s/%s=%s' && postfix -c %.*s "
	    "reload",
	    SPAN_ARG(service->instance->directory), SPAN_ARG(service->name),
	    SPAN_ARG(service->type), wish->name, wish->value,
	    SPAN_ARG(service->instance->directory));
}

/* Holds the service against the wishes; where names what it is. */
static void
wish_service(struct finder *finder, const struct postfix_service *service,
    const struct wish *wishes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct wish *wish = &wishes[i];
		struct symptom *symptom;

		if (wish->fulfilled(
			postfix_service_setting(service, span_str(wish->name))))
			continue;
		symptom = diagnose(finder->diagnosis, wish->check, wish->health,
		    "Postfix's %.*s: %s", SPAN_ARG(service->name), wish->text);
		advise_override(finder, symptom, service, wish);
	}
}

static void
wish_instance(struct finder *finder, const struct postfix_instance *instance,
    const struct wish *wishes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct wish *wish = &wishes[i];
		struct symptom *symptom;

		if (wish->fulfilled(
			postfix_setting(instance, span_str(wish->name))))
			continue;
		symptom = diagnose(finder->diagnosis, wish->check, wish->health,
		    "Postfix in %.*s: %s", SPAN_ARG(instance->directory),
		    wish->text);
		diagnose_advise(finder->diagnosis, symptom,
		    "postconf -c %.*s -e '%s = %s' && postfix -c %.*s "
		    "reload",
		    SPAN_ARG(instance->directory), wish->name, wish->value,
		    SPAN_ARG(instance->directory));
	}
}

#define WISHES(table) (table), sizeof(table) / sizeof(*(table))

/* ---- the listener that leads to inlayd ---- */

/* Whether the list of milters holds that place, whole. */
static bool
holds(struct span milters, struct span place)
{
	size_t at = span_search(milters, place);
	struct span behind = span_from(milters, at + place.len);

	return at != 0 && at < milters.len && milters.at[at - 1] == ':' &&
	       (behind.len == 0 || strchr(", \t}", behind.at[0]));
}

/* In a chroot Postfix names the socket from its queue directory on. */
static bool
names_socket(const struct finder *finder, const struct postfix_service *service)
{
	struct span milters =
	    postfix_service_setting(service, SPAN("smtpd_milters"));
	struct span queue =
	    postfix_setting(service->instance, SPAN("queue_directory"));

	return holds(milters, finder->socket) ||
	       (queue.len != 0 && span_starts(finder->socket, queue) &&
		   holds(milters, span_from(finder->socket, queue.len)));
}

/* What holds while inlayd is away: as the milter itself says, or the listener.
 */
static struct span
action_of(const struct postfix_service *service)
{
	struct span milters =
	    postfix_service_setting(service, SPAN("smtpd_milters"));
	struct span own, key = SPAN("default_action");
	size_t at;

	at = span_search(milters, key);
	if (at == milters.len)
		return postfix_service_setting(
		    service, SPAN("milter_default_action"));
	own = span_from(milters, at + key.len);
	own = span_from(own, span_find(own, '=') + 1);
	own = span_trim(own);
	for (at = 0; at < own.len && !strchr(", \t}", own.at[at]); at++)
		;
	return span_first(own, at);
}

static void
look_at_action(struct finder *finder, const struct postfix_service *service)
{
	static const struct wish mending = { .name = "milter_default_action",
		.value = "tempfail" };
	struct span action = action_of(service);
	struct symptom *symptom;

	if (span_eq(action, SPAN("tempfail")) ||
	    span_eq(action, SPAN("shutdown")))
		return;
	symptom = diagnose(finder->diagnosis, "default-action", HEALTH_FAIL,
	    "Postfix's %.*s: with default_action=%.*s mail %s while inlayd "
	    "is away",
	    SPAN_ARG(service->name), SPAN_ARG(action),
	    span_eq(action, SPAN("accept")) ? "leaves unpersonalised"
					    : "is lost");
	advise_override(finder, symptom, service, &mending);
}

static void
look_at_rules(struct finder *finder, const struct postfix_service *service)
{
	const struct rule *other = listener_rule(finder->settings, SPAN_NONE);
	struct span daemon =
	    postfix_service_setting(service, SPAN("milter_macro_daemon_name"));
	struct wish mending = { .name = "milter_macro_daemon_name" };
	struct symptom *symptom;
	char where[128], name[128];

	snprintf(
	    where, sizeof(where), "Postfix's %.*s", SPAN_ARG(service->name));
	symptom =
	    listener_look(finder->diagnosis, finder->settings, where, daemon);
	if (symptom && other) {
		snprintf(name, sizeof(name), "%.*s", SPAN_ARG(other->daemon));
		mending.value = name;
		advise_override(finder, symptom, service, &mending);
	} else if (symptom) {
		diagnose_advise(finder->diagnosis, symptom,
		    "a line `allow = daemon=%.*s client=127.0.0.0/8 "
		    "only=campaign` in %s",
		    SPAN_ARG(daemon), finder->settings->file);
	}
}

/* Copies that were recorded go through this cleanup. */
static void
look_at_cleanup(struct finder *finder, const struct postfix_service *service)
{
	const struct postfix_service *cleanup =
	    postfix_service(service->instance,
		postfix_service_setting(service, SPAN("cleanup_service_name")),
		SPAN("cleanup"));

	if (cleanup)
		wish_service(finder, cleanup, WISHES(cleanup_wishes));
}

/* ---- whether it runs ---- */

/* master(8) leaves its process id there. */
static bool
is_running(const struct postfix_instance *instance)
{
	struct span queue = postfix_setting(instance, SPAN("queue_directory"));
	char path[1024];
	long pid = 0;
	FILE *file;

	snprintf(path, sizeof(path), "%.*s/pid/master.pid", SPAN_ARG(queue));
	file = fopen(path, "r");
	if (!file)
		return errno == EACCES; /* who may not know does not say */
	if (fscanf(file, "%ld", &pid) != 1)
		pid = 0;
	fclose(file);
	return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static void
look_at_running(struct finder *finder, const struct postfix_instance *instance)
{
	struct span directory = instance->directory;
	struct symptom *symptom;

	if (is_running(instance)) {
		diagnose(finder->diagnosis, "running", HEALTH_OK,
		    "Postfix in %.*s runs", SPAN_ARG(directory));
		return;
	}
	symptom = diagnose(finder->diagnosis, "running", HEALTH_DOWN,
	    "Postfix in %.*s does not run", SPAN_ARG(directory));
	if (access(SYSTEMD, F_OK) == 0)
		diagnose_advise(
		    finder->diagnosis, symptom, "systemctl restart postfix");
	else
		diagnose_advise(finder->diagnosis, symptom,
		    "postfix -c %.*s start", SPAN_ARG(directory));
}

/* ---- the way to the listener ---- */

static struct span
port_of(struct span place)
{
	size_t at = place.len;

	while (at > 0 && place.at[at - 1] != ':')
		at--;
	return span_from(place, at);
}

/* "TRANSPORT:NEXTHOP" where the next hop is that listener: the transport. */
static bool
leads_to(struct span value, const struct postfix_service *listener,
    struct span *transport)
{
	size_t colon = span_find(value, ':');
	struct span hop = span_from(value, colon + 1);

	*transport = span_first(value, colon);
	return hop.len != 0 && span_eq(port_of(hop), port_of(listener->name));
}

static void
look_at_limit(struct finder *finder, const struct postfix_instance *instance,
    struct span transport)
{
	char name[128], text[256];
	const struct wish wish = { "one-recipient", HEALTH_FAIL, name, is_one,
		"1", text };

	snprintf(name, sizeof(name), "%.*s_destination_recipient_limit",
	    SPAN_ARG(transport));
	snprintf(text, sizeof(text),
	    "%s is not 1: all but one recipient of each transaction wait for "
	    "a retry",
	    name);
	wish_instance(finder, instance, &wish, 1);
}

/* A front that sends everything to the listener has reports that must not. */
static void
look_at_own_front(
    struct finder *finder, const struct postfix_instance *instance)
{
	struct span maps = postfix_setting(
	    instance, SPAN("sender_dependent_default_transport_maps"));
	struct symptom *symptom;

	if (span_search(maps, SPAN("<>")) < maps.len)
		return;
	symptom = diagnose(finder->diagnosis, "reports", HEALTH_FAIL,
	    "Postfix in %.*s: its own non-delivery reports go to the filtered "
	    "listener, which refuses them: they are lost",
	    SPAN_ARG(instance->directory));
	diagnose_advise(finder->diagnosis, symptom, INSTALL);
}

/* A requeued message goes around a content_filter; a header check holds it. */
static void
look_at_shared_front(
    struct finder *finder, const struct postfix_instance *instance)
{
	struct span checks = postfix_setting(instance, SPAN("header_checks"));
	struct symptom *symptom;

	if (span_search(checks, SPAN("inlay_header_checks")) < checks.len)
		return;
	symptom = diagnose(finder->diagnosis, "around", HEALTH_FAIL,
	    "Postfix in %.*s: after `postsuper -r` or at another port raw "
	    "templates go around inlayd to every reader",
	    SPAN_ARG(instance->directory));
	diagnose_advise(finder->diagnosis, symptom, INSTALL " --single");
}

static void
look_at_entry(struct finder *finder, const struct postfix_service *entry)
{
	static const struct wish wish = { "limits", HEALTH_WARN,
		"smtpd_recipient_limit", is_many, "100000",
		"recipients beyond its smtpd_recipient_limit are put off" };

	if (span_eq(entry->command, SPAN("smtpd")) &&
	    !names_socket(finder, entry))
		wish_service(finder, entry, &wish, 1);
}

static void
look_at_transport(struct finder *finder,
    const struct postfix_instance *instance, struct span transport)
{
	const struct postfix_service *service =
	    postfix_service(instance, transport, SPAN("smtp"));

	look_at_limit(finder, instance, transport);
	wish_instance(finder, instance, WISHES(front_wishes));
	if (service)
		wish_service(finder, service, WISHES(transport_wishes));
}

/* Whether the instance as a whole leads to the listener. */
static bool
is_own_front(struct finder *finder, const struct postfix_instance *instance,
    const struct postfix_service *listener)
{
	struct span transport;

	if (!leads_to(postfix_setting(instance, SPAN("default_transport")),
		listener, &transport))
		return false;
	look_at_running(finder, instance);
	look_at_transport(finder, instance, transport);
	look_at_own_front(finder, instance);
	for (size_t i = 0; i < instance->service_count; i++)
		look_at_entry(finder, &instance->services[i]);
	return true;
}

/* Whether a listener of the instance leads there by its content_filter. */
static bool
has_entry(struct finder *finder, const struct postfix_instance *instance,
    const struct postfix_service *listener)
{
	bool found = false;

	for (size_t i = 0; i < instance->service_count; i++) {
		const struct postfix_service *entry = &instance->services[i];
		struct span transport;

		if (!span_eq(entry->command, SPAN("smtpd")) ||
		    !leads_to(
			postfix_service_setting(entry, SPAN("content_filter")),
			listener, &transport))
			continue;
		if (!found) {
			look_at_transport(finder, instance, transport);
			look_at_shared_front(finder, instance);
		}
		look_at_entry(finder, entry);
		found = true;
	}
	return found;
}

static void
look_at_way(struct finder *finder, const struct postfix_service *listener)
{
	bool found = false;
	struct symptom *symptom;

	for (size_t i = 0; i < finder->postfix.count; i++) {
		const struct postfix_instance *instance =
		    &finder->postfix.instances[i];

		found |= is_own_front(finder, instance, listener) ||
			 has_entry(finder, instance, listener);
	}
	if (found)
		return;
	symptom = diagnose(finder->diagnosis, "one-recipient", HEALTH_WARN,
	    "no queue splits mail for Postfix's %.*s: of several recipients "
	    "all but the first wait for a retry",
	    SPAN_ARG(listener->name));
	diagnose_advise(finder->diagnosis, symptom, INSTALL);
}

static void
look_at_listener(struct finder *finder, const struct postfix_service *service)
{
	look_at_running(finder, service->instance);
	look_at_action(finder, service);
	look_at_rules(finder, service);
	wish_service(finder, service, WISHES(listener_wishes));
	look_at_cleanup(finder, service);
	look_at_way(finder, service);
}

static unsigned
look_at_listeners(struct finder *finder)
{
	unsigned found = 0;

	for (size_t i = 0; i < finder->postfix.count; i++) {
		const struct postfix_instance *instance =
		    &finder->postfix.instances[i];

		for (size_t j = 0; j < instance->service_count; j++) {
			const struct postfix_service *service =
			    &instance->services[j];

			if (!span_eq(service->command, SPAN("smtpd")) ||
			    !names_socket(finder, service))
				continue;
			look_at_listener(finder, service);
			found++;
		}
	}
	return found;
}

/* The socket as Postfix's settings spell it: "PATH", or "HOST:PORT". */
static struct span
spelled_for_postfix(struct diagnosis *diagnosis, const char *text)
{
	struct socket_place place;
	struct span out = SPAN_NONE;
	char host[256], port[8], spelled[300];

	if (socket_parse(text, &place, NULL) < 0)
		return SPAN_NONE;
	if (socket_network(&place, host, port))
		snprintf(spelled, sizeof(spelled),
		    strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
	else
		snprintf(spelled, sizeof(spelled), "%s", socket_path(&place));
	(void)arena_dup(diagnosis->arena, span_str(spelled), &out);
	return out;
}

int
examine_postfix(struct diagnosis *diagnosis, const struct settings *settings)
{
	struct finder finder = { .diagnosis = diagnosis, .settings = settings };
	struct err err = ERR_INIT;
	int there = postfix_read(diagnosis->arena, &finder.postfix, &err);

	if (there < 0)
		diagnose(diagnosis, "postfix", HEALTH_FAIL,
		    "Postfix does not tell its configuration: %s", err.text);
	finder.socket = spelled_for_postfix(diagnosis, settings->socket);
	if (there <= 0 || finder.socket.len == 0)
		return there != 0;
	if (look_at_listeners(&finder) != 0)
		diagnose(diagnosis, "postfix", HEALTH_OK,
		    "a listener leads to %s", settings->socket);
	else
		diagnose_advise(diagnosis,
		    diagnose(diagnosis, "postfix", HEALTH_FAIL,
			"no listener of Postfix has smtpd_milters with %s",
			settings->socket),
		    INSTALL);
	return 1;
}
