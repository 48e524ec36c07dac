/*
 * The recipe's rules, held against the two sendmails of this machine: the one
 * that is there anyway, with the filtered listener, and the front. Their .cf
 * files are looked at, which are what sendmail goes by.
 */
#include "tools/doctor/examine.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>

#include "milter/settings.h"
#include "milter/socket.h"
#include "tools/doctor/listener.h"
#include "tools/doctor/sendmail_config.h"

#define FOLDER "/etc/mail/"
#define MAIN FOLDER "sendmail"
#define FRONT FOLDER "campaign"
#define PIDFILE "/run/sendmail-campaign.pid"
#define INSTALL "/usr/share/inlay/sendmail/install"
/* It makes a .cf again whose .mc is newer. */
#define AGAIN "touch " MAIN ".mc " FRONT ".mc && " INSTALL

struct sendmails {
	struct diagnosis *diagnosis;
	const struct settings *settings;
	struct span usual, front; /* their .cf files */
	struct span filter;	  /* how the usual one calls inlayd, or "" */
	struct span daemon;	  /* the listener that leads to it, or "" */
	struct span port;	  /* of it */
};

static void
tell(struct sendmails *sendmails, const char *check, enum health health,
    const char *text, const char *advice)
{
	diagnose_advise(sendmails->diagnosis,
	    diagnose(sendmails->diagnosis, check, health, "sendmail: %s", text),
	    "%s", advice);
}

/* ---- the filter ---- */

/* Whether sendmail's spelling of a socket is that of the settings. */
static bool
is_our_socket(const struct sendmails *sendmails, struct span spelled)
{
	struct socket_place ours, theirs;
	char text[512], host[2][256], port[2][8];

	snprintf(text, sizeof(text), "%.*s", SPAN_ARG(spelled));
	if (socket_parse(sendmails->settings->socket, &ours, NULL) < 0 ||
	    socket_parse(text, &theirs, NULL) < 0)
		return false;
	if (socket_path(&ours) && socket_path(&theirs))
		return strcmp(socket_path(&ours), socket_path(&theirs)) == 0;
	return socket_network(&ours, host[0], port[0]) &&
	       socket_network(&theirs, host[1], port[1]) &&
	       strcmp(host[0], host[1]) == 0 && strcmp(port[0], port[1]) == 0;
}

/* "Xinlay, S=unix:/run/inlay/inlay.sock, F=T, T=…" */
static bool
find_filter(struct sendmails *sendmails, struct span *filter)
{
	struct span rest = sendmails->usual;

	while (sendmail_next(&rest, SPAN("X"), filter))
		if (is_our_socket(sendmails, sendmail_equate(*filter, 'S'))) {
			sendmails->filter = span_trim(
			    span_first(*filter, span_find(*filter, ',')));
			return true;
		}
	return false;
}

static void
look_at_filter(struct sendmails *sendmails)
{
	struct span filter, flags;

	if (!find_filter(sendmails, &filter)) {
		diagnose_advise(sendmails->diagnosis,
		    diagnose(sendmails->diagnosis, "sendmail", HEALTH_FAIL,
			"no filter in " MAIN ".cf has S=%s",
			sendmails->settings->socket),
		    AGAIN);
		return;
	}
	flags = sendmail_equate(filter, 'F');
	if (flags.len == 0)
		tell(sendmails, "default-action", HEALTH_FAIL,
		    "a filter without F=T lets mail leave unpersonalised while "
		    "inlayd is away",
		    AGAIN);
	else if (flags.at[0] == 'R')
		tell(sendmails, "default-action", HEALTH_FAIL,
		    "with F=R mail is lost while inlayd is away", AGAIN);
}

/* ---- the listener ---- */

/* Whether the list of filters, divided by blanks, colons or semicolons, has
 * ours. */
static bool
lists_filter(const struct sendmails *sendmails, struct span list)
{
	while (list.len != 0) {
		size_t end = 0;

		while (end < list.len && !strchr(" \t:;,", list.at[end]))
			end++;
		if (span_eq(span_first(list, end), sendmails->filter))
			return true;
		list = span_from(list, end + 1);
	}
	return false;
}

static void
find_listener(struct sendmails *sendmails)
{
	struct span rest = sendmails->usual, entry;

	while (sendmail_next(&rest, SPAN("O DaemonPortOptions="), &entry)) {
		if (!lists_filter(sendmails, sendmail_equate(entry, 'I')))
			continue;
		sendmails->daemon = sendmail_equate(entry, 'N');
		sendmails->port = sendmail_equate(entry, 'P');
	}
}

static void
look_at_listener(struct sendmails *sendmails)
{
	struct span rest = sendmails->usual, all;
	struct symptom *symptom;

	(void)sendmail_next(&rest, SPAN("O InputMailFilters="), &all);
	if (lists_filter(sendmails, all))
		tell(sendmails, "daemon-name", HEALTH_WARN,
		    "InputMailFilters leads the mail of every port to inlayd: "
		    "MAIL_FILTER and one listener would do",
		    "INPUT_MAIL_FILTER out of " MAIN ".mc, and " INSTALL);
	find_listener(sendmails);
	if (sendmails->port.len == 0) {
		tell(sendmails, "sendmail", HEALTH_FAIL,
		    "no listener in " MAIN ".cf leads to inlayd", AGAIN);
		return;
	}
	symptom = listener_look(sendmails->diagnosis, sendmails->settings,
	    "sendmail's listener", sendmails->daemon);
	if (symptom)
		diagnose_advise(sendmails->diagnosis, symptom,
		    "a line `allow = daemon=%.*s client=127.0.0.0/8 "
		    "only=campaign` in %s",
		    SPAN_ARG(sendmails->daemon), sendmails->settings->file);
}

/* What other ports get must not have the header. */
static void
look_at_border(struct sendmails *sendmails)
{
	struct span rest = sendmails->usual, entry;
	char header[128];

	snprintf(header, sizeof(header),
	    "H%s:", sendmails->settings->campaign_header);
	while (sendmail_next(&rest, span_str(header), &entry))
		if (span_starts(entry, SPAN("$>")))
			return;
	tell(sendmails, "around", HEALTH_FAIL,
	    "campaign mail at another port goes around inlayd, raw", AGAIN);
}

/* ---- the front ---- */

/* The mailer by which the front leads to the listener, with all its equates. */
static bool
find_mailer(const struct sendmails *sendmails, struct span *mailer)
{
	struct span rest = sendmails->front;

	while (sendmail_next(&rest, SPAN("M"), mailer))
		if (span_ends(sendmail_equate(*mailer, 'A'), sendmails->port))
			return true;
	return false;
}

static void
look_at_reports(struct sendmails *sendmails)
{
	if (span_search(sendmails->front, SPAN("$#reports")) ==
	    sendmails->front.len)
		tell(sendmails, "reports", HEALTH_FAIL,
		    "the front's own non-delivery reports go to the filtered "
		    "listener, which refuses them: they are lost",
		    AGAIN);
}

/* Two that greet with one name take each other for a loop. */
static void
look_at_names(struct sendmails *sendmails)
{
	struct span usual = sendmails->usual, front = sendmails->front,
		    names[2];

	(void)sendmail_next(&usual, SPAN("Dj"), &names[0]);
	(void)sendmail_next(&front, SPAN("Dj"), &names[1]);
	if (span_eq(names[0], names[1]))
		tell(sendmails, "sendmail", HEALTH_FAIL,
		    "the front greets with the name of the other one, which "
		    "takes that for a loop",
		    AGAIN);
}

/* A sendmail leaves its process id there. */
static void
look_at_running(struct sendmails *sendmails)
{
	FILE *file = fopen(PIDFILE, "r");
	long pid = 0;

	if (!file && errno == EACCES)
		return; /* who may not know does not say */
	if (file && fscanf(file, "%ld", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	if (pid <= 0 || (kill((pid_t)pid, 0) < 0 && errno != EPERM))
		tell(sendmails, "running", HEALTH_DOWN,
		    "the front does not run",
		    "systemctl start sendmail-campaign");
}

static void
look_at_front(struct sendmails *sendmails)
{
	struct span mailer, flags;

	if (sendmails->front.len == 0) {
		tell(sendmails, "one-recipient", HEALTH_WARN,
		    "no front splits mail for the filtered listener: of "
		    "several recipients all but the first wait for a retry",
		    INSTALL);
		return;
	}
	look_at_running(sendmails);
	look_at_reports(sendmails);
	look_at_names(sendmails);
	if (!find_mailer(sendmails, &mailer)) {
		tell(sendmails, "sendmail", HEALTH_FAIL,
		    "no mailer of the front leads to the filtered listener",
		    AGAIN);
		return;
	}
	flags = sendmail_equate(mailer, 'F');
	if (span_find(flags, 'm') < flags.len)
		tell(sendmails, "one-recipient", HEALTH_FAIL,
		    "the front's mailer has the flag m: all but one recipient "
		    "of each transaction wait for a retry",
		    AGAIN);
}

/* ---- files ---- */

static bool
is_newer(const char *path, const struct stat *made)
{
	struct stat source;

	return stat(path, &source) == 0 &&
	       (source.st_mtim.tv_sec > made->st_mtim.tv_sec ||
		   (source.st_mtim.tv_sec == made->st_mtim.tv_sec &&
		       source.st_mtim.tv_nsec > made->st_mtim.tv_nsec));
}

static void
look_at_age(struct sendmails *sendmails, const char *cf, const char *sources[2])
{
	struct stat made;

	if (stat(cf, &made) < 0)
		return;
	for (size_t i = 0; i < 2; i++)
		if (is_newer(sources[i], &made))
			diagnose_advise(sendmails->diagnosis,
			    diagnose(sendmails->diagnosis, "sendmail",
				HEALTH_WARN,
				"%s is newer than %s: what it says does not "
				"hold yet",
				sources[i], cf),
			    INSTALL);
}

static bool
read_files(struct sendmails *sendmails)
{
	struct arena *arena = sendmails->diagnosis->arena;
	struct err err = ERR_INIT;
	int there = sendmail_read(MAIN ".cf", arena, &sendmails->usual, &err);

	if (there == 0)
		diagnose(sendmails->diagnosis, "sendmail", HEALTH_OK,
		    "neither Postfix nor sendmail is on this machine");
	if (there < 0 ||
	    sendmail_read(FRONT ".cf", arena, &sendmails->front, &err) < 0) {
		diagnose(sendmails->diagnosis, "sendmail", HEALTH_FAIL, "%s",
		    err.text);
		return false;
	}
	return there != 0;
}

void
examine_sendmail(struct diagnosis *diagnosis, const struct settings *settings)
{
	static const char *main_sources[] = { MAIN ".mc",
		FOLDER "m4/inlay.m4" };
	static const char *front_sources[] = { FRONT ".mc",
		FOLDER "m4/campaign-login.m4" };
	struct sendmails sendmails = { .diagnosis = diagnosis,
		.settings = settings };

	if (!read_files(&sendmails))
		return;
	look_at_age(&sendmails, MAIN ".cf", main_sources);
	look_at_age(&sendmails, FRONT ".cf", front_sources);
	look_at_filter(&sendmails);
	if (sendmails.filter.len == 0)
		return;
	look_at_listener(&sendmails);
	look_at_border(&sendmails);
	if (sendmails.port.len != 0)
		look_at_front(&sendmails);
	diagnose(diagnosis, "sendmail", HEALTH_OK, "a listener leads to %s",
	    settings->socket);
}
