/*
 * inlay privacy: export, erase, object, restrict (GDPR articles 15 and 20,
 * 17, 21, 18). Every action leaves a line in the audit log.
 */
#include <sysexits.h>

#include "store/base/timestamp.h"
#include "tools/people/audit.h"
#include "tools/people/person_edit.h"
#include "tools/out.h"
#include "tools/people/profile_json.h"
#include "tools/verbs.h"

int
verb_privacy_export(struct cli *cli, struct err *err)
{
	struct person_edit person;
	json_t *object;
	int found = person_edit_read(cli, cli->argv[0], &person, err);

	if (found < 0 || audit(cli, "export", &person.key, err) < 0)
		return -1;
	object = json_object();
	out_set(object, "email", out_string(person.address));
	out_set(object, "tenant", out_string(cli->tenant));
	out_set(object, "erased", json_boolean(person.erased));
	out_set(object, "profile",
	    person.known ? profile_json(&person.profile) : json_null());
	out_set(object, "history", history_json(&person.history));
	if (out_json_pretty(cli->out, object, err) < 0)
		return -1;
	return found ? EX_OK : EX_NOUSER;
}

/* One write with its expected version, repeated while others are faster.
 * 0 or -1. */
static int
put_alone(struct cli *cli, const struct record_key *key, enum record_kind kind,
    struct span bytes, struct err *err)
{
	struct record record;
	int done = 0;

	while (done == 0) {
		struct write write = { .key = *key, .kind = kind };

		if (engine_get(cli->engine, key, cli->arena, &record, err) < 0)
			return -1;
		write.version = record.values[kind].version;
		write.bytes = bytes;
		if (write.version == 0 && bytes.len == 0)
			return 0;
		done = engine_commit(cli->engine, &write, 1, err);
	}
	return done < 0 ? -1 : 0;
}

/* The tombstone comes first: from then on nothing is imported again. A crash
 * between the steps leaves something to erase, never something unguarded. */
int
verb_privacy_erase(struct cli *cli, struct err *err)
{
	char now[TIMESTAMP_SIZE];
	struct person_edit person;
	int found = person_edit_read(cli, cli->argv[0], &person, err);

	if (found < 0 && err->code != ERR_STORE)
		return -1;
	err_clear(err);
	timestamp_print(cli_now(), now);
	if (put_alone(cli, &person.key, RECORD_TOMBSTONE, span_str(now), err) <
		0 ||
	    put_alone(cli, &person.key, RECORD_PROFILE, SPAN_NONE, err) < 0 ||
	    put_alone(cli, &person.key, RECORD_HISTORY, SPAN_NONE, err) < 0 ||
	    audit(cli, "erase", &person.key, err) < 0)
		return -1;
	fprintf(cli->out, "erased; `inlay db compact` removes the last bytes "
			  "from the file\n");
	return EX_OK;
}

/* Flags to put on or off. */
struct flags {
	bool profiling, marketing, restricted, off;
};

static int
set_flags(void *context, struct person_edit *person, struct arena *arena,
    struct err *err)
{
	const struct flags *flags = context;
	struct profile *profile = &person->profile;

	(void)arena;
	if (person->erased)
		return err_set(err, ERR_INPUT,
		    "this person was erased; nothing is kept about them");
	profile->address = person->address;
	if (flags->profiling)
		profile->object_profiling = !flags->off;
	if (flags->marketing)
		profile->object_marketing = !flags->off;
	if (flags->restricted)
		profile->restricted = !flags->off;
	if (profile->changed_at < cli_now())
		profile->changed_at = cli_now();
	return EDIT_PROFILE;
}

static int
set_and_audit(
    struct cli *cli, struct flags *flags, const char *action, struct err *err)
{
	struct record_key key;
	struct span address;

	flags->off = cli_flag(cli, "undo") != NULL;
	if (cli_address(cli, cli->argv[0], &address, err) < 0)
		return -1;
	key = record_key(cli->tenant, address);
	if (person_edit_run(cli, cli->argv[0], set_flags, flags, err) < 0 ||
	    audit(cli, action, &key, err) < 0)
		return -1;
	return EX_OK;
}

int
verb_privacy_object(struct cli *cli, struct err *err)
{
	struct flags flags = { .profiling = cli_flag(cli, "profiling"),
		.marketing = cli_flag(cli, "marketing") };

	if (!flags.profiling && !flags.marketing)
		return cli_misuse(err,
		    "privacy object needs --profiling, --marketing or both");
	return set_and_audit(
	    cli, &flags, cli_flag(cli, "undo") ? "object-undo" : "object", err);
}

int
verb_privacy_restrict(struct cli *cli, struct err *err)
{
	struct flags flags = { .restricted = true };

	return set_and_audit(cli, &flags,
	    cli_flag(cli, "undo") ? "restrict-undo" : "restrict", err);
}
