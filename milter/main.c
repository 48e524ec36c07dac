/*
 * inlayd: reads its arguments and inlay.conf, opens the socket, the store
 * and the personaliser, gives up root, and answers signals until it is told
 * to stop.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/account.h"
#include "milter/config_check.h"
#include "milter/duty.h"
#include "milter/monitor.h"
#include "milter/notify.h"
#include "milter/options.h"
#include "milter/personalise.h"
#include "milter/pidfile.h"
#include "milter/session.h"
#include "store/engine/lmdb.h"

/* The group that a setting names, or -1 where it names none. */
static int
find_group(const char *setting, const char *name, long *group, struct err *err)
{
	const struct group *found = name != NULL ? getgrnam(name) : NULL;

	*group = found != NULL ? (long)found->gr_gid : -1;
	if (name == NULL || found != NULL)
		return 0;
	return err_set(err, ERR_CONFIG, "%s: no group %s", setting, name);
}

static int
find_names(struct daemon *daemon, struct err *err)
{
	if (find_group("socket-group", daemon->settings->socket_group,
		&daemon->group, err) < 0 ||
	    find_group("control-group", daemon->settings->control_group,
		&daemon->control_group, err) < 0)
		return -1;
	if (daemon->user != NULL && getpwnam(daemon->user) == NULL)
		return err_set(
		    err, ERR_CONFIG, "user: no user %s", daemon->user);
	return 0;
}

static int
load(struct daemon *daemon, struct err *err)
{
	const struct daemon_arguments *arguments = &daemon->arguments;

	if (loaded_config_open(arguments->file, &daemon->config, err) < 0 ||
	    settings_load(arguments->file, &daemon->settings, err) < 0)
		return -1;
	daemon->user =
	    arguments->user ? arguments->user : daemon->settings->user;
	if (socket_parse(arguments->socket ? arguments->socket
					   : daemon->settings->socket,
		&daemon->socket, err) < 0)
		return -1;
	return find_names(daemon, err);
}

/* What it holds of keys and of people goes into no core file, and nobody but
 * root may look at it. Changing the user undoes the latter. */
static int
stay_private(struct err *err)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot keep memory private: %s", strerror(errno));
	return 0;
}

static int
drop_root(const struct daemon *daemon, struct err *err)
{
	struct account who;

	if (daemon->user == NULL)
		return 0;
	if (account_find(daemon->user, daemon->settings->store, &who, err) < 0)
		return -1;
	return account_become(&who, err);
}

static void
report_event(void *context, enum engine_event event, const char *text)
{
	static const enum log_level levels[] = {
		[EVENT_CORRUPT] = LOG_LEVEL_ERROR,
		[EVENT_REOPENED] = LOG_LEVEL_WARNING,
		[EVENT_GROWN] = LOG_LEVEL_INFO,
		[EVENT_ALARM] = LOG_LEVEL_WARNING,
		[EVENT_FAILED] = LOG_LEVEL_ERROR,
		[EVENT_RECOVERED] = LOG_LEVEL_WARNING,
	};

	log_say(context, levels[event], "store: %s", text);
}

static int
open_store(struct daemon *daemon, struct err *err)
{
	const struct settings *settings = daemon->settings;
	struct personalise_options personalise =
	    options_of_personaliser(settings, span_str(settings->tenant));
	struct engine_options engine = options_of_engine(settings);

	personalise.tokens = NULL; /* of each message's config */
	engine.report = report_event;
	engine.context = daemon->log;
	if (lmdb_open(&engine, &daemon->engine, err) < 0)
		return -1;
	return personaliser_open(
	    &personalise, daemon->engine, &daemon->personaliser, err);
}

/* The path is given up root's way, or when all else is ready: who succeeds
 * another daemon must not be in the way before. */
static int
take_path(struct daemon *daemon, struct err *err)
{
	const char *path = socket_path(&daemon->socket);
	struct socket_place beside;

	if (path != NULL) {
		socket_beside(&daemon->socket, &beside);
		if (socket_take(socket_path(&beside), path, err) < 0)
			return -1;
	}
	if (daemon->settings->pidfile != NULL)
		return pidfile_write(daemon->settings->pidfile, err);
	return 0;
}

static int
listen_beside(struct daemon *daemon, struct err *err)
{
	const char *path = socket_path(&daemon->socket);
	struct socket_place beside;

	if (path != NULL && !daemon->succeeds && socket_clear(path, err) < 0)
		return -1;
	socket_beside(&daemon->socket, &beside);
	if (session_listen(&beside, (unsigned)daemon->settings->socket_mode,
		daemon->group, err) < 0)
		return -1;
	return path ? socket_identify(socket_path(&beside), &daemon->mark, err)
		    : 0;
}

/* Everything from the log to the open store. Files that only root may write
 * come before root is given up; the store belongs to the user. */
static int
set_up(struct daemon *daemon, struct err *err)
{
	const struct settings *settings = daemon->settings;

	if (log_open(settings->log_target, (enum log_level)settings->log_level,
		"inlayd", &daemon->log, err) < 0 ||
	    listen_beside(daemon, err) < 0)
		return -1;
	if (!daemon->succeeds && take_path(daemon, err) < 0)
		return -1;
	if (drop_root(daemon, err) < 0 || stay_private(err) < 0)
		return -1;
	return open_store(daemon, err);
}

/* libmilter blocks SIGHUP and SIGTERM where it runs, so that is not the main
 * thread. When it ends, which it never does unasked, inlayd ends with a
 * failure, and whoever started it starts it again. */
static void *
serve(void *arg)
{
	struct daemon *daemon = arg;
	struct err err = ERR_INIT;

	session_run(&err);
	log_say(daemon->log, LOG_LEVEL_ERROR, "%s", err.text);
	atomic_store(&daemon->deaf, true);
	duty_signal(SIGTERM);
	return NULL;
}

static void
let_go_of_terminal(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

/* Tells the parent that waits in the background case, the daemon that served
 * so far, the service manager. */
static void
tell_ready(struct daemon *daemon)
{
	notify_send("READY=1\nMAINPID=%ld\nSTATUS=serving %s", (long)getpid(),
	    daemon->socket.name);
	if (daemon->ready < 0)
		return;
	if (!daemon->succeeds)
		let_go_of_terminal();
	if (write(daemon->ready, "", 1) < 0)
		log_say(daemon->log, LOG_LEVEL_WARNING, "the parent is gone");
	close(daemon->ready);
	daemon->ready = -1;
}

/* Removes what others would find of a daemon that is gone, but nothing of one
 * that took over. */
static void
remove_traces(struct daemon *daemon)
{
	const char *path = socket_path(&daemon->socket);
	struct socket_place beside;

	successor_give_up(&daemon->successor);
	monitor_close(&daemon->monitor);
	socket_beside(&daemon->socket, &beside);
	if (path != NULL) {
		socket_leave(path, &daemon->mark);
		socket_leave(socket_path(&beside), &daemon->mark);
	}
	if (daemon->settings->pidfile != NULL)
		pidfile_remove(daemon->settings->pidfile);
}

/* What the postmaster may want to know of the signatures' cost, or NULL. */
static const char *
signing_hint(const struct daemon *daemon)
{
	const struct signer *signer = daemon->config->signer;

	return signer != NULL ? signer_hint(signer) : NULL;
}

static int
watch(struct daemon *daemon, struct err *err)
{
	const struct settings *settings = daemon->settings;
	const struct monitor_options options = {
		.milter = socket_path(&daemon->socket),
		.control = settings->control_socket,
		.mode = (unsigned)settings->control_mode,
		.group = daemon->control_group,
		.file = settings->metrics_file,
		.personaliser = daemon->personaliser,
		.engine = daemon->engine,
		.log = daemon->log,
	};

	return monitor_open(&options, daemon->succeeds, &daemon->monitor, err);
}

static int
run(struct daemon *daemon, struct err *err)
{
	pthread_t server;
	int drained;

	session_share(daemon->config, daemon->personaliser, daemon->log);
	if (pthread_create(&server, NULL, serve, daemon) != 0)
		return err_set(err, ERR_SYSTEM, "cannot start a thread");
	pthread_detach(server);
	daemon->serving = true;
	log_say(daemon->log, LOG_LEVEL_INFO,
	    "inlayd " INLAY_VERSION " listens at %s", daemon->socket.name);
	if (signing_hint(daemon) != NULL)
		log_say(
		    daemon->log, LOG_LEVEL_INFO, "%s", signing_hint(daemon));
	if (duty_start(daemon, err) < 0)
		return -1;
	loaded_config_release(&daemon->config);
	if (watch(daemon, err) < 0 ||
	    (daemon->succeeds && take_path(daemon, err) < 0))
		return -1;
	tell_ready(daemon);
	duty_run(daemon);
	if (daemon->retired_us == 0)
		notify_send("STOPPING=1");
	remove_traces(daemon);
	drained = session_drain(daemon->settings->drain_ms);
	duty_statistics(daemon);
	if (!drained) {
		/* Their threads still use everything: just go. */
		log_say(daemon->log, LOG_LEVEL_WARNING,
		    "messages under way were given up; they are retried");
		_exit(atomic_load(&daemon->deaf) ? EX_OSERR : EX_OK);
	}
	session_unshare();
	if (atomic_load(&daemon->deaf))
		return err_set(err, ERR_SYSTEM, "nobody was listening");
	return 0;
}

/* The log stays when a thread of libmilter may have a last word. */
static void
tear_down(struct daemon *daemon)
{
	personaliser_close(&daemon->personaliser);
	if (daemon->engine != NULL)
		engine_close(&daemon->engine);
	loaded_config_release(&daemon->config);
	settings_free(&daemon->settings);
	if (!daemon->serving)
		log_close(&daemon->log);
}

/* Goes into the background; the parent stays until the child is ready and
 * exits as the child fares. 0 in the child, -1 failed. */
static int
go_background(struct daemon *daemon, struct err *err)
{
	int ends[2];
	char byte;
	pid_t pid;

	if (pipe(ends) < 0)
		return err_set(err, ERR_SYSTEM, "pipe: %s", strerror(errno));
	pid = fork();
	if (pid < 0)
		return err_set(err, ERR_SYSTEM, "fork: %s", strerror(errno));
	if (pid > 0) {
		close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 1 ? EX_OK : EX_OSERR);
	}
	close(ends[0]);
	daemon->ready = ends[1];
	fcntl(daemon->ready, F_SETFD, FD_CLOEXEC);
	setsid();
	return chdir("/");
}

static int
fail(const struct daemon *daemon, const struct err *err)
{
	char text[700];

	fprintf(stderr, "inlayd: %s\n", err_line(err, text, sizeof text));
	if (daemon->succeeds && daemon->ready >= 0)
		dprintf(daemon->ready, "%s\n", text);
	return err_status(err->code);
}

static int
start(struct daemon *daemon, struct err *err)
{
	if (!daemon->arguments.foreground && !daemon->succeeds &&
	    go_background(daemon, err) < 0)
		return -1;
	if (duty_open(err) < 0)
		return -1;
	if (set_up(daemon, err) == 0 && run(daemon, err) == 0)
		return 0;
	remove_traces(daemon);
	return -1;
}

/* Exit status. */
static int
check(const struct daemon_arguments *arguments)
{
	const struct config_question question = { arguments->file,
		arguments->socket, arguments->user };

	return config_check(&question, stdout, stderr) == 0 ? EX_OK : EX_CONFIG;
}

int
main(int argc, char **argv)
{
	struct daemon daemon = { .ready = successor_ready() };
	struct err err = ERR_INIT;
	int status = arguments_read(argc, argv, &daemon.arguments);

	daemon.succeeds = daemon.ready >= 0;
	if (status != 0)
		return status - 1;
	if (stay_private(&err) == 0 && daemon.arguments.check)
		return check(&daemon.arguments);
	if (err.code == ERR_NONE && load(&daemon, &err) == 0)
		start(&daemon, &err);
	status = err.code == ERR_NONE ? EX_OK : fail(&daemon, &err);
	tear_down(&daemon);
	return status;
}
