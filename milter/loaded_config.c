#include "milter/loaded_config.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include "milter/coverage.h"
#include "milter/rule_watch.h"
#include "milter/sign/seal.h"

struct counted_config {
	struct loaded_config config; /* first: the two have one address */
	atomic_uint references;
	struct rule_watch *watch;
};

static struct counted_config *
counted(const struct loaded_config *config)
{
	return (struct counted_config *)(uintptr_t)config;
}

static int
needs_verifier(const struct rules *rules)
{
	for (size_t i = 0; i < rules->count; i++)
		if (rules->rules[i].require == REQUIRE_DKIM)
			return 1;
	return 0;
}

static int
check_seals(const struct settings *settings, struct err *err)
{
	for (size_t i = 0; i < settings->rules.count; i++)
		if (settings->rules.rules[i].require == REQUIRE_SEAL &&
		    settings->seal_keys.count == 0)
			return err_at(err, ERR_CONFIG, settings->file,
			    settings->allow_lines.entries[i].line,
			    settings->allow_lines.entries[i].column,
			    "require=seal, and there is no seal-key");
	return 0;
}

static int
fill(struct loaded_config *config, const char *file, struct err *err)
{
	struct settings *settings;

	if (settings_load(file, &config->settings, err) < 0 ||
	    settings_secrets(config->settings, err) < 0)
		return -1;
	settings = config->settings;
	if (check_seals(settings, err) < 0)
		return -1;
	if (settings->sign && settings->key_lines.count == 0)
		return err_at(err, ERR_CONFIG, settings->file, 0, 0,
		    "no key to sign with; add key lines or sign = no");
	if (settings->sign &&
	    signer_open(&settings->signing, &config->signer, err) < 0)
		return -1;
	if (!needs_verifier(&settings->rules))
		return 0;
	return verifier_open(settings->verify_keys, &config->verifier, err);
}

static int
watch(struct counted_config *config, struct err *err)
{
	config->watch = rule_watch_new(config->config.settings->rules.count);
	if (config->watch == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	return 0;
}

int
loaded_config_open(
    const char *file, const struct loaded_config **config, struct err *err)
{
	struct counted_config *fresh = calloc(1, sizeof *fresh);

	*config = NULL;
	if (fresh == NULL)
		return err_set(err, ERR_MEMORY, "out of memory");
	atomic_init(&fresh->references, 1);
	*config = &fresh->config;
	if (fill(&fresh->config, file, err) == 0 && watch(fresh, err) == 0)
		return 0;
	loaded_config_release(config);
	return -1;
}

const struct loaded_config *
loaded_config_acquire(const struct loaded_config *config)
{
	atomic_fetch_add(&counted(config)->references, 1);
	return config;
}

void
loaded_config_release(const struct loaded_config **config)
{
	struct counted_config *held = counted(*config);

	*config = NULL;
	if (held == NULL || atomic_fetch_sub(&held->references, 1) != 1)
		return;
	signer_close(&held->config.signer);
	verifier_close(&held->config.verifier);
	rule_watch_free(&held->watch);
	settings_free(&held->config.settings);
	free(held);
}

void
loaded_config_refused(const struct loaded_config *config,
    const struct rule *rule, int64_t now, struct log *log)
{
	const struct settings *settings = config->settings;
	size_t index = (size_t)(rule - settings->rules.rules);
	unsigned count = rule_watch_refused(counted(config)->watch, index, now);
	struct err warning = ERR_INIT;
	char line[sizeof warning.where + sizeof warning.text + 32];
	const struct conf_entry *entry;

	if (count == 0)
		return;
	entry = &settings->allow_lines.entries[index];
	err_at(&warning, ERR_AUTH, settings->file, entry->line, entry->column,
	    "the rule \"%s\" had %u messages refused within this hour",
	    entry->text, count);
	log_say(log, LOG_LEVEL_WARNING, "%s",
	    err_line(&warning, line, sizeof line));
}

/* 1 and what the proof covers, 0 or -1. */
static int
check_proof(const struct loaded_config *config, const struct rule *rule,
    struct span message, int64_t now, struct arena *arena, struct span *covered,
    struct err *err)
{
	const struct settings *settings = config->settings;
	struct span campaign = span_str(settings->campaign_header);

	if (rule->require == REQUIRE_DKIM)
		return verifier_check(config->verifier, message,
		    rule->require_domain, campaign,
		    (int64_t)settings->deadline_ms, arena, covered, err);
	return seal_check(&settings->seal_keys, campaign, message, now,
	    (int64_t)(settings->seal_age_ms / 1000), arena, covered, err);
}

int
loaded_config_authentic(const struct loaded_config *config,
    const struct rule *rule, struct span message, int64_t now,
    struct arena *arena, struct err *err)
{
	struct span covered;
	int proven;

	if (rule->require == REQUIRE_NOTHING)
		return 1;
	proven = check_proof(config, rule, message, now, arena, &covered, err);
	if (proven <= 0)
		return proven;
	return coverage_check(message, covered,
	    span_str(config->settings->campaign_header),
	    config->settings->signing.headers, arena, err);
}
