#define _DEFAULT_SOURCE /* getgrnam and getgroups with their types */

#include "milter/config_check.h"

#include <errno.h>
#include <grp.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "milter/account.h"
#include "milter/config_advice.h"
#include "milter/former_header.h"
#include "milter/loaded_config.h"
#include "milter/sign/keyfile.h"
#include "milter/options.h"
#include "milter/socket.h"
#include "milter/unreached.h"
#include "store/base/log.h"
#include "store/engine/lmdb.h"

enum { GROUPS_MAX = 256, PATH_SIZE = 1024 };

struct config_survey {
	const struct config_question *question;
	const struct settings *settings;
	struct account account;
	bool starts_as_root; /* and becomes the account behind all but the
				store */
	FILE *out, *errors;
	unsigned findings;
};

static void
report(struct config_survey *survey, struct err *err)
{
	char text[700];

	if (err->code == ERR_NONE)
		return;
	fprintf(
	    survey->errors, "inlayd: %s\n", err_line(err, text, sizeof text));
	survey->findings++;
	err_clear(err);
}

/* ---- files and folders ---- */

/* The folder that the path lies in, into out. */
static void
parent_of(const char *path, char out[PATH_SIZE])
{
	const char *slash = strrchr(path, '/');
	int len = slash == NULL || slash == path ? 1 : (int)(slash - path);

	snprintf(out, PATH_SIZE, "%.*s", len, slash ? path : ".");
}

/* The first folder on the way to the path that lets nobody through; 0 where
 * there is none. */
static int
find_barrier(const char *path, char out[PATH_SIZE])
{
	for (const char *at = path + 1; (at = strchr(at, '/')) != NULL; at++) {
		snprintf(out, PATH_SIZE, "%.*s", (int)(at - path), path);
		if (access(out, X_OK) < 0 && errno == EACCES)
			return 1;
	}
	return 0;
}

/* A file at the path can be made here, and what is there can be written. 0 or
 * -1. */
static int
check_writable(struct config_survey *survey, const char *key, const char *path,
    struct err *err)
{
	const char *file = survey->settings->file;
	const char *name = survey->account.name;
	unsigned line = config_line(file, key);
	char folder[PATH_SIZE], barrier[PATH_SIZE];

	parent_of(path, folder);
	if (find_barrier(path, barrier))
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "%s: %s cannot get through %s; run `chmod o+x %s`", key,
		    name, barrier, barrier);
	if (access(folder, F_OK) < 0)
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "%s: there is no directory %s; run `install -d -o %s %s`",
		    key, folder, name, folder);
	if (access(folder, W_OK | X_OK) < 0)
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "%s: %s may not write into %s; run `chown %s %s`", key,
		    name, folder, name, folder);
	if (access(path, F_OK) == 0 && access(path, W_OK) < 0)
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "%s: %s may not write %s; run `chown %s %s`", key, name,
		    path, name, path);
	return 0;
}

/* ---- rules and limits ---- */

static int
check_rules(struct config_survey *survey, struct err *err)
{
	if (survey->settings->rules.count != 0)
		return 0;
	return err_at(err, ERR_CONFIG, survey->settings->file, 0, 0,
	    "no allow rule, so all campaign mail is refused; add "
	    "`allow = " CONFIG_RULE "`");
}

/* What must not be more than what. */
static const struct {
	const char *less, *more;
	size_t less_at, more_at;
} orders[] = {
#define ORDER(less, less_at, more, more_at) \
	{ \
		less, more, offsetof(struct settings, less_at), \
		    offsetof(struct settings, more_at) \
	}
	ORDER("map-size", map_size, "map-limit", map_limit),
	ORDER("max-message-size", max_message_size, "message-memory",
	    message_memory),
	ORDER("max-part-size", max_part_size, "message-memory", message_memory),
	ORDER("message-memory", message_memory, "total-memory", total_memory),
};

static uint64_t
number_at(const struct settings *settings, size_t offset)
{
	uint64_t number;

	memcpy(&number, (const char *)settings + offset, sizeof number);
	return number;
}

static int
check_order(struct config_survey *survey, size_t i, struct err *err)
{
	const struct settings *settings = survey->settings;
	uint64_t less = number_at(settings, orders[i].less_at);
	char value[24];

	if (less <= number_at(settings, orders[i].more_at))
		return 0;
	snprintf(
	    value, sizeof value, "%lluM", (unsigned long long)(less >> 20) + 1);
	return config_wants(settings->file, orders[i].more, value, err,
	    "%s is more than %s", orders[i].less, orders[i].more);
}

static int
check_limits(struct config_survey *survey, struct err *err)
{
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		check_order(survey, i, err);
		report(survey, err);
	}
	return 0;
}

/* ---- the daemon ---- */

static int
check_socket(struct config_survey *survey, struct err *err)
{
	const char *file = survey->settings->file;
	const char *given = survey->question->socket;
	struct socket_place place;
	struct stat st;
	const char *path;

	if (socket_parse(
		given ? given : survey->settings->socket, &place, err) < 0) {
		if (given != NULL)
			return -1;
		err_in_line(err, file, config_line(file, "socket"), 1);
		config_advise(file, err);
		return -1;
	}
	path = socket_path(&place);
	if (path == NULL)
		return 0;
	if (stat(path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return config_wants(file, "socket", "/run/inlay/inlay.sock",
		    err, "%s is no socket", path);
	return stat(path, &st) == 0
		   ? 0
		   : check_writable(survey, "socket", path, err);
}

static bool
is_member(const struct config_survey *survey, gid_t group)
{
	gid_t groups[GROUPS_MAX];
	int count = getgroups(GROUPS_MAX, groups);

	if (survey->starts_as_root || geteuid() == 0 || getegid() == group)
		return true;
	for (int i = 0; i < count; i++)
		if (groups[i] == group)
			return true;
	return false;
}

static int
check_one_group(struct config_survey *survey, const char *setting,
    const char *name, struct err *err)
{
	const char *file = survey->settings->file;
	const struct group *group = name ? getgrnam(name) : NULL;

	if (name == NULL)
		return 0;
	if (group == NULL)
		return err_at(err, ERR_CONFIG, file, config_line(file, setting),
		    1, "%s: no group %s; remove the line", setting, name);
	if (is_member(survey, group->gr_gid))
		return 0;
	return err_at(err, ERR_CONFIG, file, config_line(file, setting), 1,
	    "%s: %s is not in the group %s and cannot give it the "
	    "socket; run `usermod -aG %s %s`",
	    setting, survey->account.name, name, name, survey->account.name);
}

static int
check_group(struct config_survey *survey, struct err *err)
{
	return check_one_group(
	    survey, "socket-group", survey->settings->socket_group, err);
}

static int
check_control_group(struct config_survey *survey, struct err *err)
{
	return check_one_group(
	    survey, "control-group", survey->settings->control_group, err);
}

static int
check_control(struct config_survey *survey, struct err *err)
{
	const char *path = survey->settings->control_socket;

	return path ? check_writable(survey, "control-socket", path, err) : 0;
}

static int
check_metrics_file(struct config_survey *survey, struct err *err)
{
	const char *path = survey->settings->metrics_file;

	return path ? check_writable(survey, "metrics-file", path, err) : 0;
}

static int
check_log(struct config_survey *survey, struct err *err)
{
	const char *target = survey->settings->log_target;

	for (size_t i = 0; log_targets[i] != NULL; i++)
		if (strcmp(target, log_targets[i]) == 0)
			return 0;
	if (target[0] == '/')
		return check_writable(survey, "log", target, err);
	return config_wants(survey->settings->file, "log", "syslog", err,
	    "log: %s is neither syslog nor journal nor stderr nor the path of "
	    "a file",
	    target);
}

static int
check_pidfile(struct config_survey *survey, struct err *err)
{
	const char *path = survey->settings->pidfile;

	return path ? check_writable(survey, "pidfile", path, err) : 0;
}

/* ---- keys ---- */

/* A name as the DNS and the From field have it, or what should be written. */
static int
check_names(struct config_survey *survey, size_t i, struct err *err)
{
	const struct conf_entry *entry =
	    &survey->settings->key_lines.entries[i];
	const struct sign_key *key = &survey->settings->signing.keys[i];
	struct span domain = span_str(key->domain);
	struct span selector = span_str(key->selector);
	size_t at = span_find(domain, '@');
	const char *tail = strstr(key->selector, "._domainkey");

	if (at < domain.len)
		domain = span_from(domain, at + 1);
	while (span_ends(domain, SPAN(".")))
		domain.len--;
	if (tail != NULL)
		selector.len = (size_t)(tail - key->selector);
	if (domain.len == strlen(key->domain) && tail == NULL)
		return 0;
	return err_at(err, ERR_CONFIG, survey->settings->file, entry->line,
	    entry->column, "%s is no %s; write `key = %.*s %.*s %s`",
	    tail ? key->selector : key->domain, tail ? "selector" : "domain",
	    SPAN_ARG(domain), SPAN_ARG(selector), key->file);
}

static int
check_twice(struct config_survey *survey, size_t i, struct err *err)
{
	const struct conf_entry *entries = survey->settings->key_lines.entries;
	const struct sign_key *keys = survey->settings->signing.keys;

	for (size_t j = 0; j < i; j++)
		if (span_caseeq(
			span_str(keys[i].domain), span_str(keys[j].domain)) &&
		    (span_caseeq(span_str(keys[i].selector),
			 span_str(keys[j].selector)) ||
			strcmp(keys[i].file, keys[j].file) == 0))
			return err_at(err, ERR_CONFIG, survey->settings->file,
			    entries[i].line, entries[i].column,
			    "the selector or the file of line %u once more; "
			    "remove the line",
			    entries[j].line);
	return 0;
}

/* Whether there is a way to the file of the line, and a file. */
static int
check_reach(struct config_survey *survey, const struct conf_entry *entry,
    const char *path, const char *mend, struct err *err)
{
	char barrier[PATH_SIZE];

	if (find_barrier(path, barrier))
		return err_at(err, ERR_KEY, survey->settings->file, entry->line,
		    entry->column,
		    "cannot open key file %s: %s cannot get through %s; run "
		    "`chgrp %ld %s && chmod g+x %s`",
		    path, survey->account.name, barrier,
		    (long)survey->account.gid, barrier, barrier);
	if (access(path, F_OK) == 0 || errno != ENOENT)
		return 0;
	return err_at(err, ERR_KEY, survey->settings->file, entry->line,
	    entry->column, "cannot open key file %s: there is none; run `%s`",
	    path, mend);
}

static int
check_key(struct config_survey *survey, size_t i, struct err *err)
{
	const struct settings *settings = survey->settings;
	const struct conf_entry *entry = &settings->key_lines.entries[i];
	const struct sign_key *key = &settings->signing.keys[i];
	EVP_PKEY *pair;
	char mend[PATH_SIZE];

	snprintf(mend, sizeof mend, "inlay -c %s key new %s %s", settings->file,
	    key->domain, key->selector);
	if (check_names(survey, i, err) < 0 ||
	    check_twice(survey, i, err) < 0 ||
	    check_reach(survey, entry, key->file, mend, err) < 0)
		return -1;
	pair = keyfile_read(key->file, err);
	EVP_PKEY_free(pair);
	if (pair != NULL)
		return 0;
	config_mend(
	    err, "; run `mv %s %s.old && %s`", key->file, key->file, mend);
	return err_in_line(err, settings->file, entry->line, entry->column);
}

static int
check_keys(struct config_survey *survey, struct err *err)
{
	const struct settings *settings = survey->settings;

	if (!settings->sign)
		return 0;
	if (settings->key_lines.count == 0)
		return err_at(err, ERR_CONFIG, settings->file, 0, 0,
		    "no key to sign with: `inlay key new DOMAIN` makes one, "
		    "and without signatures; add `sign = no`");
	for (size_t i = 0; i < settings->key_lines.count; i++) {
		check_key(survey, i, err);
		report(survey, err);
	}
	return 0;
}

static int
check_secrets(
    struct config_survey *survey, const struct conf_list *list, struct err *err)
{
	char mend[PATH_SIZE];

	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->entries[i].text;

		path += strcspn(path, " \t");
		path += strspn(path, " \t");
		snprintf(mend, sizeof mend,
		    "(umask 077; openssl rand -hex 32 >%s; chown %s %s)", path,
		    survey->account.name, path);
		check_reach(survey, &list->entries[i], path, mend, err);
		report(survey, err);
	}
	return 0;
}

static int
check_all_secrets(struct config_survey *survey, struct err *err)
{
	check_secrets(survey, &survey->settings->seal_key_lines, err);
	return check_secrets(survey, &survey->settings->token_key_lines, err);
}

static int
check_verify_keys(struct config_survey *survey, struct err *err)
{
	const char *path = survey->settings->verify_keys;
	const char *file = survey->settings->file;

	if (path == NULL || access(path, R_OK) == 0)
		return 0;
	return err_at(err, ERR_CONFIG, file, config_line(file, "verify-keys"),
	    1, "verify-keys: cannot read %s: %s; remove the line", path,
	    strerror(errno));
}

/* ---- the store ---- */

static int
check_data(struct config_survey *survey, struct err *err)
{
	char path[PATH_SIZE];
	const char *store = survey->settings->store;

	snprintf(path, sizeof path, "%s/current/data.mdb", store);
	if (access(path, F_OK) < 0 || access(path, R_OK | W_OK) == 0)
		return 0;
	return err_at(err, ERR_CONFIG, survey->settings->file,
	    config_line(survey->settings->file, "store"), 0,
	    "store: %s may not write what lies in %s; run `chown -R %s %s`",
	    survey->account.name, store, survey->account.name, store);
}

/* The store need not exist, but its place must be usable. */
static int
check_store(struct config_survey *survey, struct err *err)
{
	const char *file = survey->settings->file;
	const char *path = survey->settings->store;
	const char *name = survey->account.name;
	unsigned line = config_line(file, "store");
	char barrier[PATH_SIZE];
	struct stat st;

	if (find_barrier(path, barrier))
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "store: %s cannot get through %s; run `chmod o+x %s`", name,
		    barrier, barrier);
	if (stat(path, &st) < 0)
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "store: there is no directory %s; run `install -d -m 700 "
		    "-o %s %s`",
		    path, name, path);
	if (!S_ISDIR(st.st_mode))
		return config_wants(file, "store", "/var/lib/inlay", err,
		    "store: %s is no directory", path);
	if (access(path, R_OK | W_OK | X_OK) < 0)
		return err_at(err, ERR_CONFIG, file, line, 0,
		    "store: %s has no access to %s; run `chown -R %s %s && "
		    "chmod u+rwx %s`",
		    name, path, name, path, path);
	return check_data(survey, err);
}

/* A store that is still to be made has no campaigns; one that cannot be read
 * says why when inlayd starts. */
static void
tell_unreached(const struct config_survey *survey)
{
	struct engine_options options = options_of_engine(survey->settings);
	struct engine *engine;

	if (survey->findings != 0 ||
	    lmdb_open_readonly(&options, &engine, NULL) < 0)
		return;
	unreached_tell(survey->settings, engine, survey->out, NULL);
	engine_close(&engine);
}

/* ---- all of it ---- */

static int
check_loading(struct config_survey *survey, struct err *err)
{
	const struct loaded_config *config;

	if (survey->findings != 0)
		return 0;
	if (loaded_config_open(survey->question->file, &config, err) < 0) {
		config_advise(survey->question->file, err);
		return -1;
	}
	if (config->signer != NULL && signer_hint(config->signer) != NULL)
		fprintf(survey->out, "%s\n", signer_hint(config->signer));
	loaded_config_release(&config);
	return 0;
}

static int (*const checks[])(struct config_survey *survey, struct err *err) = {
	check_rules, check_limits, check_socket, check_group, check_control,
	check_control_group, check_metrics_file, check_log, check_pidfile,
	check_keys, check_all_secrets, check_verify_keys, check_loading
};

static void
check_all(struct config_survey *survey, struct err *err)
{
	if (!survey->starts_as_root &&
	    account_become(&survey->account, err) < 0)
		return;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		checks[i](survey, err);
		report(survey, err);
	}
	if (account_become(&survey->account, err) < 0)
		return;
	check_store(survey, err);
}

static int
find_account(struct config_survey *survey, struct err *err)
{
	const struct settings *settings = survey->settings;
	const char *given = survey->question->user;
	const char *user = given ? given : settings->user;

	survey->starts_as_root = user != NULL && geteuid() == 0;
	if (account_find(user, settings->store, &survey->account, err) == 0)
		return 0;
	err_in_line(err, given ? NULL : settings->file,
	    config_line(settings->file, "user"), 1);
	config_advise(settings->file, err);
	return -1;
}

unsigned
config_check(const struct config_question *question, FILE *out, FILE *errors)
{
	struct config_survey survey = {
		.question = question, .out = out, .errors = errors
	};
	struct settings *settings;
	struct err err = ERR_INIT;
	uid_t was = geteuid();

	if (settings_load(question->file, &settings, &err) < 0) {
		config_advise(question->file, &err);
		report(&survey, &err);
		return survey.findings;
	}
	survey.settings = settings;
	if (find_account(&survey, &err) == 0)
		check_all(&survey, &err);
	report(&survey, &err);
	former_header_tell(settings, out);
	tell_unreached(&survey);
	if (survey.findings == 0)
		fprintf(out, "%s: the configuration is fine%s%s\n",
		    question->file, was != geteuid() ? " for " : "",
		    was != geteuid() ? survey.account.name : "");
	settings_free(&settings);
	return survey.findings;
}
