/*
 * Settings are what inlay.conf says, read once through one table and never
 * changed: a message keeps the settings it began with. The daemon and the
 * command read the same file.
 */
#ifndef INLAY_MILTER_SETTINGS_H
#define INLAY_MILTER_SETTINGS_H

#include "milter/authorise.h"
#include "milter/logged_id.h"
#include "milter/sign/sign.h"
#include "milter/sign/token.h"
#include "store/base/conf.h"

#define SETTINGS_FILE "/etc/inlay/inlay.conf"

/* What becomes of campaign mail that no rule allows. */
enum otherwise { OTHERWISE_REFUSE, OTHERWISE_DEFER };

/* What becomes of the 8-bit parts of a signed copy. */
enum eight_bit { EIGHT_BIT_ENCODE, EIGHT_BIT_KEEP };

struct settings {
	/* the daemon */
	const char *socket; /* as written: socket_parse reads it */
	uint64_t socket_mode;
	const char *socket_group;   /* NULL: as created */
	const char *control_socket; /* NULL: none */
	uint64_t control_mode;
	const char *control_group; /* NULL: as created */
	const char *metrics_file;  /* NULL: none */
	const char *user;	   /* NULL: stay who we are */
	const char *pidfile;	   /* NULL: none */
	const char *log_target;
	int log_level;	    /* enum log_level */
	int log_message_id; /* enum logged_id */
	uint64_t drain_ms;
	uint64_t max_connections;
	uint64_t total_memory;

	/* the store */
	const char *store;
	uint64_t map_size, map_limit;
	uint64_t queue_limit;
	const char *tenant;

	/* campaign mail */
	struct rules rules;
	int otherwise; /* enum otherwise */
	const char *campaign_header;
	uint64_t max_message_size;
	uint64_t message_memory;
	uint64_t deadline_ms;

	uint64_t max_part_size;
	uint64_t render_steps;
	uint64_t render_depth;
	uint64_t cache_size;

	/* signing */
	bool sign;
	int eight_bit; /* enum eight_bit */
	struct sign_options signing;
	uint64_t signature_ttl_ms;
	const char *verify_keys; /* NULL: DNS */
	struct secrets seal_keys;
	uint64_t seal_age_ms;
	struct token_keys tokens;

	/* as read; what the fields above were made from */
	struct conf_list allow_lines, key_lines;
	struct conf_list sign_header_lines, oversign_lines;
	struct conf_list seal_key_lines, token_key_lines;
	int canonicalization;

	const char *file;
	struct arena *arena; /* holds it all */
};

/* Every option: the parser, the manual page and its test read it. */
extern const struct conf_table settings_table;

/* Reads the file; NULL gives the defaults. The settings refer to key files
 * by name only: signer_open and settings_secrets read them. 0, or -1 with
 * ERR_CONFIG and the place, also when there is no such file. */
int settings_load(
    const char *file, struct settings **settings, struct err *err);

/* The same from text; file only names it. */
int settings_parse(struct span text, const char *file,
    struct settings **settings, struct err *err);

/* Whether rendered copies leave with 8-bit parts encoded: they are signed, and
 * eight-bit does not say keep. */
bool settings_harden(const struct settings *settings);

/* Whether the settings name a key for the domain, or where that is "" for the
 * message's From. 0, or -1 ERR_KEY. What does not sign needs none. */
int settings_have_key(const struct settings *settings, struct span message,
    struct span domain, struct err *err);

/* Reads the files of token-key and seal-key. 0, or -1 with ERR_KEY. */
int settings_secrets(struct settings *settings, struct err *err);

/* Where keys lie that Inlay makes, the folder `keys` beside that file, into
 * out. Returns out. */
const char *settings_key_folder(const char *file, char *out, size_t size);

void settings_free(struct settings **settings);

#endif
