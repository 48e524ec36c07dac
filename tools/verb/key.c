/*
 * inlay key: new, rotate.
 *
 * A domain signs with an RSA and an Ed25519 key, each with a selector of its
 * own (RFC 8463 section 5): SELECTOR and SELECTOR-ed25519. All keys that
 * inlay.conf names for a domain sign side by side, and a verifier is content
 * with one of them; so a rotation adds two lines, and takes the old ones out
 * when the DNS has what verifies the new ones. Nothing is ever written over.
 */
#include <errno.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "milter/account.h"
#include "milter/settings.h"
#include "milter/sign/keyfile.h"
#include "milter/sign/keypair.h"
#include "milter/sign/verify.h"
#include "store/base/buf.h"
#include "tools/conf_file.h"
#include "tools/out.h"
#include "tools/verbs.h"

#define TEST_MAIL \
	"Subject: can this be verified?\r\nFrom: inlay@%s\r\n\r\nYes.\r\n"

enum { TEXT_MAX = 8192, LINES_MAX = 64 };

static const char *const suffixes[KEYPAIR_KINDS] = { "", "-ed25519" };

/* A selector that is being made. */
struct fresh_key {
	const char *selector, *file;
	bool named; /* inlay.conf has it */
	bool kept;  /* and the file is there */
	EVP_PKEY *pair;
};

struct making {
	struct cli *cli;
	const char *domain;
	struct fresh_key keys[KEYPAIR_KINDS];
	struct account owner;
};

/* Text of printf in the command's arena, or NULL. */
static const char *__attribute__((format(printf, 3, 4)))
text(struct cli *cli, struct err *err, const char *format, ...)
{
	char line[2048];
	struct span copy;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof line, format, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof line) {
		err_set(err, ERR_INPUT, "the name is too long");
		return NULL;
	}
	if (arena_dup(cli->arena, span_of(line, (size_t)len), &copy) == 0)
		return copy.at;
	err_set(err, ERR_MEMORY, "out of memory");
	return NULL;
}

static const struct sign_key *
key_at(const struct cli *cli, size_t i)
{
	return &cli->settings->signing.keys[i];
}

static bool
is_of(const struct sign_key *key, const char *domain)
{
	return span_caseeq(span_str(key->domain), span_str(domain));
}

/* The domain's line with that selector; NULL selector: its last one. */
static const struct sign_key *
find(const struct cli *cli, const char *domain, const char *selector)
{
	for (size_t i = cli->settings->signing.key_count; i-- != 0;)
		if (is_of(key_at(cli, i), domain) &&
		    (selector == NULL ||
			span_caseeq(span_str(selector),
			    span_str(key_at(cli, i)->selector))))
			return key_at(cli, i);
	return NULL;
}

/* The domain as inlay.conf and the DNS want it, or NULL. */
static const char *
read_domain(struct cli *cli, struct err *err)
{
	struct span address;
	const char *local = text(cli, err, "inlay@%s", cli->argv[0]);

	if (local == NULL)
		return NULL;
	if (strpbrk(cli->argv[0], "/\\ ") != NULL ||
	    cli_address(cli, local, &address, err) < 0) {
		err_clear(err);
		err_set(err, ERR_INPUT, "`%s` is no mail domain", cli->argv[0]);
		return NULL;
	}
	return text(cli, err, "%.*s",
	    SPAN_ARG(span_from(address, span_find(address, '@') + 1)));
}

/* What was asked for, or today. NULL and err where it is none. */
static const char *
read_selector(struct cli *cli, struct err *err)
{
	const char *given = cli->argc > 1 ? cli->argv[1] : NULL;
	time_t now = (time_t)cli_now();
	struct tm day;

	if (given == NULL) {
		gmtime_r(&now, &day);
		return text(cli, err, "%04d%02d%02d", day.tm_year + 1900,
		    day.tm_mon + 1, day.tm_mday);
	}
	if (span_ends(span_str(given), span_str(suffixes[KEYPAIR_ED25519])))
		return text(cli, err, "%.*s",
		    (int)(strlen(given) - strlen(suffixes[KEYPAIR_ED25519])),
		    given);
	if (given[0] != '\0' && strlen(given) <= 50 &&
	    strspn(given, "abcdefghijklmnopqrstuvwxyz0123456789-."
			  "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(given))
		return given;
	err_set(err, ERR_INPUT,
	    "`%s` is no selector: letters, digits, - and dots, without "
	    "._domainkey",
	    given);
	return NULL;
}

static int
make_folder(struct making *making, const char *path, struct err *err)
{
	if (mkdir(path, 0750) < 0)
		return errno == EEXIST
			   ? 0
			   : err_set(err, ERR_SYSTEM, "cannot make %s: %s",
				 path, strerror(errno));
	if (geteuid() == 0 && chown(path, 0, making->owner.gid) < 0)
		return err_set(err, ERR_SYSTEM,
		    "cannot give %s to the group of %s: %s", path,
		    making->owner.name, strerror(errno));
	return 0;
}

static int
name_key(struct making *making, const char *base, const char *folder,
    enum keypair_kind kind, struct err *err)
{
	struct cli *cli = making->cli;
	struct fresh_key *key = &making->keys[kind];
	const struct sign_key *line;

	key->selector = text(cli, err, "%s%s", base, suffixes[kind]);
	if (key->selector == NULL)
		return -1;
	line = find(cli, making->domain, key->selector);
	key->named = line != NULL;
	key->file = line ? line->file
			 : text(cli, err, "%s/%s.%s.pem", folder,
			       making->domain, key->selector);
	if (key->file == NULL)
		return -1;
	if (access(key->file, F_OK) != 0)
		return 0;
	key->kept = key->named;
	if (!key->kept)
		return err_set(err, ERR_INPUT,
		    "%s is there already, and stays: take another selector",
		    key->file);
	return 0;
}

/* 0, or -1 where there is nothing to make. */
static int
name_keys(struct making *making, const char *base, const char *folder,
    struct err *err)
{
	bool all_kept = true;

	for (int kind = 0; kind < KEYPAIR_KINDS; kind++) {
		if (name_key(
			making, base, folder, (enum keypair_kind)kind, err) < 0)
			return -1;
		all_kept = all_kept && making->keys[kind].kept;
	}
	if (all_kept)
		return err_set(err, ERR_INPUT,
		    "%s is there already, and stays: take another selector",
		    making->keys[0].file);
	return 0;
}

static void
forget(struct making *making)
{
	for (int kind = 0; kind < KEYPAIR_KINDS; kind++)
		EVP_PKEY_free(making->keys[kind].pair);
}

/* Both files, or none. */
static int
write_keys(struct making *making, struct err *err)
{
	for (int kind = 0; kind < KEYPAIR_KINDS; kind++) {
		struct fresh_key *key = &making->keys[kind];

		if (key->kept)
			continue;
		key->pair = keypair_make((enum keypair_kind)kind, err);
		if (key->pair != NULL &&
		    keypair_write(key->pair, key->file, making->owner.uid,
			making->owner.gid, err) == 0)
			continue;
		while (kind-- > 0)
			if (!making->keys[kind].kept)
				unlink(making->keys[kind].file);
		return -1;
	}
	return 0;
}

/* Behind the last line of its kind. */
static int
write_lines(struct making *making, struct err *err)
{
	const struct settings *settings = making->cli->settings;
	const struct conf_list *list = &settings->key_lines;
	struct conf_change change = {
		.after = list->count ? list->entries[list->count - 1].line : 0
	};
	struct buf lines;

	buf_init(&lines, making->cli->arena, TEXT_MAX);
	for (int kind = 0; kind < KEYPAIR_KINDS; kind++)
		if (!making->keys[kind].named)
			buf_printf(&lines, "key = %s %s %s\n", making->domain,
			    making->keys[kind].selector,
			    making->keys[kind].file);
	if (lines.failed)
		return err_set(err, ERR_MEMORY, "out of memory");
	change.add = buf_span(&lines);
	return change.add.len == 0
		   ? 0
		   : conf_file_change(settings->file, &change, err);
}

static int
print_json(const struct making *making, struct err *err)
{
	json_t *object = json_object(), *list = json_array();

	for (int kind = 0; kind < KEYPAIR_KINDS; kind++) {
		const struct fresh_key *key = &making->keys[kind];
		json_t *one;
		struct buf record;

		if (key->kept)
			continue;
		one = json_object();
		buf_init(&record, making->cli->arena, TEXT_MAX);
		if (keypair_record(key->pair, &record, err) < 0)
			return -1;
		out_set(one, "selector", json_string(key->selector));
		out_set(one, "file", json_string(key->file));
		out_set(one, "name",
		    json_sprintf(
			"%s._domainkey.%s", key->selector, making->domain));
		out_set(one, "record", out_string(buf_span(&record)));
		out_add(list, one);
	}
	out_set(object, "domain", json_string(making->domain));
	out_set(object, "keys", list);
	return out_json_pretty(making->cli->out, object, err);
}

static int
print(const struct making *making, struct err *err)
{
	struct buf zone;

	if (making->cli->json)
		return print_json(making, err);
	buf_init(&zone, making->cli->arena, TEXT_MAX);
	for (int kind = 0; kind < KEYPAIR_KINDS; kind++)
		if (!making->keys[kind].kept &&
		    keypair_zone(making->keys[kind].pair,
			making->keys[kind].selector, making->domain, &zone,
			err) < 0)
			return -1;
	out_mail(making->cli->out, buf_span(&zone), false);
	fprintf(making->cli->errors,
	    "inlay: %s names the keys; put these records into the DNS of %s, "
	    "then `systemctl reload inlayd`\n",
	    making->cli->settings->file, making->domain);
	return 0;
}

/* The keys, their lines and their records. Exit status or -1. */
static int
make(struct cli *cli, const char *domain, struct err *err)
{
	struct making making = { .cli = cli, .domain = domain };
	const char *base = read_selector(cli, err);
	char folder[1024];
	int failed;

	if (base == NULL || account_find(cli->settings->user,
				cli->settings->store, &making.owner, err) < 0)
		return -1;
	settings_key_folder(cli->settings->file, folder, sizeof folder);
	failed = name_keys(&making, base, folder, err) < 0 ||
		 make_folder(&making, folder, err) < 0 ||
		 write_keys(&making, err) < 0 ||
		 write_lines(&making, err) < 0 || print(&making, err) < 0;
	forget(&making);
	return failed ? -1 : EX_OK;
}

/* A line of the domain that signs, beside which a new key is a rotation. */
static bool
signs_already(const struct cli *cli, const char *domain)
{
	for (size_t i = 0; i < cli->settings->signing.key_count; i++)
		if (is_of(key_at(cli, i), domain) &&
		    access(key_at(cli, i)->file, F_OK) == 0)
			return true;
	return false;
}

int
verb_key_new(struct cli *cli, struct err *err)
{
	const char *domain = read_domain(cli, err);

	if (domain == NULL)
		return -1;
	if (signs_already(cli, domain) &&
	    (cli->argc == 1 || find(cli, domain, cli->argv[1]) == NULL))
		return err_set(err, ERR_INPUT,
		    "%s has a key; `inlay key rotate %s` makes new ones beside "
		    "it",
		    domain, domain);
	return make(cli, domain, err);
}

/* Whether a verifier finds in the DNS, or in verify-keys, what the key's
 * signatures need. 1; 0 or -1 and err. */
static int
is_published(struct cli *cli, const struct sign_key *key, struct err *err)
{
	struct sign_options options = { .keys = key, .key_count = 1 };
	const char *mail = text(cli, err, TEST_MAIL, key->domain);
	struct signer *signer = NULL;
	struct verifier *verifier = NULL;
	struct signatures made;
	struct buf message;
	struct span covered;
	int result = -1;

	buf_init(&message, cli->arena, TEXT_MAX);
	if (mail != NULL && signer_open(&options, &signer, err) == 0 &&
	    verifier_open(cli->settings->verify_keys, &verifier, err) == 0 &&
	    signer_sign(signer, span_str(mail), SPAN_NONE, cli->arena, &made,
		err) == 0) {
		buf_printf(&message, "DKIM-Signature:%.*s\r\n%s",
		    SPAN_ARG(made.values[0]), mail);
		result = verifier_check(verifier, buf_span(&message),
		    span_str(key->domain), SPAN("Subject"),
		    (int64_t)cli->settings->deadline_ms, cli->arena, &covered,
		    err);
	}
	verifier_close(&verifier);
	signer_close(&signer);
	return result;
}

/* Whether two selectors were made together. */
static bool
is_same_age(const char *a, const char *b)
{
	struct span one = span_str(a), other = span_str(b);
	struct span tail = span_str(suffixes[KEYPAIR_ED25519]);

	if (span_ends(one, tail))
		one.len -= tail.len;
	if (span_ends(other, tail))
		other.len -= tail.len;
	return span_caseeq(one, other);
}

static int
check_new(
    struct cli *cli, const char *domain, const char *newest, struct err *err)
{
	struct err why = ERR_INIT;

	for (size_t i = 0; i < cli->settings->signing.key_count; i++) {
		const struct sign_key *key = key_at(cli, i);

		if (is_of(key, domain) && is_same_age(key->selector, newest) &&
		    is_published(cli, key, &why) <= 0)
			return err_set(err, ERR_CONFLICT,
			    "the old keys go on signing, for nobody can verify "
			    "%s._domainkey.%s yet: %s",
			    key->selector, domain, why.text);
	}
	return 0;
}

static int
finish(struct cli *cli, const char *domain, struct err *err)
{
	const struct conf_list *list = &cli->settings->key_lines;
	const char *newest = find(cli, domain, NULL)->selector;
	unsigned lines[LINES_MAX];
	struct conf_change change = { .without = lines };

	for (size_t i = 0; i < list->count; i++)
		if (is_of(key_at(cli, i), domain) &&
		    !is_same_age(key_at(cli, i)->selector, newest) &&
		    change.without_count < LINES_MAX)
			lines[change.without_count++] = list->entries[i].line;
	if (change.without_count == 0)
		return err_set(err, ERR_INPUT, "%s has no older key beside %s",
		    domain, newest);
	if (check_new(cli, domain, newest, err) < 0 ||
	    conf_file_change(cli->settings->file, &change, err) < 0)
		return -1;
	for (size_t i = 0; i < list->count; i++)
		if (is_of(key_at(cli, i), domain) &&
		    !is_same_age(key_at(cli, i)->selector, newest))
			fprintf(cli->out,
			    "%s signs no more; its file %s stays\n",
			    key_at(cli, i)->selector, key_at(cli, i)->file);
	fprintf(cli->errors,
	    "inlay: `systemctl reload inlayd`; leave the old records in the "
	    "DNS for a week, for mail under way\n");
	return EX_OK;
}

int
verb_key_rotate(struct cli *cli, struct err *err)
{
	const char *domain = read_domain(cli, err);

	if (domain == NULL)
		return -1;
	if (find(cli, domain, NULL) == NULL)
		return err_set(err, ERR_INPUT,
		    "%s has no key; `inlay key new %s` makes one", domain,
		    domain);
	return cli_flag(cli, "finish") ? finish(cli, domain, err)
				       : make(cli, domain, err);
}
