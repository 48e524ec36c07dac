#include "milter/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "milter/personalise.h"
#include "milter/sign/raw_message.h"
#include "store/base/buf.h"

enum { FILE_MAX = 1024 * 1024, SETTINGS_MEMORY = 64 * 1024 * 1024 };

static const char *const level_words[] = { "error", "warning", "info", "debug",
	NULL };

/* In the order of enum logged_id. */
static const char *const logged_id_words[] = { "plain", "hash", "no", NULL };

/* In the order of enum otherwise. */
static const char *const otherwise_words[] = { "refuse", "defer", NULL };

/* In the order of enum eight_bit. */
static const char *const eight_bit_words[] = { "encode", "keep", NULL };

/* In the order of canon_rules. */
static const char *const canon_words[] = { "relaxed/relaxed", "relaxed/simple",
	"simple/relaxed", "simple/simple", NULL };

static const struct {
	enum sign_canon header, body;
} canon_rules[] = {
	{ SIGN_RELAXED, SIGN_RELAXED },
	{ SIGN_RELAXED, SIGN_SIMPLE },
	{ SIGN_SIMPLE, SIGN_RELAXED },
	{ SIGN_SIMPLE, SIGN_SIMPLE },
};

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
static const struct conf_option options[] = {
	/* the daemon */
	{ "socket", CONF_TEXT, AT(socket), "/run/inlay/inlay.sock",
	    NULL, NULL, NULL,
	    "Where the mail server finds inlayd: /PATH, unix:/PATH, "
	    "inet:PORT@HOST or inet6:PORT@HOST." },
	{ "socket-mode", CONF_MODE, AT(socket_mode), "0660",
	    "0600", "0777", NULL, "Permissions of a Unix socket." },
	{ "socket-group", CONF_TEXT, AT(socket_group), NULL,
	    NULL, NULL, NULL, "Group of a Unix socket." },
	{ "control-socket", CONF_TEXT, AT(control_socket), NULL,
	    NULL, NULL, NULL,
	    "Path of the socket where inlay ping and inlay metrics ask." },
	{ "control-mode", CONF_MODE, AT(control_mode), "0660",
	    "0600", "0777", NULL, "Permissions of the control socket." },
	{ "control-group", CONF_TEXT, AT(control_group), NULL,
	    NULL, NULL, NULL, "Group of the control socket." },
	{ "metrics-file", CONF_TEXT, AT(metrics_file), NULL,
	    NULL, NULL, NULL,
	    "File of metrics for Prometheus, replaced every 15 seconds." },
	{ "user", CONF_TEXT, AT(user), NULL,
	    NULL, NULL, NULL, "Account to become when started as root." },
	{ "pidfile", CONF_TEXT, AT(pidfile), NULL,
	    NULL, NULL, NULL, "File that holds the process id." },
	{ "log", CONF_TEXT, AT(log_target), "syslog",
	    NULL, NULL, NULL, "syslog, journal, stderr, or a file." },
	{ "log-level", CONF_CHOICE, AT(log_level), "info",
	    NULL, NULL, level_words, "Least urgent lines that are logged." },
	{ "log-message-id", CONF_CHOICE, AT(log_message_id), "plain",
	    NULL, NULL, logged_id_words,
	    "How the line about a copy names its Message-ID." },
	{ "drain-time", CONF_TIME, AT(drain_ms), "20s",
	    "0", "10m", NULL,
	    "How long messages under way may take once inlayd is told to "
	    "stop." },

	{ "max-connections", CONF_COUNT, AT(max_connections), "4000",
	    "1", "1000000", NULL,
	    "Connections of mail servers that may be open at once." },
	{ "total-memory", CONF_SIZE, AT(total_memory), "1G",
	    "1M", "1T", NULL, "Memory that all messages together may take." },

	/* the store */
	{ "store", CONF_TEXT, AT(store), "/var/lib/inlay",
	    NULL, NULL, NULL, "Directory of profiles and exposures." },
	{ "map-size", CONF_SIZE, AT(map_size), "1G",
	    "1M", "64T", NULL,
	    "Address space of the store to begin with; it grows." },
	{ "map-limit", CONF_SIZE, AT(map_limit), "1T",
	    "1M", "64T", NULL, "Where that growth ends." },
	{ "queue-limit", CONF_COUNT, AT(queue_limit), "4096",
	    "1", "1000000", NULL,
	    "Writes that may wait for the disk at once." },
	{ "tenant", CONF_TEXT, AT(tenant), "default",
	    NULL, NULL, NULL, "Part of every record's key." },

	/* campaign mail */
	{ "allow", CONF_LIST, AT(allow_lines), NULL,
	    NULL, NULL, NULL,
	    "Who may send campaign mail: daemon=NAME client=NET login=NAME "
	    "require=dkim[:DOMAIN]|seal only=campaign tenant=GLOB "
	    "campaign=GLOB from=GLOB." },
	{ "otherwise", CONF_CHOICE, AT(otherwise), "refuse",
	    NULL, NULL, otherwise_words,
	    "What becomes of campaign mail that no allow line allows." },
	{ "campaign-header", CONF_TEXT, AT(campaign_header), CAMPAIGN_HEADER,
	    NULL, NULL, NULL,
	    "The header that makes a message campaign mail and names its "
	    "campaign." },
	{ "max-message-size", CONF_SIZE, AT(max_message_size), "25M",
	    "64K", "1G", NULL, "Bigger campaign mail is refused." },
	{ "max-part-size", CONF_SIZE, AT(max_part_size), "8M",
	    "4K", "1G", NULL, "Limit of one decoded or rendered text part." },
	{ "message-memory", CONF_SIZE, AT(message_memory), "256M",
	    "1M", "16G", NULL, "Memory that one message may take." },
	{ "deadline", CONF_TIME, AT(deadline_ms), "30s",
	    "100ms", "10m", NULL,
	    "How long a message may take to render and to record." },
	{ "render-steps", CONF_COUNT, AT(render_steps), "2000000",
	    "1000", "1000000000000", NULL,
	    "Steps that all templates of one message may take." },
	{ "render-depth", CONF_COUNT, AT(render_depth), "100",
	    "1", "100", NULL,
	    "How deep stored blocks and partials may nest." },
	{ "cache-size", CONF_SIZE, AT(cache_size), "64M",
	    "0", "64G", NULL, "Source text of compiled templates kept." },

	/* signing */
	{ "sign", CONF_SWITCH, AT(sign), "yes",
	    NULL, NULL, NULL, "Sign personalised mail with DKIM." },
	{ "eight-bit", CONF_CHOICE, AT(eight_bit), "encode",
	    NULL, NULL, eight_bit_words,
	    "What becomes of the 8-bit parts of a signed personal copy." },
	{ "key", CONF_LIST, AT(key_lines), NULL,
	    NULL, NULL, NULL,
	    "Signing key: DOMAIN SELECTOR FILE. Several for one domain sign "
	    "side by side." },
	{ "canonicalization", CONF_CHOICE, AT(canonicalization),
	    "relaxed/relaxed", NULL, NULL, canon_words,
	    "Of headers and body in signatures." },
	{ "sign-header", CONF_LIST, AT(sign_header_lines), NULL,
	    NULL, NULL, NULL, "One more header field to sign." },
	{ "oversign-header", CONF_LIST, AT(oversign_lines), NULL,
	    NULL, NULL, NULL,
	    "One more header field that nobody may add later." },
	{ "signature-ttl", CONF_TIME, AT(signature_ttl_ms), "0",
	    "0", "3650d", NULL, "When signatures expire; 0 is never." },
	{ "verify-keys", CONF_TEXT, AT(verify_keys), NULL,
	    NULL, NULL, NULL,
	    "File of public keys for require=dkim; without it DNS is asked." },
	{ "seal-key", CONF_LIST, AT(seal_key_lines), NULL,
	    NULL, NULL, NULL,
	    "Secret for require=seal: NAME FILE. The first one seals, all "
	    "are accepted." },
	{ "seal-age", CONF_TIME, AT(seal_age_ms), "7d",
	    "1m", "3650d", NULL, "Age at which a seal no longer counts." },
	{ "token-key", CONF_LIST, AT(token_key_lines), NULL,
	    NULL, NULL, NULL,
	    "Secret of recipient.token: NAME FILE. The first one makes "
	    "tokens, all are accepted." },
	{ "token-ttl", CONF_TIME, AT(tokens.ttl_ms), "365d",
	    "0", "3650d", NULL, "How long tokens are valid; 0 is for ever." },
};
/* clang-format on */

const struct conf_table settings_table = { options,
	sizeof options / sizeof options[0] };

/* Cuts the next word off the text. */
static struct span
cut_word(struct span *text)
{
	struct span word = span_trim(*text);
	size_t end = 0;

	while (end < word.len && word.at[end] != ' ' && word.at[end] != '\t')
		end++;
	*text = span_trim(span_from(word, end));
	return span_first(word, end);
}

static const char *
copy_word(struct settings *settings, struct span word, struct err *err)
{
	struct span copy;

	if (arena_dup(settings->arena, word, &copy) == 0)
		return copy.at;
	err_set(err, ERR_MEMORY, "out of memory");
	return NULL;
}

static int
fail(const struct settings *settings, const struct conf_entry *entry,
    const char *text, struct err *err)
{
	return err_at(err, ERR_CONFIG, settings->file, entry->line,
	    entry->column, "%s", text);
}

static int
make_rules(struct settings *settings, struct err *err)
{
	const struct conf_list *list = &settings->allow_lines;
	struct rule *rules =
	    arena_calloc(settings->arena, list->count, sizeof *rules);
	struct err inner = ERR_INIT;

	if (rules == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < list->count; i++) {
		const struct conf_entry *entry = &list->entries[i];

		if (rule_parse(span_str(entry->text), settings->arena,
			&rules[i], &inner) < 0)
			return err_at(err, inner.code, settings->file,
			    entry->line, entry->column + inner.column - 1, "%s",
			    inner.text);
	}
	settings->rules = (struct rules){ rules, list->count };
	return 0;
}

static int
make_keys(struct settings *settings, struct err *err)
{
	const struct conf_list *list = &settings->key_lines;
	struct sign_key *keys =
	    arena_calloc(settings->arena, list->count, sizeof *keys);

	if (keys == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < list->count; i++) {
		struct span rest = span_str(list->entries[i].text);
		struct span domain = cut_word(&rest);
		struct span selector = cut_word(&rest);

		if (rest.len == 0)
			return fail(settings, &list->entries[i],
			    "a key is DOMAIN SELECTOR FILE", err);
		keys[i].domain = copy_word(settings, domain, err);
		keys[i].selector = copy_word(settings, selector, err);
		keys[i].file = copy_word(settings, rest, err);
		if (!keys[i].domain || !keys[i].selector || !keys[i].file)
			return -1;
	}
	settings->signing.where = settings->file;
	settings->signing.entries = list->entries;
	settings->signing.keys = keys;
	settings->signing.key_count = list->count;
	return 0;
}

static bool
is_field_name(const char *name)
{
	return strspn(name, "abcdefghijklmnopqrstuvwxyz-0123456789"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == strlen(name);
}

/* It leaves no copy, so it must not be one that readers need. */
static int
check_campaign_header(const struct settings *settings, struct err *err)
{
	const char *name = settings->campaign_header;

	if (name[0] == '\0' || !is_field_name(name))
		return err_at(err, ERR_CONFIG, settings->file, 0, 0,
		    "campaign-header: not the name of a header field: %s",
		    name);
	for (size_t i = 0; sign_headers[i] != NULL; i++)
		if (span_caseeq(span_str(name), span_str(sign_headers[i])))
			return err_at(err, ERR_CONFIG, settings->file, 0, 0,
			    "campaign-header: %s means something else", name);
	return 0;
}

/* The fixed names and those of the file, NULL-terminated. */
static int
make_names(struct settings *settings, const char *const *fixed,
    const struct conf_list *list, const char *const **names, struct err *err)
{
	const char **all;
	size_t count = 0;

	while (fixed[count] != NULL)
		count++;
	all =
	    arena_calloc(settings->arena, count + list->count + 1, sizeof *all);
	if (all == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < count; i++)
		all[i] = fixed[i];
	for (size_t i = 0; i < list->count; i++) {
		const char *name = list->entries[i].text;

		if (!is_field_name(name))
			return fail(settings, &list->entries[i],
			    "not the name of a header field", err);
		all[count + i] = name;
	}
	*names = all;
	return 0;
}

/* Names and files of the secrets; settings_secrets reads the files. */
static int
make_secrets(struct settings *settings, const struct conf_list *list,
    struct secrets *secrets, struct err *err)
{
	struct secret *all =
	    arena_calloc(settings->arena, list->count, sizeof *all);

	if (all == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < list->count; i++) {
		struct span rest = span_str(list->entries[i].text);

		all[i].name = cut_word(&rest);
		if (rest.len == 0)
			return fail(settings, &list->entries[i],
			    "a secret is NAME FILE", err);
		if (all[i].name.len > 32 ||
		    span_find(all[i].name, '.') < all[i].name.len)
			return fail(settings, &list->entries[i],
			    "a secret's name has at most 32 bytes and no dot",
			    err);
		for (size_t j = 0; j < i; j++)
			if (span_eq(all[j].name, all[i].name))
				return fail(settings, &list->entries[i],
				    "two secrets of one name", err);
	}
	*secrets = (struct secrets){ all, list->count };
	return 0;
}

static int
make_signing(struct settings *settings, struct err *err)
{
	struct sign_options *signing = &settings->signing;

	signing->header_canon = canon_rules[settings->canonicalization].header;
	signing->body_canon = canon_rules[settings->canonicalization].body;
	signing->ttl = settings->signature_ttl_ms / 1000;
	if (make_keys(settings, err) < 0 ||
	    make_names(settings, sign_headers, &settings->sign_header_lines,
		&signing->headers, err) < 0)
		return -1;
	return make_names(settings, sign_oversigned, &settings->oversign_lines,
	    &signing->oversigned, err);
}

static int
fill(struct settings *settings, struct span text, struct err *err)
{
	if (conf_parse(&settings_table, text, settings->file, settings->arena,
		settings, err) < 0 ||
	    check_campaign_header(settings, err) < 0 ||
	    make_rules(settings, err) < 0 || make_signing(settings, err) < 0 ||
	    make_secrets(settings, &settings->seal_key_lines,
		&settings->seal_keys, err) < 0)
		return -1;
	return make_secrets(settings, &settings->token_key_lines,
	    &settings->tokens.secrets, err);
}

int
settings_parse(struct span text, const char *file, struct settings **settings,
    struct err *err)
{
	struct arena *arena = arena_new(SETTINGS_MEMORY);
	struct span name;

	*settings = arena ? ARENA_NEW(arena, struct settings) : NULL;
	if (*settings == NULL ||
	    arena_dup(arena, span_str(file ? file : ""), &name) < 0) {
		*settings = NULL;
		arena_free(&arena);
		return err_set(err, ERR_MEMORY, "out of memory");
	}
	(*settings)->arena = arena;
	(*settings)->file = name.at;
	if (fill(*settings, text, err) == 0)
		return 0;
	settings_free(settings);
	return -1;
}

static int
read_file(const char *file, struct buf *text, struct err *err)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	int result = 0;

	if (fd < 0)
		return err_set(err, ERR_CONFIG, "cannot open %s: %s", file,
		    strerror(errno));
	if (buf_read(text, fd) < 0)
		result = text->failed
			     ? err_set(err, ERR_CONFIG, "%s is too big", file)
			     : err_set(err, ERR_CONFIG, "cannot read %s: %s",
				   file, strerror(errno));
	close(fd);
	return result;
}

int
settings_load(const char *file, struct settings **settings, struct err *err)
{
	struct buf text;
	int result = 0;

	buf_init_heap(&text, FILE_MAX);
	*settings = NULL;
	if (file != NULL)
		result = read_file(file, &text, err);
	if (result == 0)
		result = settings_parse(buf_span(&text), file, settings, err);
	buf_deinit(&text);
	return result;
}

bool
settings_harden(const struct settings *settings)
{
	return settings->sign && settings->eight_bit == EIGHT_BIT_ENCODE;
}

static int
read_secret(struct settings *settings, const char *path, struct span *bytes,
    struct err *err)
{
	if (secret_read(path, settings->arena, bytes, err) < 0)
		return -1;
	*bytes = span_trim(*bytes);
	if (bytes->len >= 16)
		return 0;
	return err_set(err, ERR_KEY,
	    "key file %s is too short: 16 bytes or more; run "
	    "`openssl rand -hex 32 >%s`",
	    path, path);
}

static int
read_secrets(struct settings *settings, const struct conf_list *list,
    struct secrets *secrets, struct err *err)
{
	struct secret *all =
	    arena_calloc(settings->arena, list->count, sizeof *all);

	if (all == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	for (size_t i = 0; i < list->count; i++) {
		struct span rest = span_str(list->entries[i].text);

		all[i].name = cut_word(&rest);
		if (read_secret(settings, rest.at, &all[i].bytes, err) < 0)
			return err_in_line(err, settings->file,
			    list->entries[i].line, list->entries[i].column);
	}
	*secrets = (struct secrets){ all, list->count };
	return 0;
}

int
settings_have_key(const struct settings *settings, struct span message,
    struct span domain, struct err *err)
{
	if (!settings->sign)
		return 0;
	if (domain.len == 0 && !raw_message_author_domain(message, &domain))
		return err_set(err, ERR_KEY,
		    "no domain to sign for: no usable From address");
	for (size_t i = 0; i < settings->signing.key_count; i++)
		if (span_caseeq(
			domain, span_str(settings->signing.keys[i].domain)))
			return 0;
	return err_set(
	    err, ERR_KEY, "no signing key for domain %.*s", SPAN_ARG(domain));
}

int
settings_secrets(struct settings *settings, struct err *err)
{
	if (read_secrets(settings, &settings->seal_key_lines,
		&settings->seal_keys, err) < 0)
		return -1;
	return read_secrets(settings, &settings->token_key_lines,
	    &settings->tokens.secrets, err);
}

const char *
settings_key_folder(const char *file, char *out, size_t size)
{
	const char *slash = strrchr(file, '/');

	snprintf(out, size, "%.*skeys",
	    slash == NULL ? 0 : (int)(slash + 1 - file), file);
	return out;
}

/* The struct itself lives in its arena. */
void
settings_free(struct settings **settings)
{
	struct arena *arena;

	if (*settings == NULL)
		return;
	arena = (*settings)->arena;
	*settings = NULL;
	arena_free_secret(&arena);
}
