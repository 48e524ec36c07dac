/*
 * inlayd: reads its arguments and inlay.conf, opens the socket, the store
 * and the personaliser, gives up root, and answers signals until it is told
 * to stop.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/account.h"
#include "milter/config_check.h"
#include "milter/options.h"
#include "milter/personalise.h"
#include "milter/session.h"
#include "store/base/plain_file.h"
#include "store/engine/lmdb.h"

struct daemon_arguments {
	const char *file;
	const char *socket; /* NULL: as configured */
	const char *user;   /* likewise */
	bool foreground;
	bool check;
};

struct daemon {
	struct daemon_arguments arguments;
	/* Without secrets: what holds for the life of the process. */
	struct settings *settings;
	const struct loaded_config *config; /* until it is shared */
	struct socket_place socket;
	const char *user;
	long group; /* of the socket, or -1 */
	struct log *log;
	struct engine *engine;
	struct personaliser *personaliser;
	bool serving;	  /* libmilter's threads run */
	atomic_bool deaf; /* and they have ended, unasked */
	int ready;	  /* write end to the waiting parent, or -1 */
};

/* Signal handlers write the signal's number here; nothing else is allowed to
 * them. main() reads. */
static int signal_pipe[2] = { -1, -1 };

static void
on_signal(int number)
{
	unsigned char byte = (unsigned char)number;
	int saved = errno;

	while (write(signal_pipe[1], &byte, 1) < 0 && errno == EINTR)
		;
	errno = saved;
}

static const char usage[] =
    "usage: inlayd [-f] [-n] [-x FILE] [-p SOCKET] [-u USER]\n"
    "  -f         stay in the foreground\n"
    "  -n         check the configuration and exit\n"
    "  -x FILE    configuration (default " SETTINGS_FILE ")\n"
    "  -p SOCKET  listen here instead of the configured socket\n"
    "  -u USER    become this user\n"
    "  -V         print the version\n";

/* 0 to go on, or an exit status plus one. */
static int
read_arguments(int argc, char **argv, struct daemon_arguments *arguments)
{
	int option;

	*arguments = (struct daemon_arguments){ .file = SETTINGS_FILE };
	while ((option = getopt(argc, argv, "fnx:p:u:Vh")) != -1) {
		if (option == 'f') {
			arguments->foreground = true;
		} else if (option == 'n') {
			arguments->check = true;
		} else if (option == 'x') {
			arguments->file = optarg;
		} else if (option == 'p') {
			arguments->socket = optarg;
		} else if (option == 'u') {
			arguments->user = optarg;
		} else if (option == 'V') {
			puts("inlayd " INLAY_VERSION);
			return EX_OK + 1;
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return (option == 'h' ? EX_OK : EX_USAGE) + 1;
		}
	}
	if (optind == argc)
		return 0;
	fprintf(stderr, "inlayd: what is %s?\n%s", argv[optind], usage);
	return EX_USAGE + 1;
}

static int
find_names(struct daemon *daemon, struct err *err)
{
	const char *group = daemon->settings->socket_group;
	const struct group *found;

	daemon->group = -1;
	if (group != NULL) {
		found = getgrnam(group);
		if (found == NULL)
			return err_set(err, ERR_CONFIG,
			    "socket-group: no group %s", group);
		daemon->group = (long)found->gr_gid;
	}
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

static int
write_pidfile(const char *path, struct err *err)
{
	int fd = plain_file_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
		err_set(err, ERR_SYSTEM, "cannot write %s: %s", path,
		    strerror(errno));
	if (fd >= 0)
		close(fd);
	return err->code == ERR_NONE ? 0 : -1;
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

/* Everything from the log to the open store. Files that only root may write
 * come before root is given up; the store belongs to the user. */
static int
set_up(struct daemon *daemon, struct err *err)
{
	const struct settings *settings = daemon->settings;

	if (log_open(settings->log_target, (enum log_level)settings->log_level,
		"inlayd", &daemon->log, err) < 0 ||
	    session_listen(&daemon->socket, (unsigned)settings->socket_mode,
		daemon->group, err) < 0)
		return -1;
	if (settings->pidfile != NULL &&
	    write_pidfile(settings->pidfile, err) < 0)
		return -1;
	if (drop_root(daemon, err) < 0 || stay_private(err) < 0)
		return -1;
	return open_store(daemon, err);
}

static void
catch_signals(void)
{
	static const int numbers[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct sigaction action = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaction(numbers[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
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
	on_signal(SIGTERM);
	return NULL;
}

static void
write_statistics(struct daemon *daemon)
{
	struct log_line line;

	log_begin(&line);
	log_text(&line, "event", SPAN("statistics"));
	session_statistics(&line);
	log_end(daemon->log, LOG_LEVEL_INFO, &line);
}

static void
reload(struct daemon *daemon)
{
	const struct loaded_config *fresh;
	struct err err = ERR_INIT;
	char text[700];

	if (log_reopen(daemon->log, &err) < 0) {
		log_say(daemon->log, LOG_LEVEL_WARNING, "%s", err.text);
		err_clear(&err);
	}
	if (loaded_config_open(daemon->arguments.file, &fresh, &err) < 0) {
		log_say(daemon->log, LOG_LEVEL_WARNING,
		    "not reloaded, the old configuration stays: %s",
		    err_line(&err, text, sizeof text));
		return;
	}
	session_replace(fresh);
	loaded_config_release(&fresh);
	log_say(daemon->log, LOG_LEVEL_INFO, "configuration reloaded");
}

/* A catalog that cannot be loaded is told of once. Messages find it out, and
 * nobody wakes this thread for it. */
static void
tell_trouble(struct daemon *daemon)
{
	struct err err = ERR_INIT;
	char text[700];

	if (personaliser_trouble(daemon->personaliser, &err) == 1)
		log_say(daemon->log, LOG_LEVEL_WARNING,
		    "the catalog changed and cannot be used, the old one "
		    "stays: %s",
		    err_line(&err, text, sizeof text));
}

/* The next signal, or 0 when none came for a second. */
static unsigned char
wait_for_signal(void)
{
	struct pollfd pipe = { .fd = signal_pipe[0], .events = POLLIN };
	unsigned char number = 0;

	if (poll(&pipe, 1, 1000) == 1 && read(pipe.fd, &number, 1) == 1)
		return number;
	return 0;
}

static void
answer_signals(struct daemon *daemon)
{
	unsigned char number = 0;

	while (number != SIGTERM && number != SIGINT) {
		number = wait_for_signal();
		if (number == SIGHUP)
			reload(daemon);
		else if (number == SIGUSR1)
			write_statistics(daemon);
		tell_trouble(daemon);
	}
}

/* Tells the parent that waits in the background case, and lets go of the
 * terminal. */
static void
tell_ready(struct daemon *daemon)
{
	int null;

	if (daemon->ready < 0)
		return;
	null = open("/dev/null", O_RDWR);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	if (write(daemon->ready, "", 1) < 0)
		log_say(daemon->log, LOG_LEVEL_WARNING, "the parent is gone");
	close(daemon->ready);
	daemon->ready = -1;
}

/* Removes what others would find of a daemon that is gone. */
static void
remove_traces(const struct daemon *daemon)
{
	const char *path = socket_path(&daemon->socket);

	if (path != NULL)
		unlink(path);
	if (daemon->settings->pidfile != NULL)
		unlink(daemon->settings->pidfile);
}

/* What the postmaster may want to know of the signatures' cost, or NULL. */
static const char *
signing_hint(const struct daemon *daemon)
{
	const struct signer *signer = daemon->config->signer;

	return signer != NULL ? signer_hint(signer) : NULL;
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
	loaded_config_release(&daemon->config);
	tell_ready(daemon);
	answer_signals(daemon);
	remove_traces(daemon);
	drained = session_drain(daemon->settings->drain_ms);
	write_statistics(daemon);
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
fail(const struct err *err)
{
	char text[700];

	fprintf(stderr, "inlayd: %s\n", err_line(err, text, sizeof text));
	return err_status(err->code);
}

static int
start(struct daemon *daemon, struct err *err)
{
	if (!daemon->arguments.foreground && go_background(daemon, err) < 0)
		return -1;
	if (pipe(signal_pipe) < 0)
		return err_set(err, ERR_SYSTEM, "pipe: %s", strerror(errno));
	catch_signals();
	if (set_up(daemon, err) < 0)
		return -1;
	return run(daemon, err);
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
	struct daemon daemon = { .ready = -1 };
	struct err err = ERR_INIT;
	int status = read_arguments(argc, argv, &daemon.arguments);

	if (status != 0)
		return status - 1;
	if (stay_private(&err) == 0 && daemon.arguments.check)
		return check(&daemon.arguments);
	if (err.code == ERR_NONE && load(&daemon, &err) == 0)
		start(&daemon, &err);
	status = err.code == ERR_NONE ? EX_OK : fail(&err);
	tear_down(&daemon);
	return status;
}
